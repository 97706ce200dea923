"""When who of a day has something to bring to the laboratory."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from anjia.dispatch.forecast import Expected
from anjia.dispatch.matching import FEASIBILITY, timelines_of
from anjia.dispatch.queries.laboratory import laboratory_for
from anjia.dispatch.queries.travel import ways_between
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds
from anjia.kernel.errors import NotAllowed
from anjia.visits.queries import Busy, live_assignments
from anjia.workforce.queries import caregivers_on

AS_PLANNED: Final[Mapping[UUID, Expected]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryShown:
    """A way to the laboratory: after which visit, with what was taken at which, when, and until when."""

    after_visit_id: UUID
    visit_ids: list[UUID]
    laboratory: str
    leaves_at: datetime
    handed_over_at: datetime
    due_at: datetime
    minutes_late: int


def deliveries_on(
    actor: Actor,
    purpose: Purpose,
    *,
    day: date,
    staff_ids: Collection[UUID],
    now: datetime,
    expected: Mapping[UUID, Expected] = AS_PLANNED,
) -> dict[UUID, list[DeliveryShown]]:
    """
    Return the ways to the laboratory of these caregivers on a day, by caregiver, in order of time; as it really goes,
    where it is `expected` otherwise than it was planned.

    One question where nothing is taken, and as many for a hundred draws as for one.

    :raises NotAllowed: if it is somebody else's and the actor may not read visits
    """
    if not actor.may("visits.read") and set(staff_ids) - {actor.staff_id}:
        raise NotAllowed
    start, end = day_bounds(day)
    written = live_assignments(actor, purpose, staff_ids=staff_ids, start=start, end=end, now=now)
    promised = [_as_it_goes(one, expected) for one in written if one.held_until is None]
    laboratory = laboratory_for(actor, purpose, busy=promised)
    if laboratory is None:
        return {}
    who = {one.staff_id for one in promised if one.deliver_minutes}
    sheets = caregivers_on(actor, purpose, start=start, end=end, staff_ids=sorted(who))
    ways = ways_between(actor, purpose, sheets=sheets, busy=promised, cells=(), laboratory=laboratory)
    timelines = timelines_of(sheets, promised, ways=ways, laboratory=laboratory)
    found = {}
    for staff_id, timeline in timelines.items():
        hers = _in_order(one for one in promised if one.staff_id == staff_id)
        found[staff_id] = [
            DeliveryShown(
                after_visit_id=hers[way.after].visit_id,
                visit_ids=[hers[number].visit_id for number in way.carries],
                laboratory=laboratory.name,
                leaves_at=way.leaves_at,
                handed_over_at=way.done_at,
                due_at=way.due_at,
                minutes_late=way.minutes_late,
            )
            for way in FEASIBILITY.deliveries(timeline)
        ]
    return found


def my_deliveries(actor: Actor, purpose: Purpose, *, day: date, now: datetime) -> list[DeliveryShown]:
    """
    Return the caregiver's own ways to the laboratory on a day, as they are planned.

    :raises NotAllowed: if the actor is no caregiver
    """
    if actor.staff_id is None:
        raise NotAllowed
    found = deliveries_on(actor, purpose, day=day, staff_ids=[actor.staff_id], now=now)
    return found.get(actor.staff_id, [])


def _as_it_goes(one: Busy, expected: Mapping[UUID, Expected]) -> Busy:
    """Return a promise with the times at which she was there, or will be if that is later."""
    there = expected.get(one.visit_id)
    if there is None or not (there.has_arrived or there.arrives_at > one.starts_at):
        return one
    return replace(one, starts_at=there.arrives_at, ends_at=there.ends_at)


def _in_order(some: Iterable[Busy]) -> list[Busy]:
    return sorted(some, key=lambda one: one.starts_at)
