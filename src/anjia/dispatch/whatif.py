"""
How long people would wait if there were one caregiver more: last week's requests, asked once more. Pure.

Each request comes again a week later, in the order in which they came, and is given the soonest time at which it can be
done, by the rules by which times are booked; that takes the time of whoever does it. Once with those who work then,
once with one more. What people chose was often later than the soonest: so it is how long they would have to wait, not
how long they did.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from anjia.dispatch.delivering import stop_of
from anjia.dispatch.insertion import grid
from anjia.dispatch.matching import FEASIBILITY, Job, may_do, openings, score
from anjia.dispatch.rules import SHORTEST_NOTICE, Timeline, is_in_period
from anjia.kernel.calendar import day_bounds, local
from anjia.visits.queries import Known
from anjia.workforce.rules import CaregiverSheet

AGAIN: Final = timedelta(days=7)  # the requests of so long come again so much later
LOOKED_AHEAD: Final = 7  # days in which a time is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody asked for, and when."""

    visit_id: UUID
    at: datetime
    job: Job
    known: Mapping[UUID, Known]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long requests would wait, in hours; `none` found no time in a week."""

    hours: Sequence[float]
    none: int

    @property
    def median(self) -> float | None:
        return share_of(self.hours, 0.5)

    @property
    def most(self) -> float | None:
        """Nine in ten wait no longer."""
        return share_of(self.hours, 0.9)


def together(found: Sequence[float | None]) -> Waits:
    return Waits(hours=[one for one in found if one is not None], none=sum(1 for one in found if one is None))


def share_of(hours: Sequence[float], share: float) -> float | None:
    if not hours:
        return None
    ordered = sorted(hours)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


def silently(share: float) -> None:
    """Tell nobody how far it is."""


def waits(
    requests: Sequence[Request],
    sheets: Collection[CaregiverSheet],
    timelines: Mapping[UUID, Timeline],
    tell: Callable[[float], object] = silently,
) -> list[float | None]:
    """
    Return how many hours each would wait for the soonest time, the earlier ones having taken theirs; None where there
    is none in a week. `tell` hears how far it is, from 0 to 1.
    """
    times, hours = dict(timelines), list[float | None]()
    for number, one in enumerate(requests):
        tell(number / len(requests))
        asked_at = one.at + AGAIN
        found = soonest(one, sheets, times, since=asked_at + SHORTEST_NOTICE)
        if found is None:
            hours.append(None)
            continue
        starts_at, crew = found
        hours.append((starts_at - asked_at) / timedelta(hours=1))
        ask = one.job.ask(starts_at)
        stop = stop_of(ask)
        for staff_id in crew:
            stops = sorted([*times[staff_id].stops, stop], key=lambda it: it.starts_at)
            times[staff_id] = replace(times[staff_id], stops=tuple(stops))
    return hours


def soonest(
    one: Request,
    sheets: Collection[CaregiverSheet],
    timelines: Mapping[UUID, Timeline],
    *,
    since: datetime,
) -> tuple[datetime, Sequence[UUID]] | None:
    for ahead in range(LOOKED_AHEAD + 1):
        day = local(since).date() + timedelta(days=ahead)
        start, end = day_bounds(day)
        begin, first = max(start, since), None
        if one.job.people_needed > 1:
            found = openings(one.job, sheets, timelines, one.known, since=begin, until=end, day=day)
            if found:
                return found[0].starts_at, found[0].able[: one.job.people_needed]
        else:
            first = first_of_one(one, sheets, timelines, since=begin, until=end, day=day)
        if first:
            return first
    return None


def first_of_one(
    one: Request,
    sheets: Collection[CaregiverSheet],
    timelines: Mapping[UUID, Timeline],
    *,
    since: datetime,
    until: datetime,
    day: date,
) -> tuple[datetime, Sequence[UUID]] | None:
    """
    Return what the first of `openings` is, where one person goes: of nobody is more asked than whether she could come
    sooner than the soonest so far.
    """
    able: list[tuple[float, str, UUID]] = []
    best = until
    for sheet in sheets:
        if not may_do(one.job, sheet, day):
            continue
        timeline = timelines[sheet.id]
        for at in grid(timeline, timedelta(minutes=one.job.minutes), since, until):
            if at > best:
                break
            is_wished = is_in_period(local(at).hour, one.job.wishes.period)
            if is_wished and FEASIBILITY.trouble(timeline, one.job.ask(at)) is None:
                points = score(one.job, sheet, timeline, at, one.known)[1].total
                able = [*(able if at == best else ()), (-points, sheet.name, sheet.id)]
                best = at
                break
    return (best, [min(able)[2]]) if able else None


def one_more(like: CaregiverSheet, who: UUID, cells: frozenset[str] | None) -> CaregiverSheet:
    """Return somebody else of the same kind, papers and shifts, who goes to these cells and is never away."""
    return replace(like, id=who, name="", leave=(), cells=cells)
