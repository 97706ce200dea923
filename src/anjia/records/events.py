"""What has happened to records, for the contexts above. Ids and times only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingsRecorded:
    resident_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSet:
    resident_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRecorded:
    """It was found at a visit whether she can be nursed at home: what may be booked for her may be another now."""

    assessment_id: UUID
    resident_id: UUID
    at: datetime
