"""What has happened in dispatch. Ids and times only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMade:
    visit_id: UUID
    offer_id: UUID
    staff_id: UUID
    deadline: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDeclined:
    visit_id: UUID
    offer_id: UUID
    part: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NobodyTookIt:
    """Everybody suitable was asked. A dispatcher has to decide."""

    visit_id: UUID
    part: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaregiverAway:
    """Whoever is in for the part is on leave then, off duty, or may not do it. Somebody else has to be found."""

    visit_id: UUID
    part: int
    staff_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlanned:
    """A run's draft was published: what it changed of visits they say themselves."""

    run_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChangeUndone:
    """A dispatcher has taken back what she changed by hand."""

    change_id: UUID
    at: datetime
