"""One caregiver's month for her managers: figures with their definitions, the rows behind each, what she objects to."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.console import PageRequest, page
from anjia.quality import performing, queries
from anjia.quality.rules import LEAST_ROWS, PERFORMANCE_EVIDENCE, months_before


def month_asked(request: HttpRequest, today: date) -> date:
    """Return the month that the address names, or this one for nonsense and what is not to be looked at."""
    try:
        month = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return today.replace(day=1)
    return month if month in months_before(today) else today.replace(day=1)


@require_safe
@page("quality.read")
def performance(request: PageRequest, staff_id: UUID) -> HttpResponse:
    now = timezone.now()
    found = console.ask(
        request,
        queries.performance,
        Purpose.CONTRACT,
        staff_id=staff_id,
        month=month_asked(request, day_of(now)),
        as_of=now,
    )
    at = found.months.index(found.month)
    said = head(found) | {
        "before": found.months[at + 1] if at + 1 < len(found.months) else None,
        "following": found.months[at - 1] if at else None,
        "figures": [performing.figure_said(one, found) for one in found.figures],
        "objections": [performing.objection_said(one) for one in found.objections],
        "least": LEAST_ROWS,
        "evidence": PERFORMANCE_EVIDENCE,
        "objection_source": performing.source_of_objections(),
        "manages": request.actor.may("quality.manage"),
    }
    return render(request, "quality/performance.html", said)


@require_safe
@page("quality.read")
def rows(request: PageRequest, staff_id: UUID, measure: str) -> HttpResponse:
    now = timezone.now()
    found = console.ask(
        request,
        queries.performance_rows,
        Purpose.CONTRACT,
        staff_id=staff_id,
        code=measure,
        month=month_asked(request, day_of(now)),
        as_of=now,
        after=request.GET.get("after") or None,
    )
    said = head(found.performance) | {
        "figure": performing.figure_said(found.one, found.performance),
        "page": found.page,
        "lines": [shown_row(measure, one) for one in found.page.items],
    }
    return render(request, "quality/performance_rows.html", said)


def head(found: queries.Performance) -> dict[str, Any]:
    return {"found": found, "now": found.as_of, "month": f"{found.month:%Y-%m}"}


def shown_row(code: str, one: queries.RowShown) -> dict[str, Any]:
    words, tone = performing.side_of(code, one.row.side)
    return {
        "at": one.row.at,
        "visit": one.row.visit,
        "resident_name": one.resident_name,
        "words": performing.row_words(code, one),
        "side_words": words,
        "tone": tone,
        "left_out": performing.objection_said(one.left_out) if one.left_out else None,
        "objection": performing.objection_said(one.objection) if one.objection else None,
    }
