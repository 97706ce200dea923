"""Asking caregivers wave by wave, until one takes a part or a dispatcher has to decide. Only commands call it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.dispatch.checking import wait_for
from anjia.dispatch.events import NobodyTookIt, OfferMade
from anjia.dispatch.models import OPEN, Offer
from anjia.dispatch.queries import Candidate, suitability
from anjia.dispatch.rules import OfferState, answer_by, size_of_wave
from anjia.kernel import audit, events, live
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound
from anjia.messaging.queries import quiet_hours_of
from anjia.visits import commands as visits
from anjia.visits.queries import Busy, Promise, get_promise
from anjia.visits.rules.because import How
from anjia.visits.rules.lifecycle import CaregiverBusy, SameCaregiverTwice, State, Status
from anjia.workforce.queries import get_staff_member

OVER = {OfferState.TIMED_OUT, OfferState.DECLINED}


def own_offer(actor: Actor, *, offer_id: UUID) -> Offer:
    """:raises NotFound: if the offer is not the actor's, or there is none"""
    rows = Offer.objects.filter(organization_id=actor.organization_id, id=offer_id)
    offer = rows.first()
    if offer is None or offer.staff_id != actor.staff_id:
        raise NotFound
    return offer


def offers_to_change(actor: Actor, *, visit_id: UUID, part: int | None = None) -> list[Offer]:
    """Return the visit's offers and hold their rows. Call with the visit's turn held."""
    rows = Offer.objects.filter(organization_id=actor.organization_id, visit_id=visit_id)
    if part:
        rows = rows.filter(part=part)
    return list(rows.select_for_update().order_by("id"))


def withdraw_offers(offers: Iterable[Offer], now: datetime, *, states: Sequence[str] = (OPEN,)) -> int:
    """Take back what is still open (or in `states`); return how many."""
    ids = [offer.id for offer in offers if offer.state in states]
    return Offer.objects.filter(id__in=ids).update(state=OfferState.WITHDRAWN.value, decided_at=now)


def ask_next(actor: Actor, now: datetime, *, visit_id: UUID, part: int) -> list[Offer]:
    """
    Go on asking for a part if nobody is being asked: first whose time is kept, then wave by wave who suits best.

    Where nobody is left, the promise keeps its tentative caregiver, and a dispatcher is told.
    """
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    first = first_to_ask(actor, now, promise=promise, part=part)
    wait_for(
        actor,
        cell=promise.cell,
        days=[promise.starts_at],
        staff_ids=[*first, *(one.staff_id for one in promise.crew)],
        visit_id=visit_id,
    )
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    there = next((one for one in promise.crew if one.part == part), None)
    offers = offers_to_change(actor, visit_id=visit_id, part=part)
    time_out(offers, now)
    if promise.status is not Status.BOOKED or there is None or there.state is not State.TENTATIVE:
        withdraw_offers(offers, now)
        return []
    if any(offer.state == OPEN for offer in offers):
        return []
    # What was withdrawn was for another time, or decided otherwise: asking begins anew.
    wave = max((offer.wave for offer in offers if offer.state in OVER), default=0) + 1
    asked = whom_to_ask(actor, now, promise=promise, there=there, offers=offers, wave=wave)
    if not asked:
        nobody_took_it(actor, now, promise=promise, part=part)
        return []
    keep_time_of(actor, now, promise=promise, there=there, asked=asked, held=first)
    return [make_offer(actor, now, promise=promise, part=part, to=one, wave=wave) for one in asked]


def time_out(offers: Iterable[Offer], now: datetime) -> None:
    for offer in offers:
        if offer.state == OPEN and offer.deadline <= now:
            offer.state, offer.decided_at = OfferState.TIMED_OUT.value, now
            offer.save(update_fields=["state", "decided_at"])


def whom_to_ask(
    actor: Actor, now: datetime, *, promise: Promise, there: Busy, offers: Sequence[Offer], wave: int
) -> list[Candidate]:
    """Return who is asked in this wave: nobody twice, nobody who is not suitable; first whose time is kept."""
    found = suitability(actor, Purpose.CONTRACT, visit_id=promise.id, now=now, part=there.part)
    asked_before = {offer.staff_id for offer in offers if offer.state != OfferState.WITHDRAWN}
    # Who is on standby is sent by a person: she is kept for whoever drops out.
    fresh = [
        one
        for one in found
        if one.is_suitable
        and one.staff_id not in asked_before
        and (one.staff_id == there.staff_id or not one.is_standby)
    ]
    kept = [one for one in fresh if one.staff_id == there.staff_id]
    return kept if wave == 1 and kept else fresh[: size_of_wave(wave)]


def others(actor: Actor, now: datetime, *, visit_id: UUID, part: int, but: UUID) -> list[Candidate]:
    """Return who else is suitable for the part and has not said no to it, the most suitable first."""
    rows = Offer.objects.filter(organization_id=actor.organization_id, visit_id=visit_id, part=part)
    said_no = set(rows.filter(state__in=[state.value for state in OVER]).values_list("staff_id", flat=True))
    found = suitability(actor, Purpose.CONTRACT, visit_id=visit_id, now=now, part=part)
    return [
        one for one in found if one.is_suitable and not one.is_standby and one.staff_id not in said_no | {but}
    ]


def first_to_ask(actor: Actor, now: datetime, *, promise: Promise, part: int) -> list[UUID]:
    """
    Return who is likely to be given the time, to wait for her turn with all the others.

    Whether she still is, is seen when her turn has come. While somebody is being asked, nobody is.
    """
    rows = Offer.objects.filter(organization_id=actor.organization_id, visit_id=promise.id, part=part)
    offers = list(rows.exclude(state=OfferState.WITHDRAWN.value).order_by("id"))
    there = next((one for one in promise.crew if one.part == part), None)
    if there is None or not offers or any(one.state == OPEN and one.deadline > now for one in offers):
        return []
    wave = max(offer.wave for offer in offers) + 1
    asked = whom_to_ask(actor, now, promise=promise, there=there, offers=offers, wave=wave)
    return [one.staff_id for one in asked[:1]]


def keep_time_of(
    actor: Actor,
    now: datetime,
    *,
    promise: Promise,
    there: Busy,
    asked: Sequence[Candidate],
    held: Sequence[UUID],
) -> None:
    """Move the tentative assignment to the first who is asked, so that the promise stays feasible."""
    if any(one.staff_id == there.staff_id for one in asked) or asked[0].staff_id not in held:
        return
    try:
        visits.assign(
            actor,
            now,
            visit_id=promise.id,
            part=there.part,
            staff_id=asked[0].staff_id,
            why=_("上一位没有接，换一位问"),
            how=How.NEXT,
            minutes=asked[0].minutes_there,
        )
    except (CaregiverBusy, SameCaregiverTwice):
        return  # promised elsewhere at this very moment: whoever accepts first takes the place


def make_offer(
    actor: Actor, now: datetime, *, promise: Promise, part: int, to: Candidate, wave: int
) -> Offer:
    staff = get_staff_member(actor, Purpose.CONTRACT, staff_id=to.staff_id)
    quiet = quiet_hours_of(actor, Purpose.CONTRACT, party_id=staff.account_id or staff.id)
    offer = Offer.objects.create(
        organization_id=actor.organization_id,
        visit_id=promise.id,
        part=part,
        staff_id=to.staff_id,
        wave=wave,
        made_at=now,
        deadline=answer_by(promise.starts_at, quiet, now=now),
        score=to.score,
        because=[reason.words[:200] for reason in to.reasons],
    )
    audit.record("dispatch.offer.made", actor=actor, at=now, subject_id=offer.id)
    events.publish(
        OfferMade(
            visit_id=promise.id, offer_id=offer.id, staff_id=to.staff_id, deadline=offer.deadline, at=now
        ),
        actor=actor,
    )
    live.tell(topic="offers", subject_id=promise.id)
    return offer


def nobody_took_it(actor: Actor, now: datetime, *, promise: Promise, part: int) -> None:
    if part in promise.unclaimed_parts:
        return
    visits.mark_unclaimed(actor, now, visit_id=promise.id, part=part)
    events.publish(NobodyTookIt(visit_id=promise.id, part=part, at=now), actor=actor)
