"""When who is out today will be at the door."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anjia.dispatch.forecast import Expected as Expected
from anjia.dispatch.forecast import arrival, forecast
from anjia.dispatch.matching import timelines_of
from anjia.dispatch.queries.laboratory import laboratory_for
from anjia.dispatch.queries.travel import ways_between
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds, day_of
from anjia.visits.queries import errands, errands_to, live_assignments
from anjia.workforce.queries import caregivers_on


def expected_today(actor: Actor, purpose: Purpose, *, now: datetime) -> dict[UUID, Expected]:
    """
    Return when each of today's visits is to be expected, as far as that can be known, by visit.

    :raises NotAllowed: if the actor may not read visits
    """
    start, end = day_bounds(day_of(now))
    found = errands(actor, purpose, start=start, end=end)
    if not found:
        return {}
    sheets = caregivers_on(
        actor, purpose, start=start, end=end, staff_ids=sorted({one.staff_id for one in found})
    )
    cells = {one.cell for one in found}
    laboratory = laboratory_for(actor, purpose, jobs=found)
    ways = ways_between(actor, purpose, sheets=sheets, busy=[], cells=cells, laboratory=laboratory)
    return forecast(found, timelines_of(sheets, [], ways=ways, laboratory=laboratory), now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheWay:
    """When whoever has set out will be there; None while nobody has, or once she is there."""

    arrives_at: datetime | None


def on_the_way(actor: Actor, purpose: Purpose, *, visit_id: UUID, now: datetime) -> OnTheWay:
    """
    Return when somebody will be at this door, from when she set out and from which home.

    :raises NotFound: if the organization has no such visit, or a person asks for somebody else's
    """
    crew = errands_to(actor, purpose, visit_id=visit_id)
    if not crew or crew[0].departed_at is None or crew[0].arrived_at or crew[0].done_at:
        return OnTheWay(arrives_at=None)
    start, end = day_bounds(day_of(crew[0].starts_at))
    ids = sorted({one.staff_id for one in crew})
    busy = live_assignments(actor, purpose, staff_ids=ids, start=start, end=crew[0].starts_at, now=now)
    sheets = caregivers_on(actor, purpose, start=start, end=end, staff_ids=ids)
    cells = {one.cell for one in crew}
    ways = ways_between(actor, purpose, sheets=sheets, busy=busy, cells=cells)
    timelines = timelines_of(sheets, busy, ways=ways, without=visit_id)
    comes_from = {
        timeline.staff_id: (timeline.stops[-1].place, timeline.stops[-1].ends_at)
        for timeline in timelines.values()
        if timeline.stops
    }
    return OnTheWay(
        arrives_at=max(arrival(one, timelines.get(one.staff_id), comes_from, now) for one in crew)
    )
