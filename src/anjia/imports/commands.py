"""A list comes in: uploaded, its columns confirmed, tried, taken over; or left."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.catalogue.commands import import_services, load_city_list
from anjia.imports.lists import clean, tried
from anjia.imports.models import ImportBatch, State
from anjia.imports.queries import get_batch, old_batches
from anjia.imports.rules import (
    COLUMNS,
    AlreadyOver,
    ColumnsMissing,
    Kind,
    NothingToImport,
    NotTriedYet,
    guess,
)
from anjia.kernel import audit
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import local
from anjia.kernel.database import wait_turn
from anjia.kernel.work import command
from anjia.residents.commands import register_residents
from anjia.spreadsheets.cleaning import text_of
from anjia.spreadsheets.reader import Table
from anjia.workforce.commands import register_staff_list

UPLOAD_KEPT: Final = timedelta(days=7)
SAMPLES: Final = 3


@command("imports.run")
def upload_list(
    actor: Actor, now: datetime, *, kind: str, file_name: str, content: bytes, table: Table
) -> ImportBatch:
    """Keep a file in which this table was read, encrypted, and say which column it takes for what."""
    what = Kind(kind)
    batch = ImportBatch(
        organization_id=actor.organization_id,
        kind=what.value,
        file_name=file_name[:200],
        titles=list(table.titles),
        columns=guess(what, table.columns),
        samples=[
            [text_of(row.cells[index])[:40] for row in table.rows[:SAMPLES]]
            for index in range(len(table.titles))
        ],
        rows=len(table.rows),
        uploaded_by=actor.user_id,
        uploaded_at=now,
    )
    batch.keep(content)
    batch.save(force_insert=True)
    audit.record("imports.list.uploaded", actor=actor, at=now, subject_id=batch.id, fields=[what.value])
    return batch


@command("imports.run")
def try_list(
    actor: Actor, now: datetime, *, batch_id: UUID, table: Table, columns: Sequence[str | None]
) -> ImportBatch:
    """
    Confirm which column is what of its table, and see what the list would do. Nothing changes but the batch.

    :raises NotFound: if there is no such list
    :raises AlreadyOver: if it has been taken over or left
    :raises ColumnsMissing: if a column that must be there is not, or one comes twice
    """
    batch = _open_batch(actor, batch_id)
    kind = Kind(batch.kind)
    _check_columns(kind, columns, titles=len(batch.titles))
    batch.columns = list(columns)
    cleaned = clean(actor, now, kind=kind, table=table, columns=columns)
    outcome, _rows = tried(actor, cleaned, kind=kind, today=local(now).date())
    batch.result, batch.state = asdict(outcome), State.TRIED.value
    batch.save(update_fields=["columns", "result", "state"])
    return batch


@command("imports.run")
def run_import(actor: Actor, now: datetime, *, batch_id: UUID, table: Table) -> ImportBatch:
    """
    Take all valid rows of its table over at once, or none; the others can be downloaded with the reason.

    What has changed since the dry run is seen again: the outcome kept is that of now.

    :raises NotFound: if there is no such list
    :raises NotTriedYet: if nobody has seen yet what it would do
    :raises AlreadyOver: if it has been taken over or left
    :raises NothingToImport: if no row is valid
    """
    batch = _open_batch(actor, batch_id)
    if batch.state != State.TRIED:
        raise NotTriedYet
    kind = Kind(batch.kind)
    cleaned = clean(actor, now, kind=kind, table=table, columns=batch.columns)
    outcome, rows = tried(actor, cleaned, kind=kind, today=local(now).date())
    if not rows:
        raise NothingToImport
    _register(actor, now, rows, kind=kind, list_id=batch.id)
    batch.result, batch.state, batch.over_at = asdict(outcome), State.IMPORTED.value, now
    batch.save(update_fields=["result", "state", "over_at"])
    return batch


@command("imports.run")
def abandon_list(actor: Actor, now: datetime, *, batch_id: UUID) -> ImportBatch:
    """
    Leave a list where it is, and forget what was uploaded.

    :raises NotFound: if there is no such list
    :raises AlreadyOver: if it has been taken over or left
    """
    batch = _open_batch(actor, batch_id)
    batch.state, batch.over_at, batch.content, batch.samples = State.ABANDONED.value, now, b"", []
    batch.save(update_fields=["state", "over_at", "content", "samples"])
    audit.record("imports.list.abandoned", actor=actor, at=now, subject_id=batch.id)
    return batch


@command("imports.forget")
def forget_old_uploads(actor: Actor, now: datetime) -> int:
    """Forget the bytes of lists that came a week ago or longer; what came of them stays. Return how many."""
    batch_ids = old_batches(actor, Purpose.LEGAL, before=now - UPLOAD_KEPT)
    for batch in ImportBatch.objects.filter(id__in=batch_ids).defer("content"):
        batch.content, batch.samples = b"", []
        batch.save(update_fields=["content", "samples"])
    return len(batch_ids)


def _register(actor: Actor, now: datetime, rows: Sequence[Any], *, kind: Kind, list_id: UUID) -> None:
    """Take the rows over in one command of the context that keeps them, which writes the one audit entry."""
    doing: dict[Kind, Callable[[], object]] = {
        Kind.RESIDENTS: lambda: register_residents(actor, now, rows=rows, list_id=list_id),
        Kind.STAFF: lambda: register_staff_list(actor, now, rows=rows),
        Kind.SERVICES: lambda: import_services(actor, now, rows=rows),
        Kind.CITY_LIST: lambda: load_city_list(actor, now, rows=rows),
    }
    doing[kind]()


def _open_batch(actor: Actor, batch_id: UUID) -> ImportBatch:
    """:raises AlreadyOver: if it has been taken over or left"""
    wait_turn(f"import/{batch_id}")
    batch = get_batch(actor, Purpose.CONTRACT, batch_id=batch_id)
    if batch.is_over or not batch.content:
        raise AlreadyOver
    return batch


def _check_columns(kind: Kind, columns: Sequence[str | None], *, titles: int) -> None:
    """:raises ColumnsMissing: if a column that must be there is not, or one comes twice"""
    known = {column.code: column for column in COLUMNS[kind]}
    chosen = [code for code in columns if code]
    if len(columns) != titles or set(chosen) - set(known):
        raise ColumnsMissing(_("列对不上了。请重新上传这个文件。"))
    for column in known.values():
        if column.is_required and column.code not in chosen:
            words = _("还没有指明哪一列是“{column}”。请在下面选好。").format(column=column.words)
            raise ColumnsMissing(words, fields={column.code: words})
        if chosen.count(column.code) > 1 and not column.repeats:
            words = _("有两列都选成了“{column}”。请只留一列。").format(column=column.words)
            raise ColumnsMissing(words, fields={column.code: words})
