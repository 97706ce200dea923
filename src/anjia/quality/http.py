"""What residents and their families say, from the client."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Router, Schema

from anjia.kernel import http
from anjia.kernel.actors import Purpose
from anjia.kernel.http import AuthedRequest
from anjia.quality import commands, queries
from anjia.quality.rules import Burden, Told, Understood

router = Router(tags=["quality"])

Stars = Annotated[int, Field(ge=1, le=5)]


class AspectsIn(Schema):
    manner: Stars | None = None
    skill: Stars | None = None
    punctual: Stars | None = None
    explained: Stars | None = None


class RateIn(Schema):
    stars: Stars
    aspects: AspectsIn = AspectsIn()
    words: Annotated[str, Field(max_length=1_000)] = ""


class RatingOut(Schema):
    id: UUID
    visit_id: UUID
    rater_kind: str
    stars: int
    aspects: dict[str, int]
    words: str
    rated_at: datetime
    changed_at: datetime | None


class OwnRatingOut(RatingOut):
    can_change: bool


@router.get("/visits/{uuid:visit_id}/ratings", response={200: OwnRatingOut | None})
def my_rating(request: AuthedRequest, visit_id: UUID) -> HttpResponse:
    """Tell what I said of the visit, or null."""
    return http.ask(
        request,
        queries.my_rating,
        OwnRatingOut | None,
        Purpose.ACCESS,
        visit_id=visit_id,
        now=timezone.now(),
    )


@router.post("/visits/{uuid:visit_id}/ratings", response={201: RatingOut})
def rate_visit(request: AuthedRequest, visit_id: UUID, body: RateIn) -> HttpResponse:
    """Rate a visit that was done; within 24 hours again, to change it."""
    return http.do(
        request,
        commands.rate_visit,
        RatingOut,
        visit_id=visit_id,
        stars=body.stars,
        aspects=body.aspects.dict(exclude_none=True),
        words=body.words,
    )


class FamilyFormIn(Schema):
    told: Told
    understood: Understood
    burden: Burden
    words: Annotated[str, Field(max_length=1_000)] = ""


class FamilyFormOut(Schema):
    id: UUID
    visit_id: UUID
    told: str
    understood: str
    burden: str
    words: str
    said_at: datetime
    changed_at: datetime | None


class OwnFamilyFormOut(FamilyFormOut):
    can_change: bool


@router.get("/visits/{uuid:visit_id}/family-form", response={200: OwnFamilyFormOut | None})
def my_family_form(request: AuthedRequest, visit_id: UUID) -> HttpResponse:
    """Tell what I said of the visit as one of her family, or null."""
    return http.ask(
        request,
        queries.my_family_form,
        OwnFamilyFormOut | None,
        Purpose.ACCESS,
        visit_id=visit_id,
        now=timezone.now(),
    )


@router.post("/visits/{uuid:visit_id}/family-form", response={201: FamilyFormOut})
def say_as_family(request: AuthedRequest, visit_id: UUID, body: FamilyFormIn) -> HttpResponse:
    """Say as one of her family how the visit was for those at home; within 24 hours again, to change it."""
    return http.do(request, commands.say_as_family, FamilyFormOut, visit_id=visit_id, **body.dict())
