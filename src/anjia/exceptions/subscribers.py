"""What exceptions do when something has happened at a visit, to its crew, or to one of their own."""

from datetime import datetime

from anjia.exceptions import commands
from anjia.exceptions.events import ExceptionClosed, ExceptionOwned
from anjia.exceptions.telling import tell_household, tell_owner
from anjia.kernel.actors import Actor
from anjia.kernel.events import listens_to
from anjia.visits.events import (
    AssignmentChanged,
    FactRecorded,
    VisitCancelled,
    VisitDone,
    VisitMissed,
    VisitMoved,
)
from anjia.visits.rules.facts import FactKind


@listens_to(FactRecorded)
def open_what_the_field_says(actor: Actor, now: datetime, event: FactRecorded) -> None:
    if event.kind == FactKind.EXCEPTION:
        commands.take_reports(actor, now, visit_id=event.visit_id)


@listens_to(FactRecorded)
def look_at_what_was_measured(actor: Actor, now: datetime, event: FactRecorded) -> None:
    if event.kind == FactKind.MEASURED:
        commands.look_at_readings(actor, now, visit_id=event.visit_id)


@listens_to(FactRecorded)
def see_who_has_arrived(actor: Actor, now: datetime, event: FactRecorded) -> None:
    if event.kind == FactKind.ARRIVED:
        commands.note_arrival(actor, now, visit_id=event.visit_id)
        commands.follow_visit(actor, now, visit_id=event.visit_id)


@listens_to(FactRecorded)
def see_what_was_delivered(actor: Actor, now: datetime, event: FactRecorded) -> None:
    if event.kind == FactKind.DELIVERED:
        commands.say_specimen_late(actor, now, visit_id=event.visit_id)
        commands.note_delivery(actor, now, visit_id=event.visit_id)


@listens_to(VisitDone)
def settle_what_was_done(actor: Actor, now: datetime, event: VisitDone) -> None:
    commands.note_arrival(actor, now, visit_id=event.visit_id)
    commands.follow_visit(actor, now, visit_id=event.visit_id)


@listens_to(VisitMoved)
def settle_what_was_moved(actor: Actor, now: datetime, event: VisitMoved) -> None:
    commands.follow_visit(actor, now, visit_id=event.visit_id)


@listens_to(VisitCancelled)
def settle_what_is_off(actor: Actor, now: datetime, event: VisitCancelled) -> None:
    commands.follow_visit(actor, now, visit_id=event.visit_id)


@listens_to(VisitMissed)
def settle_what_was_missed(actor: Actor, now: datetime, event: VisitMissed) -> None:
    commands.follow_visit(actor, now, visit_id=event.visit_id)


@listens_to(AssignmentChanged)
def settle_what_was_taken(actor: Actor, now: datetime, event: AssignmentChanged) -> None:
    if event.state == "accepted":
        commands.follow_crew(actor, now, visit_id=event.visit_id, part=event.part, staff_id=event.staff_id)


@listens_to(ExceptionOwned)
def tell_who_has_it(actor: Actor, now: datetime, event: ExceptionOwned) -> None:
    tell_owner(actor, now, event)


@listens_to(ExceptionClosed)
def tell_that_it_is_done(actor: Actor, now: datetime, event: ExceptionClosed) -> None:
    if event.is_promised:
        tell_household(actor, now, event)
