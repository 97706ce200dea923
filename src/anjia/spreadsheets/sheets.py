"""
From bytes to sheets: which kind of file, and what stands in its cells.

What the file is called does not count; what is in it does.
"""

import csv
import io
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from anjia.spreadsheets.cleaning import Cell
from anjia.spreadsheets.limits import (
    LIMITS,
    Limits,
    broken,
    check_compound,
    check_corner,
    check_zip,
    protected,
    too_large,
    wrong_type,
)
from anjia.spreadsheets.words import Unreadable, _

Merge = tuple[tuple[int, int], tuple[int, int]]

NOT_TEXT: Final = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z",
    b"\x1f\x8b",
    b"{\\rtf",
    b"MZ",
)
DELIMITERS: Final = (",", "\t", ";", "，", "|")
LINES_LOOKED_AT: Final = 20  # for the sign between columns


@dataclass(frozen=True, slots=True)
class Row:
    """A row and the number that the spreadsheet shows beside it."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    rows: list[Row]
    merges: list[Merge] = field(default_factory=list)


def read_sheets(content: bytes, *, limits: Limits = LIMITS) -> list[Sheet]:
    """:raises Unreadable: if the file is empty, too large, locked, broken, a bomb, or no spreadsheet"""
    if len(content) > limits.file:
        raise too_large(len(content), limits)
    if not content.strip(b"\0 \r\n\t"):
        raise Unreadable("file.empty", _("这个文件是空的。请看看是不是存盘以前就传了。"))
    if content.startswith(b"PK\x03\x04"):
        check_zip(content, limits)
        return workbook_sheets(content, limits)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        check_compound(content, limits)
        return workbook_sheets(content, limits)
    return [text_sheet(content, limits)]


def workbook_sheets(content: bytes, limits: Limits) -> list[Sheet]:
    sheets, cells = [], 0
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            for name in book.sheet_names:
                sheet = book.get_sheet_by_name(name)
                if not sheet.height:
                    continue
                check_corner(sheet.total_height, sheet.total_width, limits)
                cells += sheet.total_height * sheet.total_width
                if cells > limits.cells:
                    break  # the list is not behind five million other cells
                found = [
                    Row(number, tuple(map(plain, values)))
                    for number, values in enumerate(sheet.to_python(skip_empty_area=False), start=1)
                ]
                sheets.append(Sheet(name, found, sheet.merged_cell_ranges or []))
    except PasswordError:
        raise protected() from None
    except (CalamineError, ValueError, OSError):
        raise broken() from None
    return sheets


def plain(value: int | float | str | bool | time | date | datetime | timedelta) -> Cell:
    """Return an empty cell as None; times of day and spans, which no list of ours has, as text."""
    if value == "":
        return None
    if isinstance(value, time | timedelta):
        return str(value)
    return value


def text_sheet(content: bytes, limits: Limits) -> Sheet:
    text = decoded(content)
    lines = text.splitlines()[:LINES_LOOKED_AT]
    delimiter = max(DELIMITERS, key=lambda sign: sum(sign in line for line in lines))
    try:
        rows = []
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        for number, values in enumerate(reader, start=1):
            check_corner(number, len(values), limits)
            rows.append(Row(number, tuple(value.strip() or None for value in values)))
    except csv.Error:
        raise broken() from None
    return Sheet("", rows)


def decoded(content: bytes) -> str:
    """:raises Unreadable: if it is no text in UTF-8, GB18030 or marked UTF-16"""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content or content.startswith(NOT_TEXT):
        raise wrong_type()
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        start = text[:2000].lstrip().casefold()
        if start.startswith(("<!doctype", "<html", "<?xml", "<table", "<meta")) or "<table" in start:
            raise Unreadable(
                "file.wrong_type",
                _("这个文件其实是网页，只是名字像表格。请在 Excel 或 WPS 里打开，另存为 .xlsx 再传。"),
            )
        if sum(char < " " and char not in "\t\r\n\f\v" for char in text[:20_000]) > 2:
            break
        return text
    raise wrong_type()
