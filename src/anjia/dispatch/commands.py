"""What can be done with times, crews and offers. One function, one unit of work, one audit entry, one event."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.catalogue.queries import current_version, get_version
from anjia.dispatch.asking import ask_next, offers_to_change, others, own_offer, time_out, withdraw_offers
from anjia.dispatch.checking import (
    booked,
    cannot_keep,
    check_can_come,
    check_may_go,
    check_still_can_come,
    check_still_there,
    crew_sheets,
    wait_for,
)
from anjia.dispatch.events import OfferDeclined
from anjia.dispatch.gates import check_gate
from anjia.dispatch.matching import Job, Wishes
from anjia.dispatch.models import OPEN
from anjia.dispatch.queries import Answered, Booked, Caregiver, Hold, ServiceHeld, suitability
from anjia.dispatch.rules import (
    NotOffered,
    NotSuitable,
    OfferOver,
    OfferState,
    OfferTaken,
    check_notice,
    to_heed,
)
from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.calendar import day_of, local
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.residents.queries import get_address
from anjia.visits import commands as visits
from anjia.visits.queries import get_promise, same_that_day
from anjia.visits.rules.lifecycle import (
    HOLD_FOR,
    NOT_YET_OUT,
    AlreadyAccepted,
    Source,
    State,
    Status,
    check_crew,
    terms_of_change,
)


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
    address = get_address(actor, Purpose.CONTRACT, address_id=address_id)
    job = Job(
        requires=version.requires,
        legal_line=version.legal_line,
        minutes=version.duration_minutes,
        people_needed=version.people_needed,
        cell=address.cell,
        wishes=Wishes.of(wishes),
    )
    ends_at = starts_at + timedelta(minutes=version.duration_minutes)
    sheets = crew_sheets(actor, staff_ids, starts_at, ends_at)
    wait_for(actor, cell=address.cell, days=[starts_at], staff_ids=staff_ids, held_for=resident_id)
    visits.release_other_holds(actor, now, resident_id=resident_id, starts_at=starts_at, staff_ids=staff_ids)
    if check_can_come(actor, now, job=job, sheets=sheets, starts_at=starts_at):
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
            same_day=same_that_day(
                actor,
                Purpose.CONTRACT,
                resident_id=resident_id,
                service_code=version.code,
                day=day_of(starts_at),
                but=visit.id,
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


@command("visits.cancel")
def cancel_booking(
    actor: Actor, now: datetime, *, visit_id: UUID, reason: str, why: str = "", is_told_of: bool = False
) -> Booked:
    """
    Take back a promised visit, and what was offered of it.

    :raises NotFound: if there is no such visit of the actor's
    :raises TooLateToChange: if a person asks less than four hours before
    :raises AlreadyOnTheWay: if the caregiver is, and it is a person who asks
    :raises IllegalMove: if it is over
    """
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    wait_for(
        actor,
        cell=promise.cell,
        days=[promise.starts_at],
        staff_ids=[one.staff_id for one in promise.crew],
        visit_id=visit_id,
    )
    visit = visits.cancel_visit(actor, now, visit_id=visit_id, reason=reason, why=why, is_told_of=is_told_of)
    withdraw_offers(offers_to_change(actor, visit_id=visit_id), now)
    return booked(visit)


@command("dispatch.book")
def move_booking(
    actor: Actor,
    now: datetime,
    *,
    visit_id: UUID,
    starts_at: datetime,
    staff_ids: Sequence[UUID],
    why: str = "",
) -> Booked:
    """
    Promise another time instead, if this crew can come then. Whoever had accepted is asked anew.

    :raises NotFound: if there is no such visit of the actor's
    :raises TooSoon: if nobody could get there in time
    :raises GateClosed: naming every rule of the law that keeps the visit from being made
    :raises SlotGone: if one of the crew cannot come then, or may not do this
    :raises TooLateToChange: if a person asks less than four hours before
    :raises AlreadyOnTheWay: if the caregiver is
    """
    check_notice(starts_at, now=now)
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    version = get_version(actor, Purpose.CONTRACT, version_id=promise.service_version_id)
    check_gate(actor, version=version, resident_id=promise.resident_id, on=local(starts_at).date())
    check_crew(staff_ids, people_needed=promise.people_needed)
    job = Job(
        requires=version.requires,
        legal_line=version.legal_line,
        minutes=version.duration_minutes,
        people_needed=promise.people_needed,
        cell=promise.cell,
        wishes=Wishes.of({**promise.wishes, "period": "any"}),  # who chooses a time has changed her mind
    )
    ends_at = starts_at + timedelta(minutes=version.duration_minutes)
    sheets = crew_sheets(actor, staff_ids, starts_at, ends_at)
    wait_for(
        actor,
        cell=promise.cell,
        days=[promise.starts_at, starts_at],
        staff_ids=[*staff_ids, *(one.staff_id for one in promise.crew)],
        visit_id=visit_id,
    )
    check_can_come(actor, now, job=job, sheets=sheets, starts_at=starts_at, without=visit_id)
    visit = visits.move_visit(
        actor,
        now,
        visit_id=visit_id,
        starts_at=starts_at,
        ends_at=ends_at,
        assignments=[(part, one, starts_at, ends_at) for part, one in enumerate(staff_ids, start=1)],
        why=why,
    )
    offers = offers_to_change(actor, visit_id=visit_id)
    withdraw_offers(offers, now, states=list(OfferState))
    return booked(visit)


@command("dispatch.offer")
def offer_visit(actor: Actor, now: datetime, *, visit_id: UUID, part: int | None = None) -> int:
    """
    Ask for the parts that nobody has taken, or go on asking; return how many were asked. Safe to call at any time.

    :raises NotFound: if there is no such visit
    """
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    parts = [part] if part else [one.part for one in promise.crew]
    return sum(len(ask_next(actor, now, visit_id=visit_id, part=one)) for one in parts)


@command("dispatch.accept")
def accept_offer(actor: Actor, now: datetime, *, offer_id: UUID) -> Answered:
    """
    Take what was offered. One wins.

    :raises NotFound: if the offer is not the actor's
    :raises OfferTaken: if somebody has taken the part, herself included
    :raises OfferOver: if the time to answer is over, or the offer was taken back
    :raises GateClosed: naming every rule of the law that keeps the visit from being made, or her from making it
    :raises SlotGone: if she cannot come any more, because of another promise, or leave
    """
    offer = own_offer(actor, offer_id=offer_id)
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=offer.visit_id)
    wait_for(
        actor,
        cell=promise.cell,
        days=[promise.starts_at],
        staff_ids=[offer.staff_id, *(one.staff_id for one in promise.crew)],
        visit_id=offer.visit_id,
    )
    offers = offers_to_change(actor, visit_id=offer.visit_id, part=offer.part)
    offer = next(one for one in offers if one.id == offer_id)
    if any(one.state == OfferState.ACCEPTED for one in offers):
        raise OfferTaken
    if offer.state != OPEN or offer.deadline <= now:
        raise OfferOver
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=offer.visit_id)
    check_may_go(actor, promise=promise, staff_id=offer.staff_id)
    if offer.staff_id not in {one.staff_id for one in promise.crew if one.part == offer.part}:
        check_still_can_come(actor, now, promise=promise, staff_id=offer.staff_id)
    else:
        check_still_there(actor, promise=promise, staff_id=offer.staff_id)
    try:
        visits.accept_assignment(actor, now, visit_id=offer.visit_id, part=offer.part)
    except AlreadyAccepted:
        raise OfferTaken from None
    offer.state, offer.decided_at = OfferState.ACCEPTED.value, now
    offer.save(update_fields=["state", "decided_at"])
    withdraw_offers([one for one in offers if one.id != offer.id], now)
    audit.record("dispatch.offer.accepted", actor=actor, at=now, subject_id=offer.id, fields=["state"])
    return Answered(id=offer.id, visit_id=offer.visit_id, state=offer.state)


@command("dispatch.accept")
def decline_offer(actor: Actor, now: datetime, *, offer_id: UUID, reason: str = "") -> Answered:
    """
    Say no to what was offered. The next are asked; until one takes it, her time stays kept.

    :raises NotFound: if the offer is not the actor's
    :raises OfferOver: if it is not open any more
    """
    offer = own_offer(actor, offer_id=offer_id)
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=offer.visit_id)
    wait_for(actor, cell=promise.cell, days=(), staff_ids=(), visit_id=offer.visit_id)
    [offer] = [one for one in offers_to_change(actor, visit_id=offer.visit_id) if one.id == offer_id]
    if offer.state != OPEN:
        raise OfferOver
    offer.state, offer.decided_at, offer.reason = OfferState.DECLINED.value, now, reason
    offer.save(update_fields=["state", "decided_at", "reason"])
    audit.record(
        "dispatch.offer.declined", actor=actor, at=now, subject_id=offer.id, fields=["state", "reason"]
    )
    events.publish(
        OfferDeclined(visit_id=offer.visit_id, offer_id=offer.id, part=offer.part, at=now), actor=actor
    )
    return Answered(id=offer.id, visit_id=offer.visit_id, state=offer.state)


@command("dispatch.assign")
def assign_by_hand(
    actor: Actor, now: datetime, *, visit_id: UUID, staff_id: UUID, part: int = 1, why: str = ""
) -> UUID:
    """
    Send this caregiver; return the visit's id. What was offered of the part is taken back. Whoever comes already, by
    another dispatcher's word or her own, is not sent again.

    With a reason, wishes, area and travel may be overruled; what the law asks for, and her other promises, may not.

    :raises NotFound: if there is no such visit
    :raises NotSuitable: saying every rule that is against it
    :raises CaregiverBusy: if she is promised elsewhere at that time
    :raises AlreadyOnTheWay: if whoever is there has departed
    """
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    wait_for(
        actor,
        cell=promise.cell,
        days=[promise.starts_at],
        staff_ids=[staff_id, *(one.staff_id for one in promise.crew)],
        visit_id=visit_id,
    )
    crew = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id).crew
    if (part, staff_id, State.ACCEPTED) in [(one.part, one.staff_id, one.state) for one in crew]:
        return visit_id
    found = suitability(actor, Purpose.CONTRACT, visit_id=visit_id, now=now, part=part)
    candidate = next((one for one in found if one.staff_id == staff_id), None)
    if candidate is None:
        raise NotSuitable(_("这个人那天不当班，不能派。换一位，或先给这位排班。"))
    if not candidate.is_suitable and not (why and candidate.may_be_overruled):
        against = "；".join(reason.words for reason in candidate.reasons if not reason.is_met)
        raise NotSuitable(_("{name}不能去：{against}。").format(name=candidate.name, against=against))
    offers = offers_to_change(actor, visit_id=visit_id, part=part)
    time_out(offers, now)
    withdraw_offers(offers, now, states=(OPEN, OfferState.ACCEPTED.value))
    visits.assign(
        actor,
        now,
        visit_id=visit_id,
        part=part,
        staff_id=staff_id,
        state=State.ACCEPTED.value,
        why=why,
    )
    audit.record("dispatch.visit.assigned", actor=actor, at=now, subject_id=visit_id, fields=["staff_id"])
    return visit_id


@command("dispatch.offer")
def find_somebody_else(
    actor: Actor, now: datetime, *, visit_id: UUID, part: int, staff_id: UUID
) -> UUID | None:
    """
    Put the next best in for a part whose caregiver is on leave then, off duty, or may not do it any more, and ask her;
    return whom.

    Where nobody is suitable the promise keeps its caregiver tentatively, and the board shows that nobody takes it.
    Nothing, if she can come after all, has departed, or somebody else is in for it by now.

    :raises NotFound: if there is no such visit
    """
    best = others(actor, now, visit_id=visit_id, part=part, but=staff_id)[:1]
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    wait_for(
        actor,
        cell=promise.cell,
        days=[promise.starts_at],
        staff_ids=[*best, *(one.staff_id for one in promise.crew)],
        visit_id=visit_id,
    )
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    there = next((one for one in promise.crew if one.part == part and one.staff_id == staff_id), None)
    if promise.status is not Status.BOOKED or there is None or there.state not in NOT_YET_OUT:
        return None
    if not cannot_keep(actor, [there]):
        return None
    offers = offers_to_change(actor, visit_id=visit_id, part=part)
    time_out(offers, now)
    withdraw_offers(offers, now, states=(OPEN, OfferState.ACCEPTED.value))
    still = set(others(actor, now, visit_id=visit_id, part=part, but=staff_id))
    chosen = next((one for one in best if one in still), None)
    if chosen:
        visits.assign(actor, now, visit_id=visit_id, part=part, staff_id=chosen)
    else:
        visits.stand_down(actor, now, visit_id=visit_id, part=part)
    ask_next(actor, now, visit_id=visit_id, part=part)
    return chosen


@command("dispatch.offer")
def withdraw_open_offers(actor: Actor, now: datetime, *, visit_id: UUID) -> int:
    """Take back what is still offered of a visit that is no longer to be made; return how many."""
    withdrawn = withdraw_offers(offers_to_change(actor, visit_id=visit_id), now)
    if withdrawn:
        audit.record(
            "dispatch.offer.withdrawn",
            actor=actor,
            at=now,
            subject_id=visit_id,
            fields=["state", "decided_at"],
        )
    return withdrawn
