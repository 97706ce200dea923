"""What has happened to exceptions. Ids and times only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionOwned:
    """Somebody has it now: it was opened, handed over, or passed on since nobody had done the step in time."""

    exception_id: UUID
    owner_id: UUID
    at: datetime
    is_passed_on: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionClosed:
    """`is_promised` says that the household was promised something, and hears that it is done."""

    exception_id: UUID
    visit_id: UUID | None
    at: datetime
    is_promised: bool = False
