"""How a version of an order comes to be, and steps into the place of the one before. Only commands use it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from anjia.kernel import audit, events
from anjia.kernel.actors import Actor
from anjia.kernel.database import wait_turn
from anjia.kernel.errors import NotFound
from anjia.kernel.ids import new_id
from anjia.orders.events import OrderChanged
from anjia.orders.models import Order, Question
from anjia.orders.rules.orders import OrderKind, Said, State

DAYS = ("written_on", "drug_expires_on")


def said_of(order: Order) -> Said:
    """Return what the order says, as the rules read it."""
    found: dict[str, Any] = dict(order.said)
    for name in DAYS:
        found[name] = date.fromisoformat(found[name]) if found.get(name) else None
    return Said(**found | {"kind": OrderKind(order.kind)})


def kept(said: Said) -> Mapping[str, Any]:
    """Return what is written down of it, encrypted."""
    return {name: value for name, value in asdict(said).items() if name != "kind"}


def order_to_change(actor: Actor, *, order_id: UUID) -> Order:
    """
    Return the order when the turn of all its versions has come.

    :raises NotFound: if there is none, or it is a stranger's
    """
    rows = Order.objects.filter(organization_id=actor.organization_id, id=order_id)
    root_id = rows.values_list("root_id", flat=True).first()
    if root_id is None:
        raise NotFound
    wait_turn(f"order/{root_id}")
    found = rows.select_for_update().get()
    if not actor.sees(found.resident_id):
        raise NotFound
    return found


def last_number(root_id: UUID) -> int:
    numbers = Order.objects.filter(root_id=root_id).order_by("-number").values_list("number", flat=True)
    return numbers.first() or 0


def new_version(
    actor: Actor,
    now: datetime,
    *,
    of: Order | None,
    resident_id: UUID,
    service_code: str,
    said: Said,
    valid_from: date,
    valid_until: date,
    **more: Any,
) -> Order:
    """Write a version down: the first, or the next `of` an order."""
    order_id = new_id()
    root_id = of.root_id if of else order_id
    order = Order(
        id=order_id,
        organization_id=actor.organization_id,
        resident_id=resident_id,
        root_id=root_id,
        number=last_number(root_id) + 1,
        kind=said.kind.value,
        service_code=service_code,
        said=kept(said),
        valid_from=valid_from,
        valid_until=valid_until,
        entered_by=actor.user_id,
        entered_at=now,
    )
    for name, value in more.items():
        setattr(order, name, value)
    return order


def step_aside(actor: Actor, now: datetime, *, root_id: UUID, state: State, why: str = "") -> None:
    """Let the version that is in this state give way to the next: it stays, and says so."""
    for before in Order.objects.filter(root_id=root_id, state=state.value).select_for_update():
        close(actor, now, before, State.CHANGED, why)


def is_corrected(actor: Actor, *, root_id: UUID) -> bool:
    """Say whether a version of it waits for a doctor."""
    rows = Order.objects.filter(organization_id=actor.organization_id, root_id=root_id)
    return rows.filter(state=State.DRAFT.value).exists()


def close(actor: Actor, now: datetime, order: Order, state: State, why: str) -> None:
    order.state, order.closed_by, order.closed_at, order.closed_why = state.value, actor.user_id, now, why
    order.save(update_fields=["state", "closed_by", "closed_at", "closed_why"])


def say(actor: Actor, now: datetime, order: Order, what: str, *fields: str) -> None:
    """Leave an audit entry, and tell."""
    audit.record(f"orders.order.{what}", actor=actor, at=now, subject_id=order.id, fields=sorted(fields))
    events.publish(
        OrderChanged(order_id=order.id, resident_id=order.resident_id, state=order.state, at=now), actor=actor
    )


def question_to_change(actor: Actor, question_id: UUID) -> Question:
    """:raises NotFound: if there is no such question, or it is none of her business"""
    rows = Question.objects.select_for_update().filter(organization_id=actor.organization_id, id=question_id)
    found = rows.first()
    if found is None or not actor.sees(found.resident_id):
        raise NotFound
    return found
