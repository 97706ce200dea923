"""What transitions do when a visit that came of a referral is promised, moved, cancelled or done."""

from datetime import datetime
from uuid import UUID

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.events import listens_to
from anjia.transitions import commands
from anjia.visits.events import VisitCancelled, VisitDone, VisitMoved, VisitPromised
from anjia.visits.queries import get_visit


def follow(
    actor: Actor, now: datetime, *, visit_id: UUID, is_off: bool = False, is_done: bool = False
) -> None:
    visit = get_visit(actor, Purpose.CONTRACT, visit_id=visit_id)
    commands.follow_visit(
        actor,
        now,
        visit_id=visit.id,
        resident_id=visit.resident_id,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        is_off=is_off,
        done_at=visit.done_at if is_done else None,
    )


@listens_to(VisitPromised)
def say_that_it_is_booked(actor: Actor, now: datetime, event: VisitPromised) -> None:
    follow(actor, now, visit_id=event.visit_id)


@listens_to(VisitMoved)
def say_when_it_is_now(actor: Actor, now: datetime, event: VisitMoved) -> None:
    follow(actor, now, visit_id=event.visit_id)


@listens_to(VisitCancelled)
def say_that_it_is_off(actor: Actor, now: datetime, event: VisitCancelled) -> None:
    follow(actor, now, visit_id=event.visit_id, is_off=True)


@listens_to(VisitDone)
def say_that_she_was_visited(actor: Actor, now: datetime, event: VisitDone) -> None:
    follow(actor, now, visit_id=event.visit_id, is_done=True)
