"""What has happened to ratings and after visits, for the contexts above. Ids and times only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRated:
    visit_id: UUID
    resident_id: UUID
    rating_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBackDue:
    """Until `due_at` somebody is to ask her whether the visit helped."""

    call_back_id: UUID
    visit_id: UUID
    due_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledBack:
    """An attempt; `state` says whether it is over."""

    call_back_id: UUID
    visit_id: UUID
    state: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBackEscalated:
    call_back_id: UUID
    to_account_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilySpoke:
    form_id: UUID
    visit_id: UUID
    resident_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernRaised:
    concern_id: UUID
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernMoved:
    concern_id: UUID
    state: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementMoved:
    improvement_id: UUID
    state: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionMoved:
    """Somebody objects to a figure of hers, or another has answered: `state` says which."""

    objection_id: UUID
    staff_id: UUID
    state: str
    at: datetime
