"""Booking, and a caregiver's offers, over HTTP: translate, call one command or query, translate back."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from anjia.dispatch import commands, queries
from anjia.dispatch.rules import MOST_DAYS
from anjia.kernel import http
from anjia.kernel.actors import Purpose
from anjia.kernel.errors import NotFound
from anjia.kernel.http import AuthedRequest
from anjia.visits.rules.lifecycle import MOST_PEOPLE

router = Router(tags=["dispatch"])

Crew = Annotated[list[UUID], Field(min_length=1, max_length=MOST_PEOPLE)]
PeriodIn = Literal["any", "morning", "afternoon"]
SexIn = Literal["any", "female", "male"]


class CaregiverOut(Schema):
    id: UUID
    name: str
    title: str
    sex: str


class SlotOut(Schema):
    starts_at: datetime
    ends_at: datetime
    caregiver: CaregiverOut
    people: list[CaregiverOut]
    known_before: bool
    came_last: bool


class DayOut(Schema):
    day: date
    slots: list[SlotOut]
    reason_if_empty: str | None


class SlotsOut(Schema):
    days: list[DayOut]


class WishesIn(Schema):
    period: PeriodIn = "any"
    caregiver_sex: SexIn = "any"
    who_is_present: Annotated[str, Field(max_length=200)] = ""
    note: Annotated[str, Field(max_length=1000)] = ""
    preferred: Annotated[list[UUID], Field(max_length=20)] = []
    refused: Annotated[list[UUID], Field(max_length=20)] = []


class HoldIn(Schema):
    service_code: Annotated[str, Field(max_length=60)]
    address_id: UUID
    starts_at: AwareDatetime
    staff_ids: Crew
    wishes: WishesIn = WishesIn()


class ServiceHeldOut(Schema):
    code: str
    name: str
    duration_minutes: int
    legal_line: str


class HoldOut(Schema):
    id: UUID
    expires_at: datetime
    starts_at: datetime
    ends_at: datetime
    service: ServiceHeldOut
    caregivers: list[CaregiverOut]
    price_fen: int
    preparation: str
    heed: list[str]
    cancel_rule: str


class BookedOut(Schema):
    """The visit; who comes and its history are at `/visits/{id}`."""

    id: UUID
    status: str
    starts_at: datetime
    ends_at: datetime
    visit_word: str
    price_fen: int
    service_name: str


class CancelIn(Schema):
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class MoveIn(Schema):
    starts_at: AwareDatetime
    staff_ids: Crew


class DeclineIn(Schema):
    reason: Annotated[str, Field(max_length=500)] = ""


class OfferOut(Schema):
    id: UUID
    visit_id: UUID
    service_name: str
    starts_at: datetime
    ends_at: datetime
    area: str
    distance_km: float | None
    pay_fen: int
    deadline: datetime
    with_whom: list[str]
    wishes: dict[str, Any]


class AnsweredOut(Schema):
    id: UUID
    visit_id: UUID
    state: str


class DeliveryOut(Schema):
    """A way to the laboratory: after which visit, with what was taken at which, and until when."""

    after_visit_id: UUID
    visit_ids: list[UUID]
    laboratory: str
    leaves_at: datetime
    handed_over_at: datetime
    due_at: datetime
    minutes_late: int
    delivered_at: datetime | None
    is_overdue: bool


class BreakOut(Schema):
    """A break between two moments: when she has it; null if she is promised for too much."""

    opens_at: datetime
    closes_at: datetime
    minutes: int
    starts_at: datetime | None


class OnTheWayOut(Schema):
    arrives_at: datetime | None


def own_resident(request: AuthedRequest) -> UUID:
    """:raises NotFound: if the request is about nobody"""
    if request.auth.resident_id is None:
        raise NotFound
    return request.auth.resident_id


@router.get("/slots", response={200: SlotsOut})
def list_slots(
    request: AuthedRequest,
    service_code: Annotated[str, Field(max_length=60)],
    address_id: UUID,
    first_day: date,
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 7,
    period: PeriodIn = "any",
    caregiver_sex: SexIn = "any",
    moving: UUID | None = None,
) -> HttpResponse:
    """List what can be booked, day by day, and of an empty day why. `moving` is a visit that would give way."""
    return http.ask(
        request,
        queries.slots_for,
        SlotsOut,
        Purpose.CONTRACT,
        service_code=service_code,
        resident_id=own_resident(request),
        address_id=address_id,
        first_day=first_day,
        days=days,
        wishes={"period": period, "caregiver_sex": caregiver_sex},
        now=timezone.now(),
        moving=moving,
    )


@router.get("/visits/{uuid:visit_id}/on-the-way", response={200: OnTheWayOut})
def see_who_is_on_the_way(request: AuthedRequest, visit_id: UUID) -> HttpResponse:
    """Say about when who has set out will be at the door; null while nobody has, or once she is there."""
    return http.ask(
        request,
        queries.on_the_way,
        OnTheWayOut,
        Purpose.CONTRACT,
        visit_id=visit_id,
        now=timezone.now(),
    )


@router.post("/holds", response={201: HoldOut})
def hold_slot(request: AuthedRequest, body: HoldIn) -> HttpResponse:
    """Keep a time for ten minutes."""
    return http.do(request, commands.hold_slot, HoldOut, resident_id=own_resident(request), **body.dict())


@router.post("/holds/{uuid:hold_id}/confirm", response={201: BookedOut})
def confirm_hold(request: AuthedRequest, hold_id: UUID) -> HttpResponse:
    """Book what is held."""
    return http.do(request, commands.confirm_hold, BookedOut, hold_id=hold_id)


@router.post("/holds/{uuid:hold_id}/release", response={201: BookedOut})
def release_hold(request: AuthedRequest, hold_id: UUID) -> HttpResponse:
    """Give back a time that was kept."""
    return http.do(request, commands.release_hold, BookedOut, hold_id=hold_id)


@router.post("/visits/{uuid:visit_id}/cancel", response={201: BookedOut})
def cancel_booking(request: AuthedRequest, visit_id: UUID, body: CancelIn) -> HttpResponse:
    """Cancel a visit."""
    return http.do(
        request, commands.cancel_booking, BookedOut, visit_id=visit_id, reason="asked", why=body.reason
    )


@router.post("/visits/{uuid:visit_id}/move", response={201: BookedOut})
def move_booking(request: AuthedRequest, visit_id: UUID, body: MoveIn) -> HttpResponse:
    """Move a visit to another time."""
    return http.do(request, commands.move_booking, BookedOut, visit_id=visit_id, **body.dict())


@router.get("/work/offers", response={200: list[OfferOut]})
def list_offers(request: AuthedRequest) -> HttpResponse:
    """List what the caregiver is asked and can still answer."""
    return http.ask(request, queries.offers_of, list[OfferOut], Purpose.CONTRACT, now=timezone.now())


@router.get("/work/days/{day}/deliveries", response={200: list[DeliveryOut]})
def list_deliveries(request: AuthedRequest, day: date) -> HttpResponse:
    """List when the caregiver has something to bring to the laboratory on a day."""
    return http.ask(
        request, queries.my_deliveries, list[DeliveryOut], Purpose.CONTRACT, day=day, now=timezone.now()
    )


@router.get("/work/days/{day}/breaks", response={200: list[BreakOut]})
def list_breaks(request: AuthedRequest, day: date) -> HttpResponse:
    """List the caregiver's breaks on a day."""
    return http.ask(request, queries.my_breaks, list[BreakOut], Purpose.CONTRACT, day=day, now=timezone.now())


@router.post("/work/offers/{uuid:offer_id}/accept", response={201: AnsweredOut})
def accept_offer(request: AuthedRequest, offer_id: UUID) -> HttpResponse:
    """Take what was offered. One wins."""
    return http.do(request, commands.accept_offer, AnsweredOut, offer_id=offer_id)


@router.post("/work/offers/{uuid:offer_id}/decline", response={201: AnsweredOut})
def decline_offer(request: AuthedRequest, offer_id: UUID, body: DeclineIn) -> HttpResponse:
    """Say no to what was offered."""
    return http.do(request, commands.decline_offer, AnsweredOut, offer_id=offer_id, **body.dict())
