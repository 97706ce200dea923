"""Indicators: numbers with their definitions, and the rows behind them."""

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import NotFound
from anjia.quality import queries, wording
from anjia.quality.rules import (
    ASPECT_WORDS,
    DEFINITIONS,
    KIND_WORDS,
    LEAST_RATINGS,
    RATER_WORDS,
    ConcernKind,
    RaterKind,
)

LONGEST = timedelta(days=366)


def period_asked(request: HttpRequest, now: datetime) -> tuple[date, date]:
    """Return the days that the address names, or the last thirty; nonsense is the last thirty."""
    today = day_of(now)
    try:
        first = date.fromisoformat(request.GET.get("first", ""))
        last = date.fromisoformat(request.GET.get("last", ""))
    except ValueError:
        return today - timedelta(days=29), today
    if not timedelta(0) <= last - first <= LONGEST:
        return today - timedelta(days=29), today
    return first, last


def periods(now: datetime) -> list[tuple[str, date, date]]:
    today = day_of(now)
    month = today.replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    return [
        ("today", today, today),
        ("week", today - timedelta(days=6), today),
        ("thirty", today - timedelta(days=29), today),
        ("month", month, today),
        ("month_before", before, month - timedelta(days=1)),
    ]


@require_safe
@page("quality.read")
def indicators(request: PageRequest) -> HttpResponse:
    """Show all numbers of a period."""
    now = timezone.now()
    first, last = period_asked(request, now)
    found = console.ask(request, queries.indicators, Purpose.CONTRACT, first=first, last=last, as_of=now)
    said = {
        "indicators": [
            (one, [part for part in found if part.definition.part_of == one.code])
            for one in found
            if not one.definition.part_of
        ],
        "first": first,
        "last": last,
        "now": now,
        "periods": periods(now),
        "least": LEAST_RATINGS,
    }
    return render(request, "quality/indicators.html", said)


@require_safe
@page("quality.read")
def rows(request: PageRequest, code: str, part: str) -> HttpResponse:
    """Show the rows behind one number."""
    now = timezone.now()
    first, last = period_asked(request, now)
    if code not in DEFINITIONS:
        raise NotFound
    found = console.ask(
        request,
        queries.drill_down,
        Purpose.CONTRACT,
        code=code,
        part=part,
        first=first,
        last=last,
        as_of=now,
        after=request.GET.get("after") or None,
    )
    said = {
        "indicator": found.indicator,
        "part": part,
        "page": found.page,
        "lines": [shown_row(row) for row in found.page.items],
        "first": first,
        "last": last,
        "now": now,
        "may_call": request.actor.may("quality.call_back"),
        "may_manage": request.actor.may("quality.manage"),
        "with_ratings": any(row.rating for row in found.page.items),
    }
    return render(request, "quality/rows.html", said)


def shown_row(row: queries.Row) -> dict[str, Any]:
    rating = row.rating
    return {
        "visit": row.outcome,
        "resident_name": row.resident_name,
        "cancel_reason": wording.reason_words(row.outcome.cancel_reason) if row.outcome else "",
        "rater": RATER_WORDS[RaterKind(rating.rater_kind)] if rating else "",
        "stars": rating.stars if rating else None,
        "aspects": [(ASPECT_WORDS[aspect], value) for aspect, value in rating.aspects.items()]
        if rating
        else [],
        "words": rating.words if rating else "",
        "call_back": row.call_back,
        "exception": row.exception,
        "exception_words": wording.exception_words(row),
        "concerns": [
            {"id": one.id, "kind": KIND_WORDS[ConcernKind(one.kind)], "raised_at": one.raised_at}
            for one in row.concerns
        ],
    }
