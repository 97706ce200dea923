"""How long it takes from the street to a door."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.residents.events import AccessChanged
from anjia.residents.models import Address
from anjia.residents.queries import get_address
from anjia.residents.rules.access import check_access


@command("residents.add_address")
def set_access(
    actor: Actor, now: datetime, *, resident_id: UUID, address_id: UUID, minutes: int | None
) -> Address:
    """
    Say how many minutes it takes from the street to the door, whatever arrivals show; None lets them show it again.

    :raises NotFound: if the actor has no business with the resident, or the address is not hers
    :raises AccessInvalid: if nobody takes so long
    """
    address = get_address(actor, Purpose.CONTRACT, address_id=address_id)
    if address.resident_id != resident_id:
        raise NotFound
    check_access(minutes)
    address.access_said = minutes
    address.save(update_fields=["access_said"])
    audit.record(
        "residents.address.changed", actor=actor, at=now, subject_id=resident_id, fields=["access_said"]
    )
    events.publish(AccessChanged(address_id=address_id, at=now), actor=actor)
    return address


@command("residents.add_address")
def keep_access(actor: Actor, now: datetime, *, learnt: Mapping[UUID, tuple[int, int]]) -> dict[UUID, int]:
    """
    Write down what arrivals have shown of these doors: minutes, and of how many. Return the minutes of those that are
    otherwise to be reckoned with now. What somebody has said of a door stays.
    """
    rows = list(
        Address.objects.select_for_update().filter(organization_id=actor.organization_id, id__in=list(learnt))
    )
    changed = {}
    for address in rows:
        before, (minutes, trips) = address.access_minutes, learnt[address.id]
        if (address.access_learnt, address.access_trips) == (minutes, trips):
            continue
        address.access_learnt, address.access_trips, address.access_learnt_at = minutes, trips, now
        address.save(update_fields=["access_learnt", "access_trips", "access_learnt_at"])
        if address.access_minutes != before:
            changed[address.id] = address.access_minutes
    if changed:
        audit.record(
            "residents.address.changed",
            actor=actor,
            at=now,
            subject_id=actor.organization_id,
            fields=["access_learnt"],
        )
    return changed
