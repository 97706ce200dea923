"""The work of staff in figures, and the visits that they were made of."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.console import PageRequest, page
from anjia.quality import queries
from anjia.quality.console.numbers import period_asked, periods
from anjia.quality.rules import MEASURES


@require_safe
@page("quality.read")
def staff(request: PageRequest) -> HttpResponse:
    """Show who did how much in a period, and how it is worked out."""
    now = timezone.now()
    first, last = period_asked(request, now)
    lines = console.ask(request, queries.staff_lines, Purpose.CONTRACT, first=first, last=last, as_of=now)
    language = get_language() or "zh"
    said = {
        "lines": lines,
        "first": first,
        "last": last,
        "now": now,
        "periods": periods(now),
        "measures": [
            {part: measure.said(part, language) for part in ("name", "counts", "excludes", "source")}
            for measure in MEASURES
        ],
    }
    return render(request, "quality/staff.html", said)


@require_safe
@page("quality.read")
def visits(request: PageRequest, staff_id: UUID) -> HttpResponse:
    """Show the visits behind one caregiver's figures."""
    now = timezone.now()
    first, last = period_asked(request, now)
    found = console.ask(
        request,
        queries.staff_visits,
        Purpose.CONTRACT,
        staff_id=staff_id,
        first=first,
        last=last,
        as_of=now,
        after=request.GET.get("after") or None,
    )
    said = {
        "line": found.line,
        "page": found.page,
        "rows": found.page.items,
        "first": first,
        "last": last,
        "now": now,
    }
    return render(request, "quality/staff_visits.html", said)
