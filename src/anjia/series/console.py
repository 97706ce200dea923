"""Series' pages: beginning one for a caller, all of one, and what has no place."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_time
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.console import PageRequest, moment_of, number_of, page, uuid_of
from anjia.kernel.errors import DomainError, Invalid
from anjia.kernel.ids import new_id
from anjia.series import commands, queries
from anjia.series.shapes import SeriesLine
from anjia.series.words import WEEKDAYS, WORDS_OF_HOLIDAYS

app_name = "series"

DAYS_AT_ONCE: Final = 7
TOO_MANY: Final = 1000  # of whatever is counted: nobody means it
WEEKDAY_NUMBERS: Final = frozenset(map(str, range(len(WEEKDAYS))))
UNITS: Final = [("weeks", _("周")), ("days", _("天"))]
SCOPES: Final = [("all", _("还没来的都改")), ("following", _("从这一天起改"))]


def number(said: QueryDict, name: str, default: int | None) -> int | None:
    found = number_of(said.get(name, "").strip())
    return default if found is None or found >= TOO_MANY else found


def day_in(said: QueryDict, name: str) -> date | None:
    try:
        return parse_date(said.get(name, ""))
    except ValueError:
        return None


def repeat_in(said: QueryDict) -> dict[str, Any]:
    """Return the pattern that a form says; what is none of ours the rules refuse."""
    return {
        "unit": said.get("unit", "weeks"),
        "every": number(said, "every", 1),
        "weekdays": [int(one) for one in said.getlist("weekdays") if one in WEEKDAY_NUMBERS],
        "gap_days": number(said, "gap_days", 1),
        "count": number(said, "count", None),
        "until": day_in(said, "until"),
        "holidays": said.get("holidays", "move"),
    }


def choices(said: dict[str, Any]) -> dict[str, Any]:
    return {
        "repeat": said,
        "units": UNITS,
        "weekday_choices": [
            (number, words, number in said["weekdays"]) for number, words in enumerate(WEEKDAYS)
        ],
        "holiday_choices": [(one.value, words) for one, words in WORDS_OF_HOLIDAYS.items()],
        "new_key": new_id(),
    }


def to_series(series_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("series:series", kwargs={"series_id": series_id}), status=303)


@require_safe
@page("dispatch.book")
def house(request: PageRequest) -> HttpResponse:
    found = console.ask(
        request,
        queries.house_lists,
        Purpose.CONTRACT,
        now=timezone.now(),
        after=request.GET.get("after") or None,
        tasks_after=request.GET.get("tasks_after") or None,
    )
    return render(request, "series/list.html", {"tasks": found.tasks, "page": found.series})


@require_safe
@page("dispatch.book")
def begin(request: PageRequest, hold_id: UUID) -> HttpResponse:
    said = repeat_in(request.GET)
    problem: dict[str, str] = {}
    found = None
    try:
        found = console.ask(
            request,
            queries.foresee,
            Purpose.CONTRACT,
            hold_id=hold_id,
            repeat=said,
            now=timezone.now(),
        )
        said["weekdays"] = sorted({*said["weekdays"], found.days[0].on.weekday()})  # it is one of them
    except Invalid as refusal:  # she is still choosing
        problem = refusal.fields or {"": refusal.detail}
    shown = {"hold_id": hold_id, "found": found, "problem": problem}
    return render(request, "series/begin.html", shown | choices(said))


@require_POST
@page("dispatch.book")
def begin_now(request: PageRequest, hold_id: UUID) -> HttpResponse:
    begun = console.do(request, commands.begin_series, hold_id=hold_id, repeat=repeat_in(request.POST))
    return to_series(begun.id) if begun else HttpResponseRedirect(reverse("series:house"), status=303)


@require_safe
@page("visits.read")
def series(request: PageRequest, series_id: UUID) -> HttpResponse:
    return show_series(request, series_id)


def show_series(
    request: PageRequest, series_id: UUID, refusal: DomainError | None = None, form: str = ""
) -> HttpResponse:
    """Show all of it; where one of its forms was refused, why, and in that form what was filled in."""
    found = console.ask(
        request, queries.series_page, Purpose.CONTRACT, series_id=series_id, now=timezone.now()
    )
    said = (
        repeat_in(request.POST)
        if form == "change"
        else {
            "unit": found.series.unit,
            "every": found.series.every,
            "weekdays": found.series.weekdays,
            "gap_days": found.series.gap_days,
            "count": found.series.count,
            "until": found.series.until,
            "holidays": found.series.holidays,
        }
    )
    tomorrow = day_of(timezone.now()) + timedelta(days=1)
    return render(
        request,
        "series/series.html",
        {
            "found": found.series,
            "resident": found.resident,
            "scopes": SCOPES,
            "tomorrow": tomorrow,
            "refusal": refusal,
            "typed": {form: request.POST} if form else {},
        }
        | choices(said),
        status=refusal.status if refusal else 200,
    )


def done(
    request: PageRequest, series_id: UUID, form: str, act: Callable[[], SeriesLine | None]
) -> HttpResponse:
    """Do what a form of the page says, and show the series that goes on; or the page again, with what was said."""
    try:
        goes_on = act()
    except DomainError as refusal:
        if refusal.status in {403, 404}:
            raise
        return show_series(request, series_id, refusal, form)
    return to_series(goes_on.id if goes_on else series_id)


@require_POST
@page("visits.cancel")
def change(request: PageRequest, series_id: UUID) -> HttpResponse:
    try:
        clock: time | None = parse_time(request.POST.get("clock", ""))
    except ValueError:
        clock = None
    return done(
        request,
        series_id,
        "change",
        lambda: console.do(
            request,
            commands.change_series,
            series_id=series_id,
            scope="following" if request.POST.get("scope") == "following" else "all",
            from_day=day_in(request.POST, "from_day"),
            clock=clock,
            repeat=repeat_in(request.POST),
        ),
    )


@require_POST
@page("visits.cancel")
def pause(request: PageRequest, series_id: UUID) -> HttpResponse:
    why = request.POST.get("why", "").strip()[:500]

    def act() -> SeriesLine | None:
        until = day_in(request.POST, "until")
        if until is None:
            raise Invalid(fields={"until": _("请选恢复的那一天。")})
        return console.do(request, commands.pause_series, series_id=series_id, until=until, why=why)

    return done(request, series_id, "pause", act)


@require_POST
@page("dispatch.book")
def resume(request: PageRequest, series_id: UUID) -> HttpResponse:
    console.do(request, commands.resume_series, series_id=series_id)
    return to_series(series_id)


@require_POST
@page("visits.cancel")
def end(request: PageRequest, series_id: UUID) -> HttpResponse:
    why = request.POST.get("why", "").strip()[:500]
    console.do(request, commands.end_series, series_id=series_id, why=why)
    return to_series(series_id)


@require_POST
@page("visits.cancel")
def skip(request: PageRequest, occurrence_id: UUID) -> HttpResponse:
    found = console.do(
        request,
        commands.skip_occurrence,
        occurrence_id=occurrence_id,
        why=request.POST.get("why", "").strip()[:500],
    )
    return to_series(found.id) if found else HttpResponseRedirect(reverse("series:house"), status=303)


@require_safe
@page("dispatch.book")
def place(request: PageRequest, occurrence_id: UUID) -> HttpResponse:
    found = console.ask(
        request,
        queries.placing_page,
        Purpose.CONTRACT,
        occurrence_id=occurrence_id,
        first_day=day_in(request.GET, "first_day"),
        days=DAYS_AT_ONCE,
        now=timezone.now(),
    )
    first = found.slots.days[0].day
    return render(
        request,
        "series/place.html",
        {
            "found": found,
            "slots": found.slots,
            "first_day": first,
            "earlier": max(first - timedelta(days=DAYS_AT_ONCE), day_of(timezone.now())),
            "later": first + timedelta(days=DAYS_AT_ONCE),
            "new_key": new_id(),
        },
    )


@require_POST
@page("dispatch.book")
def place_now(request: PageRequest, occurrence_id: UUID) -> HttpResponse:
    series_id = console.do(
        request, commands.place_by_hand, occurrence_id=occurrence_id, **time_and_crew(request)
    )
    return to_series(series_id) if series_id else HttpResponseRedirect(reverse("series:house"), status=303)


def time_and_crew(request: HttpRequest) -> dict[str, Any]:
    """
    Return the time and the crew that a slot's button stands for, as `dispatch` writes it.

    :raises Invalid: if it is none of ours
    """
    said, _mark, ids = request.POST.get("slot", "").partition("|")
    starts_at = moment_of(said)
    staff_ids = [found for found in map(uuid_of, ids.split(",")) if found]
    if starts_at is None or not staff_ids:
        raise Invalid(fields={"slot": _("请先选一个时间。")})
    return {"starts_at": starts_at, "staff_ids": staff_ids}


urlpatterns = [
    path("", house, name="house"),
    path("begin/<uuid:hold_id>", begin, name="begin"),
    path("begin/<uuid:hold_id>/now", begin_now, name="begin_now"),
    path("<uuid:series_id>", series, name="series"),
    path("<uuid:series_id>/change", change, name="change"),
    path("<uuid:series_id>/pause", pause, name="pause"),
    path("<uuid:series_id>/resume", resume, name="resume"),
    path("<uuid:series_id>/end", end, name="end"),
    path("occurrences/<uuid:occurrence_id>/skip", skip, name="skip"),
    path("occurrences/<uuid:occurrence_id>/place", place, name="place"),
    path("occurrences/<uuid:occurrence_id>/place-now", place_now, name="place_now"),
]
