"""What has happened to ratings, for the contexts above. Ids and times only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRated:
    visit_id: UUID
    resident_id: UUID
    rating_id: UUID
    at: datetime
