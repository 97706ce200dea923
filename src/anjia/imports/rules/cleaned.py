"""From the cells of a row to what it says of somebody: what every kind of list does alike."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

from anjia.imports.rules.refusals import BadRow, Cleaned, Reason
from anjia.spreadsheets.cleaning import Cell, text_of
from anjia.spreadsheets.sheets import Row
from anjia.spreadsheets.words import Unclean, _

T = TypeVar("T")

FEWEST_CELLS: Final = 3  # a line with fewer may be a sum or a note below the list
NOTES: Final = ("合计", "小计", "总计", "共计", "备注", "说明", "填表", "制表", "审核", "注：", "注:", "填报")


class Cells:
    """The cells of one row by the code of their column, and what turned out wrong with them."""

    def __init__(self, row: Row, columns: Sequence[str | None]) -> None:
        self.number = row.number
        self.reasons: list[Reason] = []
        self.assumed: list[Reason] = []
        self._cells: dict[str, list[Cell]] = {}
        for code, cell in zip(columns, row.cells, strict=False):
            if code:
                self._cells.setdefault(code, []).append(cell)
        self._said = [text for cell in row.cells if (text := text_of(cell))]

    @property
    def is_note(self) -> bool:
        """Tell whether the line is none of the list, but a sum or a remark below it."""
        if len(self._said) >= FEWEST_CELLS:
            return False
        return not self.text("name") or self._said[0].startswith(NOTES)

    def all(self, code: str) -> list[Cell]:
        return self._cells.get(code, [])

    def first(self, code: str) -> Cell:
        return next(iter(self.all(code)), None)

    def text(self, code: str) -> str:
        return text_of(self.first(code))

    def clean(self, code: str, clean: Callable[[Cell], T]) -> T | None:
        """Return what the cell says; where it says nothing sensible, note why."""
        return self.checked(code, lambda: clean(self.first(code)))

    def checked(self, code: str, clean: Callable[[], T]) -> T | None:
        try:
            return clean()
        except Unclean as problem:
            self.reasons.append(Reason.of(code, problem))
            return None

    def wrong(self, code: str, words: str, **values: Any) -> None:
        self.reasons.append(Reason(column=code, words=words, values=values))

    def has_wrong(self, code: str) -> bool:
        return any(reason.column == code for reason in self.reasons)

    def assume(self, code: str, words: str, **values: Any) -> None:
        """Say what is read into a cell that leaves something open: whoever imports sees it before it counts."""
        self.assumed.append(Reason(column=code, words=words, values=values))


def clean_rows(
    rows: Iterable[Row], columns: Sequence[str | None], read: Callable[[Cells], T | None]
) -> Cleaned[T]:
    """Read every row; those with something wrong go to the bad ones."""
    good: list[T] = []
    bad: list[BadRow] = []
    assumed: list[BadRow] = []
    skipped = 0
    for row in rows:
        cells = Cells(row, columns)
        if cells.is_note:
            skipped += 1
            continue
        said = read(cells)
        if cells.reasons or said is None:
            bad.append(BadRow(row=row.number, name=cells.text("name"), reasons=tuple(cells.reasons)))
            continue
        good.append(said)
        if cells.assumed:
            assumed.append(BadRow(row=row.number, name=cells.text("name"), reasons=tuple(cells.assumed)))
    return Cleaned(good, bad, skipped, assumed)


def without_twins(
    cleaned: Cleaned[T],
    key: Callable[[T], object | None],
    number: Callable[[T], int],
    name: Callable[[T], str],
) -> Cleaned[T]:
    """Take one of each: the later row with the same key is a bad one that says which it repeats."""
    first: dict[object, int] = {}
    good: list[T] = []
    for row in cleaned.rows:
        said = key(row)
        if said is not None and said in first:
            cleaned.bad.append(twin(number(row), name(row), first[said]))
            continue
        if said is not None:
            first[said] = number(row)
        good.append(row)
    cleaned.bad.sort(key=lambda bad: bad.row)
    return Cleaned(good, cleaned.bad, cleaned.skipped, cleaned.assumed)


def twin(row: int, name: str, first: int) -> BadRow:
    words = _("和第 {first} 行是同一个人（或同一项）。请只留一行。")
    return BadRow(row=row, name=name, reasons=(Reason(column="", words=words, values={"first": first}),))
