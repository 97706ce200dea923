"""What has happened to the catalogue, for the contexts above. Ids and times only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueChanged:
    """One or more services have a new version, or are no longer offered."""

    organization_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDue:
    """The day has come on which a draft takes effect, if it still waits for that day."""

    draft_id: UUID
    at: datetime
