"""How it stands with her in each programme, from the client: translate, one call, translate back."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field

from anjia.enrolment import commands, queries
from anjia.kernel import http
from anjia.kernel.actors import Purpose
from anjia.kernel.errors import NotFound
from anjia.kernel.http import AuthedRequest

router = Router(tags=["enrolment"])

Words = Annotated[str, Field(min_length=1, max_length=2000)]


class EnrolmentAppealIn(Schema):
    words: Words


class LeaveIn(Schema):
    why: Annotated[str, Field(min_length=1, max_length=500)]


class AppealOut(Schema):
    words: str
    made_at: datetime
    due_at: datetime
    answered_at: datetime | None
    is_upheld: bool | None
    answer: str


class EnrolmentOut(Schema):
    """`why` says each reason of the decision that stands; nothing before a second person has confirmed it."""

    id: UUID
    programme: str
    stage: str
    words: str
    offer_until: datetime | None
    outcome: str
    why: list[str]
    screening_id: UUID | None
    may_appeal: bool
    appeal: AppealOut | None


class StageOut(Schema):
    id: UUID
    stage: str


@router.get("/enrolments", response=list[EnrolmentOut])
def enrolments(request: AuthedRequest) -> HttpResponse:
    """Return how it stands with her in each programme, and what she can do; at most twenty, the latest first."""
    return http.ask(
        request,
        queries.own_enrolments,
        list[EnrolmentOut],
        Purpose.ACCESS,
        resident_id=own_resident(request),
    )


@router.post("/enrolments/{candidate_id}/take", response={201: StageOut})
def take_place(request: AuthedRequest, candidate_id: UUID) -> HttpResponse:
    """Take the place that is kept for her."""
    return http.do(request, commands.take_place, StageOut, candidate_id=candidate_id)


@router.post("/enrolments/{candidate_id}/leave", response={201: StageOut})
def leave(request: AuthedRequest, candidate_id: UUID, body: LeaveIn) -> HttpResponse:
    """Decline the place, leave the list or the programme."""
    return http.do(request, commands.leave_programme, StageOut, candidate_id=candidate_id, **body.dict())


@router.post("/enrolments/screenings/{screening_id}/appeal", response={201: AppealOut})
def appeal(request: AuthedRequest, screening_id: UUID, body: EnrolmentAppealIn) -> HttpResponse:
    """Say that a decision is wrong, and why."""
    return http.do(request, commands.appeal, AppealOut, screening_id=screening_id, **body.dict())


def own_resident(request: AuthedRequest) -> UUID:
    """
    Return the resident that she is, or acts for.

    :raises NotFound: if she acts for nobody
    """
    if request.auth.resident_id is None:
        raise NotFound
    return request.auth.resident_id
