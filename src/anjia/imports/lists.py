"""How each kind of list is read, cleaned and compared with what we have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import override

from anjia.catalogue.queries import changes_of_rows as changes_of_services
from anjia.catalogue.queries import city_changes_of_rows as changes_of_city_list
from anjia.catalogue.queries import wrong_rows_of as wrong_services
from anjia.identity.queries import stations_of
from anjia.imports.models import ImportBatch
from anjia.imports.rules import (
    AlreadyOver,
    BadRow,
    Cleaned,
    Kind,
    Reason,
    clean_city_list,
    clean_residents,
    clean_services,
    clean_staff,
    recognise,
    twin,
)
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import local
from anjia.kernel.errors import Words
from anjia.kernel.uploads import read_upload
from anjia.residents.queries import changes_of_rows as changes_of_residents
from anjia.spreadsheets.limits import Limits
from anjia.spreadsheets.reader import Table
from anjia.workforce.queries import changes_of_rows as changes_of_staff
from anjia.workforce.queries import wrong_rows_of as wrong_staff

LIMITS: Final = Limits(rows=30_000)
COLUMN_OF: Final = {
    "travel_mode": "travel",
    "duration_minutes": "duration",
    "people_needed": "people",
    "price_fen": "price",
    "requires.min_years": "min_years",
    "requires.certificates": "certificates",
    "requires.kinds": "legal_line",
    "requires.titles_at_least.nurse": "legal_line",
    "requires.licensed": "legal_line",
}
SHOWN: Final = 200  # changes kept to be looked at, of those that a dry run has found


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a list does, or did: the people new and changed, how many stay as they are, and who cannot be taken."""

    added: int
    changed: int
    same: int
    skipped: int
    bad: list[BadRow]
    names: list[str]  # of the first who are new
    changes: list[tuple[str, dict[str, tuple[str, str]]]]  # of the first who change
    assumed: list[BadRow]  # who are taken, with what was read into their rows


def table_of(batch: ImportBatch) -> Table:
    """
    Read once more what was uploaded, before the command that needs it: reading takes longer than any transaction may.

    :raises AlreadyOver: if it has been forgotten
    :raises ReadersBusy: if others' lists are being read
    """
    if not batch.content:
        raise AlreadyOver
    return read_list(Kind(batch.kind), batch.uploaded())


def read_list(kind: Kind, content: bytes) -> Table:
    """
    Read what somebody uploads, outside any unit of work.

    :raises FileRefused: if it cannot be read as a list
    :raises ReadersBusy: if others' lists are being read
    """
    return read_upload(content, limits=LIMITS, recognise=lambda title: recognise(kind, title))


def clean(
    actor: Actor, now: datetime, *, kind: Kind, table: Table, columns: Sequence[str | None]
) -> Cleaned[Any]:
    """Return what the rows say, and those that cannot be taken."""
    today = local(now).date()
    if kind is Kind.RESIDENTS:
        return clean_residents(table.rows, columns, today=today)
    if kind is Kind.STAFF:
        stations = {one.name: one.id for one in stations_of(actor, Purpose.CONTRACT)}
        return clean_staff(table.rows, columns, today=today, stations=stations)
    if kind is Kind.CITY_LIST:
        return clean_city_list(table.rows, columns)
    return clean_services(table.rows, columns)


def tried(actor: Actor, cleaned: Cleaned[Any], *, kind: Kind, today: date) -> tuple[Outcome, list[Any]]:
    """Return what the list would do, and the rows to do it with."""
    rows: list[Any] = cleaned.rows
    bad = list(cleaned.bad)
    wrong = wrong_rows(actor, rows, kind=kind, today=today)
    bad += [refused(row, wrong[row.row]) for row in rows if row.row in wrong]
    rows = [row for row in rows if row.row not in wrong]
    changes: Any
    if kind is Kind.RESIDENTS:
        comparison = changes_of_residents(actor, Purpose.CONTRACT, rows=rows)
        bad += [
            twin(row.row, row.name, comparison.twice[row.row]) for row in rows if row.row in comparison.twice
        ]
        rows = [row for row in rows if row.row not in comparison.twice]
        changes = comparison.changes
    elif kind is Kind.STAFF:
        changes = changes_of_staff(actor, Purpose.CONTRACT, rows=rows, today=today)
    elif kind is Kind.CITY_LIST:
        changes = changes_of_city_list(actor, Purpose.CONTRACT, rows=rows)
    else:
        changes = changes_of_services(actor, Purpose.CONTRACT, rows=rows)
    taken = {row.row for row in rows}
    outcome = Outcome(
        added=len(changes.added),
        changed=len(changes.changed),
        same=changes.same,
        skipped=cleaned.skipped,
        bad=sorted(bad, key=lambda one: one.row),
        names=[change.name for change in changes.added[:SHOWN]],
        changes=[(change.name, dict(change.fields)) for change in changes.changed[:SHOWN]],
        assumed=[one for one in cleaned.assumed if one.row in taken],
    )
    return outcome, rows


def wrong_rows(
    actor: Actor, rows: Sequence[Any], *, kind: Kind, today: date
) -> Mapping[int, Mapping[str, Words]]:
    """Return the rows that are sound by themselves and cannot be taken over beside what we have."""
    with override("zh-hans"):  # kept as they are written, and translated for whoever reads them
        if kind is Kind.STAFF:
            return wrong_staff(actor, Purpose.CONTRACT, rows=rows, today=today)
        if kind is Kind.SERVICES:
            return wrong_services(actor, Purpose.CONTRACT, rows=rows)
    return {}


def refused(row: Any, fields: Mapping[str, Words]) -> BadRow:
    with override("zh-hans"):
        reasons = tuple(
            Reason(column=COLUMN_OF.get(name, name), words=str(words).replace("{", "{{").replace("}", "}}"))
            for name, words in fields.items()
        )
    return BadRow(row=row.row, name=row.name, reasons=reasons)


def outcome_of(result: Mapping[str, Any]) -> Outcome:
    """Return what was kept of a dry run or an import."""
    return Outcome(
        added=result["added"],
        changed=result["changed"],
        same=result["same"],
        skipped=result["skipped"],
        bad=[row_of(said) for said in result["bad"]],
        names=list(result["names"]),
        changes=[
            (name, {key: tuple(pair) for key, pair in fields.items()}) for name, fields in result["changes"]
        ],
        assumed=[row_of(said) for said in result.get("assumed", [])],  # batches of before know of none
    )


def row_of(said: Mapping[str, Any]) -> BadRow:
    reasons = tuple(Reason(**reason) for reason in said["reasons"])
    return BadRow(row=said["row"], name=said["name"], reasons=reasons)
