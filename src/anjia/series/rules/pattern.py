"""
When a series comes: a pattern as data, and the days that it means.

As an RRULE (RFC 5545) says it, of days or weeks; holidays are ours. Days are Shanghai's, which knows no summer time.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import count, pairwise, takewhile
from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel import calendar
from anjia.kernel.errors import Invalid

DAY: Final = timedelta(days=1)
WEEK: Final = 7
SATURDAY: Final = 5
# Service rules of this installation [ENG]: no document gives them.
MOST_VISITS: Final = 60  # of a course
MOST_DAYS_BETWEEN: Final = 30
MOST_WEEKS_BETWEEN: Final = 12
LONGEST: Final = timedelta(days=3 * 366)  # that anybody says an end of
FARTHEST_MOVE: Final = 7  # days that a holiday may move one by


class Unit(StrEnum):
    DAYS = "days"
    WEEKS = "weeks"


class Holidays(StrEnum):
    """What becomes of one that falls on a holiday: left out, on the nearest working day, or as on any other day."""

    SKIP = "skip"
    MOVE = "move"
    KEEP = "keep"


class BadPattern(Invalid):
    code = "series.bad_pattern"
    words = _("这样来不了，改好再试一次。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """
    Every so many days, or on these days of every so many weeks (Monday is 0), from `starts_on` on.

    Two of them are at least `gap_days` apart. It ends after `count` of them or after the day `until`, if it ends.
    """

    starts_on: date
    unit: Unit = Unit.WEEKS
    every: int = 1
    weekdays: tuple[int, ...] = ()
    gap_days: int = 1
    count: int | None = None
    until: date | None = None
    holidays: Holidays = Holidays.MOVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Which days are holidays, by name, and on which people work."""

    holiday: Callable[[date], str | None] = calendar.holiday_name
    is_working_day: Callable[[date], bool] = calendar.is_working_day


OFFICIAL: Final = Calendar()


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One of a series: `on` by the pattern, on `day` when holidays are minded; None where it is left out for one."""

    on: date
    day: date | None
    holiday: str = ""


def sound(pattern: Pattern) -> Pattern:
    """
    Return the pattern with its days in order and its gap as wide as it can be.

    :raises BadPattern: naming each input that is wrong
    """
    wrong = {}
    most = MOST_WEEKS_BETWEEN if pattern.unit is Unit.WEEKS else MOST_DAYS_BETWEEN
    if not 1 <= pattern.every <= most:
        wrong["every"] = _("间隔太长或不对，最长 12 周，或 30 天。")
    days = sorted(set(pattern.weekdays))
    if pattern.unit is Unit.WEEKS and not (days and set(days) <= set(range(WEEK))):
        wrong["weekdays"] = _("请选每周哪几天来。")
    if pattern.count is not None and not 1 <= pattern.count <= MOST_VISITS:
        wrong["count"] = _("次数要在 1 到 60 之间。")
    if pattern.until and not pattern.starts_on <= pattern.until <= pattern.starts_on + LONGEST:
        wrong["until"] = _("结束的日期要在第一次之后，三年之内。")
    if wrong:
        raise BadPattern(fields=wrong)
    found = replace(pattern, weekdays=tuple(days) if pattern.unit is Unit.WEEKS else ())
    if not 1 <= found.gap_days <= least_gap(found):
        raise BadPattern(
            fields={
                "weekdays": _("选的两天离得太近：每两次之间至少隔 {days} 天。").format(days=found.gap_days)
            }
        )
    return found


def spread(first: int, times: int) -> tuple[int, ...]:
    """Return as many weekdays as that from this one on, two days apart or more, on working days where that can be."""
    if times < 2:
        return (first,)
    step = next(step for step in (3, 4, 5, 2) if (first + step) % WEEK < SATURDAY)
    return tuple(sorted((first, (first + step) % WEEK)))


def least_gap(pattern: Pattern) -> int:
    """Return how many days at least lie from one to the next where no holiday moves any."""
    if pattern.unit is Unit.DAYS:
        return pattern.every
    days = pattern.weekdays
    over = WEEK * pattern.every - days[-1] + days[0]
    return min([over, *(later - day for day, later in pairwise(days))])


def by_pattern(pattern: Pattern) -> Iterator[date]:
    """Return the days as if there were no holidays, in order; without end, where the pattern has no last day."""
    if pattern.unit is Unit.DAYS:
        days = (pattern.starts_on + DAY * (pattern.every * n) for n in count())
    else:
        monday = pattern.starts_on - DAY * pattern.starts_on.weekday()
        weeks = (monday + DAY * (WEEK * pattern.every * n) for n in count())
        days = (
            day
            for week in weeks
            for one in pattern.weekdays
            if (day := week + DAY * one) >= pattern.starts_on
        )
    return takewhile(lambda day: pattern.until is None or day <= pattern.until, days)


def goes_on(old: Pattern, new: Pattern, *, since: date, last: date | None) -> Pattern:
    """
    Return the new pattern as it goes on from `since`, after the `last` that there was by the old one.

    Where the days are the same ones, it keeps their rhythm: it is the hour that changes, or the end. Others begin
    as far from the last as they are apart.

    :raises BadPattern: if it would be over before it begins
    """
    if (old.unit, old.every, old.weekdays) == (new.unit, new.every, new.weekdays):
        starts_on = next(day for day in by_pattern(replace(old, until=None)) if day >= since)
    else:
        apart = DAY * (new.every if new.unit is Unit.DAYS else new.gap_days)
        starts_on = max(since, last + apart) if last else since
    return sound(replace(new, starts_on=starts_on))


def dues(
    pattern: Pattern, *, through: date, known: Calendar = OFFICIAL, last: date | None = None
) -> list[Due]:
    """
    Return all of a series up to those that by the pattern are on the day `through`; its `count` is not minded.

    `last` is the day of the one before the pattern began, if there was one.
    """
    ahead = through + DAY * (FARTHEST_MOVE + MOST_WEEKS_BETWEEN * WEEK)
    days = list(takewhile(lambda day: day <= ahead, by_pattern(pattern)))
    found: list[Due] = []
    for index, on in enumerate(days):
        if on > through:
            break
        name = known.holiday(on) or ""
        day: date | None = on
        if name and pattern.holidays is Holidays.SKIP:
            day = None
        elif name and pattern.holidays is Holidays.MOVE:
            day = nearest_working_day(pattern, on, last, days[index + 1 :], known)
        last = day or last
        found.append(Due(on=on, day=day, holiday=name))
    return found


def nearest_working_day(
    pattern: Pattern, on: date, last: date | None, later: Sequence[date], known: Calendar
) -> date | None:
    """
    Return the nearest working day that keeps the gap to the one before and the one after; the earlier of two.

    None, where the holiday leaves no such day: then it is left out.
    """
    gap = DAY * pattern.gap_days
    after = next((day for day in later if not known.holiday(day)), None)
    for away in range(1, FARTHEST_MOVE + 1):
        for day in (on - DAY * away, on + DAY * away):
            is_inside = pattern.starts_on <= day and (pattern.until is None or day <= pattern.until)
            keeps_gap = (last is None or day - last >= gap) and (after is None or after - day >= gap)
            if is_inside and keeps_gap and known.is_working_day(day) and not known.holiday(day):
                return day
    return None
