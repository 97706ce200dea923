"""What residents and their families say, from the client."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Router, Schema

from anjia.kernel import http
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.calendar import day_of
from anjia.kernel.http import AuthedRequest
from anjia.kernel.work import acting
from anjia.quality import commands, performing, queries
from anjia.quality.reading import check_may_raise
from anjia.quality.rules import Burden, ConcernKind, Told, Understood
from anjia.quality.shapes import ObjectedOut, ObjectionIn, PerformanceOut, PerformanceRowsOut

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


class ConcernIn(Schema):
    kind: ConcernKind
    words: Annotated[str, Field(min_length=1, max_length=2_000)]
    wants: Annotated[str, Field(max_length=2_000)] = ""
    visit_id: UUID | None = None
    about_staff_ids: Annotated[list[UUID], Field(max_length=10)] = []


class UnsignedIn(Schema):
    words: Annotated[str, Field(min_length=1, max_length=2_000)]


class AppealIn(Schema):
    words: Annotated[str, Field(min_length=1, max_length=2_000)]


class StepOut(Schema):
    at: datetime
    kind: str
    words: str


class ConcernOut(Schema):
    id: UUID
    kind: str
    words: str
    wants: str
    visit_id: UUID | None
    state: str
    raised_at: datetime
    next_due_at: datetime | None
    steps: list[StepOut]
    can_appeal: bool
    appeal_until: datetime | None
    is_accepted: bool | None


class RaisedOut(Schema):
    id: UUID
    state: str
    next_due_at: datetime | None


class KeptOut(Schema):
    ok: bool = True


@router.get("/concerns", response=list[ConcernOut])
def my_concerns(request: AuthedRequest) -> HttpResponse:
    """List what I have complained of, suggested or reported, with what I was told."""
    return http.ask(request, queries.my_concerns, list[ConcernOut], Purpose.ACCESS, now=timezone.now())


@router.post("/concerns", response={201: RaisedOut})
def raise_concern(request: AuthedRequest, body: ConcernIn) -> HttpResponse:
    """Complain, suggest or dispute; staff also report what went wrong."""
    return http.do(request, commands.raise_concern, RaisedOut, **body.dict())


@router.post("/concerns/without-a-name", response={201: KeptOut})
def suggest_without_a_name(request: AuthedRequest, body: UnsignedIn) -> HttpResponse:
    """Suggest something without a name: the system keeps it, and nothing says who sent it."""
    check_may_raise(request.auth)
    unit = acting(
        system(request.auth.organization_id), timezone.now(), key=request.headers.get("Idempotency-Key")
    )
    kept = unit.reply(
        commands.suggest_without_a_name, lambda _: KeptOut().model_dump_json(), words=body.words
    )
    return HttpResponse(kept, status=201, content_type="application/json")


@router.post("/concerns/{uuid:concern_id}/appeal", response={201: RaisedOut})
def appeal(request: AuthedRequest, concern_id: UUID, body: AppealIn) -> HttpResponse:
    """Have it looked at again by somebody else, once."""
    return http.do(request, commands.appeal, RaisedOut, concern_id=concern_id, words=body.words)


@router.post("/concerns/{uuid:concern_id}/accept", response={201: RaisedOut})
def accept_answer(request: AuthedRequest, concern_id: UUID) -> HttpResponse:
    """Say that the answer will do, which closes it."""
    return http.do(request, commands.accept_answer, RaisedOut, concern_id=concern_id)


@router.get("/performance", response=PerformanceOut)
def my_performance(
    request: AuthedRequest, month: date | None = None, objection_id: UUID | None = None
) -> HttpResponse:
    """Show a caregiver a month of hers, or the one she objected to: figures with what they count, objections."""
    now = timezone.now()

    def said(actor: Actor, purpose: Purpose) -> dict[str, Any]:
        asked = (
            queries.month_objected_to(actor, purpose, objection_id=objection_id) if objection_id else month
        )
        found = queries.my_performance(actor, purpose, month=asked or day_of(now), as_of=now)
        return {
            "month": found.month,
            "months": found.months,
            "first": found.first,
            "last": found.last,
            "as_of": found.as_of,
            "figures": [performing.figure_said(one, found) for one in found.figures],
            "objections": [performing.objection_said(one) for one in found.objections],
            "objection_rule": performing.source_of_objections(),
        }

    return http.ask(request, said, PerformanceOut, Purpose.CONTRACT)


@router.get("/performance/rows", response=PerformanceRowsOut)
def my_performance_rows(
    request: AuthedRequest,
    measure: str,
    month: date | None = None,
    after: str | None = None,
    size: Annotated[int, Field(ge=1, le=50)] = 30,
) -> HttpResponse:
    """Show a caregiver the rows behind one figure of her own month."""
    now = timezone.now()

    def said(actor: Actor, purpose: Purpose) -> dict[str, Any]:
        found = queries.my_performance_rows(
            actor, purpose, code=measure, month=month or day_of(now), as_of=now, after=after, size=size
        )
        rows = [performing.row_said(measure, one) for one in found.page.items]
        return {
            "figure": performing.figure_said(found.one, found.performance),
            "rows": {"items": rows, "next": found.page.next},
        }

    return http.ask(request, said, PerformanceRowsOut, Purpose.CONTRACT)


@router.post("/performance/objections", response={201: ObjectedOut})
def raise_objection(request: AuthedRequest, body: ObjectionIn) -> HttpResponse:
    """Object to a figure of one's own, or to a row behind it; somebody else answers."""
    return http.do(request, commands.raise_objection, ObjectedOut, **body.dict())
