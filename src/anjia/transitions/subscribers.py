"""What transitions do when a visit that came of a referral is promised, moved, cancelled or done."""

from datetime import datetime
from uuid import UUID

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.events import listens_to
from anjia.transitions import commands
from anjia.visits.events import VisitCancelled, VisitDone, VisitMoved, VisitPromised
from anjia.visits.queries import get_visit
from anjia.visits.rules.lifecycle import Status


def follow(actor: Actor, now: datetime, *, visit_id: UUID, is_new: bool = False) -> None:
    """Go by what the visit is now, not by what happened: what happened first may be heard last."""
    visit = get_visit(actor, Purpose.CONTRACT, visit_id=visit_id)
    commands.follow_visit(
        actor,
        now,
        visit_id=visit.id,
        resident_id=visit.resident_id,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        is_new=is_new,
        is_off=visit.status == Status.CANCELLED,
        done_at=visit.done_at,
    )


@listens_to(VisitPromised)
def say_that_it_is_booked(actor: Actor, now: datetime, event: VisitPromised) -> None:
    follow(actor, now, visit_id=event.visit_id, is_new=True)


@listens_to(VisitMoved)
def say_when_it_is_now(actor: Actor, now: datetime, event: VisitMoved) -> None:
    follow(actor, now, visit_id=event.visit_id)


@listens_to(VisitCancelled)
def say_that_it_is_off(actor: Actor, now: datetime, event: VisitCancelled) -> None:
    follow(actor, now, visit_id=event.visit_id)


@listens_to(VisitDone)
def say_that_she_was_visited(actor: Actor, now: datetime, event: VisitDone) -> None:
    follow(actor, now, visit_id=event.visit_id)
