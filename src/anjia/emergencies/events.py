"""What has happened to cases. Ids and times only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRaised:
    """
    Somebody must take it. `resident_id` is whose people may hear of it: nobody's, where it is about staff.

    `is_again` says that it was open already, and was pressed once more.
    """

    case_id: UUID
    resident_id: UUID | None
    at: datetime
    is_again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSeen:
    """It has come up on the screen of somebody who may take it."""

    case_id: UUID
    resident_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTaken:
    case_id: UUID
    resident_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChanged:
    """Something was noted, it was handed back, or it went unanswered and others were told."""

    case_id: UUID
    resident_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseUnanswered:
    """Nobody has taken it in time: for the `round`-th time, who manages is told."""

    case_id: UUID
    resident_id: UUID | None
    at: datetime
    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClosed:
    case_id: UUID
    resident_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInAsked:
    """A nurse whose visit does not end is asked whether all is well."""

    check_in_id: UUID
    visit_id: UUID
    staff_id: UUID
    at: datetime
