"""Spreadsheets of figures and of the rows behind them. Every cell is text or a number: nothing in it is a formula."""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import xlsxwriter
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anjia.kernel.calendar import local
from anjia.quality import wording
from anjia.quality.queries import Indicator, Row, Rows, StaffLine
from anjia.quality.rules import ASPECT_WORDS, KIND_WORDS, RATER_WORDS, ConcernKind, Definition, RaterKind

Cell = str | int | Decimal | datetime | date | None
WIDTHS: Final = {"short": 12, "time": 18, "name": 22, "long": 60}


def figures_sheet(indicators: Sequence[Indicator], staff: Sequence[StaffLine], *, as_of: datetime) -> bytes:
    """Return the numbers of a period with their definitions, and the work of staff on a second sheet."""
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as book:
        titles = {
            _("指标"): "name",
            _("百分比"): "short",
            _("结果"): "name",
            _("目标"): "short",
            _("做到"): "short",
            _("总数"): "short",
            _("不计入"): "short",
            _("从哪天"): "short",
            _("到哪天"): "short",
            _("数到"): "time",
            _("怎么算"): "long",
            _("不计入什么"): "long",
            _("算在哪天"): "long",
            _("出处"): "long",
        }
        write(book, _("指标"), titles, (figure_cells(one) for one in indicators))
        titles = {
            _("谁"): "name",
            _("做完的上门"): "short",
            _("当班天数"): "short",
            _("当班小时"): "short",
            _("每个当班日上门"): "short",
            _("路上占比 %"): "short",
            _("每次服务（分钟）"): "short",
            _("数到"): "time",
        }
        write(book, _("人员效率"), titles, (staff_cells(line, as_of) for line in staff))
    return kept.getvalue()


def figure_cells(one: Indicator) -> list[Cell]:
    return [
        one.name,
        one.figure.value,
        str(wording.STANDING_WORDS[one.figure.standing]),
        wording.target_words(one),
        one.figure.counted,
        one.figure.of,
        one.figure.excluded,
        one.first,
        one.last,
        one.as_of,
        one.counts,
        one.excludes,
        one.period,
        one.source,
    ]


def staff_cells(line: StaffLine, as_of: datetime) -> list[Cell]:
    return [
        line.name,
        line.visits,
        line.days,
        line.hours,
        line.visits_per_day,
        line.way_share,
        line.service_minutes,
        as_of,
    ]


def rows_sheet(definition: Definition, found: Rows) -> bytes:
    """Return the rows behind a number; where there are more than fit, the last line says so."""
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as book:
        titles = {
            _("约定的时间"): "time",
            _("居民"): "name",
            _("服务"): "name",
            _("状态"): "name",
            _("约好于"): "time",
            _("答应于"): "time",
            _("到达于"): "time",
            _("做完于"): "time",
            _("谁评的"): "short",
            _("星"): "short",
            _("分项"): "name",
            _("留言"): "long",
            _("回访"): "time",
            _("投诉或纠纷"): "name",
            _("异常"): "name",
            _("收到于"): "time",
            _("该在什么时候了结"): "time",
            _("了结于"): "time",
        }
        rows = [row_cells(row) for row in found.rows]
        if found.is_cut:
            last: list[Cell] = [_("还有更多，这里只有前 {count} 行").format(count=len(rows))]
            rows.append(last + [None] * (len(titles) - 1))
        write(book, definition.said("name", get_language() or "zh"), titles, rows)
    return kept.getvalue()


def row_cells(row: Row) -> list[Cell]:
    visit, rating, call = row.outcome, row.rating, row.call_back
    aspects = rating.aspects.items() if rating else []
    return [
        visit.starts_at if visit else None,
        row.resident_name,
        visit.service_name if visit else "",
        wording.status_words(row),
        visit.booked_at if visit else None,
        visit.crewed_at if visit else None,
        visit.arrived_at if visit else None,
        visit.done_at if visit else None,
        str(RATER_WORDS[RaterKind(rating.rater_kind)]) if rating else "",
        rating.stars if rating else None,
        " · ".join(f"{ASPECT_WORDS[aspect]} {value}" for aspect, value in aspects),
        rating.words if rating else "",
        call.closed_at if call else None,
        " · ".join(str(KIND_WORDS[ConcernKind(one.kind)]) for one in row.concerns),
        wording.exception_words(row),
        row.exception.opened_at if row.exception else None,
        row.exception.finish_by if row.exception else None,
        row.exception.closed_at if row.exception else None,
    ]


def write(book: Any, name: str, titles: dict[str, str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a sheet: titles that stay in sight, and cells of what they hold."""
    sheet = book.add_worksheet(name[:31])
    head = book.add_format({"bold": True, "bg_color": "#dcebe4", "bottom": 1, "text_wrap": True})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
    for column, (title, width) in enumerate(titles.items()):
        sheet.set_column(column, column, WIDTHS[width])
        sheet.write_string(0, column, title, head)
    sheet.freeze_panes(1, 1)
    for line, cells in enumerate(rows, start=1):
        for column, cell in enumerate(cells):
            if isinstance(cell, datetime):
                sheet.write_datetime(line, column, local(cell).replace(tzinfo=None), moment)
            elif isinstance(cell, date):
                sheet.write_datetime(line, column, datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001
            elif isinstance(cell, str):
                sheet.write_string(line, column, cell, plain)
            elif cell is not None:
                sheet.write_number(line, column, float(cell), plain)
