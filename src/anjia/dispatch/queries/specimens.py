"""By when what was taken at visits has to be at the laboratory, and what has not been handed over by then."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from anjia.dispatch.matching import place_of
from anjia.dispatch.queries.laboratory import laboratory_for
from anjia.dispatch.rules.delivering import Laboratory
from anjia.kernel.actors import Actor, Purpose
from anjia.visits.queries import Taken, houses_taking, specimens_taken

LOOKED_BACK: Final = timedelta(days=1)  # what is older is a matter of papers: no blood of it can be used


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecimenDue:
    """What was taken at a visit: by when it has to be handed over, and when it was."""

    visit_id: UUID
    due_at: datetime
    delivered_at: datetime | None

    def is_in_time(self, now: datetime) -> bool:
        return (self.delivered_at or now) <= self.due_at


def houses_to_ask(actor: Actor, purpose: Purpose, *, now: datetime) -> list[UUID]:
    """Return at whose visits of the last day something was taken."""
    return houses_taking(actor, purpose, since=now - LOOKED_BACK, until=now + LOOKED_BACK)


def specimens_due(actor: Actor, purpose: Purpose, *, now: datetime) -> list[SpecimenDue]:
    """
    Return what was taken at the visits of the last day, if the house has a laboratory, the earliest first. It counts
    from when it was taken, as far as that is known, and else from when the visit was promised to begin.

    :raises NotAllowed: if the actor may not read visits
    """
    taken = specimens_taken(actor, purpose, since=now - LOOKED_BACK, until=now + LOOKED_BACK)
    laboratory = laboratory_for(actor, purpose, jobs=taken)
    if laboratory is None:
        return []
    return [
        SpecimenDue(
            visit_id=one.visit_id,
            due_at=_due_at(laboratory, one),
            delivered_at=one.said.delivered_at,
        )
        for one in taken
    ]


def late_specimens(actor: Actor, purpose: Purpose, *, now: datetime) -> list[SpecimenDue]:
    """Return what of the last day has not been handed over by its latest time, or was after it."""
    return [one for one in specimens_due(actor, purpose, now=now) if not one.is_in_time(now)]


def specimen_of(actor: Actor, purpose: Purpose, *, visit_id: UUID, now: datetime) -> SpecimenDue | None:
    """Return what was taken at a visit of the last day, if it has to go to a laboratory."""
    return next(
        (one for one in specimens_due(actor, purpose, now=now) if one.visit_id == visit_id),
        None,
    )


def _due_at(laboratory: Laboratory, one: Taken) -> datetime:
    """Return by when it is to be handed over; where nowhere was open, within its time, wherever somebody took it."""
    taken_at = one.said.taken_at or one.starts_at
    site = laboratory.site_for(place_of(one.cell), taken_at)
    return (
        site.due_at(taken_at, one.deliver_minutes)
        if site
        else taken_at + timedelta(minutes=one.deliver_minutes)
    )
