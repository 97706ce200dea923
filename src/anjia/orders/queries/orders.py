"""Orders as they are asked for: by the gate, on her file, by whoever has to confirm them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from anjia.catalogue.queries import services_offered
from anjia.kernel import access
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.files import content_of
from anjia.kernel.paging import Page, page_of
from anjia.orders.doctors import family_doctor_of, practising_doctors
from anjia.orders.models import Order
from anjia.orders.rules.orders import State
from anjia.orders.showing import OrderLine, order_lines
from anjia.residents.queries import get_resident

STANDS: Final = [State.DRAFT.value, State.CONFIRMED.value]
LATEST: Final = ("-entered_at", "-id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What a form for an order needs: whose it is, and which services ask for one."""

    resident_id: UUID
    resident: str
    services: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersPage:
    """Her orders, and who her family doctor is."""

    resident_id: UUID
    resident: str
    page: Page[OrderLine]
    reads: bool
    doctors: Sequence[tuple[UUID, str]]
    family_doctor_id: UUID | None
    family_doctor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """An order with its versions, the latest first."""

    order: OrderLine
    versions: Sequence[OrderLine]
    resident: str


def standing_orders(
    actor: Actor, purpose: Purpose, *, resident_ids: Collection[UUID], service_codes: Collection[str]
) -> list[Order]:
    """Return the orders that let services be done or soon may: for the gate, which looks at their days alone."""
    rows = Order.objects.filter(
        organization_id=actor.organization_id,
        resident__in=resident_ids,
        service_code__in=service_codes,
        state__in=STANDS,
    )
    return list(rows.defer("said", "why", "closed_why").order_by("valid_from", "id"))


def services_with_orders(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> Beginning:
    """
    Return what a form for her order needs: the services that are done on an order first, then the others.

    :raises NotFound: if the actor has no business with the resident
    :raises NotAllowed: if she may not enter orders
    """
    if not actor.may("orders.enter"):
        raise NotAllowed
    resident = get_resident(actor, purpose, resident_id=resident_id)
    offered = sorted(services_offered(actor, purpose, mode="home"), key=lambda one: not one.needs_order)
    return Beginning(
        resident_id=resident_id,
        resident=resident.name,
        services=[(one.code, one.name) for one in offered],
    )


def orders_of_resident(
    actor: Actor,
    purpose: Purpose,
    *,
    resident_id: UUID,
    now: datetime,
    after: str | None = None,
    size: int = 20,
) -> OrdersPage:
    """
    Return her orders, the latest first. What they say is for herself, and for those who care for her; others who book
    for her see for what service there is one, until when, and how it stands.

    :raises NotFound: if the actor has no business with the resident
    :raises NotAllowed: if she may neither read orders nor enter them
    """
    reads = _check_may_look(actor)
    resident = get_resident(actor, purpose, resident_id=resident_id)
    rows = Order.objects.filter(organization_id=actor.organization_id, resident=resident_id)
    found = page_of(rows, order=LATEST, after=after, size=size)
    if reads:
        access.note(actor, purpose, resident_ids=[resident_id], what="orders.orders")
    doctors = practising_doctors(actor, now) if actor.kind is not Kind.PERSON else {}
    hers = family_doctor_of(actor, resident_id)
    return OrdersPage(
        resident_id=resident_id,
        resident=resident.name,
        page=Page(order_lines(actor, purpose, found.items, reads=reads), found.next),
        reads=reads,
        doctors=sorted(doctors.items(), key=lambda one: one[1]),
        family_doctor_id=hers,
        family_doctor=doctors.get(hers, "") if hers else "",
    )


def orders_waiting(
    actor: Actor, purpose: Purpose, *, after: str | None = None, size: int = 20
) -> Page[OrderLine]:
    """
    Return what waits for a doctor's confirmation, the longest first.

    :raises NotAllowed: without `orders.confirm`
    """
    if not actor.may("orders.confirm"):
        raise NotAllowed
    rows = Order.objects.filter(organization_id=actor.organization_id, state=State.DRAFT.value)
    found = page_of(rows, order=("entered_at", "id"), after=after, size=size)
    access.note(actor, purpose, resident_ids={one.resident_id for one in found.items}, what="orders.orders")
    return Page(order_lines(actor, purpose, found.items), found.next)


def order_page(actor: Actor, purpose: Purpose, *, order_id: UUID) -> OrderPage:
    """
    Return an order and all its versions.

    :raises NotFound: if there is none, or it is a stranger's
    :raises NotAllowed: if the actor may neither read orders nor enter them
    """
    reads = _check_may_look(actor)
    order = _order(actor, order_id)
    if reads:
        access.note(actor, purpose, resident_ids=[order.resident_id], what="orders.orders")
    rows = Order.objects.filter(organization_id=actor.organization_id, root_id=order.root_id)
    versions = order_lines(actor, purpose, list(rows.order_by("-number")), reads=reads)
    line = next(one for one in versions if one.id == order_id)
    return OrderPage(order=line, versions=versions, resident=line.resident)


def original_of(actor: Actor, purpose: Purpose, *, order_id: UUID) -> tuple[str, bytes]:
    """
    Return content type and bytes of the photo of an order's original.

    :raises NotFound: if there is no such order, or it has none
    :raises NotAllowed: without `orders.read`
    """
    order = _order(actor, order_id)
    if not actor.may("orders.read"):
        raise NotAllowed
    if order.file_id is None:
        raise NotFound
    access.note(actor, purpose, resident_ids=[order.resident_id], what="orders.original")
    return content_of(actor, purpose, file_id=order.file_id)


def _check_may_look(actor: Actor) -> bool:
    """Return whether she may read what orders say. :raises NotAllowed: if she has nothing to do with them"""
    if not (actor.may("orders.read") or actor.may("orders.enter")):
        raise NotAllowed
    return actor.may("orders.read")


def _order(actor: Actor, order_id: UUID) -> Order:
    found = Order.objects.filter(organization_id=actor.organization_id, id=order_id).first()
    if found is None or not actor.sees(found.resident_id):
        raise NotFound
    return found
