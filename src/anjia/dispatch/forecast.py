"""
When somebody will be at the door, from what has been said so far today and how long the ways take. Pure.

Known are departures, arrivals and ends; where a caregiver is in between, is not. She is taken to go on in the order of
what she is promised, to leave for the next home as soon as the one before is done, and to be nowhere too early. Where
what she has taken has to be at the laboratory before that, she goes there first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from anjia.dispatch.delivering import at_site
from anjia.dispatch.matching import FEASIBILITY, place_of
from anjia.dispatch.rules import Ask, Point, Stop, Timeline
from anjia.dispatch.rules.delivering import Site
from anjia.visits.queries import Busy, Errand
from anjia.visits.rules.lifecycle import LATE_AFTER

MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """When she is at the door, and when she is done there; what has happened is as it was."""

    promised_at: datetime
    arrives_at: datetime
    ends_at: datetime
    has_departed: bool = False
    has_arrived: bool = False

    @property
    def minutes_late(self) -> int:
        return max(0, (self.arrives_at - self.promised_at) // MINUTE)

    @property
    def is_at_risk(self) -> bool:
        """Say whether the promise will be broken if nothing changes: later than what is called late."""
        return not self.has_arrived and self.arrives_at > self.promised_at + LATE_AFTER


def forecast(
    errands: Iterable[Errand], timelines: Mapping[UUID, Timeline], *, now: datetime
) -> dict[UUID, Expected]:
    """
    Return when each visit of a day is to be expected, by visit.

    Of whom nothing was heard until a visit should have been over, nothing is known: it is left out, and does not make
    the next one late. One pass in order of time, so that who comes together waits for the later.
    """
    crews: dict[UUID, list[Errand]] = {}
    for one in sorted(errands, key=lambda one: (one.starts_at, one.visit_id, one.staff_id)):
        crews.setdefault(one.visit_id, []).append(one)
    errands = [one for crew in crews.values() for one in crew]
    to_laboratory = ways_to_laboratory(errands, timelines)
    last: dict[UUID, tuple[Point | None, datetime]] = {}
    found: dict[UUID, Expected] = {}
    for visit_id, crew in crews.items():
        first = crew[0]
        was_there = first.arrived_at or first.done_at
        if was_there is None and first.ends_at <= now:
            continue
        at = was_there or max(arrival(one, timelines.get(one.staff_id), last, now) for one in crew)
        begins_at = first.arrived_at or max(at, first.starts_at)
        ends_at = first.done_at or max(now, begins_at + (first.ends_at - first.starts_at))
        found[visit_id] = Expected(
            promised_at=first.starts_at,
            arrives_at=at,
            ends_at=ends_at,
            has_departed=first.departed_at is not None,
            has_arrived=was_there is not None,
        )
        for one in crew:
            last[one.staff_id] = place_of(one.cell), ends_at
            if site := to_laboratory.get((one.staff_id, visit_id)):
                last[one.staff_id] = by_site(site, timelines[one.staff_id], *last[one.staff_id])
    return found


def ways_to_laboratory(
    errands: Sequence[Errand], timelines: Mapping[UUID, Timeline]
) -> dict[tuple[UUID, UUID], Site]:
    """Return after which of her visits whoever has taken something goes to which site, as it is planned."""
    hers: dict[UUID, list[Errand]] = {}
    for one in errands:
        hers.setdefault(one.staff_id, []).append(one)
    return {
        (staff_id, some[way.after].visit_id): way.site
        for staff_id, some in hers.items()
        if staff_id in timelines and any(one.deliver_minutes for one in some)
        for way in FEASIBILITY.deliveries(replace(timelines[staff_id], stops=tuple(map(stop_of, some))))
    }


def stop_of(one: Errand) -> Stop:
    return Stop(
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        place=place_of(one.cell),
        deliver_minutes=one.deliver_minutes,
    )


def by_site(
    site: Site, timeline: Timeline, place: Point | None, free_at: datetime
) -> tuple[Point | None, datetime]:
    """Return where she is next, and when she can go on from there, if she brings there what she has."""
    way = FEASIBILITY.way(timeline, place, at_site(site, free_at))
    return site.place, site.handed_over_at(free_at + way)


def arrival(
    one: Errand,
    timeline: Timeline | None,
    last: Mapping[UUID, tuple[Point | None, datetime]],
    now: datetime,
) -> datetime:
    """Return when she is at this door, who has not said so yet."""
    if timeline is None:
        return max(now, one.starts_at)
    comes_from, free_at = last.get(one.staff_id) or (timeline.base, _on_duty(timeline, one.starts_at, now))
    to = Ask(
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        place=place_of(one.cell),
        access_minutes=one.access_minutes,
    )
    way = FEASIBILITY.way(timeline, comes_from, to)
    if one.departed_at:
        return max(now, one.departed_at + way)
    return max(one.starts_at, max(now, free_at) + way)


def _on_duty(timeline: Timeline, at: datetime, now: datetime) -> datetime:
    """Return when her shift of that time begins; without one, she could leave now."""
    return next((begins for begins, ends in timeline.shifts if begins <= at < ends), now)


def as_it_goes(one: Busy, expected: Mapping[UUID, Expected]) -> Busy:
    """Return a promise with the times at which she was there, or will be if that is later."""
    there = expected.get(one.visit_id)
    if there is None or not (there.has_arrived or there.arrives_at > one.starts_at):
        return one
    return replace(one, starts_at=there.arrives_at, ends_at=there.ends_at)
