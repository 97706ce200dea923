"""Greedy feasible insertion: a new promise goes between two others if she can get there and on again in time."""

import math
from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from anjia.dispatch import delivering, resting
from anjia.dispatch.delivering import Delivery
from anjia.dispatch.resting import Due
from anjia.dispatch.rules import GRID, TRAVEL, Ask, Block, Point, Stop, Timeline, TravelRule, Trouble
from anjia.dispatch.rules.travel import EVEN
from anjia.kernel.calendar import local
from anjia.visits.rules.arrival import distance_m

MINUTE: Final = timedelta(minutes=1)
A_TRIFLE: Final = 1e-9  # by which a product may be above the whole minute that it is


class GreedyInsertion:
    def __init__(self, rule: TravelRule = TRAVEL) -> None:
        self.rule = rule

    def way(self, timeline: Timeline, start: Point | None, to: Stop | Ask) -> timedelta:
        """
        Return the time from door to door, in whole minutes: by the roads where they are known, else by the straight
        line, as such ways go at the hour at which she is to be there, and from the street to that door; where a place
        is unknown, what the rule assumes.
        """
        if start is None or to.place is None:
            return self.rule.unknown
        by_road = timeline.ways.get((start, to.place))
        if by_road is not None:
            took, factors = by_road / MINUTE, timeline.pace.roads
        else:
            took, factors = self.line(timeline.speed_kmh, start, to.place), timeline.pace.line
        factor = factors[0] if factors is EVEN else factors[local(to.starts_at).hour]
        return MINUTE * (math.ceil(took * factor - A_TRIFLE) + to.access_minutes) + self.rule.setup

    def line(self, speed_kmh: float, start: Point, end: Point) -> float:
        """Return the minutes by the straight line times the detour."""
        km = distance_m(start, end) / 1000 * self.rule.detour
        return km / max(speed_kmh, self.rule.least_kmh) * 60

    def trouble(self, timeline: Timeline, ask: Ask) -> Trouble | None:
        shift = next((s for s in timeline.shifts if s[0] <= ask.starts_at and ask.ends_at <= s[1]), None)
        if shift is None:
            return Trouble(block=Block.OFF_DUTY)
        if any(start < ask.ends_at and ask.starts_at < end for start, end in timeline.leave):
            return Trouble(block=Block.ON_LEAVE)
        before, after = neighbours(timeline, ask)
        if before and before.ends_at > ask.starts_at:
            return Trouble(block=Block.BUSY, free_at=before.ends_at)
        if after and after.starts_at < ask.ends_at:
            return Trouble(block=Block.BUSY, free_at=after.ends_at)
        return (
            self.late(timeline, ask, before, after, shift[0])
            or self.delivery_trouble(timeline, ask)
            or self.break_trouble(timeline, ask)
        )

    def delivery_trouble(self, timeline: Timeline, ask: Ask) -> Trouble | None:
        return delivering.trouble(timeline, ask, self.way)

    def break_trouble(self, timeline: Timeline, ask: Ask) -> Trouble | None:
        if not timeline.breaks:
            return None
        return resting.trouble(timeline, ask, self.way, self.deliveries)

    def rests(
        self, timeline: Timeline, *, since: datetime, until: datetime
    ) -> list[tuple[Due, datetime | None]]:
        return [
            (due, resting.rest_at(timeline, due, self.way, self.deliveries))
            for due in resting.dues(timeline, since=since, until=until)
        ]

    def too_late(self, timeline: Timeline) -> set[Stop]:
        return (
            {stop for stop, _late in delivering.late_of(timeline, self.way)} if timeline.laboratory else set()
        )

    def spoiled(self, before: Timeline, then: Timeline) -> list[Trouble]:
        return [
            *delivering.spoiled(before, then, self.way),
            *resting.spoiled(before, then, self.way, self.deliveries),
        ]

    def deliveries(self, timeline: Timeline) -> list[Delivery]:
        return delivering.deliveries(timeline, self.way)

    def late(
        self, timeline: Timeline, ask: Ask, before: Stop | None, after: Stop | None, on_duty: datetime
    ) -> Trouble | None:
        if before:
            there = before.ends_at + self.way(timeline, before.place, ask)
            if there > ask.starts_at:
                return Trouble(block=Block.LATE_FROM_BEFORE, minutes_short=minutes(there - ask.starts_at))
        if before is None or before.ends_at <= on_duty:
            there = on_duty + self.way(timeline, timeline.base, ask)
            if there > ask.starts_at:
                return Trouble(block=Block.LATE_FROM_BASE, minutes_short=minutes(there - ask.starts_at))
        if after:
            there = ask.ends_at + self.way(timeline, ask.place, after)
            if there > after.starts_at:
                return Trouble(block=Block.LATE_FOR_NEXT, minutes_short=minutes(there - after.starts_at))
        return None

    def starts(
        self,
        timeline: Timeline,
        *,
        minutes: int,
        place: Point | None,
        since: datetime,
        until: datetime,
        deliver_minutes: int = 0,
        access_minutes: int = 0,
    ) -> list[datetime]:
        length = timedelta(minutes=minutes)
        asks = (
            Ask(
                starts_at=start,
                ends_at=start + length,
                place=place,
                deliver_minutes=deliver_minutes,
                access_minutes=access_minutes,
            )
            for start in grid(timeline, length, since, until)
        )
        return [ask.starts_at for ask in asks if self.trouble(timeline, ask) is None]

    def travel_minutes(self, timeline: Timeline, ask: Ask) -> float:
        before, _ = neighbours(timeline, ask)
        on_duty = next((s[0] for s in timeline.shifts if s[0] <= ask.starts_at < s[1]), None)
        comes_from = timeline.base
        if before and (on_duty is None or before.ends_at > on_duty):
            comes_from = before.place
        return self.way(timeline, comes_from, ask) / MINUTE


def grid(timeline: Timeline, length: timedelta, since: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the half hours of her shifts at which something of that length could begin, in order, each once."""
    seen: set[datetime] = set()
    for begins, ends in sorted(timeline.shifts):
        start = rounded_up(max(begins, since))
        while start < until and start + length <= ends:
            if start not in seen:
                seen.add(start)
                yield start
            start += GRID


def rounded_up(at: datetime) -> datetime:
    past = timedelta(seconds=at.timestamp() % GRID.total_seconds())
    return at if not past else at + GRID - past


def neighbours(timeline: Timeline, ask: Ask) -> tuple[Stop | None, Stop | None]:
    """Return the stop that begins last before the new one, and the one that begins first after that."""
    at = bisect_right(timeline.stops, ask.starts_at, key=lambda stop: stop.starts_at)
    before = timeline.stops[at - 1] if at else None
    after = timeline.stops[at] if at < len(timeline.stops) else None
    return before, after


def minutes(late: timedelta) -> int:
    return math.ceil(late / MINUTE)
