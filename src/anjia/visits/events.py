"""What has happened to visits, for the contexts above. Ids and times only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPromised:
    visit_id: UUID
    resident_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitMoved:
    visit_id: UUID
    resident_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCancelled:
    visit_id: UUID
    resident_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentChanged:
    """Somebody was put in, took the visit, or was taken out. `state` is the new assignment's."""

    visit_id: UUID
    resident_id: UUID
    assignment_id: UUID
    part: int
    staff_id: UUID
    staff_id_before: UUID | None
    state: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRecorded:
    visit_id: UUID
    resident_id: UUID
    fact_id: UUID
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitDone:
    visit_id: UUID
    resident_id: UUID
    at: datetime
