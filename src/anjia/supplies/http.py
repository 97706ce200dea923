"""A caregiver's bag and the waste she carries, from the client."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Router, Schema

from anjia.kernel import http
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.http import AuthedRequest, PhoneTime
from anjia.supplies import commands, queries

router = Router(tags=["supplies"])


class LotOut(Schema):
    lot_id: UUID
    number: str
    expires_on: date | None
    quantity: float
    state: str


class BagLineOut(Schema):
    item_id: UUID
    code: str
    name: str
    unit: str
    kind: str
    is_sterile: bool
    needed: float
    usable: float
    is_checked: bool
    lots: list[LotOut]


class LackingOut(Schema):
    item_id: UUID
    what: str
    words: str


class BagCheckOut(Schema):
    id: UUID
    client_id: UUID
    day: date
    checked_at: datetime
    lacking: list[LackingOut]


class CarriedWasteOut(Schema):
    id: UUID
    visit_id: UUID
    class_words: str
    bags: int
    seal: str
    is_double: bool
    closed_at: datetime
    service_name: str
    tone: str
    words: str


class BagOut(Schema):
    today: date
    lines: list[BagLineOut]
    check: BagCheckOut | None
    waste: list[CarriedWasteOut]


class SeenIn(Schema):
    lot_id: UUID
    quantity: Annotated[Decimal, Field(ge=0, le=100_000, decimal_places=2)]


class BagCheckIn(Schema):
    client_id: UUID
    checked_at: PhoneTime
    seen: Annotated[list[SeenIn], Field(max_length=300)]


class SetAsideIn(Schema):
    lot_id: UUID


class HandOverIn(Schema):
    handed_at: PhoneTime


class SealIn(Schema):
    seal: Annotated[str, Field(min_length=1, max_length=40)]


class SealOut(Schema):
    seal: str


class HandedOverOut(Schema):
    at: datetime


def bag_and_waste(actor: Actor, purpose: Purpose, *, now: datetime) -> BagOut:
    bag = queries.own_bag(actor, purpose, today=day_of(now))
    waste = [
        CarriedWasteOut(
            id=line.row.root_id,
            visit_id=line.row.visit_id,
            class_words=line.class_words,
            bags=line.row.bags,
            seal=line.row.seal,
            is_double=line.is_double,
            closed_at=line.row.closed_at,
            service_name=line.row.service,
            tone=line.waiting.tone if line.waiting else "",
            words=str(line.waiting.words) if line.waiting else "",
        )
        for line in queries.own_waste(actor, purpose, now=now)
    ]
    return BagOut(
        today=bag.today,
        lines=[BagLineOut.from_orm(line) for line in bag.lines],
        check=BagCheckOut.from_orm(bag.check) if bag.check else None,
        waste=waste,
    )


@router.get("/work/bag", response={200: BagOut})
def get_bag(request: AuthedRequest) -> HttpResponse:
    """Show what is in the caregiver's bag, whether she has checked it today, and the waste she carries."""
    return http.ask(request, bag_and_waste, BagOut, Purpose.CONTRACT, now=timezone.now())


@router.post("/work/bag/checks", response={201: BagCheckOut})
def check_bag(request: AuthedRequest, body: BagCheckIn) -> HttpResponse:
    """Say what she has seen in her bag, lot by lot. The same check sent twice is one."""
    return http.do(request, commands.check_bag, BagCheckOut, **body.dict())


@router.post("/work/bag/set-aside", response={201: None})
def set_aside(request: AuthedRequest, body: SetAsideIn) -> HttpResponse:
    """Take all of a lot out of her bag, to be thrown away at her station."""
    return http.do(request, commands.set_aside_from_bag, None, **body.dict())


@router.post("/work/waste/{uuid:waste_id}/hand-over", response={201: HandedOverOut})
def hand_waste_over(request: AuthedRequest, waste_id: UUID, body: HandOverIn) -> HttpResponse:
    """Say that she has handed a bag of waste over at her station; whoever keeps the store says so too."""
    return http.do(
        request, commands.hand_waste_over, HandedOverOut, waste_id=waste_id, handed_at=body.handed_at
    )


@router.post("/work/waste/{uuid:waste_id}/seal", response={201: SealOut})
def correct_seal(request: AuthedRequest, waste_id: UUID, body: SealIn) -> HttpResponse:
    """Correct the seal number of a bag of waste that she still carries; the line before is kept."""
    return http.do(request, commands.correct_seal, SealOut, waste_id=waste_id, seal=body.seal)
