"""What has happened to the catalogue, for the contexts above. Ids and times only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueChanged:
    """One or more services have a new version, or are no longer offered."""

    organization_id: UUID
    at: datetime
