"""What series answers with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from anjia.dispatch.queries import Slots
from anjia.kernel.paging import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceLine:
    """
    One of a series, as it stands. `who_words` says whether it is who usually comes, and whether she has said yes.

    `words` say how it stands, and where it has no place, `why` says why.
    """

    id: UUID
    on: date
    day: date
    state: str
    words: str
    why: str
    visit_id: UUID | None
    status: str
    starts_at: datetime | None
    ends_at: datetime | None
    who: Sequence[str]
    who_words: str
    is_usual: bool | None
    is_moved: bool
    can_skip: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesLine:
    """A series, with when it comes in words and all of its occurrences that are still of interest."""

    id: UUID
    resident_id: UUID
    address_id: UUID
    service_code: str
    service_name: str
    words: str
    end_words: str
    holiday_words: str
    unit: str
    every: int
    weekdays: Sequence[int]
    gap_days: int
    count: int | None
    until: date | None
    holidays: str
    clock: str
    begun_on: date
    paused_from: date | None
    paused_until: date | None
    ended_at: datetime | None
    continues_id: UUID | None
    rule: str
    without_place: int
    occurrences: Sequence[OccurrenceLine]

    @property
    def coming(self) -> list[OccurrenceLine]:
        return [one for one in self.occurrences if one.can_skip or one.status in {"departed", "arrived"}]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesAndResident:
    series: SeriesLine
    resident: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """One of a series that is not begun yet: when it would be, and who would come; or why there is no place."""

    on: date
    day: date | None
    holiday: str
    starts_at: datetime | None
    who: Sequence[str]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """One that is booked and would be called off, or is too near for that and stays."""

    day: date
    starts_at: datetime | None
    who: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeForeseen:
    """What would become of a series that is changed: what goes, what stays all the same, and when somebody comes."""

    words: str
    end_words: str
    holiday_words: str
    after_words: str
    rule: str
    goes: Sequence[Going]
    stays: Sequence[Going]
    days: Sequence[Foreseen]


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """What a series would be: the days for which it can be said today, and what goes on after them."""

    words: str
    end_words: str
    holiday_words: str
    after_words: str
    rule: str
    days: Sequence[Foreseen]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One without a place: a dispatcher has to find one, or call."""

    id: UUID
    series_id: UUID
    resident_id: UUID
    resident: str
    day: date
    clock: str
    service_name: str
    words: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """One without a place, and the times there are."""

    id: UUID
    series_id: UUID
    resident: str
    service_name: str
    day: date
    clock: str
    why: str
    is_wanted: bool
    slots: Slots


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesRow:
    """A series in the house's list."""

    id: UUID
    resident_id: UUID
    resident: str
    service_name: str
    words: str
    end_words: str
    begun_on: date
    paused_until: date | None
    without_place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseLists:
    """What has no place, the first of it, and the series that go on."""

    tasks: Page[Task]
    series: Page[SeriesRow]
