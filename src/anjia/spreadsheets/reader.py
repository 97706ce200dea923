"""From sheets to a table: which sheet, where the header is, and the rows below it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from anjia.spreadsheets.cleaning import Cell, text_of
from anjia.spreadsheets.sheets import Merge, Row, Sheet
from anjia.spreadsheets.words import Unreadable, _

Recognise = Callable[[str], str | None]

HEADER_WITHIN: Final = 20  # rows from the top
FEWEST_KNOWN: Final = 2  # columns that must be recognised in a header
LONGEST_TITLE: Final = 40


@dataclass(frozen=True, slots=True)
class Table:
    """The part of a sheet that is a list: one title per column, and the rows that say something."""

    sheet: str
    titles: tuple[str, ...]
    columns: tuple[str | None, ...]  # what each title was recognised as
    rows: list[Row]


def best_table(sheets: Iterable[Sheet], *, recognise: Recognise, fewest: int = FEWEST_KNOWN) -> Table:
    """
    Return the list in the file. `recognise` says which column a title is, if we know it; a header has at least `fewest`
    that we know.

    :raises Unreadable: if there is none
    """
    tables = [table for sheet in sheets if (table := table_in(sheet, recognise, fewest))]
    if not tables:
        raise Unreadable(
            "file.no_header",
            _("没有找到表头，不知道哪一列是什么。请留一行写着“姓名”“电话”这样的列名，或者用我们的模板。"),
        )
    best = max(tables, key=lambda table: (known(table.columns), len(table.rows)))
    if not best.rows:
        raise Unreadable("file.no_rows", _("表头下面一行都没有。请看看是不是传错了文件。"))
    return best


@dataclass(frozen=True, slots=True)
class Header:
    titles: tuple[str, ...]
    columns: tuple[str | None, ...]
    ends_at: int  # index of its last row


def table_in(sheet: Sheet, recognise: Recognise, fewest: int = FEWEST_KNOWN) -> Table | None:
    header = header_of(sheet, recognise, fewest)
    if header is None:
        return None
    width = len(header.titles)
    rows = [
        Row(row.number, pad(row.cells, width)[:width])
        for row in sheet.rows[header.ends_at + 1 :]
        if any(text_of(cell) for cell in row.cells[:width])
    ]
    return Table(sheet.name, header.titles, header.columns, rows)


def header_of(sheet: Sheet, recognise: Recognise, fewest: int = FEWEST_KNOWN) -> Header | None:
    """Return the header with most columns that we know; of equals the one with fewer rows, then the upper."""
    found: list[tuple[int, int, Header]] = []
    for index in range(min(HEADER_WITHIN, len(sheet.rows))):
        upper = [title_of(cell) for cell in sheet.rows[index].cells]
        found.append(one_row_header(upper, index, recognise))
        if index + 1 < len(sheet.rows):
            below = [title_of(cell) for cell in sheet.rows[index + 1].cells]
            found.extend(two_row_headers(upper, below, index, sheet.merges, recognise))
    count, _rows, best = max(found, key=lambda each: each[:2])
    return best if count >= fewest else None


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
