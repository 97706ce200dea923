"""What has happened to those who are recruited, for the contexts above. Ids and times only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeChanged:
    """Opened, changed or closed, or a way of recruiting for it."""

    programme_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateChanged:
    """She came, was screened, confirmed, offered a place, took it, or is out."""

    candidate_id: UUID
    resident_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningSettled:
    """A second person has said that the decision stands: she is told of it."""

    screening_id: UUID
    resident_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOffered:
    candidate_id: UUID
    resident_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Appealed:
    appeal_id: UUID
    resident_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealAnswered:
    appeal_id: UUID
    resident_id: UUID
    at: datetime
