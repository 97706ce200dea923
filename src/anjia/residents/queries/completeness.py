"""How much of what should be known of residents is known: counted in one statement, with the rows behind each gap."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from anjia.kernel import access
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.paging import Page, page_of
from anjia.residents.models import Address, Consent, Grant, Phone, RelatedPerson, Resident
from anjia.residents.rules import IdCheck, Sex

BY_NAME: Final = ("pinyin", "id")


@dataclass(frozen=True, slots=True)
class Completeness:
    """Of how many residents each thing is known. `of` is all of them."""

    of: int
    known: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Lacking:
    """A resident of whom something is not known."""

    id: UUID
    name: str


def completeness(actor: Actor, purpose: Purpose, *, now: datetime) -> Completeness:
    """
    Return of how many residents of the institution each thing is known.

    :raises NotAllowed: without `residents.read`, and for persons
    """
    _check_may(actor)
    known = _known_when(now)
    rows = Resident.objects.filter(organization_id=actor.organization_id)
    counts = {key: Count("id", filter=condition) for key, condition in known.items()}
    found = rows.aggregate(of=Count("id"), **{f"n_{key}": count for key, count in counts.items()})
    return Completeness(of=found["of"], known={key: found[f"n_{key}"] for key in known})


def who_lack(
    actor: Actor, purpose: Purpose, *, what: str, now: datetime, after: str | None = None, size: int = 50
) -> Page[Lacking]:
    """
    Return the residents of whom this is not known, by name; note that they were read.

    :raises NotFound: if nothing of this name is collected
    :raises NotAllowed: without `residents.read`, and for persons
    """
    _check_may(actor)
    known = _known_when(now)
    if what not in known:
        raise NotFound
    rows: QuerySet[Resident, Resident] = Resident.objects.filter(organization_id=actor.organization_id)
    page = page_of(rows.exclude(known[what]), order=BY_NAME, after=after, size=size)
    access.note(actor, purpose, resident_ids=[row.id for row in page.items], what="residents.list")
    return Page([Lacking(row.id, row.name) for row in page.items], page.next)


def _known_when(now: datetime) -> dict[str, Q]:
    """Return for each thing of the dictionary the condition under which it is known."""
    hers: dict[str, Any] = {"resident_id": OuterRef("id"), "organization_id": OuterRef("organization_id")}
    return {
        "sex": ~Q(sex=Sex.UNKNOWN.value),
        "birth": Q(birth_year__isnull=False),
        "id_number": Q(id_index__isnull=False),
        "id_checked": Q(id_check=IdCheck.VERIFIED.value),
        "phone": Q(Exists(Phone.objects.filter(**hers))),
        "address": Q(Exists(Address.objects.filter(**hers))),
        "located": Q(Exists(Address.objects.filter(**hers).exclude(cell=""))),
        "relative": Q(Exists(RelatedPerson.objects.filter(**hers, phone_index__isnull=False))),
        "lives_alone": Q(lives_alone__isnull=False),
        "asked": Q(Exists(Consent.objects.filter(**hers, purpose=Purpose.CARE.value))),
        "account": Q(Exists(Grant.objects.live(now).filter(**hers))),
    }


def _check_may(actor: Actor) -> None:
    if actor.kind is Kind.PERSON or not actor.may("residents.read"):
        raise NotAllowed
