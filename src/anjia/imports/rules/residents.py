"""A list of residents."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Final

from anjia.imports.rules.cleaned import Cells, clean_rows, without_twins
from anjia.imports.rules.refusals import Cleaned
from anjia.residents.rules import RelativeRow, ResidentRow, chronic_of
from anjia.spreadsheets.cleaning import (
    YEAR_AND_MONTH,
    WrittenPhone,
    date_of,
    id_number_of,
    is_blank,
    name_of,
    narrow,
    phones_of,
    sex_of,
    short_text_of,
    text_of,
    yes_or_no,
)
from anjia.spreadsheets.id_number import IdNumber
from anjia.spreadsheets.sheets import Row
from anjia.spreadsheets.words import Unclean, _

BETWEEN: Final = re.compile(r"[、,，;；/\s]+")
OLDEST: Final = 1850


def clean_residents(
    rows: Iterable[Row], columns: Sequence[str | None], *, today: date
) -> Cleaned[ResidentRow]:
    """Return what the list says of each resident, and the rows that cannot be taken."""
    cleaned = clean_rows(rows, columns, lambda cells: resident_row(cells, today=today))
    return without_twins(cleaned, who, lambda row: row.row, lambda row: row.name)


def who(row: ResidentRow) -> object:
    """Return what makes two rows of one list the same person."""
    if row.id_number:
        return row.id_number.number
    return replace(row, row=0)


def resident_row(cells: Cells, *, today: date) -> ResidentRow | None:
    name = cells.clean("name", name_of)
    number = cells.clean("id_number", lambda cell: id_number_of(cell, today=today))
    sex = cells.clean("sex", sex_of)
    born_on = birthday(cells, today=today, number=number)
    phones = all_phones(cells)
    filed_on = cells.clean("filed_on", date_of)
    if filed_on and filed_on > today:
        cells.wrong("filed_on", _("建档日期还没有到。请核对年份。"))
    address = cells.clean("address", short_text_of)
    door_note = cells.clean("door_note", short_text_of)
    chronic = cells.clean("chronic", lambda cell: chronic_in(short_text_of(cell)))
    lives_alone = cells.clean("lives_alone", yes_or_no)
    relatives, more_phones = relatives_in(cells)
    contradictions(cells, number=number, sex=sex, born_on=born_on)
    if cells.reasons or name is None:
        return None
    return ResidentRow(
        row=cells.number,
        name=name,
        sex=sex,
        id_number=number,
        birth_date=born_on,
        phones=tuple(once(phones + more_phones)),
        address="" if is_blank(address) else address or "",
        door_note=door_note or "",
        filed_on=filed_on,
        chronic=chronic,
        lives_alone=lives_alone,
        relatives=tuple(relatives),
    )


def birthday(cells: Cells, *, today: date, number: IdNumber | None) -> date | None:
    if number and is_her_month(cells.text("birth_date"), number.born_on):
        return None  # 出生年月 says less than the ID number
    born_on = cells.clean("birth_date", date_of)
    if born_on and (born_on > today or born_on.year < OLDEST):
        cells.wrong("birth_date", _("出生日期不对：还没有到，或者太早了。请核对年份。"))
    return born_on


def is_her_month(said: str, born_on: date) -> bool:
    """Tell whether only a year, or a year and a month, is said, and that it is that of the ID number."""
    found = YEAR_AND_MONTH.fullmatch(narrow(said))
    return bool(found and int(found[1]) == born_on.year and (not found[2] or int(found[2]) == born_on.month))


def contradictions(cells: Cells, *, number: IdNumber | None, sex: str | None, born_on: date | None) -> None:
    if number and sex and number.sex != sex:
        cells.wrong("sex", _("性别和身份证号对不上。请照着身份证核对。"))
    if number and born_on and number.born_on != born_on:
        cells.wrong("birth_date", _("出生日期和身份证号对不上。请照着身份证核对。"))


def all_phones(cells: Cells) -> list[WrittenPhone]:
    found: list[WrittenPhone] = []
    for cell in cells.all("phone"):
        try:
            found.extend(phones_of(cell))
        except Unclean as problem:
            cells.wrong("phone", problem.words, **problem.values)
    return found


def once(phones: Iterable[WrittenPhone]) -> list[WrittenPhone]:
    found: dict[str, WrittenPhone] = {}
    for phone in phones:
        found.setdefault(phone.number, phone)
    return list(found.values())


def chronic_in(text: str) -> tuple[str, ...] | None:
    """Return None where the list says nothing, an empty one where it says "none"."""
    if text in {"无", "没有", "健康", "体健"}:
        return ()
    names = [name for name in BETWEEN.split(text) if not is_blank(name)]
    return chronic_of(names) if names else None


def relatives_in(cells: Cells) -> tuple[list[RelativeRow], list[WrittenPhone]]:
    """
    Return the relatives, paired with their numbers in order; numbers beyond them are kept as hers, with the name.

    "李小梅（女儿）13900005678" in one cell is understood too.
    """
    written = text_of(cells.first("relative_name"))
    names, in_name = names_and_phones(cells, written)
    phones = cells.clean("relative_phone", phones_of) or []
    phones = [*in_name, *phones]
    relations = [part for part in BETWEEN.split(cells.text("relative_relation")) if part]
    found = []
    for index, (name, relation) in enumerate(names):
        phone = phones[index] if index < len(phones) else None
        said = relation or (relations[index] if index < len(relations) else "")
        said = said or (phone.label if phone else "")
        found.append(RelativeRow(name=name, relation=said[:40], phone=phone.number if phone else ""))
    label = names[0][0] if names else _("家属")
    more = [WrittenPhone(phone.number, phone.label or label) for phone in phones[len(names) :]]
    return found, more


def names_and_phones(cells: Cells, written: str) -> tuple[list[tuple[str, str]], list[WrittenPhone]]:
    """Return (name, relation) of each, and the numbers that stand in the same cell."""
    if is_blank(written):
        return [], []
    phones: list[WrittenPhone] = []
    if re.search(r"\d{5}", written):
        numbers = re.findall(r"\+?[\d][\d\- ]{5,}\d", written)
        phones = cells.checked("relative_name", lambda: phones_of("、".join(numbers))) or []
        for number in numbers:
            written = written.replace(number, "、")
    names = []
    for part in re.split(r"[、,，;；/]+|\s{1,}", written):
        relation = " ".join(re.findall(r"[(（](.*?)[)）]", part))
        bare = re.sub(r"[(（].*?[)）]|[:：]", "", part).strip()
        if bare:
            name = cells.checked("relative_name", partial(name_of, bare))
            names.append((name or "", relation))
        elif relation and names:
            names[-1] = (names[-1][0], relation)
    return names, phones
