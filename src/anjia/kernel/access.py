"""Who has read a person's record. A query notes it; the unit of work writes it down as it ends."""

from collections.abc import Iterable
from uuid import UUID

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.kernel.models import RecordAccess
from anjia.kernel.paging import Page, page_of
from anjia.kernel.work import ledger


def note(actor: Actor, purpose: Purpose, *, resident_ids: Iterable[UUID], what: str) -> None:
    """Note that the actor reads `what` ("records.readings") of these residents. The system's eyes are not noted."""
    if not actor.is_system:
        ledger().read.update((resident_id, purpose, what) for resident_id in resident_ids)


def readers_of(
    actor: Actor, purpose: Purpose, *, resident_id: UUID, after: str | None = None, size: int = 50
) -> Page[RecordAccess]:
    """
    Return who has read the resident's record, the latest first.

    :raises NotAllowed: if the actor has no business with the resident
    """
    if not actor.sees(resident_id):
        raise NotAllowed
    rows = RecordAccess.objects.filter(organization_id=actor.organization_id, resident_id=resident_id)
    return page_of(rows, order=("-at", "id"), after=after, size=size)
