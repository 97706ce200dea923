"""Series over HTTP: translate, call one command or query, translate back."""

from datetime import date, datetime, time
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from anjia.kernel import http
from anjia.kernel.actors import Purpose
from anjia.kernel.errors import NotFound
from anjia.kernel.http import AuthedRequest
from anjia.series import commands, queries
from anjia.series.rules.pattern import MOST_DAYS_BETWEEN, MOST_VISITS

router = Router(tags=["series"])

Weekday = Annotated[int, Field(ge=0, le=6)]
Why = Annotated[str, Field(max_length=500)]


class RepeatIn(Schema):
    """
    By which pattern. Monday is 0; `gap_days` is how many days at least lie from one to the next.

    Without weekdays it is that of the first; `times_a_week` 2 adds another, two days away or more.
    """

    unit: Literal["weeks", "days"] = "weeks"
    every: Annotated[int, Field(ge=1, le=MOST_DAYS_BETWEEN)] = 1
    weekdays: Annotated[list[Weekday], Field(max_length=7)] = []
    times_a_week: Literal[1, 2] = 1
    gap_days: Annotated[int, Field(ge=1, le=MOST_DAYS_BETWEEN)] = 1
    count: Annotated[int, Field(ge=1, le=MOST_VISITS)] | None = None
    until: date | None = None
    holidays: Literal["move", "skip", "keep"] = "move"


class BeginIn(Schema):
    hold_id: UUID
    repeat: RepeatIn


class SkipIn(Schema):
    why: Why = ""


class ChangeIn(Schema):
    """`scope`: those from `from_day` on, or all that are to come. Without a `clock` the time of day stays."""

    scope: Literal["following", "all"]
    from_day: date | None = None
    clock: time | None = None
    repeat: RepeatIn


class PauseIn(Schema):
    until: date
    why: Why = ""


class EndIn(Schema):
    why: Why = ""


class ForeseenOut(Schema):
    on: date
    day: date | None
    starts_at: datetime | None
    who: list[str]
    words: str


class ForesightOut(Schema):
    words: str
    end_words: str
    holiday_words: str
    after_words: str
    rule: str
    days: list[ForeseenOut]


class GoingOut(Schema):
    day: date
    starts_at: datetime | None
    who: list[str]


class ChangeForeseenOut(Schema):
    """`goes` would be called off, `stays` is too near for it; `days` is when somebody would come."""

    words: str
    end_words: str
    holiday_words: str
    after_words: str
    rule: str
    goes: list[GoingOut]
    stays: list[GoingOut]
    days: list[ForeseenOut]


class OccurrenceOut(Schema):
    id: UUID
    on: date
    day: date
    state: str
    words: str
    why: str
    visit_id: UUID | None
    status: str
    starts_at: datetime | None
    ends_at: datetime | None
    who: list[str]
    who_words: str
    is_moved: bool
    can_skip: bool


class SeriesOut(Schema):
    id: UUID
    resident_id: UUID
    address_id: UUID
    service_code: str
    service_name: str
    words: str
    end_words: str
    holiday_words: str
    unit: str
    every: int
    weekdays: list[int]
    gap_days: int
    count: int | None
    until: date | None
    holidays: str
    clock: str
    begun_on: date
    paused_from: date | None
    paused_until: date | None
    ended_at: datetime | None
    continues_id: UUID | None
    rule: str
    occurrences: list[OccurrenceOut]


def own_resident(request: AuthedRequest) -> UUID:
    """:raises NotFound: if the request is about nobody"""
    if request.auth.resident_id is None:
        raise NotFound
    return request.auth.resident_id


@router.get("/series", response={200: list[SeriesOut]})
def list_series(request: AuthedRequest) -> HttpResponse:
    """List the series that go on, with their occurrences."""
    return http.ask(
        request,
        queries.series_of_resident,
        list[SeriesOut],
        Purpose.CONTRACT,
        resident_id=own_resident(request),
        now=timezone.now(),
    )


@router.get("/holds/{uuid:hold_id}/series", response={200: ForesightOut})
def foresee_series(
    request: AuthedRequest,
    hold_id: UUID,
    unit: Literal["weeks", "days"] = "weeks",
    every: Annotated[int, Query(ge=1, le=MOST_DAYS_BETWEEN)] = 1,
    weekdays: Annotated[list[int], Query(max_length=7)] = [],  # noqa: B006  # ninja copies it
    times_a_week: Annotated[int, Query(ge=1, le=2)] = 1,
    gap_days: Annotated[int, Query(ge=1, le=MOST_DAYS_BETWEEN)] = 1,
    count: Annotated[int | None, Query(ge=1, le=MOST_VISITS)] = None,
    until: date | None = None,
    holidays: Literal["move", "skip", "keep"] = "move",
) -> HttpResponse:
    """Tell on which days somebody would come, if the time that is held were the first of a series."""
    repeat = {
        "unit": unit,
        "every": every,
        "weekdays": weekdays,
        "times_a_week": times_a_week,
        "gap_days": gap_days,
        "count": count,
        "until": until,
        "holidays": holidays,
    }
    return http.ask(
        request,
        queries.foresee,
        ForesightOut,
        Purpose.CONTRACT,
        hold_id=hold_id,
        repeat=repeat,
        now=timezone.now(),
    )


@router.post("/series", response={201: SeriesOut})
def begin_series(request: AuthedRequest, body: BeginIn) -> HttpResponse:
    """Book what is held, and more of it by a pattern."""
    return http.do(request, commands.begin_series, SeriesOut, **body.dict())


@router.get("/series/{uuid:series_id}", response={200: SeriesOut})
def get_series(request: AuthedRequest, series_id: UUID) -> HttpResponse:
    """Tell of one series."""
    return http.ask(
        request,
        queries.get_series,
        SeriesOut,
        Purpose.CONTRACT,
        series_id=series_id,
        now=timezone.now(),
    )


@router.post("/series/{uuid:series_id}/foresee-change", response={200: ChangeForeseenOut})
def foresee_change(request: AuthedRequest, series_id: UUID, body: ChangeIn) -> HttpResponse:
    """Tell what a change would do: what goes, what stays, and when somebody would come. Nothing is changed by it."""
    return http.ask(
        request,
        queries.foresee_change,
        ChangeForeseenOut,
        Purpose.CONTRACT,
        series_id=series_id,
        now=timezone.now(),
        **body.dict(),
    )


@router.post("/series/{uuid:series_id}/change", response={201: SeriesOut})
def change_series(request: AuthedRequest, series_id: UUID, body: ChangeIn) -> HttpResponse:
    """Let it come otherwise: from a day on, or all that is to come. Answers with the series that goes on."""
    return http.do(request, commands.change_series, SeriesOut, series_id=series_id, **body.dict())


@router.post("/series/{uuid:series_id}/pause", response={201: SeriesOut})
def pause_series(request: AuthedRequest, series_id: UUID, body: PauseIn) -> HttpResponse:
    """Let nobody come until a day; what lies before it is called off."""
    return http.do(request, commands.pause_series, SeriesOut, series_id=series_id, **body.dict())


@router.post("/series/{uuid:series_id}/resume", response={201: SeriesOut})
def resume_series(request: AuthedRequest, series_id: UUID) -> HttpResponse:
    """Go on before the pause is over."""
    return http.do(request, commands.resume_series, SeriesOut, series_id=series_id)


@router.post("/series/{uuid:series_id}/end", response={201: SeriesOut})
def end_series(request: AuthedRequest, series_id: UUID, body: EndIn) -> HttpResponse:
    """End it; what is still to come is called off."""
    return http.do(request, commands.end_series, SeriesOut, series_id=series_id, **body.dict())


@router.post("/occurrences/{uuid:occurrence_id}/skip", response={201: SeriesOut})
def skip_occurrence(request: AuthedRequest, occurrence_id: UUID, body: SkipIn) -> HttpResponse:
    """Call off this one only."""
    return http.do(request, commands.skip_occurrence, SeriesOut, occurrence_id=occurrence_id, **body.dict())
