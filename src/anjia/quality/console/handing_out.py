"""What is taken away: the numbers and their rows as spreadsheets, the month as a report."""

from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from anjia.documents import Document, as_docx, as_pdf
from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import FIRST_DAY, LAST_DAY, day_of
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import NotFound
from anjia.quality import queries
from anjia.quality.console.numbers import period_asked
from anjia.quality.queries import Indicator, StaffLine
from anjia.quality.reporting import report_of
from anjia.quality.rules import DEFINITIONS
from anjia.quality.sheets import figures_sheet, rows_sheet


@require_safe
@page("quality.read")
def figures(request: PageRequest) -> HttpResponse:
    """Give all numbers of a period, with their definitions and the work of staff."""
    now = timezone.now()
    first, last = period_asked(request, now)

    def both(actor: Actor, purpose: Purpose) -> tuple[list[Indicator], list[StaffLine]]:
        return (
            queries.indicators(actor, purpose, first=first, last=last, as_of=now),
            queries.staff_lines(actor, purpose, first=first, last=last, as_of=now),
        )

    found, staff = console.ask(request, both, Purpose.CONTRACT)
    content = figures_sheet(found, staff, as_of=now)
    return console.download(content, f"anjia-indicators-{first}-{last}.xlsx", console.XLSX)


@require_safe
@page("quality.read")
def rows(request: PageRequest, code: str, part: str) -> HttpResponse:
    """Give the rows behind one number."""
    now = timezone.now()
    first, last = period_asked(request, now)
    if code not in DEFINITIONS:
        raise NotFound
    found = console.ask(
        request,
        queries.rows_to_take_away,
        Purpose.CONTRACT,
        code=code,
        part=part,
        first=first,
        last=last,
        as_of=now,
    )
    name = f"anjia-{code}-{part}-{first}-{last}.xlsx"
    return console.download(rows_sheet(DEFINITIONS[code], found), name, console.XLSX)


@require_safe
@page("quality.read")
def report_docx(request: PageRequest) -> HttpResponse:
    """Give the report of a month, `?month=2026-03`, to be written on; of this one for nonsense."""
    document, month = report(request)
    return console.download(as_docx(document), f"anjia-report-{month}.docx", console.DOCX)


@require_safe
@page("quality.read")
def report_pdf(request: PageRequest) -> HttpResponse:
    """Give the same report to be kept."""
    document, month = report(request)
    return console.download(as_pdf(document), f"anjia-report-{month}.pdf", console.PDF)


def report(request: PageRequest) -> tuple[Document, str]:
    """Return the report that the address asks for, and its month."""
    now = timezone.now()
    month = month_asked(request, day_of(now))
    found = console.ask(request, queries.month_in_figures, Purpose.CONTRACT, month=month, as_of=now)
    return report_of(found, is_demo=settings.IS_DEMO), f"{found.first:%Y-%m}"


def month_asked(request: HttpRequest, today: date) -> date:
    try:
        month = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return today
    # The month before is told of too.
    return month if FIRST_DAY < month <= LAST_DAY else today
