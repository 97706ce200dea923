"""When who of a day has something to bring to the laboratory."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from anjia.dispatch.delivering import due_at, site_of
from anjia.dispatch.forecast import Expected, as_it_goes
from anjia.dispatch.matching import FEASIBILITY, timelines_of
from anjia.dispatch.queries.laboratory import laboratory_for
from anjia.dispatch.queries.travel import ways_between
from anjia.dispatch.rules import Stop, Timeline
from anjia.dispatch.rules.delivering import Site
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds, day_of
from anjia.kernel.errors import NotAllowed
from anjia.visits.queries import Busy, Specimens, live_assignments, specimens_said
from anjia.workforce.queries import caregivers_on

AS_PLANNED: Final[Mapping[UUID, Expected]] = {}
NOTHING_YET: Final[Mapping[UUID, Specimens]] = {}
MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryShown:
    """
    A way to the laboratory: after which visit, with what was taken at which, when, and until when. Once it has been
    handed over, `delivered_at` says when it really was; `is_overdue`: it was taken, and should have been by now.
    """

    after_visit_id: UUID
    visit_ids: list[UUID]
    laboratory: str
    leaves_at: datetime
    handed_over_at: datetime
    due_at: datetime
    minutes_late: int
    delivered_at: datetime | None = None
    is_with_her: bool = False  # all of it has been taken, and none handed over
    is_overdue: bool = False
    late_ids: Sequence[UUID] = ()  # at which what comes too late is taken


def deliveries_on(
    actor: Actor,
    purpose: Purpose,
    *,
    day: date,
    staff_ids: Collection[UUID] | None,
    now: datetime,
    expected: Mapping[UUID, Expected] = AS_PLANNED,
) -> dict[UUID, list[DeliveryShown]]:
    """
    Return the ways to the laboratory of these caregivers, or of all, on a day, by caregiver, in order of time; as it
    really goes, where it is `expected` otherwise than it was planned. Of what has been handed over, when it was.

    One question where nothing is taken, and as many for a hundred draws as for one.

    :raises NotAllowed: if it is somebody else's and the actor may not read visits
    """
    if not actor.may("visits.read") and (staff_ids is None or set(staff_ids) - {actor.staff_id}):
        raise NotAllowed
    start, end = day_bounds(day)
    written = live_assignments(actor, purpose, staff_ids=staff_ids, start=start, end=end, now=now)
    promised = [as_it_goes(one, expected) for one in written if one.held_until is None]
    laboratory = laboratory_for(actor, purpose, busy=promised)
    if laboratory is None:
        return {}
    taking = [one for one in promised if one.deliver_minutes]
    said: Mapping[UUID, Specimens] = NOTHING_YET
    if day <= day_of(now):
        said = specimens_said(actor, purpose, visit_ids={one.visit_id for one in taking})
    who = {one.staff_id for one in taking}
    sheets = caregivers_on(actor, purpose, start=start, end=end, staff_ids=sorted(who))
    ways = ways_between(actor, purpose, sheets=sheets, busy=promised, cells=(), laboratory=laboratory)
    timelines = timelines_of(sheets, promised, ways=ways, laboratory=laboratory)
    found = {}
    for staff_id, timeline in timelines.items():
        hers = _in_order(one for one in promised if one.staff_id == staff_id)
        stops = tuple(
            _as_taken(stop, said.get(one.visit_id)) for stop, one in zip(timeline.stops, hers, strict=True)
        )
        found[staff_id] = [
            *_handed_over(replace(timeline, stops=stops), hers, said),
            *_to_bring(replace(timeline, stops=_not_handed_over(stops, hers, said)), hers, now),
        ]
    return found


def _as_taken(stop: Stop, said: Specimens | None) -> Stop:
    """Return a stop with when something was really taken there; where the step was left out, nothing is."""
    if said is None:
        return stop
    return replace(stop, deliver_minutes=0) if said.is_nothing else replace(stop, taken_at=said.taken_at)


def _not_handed_over(
    stops: Iterable[Stop], hers: Iterable[Busy], said: Mapping[UUID, Specimens]
) -> tuple[Stop, ...]:
    return tuple(
        replace(stop, deliver_minutes=0) if _delivered_at(one, said) else stop
        for stop, one in zip(stops, hers, strict=True)
    )


def _delivered_at(one: Busy, said: Mapping[UUID, Specimens]) -> datetime | None:
    return said[one.visit_id].delivered_at if one.visit_id in said else None


def _to_bring(timeline: Timeline, hers: list[Busy], now: datetime) -> Iterator[DeliveryShown]:
    """Yield the ways with what she still has."""
    for way in FEASIBILITY.deliveries(timeline):
        yield DeliveryShown(
            after_visit_id=hers[way.after].visit_id,
            visit_ids=[hers[number].visit_id for number in way.carries],
            laboratory=way.site.name,
            leaves_at=way.leaves_at,
            handed_over_at=way.done_at,
            due_at=way.due_at,
            minutes_late=way.minutes_late,
            late_ids=[
                hers[number].visit_id
                for number in way.carries
                if way.done_at > due_at(timeline, timeline.stops[number], way.site)
            ],
            is_with_her=all(timeline.stops[number].taken_at for number in way.carries),
            is_overdue=way.due_at < now and any(timeline.stops[number].taken_at for number in way.carries),
        )


def _handed_over(
    timeline: Timeline, hers: list[Busy], said: Mapping[UUID, Specimens]
) -> Iterator[DeliveryShown]:
    """Yield what she has handed over, by when she did."""
    together: dict[datetime, list[tuple[int, Site]]] = {}
    for number, (stop, one) in enumerate(zip(timeline.stops, hers, strict=True)):
        delivered_at, site = _delivered_at(one, said), site_of(timeline, stop)
        if stop.deliver_minutes and delivered_at and site:
            together.setdefault(delivered_at, []).append((number, site))
    for delivered_at, brought in sorted(together.items()):
        numbers = [number for number, _site in brought]
        due = min(due_at(timeline, timeline.stops[number], site) for number, site in brought)
        yield DeliveryShown(
            after_visit_id=hers[numbers[-1]].visit_id,
            visit_ids=[hers[number].visit_id for number in numbers],
            laboratory=brought[0][1].name,
            leaves_at=min(timeline.stops[numbers[-1]].ends_at, delivered_at),
            handed_over_at=delivered_at,
            due_at=due,
            minutes_late=max(0, math.ceil((delivered_at - due) / MINUTE)),
            delivered_at=delivered_at,
        )


def my_deliveries(actor: Actor, purpose: Purpose, *, day: date, now: datetime) -> list[DeliveryShown]:
    """
    Return the caregiver's own ways to the laboratory on a day, as they are planned.

    :raises NotAllowed: if the actor is no caregiver
    """
    if actor.staff_id is None:
        raise NotAllowed
    found = deliveries_on(actor, purpose, day=day, staff_ids=[actor.staff_id], now=now)
    return found.get(actor.staff_id, [])


def _in_order(some: Iterable[Busy]) -> list[Busy]:
    return sorted(some, key=lambda one: one.starts_at)
