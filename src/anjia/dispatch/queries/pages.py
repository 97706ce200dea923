"""What the console's pages of dispatch show, each in one unit of work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from anjia.catalogue.queries import get_version, services_offered
from anjia.dispatch.matching import besides
from anjia.dispatch.queries.candidates import suitability
from anjia.dispatch.queries.offers import offers_for
from anjia.dispatch.queries.slots import slots_for
from anjia.dispatch.rules import to_heed
from anjia.dispatch.shapes import Candidate, OfferRow, Slots
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotAllowed
from anjia.residents.queries import addresses_of, get_resident
from anjia.visits.queries import VisitPage, get_promise, get_visit_page, others_that_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    value: str
    words: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingPage:
    """Booking for a caller: what can be chosen, what is chosen, and the times that this leaves."""

    resident_id: UUID
    resident: str
    services: Sequence[Choice]
    addresses: Sequence[Choice]
    service_code: str
    address_id: str
    slots: Slots | None
    heed: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MovingPage:
    visit: VisitPage
    resident: str
    slots: Slots
    heed: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitAndResident:
    visit: VisitPage
    resident: str
    heed: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssigningPage:
    """A visit's part, who could take it, and who was asked."""

    visit: VisitPage
    resident: str
    part: int
    parts: Sequence[int]
    candidates: Sequence[Candidate]
    offers: Sequence[OfferRow]
    heed: Sequence[str]

    @property
    def is_settled(self) -> bool:
        """Say whether somebody has said yes, or been sent: then nobody else is asked."""
        return any(one.is_settled for one in self.candidates)


def booking_page(
    actor: Actor,
    purpose: Purpose,
    *,
    resident_id: UUID,
    service_code: str,
    address_id: UUID | None,
    first_day: date,
    days: int,
    wishes: Mapping[str, Any],
    now: datetime,
) -> BookingPage:
    """
    Return the page for booking on somebody's behalf; with a service and an address, the times too.

    :raises NotFound: if the resident is a stranger
    :raises NotAllowed: if the actor may not book
    """
    if not actor.may("dispatch.book"):
        raise NotAllowed
    resident = get_resident(actor, purpose, resident_id=resident_id)
    services = services_offered(actor, purpose, mode="home")
    addresses = addresses_of(actor, purpose, resident_id=resident_id)
    chosen = address_id or (addresses[0].id if addresses else None)
    slots = None
    if service_code and chosen:
        slots = slots_for(
            actor,
            purpose,
            service_code=service_code,
            resident_id=resident_id,
            address_id=chosen,
            first_day=first_day,
            days=days,
            wishes=wishes,
            now=now,
        )
    return BookingPage(
        resident_id=resident_id,
        resident=resident.name,
        services=[Choice(value=one.code, words=one.name, note=one.summary) for one in services],
        addresses=[Choice(value=str(one.id), words=one.text) for one in addresses],
        service_code=service_code,
        address_id=str(chosen or ""),
        slots=slots,
        heed=to_heed(
            needs_order=any(one.needs_order for one in services if one.code == service_code),
            is_on_the_map=not slots or any(one.cell for one in addresses if one.id == chosen),
        ),
    )


def moving_page(
    actor: Actor,
    purpose: Purpose,
    *,
    visit_id: UUID,
    first_day: date,
    days: int,
    wishes: Mapping[str, Any],
    now: datetime,
) -> MovingPage:
    """
    Return the visit, and the times that it could be moved to.

    :raises NotFound: if there is no such visit
    :raises NotAllowed: if the actor may not book
    """
    if not actor.may("dispatch.book"):
        raise NotAllowed
    visit = get_visit_page(actor, purpose, visit_id=visit_id, now=now)
    promise = get_promise(actor, purpose, visit_id=visit_id)
    version = get_version(actor, purpose, version_id=promise.service_version_id)
    slots = slots_for(
        actor,
        purpose,
        service_code=version.code,
        resident_id=visit.resident_id,
        address_id=visit.address_id,
        first_day=first_day,
        days=days,
        wishes=wishes,
        now=now,
        moving=visit_id,
    )
    resident = get_resident(actor, purpose, resident_id=visit.resident_id)
    heed = to_heed(needs_order=version.needs_order, is_on_the_map=bool(promise.cell))
    return MovingPage(visit=visit, resident=resident.name, slots=slots, heed=heed)


def visit_and_resident(actor: Actor, purpose: Purpose, *, visit_id: UUID, now: datetime) -> VisitAndResident:
    """
    Return a visit, or a hold, and whose it is.

    :raises NotFound: if there is no such visit
    """
    visit = get_visit_page(actor, purpose, visit_id=visit_id, now=now)
    resident = get_resident(actor, purpose, resident_id=visit.resident_id)
    return VisitAndResident(
        visit=visit, resident=resident.name, heed=heed_of(actor, purpose, visit_id=visit_id)
    )


def heed_of(actor: Actor, purpose: Purpose, *, visit_id: UUID) -> list[str]:
    """
    Return what of a visit is not checked here, or only assumed, in words for whoever looks at it.

    :raises NotFound: if there is no such visit
    """
    promise = get_promise(actor, purpose, visit_id=visit_id)
    version = get_version(actor, purpose, version_id=promise.service_version_id)
    others = others_that_day(
        actor, purpose, resident_id=promise.resident_id, day=day_of(promise.starts_at), but=visit_id
    )
    beside = besides(others, service_code=version.code, span=(promise.starts_at, promise.ends_at))
    return to_heed(needs_order=version.needs_order, is_on_the_map=bool(promise.cell), beside=beside)


def assigning_page(
    actor: Actor, purpose: Purpose, *, visit_id: UUID, part: int, now: datetime
) -> AssigningPage:
    """
    Return who is suitable for a part of the visit and who was asked.

    :raises NotFound: if there is no such visit
    :raises NotAllowed: if the actor does not assign
    """
    candidates = suitability(actor, purpose, visit_id=visit_id, now=now, part=part)
    visit = get_visit_page(actor, purpose, visit_id=visit_id, now=now)
    resident = get_resident(actor, purpose, resident_id=visit.resident_id)
    offers = [one for one in offers_for(actor, purpose, visit_id=visit_id) if one.part == part]
    return AssigningPage(
        visit=visit,
        resident=resident.name,
        part=part,
        parts=[one.part for one in visit.caregivers],
        candidates=candidates,
        offers=offers,
        heed=heed_of(actor, purpose, visit_id=visit_id),
    )
