"""Telling open pages that something has changed. Ids only; what changed they ask for themselves."""

from uuid import UUID

from anjia.kernel.topics import RIGHTS
from anjia.kernel.work import ledger


def tell(
    *, topic: str, subject_id: UUID, resident_id: UUID | None = None, organization_id: UUID | None = None
) -> None:
    """
    Tell it when, and only if, the unit of work commits. One statement a unit, however much is told.

    All staff of the institution are told, by default the actor's; of the persons, only those of the resident whom it
    is about.
    """
    opened = ledger()
    opened.told.add((organization_id or opened.actor.organization_id, topic, subject_id, resident_id))


def doubt(account_id: UUID) -> None:
    """
    Have the account's open pages told nothing more before it is asked anew what it may see.

    Call where something is taken from it: a session, a role, whom it may act for.
    """
    tell(topic=RIGHTS, subject_id=account_id)
