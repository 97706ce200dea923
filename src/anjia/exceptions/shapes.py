"""How exceptions are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from anjia.dispatch.queries import Instead
from anjia.kernel.paging import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An exception in a list: what, of whom, what is next, with whom it lies, by when."""

    id: UUID
    kind: str
    kind_words: str
    visit_id: UUID | None
    resident_name: str
    staff_name: str
    next_words: str
    owner_id: UUID | None
    owner_name: str
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None
    is_urgent: bool
    is_late: bool
    outcome_words: str = ""
    lines_open: int = 0
    staff_id: UUID | None = None  # who cannot come


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceptions:
    page: Page[Line]
    counts: Mapping[str, int]  # by what can be shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    at: datetime
    what: str
    step_words: str
    words: str
    who: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepShown:
    key: str
    words: str
    within: timedelta
    is_done: bool
    is_now: bool

    @property
    def minutes(self) -> int:
        return int(self.within.total_seconds() // 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoShown:
    file_id: UUID
    at: datetime
    is_here: bool  # or still on the phone


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsentVisit:
    """One of the visits of who cannot come: how it stands, and who could stand in."""

    id: UUID
    visit_id: UUID
    part: int
    starts_at: datetime
    ends_at: datetime
    resident_name: str
    service_name: str
    is_open: bool
    settled: str
    staff_name: str
    now_words: str  # who is in for it now, where it is open
    is_stuck: bool  # whoever cannot come has departed: nobody can be sent in her place
    instead: Instead | None  # of what is open, and nobody has set out for


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionPage:
    """One exception: what was said, what happened, what is next, and what can be done about it."""

    line: Line
    origin: str
    happened_at: datetime
    form: Sequence[tuple[str, str]]
    is_health_hidden: bool
    steps: Sequence[StepShown]
    history: Sequence[Happened]
    line_words: Sequence[str]  # to whom it goes, in order
    step: str
    promised: str
    done: str
    told: Sequence[str]
    follow_up: str
    follow_up_visit_id: UUID | None
    owners: Mapping[UUID, str]
    coming: Sequence[tuple[UUID, str, datetime]]  # visits that somebody comes again for
    is_mine: bool
    photos: Sequence[PhotoShown] = ()
    visits: Sequence[AbsentVisit] = field(default_factory=list)
    away_until: datetime | None = None
    visits_next: str | None = None
    staff_phone: str = ""  # to ring who is out there, and the home, while it is open
    home_phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfVisit:
    """What came in between at a visit, as its page and its row on the board show it."""

    id: UUID
    visit_id: UUID
    kind: str
    kind_words: str
    next_words: str
    owner_name: str
    due_at: datetime
    is_late: bool
    is_open: bool
    opened_at: datetime
    closed_at: datetime | None
    outcome_words: str
