"""What has happened to those who work here, for the contexts above. Ids and times only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRegistered:
    staff_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffChanged:
    """Name, title, area, papers or employment: who may be sent where may be another now."""

    staff_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionPaperChanged:
    """A licence or cover of the institution was entered, read by a second, or taken back."""

    paper_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaChanged:
    """Shifts of one person, or with the institution's id of many."""

    staff_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftRemoved:
    """She does not work then: what she has promised for that time needs somebody else."""

    shift_id: UUID
    staff_id: UUID
    starts_at: datetime
    ends_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLeaves:
    """She works here until `ends_at`: what she has promised for later needs somebody else."""

    staff_id: UUID
    ends_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLeft:
    """Her last day is over, if it has not been said otherwise since. Due at that midnight."""

    staff_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveGranted:
    """She will be away: what she has promised for that time needs somebody else."""

    leave_id: UUID
    staff_id: UUID
    starts_at: datetime
    ends_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveWithdrawn:
    leave_id: UUID
    staff_id: UUID
    at: datetime
