"""What has happened to courses, for the contexts above. Ids and times only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePublished:
    course_id: UUID
    version_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseBound:
    """From a day on somebody has to have it, or no longer: who may be sent where may be another then."""

    course_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamSat:
    attempt_id: UUID
    staff_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSigned:
    """Who was there is written down and signed: nobody changes it any more."""

    session_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateEarned:
    certificate_id: UUID
    staff_id: UUID
    at: datetime
