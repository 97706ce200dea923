"""Telling open pages that something has changed. Ids only; what changed they ask for themselves."""

from uuid import UUID

from anjia.kernel.work import ledger


def tell(*, topic: str, subject_id: UUID) -> None:
    """Tell it when, and only if, the unit of work commits. One statement a unit, however much is told."""
    ledger().told.add((topic, subject_id))
