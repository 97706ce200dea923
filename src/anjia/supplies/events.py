"""What has happened to supplies, for the contexts above. Ids and times only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StockMoved:
    """Something has come to, or gone from, a station or a bag."""

    place_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BagChecked:
    staff_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteMoved:
    """A bag of medical waste was closed, handed over, taken in or taken away."""

    waste_id: UUID
    at: datetime
