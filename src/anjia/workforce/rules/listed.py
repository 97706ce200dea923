"""A list of staff that comes as a file: which column is what, and whom each row means. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.spreadsheets.cleaning import narrow
from anjia.spreadsheets.reader import Table
from anjia.workforce.rules.policies import Member, PolicyInvalid

NAMES_OF_COLUMNS: Final = {
    "number": {"工号", "员工号", "员工编号", "职工号", "职工编号", "人员编号", "staff number", "number"},
    "name": {"姓名", "被保险人", "被保险人姓名", "员工姓名", "人员姓名", "职工姓名", "名字", "name"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRow:
    """What a row says of whom it means, and the number that the spreadsheet shows beside it."""

    row: int
    number: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongRow:
    listed: ListedRow
    why: str


class RowsRefused(PolicyInvalid):
    """Some rows of the file mean nobody, or more than one: each with its reason. Nothing was kept."""

    def __init__(self, rows: Sequence[WrongRow]) -> None:
        super().__init__(
            fields={"file": _("名单里有 {count} 行对不上人，下面一行一行说。").format(count=len(rows))}
        )
        self.rows = rows


def column_of(title: str) -> str | None:
    """Return which column a title means, None if none that we need."""
    said = narrow(title).replace(" ", "").rstrip("*").casefold()
    known = {code: {name.replace(" ", "") for name in names} for code, names in NAMES_OF_COLUMNS.items()}
    return next((code for code, names in known.items() if said in names), None)


def rows_in(table: Table) -> tuple[ListedRow, ...]:
    """Return what its rows say, with the first column of each kind."""
    at = {code: table.columns.index(code) for code in NAMES_OF_COLUMNS if code in table.columns}
    return tuple(
        ListedRow(
            row=one.number,
            **{code: narrow(one.cells[at[code]]) if code in at else "" for code in NAMES_OF_COLUMNS},
        )
        for one in table.rows
    )


def members_listed(rows: Sequence[ListedRow], members: Sequence[Member]) -> set[UUID]:
    """
    Return whom the rows mean: the number of each, or a name that only one has; where both are there, they agree.

    :raises RowsRefused: naming each row that means nobody, or more than one, and why
    """
    by_number = {one.number: one for one in members if one.number}
    by_name: dict[str, list[Member]] = {}
    for one in members:
        by_name.setdefault(_bare(one.name), []).append(one)
    found: set[UUID] = set()
    wrong: list[WrongRow] = []
    for row in rows:
        meant = [by_number[row.number]] if row.number in by_number else []
        if not row.number:
            meant = by_name.get(_bare(row.name), [])
        why = _why_not(row, meant)
        if why:
            wrong.append(WrongRow(listed=row, why=why))
        else:
            found.add(meant[0].id)
    if wrong:
        raise RowsRefused(wrong)
    return found


def _bare(name: str) -> str:
    """Two signs of a name are often set apart: 张　三."""
    return name.replace(" ", "")


def _why_not(row: ListedRow, meant: Sequence[Member]) -> str:
    if not row.number and not row.name:
        return _("没有工号也没有姓名。不是人的一行（合计、备注）请删掉。")
    if not meant:
        return _("那天在职的人里没有这个工号。") if row.number else _("那天在职的人里没有叫这个名字的。")
    if len(meant) > 1:
        return _("叫这个名字的有 {count} 位，请写工号。").format(count=len(meant))
    if row.number and row.name and _bare(row.name) != _bare(meant[0].name):
        return _("这个工号是{name}，和写的姓名不一样。").format(name=meant[0].name)
    return ""
