"""A resident, and what belongs to her."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import F

from anjia.kernel import access
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.encryption import mac
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.models import RecordAccess
from anjia.kernel.paging import Page
from anjia.kernel.prepared import Prepared
from anjia.residents.models import Address, Consent, Grant, Phone, RelatedPerson, Resident
from anjia.residents.rules import read_card
from anjia.residents.rules.deaths import ResidentHasDied

ADDRESS: Final = Prepared(
    lambda asked: Address.objects.filter(organization_id=asked.house, id=asked.address_id)
)
TO_VISIT: Final[Prepared[Any]] = Prepared(
    lambda asked: Address.objects.filter(organization_id=asked.house, id=asked.address_id).annotate(
        died_at=F("resident__died_at")
    )
)
ADDRESSES: Final = Prepared(
    lambda asked: Address.objects.filter(organization_id=asked.house, resident_id=asked.resident_id).order_by(
        "-is_main", "-added_at", "id"
    )
)


def get_resident(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> Resident:
    """
    Return the resident, if the actor has business with her.

    Whoever goes on to read her record checks consent and notes the reading: this alone is a name on a list.

    :raises NotFound: also when she belongs to another organization, so as not to say she exists
    """
    if not actor.sees(resident_id):
        raise NotFound
    found = Resident.objects.filter(organization_id=actor.organization_id, id=resident_id).first()
    if found is None:
        raise NotFound
    return found


def get_residents(actor: Actor, purpose: Purpose, *, resident_ids: Iterable[UUID]) -> dict[UUID, Resident]:
    """Return those of these residents that the actor may see, in one statement."""
    seen = [resident_id for resident_id in set(resident_ids) if actor.sees(resident_id)]
    rows = Resident.objects.filter(organization_id=actor.organization_id, id__in=seen)
    return {row.id: row for row in rows}


def resident_names(actor: Actor, purpose: Purpose, *, resident_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of those of these residents that the actor may see, in one statement."""
    seen = [resident_id for resident_id in set(resident_ids) if actor.sees(resident_id)]
    rows = Resident.objects.filter(organization_id=actor.organization_id, id__in=seen)
    return dict(rows.values_list("id", "name"))


def get_address(actor: Actor, purpose: Purpose, *, address_id: UUID) -> Address:
    """:raises NotFound: also when it is of somebody whom the actor has no business with"""
    found = ADDRESS.first(house=actor.organization_id, address_id=address_id)
    if found is None or not actor.sees(found.resident_id):
        raise NotFound
    return found


def address_to_visit(actor: Actor, purpose: Purpose, *, address_id: UUID) -> Address:
    """
    Return where somebody is to be sent.

    :raises NotFound: also when it is of somebody whom the actor has no business with
    :raises ResidentHasDied: if two people have read that who lived there has died
    """
    found = TO_VISIT.first(house=actor.organization_id, address_id=address_id)
    if found is None or not actor.sees(found.resident_id):
        raise NotFound
    if found.died_at is not None:
        raise ResidentHasDied
    address: Address = found
    return address


def get_addresses(actor: Actor, purpose: Purpose, *, address_ids: Iterable[UUID]) -> dict[UUID, Address]:
    """Return those of these addresses that the actor may see, in one statement."""
    rows = Address.objects.filter(organization_id=actor.organization_id, id__in=set(address_ids))
    return {row.id: row for row in rows if actor.sees(row.resident_id)}


def addresses_of(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> list[Address]:
    """Return her addresses, the main one first."""
    if not actor.sees(resident_id):
        return []
    return ADDRESSES.rows(house=actor.organization_id, resident_id=resident_id)


def address_line_of(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> str:
    """Return where she is visited, "" while nobody has said."""
    addresses = addresses_of(actor, purpose, resident_id=resident_id)
    return addresses[0].text if addresses else ""


def main_addresses(actor: Actor, purpose: Purpose, *, resident_ids: Iterable[UUID]) -> dict[UUID, Address]:
    """Return each one's main address, in one statement."""
    seen = [resident_id for resident_id in set(resident_ids) if actor.sees(resident_id)]
    rows = Address.objects.filter(organization_id=actor.organization_id, resident__in=seen)
    found: dict[UUID, Address] = {}
    for row in rows.order_by("-is_main", "-added_at", "id"):
        found.setdefault(row.resident_id, row)
    return found


def phones_of(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> list[Phone]:
    """Return her numbers, the one to call first first."""
    if not actor.sees(resident_id):
        return []
    rows = Phone.objects.filter(organization_id=actor.organization_id, resident=resident_id)
    return list(rows.order_by("position", "id"))


def phone_to_call(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> str:
    """Return the number to call her by, else one of her family's, else ""."""
    if not actor.sees(resident_id):
        return ""
    for phone in phones_of(actor, purpose, resident_id=resident_id)[:1]:
        return phone.number
    relatives = relatives_of(actor, purpose, resident_id=resident_id)
    return next((relative.phone for relative in relatives if relative.phone), "")


def relatives_of(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> list[RelatedPerson]:
    """Return whom of her family and neighbours we know."""
    if not actor.sees(resident_id):
        return []
    rows = RelatedPerson.objects.filter(organization_id=actor.organization_id, resident=resident_id)
    return list(rows.order_by("name", "id"))


def resident_of_card(actor: Actor, purpose: Purpose, *, payload: str) -> UUID | None:
    """Return whose household card says this; None for a forged or copied-by-hand one, and for one replaced since."""
    said = read_card(payload, mac=mac)
    if said is None:
        return None
    resident_id, serial = said
    rows = Resident.objects.filter(organization_id=actor.organization_id, id=resident_id, card_serial=serial)
    return resident_id if rows.exists() else None


@dataclass(frozen=True, slots=True)
class ResidentSheet:
    """What the console's page of one resident shows. What it says of her health it says with her consent only."""

    resident: Resident
    phones: list[Phone]
    addresses: list[Address]
    relatives: list[RelatedPerson]
    grants: list[Grant]
    answers: list[Consent]


def resident_sheet(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> ResidentSheet:
    """
    Return all that is kept of her here, and note that it was read.

    :raises NotAllowed: without `residents.read`
    :raises NotFound: if she is not of the actor's organization
    """
    _check_reads(actor)
    resident = get_resident(actor, purpose, resident_id=resident_id)
    access.note(actor, purpose, resident_ids=[resident_id], what="residents.resident")
    grants = Grant.objects.filter(organization_id=actor.organization_id, resident=resident_id)
    answers = Consent.objects.filter(organization_id=actor.organization_id, resident=resident_id)
    return ResidentSheet(
        resident=resident,
        phones=phones_of(actor, purpose, resident_id=resident_id),
        addresses=addresses_of(actor, purpose, resident_id=resident_id),
        relatives=relatives_of(actor, purpose, resident_id=resident_id),
        grants=list(grants.order_by("given_at", "id")),
        answers=list(answers.order_by("-answered_at", "-id")[:50]),
    )


def readers_of_record(
    actor: Actor, purpose: Purpose, *, resident_id: UUID, after: str | None = None, size: int = 50
) -> Page[RecordAccess]:
    """
    Return who has read her record, the latest first.

    :raises NotFound: if the actor has no business with her
    :raises NotAllowed: to staff without `residents.read`, to family whom she has not let read the record itself
    """
    get_resident(actor, purpose, resident_id=resident_id)
    if actor.kind is Kind.STAFF:
        _check_reads(actor)
    elif not actor.may("records.read"):
        raise NotAllowed
    return access.readers_of(actor, purpose, resident_id=resident_id, after=after, size=size)


def _check_reads(actor: Actor) -> None:
    """:raises NotAllowed: without `residents.read`"""
    if not actor.may("residents.read"):
        raise NotAllowed
