"""When who is out today will be at the door."""

from datetime import datetime
from uuid import UUID

from anjia.dispatch.forecast import Expected as Expected
from anjia.dispatch.forecast import forecast
from anjia.dispatch.matching import timelines_of
from anjia.dispatch.queries.travel import ways_between
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds, day_of
from anjia.visits.queries import errands
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
    ways = ways_between(actor, purpose, sheets=sheets, busy=[], cells=cells)
    return forecast(found, timelines_of(sheets, [], ways=ways), now=now)
