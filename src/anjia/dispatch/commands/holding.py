"""Keeping a time, and promising what is kept. One function, one unit of work, one audit entry, one event."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from anjia.catalogue.queries import current_version
from anjia.dispatch.checking import booked, check_can_come, crew_sheets, wait_for
from anjia.dispatch.gates import check_gate, level_asked
from anjia.dispatch.matching import Job, Wishes, besides
from anjia.dispatch.queries import Booked, Caregiver, Hold, ServiceHeld
from anjia.dispatch.rules import NotOffered, check_notice, to_heed
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.calendar import day_of, local
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.learning.queries import courses_binding
from anjia.residents.queries import address_to_visit
from anjia.visits import commands as visits
from anjia.visits.queries import others_that_day
from anjia.visits.rules.lifecycle import HOLD_FOR, Source, check_crew, terms_of_change


@command("dispatch.book")
def hold_slot(
    actor: Actor,
    now: datetime,
    *,
    service_code: str,
    resident_id: UUID,
    address_id: UUID,
    starts_at: datetime,
    staff_ids: Sequence[UUID],
    wishes: Mapping[str, Any] | None = None,
    source: str | None = None,
) -> Hold:
    """
    Keep this crew's time for ten minutes. What the same account held for the resident before is given back.

    Whether they can come is checked again, travel included, while nobody else promises in that zone on that day.

    :raises NotFound: if the resident is a stranger, or the address is not hers
    :raises NotOffered: if the institution offers no such service at home
    :raises TooSoon: if nobody could get there in time
    :raises GateClosed: naming every rule of the law that keeps the visit from being made
    :raises WrongCrew: if they are not as many as the service needs
    :raises SlotGone: if one of the crew cannot come then, or may not do this
    """
    check_notice(starts_at, now=now)
    if not actor.sees(resident_id):
        raise NotFound
    try:
        version = current_version(actor, Purpose.CONTRACT, code=service_code)
    except NotFound:
        raise NotOffered from None
    if version.mode != "home":
        raise NotOffered
    check_gate(actor, version=version, resident_id=resident_id, on=local(starts_at).date())
    check_crew(staff_ids, people_needed=version.people_needed)
    address = address_to_visit(actor, Purpose.CONTRACT, address_id=address_id)
    job = Job(
        requires=version.requires,
        legal_line=version.legal_line,
        deliver_minutes=version.deliver_minutes,
        access_minutes=address.access_minutes,
        minutes=version.duration_minutes,
        people_needed=version.people_needed,
        cell=address.cell,
        wishes=Wishes.of(wishes),
        courses=courses_binding(actor, Purpose.CONTRACT, service_code=version.code),
        level=level_asked(
            actor, Purpose.CONTRACT, version=version, resident_id=resident_id, on=local(starts_at).date()
        ),
    )
    ends_at = starts_at + timedelta(minutes=version.duration_minutes)
    sheets = crew_sheets(actor, staff_ids, starts_at, ends_at)
    wait_for(actor, cell=address.cell, days=[starts_at], staff_ids=staff_ids, held_for=resident_id)
    visits.release_other_holds(actor, now, resident_id=resident_id, starts_at=starts_at, staff_ids=staff_ids)
    checked = check_can_come(actor, now, job=job, sheets=sheets, starts_at=starts_at)
    if checked.has_run_out:
        visits.withdraw_expired(actor, now, staff_ids=staff_ids)
    visit = visits.hold_visit(
        actor,
        now,
        resident_id=resident_id,
        address=address,
        service=version,
        starts_at=starts_at,
        ends_at=ends_at,
        assignments=[(part, one, starts_at, ends_at) for part, one in enumerate(staff_ids, start=1)],
        held_until=now + HOLD_FOR,
        wishes=job.wishes.kept(),
        who_is_present=job.wishes.who_is_present,
        minutes=checked.minutes,
        source=source or (Source.RESIDENT if actor.kind is Kind.PERSON else Source.DESK).value,
    )
    return Hold(
        id=visit.id,
        expires_at=now + HOLD_FOR,
        starts_at=starts_at,
        ends_at=ends_at,
        service=ServiceHeld(
            code=version.code,
            name=version.name,
            duration_minutes=version.duration_minutes,
            legal_line=version.legal_line,
        ),
        caregivers=[Caregiver(id=one.id, name=one.name, title=one.title, sex=one.sex) for one in sheets],
        price_fen=version.price_fen,
        preparation=version.preparation,
        heed=to_heed(
            needs_order=version.needs_order,
            is_on_the_map=bool(address.cell),
            for_her=actor.kind is Kind.PERSON,
            beside=besides(
                others_that_day(
                    actor, Purpose.CONTRACT, resident_id=resident_id, day=day_of(starts_at), but=visit.id
                ),
                service_code=version.code,
                span=(starts_at, ends_at),
            ),
        ),
        cancel_rule=str(terms_of_change()),
    )


@command("dispatch.book")
def take_turns(
    actor: Actor,
    now: datetime,
    *,
    resident_id: UUID,
    cell: str,
    days: Sequence[datetime],
    staff_ids: Sequence[UUID],
) -> None:
    """
    Wait once for all that several bookings wait for, in the order that everybody keeps.

    What books or takes back several in one unit of work begins with this: waiting for one after the other, two of them
    would wait for each other.
    """
    wait_for(actor, cell=cell, days=days, staff_ids=staff_ids, held_for=resident_id)


@command("dispatch.book")
def confirm_hold(
    actor: Actor,
    now: datetime,
    *,
    hold_id: UUID,
    settled_by: str = "",
    series_id: UUID | None = None,
    is_told_of: bool = False,
) -> Booked:
    """
    Promise what is held. `settled_by` says how it is paid for; the rest is for one of a series.

    :raises NotFound: if there is no such hold of the actor's
    :raises HoldExpired: if it was held too long ago
    :raises HoldReleased: if it was given back, or she has held another time for the resident since
    :raises IllegalMove: if it is promised already
    """
    return booked(
        visits.confirm_visit(actor, now, visit_id=hold_id, series_id=series_id, is_told_of=is_told_of)
    )


@command("dispatch.book")
def release_hold(actor: Actor, now: datetime, *, hold_id: UUID) -> Booked:
    """
    Give back the time of a hold. Releasing twice is releasing once.

    :raises NotFound: if there is no such hold of the actor's
    :raises IllegalMove: if it is promised meanwhile
    """
    return booked(visits.release_visit(actor, now, visit_id=hold_id))
