"""Who is asked for what, and what they said."""

from datetime import datetime, timedelta
from uuid import UUID

from anjia.dispatch.matching import place_of
from anjia.dispatch.models import OPEN, Offer
from anjia.dispatch.rules import pay_of
from anjia.dispatch.shapes import OfferCard, OfferRow
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.residents.queries import get_addresses
from anjia.visits.queries import get_promises
from anjia.visits.rules.arrival import distance_m
from anjia.visits.rules.door import area_of, wishes_for_all
from anjia.workforce.queries import caregivers_on, staff_names


def offers_of(
    actor: Actor, purpose: Purpose, *, now: datetime, staff_id: UUID | None = None
) -> list[OfferCard]:
    """
    Return what a caregiver is asked and can still answer, the most urgent first: herself, or for dispatchers another.

    :raises NotAllowed: if it is somebody else's and the actor does not assign
    """
    whose = staff_id or actor.staff_id
    if whose is None or (whose != actor.staff_id and not actor.may("dispatch.assign")):
        raise NotAllowed
    mine = Offer.objects.filter(organization_id=actor.organization_id, staff_id=whose, state=OPEN)
    offers = list(mine.filter(deadline__gt=now).order_by("deadline", "id")[:50])
    if not offers:
        return []
    promises = get_promises(actor, purpose, visit_ids={offer.visit_id for offer in offers})
    addresses = get_addresses(
        actor, purpose, address_ids={promise.address_id for promise in promises.values()}
    )
    crew = {one.staff_id for promise in promises.values() for one in promise.crew}
    names = staff_names(actor, purpose, staff_ids=crew)
    first = min(promise.starts_at for promise in promises.values())
    sheets = caregivers_on(actor, purpose, start=first, end=first + timedelta(days=1), staff_ids=[whose])
    base = sheets[0].base if sheets else None
    cards = []
    for offer in offers:
        promise = promises[offer.visit_id]
        place = place_of(promise.cell)
        cards.append(
            OfferCard(
                id=offer.id,
                visit_id=promise.id,
                service_name=promise.service_name,
                starts_at=promise.starts_at,
                ends_at=promise.ends_at,
                area=area_of(addresses[promise.address_id].text),
                distance_km=round(distance_m(base, place) / 1000, 1) if base and place else None,
                pay_fen=pay_of(promise.price_fen, promise.people_needed),
                deadline=offer.deadline,
                with_whom=[names[one.staff_id] for one in promise.crew if one.part != offer.part],
                wishes=wishes_for_all(promise.wishes),
            )
        )
    return cards


def offers_for(actor: Actor, purpose: Purpose, *, visit_id: UUID) -> list[OfferRow]:
    """
    Return who was asked for the visit, in order, and what they said.

    :raises NotAllowed: if the actor does not assign
    """
    if not actor.may("dispatch.assign"):
        raise NotAllowed
    rows = Offer.objects.filter(organization_id=actor.organization_id, visit_id=visit_id)
    offers = list(rows.order_by("part", "made_at", "id"))
    names = staff_names(actor, purpose, staff_ids={offer.staff_id for offer in offers})
    return [
        OfferRow(
            id=offer.id,
            part=offer.part,
            staff_id=offer.staff_id,
            name=names.get(offer.staff_id, ""),
            wave=offer.wave,
            state=offer.state,
            made_at=offer.made_at,
            deadline=offer.deadline,
            decided_at=offer.decided_at,
            reason=offer.reason,
            because=offer.because,
        )
        for offer in offers
    ]


def is_still_offered(
    actor: Actor, purpose: Purpose, *, series_id: UUID, visit_id: UUID, now: datetime
) -> bool:
    """Say whether any of those who were asked for this visit of a series can still answer for another of it."""
    ours = Offer.objects.filter(organization_id=actor.organization_id)
    asked = ours.filter(visit_id=visit_id).values("staff_id")
    still = ours.filter(staff_id__in=asked, state=OPEN, deadline__gt=now).exclude(visit_id=visit_id)
    promises = get_promises(actor, purpose, visit_ids=set(still.values_list("visit_id", flat=True)))
    return any(one.series_id == series_id for one in promises.values())


def overdue_offers(
    actor: Actor, purpose: Purpose, *, now: datetime, size: int = 200
) -> list[tuple[UUID, UUID, int]]:
    """Return (organization, visit, part) of those whose offers nobody answered in time, the oldest first."""
    overdue = Offer.objects.filter(state=OPEN, deadline__lte=now).order_by("deadline")
    rows = overdue.values_list("organization_id", "visit_id", "part")[:size]
    return list(dict.fromkeys(rows))
