"""How long it takes from the street to a door, as somebody has said."""

from collections.abc import Collection
from uuid import UUID

from anjia.kernel.actors import Actor, Purpose
from anjia.residents.models import Address


def access_said(actor: Actor, purpose: Purpose, *, address_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return the minutes of those of these doors that somebody has spoken of, in one statement."""
    rows = Address.objects.filter(
        organization_id=actor.organization_id, id__in=set(address_ids), access_said__isnull=False
    ).values_list("id", "resident_id", "access_said")
    return {
        address_id: said
        for address_id, resident_id, said in rows
        if said is not None and actor.sees(resident_id)
    }
