"""What has happened to visits, for the contexts above. Ids and times only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPromised:
    """`is_told_of` says that whoever booked it tells the household: of a series they hear once."""

    visit_id: UUID
    resident_id: UUID
    at: datetime
    is_told_of: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitMoved:
    """
    From when to when it was, who had taken it then, and who is in for it now; `is_told_of`: whom it concerns hears of
    it otherwise.
    """

    visit_id: UUID
    resident_id: UUID
    at: datetime
    starts_at_before: datetime
    ends_at_before: datetime
    taken_by_before: tuple[UUID, ...] = ()
    staff_ids_after: tuple[UUID, ...] = ()
    is_told_of: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCancelled:
    """`staff_ids` are those who had been in for it; `is_told_of` as of a promise."""

    visit_id: UUID
    resident_id: UUID
    at: datetime
    staff_ids: tuple[UUID, ...] = ()
    is_told_of: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitMissed:
    """Hours after its end nobody has come. What the field says later may prove it wrong."""

    visit_id: UUID
    resident_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentChanged:
    """
    Somebody was put in, or took the part, in the place of `staff_id_before`. `state` is the new assignment's.

    `is_by_hand` says that she was sent rather than took it, `was_accepted` that who was there before had taken it;
    `is_told_of` as of a move.
    """

    visit_id: UUID
    resident_id: UUID
    assignment_id: UUID
    part: int
    staff_id: UUID
    staff_id_before: UUID | None
    state: str
    at: datetime
    is_by_hand: bool = False
    was_accepted: bool = False
    is_told_of: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRecorded:
    """
    `is_first` says that it fits, and is the first of its kind that the visit has: the state has changed.

    `occurred_at` is when it happened in the field; `at` is when we heard of it, which may be days later.
    """

    visit_id: UUID
    resident_id: UUID
    fact_id: UUID
    kind: str
    staff_id: UUID
    occurred_at: datetime
    at: datetime
    is_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitDone:
    visit_id: UUID
    resident_id: UUID
    at: datetime
