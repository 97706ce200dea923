"""What dispatch does when something has happened to visits or to the rota: ask who comes, and tell people."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from anjia.dispatch import commands
from anjia.dispatch.checking import cannot_keep, may_not_do
from anjia.dispatch.events import CaregiverAway, DayChangeUndone, OfferDeclined, OfferMade
from anjia.dispatch.queries import is_still_offered, visits_of_change
from anjia.dispatch.telling import (
    SERIES_OFFERS,
    ask_what_becomes_of,
    tell_caregiver,
    tell_household,
    tell_of_undoing,
    tell_who_is_left,
)
from anjia.kernel import events
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.events import listens_to
from anjia.learning.events import CourseBound
from anjia.messaging.commands import take_back
from anjia.residents.events import AccessChanged, ConsentGiven, ConsentWithdrawn, ResidentDied
from anjia.residents.queries import get_address, has_died
from anjia.residents.rules import AGREEMENT
from anjia.visits.commands import follow_access
from anjia.visits.events import (
    AssignmentChanged,
    FactRecorded,
    VisitCancelled,
    VisitDone,
    VisitMoved,
    VisitPromised,
)
from anjia.visits.queries import Busy, get_promise, live_assignments
from anjia.visits.rules.lifecycle import CancelReason
from anjia.workforce.events import LeaveGranted, ShiftRemoved, StaffChanged, StaffLeaves
from anjia.workforce.queries import caregivers_on

LONGEST_AHEAD: Final = timedelta(days=366)  # that anything is promised


@listens_to(AccessChanged)
def reckon_with_the_door(actor: Actor, now: datetime, event: AccessChanged) -> None:
    """What is promised there already takes up how long somebody has said that it takes to the door."""
    address = get_address(actor, Purpose.CONTRACT, address_id=event.address_id)
    follow_access(actor, now, minutes={address.id: address.access_minutes})


@listens_to(VisitPromised)
def ask_who_comes(actor: Actor, now: datetime, event: VisitPromised) -> None:
    commands.offer_visit(actor, now, visit_id=event.visit_id)


@listens_to(VisitMoved)
def ask_anew(actor: Actor, now: datetime, event: VisitMoved) -> None:
    commands.offer_visit(actor, now, visit_id=event.visit_id)


@listens_to(OfferDeclined)
def ask_the_next(actor: Actor, now: datetime, event: OfferDeclined) -> None:
    commands.offer_visit(actor, now, visit_id=event.visit_id, part=event.part)


@listens_to(VisitCancelled)
def take_back_offers(actor: Actor, now: datetime, event: VisitCancelled) -> None:
    commands.withdraw_open_offers(actor, now, visit_id=event.visit_id)


@listens_to(LeaveGranted)
def look_at_what_she_promised_for_then(actor: Actor, now: datetime, event: LeaveGranted) -> None:
    say_where_she_is_away(actor, now, staff_id=event.staff_id, start=event.starts_at, end=event.ends_at)


@listens_to(ShiftRemoved)
def look_at_what_she_promised_in_it(actor: Actor, now: datetime, event: ShiftRemoved) -> None:
    say_where_she_is_away(actor, now, staff_id=event.staff_id, start=event.starts_at, end=event.ends_at)


@listens_to(StaffLeaves)
def look_at_what_she_promised_for_later(actor: Actor, now: datetime, event: StaffLeaves) -> None:
    say_where_she_is_away(
        actor, now, staff_id=event.staff_id, start=event.ends_at, end=max(event.ends_at, now) + LONGEST_AHEAD
    )


@listens_to(StaffChanged)
def look_at_what_she_may_not_do_any_more(actor: Actor, now: datetime, event: StaffChanged) -> None:
    ahead = now + LONGEST_AHEAD
    promised = live_assignments(
        actor, Purpose.CONTRACT, staff_ids=[event.staff_id], start=now, end=ahead, now=now
    )
    say_what_needs_somebody_else(actor, now, may_not_do(actor, promised))


@listens_to(CourseBound)
def look_at_whom_it_binds(actor: Actor, now: datetime, event: CourseBound) -> None:
    """What was promised by those who lack the course needs somebody else from the day on which it binds them."""
    employed = caregivers_on(actor, Purpose.CONTRACT, start=now, end=now + timedelta(minutes=1))
    promised = live_assignments(
        actor,
        Purpose.CONTRACT,
        staff_ids=[one.id for one in employed],
        start=now,
        end=now + LONGEST_AHEAD,
        now=now,
    )
    for one in employed:
        hers = [busy for busy in promised if busy.staff_id == one.id]
        say_what_needs_somebody_else(actor, now, may_not_do(actor, hers))


def say_where_she_is_away(
    actor: Actor, now: datetime, *, staff_id: UUID, start: datetime, end: datetime
) -> None:
    start = max(start, now)
    promised = live_assignments(actor, Purpose.CONTRACT, staff_ids=[staff_id], start=start, end=end, now=now)
    say_what_needs_somebody_else(actor, now, cannot_keep(actor, promised))


def say_what_needs_somebody_else(actor: Actor, now: datetime, promised: Iterable[Busy]) -> None:
    """Say it of each promise by itself: one that nobody can take holds up no other."""
    for one in promised:
        events.publish(
            CaregiverAway(visit_id=one.visit_id, part=one.part, staff_id=one.staff_id, at=now), actor=actor
        )


@listens_to(CaregiverAway)
def find_somebody_else(actor: Actor, now: datetime, event: CaregiverAway) -> None:
    commands.find_somebody_else(actor, now, visit_id=event.visit_id, part=event.part, staff_id=event.staff_id)


@listens_to(VisitPromised)
def tell_that_it_is_booked(actor: Actor, now: datetime, event: VisitPromised) -> None:
    if event.is_told_of:
        return
    tell_household(actor, now, visit_id=event.visit_id, template="visit_promised", at=event.at)


@listens_to(VisitMoved)
def tell_that_it_is_moved(actor: Actor, now: datetime, event: VisitMoved) -> None:
    take_back_of_series(actor, now, visit_id=event.visit_id, until=event.at)
    if event.is_told_of:
        return
    take_back(actor, now, about_id=event.visit_id, until=event.at)
    tell_household(actor, now, visit_id=event.visit_id, template="visit_moved", at=event.at)
    for staff_id in event.taken_by_before:
        stays = staff_id in event.staff_ids_after
        tell_caregiver(
            actor,
            now,
            visit_id=event.visit_id,
            staff_id=staff_id,
            template="work_moved" if stays else "work_taken_away",
            at=event.at,
            was=None if stays else (event.starts_at_before, event.ends_at_before),
        )


def take_back_of_series(actor: Actor, now: datetime, *, visit_id: UUID, until: datetime) -> None:
    """Say no more of the offers of the visit's series, where it was the last of those that are open."""
    series_id = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id).series_id
    if series_id and not is_still_offered(
        actor, Purpose.CONTRACT, series_id=series_id, visit_id=visit_id, now=now
    ):
        take_back(actor, now, about_id=series_id, until=until, about_kind=SERIES_OFFERS)


@listens_to(VisitCancelled)
def tell_that_it_is_cancelled(actor: Actor, now: datetime, event: VisitCancelled) -> None:
    take_back(actor, now, about_id=event.visit_id, until=event.at)
    take_back_of_series(actor, now, visit_id=event.visit_id, until=event.at)
    if not event.is_told_of:
        tell_household(actor, now, visit_id=event.visit_id, template="visit_cancelled", at=event.at)
    for staff_id in event.staff_ids:
        tell_caregiver(
            actor, now, visit_id=event.visit_id, staff_id=staff_id, template="work_cancelled", at=event.at
        )


@listens_to(AssignmentChanged)
def tell_who_comes(actor: Actor, now: datetime, event: AssignmentChanged) -> None:
    """Of a visit in a series they hear who comes only where it is somebody else than usual: `series` says so."""
    if event.state != "accepted" or event.is_told_of:
        return
    if get_promise(actor, Purpose.CONTRACT, visit_id=event.visit_id).series_id is None:
        tell_household(
            actor,
            now,
            visit_id=event.visit_id,
            template="visit_accepted",
            at=event.at,
            who=event.staff_id,
        )


@listens_to(AssignmentChanged)
def tell_who_was_sent(actor: Actor, now: datetime, event: AssignmentChanged) -> None:
    """Tell those who did not choose it themselves: who was sent, and whose work was given to somebody else."""
    if event.is_told_of:
        return
    if event.is_by_hand:
        tell_caregiver(
            actor, now, visit_id=event.visit_id, staff_id=event.staff_id, template="work_given", at=event.at
        )
    if event.staff_id_before and event.was_accepted:
        tell_caregiver(
            actor,
            now,
            visit_id=event.visit_id,
            staff_id=event.staff_id_before,
            template="work_taken_away",
            at=event.at,
        )


@listens_to(DayChangeUndone)
def ask_again(actor: Actor, now: datetime, event: DayChangeUndone) -> None:
    for visit_id in visits_of_change(actor, Purpose.CONTRACT, change_id=event.change_id):
        commands.offer_visit(actor, now, visit_id=visit_id)


@listens_to(DayChangeUndone)
def tell_that_it_is_as_before(actor: Actor, now: datetime, event: DayChangeUndone) -> None:
    """What has reached nobody yet is not said any more; who has heard of the change hears that it is undone."""
    tell_of_undoing(actor, now, change_id=event.change_id, at=event.at)


@listens_to(ResidentDied)
def send_nobody_any_more(actor: Actor, now: datetime, event: ResidentDied) -> None:
    """What is booked is called off, what waits to be said to her is not, and her family hears of it once."""
    if not has_died(actor, Purpose.CONTRACT, resident_id=event.resident_id):
        return  # it was a mistake
    commands.call_off_all(actor, now, resident_id=event.resident_id, reason=CancelReason.DIED.value)
    tell_who_is_left(actor, now, resident_id=event.resident_id, at=event.at)


@listens_to(ConsentWithdrawn)
def ask_what_becomes_of_her_visits(actor: Actor, now: datetime, event: ConsentWithdrawn) -> None:
    if event.purpose == AGREEMENT:
        ask_what_becomes_of(actor, now, resident_id=event.resident_id, at=event.at)


@listens_to(ConsentGiven)
def ask_no_more(actor: Actor, now: datetime, event: ConsentGiven) -> None:
    """Only what is asked after the end of an agreement is about the resident herself."""
    if event.purpose == AGREEMENT:
        take_back(actor, now, about_id=event.resident_id, until=event.at)


@listens_to(OfferMade)
def tell_who_is_asked(actor: Actor, now: datetime, event: OfferMade) -> None:
    tell_caregiver(
        actor,
        now,
        visit_id=event.visit_id,
        staff_id=event.staff_id,
        template="work_offered",
        at=event.at,
        deadline=event.deadline,
    )


@listens_to(FactRecorded)
def tell_how_it_goes(actor: Actor, now: datetime, event: FactRecorded) -> None:
    """Tell that she has departed or arrived, as long as that is how it stands: a phone may say it days later."""
    if event.kind not in {"departed", "arrived"} or not event.is_first:
        return
    if get_promise(actor, Purpose.CONTRACT, visit_id=event.visit_id).status != event.kind:
        return
    tell_household(
        actor,
        now,
        visit_id=event.visit_id,
        template=f"visit_{event.kind}",
        at=event.occurred_at,
        who=event.staff_id,
    )


@listens_to(VisitDone)
def tell_that_it_is_done(actor: Actor, now: datetime, event: VisitDone) -> None:
    take_back(actor, now, about_id=event.visit_id, until=event.at)
    tell_household(actor, now, visit_id=event.visit_id, template="visit_done", at=event.at)
