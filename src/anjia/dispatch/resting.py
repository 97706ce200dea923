"""
Whether a caregiver has her breaks, worked out from what she is promised. Pure.

Nothing of them is kept: she rests wherever there is room for it, between two homes and not on the way. A break is hers
within a shift that covers all of its window. One that is missed already is held against nothing else.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from anjia.dispatch.delivering import Delivery, stop_of
from anjia.dispatch.rules import Ask, Block, Point, Span, Stop, Timeline, Trouble
from anjia.kernel.calendar import day_of
from anjia.workforce.rules.breaks import Break

MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)
Way = Callable[[Timeline, Point | None, Stop | Ask], timedelta]
Deliveries = Callable[[Timeline], list[Delivery]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A break that she has that day: of the shift, between when and when."""

    rest: Break
    shift: Span
    opens: datetime
    closes: datetime

    @property
    def length(self) -> timedelta:
        return MINUTE * self.rest.minutes


def dues(timeline: Timeline, *, since: datetime, until: datetime) -> Iterator[Due]:
    """Yield the breaks of the days from one moment to another, by shift and in order of time."""
    first, last = day_of(since), day_of(until)
    for shift in timeline.shifts:
        day = first
        while day <= last:
            for rest in timeline.breaks:
                opens, closes = rest.on(day)
                if shift[0] <= opens and closes <= shift[1]:
                    yield Due(rest=rest, shift=shift, opens=opens, closes=closes)
            day += DAY


def rest_at(timeline: Timeline, due: Due, way: Way, deliveries: Deliveries) -> datetime | None:
    """Return when she can rest first, if she can: where she is before she sets out, or where she has come."""
    to_laboratory = {
        timeline.stops[one.after]: one.travel + (one.done_at - one.there_at) for one in deliveries(timeline)
    }
    free_at, place, detour = due.shift[0], timeline.base, timedelta(0)
    for stop in timeline.stops:
        if stop.ends_at <= due.shift[0] or stop.starts_at >= due.shift[1]:
            continue
        on_the_way = way(timeline, place, stop) + detour
        for begins, ends in (
            (free_at, stop.starts_at - on_the_way),
            (free_at + on_the_way, stop.starts_at),
        ):
            rests = max(begins, due.opens)
            if min(ends, due.closes) - rests >= due.length:
                return rests
        free_at, place = max(free_at, stop.ends_at), stop.place
        detour = to_laboratory.get(stop, timedelta(0))
        if due.closes - free_at < due.length:
            return None
    rests = max(free_at + detour, due.opens)
    return rests if due.closes - rests >= due.length else None


def missed(timeline: Timeline, way: Way, deliveries: Deliveries) -> list[Due]:
    """Return the breaks of those days on which she is promised something that she cannot have."""
    if not timeline.breaks or not timeline.stops:
        return []
    since, until = timeline.stops[0].starts_at, max(stop.ends_at for stop in timeline.stops)
    return [
        due
        for due in dues(timeline, since=since, until=until)
        if rest_at(timeline, due, way, deliveries) is None
    ]


def trouble(timeline: Timeline, ask: Ask, way: Way, deliveries: Deliveries) -> Trouble | None:
    """Return the break that she would miss if she took this on."""
    then: Timeline | None = None
    for due in dues(timeline, since=ask.starts_at, until=ask.ends_at):
        if not due.shift[0] <= ask.starts_at < due.shift[1]:
            continue
        then = then or with_ask(timeline, ask)
        if rest_at(then, due, way, deliveries) is None and rest_at(timeline, due, way, deliveries):
            return trouble_of(due)
    return None


def spoiled(before: Timeline, then: Timeline, way: Way, deliveries: Deliveries) -> list[Trouble]:
    """Return what she would miss on the second of two days that she has on the first."""
    was = {(due.opens, due.rest) for due in missed(before, way, deliveries)}
    return [trouble_of(due) for due in missed(then, way, deliveries) if (due.opens, due.rest) not in was]


def trouble_of(due: Due) -> Trouble:
    return Trouble(block=Block.NO_BREAK, missed=due.rest)


def with_ask(timeline: Timeline, ask: Ask) -> Timeline:
    stops = sorted([*timeline.stops, stop_of(ask)], key=lambda stop: stop.starts_at)
    return replace(timeline, stops=tuple(stops))
