"""What has happened to orders and questions. The first field is whom or what it happened to."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChanged:
    """An order was entered, confirmed, refused, changed or ended."""

    order_id: UUID
    resident_id: UUID
    state: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked:
    question_id: UUID
    resident_id: UUID
    visit_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionHanded:
    """A question is another's to answer now; `staff_id` None: nobody's but the dispatcher's."""

    question_id: UUID
    resident_id: UUID
    visit_id: UUID
    number: int
    staff_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswered:
    question_id: UUID
    resident_id: UUID
    visit_id: UUID
    at: datetime
