"""
From bytes to a table: which kind of file, which sheet, where the header is, and the rows below it.

What the file is called does not count; what is in it does.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from anjia.spreadsheets.cleaning import Cell, text_of
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
Recognise = Callable[[str], str | None]

HEADER_WITHIN: Final = 20  # rows from the top
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
FEWEST_KNOWN: Final = 2  # columns that must be recognised in a header
LONGEST_TITLE: Final = 40


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


@dataclass(frozen=True, slots=True)
class Table:
    """The part of a sheet that is a list: one title per column, and the rows that say something."""

    sheet: str
    titles: tuple[str, ...]
    columns: tuple[str | None, ...]  # what each title was recognised as
    rows: list[Row]


def read_table(content: bytes, *, recognise: Recognise, limits: Limits = LIMITS) -> Table:
    """
    Return the list in the file. `recognise` says which column a title is, if we know it.

    :raises Unreadable: if there is none, or the file is refused
    """
    tables = [table for sheet in read_sheets(content, limits=limits) if (table := table_in(sheet, recognise))]
    if not tables:
        raise Unreadable(
            "file.no_header",
            _("没有找到表头，不知道哪一列是什么。请留一行写着“姓名”“电话”这样的列名，或者用我们的模板。"),
        )
    best = max(tables, key=lambda table: (known(table.columns), len(table.rows)))
    if not best.rows:
        raise Unreadable("file.no_rows", _("表头下面一行都没有。请看看是不是传错了文件。"))
    return best


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
    lines = text.splitlines()[:HEADER_WITHIN]
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


@dataclass(frozen=True, slots=True)
class Header:
    titles: tuple[str, ...]
    columns: tuple[str | None, ...]
    ends_at: int  # index of its last row


def table_in(sheet: Sheet, recognise: Recognise) -> Table | None:
    header = header_of(sheet, recognise)
    if header is None:
        return None
    width = len(header.titles)
    rows = [
        Row(row.number, pad(row.cells, width)[:width])
        for row in sheet.rows[header.ends_at + 1 :]
        if any(text_of(cell) for cell in row.cells[:width])
    ]
    return Table(sheet.name, header.titles, header.columns, rows)


def header_of(sheet: Sheet, recognise: Recognise) -> Header | None:
    """Return the header with most columns that we know; of equals the one with fewer rows, then the upper."""
    found: list[tuple[int, int, Header]] = []
    for index in range(min(HEADER_WITHIN, len(sheet.rows))):
        upper = [title_of(cell) for cell in sheet.rows[index].cells]
        found.append(one_row_header(upper, index, recognise))
        if index + 1 < len(sheet.rows):
            below = [title_of(cell) for cell in sheet.rows[index + 1].cells]
            found.extend(two_row_headers(upper, below, index, sheet.merges, recognise))
    count, _rows, best = max(found, key=lambda each: each[:2])
    return best if count >= FEWEST_KNOWN else None


def known(columns: Iterable[str | None]) -> int:
    return len({column for column in columns if column})


def one_row_header(titles: list[str], index: int, recognise: Recognise) -> tuple[int, int, Header]:
    columns = [recognise(title) if title else None for title in titles]
    return known(columns), -1, trimmed(titles, columns, index)


def two_row_headers(
    upper: list[str], below: list[str], index: int, merges: list[Merge], recognise: Recognise
) -> Iterator[tuple[int, int, Header]]:
    """Yield the header that two rows make where a title of the upper one spans several of the lower one."""
    width = max(len(upper), len(below))
    upper, below = upper + [""] * (width - len(upper)), below + [""] * (width - len(below))
    spans = merged_spans(index, merges, width) if merges else written_spans(upper, below)
    titles = [above or under for above, under in zip(upper, below, strict=True)]
    for start, end in spans:
        for column in range(start, end + 1):
            titles[column] = upper[start] + below[column] if upper[start] != below[column] else below[column]
    spanned = {column for start, end in spans for column in range(start, end + 1)}
    if not spanned or any(upper[column] and below[column] for column in set(range(width)) - spanned):
        return  # the row below is no header, but the first of the list
    columns = [
        recognise(title) or (recognise(under) if under else None) if title else None
        for title, under in zip(titles, below, strict=True)
    ]
    yield known(columns), -2, trimmed(titles, columns, index + 1)


def merged_spans(row: int, merges: list[Merge], width: int) -> list[tuple[int, int]]:
    """Return the columns that each title of this row spans, as the workbook has merged them."""
    return [
        (start, min(end, width - 1))
        for (top, start), (bottom, end) in merges
        if top == bottom == row and start < end and start < width
    ]


def written_spans(upper: list[str], below: list[str]) -> list[tuple[int, int]]:
    """Return what a text file shows of merges: empty cells to the right of a title, filled in the row below."""
    spans = []
    for start, title in enumerate(upper):
        end = start
        while title and below[start] and end + 1 < len(upper) and not upper[end + 1] and below[end + 1]:
            end += 1
        if end > start:
            spans.append((start, end))
    return spans


def title_of(cell: Cell) -> str:
    """Return what the header cell says, "" where it says too much for a title."""
    text = text_of(cell).replace(" ", "")
    return text if len(text) <= LONGEST_TITLE else ""


def trimmed(titles: Sequence[str], columns: Sequence[str | None], ends_at: int) -> Header:
    width = max((index for index, title in enumerate(titles) if title), default=-1) + 1
    return Header(tuple(titles[:width]), tuple(columns[:width]), ends_at)


def pad(cells: tuple[Cell, ...], width: int) -> tuple[Cell, ...]:
    return cells + (None,) * (width - len(cells))
