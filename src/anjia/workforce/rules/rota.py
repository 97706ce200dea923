"""Shifts, weekly patterns and leave. A span is half-open: the end belongs to whatever follows."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError, Invalid, NotAllowed, Words

LONGEST_SHIFT: Final = timedelta(hours=24)
LONGEST_LEAVE: Final = timedelta(days=366)
MOST_DAYS: Final = 92  # that a rota is made for at once
MONDAY: Final = 0
SATURDAY: Final = 5


HOLIDAY_WORDS: Final[Mapping[str, Words]] = {
    "元旦": _("元旦"),
    "春节": _("春节"),
    "清明节": _("清明节"),
    "劳动节": _("劳动节"),
    "端午节": _("端午节"),
    "中秋节": _("中秋节"),
    "国庆节": _("国庆节"),
    "抗战胜利纪念日": _("抗战胜利纪念日"),
}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Span") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaDay:
    """A day, and what the official calendar makes of it."""

    day: date
    is_working: bool
    holiday: str | None
    is_expected: bool = False  # the State Council has not announced the year yet

    @property
    def is_swapped(self) -> bool:
        """A Saturday or Sunday that is worked, because a weekday before or after it is not."""
        return self.is_working and self.day.weekday() >= SATURDAY

    @property
    def holiday_words(self) -> str:
        words = str(HOLIDAY_WORDS.get(self.holiday or "", self.holiday or ""))
        return gettext("{holiday}（预计）").format(holiday=words) if self.is_expected else words

    @property
    def is_weekend(self) -> bool:
        return not self.is_working and self.holiday is None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternPart:
    """From when to when on one weekday, Monday being 0. An end that is not later is on the next day."""

    weekday: int
    starts: time
    ends: time

    @staticmethod
    def of(content: Mapping[str, Any]) -> "PatternPart":
        return PatternPart(
            weekday=int(content["weekday"]),
            starts=time.fromisoformat(content["starts"]),
            ends=time.fromisoformat(content["ends"]),
        )

    @property
    def content(self) -> dict[str, Any]:
        return {"weekday": self.weekday, "starts": f"{self.starts:%H:%M}", "ends": f"{self.ends:%H:%M}"}


class LeaveKind(StrEnum):
    ANNUAL = "annual"
    SICK = "sick"
    PERSONAL = "personal"
    TRAINING = "training"
    MATERNITY = "maternity"
    OTHER = "other"


class LeaveState(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


LEAVE_MOVES: Final[Mapping[LeaveState, frozenset[LeaveState]]] = {
    LeaveState.ASKED: frozenset({LeaveState.GRANTED, LeaveState.REFUSED, LeaveState.WITHDRAWN}),
    LeaveState.GRANTED: frozenset({LeaveState.WITHDRAWN}),
    LeaveState.REFUSED: frozenset(),
    LeaveState.WITHDRAWN: frozenset(),
}
LIVE_LEAVE: Final = frozenset({LeaveState.ASKED, LeaveState.GRANTED})
WORDS_OF_LEAVE: Final[Mapping[LeaveKind, Words]] = {
    LeaveKind.ANNUAL: _("年休假"),
    LeaveKind.SICK: _("病假"),
    LeaveKind.PERSONAL: _("事假"),
    LeaveKind.TRAINING: _("培训"),
    LeaveKind.MATERNITY: _("产假"),
    LeaveKind.OTHER: _("其他"),
}
WORDS_OF_LEAVE_STATE: Final[Mapping[LeaveState, Words]] = {
    LeaveState.ASKED: _("待批"),
    LeaveState.GRANTED: _("已批"),
    LeaveState.REFUSED: _("没批"),
    LeaveState.WITHDRAWN: _("已撤回"),
}


class ShiftOverlaps(DomainError):
    code = "workforce.shift_overlaps"
    words = _("这段时间已经有班了。先去掉原来的班，或换个时间。")


class NeverPlanned(NotAllowed):
    code = "workforce.never_planned"
    words = _("这段是直接排成备用的，改成照常接单就是排班，要由管排班的人来改。要用她，可以手工派单。")


class ShiftInvalid(Invalid):
    code = "workforce.shift_invalid"
    words = _("班次的时间不对。结束要晚于开始，一个班不超过 24 小时。")


class PatternInvalid(Invalid):
    code = "workforce.pattern_invalid"
    words = _("每周的班排得不对。看看标出来的那一天。")


class LeaveOverlaps(DomainError):
    code = "workforce.leave_overlaps"
    words = _("这段时间已经请过假了。先撤回原来的，或换个日期。")


class LeaveInvalid(Invalid):
    code = "workforce.leave_invalid"
    words = _("假期的时间不对。结束要晚于开始，一次不超过一年。")


class DayOff(DomainError):
    code = "workforce.leave_settled"
    words = _("这次请假已经有结果了。请刷新页面看看。")


class NotYours(NotAllowed):
    code = "workforce.not_yours"
    words = _("只能替自己请假或撤假。别人的请找排班的人。")


def check_shift(starts_at: datetime, ends_at: datetime) -> None:
    """:raises ShiftInvalid: if it ends before it starts, or is longer than a day"""
    if not timedelta() < ends_at - starts_at <= LONGEST_SHIFT:
        raise ShiftInvalid(fields={"ends_at": _("结束要晚于开始，一个班不超过 24 小时。")})


def check_leave(starts_at: datetime, ends_at: datetime) -> None:
    """:raises LeaveInvalid: if it ends before it starts, or is longer than a year"""
    if not timedelta() < ends_at - starts_at <= LONGEST_LEAVE:
        raise LeaveInvalid(fields={"ends_at": _("结束要晚于开始，一次不超过一年。")})


def check_leave_move(old: LeaveState, new: LeaveState) -> None:
    """:raises DayOff: if what has been settled would be settled again"""
    if new not in LEAVE_MOVES[old]:
        raise DayOff


def check_pattern(parts: Sequence[PatternPart]) -> None:
    """:raises PatternInvalid: if a weekday is none, or two parts of the week overlap"""
    for number, part in enumerate(parts):
        if not 0 <= part.weekday <= 6:
            raise PatternInvalid(fields={f"parts.{number}.weekday": _("星期几写得不对。")})
    week = datetime(2024, 1, 1)  # noqa: DTZ001  # any Monday: a pattern has no zone
    spans = sorted(
        span_of(part, (week + timedelta(days=part.weekday)).date(), datetime.combine) for part in parts
    )
    following = [*spans[1:], *[Span(s.starts_at + timedelta(days=7), s.ends_at) for s in spans[:1]]]
    if any(one.ends_at > other.starts_at for one, other in zip(spans, following, strict=True)):
        raise PatternInvalid(fields={"parts": _("有两段班叠在一起了。")})


def stretches(shifts: Iterable[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    """Yield from when to when somebody is on duty: a shift that begins where another ends goes on with it."""
    on_duty: tuple[datetime, datetime] | None = None
    for begins, ends in sorted(shifts):
        if on_duty and begins <= on_duty[1]:
            on_duty = (on_duty[0], max(on_duty[1], ends))
            continue
        if on_duty:
            yield on_duty
        on_duty = (begins, ends)
    if on_duty:
        yield on_duty


def left_of(
    span: tuple[datetime, datetime], taken: Iterable[tuple[datetime, datetime]]
) -> list[tuple[datetime, datetime]]:
    """Return what is left of `span` where others, in order and apart, take parts of it."""
    left, (begins, ends) = [], span
    for taken_from, taken_until in taken:
        if taken_from < ends and taken_until > begins:
            if taken_from > begins:
                left.append((begins, taken_from))
            begins = taken_until
    return [*left, (begins, ends)] if begins < ends else left


def shifts_by_pattern(
    parts: Sequence[PatternPart],
    days: Iterable[RotaDay],
    *,
    works_holidays: bool,
    moment: Callable[[date, time], datetime],
    swapped_too: bool = True,
) -> list[Span]:
    """
    Return the shifts that the weekly pattern makes on these days.

    On a holiday there is none, unless the person works holidays. A Saturday or Sunday that is worked in exchange is
    worked as a Monday is: the official notice says that it is worked, and not as which weekday [ENG]. So that is a
    person's to say, and without `swapped_too` there is none on it.
    """
    return [
        span_of(part, day.day, moment)
        for day in days
        if works_holidays or (day.holiday is None and (swapped_too or not day.is_swapped))
        for part in parts
        if part.weekday == (MONDAY if day.is_swapped and not works_holidays else day.day.weekday())
    ]


def span_of(part: PatternPart, day: date, moment: Callable[[date, time], datetime]) -> Span:
    last_day = day if part.ends > part.starts else day + timedelta(days=1)
    return Span(moment(day, part.starts), moment(last_day, part.ends))


def days_from(first_day: date, days: int) -> list[date]:
    return [first_day + timedelta(days=number) for number in range(days)]
