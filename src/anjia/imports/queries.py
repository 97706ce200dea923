"""Questions about lists on their way in. Nothing here writes."""

from datetime import datetime
from uuid import UUID

from anjia.imports.lists import outcome_of
from anjia.imports.models import ImportBatch
from anjia.imports.rules import Kind
from anjia.imports.sheets import bad_rows_sheet
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.paging import Page, page_of


def batches(actor: Actor, purpose: Purpose, *, after: str | None = None, size: int = 20) -> Page[ImportBatch]:
    """
    Return the organization's lists, the latest first.

    :raises NotAllowed: without `imports.run`
    """
    _check_may(actor)
    rows = ImportBatch.objects.filter(organization_id=actor.organization_id).defer("content")
    return page_of(rows, order=("-uploaded_at", "id"), after=after, size=size)


def get_batch(actor: Actor, purpose: Purpose, *, batch_id: UUID) -> ImportBatch:
    """
    Return one list.

    :raises NotAllowed: without `imports.run`
    :raises NotFound: if it is not of the actor's organization
    """
    _check_may(actor)
    found = ImportBatch.objects.filter(organization_id=actor.organization_id, id=batch_id).first()
    if found is None:
        raise NotFound
    return found


def bad_rows_file(actor: Actor, purpose: Purpose, *, batch_id: UUID) -> bytes:
    """
    Return the rows that were not taken as an .xlsx, as they were uploaded, each with the reason.

    :raises NotFound: if there is no such list, or its upload has been forgotten
    """
    batch = get_batch(actor, purpose, batch_id=batch_id)
    content = batch.uploaded()
    if not content or batch.result is None:
        raise NotFound
    reasons = {bad.row: bad for bad in outcome_of(batch.result).bad}
    return bad_rows_sheet(Kind(batch.kind), content, reasons)


def old_batches(actor: Actor, purpose: Purpose, *, before: datetime, limit: int = 100) -> list[UUID]:
    """Return lists whose upload is still kept though it came before that time. For the system in nobody's name."""
    rows = ImportBatch.objects.filter(uploaded_at__lt=before).exclude(content=b"")
    return list(rows.order_by("uploaded_at").values_list("id", flat=True)[:limit])


def _check_may(actor: Actor) -> None:
    """:raises NotAllowed: without `imports.run`"""
    if not actor.may("imports.run"):
        raise NotAllowed
