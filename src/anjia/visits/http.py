"""Visits over HTTP: translate, call one command or query, translate back."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import ConfigDict, Field, JsonValue

from anjia.kernel import http
from anjia.kernel.actors import Kind, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotFound
from anjia.kernel.http import AuthedRequest
from anjia.kernel.paging import PageOut
from anjia.visits import commands, queries
from anjia.visits.rules.facts import MOST_FACTS, FactKind

router = Router(tags=["visits"])


class VisitServiceOut(Schema):
    code: str
    name: str
    duration_minutes: int
    preparation: str


class CrewMemberOut(Schema):
    id: UUID
    name: str
    title: str
    state: str
    words: str
    phone_masked: str
    why: str


class VisitRatingOut(Schema):
    stars: int
    aspects: dict[str, int]
    at: datetime


class VisitLineOut(Schema):
    id: UUID
    resident_id: UUID
    address_id: UUID
    service: VisitServiceOut
    starts_at: datetime
    ends_at: datetime
    status: str
    status_words: str
    address_line: str
    caregivers: list[CrewMemberOut]
    visit_word: str
    price_fen: int
    can_cancel: bool
    can_move: bool
    rule: str
    rating: VisitRatingOut | None
    series_id: UUID | None


class HappenedOut(Schema):
    at: datetime
    what: str
    who: str
    words: str


class ResultReadingOut(Schema):
    code: str
    name: str
    value: float
    unit: str
    at: datetime


class ResultOut(Schema):
    readings: list[ResultReadingOut]
    words: str


class VisitOut(VisitLineOut):
    timeline: list[HappenedOut]
    result: ResultOut | None


class DoorCodeOut(Schema):
    payload: str
    expires_at: datetime


class ShiftOut(Schema):
    starts_at: datetime
    ends_at: datetime
    is_standby: bool


class ResidentOut(Schema):
    name: str
    age: int | None
    sex: str
    lives_alone: bool


class PointOut(Schema):
    latitude: float
    longitude: float


class ServiceCarriedOut(Schema):
    name: str
    duration_minutes: int


class StopOut(Schema):
    visit_id: UUID
    part: int
    starts_at: datetime
    ends_at: datetime
    status: str
    state: str
    resident: ResidentOut
    address_line: str
    address_note: str
    point: PointOut | None
    service: ServiceCarriedOut
    visit_word: str
    wishes: dict[str, Any]
    people_needed: int
    with_: Annotated[list[str], Field(validation_alias="with_names", serialization_alias="with")]
    visit_version: int
    why: str

    model_config = ConfigDict(serialize_by_alias=True)  # "with" is a word of Python


class WorkDayOut(Schema):
    day: date
    shift: list[ShiftOut]
    stops: list[StopOut]


class SopOut(Schema):
    id: UUID
    version: int
    needs_order: bool
    steps: list[dict[str, Any]]
    supplies: list[Any]
    teaching_points: list[Any]
    record_form: dict[str, Any]


class SaidOut(Schema):
    visit_id: UUID
    client_id: UUID
    kind: str
    occurred_at: datetime
    received_at: datetime
    who: str
    content: dict[str, Any]
    grade: str
    grade_words: str


class WorkVisitOut(StopOut):
    version: SopOut
    facts: list[SaidOut]
    phone: str


# One fact that cannot be read is refused by itself, so its ids and its time are read with it, and not before.
SaidId = Annotated[
    str,
    Field(
        description="A UUID. Another is refused by itself.", examples=["0197a1d2-7b64-7c3e-9a10-5f2f4a6f0c11"]
    ),
]
SaidTime = Annotated[
    str,
    Field(
        description="A date-time with its offset. Another is refused by itself.",
        examples=["2026-03-02T09:05:00+08:00"],
    ),
]


class FactIn(Schema):
    client_id: SaidId
    visit_id: SaidId
    kind: Annotated[
        str,
        Field(
            description="One of: " + ", ".join(FactKind) + ". Another is refused by itself.",
            examples=[FactKind.ARRIVED.value],
        ),
    ]
    occurred_at: SaidTime
    content: dict[str, JsonValue] = {}


class FactsIn(Schema):
    facts: Annotated[list[FactIn], Field(min_length=1, max_length=MOST_FACTS)]


class TakenOut(Schema):
    client_id: UUID
    received_at: datetime
    conflict: str | None


class RefusedOut(Schema):
    client_id: str
    code: str
    words: str
    fields: dict[str, str]


class ReceiptOut(Schema):
    accepted: list[TakenOut]
    refused: list[RefusedOut]


def purpose_of(request: AuthedRequest) -> Purpose:
    """Return what a person reads her own visits for, and staff those of others."""
    return Purpose.ACCESS if request.auth.kind is Kind.PERSON else Purpose.CONTRACT


def own_resident(request: AuthedRequest) -> UUID:
    """:raises NotFound: if the request is about nobody"""
    if request.auth.resident_id is None:
        raise NotFound
    return request.auth.resident_id


@router.get("/visits", response={200: PageOut[VisitLineOut]})
def list_visits(
    request: AuthedRequest,
    when: Literal["coming", "past", "all"] = "all",
    after: str | None = None,
    size: Annotated[int, Field(ge=1, le=100)] = 50,
) -> HttpResponse:
    """List the visits of the one the request is about: those coming soonest first, others latest first."""
    return http.ask(
        request,
        queries.visits_of_resident,
        PageOut[VisitLineOut],
        purpose_of(request),
        resident_id=own_resident(request),
        now=timezone.now(),
        when=when,
        after=after,
        size=size,
    )


@router.get("/visits/{uuid:visit_id}", response={200: VisitOut})
def get_visit(request: AuthedRequest, visit_id: UUID) -> HttpResponse:
    """Show a visit, who comes, and what has happened so far."""
    return http.ask(
        request, queries.get_visit_page, VisitOut, purpose_of(request), visit_id=visit_id, now=timezone.now()
    )


@router.get("/visits/{uuid:visit_id}/door-code", response={200: DoorCodeOut})
def get_door_code(request: AuthedRequest, visit_id: UUID) -> HttpResponse:
    """Give the text of the code that the caregiver scans at the door. It is good for about a minute."""
    return http.ask(
        request, queries.door_code, DoorCodeOut, Purpose.ACCESS, visit_id=visit_id, now=timezone.now()
    )


@router.get("/work/days/{day}", response={200: WorkDayOut})
def get_work_day(request: AuthedRequest, day: date) -> HttpResponse:
    """Show the caregiver's day: shifts, and stops in order."""
    return http.ask(request, queries.caregiver_day, WorkDayOut, Purpose.CONTRACT, day=day)


@router.get("/work/visits/{uuid:visit_id}", response={200: WorkVisitOut})
def get_work_visit(request: AuthedRequest, visit_id: UUID) -> HttpResponse:
    """Show all that the caregiver needs at one of her visits, to carry along where there is no signal."""
    return http.ask(
        request,
        queries.get_work_visit,
        WorkVisitOut,
        Purpose.CARE,
        visit_id=visit_id,
        day=day_of(timezone.now()),
    )


@router.post("/work/facts", response={201: ReceiptOut})
def record_facts(request: AuthedRequest, body: FactsIn) -> HttpResponse:
    """Say what has happened at visits. Nothing is refused for the state of things; what does not fit is kept."""
    return http.do(request, commands.record_facts, ReceiptOut, facts=body.dict()["facts"])
