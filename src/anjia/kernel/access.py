"""Who has read a person's record. A query notes it; the unit of work writes it down as it ends."""

from collections.abc import Iterable, Mapping
from datetime import datetime
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


def note_once(actor: Actor, purpose: Purpose, *, since: Mapping[UUID, datetime], what: str) -> None:
    """Note it, but for those of whom it stands since that moment: what a page asks for again is read once."""
    if actor.is_system or not since:
        return
    rows = RecordAccess.objects.filter(
        organization_id=actor.organization_id,
        actor_id=actor.user_id,
        resident_id__in=since,
        purpose=purpose.value,
        what=what,
        at__gte=min(since.values()),
    )
    noted = {
        resident_id for resident_id, at in rows.values_list("resident_id", "at") if at >= since[resident_id]
    }
    note(actor, purpose, resident_ids=since.keys() - noted, what=what)


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
