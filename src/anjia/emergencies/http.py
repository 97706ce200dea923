"""Help and SOS, from the client."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Router, Schema

from anjia.emergencies import commands, queries
from anjia.kernel import http
from anjia.kernel.actors import Purpose
from anjia.kernel.http import AuthedRequest, PhoneTime

router = Router(tags=["emergencies"])


class PositionIn(Schema):
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    accuracy_m: Annotated[float, Field(ge=0, le=1_000_000)] = 0


class HelpIn(Schema):
    """`client_id` is made by the phone, `pressed_at` its own time: what had no signal comes late and says so."""

    client_id: UUID
    pressed_at: PhoneTime
    position: PositionIn | None = None


class SosIn(HelpIn):
    visit_id: UUID | None = None


class WishIn(Schema):
    tells_family: bool


class CaseOut(Schema):
    """
    How a case stands: "sent" (nobody has seen it), "seen", "taken", "closed". `attended` says whether anybody would see
    it at this moment.
    """

    id: UUID
    client_id: UUID
    stands: str
    attended: bool
    pressed_at: datetime
    received_at: datetime
    is_late: bool
    seen_at: datetime | None
    taken_at: datetime | None
    taker: str
    closed_at: datetime | None


class PressedOut(Schema):
    """What was pressed, as it was received. How it stands is asked anew."""

    id: UUID
    pressed_at: datetime
    received_at: datetime
    is_late: bool
    was_attended: bool


class HelpOut(Schema):
    attended: bool
    hours: str
    first_number: str
    desk_name: str
    desk_phone: str
    tells_family: bool
    family: list[str]
    decides: bool
    case: CaseOut | None


class AskedOut(Schema):
    id: UUID
    visit_id: UUID
    asked_at: datetime
    answer_by: datetime
    is_alarmed: bool


class SafetyOut(Schema):
    attended: bool
    first_number: str
    desk_phone: str
    fine_minutes: int
    asked: list[AskedOut]
    case: CaseOut | None


class FineOut(Schema):
    id: UUID
    fine_until: datetime


class WishOut(Schema):
    tells_family: bool


@router.get("/help", response={200: HelpOut})
def get_help(request: AuthedRequest) -> HttpResponse:
    """Show what stands on the screen of help: whom to call, whether anybody listens, and her open case."""
    return http.ask(request, queries.help_shown, HelpOut, Purpose.VITAL, now=timezone.now())


@router.post("/help/cases", response={201: PressedOut})
def call_for_help(request: AuthedRequest, body: HelpIn) -> HttpResponse:
    """Call for help. Pressed again while the case is open, it is the same case."""
    return http.do(request, commands.call_for_help, PressedOut, **body.dict())


@router.get("/help/cases/{uuid:case_id}", response={200: CaseOut})
def get_case(request: AuthedRequest, case_id: UUID) -> HttpResponse:
    """Say how a case stands: no further than somebody has seen or done something."""
    return http.ask(
        request, queries.case_on_phone, CaseOut, Purpose.VITAL, case_id=case_id, now=timezone.now()
    )


@router.post("/help/family", response={201: WishOut})
def set_wish(request: AuthedRequest, body: WishIn) -> HttpResponse:
    """Say whether her family is to hear when help is called for. It is hers, or her guardian's, to say."""
    return http.do(request, commands.set_wish, WishOut, tells_family=body.tells_family)


@router.get("/work/safety", response={200: SafetyOut})
def get_safety(request: AuthedRequest) -> HttpResponse:
    """Show a caregiver what she is asked, and how her own SOS stands."""
    return http.ask(request, queries.own_safety, SafetyOut, Purpose.VITAL, now=timezone.now())


@router.post("/work/sos", response={201: PressedOut})
def call_sos(request: AuthedRequest, body: SosIn) -> HttpResponse:
    """Call whoever manages, quietly, with the place of the visit."""
    said: dict[str, Any] = body.dict()
    return http.do(request, commands.call_sos, PressedOut, **said)


@router.post("/work/safety/{uuid:check_in_id}/fine", response={201: FineOut})
def answer_fine(request: AuthedRequest, check_in_id: UUID) -> HttpResponse:
    """Say that all is well, for another half hour."""
    return http.do(request, commands.answer_fine, FineOut, check_in_id=check_in_id)
