"""Who is promised for a day and does not work then: what no plan of that day may move, and somebody has to."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds
from anjia.kernel.errors import NotAllowed
from anjia.visits.queries import live_assignments
from anjia.workforce.queries import caregivers_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """Somebody who is on leave while she is promised, and how many visits that concerns."""

    staff_id: UUID
    name: str
    visits: int


def away_on(actor: Actor, purpose: Purpose, *, day: date, now: datetime) -> list[Away]:
    """
    Return who is on leave on a day and still in for a visit that has not begun, by name.

    :raises NotAllowed: if the actor does not assign
    """
    if not actor.may("dispatch.assign"):
        raise NotAllowed
    start, end = day_bounds(day)
    sheets = [sheet for sheet in caregivers_on(actor, purpose, start=start, end=end) if sheet.leave]
    if not sheets:
        return []
    taken = live_assignments(
        actor, purpose, staff_ids=[one.id for one in sheets], start=max(start, now), end=end, now=now
    )
    found = []
    for sheet in sheets:
        hers = {
            one.visit_id
            for one in taken
            if one.staff_id == sheet.id
            and one.starts_at > now
            and any(one.starts_at < until and since < one.ends_at for since, until in sheet.leave)
        }
        if hers:
            found.append(Away(staff_id=sheet.id, name=sheet.name, visits=len(hers)))
    return sorted(found, key=lambda one: (one.name, one.staff_id))
