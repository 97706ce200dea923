"""What happens to residents. Ids and times only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ResidentRegistered:
    resident_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ResidentChanged:
    resident_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class AccessChanged:
    """It is to be reckoned with other minutes from the street to a door."""

    address_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ResidentDied:
    """Two people have read that she has died."""

    resident_id: UUID
    death_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class DeathTakenBack:
    """It was a mistake."""

    resident_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ListRegistered:
    """A list of residents came in as one; `list_id` is the subject of its audit entry."""

    list_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class AccessGranted:
    grant_id: UUID
    resident_id: UUID
    account_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class AccessWithdrawn:
    grant_id: UUID
    resident_id: UUID
    account_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    resident_id: UUID
    purpose: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    resident_id: UUID
    purpose: str
    at: datetime
