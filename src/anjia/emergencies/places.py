"""Where somebody has to go. A cry for help is never refused because we cannot say where: then it says nothing."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import DomainError
from anjia.residents.queries import addresses_of, get_address
from anjia.visits.queries import get_promise, live_assignments

AROUND: Final = timedelta(hours=1)


def home_of(actor: Actor, *, resident_id: UUID) -> str:
    """Return where the resident lives, with what her door needs; "" while nobody has said."""
    addresses = addresses_of(actor, Purpose.VITAL, resident_id=resident_id)
    return as_line(addresses[0]) if addresses else ""


def place_of_visit(actor: Actor, *, visit_id: UUID) -> str:
    """Return where the visit is, "" where the actor has no business with it."""
    try:
        promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
        actor = actor.let_see(promise.resident_id)
        return as_line(get_address(actor, Purpose.CONTRACT, address_id=promise.address_id))
    except DomainError:
        return ""


def visit_now(actor: Actor, *, staff_id: UUID, now: datetime) -> UUID | None:
    """Return the visit that the member of staff is at, or between which she is."""
    around = live_assignments(
        actor, Purpose.CONTRACT, staff_ids=[staff_id], start=now - AROUND, end=now + AROUND, now=now
    )
    nearest = sorted(around, key=lambda one: max(one.starts_at - now, now - one.ends_at))
    return nearest[0].visit_id if nearest else None


def is_hers(actor: Actor, *, visit_id: UUID, staff_id: UUID) -> bool:
    """Say whether she is in for the visit."""
    try:
        promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    except DomainError:
        return False
    return any(one.staff_id == staff_id for one in promise.crew)


def as_line(address: Any) -> str:
    return f"{address.text} {address.note or ''}".strip()
