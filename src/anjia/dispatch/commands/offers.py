"""Asking caregivers, and what they answer."""

from datetime import datetime
from uuid import UUID

from anjia.dispatch.asking import ask_next, offers_to_change, own_offer, withdraw_offers
from anjia.dispatch.checking import check_may_go, check_still_can_come, check_still_there, wait_for
from anjia.dispatch.events import OfferDeclined
from anjia.dispatch.models import OPEN
from anjia.dispatch.queries import Answered
from anjia.dispatch.rules import OfferOver, OfferState, OfferTaken
from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import command
from anjia.visits import commands as visits
from anjia.visits.queries import get_promise
from anjia.visits.rules.lifecycle import AlreadyAccepted


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
        minutes = check_still_can_come(actor, now, promise=promise, staff_id=offer.staff_id)
    else:  # why it is she was kept when she was put in
        minutes = None
        check_still_there(actor, promise=promise, staff_id=offer.staff_id)
    try:
        visits.accept_assignment(actor, now, visit_id=offer.visit_id, part=offer.part, minutes=minutes)
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
