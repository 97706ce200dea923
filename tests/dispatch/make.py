"""Dispatch's makers: a town, and the ways of its people."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from anjia.dispatch.commands import confirm_hold, hold_slot
from anjia.dispatch.models import Offer
from anjia.dispatch.queries import Hold, OfferCard, Slots, offers_of, slots_for
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import acting
from anjia.residents.models import Resident
from anjia.visits.models import Visit
from tests.make import NOON, deliver_events
from tests.visits.make import Town, at, id_of

TOMORROW = date(2026, 3, 3)


def slots(town: Town, resident: Resident, *, actor: Actor | None = None, **says: Any) -> Slots:
    sound: dict[str, Any] = {
        "service_code": "wound",
        "resident_id": resident.id,
        "first_day": TOMORROW,
        "days": 1,
        "now": NOON,
    }
    if "address_id" not in says:
        sound["address_id"] = town.address(resident).id
    return acting(actor or town.desk, NOON).ask(slots_for, Purpose.CONTRACT, **sound | says)


def times(found: Slots, day: int = 0) -> list[datetime]:
    return [slot.starts_at for slot in found.days[day].slots]


def hold(
    town: Town, resident: Resident, *nurses: Actor, by: Actor | None = None, now: datetime = NOON, **says: Any
) -> Hold:
    sound: dict[str, Any] = {
        "service_code": "wound" if len(nurses) < 2 else "bath",
        "resident_id": resident.id,
        "address_id": town.address(resident).id,
        "starts_at": at(10),
        "staff_ids": [id_of(nurse) for nurse in nurses],
    }
    return acting(by or town.desk, now).do(hold_slot, **sound | says)


def booking(town: Town, resident: Resident, *nurses: Actor, **says: Any) -> UUID:
    """Hold, confirm, and let the events be heard: the first is asked."""
    held = hold(town, resident, *nurses, **says)
    acting(town.desk, NOON).do(confirm_hold, hold_id=held.id)
    deliver_events(town.desk, now=NOON)
    return held.id


def offers(nurse: Actor, *, now: datetime = NOON) -> list[OfferCard]:
    return acting(nurse, now).ask(offers_of, Purpose.CONTRACT, now=now)


def states(town: Town, visit_id: UUID) -> dict[UUID, str]:
    """Return how it stands with each caregiver's last offer."""

    def everything(_: Actor) -> dict[UUID, str]:
        rows = Offer.objects.filter(visit_id=visit_id).order_by("made_at", "id")
        return {row.staff_id: row.state for row in rows}

    return acting(town.system, NOON).ask(everything)


def visit_of(town: Town, visit_id: UUID) -> Visit:
    return acting(town.system, NOON).ask(lambda _: Visit.objects.get(id=visit_id))
