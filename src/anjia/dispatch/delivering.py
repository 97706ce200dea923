"""
The ways to the laboratory, worked out from what a caregiver is promised. Pure.

Nothing of them is kept: whoever moves a promise moves them with it. She may go after any of her homes from which she
can hand over and still keep the next one. What was taken before goes with her: one way may serve several draws.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from anjia.dispatch.rules import Ask, Block, Point, Stop, Timeline, Trouble
from anjia.dispatch.rules.delivering import LONGEST, Site
from anjia.kernel.calendar import day_of, local

MINUTE: Final = timedelta(minutes=1)
NEVER: Final = timedelta(days=1)  # how late it is what nobody takes that day
Way = Callable[[Timeline, Point | None, Stop | Ask], timedelta]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A way to the laboratory: after which of her stops, with what is taken at which, and until when it is due."""

    site: Site
    after: int
    carries: tuple[int, ...]
    leaves_at: datetime
    there_at: datetime
    done_at: datetime
    due_at: datetime
    travel: timedelta  # that it costs: there and on to the next, instead of straight to the next

    @property
    def minutes_late(self) -> int:
        return max(0, math.ceil((self.done_at - self.due_at) / MINUTE))


def carries(timeline: Timeline) -> bool:
    return timeline.laboratory is not None and any(stop.deliver_minutes for stop in timeline.stops)


def site_of(timeline: Timeline, stop: Stop) -> Site | None:
    """Return where what is taken there goes; None if nowhere is open that day."""
    assert timeline.laboratory, "there is somewhere to bring it"
    return timeline.laboratory.site_for(stop.place, stop.taken_at or stop.starts_at)


def due_at(timeline: Timeline, stop: Stop, site: Site) -> datetime:
    """Return until when what is taken there has to be handed over: in time, before they close, while she works."""
    due = site.due_at(stop.taken_at or stop.starts_at, stop.deliver_minutes)
    ends = [end for start, end in timeline.shifts if start <= stop.starts_at < end]
    away = [start for start, end in timeline.leave if stop.ends_at <= start]
    return min([due, *ends, *away])


def handed_over_at(timeline: Timeline, after: int, site: Site, way: Way) -> datetime:
    stop = timeline.stops[after]
    return site.handed_over_at(stop.ends_at + way(timeline, stop.place, at_site(site, stop.ends_at)))


def at_site(site: Site, day: datetime) -> Ask:
    """Return the laboratory as where somebody has to be that day: by the hour at which it closes."""
    hours = site.open_on(day_of(day))
    closes = hours[1] if hours else day
    return Ask(starts_at=closes, ends_at=closes, place=site.place)


def can_go(timeline: Timeline, after: int, site: Site, way: Way) -> bool:
    """Say whether she may go there after that stop, and still be in time at the next."""
    if after + 1 == len(timeline.stops):
        return True
    following = timeline.stops[after + 1]
    on_again = way(timeline, site.place, following)
    return handed_over_at(timeline, after, site, way) + on_again <= following.starts_at


def first_chance(timeline: Timeline, taken_at: int, site: Site, way: Way) -> int:
    """Return after which stop she can first bring what is taken at that one: after the last at the latest."""
    return next(after for after in range(taken_at, len(timeline.stops)) if can_go(timeline, after, site, way))


def lateness(timeline: Timeline, taken_at: int, way: Way) -> timedelta:
    """Return how much too late what is taken at that stop would be there at the earliest."""
    stop = timeline.stops[taken_at]
    site = site_of(timeline, stop)
    if site is None:
        return NEVER
    there = handed_over_at(timeline, first_chance(timeline, taken_at, site, way), site, way)
    return max(timedelta(0), there - due_at(timeline, stop, site))


def spoiled(before: Timeline, then: Timeline, way: Way) -> list[Trouble]:
    """Return what she carries on either day and would be later at the laboratory than on the first, and too late."""
    if not carries(then):
        return []
    was = dict(late_of(before, way)) if carries(before) else {}
    return [
        trouble_of(Block.CARRIED_LATE, then, then.stops.index(stop), late)
        for stop, late in late_of(then, way)
        if stop in before.stops and late > was.get(stop, timedelta(0))
    ]


def late_of(timeline: Timeline, way: Way) -> Iterator[tuple[Stop, timedelta]]:
    for number, stop in enumerate(timeline.stops):
        if stop.deliver_minutes and (late := lateness(timeline, number, way)):
            yield stop, late


def trouble(timeline: Timeline, ask: Ask, way: Way) -> Trouble | None:
    """
    Return what would come too late to the laboratory if she took this on: what is taken there, or what she carries.

    What is too late already is held against nothing else, unless that makes it later still.
    """
    if timeline.laboratory is None or not (ask.deliver_minutes or carries(timeline)):
        return None
    at = bisect_right(timeline.stops, ask.starts_at, key=lambda stop: stop.starts_at)
    stops = list(timeline.stops)
    stops.insert(at, stop_of(ask))
    then = replace(timeline, stops=tuple(stops))
    if ask.deliver_minutes and (late := lateness(then, at, way)):
        return trouble_of(Block.SPECIMEN_LATE, then, at, late)
    for number in reversed(range(at)):
        stop = timeline.stops[number]
        if stop.starts_at < ask.starts_at - LONGEST:
            break
        if stop.deliver_minutes:
            late = lateness(then, number, way)
            if late > lateness(timeline, number, way):
                return trouble_of(Block.CARRIED_LATE, then, number, late)
    return None


def trouble_of(block: Block, timeline: Timeline, number: int, late: timedelta) -> Trouble:
    stop = timeline.stops[number]
    site = site_of(timeline, stop)
    if site is None:
        return Trouble(block=Block.LABORATORY_CLOSED)
    hours = site.open_on(day_of(stop.starts_at))
    return Trouble(
        block=block,
        minutes_short=math.ceil(late / MINUTE),
        due_at=due_at(timeline, stop, site),
        deliver_minutes=stop.deliver_minutes,
        closes_at=local(hours[1]).time() if hours else None,
    )


def stop_of(ask: Ask) -> Stop:
    return Stop(
        starts_at=ask.starts_at,
        ends_at=ask.ends_at,
        place=ask.place,
        deliver_minutes=ask.deliver_minutes,
        access_minutes=ask.access_minutes,
    )


def deliveries(timeline: Timeline, way: Way) -> list[Delivery]:
    """
    Return the ways to the laboratory, in order of time: to each site as few as bring everything in time, each as soon
    as it may be.

    What cannot be brought in time goes as soon as it can; what is taken while nowhere is open, nowhere.
    """
    if not carries(timeline):
        return []
    by_site: dict[str, tuple[Site, list[int]]] = {}
    for number, stop in enumerate(timeline.stops):
        if stop.deliver_minutes and (site := site_of(timeline, stop)):
            by_site.setdefault(site.name + site.cell, (site, []))[1].append(number)
    found = [one for site, taken in by_site.values() for one in deliveries_to(timeline, site, taken, way)]
    return sorted(found, key=lambda one: one.leaves_at)


def deliveries_to(timeline: Timeline, site: Site, taken: Sequence[int], way: Way) -> Iterator[Delivery]:
    left = {number: last_chance(timeline, number, site, way) for number in taken}
    while left:
        last = min(left.values())
        group = tuple(number for number in left if number <= last)
        after = first_chance(timeline, max(group), site, way)
        yield delivery(timeline, after if after <= last else last, group, site, way)
        left = {number: chance for number, chance in left.items() if number not in group}


def last_chance(timeline: Timeline, taken_at: int, site: Site, way: Way) -> int:
    """Return after which stop she can last bring it in time; if it will be late, after which she can first."""
    first = first_chance(timeline, taken_at, site, way)
    due, last = due_at(timeline, timeline.stops[taken_at], site), first
    for after in range(first + 1, len(timeline.stops)):
        if timeline.stops[after].ends_at > due:
            break
        if can_go(timeline, after, site, way) and handed_over_at(timeline, after, site, way) <= due:
            last = after
    return last


def delivery(timeline: Timeline, after: int, group: Sequence[int], site: Site, way: Way) -> Delivery:
    stop = timeline.stops[after]
    there = way(timeline, stop.place, at_site(site, stop.ends_at))
    travel = there
    if after + 1 < len(timeline.stops) and is_same_shift(timeline, after):
        following = timeline.stops[after + 1]
        travel += way(timeline, site.place, following) - way(timeline, stop.place, following)
    return Delivery(
        site=site,
        after=after,
        carries=tuple(group),
        leaves_at=stop.ends_at,
        there_at=stop.ends_at + there,
        done_at=site.handed_over_at(stop.ends_at + there),
        due_at=min(due_at(timeline, timeline.stops[number], site) for number in group),
        travel=travel,
    )


def is_same_shift(timeline: Timeline, after: int) -> bool:
    """Say whether she goes on to the next stop from there, and not from where she starts another shift."""
    one, two = timeline.stops[after], timeline.stops[after + 1]
    return not any(one.ends_at <= start <= two.starts_at for start, _end in timeline.shifts)
