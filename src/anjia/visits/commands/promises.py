"""Promising a visit, keeping its time for a while, and taking a promise back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from anjia.catalogue.queries import get_version
from anjia.kernel import audit, events, live, prepared
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.prepared import Prepared
from anjia.kernel.work import command
from anjia.residents.queries import get_address, has_died
from anjia.visits.events import VisitCancelled, VisitMissed, VisitPromised
from anjia.visits.models import LIVE_STATES, Assignment, Visit
from anjia.visits.rules.because import Decided, How
from anjia.visits.rules.lifecycle import (
    MISSED_AFTER,
    CancelReason,
    CrewState,
    HoldExpired,
    HoldReleased,
    IllegalMove,
    Status,
    What,
    check_change,
    check_crew,
    check_window,
)
from anjia.visits.telling import tell_moved
from anjia.visits.writing import (
    Door,
    Planned,
    Service,
    crew_of,
    is_so_already,
    keep_for_good,
    new_visit,
    put_in,
    take_out,
    visit_to_change,
    wait_for_caregivers,
    withdrawing_expired,
    write_change,
)


@command("visits.book")
def promise_visit(
    actor: Actor,
    now: datetime,
    *,
    resident_id: UUID,
    address_id: UUID,
    service_version_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    assignments: Sequence[tuple[int, UUID, datetime, datetime]],
    wishes: Mapping[str, Any] | None = None,
    who_is_present: str = "",
    source: str = "desk",
    booked_by: UUID | None = None,
    minutes: Mapping[UUID, int | None] | None = None,
) -> Visit:
    """
    Promise the resident a visit, with a tentative caregiver for each part of it.

    `assignments` are (part, staff_id, planned start, planned end). Whether they suit, and in how many `minutes` each
    gets there, is for `dispatch` to say.

    :raises NotFound: if the actor has no business with the resident, or the address is not hers
    :raises EmptyWindow: if it would end before it starts
    :raises WrongCrew: if they are not as many as the service needs
    :raises SameCaregiverTwice: if one caregiver would have to be two people
    :raises CaregiverBusy: if one of them is promised to somebody else at that time
    """
    address = get_address(actor, Purpose.CONTRACT, address_id=address_id)
    service = get_version(actor, Purpose.CONTRACT, version_id=service_version_id)
    wait_for_caregivers(*(staff_id for _part, staff_id, _starts, _ends in assignments))
    prepared.run([withdrawing_expired(now, staff_ids=[planned[1] for planned in assignments])])
    visit = new_visit(
        actor,
        now,
        resident_id=resident_id,
        address=address,
        service=service,
        starts_at=starts_at,
        ends_at=ends_at,
        assignments=assignments,
        wishes=wishes or {},
        who_is_present=who_is_present,
        source=source,
        booked_by=booked_by,
        held_until=None,
        minutes=minutes or {},
    )
    write_change(actor, now, visit=visit, what=What.PROMISED)

    audit.record("visits.visit.promised", actor=actor, at=now, subject_id=visit.id)
    events.publish(VisitPromised(visit_id=visit.id, resident_id=visit.resident_id, at=now), actor=actor)
    live.tell(topic="board", subject_id=visit.id)
    return visit


@command("visits.book")
def hold_visit(
    actor: Actor,
    now: datetime,
    *,
    resident_id: UUID,
    address: Door,
    service: Service,
    starts_at: datetime,
    ends_at: datetime,
    assignments: Sequence[tuple[int, UUID, datetime, datetime]],
    held_until: datetime,
    wishes: Mapping[str, Any] | None = None,
    who_is_present: str = "",
    source: str = "desk",
    booked_by: UUID | None = None,
    minutes: Mapping[UUID, int | None] | None = None,
) -> Visit:
    """
    Keep the caregivers' time for a visit that may yet be promised. The same constraint protects it.

    `dispatch` calls it with the crew's turns held, and with the address and the service that it has just read.

    :raises: as `promise_visit`
    """
    visit = new_visit(
        actor,
        now,
        resident_id=resident_id,
        address=address,
        service=service,
        starts_at=starts_at,
        ends_at=ends_at,
        assignments=assignments,
        wishes=wishes or {},
        who_is_present=who_is_present,
        source=source,
        booked_by=booked_by,
        held_until=held_until,
        minutes=minutes or {},
    )
    audit.record("visits.visit.held", actor=actor, at=now, subject_id=visit.id)
    return visit


@command("visits.book")
def confirm_visit(
    actor: Actor,
    now: datetime,
    *,
    visit_id: UUID,
    series_id: UUID | None = None,
    is_told_of: bool = False,
) -> Visit:
    """
    Promise what is held. A hold that has run out, or that somebody else's hold has replaced, is gone.

    `series_id` is what it is one of; `is_told_of` that the household hears of it otherwise.

    :raises NotFound: if there is no such visit of the actor's
    :raises IllegalMove: if it is promised already
    :raises HoldReleased: if it was given back, or she has held another time for the resident since
    :raises HoldExpired: if it was held too long ago
    """
    visit = visit_to_change(actor, visit_id=visit_id)
    if visit.status == Status.HELD and (visit.held_until is None or visit.held_until <= now):
        raise HoldExpired
    if visit.status == Status.RELEASED:
        raise HoldReleased
    if visit.status != Status.HELD:
        raise IllegalMove
    if keep_for_good(now, visit_id=visit.id) != visit.people_needed:
        raise HoldExpired
    visit.held_until = None
    visit.booked_at, visit.series_id = now, series_id
    visit.move_to(Status.BOOKED, fields=("held_until", "booked_at", "series_id"))
    write_change(actor, now, visit=visit, what=What.PROMISED)

    audit.record("visits.visit.promised", actor=actor, at=now, subject_id=visit.id, fields=["status"])
    events.publish(
        VisitPromised(visit_id=visit.id, resident_id=visit.resident_id, at=now, is_told_of=is_told_of),
        actor=actor,
    )
    live.tell(topic="board", subject_id=visit.id)
    return visit


@command("visits.book")
def release_visit(actor: Actor, now: datetime, *, visit_id: UUID) -> Visit:
    """
    Give back the time of what is held. Releasing twice is releasing once.

    :raises NotFound: if there is no such visit of the actor's
    :raises IllegalMove: if it was promised meanwhile
    """
    visit = visit_to_change(actor, visit_id=visit_id)
    if visit.status == Status.RELEASED:
        return visit
    visit.move_to(Status.RELEASED)
    take_out(visit)
    audit.record("visits.visit.released", actor=actor, at=now, subject_id=visit.id, fields=["status"])
    return visit


OTHER_HOLDS: Final = Prepared(
    lambda asked: (
        Visit.objects.select_for_update()
        .filter(
            organization_id=asked.house,
            resident_id=asked.resident_id,
            booked_by=asked.account_id,
            status=Status.HELD.value,
        )
        .order_by("id")
    )
)


@command("visits.book")
def release_other_holds(
    actor: Actor, now: datetime, *, resident_id: UUID, starts_at: datetime, staff_ids: Sequence[UUID]
) -> int:
    """
    Give back what the actor's account holds for the resident, as it is about to hold this; return how many.

    Who chooses again has let go. The very same again is no other choice: one of the two is refused. Call with the
    caregivers' turns held.
    """
    held = OTHER_HOLDS.rows(house=actor.organization_id, resident_id=resident_id, account_id=actor.user_id)
    the_same = set(
        Assignment.objects.filter(
            visit__in=held,
            staff_id__in=staff_ids,
            starts_at=starts_at,
            state__in=LIVE_STATES,
            held_until__gt=now,
        ).values_list("visit_id", flat=True)
        if held
        else ()
    )
    released = [visit for visit in held if visit.id not in the_same]
    for visit in released:
        visit.move_to(Status.RELEASED)
        take_out(visit)
        audit.record("visits.visit.released", actor=actor, at=now, subject_id=visit.id, fields=["status"])
    return len(released)


@command("visits.book")
def withdraw_expired(actor: Actor, now: datetime, *, staff_ids: Sequence[UUID]) -> None:
    """Give the caregivers back what anybody held of their time and did not confirm. Call with their turns held."""
    prepared.run([withdrawing_expired(now, staff_ids=staff_ids)])


@command("visits.cancel")
def cancel_visit(
    actor: Actor, now: datetime, *, visit_id: UUID, reason: str, why: str = "", is_told_of: bool = False
) -> Visit:
    """
    Take back a promised visit, and give its caregivers their time back.

    :raises NotFound: if there is no such visit of the actor's
    :raises TooLateToChange: if a person asks less than four hours before
    :raises AlreadyOnTheWay: if the caregiver is, and it is a person who asks
    :raises IllegalMove: if it is over
    """
    visit = visit_to_change(actor, visit_id=visit_id)
    check_change(
        Status(visit.status), starts_at=visit.starts_at, now=now, by_person=actor.kind is Kind.PERSON
    )
    visit.cancel_reason = reason[:30]
    visit.move_to(Status.CANCELLED, fields=("cancel_reason",))
    freed = take_out(visit)
    write_change(actor, now, visit=visit, what=What.CANCELLED, why=why or reason)

    audit.record(
        "visits.visit.cancelled", actor=actor, at=now, subject_id=visit.id, fields=["status", "cancel_reason"]
    )
    events.publish(
        VisitCancelled(
            visit_id=visit.id,
            resident_id=visit.resident_id,
            at=now,
            staff_ids=tuple(one.staff_id for one in freed),
            is_told_of=is_told_of,
        ),
        actor=actor,
    )
    live.tell(topic="board", subject_id=visit.id)
    return visit


@command("visits.book")
def move_visit(
    actor: Actor,
    now: datetime,
    *,
    visit_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    assignments: Sequence[tuple[int, UUID, datetime, datetime]],
    why: str = "",
    minutes: Mapping[UUID, int | None] | None = None,
) -> Visit:
    """
    Promise another time instead. Whoever had accepted is asked anew.

    What is promised so already, by somebody who was faster, stays as it is, and nobody is told anything.

    :raises NotFound: if there is no such visit of the actor's
    :raises TooLateToChange: if a person asks less than four hours before
    :raises AlreadyOnTheWay: if the caregiver is
    :raises IllegalMove: if it is over
    :raises CaregiverBusy: if one of the new crew is promised elsewhere at that time
    """
    crew = [Planned(*planned) for planned in assignments]
    there = crew_of(actor, visit_id=visit_id)
    wait_for_caregivers(*there, *(planned.staff_id for planned in crew))
    visit = visit_to_change(actor, visit_id=visit_id)
    check_change(
        Status(visit.status), starts_at=visit.starts_at, now=now, by_person=actor.kind is Kind.PERSON
    )
    if visit.status != Status.BOOKED:
        raise IllegalMove
    check_window(starts_at=starts_at, ends_at=ends_at)
    check_crew([planned.staff_id for planned in crew], people_needed=visit.people_needed)
    if is_so_already(visit, crew, starts_at=starts_at, ends_at=ends_at):
        return visit
    taken_out, before = take_out(visit), (visit.starts_at, visit.ends_at)
    visit.starts_at, visit.ends_at, visit.version = starts_at, ends_at, visit.version + 1
    visit.crew_state = CrewState.TENTATIVE.value
    visit.save(update_fields=["starts_at", "ends_at", "crew_state", "version"])
    put_in(
        actor,
        visit,
        crew,
        now=now,
        decided=Decided(how=How.MOVED, minutes=minutes or {}, why=why),
        plan_version=max((one.plan_version for one in taken_out), default=0) + 1,
    )
    write_change(actor, now, visit=visit, what=What.MOVED, why=why)
    tell_moved(
        actor,
        now,
        visit=visit,
        before=before,
        crew_before=taken_out,
        staff_ids=[planned.staff_id for planned in crew],
    )
    return visit


@command("visits.sweep")
def mark_missed(actor: Actor, now: datetime, *, visit_id: UUID) -> bool:
    """
    Say that nobody came, hours after the visit's end; return whether that was so. Later facts may prove it wrong.

    Whoever was on the way when the resident's death was confirmed has missed nothing: it is called off then.

    :raises NotFound: if the organization has no such visit
    """
    visit = visit_to_change(actor, visit_id=visit_id)
    if visit.status not in {Status.BOOKED, Status.DEPARTED} or now < visit.ends_at + MISSED_AFTER:
        return False
    if has_died(actor, Purpose.CONTRACT, resident_id=visit.resident_id):
        cancel_visit(actor, now, visit_id=visit.id, reason=CancelReason.DIED.value, is_told_of=True)
        return False
    visit.move_to(Status.MISSED)
    write_change(actor, now, visit=visit, what=What.MISSED)
    audit.record("visits.visit.missed", actor=actor, at=now, subject_id=visit.id, fields=["status"])
    missed = VisitMissed(visit_id=visit.id, resident_id=visit.resident_id, at=now)
    events.publish(missed, actor=actor)
    live.tell(topic="board", subject_id=visit.id)
    return True


@command("quality.rate")
def mark_rated(
    actor: Actor, now: datetime, *, visit_id: UUID, stars: int, aspects: Mapping[str, int]
) -> Visit:
    """
    Note on the visit how it was rated: figures only, the words stay with `quality`.

    :raises NotFound: if there is no such visit of the actor's
    :raises IllegalMove: if it has not been done
    """
    visit = visit_to_change(actor, visit_id=visit_id)
    if visit.status != Status.DONE:
        raise IllegalMove
    visit.rating = {"stars": stars, "aspects": dict(aspects), "at": now.isoformat()}
    visit.save(update_fields=["rating"])
    audit.record("visits.visit.rated", actor=actor, at=now, subject_id=visit.id, fields=["rating"])
    return visit
