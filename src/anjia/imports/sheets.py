"""Spreadsheets that we hand out: templates to fill in, and the rows that were not taken, with the reason."""

import io
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

import xlsxwriter
from django.utils.translation import gettext

from anjia.imports.lists import read_list
from anjia.imports.rules import COLUMNS, KIND_WORDS, REASON_TITLE, BadRow, Kind
from anjia.spreadsheets.cleaning import Cell, text_of

ROWS_TO_FILL: Final = 2_000
WIDTHS: Final = {
    "id_number": 24,
    "address": 40,
    "summary": 40,
    "preparation": 40,
    "pattern": 36,
    "certificates": 28,
}


def template_sheet(kind: Kind) -> bytes:
    """Return an empty list to fill in. Columns that a spreadsheet would round are text from the beginning."""
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as book:
        sheet = book.add_worksheet(gettext(str(KIND_WORDS[kind])))
        head = book.add_format({"bold": True, "bg_color": "#dcebe4", "bottom": 1, "text_wrap": True})
        text = book.add_format({"num_format": "@"})
        plain = book.add_format()
        for index, column in enumerate(COLUMNS[kind]):
            width = WIDTHS.get(column.code, 16)
            sheet.set_column(index, index, width, text if column.is_text else plain)
            sheet.write_string(0, index, column.title, head)
            sheet.write_comment(0, index, str(column.hint))
        add_choices(sheet, kind)
        sheet.freeze_panes(1, 1)
        add_guide(book, kind, head)
    return kept.getvalue()


def add_choices(sheet: Any, kind: Kind) -> None:
    choices = {
        "sex": ["男", "女"],
        "lives_alone": ["是", "否"],
        "mode": ["上门", "到站", "线上"],
        "status": ["允许", "禁止"],
    }
    for index, column in enumerate(COLUMNS[kind]):
        if column.code in choices:
            rule = {"validate": "list", "source": choices[column.code], "error_type": "warning"}
            sheet.data_validation(1, index, ROWS_TO_FILL, index, rule)


def add_guide(book: Any, kind: Kind, head: Any) -> None:
    guide = book.add_worksheet(gettext("填写说明"))
    guide.set_column(0, 0, 18)
    guide.set_column(1, 1, 70)
    guide.write_row(0, 0, [gettext("这一列"), gettext("怎么填")], head)
    for line, column in enumerate(COLUMNS[kind], start=1):
        guide.write_row(line, 0, [column.title, str(column.hint)])


def bad_rows_sheet(kind: Kind, content: bytes, reasons: Mapping[int, BadRow]) -> bytes:
    """Return the rows that were not taken, every cell as text, to be put right and uploaded again."""
    table = read_list(kind, content)
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as book:
        sheet = book.add_worksheet(gettext("没有收下的行"))
        head = book.add_format({"bold": True, "bg_color": "#dcebe4", "bottom": 1})
        text = book.add_format({"num_format": "@"})
        why = book.add_format({"num_format": "@", "font_color": "#8c2f1b", "text_wrap": True})
        last = len(table.titles)
        sheet.set_column(0, last - 1, 18, text)
        sheet.set_column(last, last, 70, why)
        for index, title in enumerate([*table.titles, REASON_TITLE]):
            sheet.write_string(0, index, title, head)
        for line, row in enumerate((row for row in table.rows if row.number in reasons), start=1):
            for index, cell in enumerate(row.cells):
                sheet.write_string(line, index, as_written(cell), text)
            sheet.write_string(line, last, words_of(kind, reasons[row.number]), why)
        sheet.freeze_panes(1, 0)
    return kept.getvalue()


def words_of(kind: Kind, bad: BadRow) -> str:
    """Return the reasons in a row, each after the column that it is about."""
    titles = {column.code: str(column.words) for column in COLUMNS[kind]}
    said = (
        f"{titles[reason.column]}：{reason}" if reason.column in titles else str(reason)
        for reason in bad.reasons
    )
    return "\n".join([gettext("原表第 {row} 行").format(row=bad.row), *said])


def as_written(cell: Cell) -> str:
    """Return the cell as text; a number that was rounded stays visibly so."""
    if isinstance(cell, float | int) and not isinstance(cell, bool) and abs(cell) >= 1e15:
        return f"{cell:.5E}"
    return (
        cell.date().isoformat()
        if isinstance(cell, datetime) and not cell.time()
        else (cell.isoformat() if isinstance(cell, date) else text_of(cell))
    )
