"""When who works on a day has her breaks."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from anjia.dispatch.forecast import Expected, as_it_goes
from anjia.dispatch.matching import FEASIBILITY, timelines_of
from anjia.dispatch.queries.deliveries import AS_PLANNED
from anjia.dispatch.queries.laboratory import laboratory_for
from anjia.dispatch.queries.travel import ways_between
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds
from anjia.kernel.errors import NotAllowed
from anjia.visits.queries import live_assignments
from anjia.workforce.queries import caregivers_on


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakShown:
    """A break of so many minutes between two moments: when she has it, or None if she is promised for too much."""

    opens_at: datetime
    closes_at: datetime
    minutes: int
    starts_at: datetime | None

    @property
    def ends_at(self) -> datetime | None:
        return self.starts_at + timedelta(minutes=self.minutes) if self.starts_at else None


def breaks_on(
    actor: Actor,
    purpose: Purpose,
    *,
    day: date,
    staff_ids: Collection[UUID],
    now: datetime,
    expected: Mapping[UUID, Expected] = AS_PLANNED,
) -> dict[UUID, list[BreakShown]]:
    """
    Return the breaks of these caregivers on a day, by caregiver, in order of time; as it really goes, where it is
    `expected` otherwise than it was planned.

    One question where the house has none, and as many for a hundred caregivers as for one.

    :raises NotAllowed: if it is somebody else's and the actor may not read visits
    """
    if not actor.may("visits.read") and set(staff_ids) - {actor.staff_id}:
        raise NotAllowed
    start, end = day_bounds(day)
    sheets = caregivers_on(actor, purpose, start=start, end=end, staff_ids=sorted(staff_ids))
    if not any(sheet.breaks for sheet in sheets):
        return {}
    written = live_assignments(actor, purpose, staff_ids=staff_ids, start=start, end=end, now=now)
    promised = [as_it_goes(one, expected) for one in written if one.held_until is None]
    laboratory = laboratory_for(actor, purpose, busy=promised)
    ways = ways_between(actor, purpose, sheets=sheets, busy=promised, cells=(), laboratory=laboratory)
    timelines = timelines_of(sheets, promised, ways=ways, laboratory=laboratory)
    return {
        staff_id: [
            BreakShown(
                opens_at=due.opens,
                closes_at=due.closes,
                minutes=due.rest.minutes,
                starts_at=rests_at,
            )
            for due, rests_at in FEASIBILITY.rests(timeline, since=start, until=end - timedelta(minutes=1))
        ]
        for staff_id, timeline in timelines.items()
    }


def my_breaks(actor: Actor, purpose: Purpose, *, day: date, now: datetime) -> list[BreakShown]:
    """
    Return the caregiver's own breaks on a day, as it is planned.

    :raises NotAllowed: if the actor is no caregiver
    """
    if actor.staff_id is None:
        raise NotAllowed
    found = breaks_on(actor, purpose, day=day, staff_ids=[actor.staff_id], now=now)
    return found.get(actor.staff_id, [])
