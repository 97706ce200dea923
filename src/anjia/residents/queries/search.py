"""One box: a name, pinyin, initials, a telephone number or its last four digits, an ID number."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from anjia.kernel import access
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.encryption import blind
from anjia.kernel.paging import Page, page_of
from anjia.residents.models import Phone, RelatedPerson, Resident, ResidentToken
from anjia.residents.queries.people import _check_reads, main_addresses
from anjia.residents.rules import digits_of
from anjia.spreadsheets.cleaning import narrow, phone_number

TOKENS_PER_RESIDENT: Final = 3  # how many words of one name may begin alike: read that many more


def residents_found(actor: Actor, purpose: Purpose, *, text: str, limit: int = 20) -> list[Resident]:
    """
    Return the residents that this may mean, the best fit first; at most `limit`, at most 50.

    :raises NotAllowed: without `residents.read`
    """
    _check_reads(actor)
    said = narrow(text)
    limit = max(1, min(limit, 50))
    if not said:
        return []
    if not re.search(r"\d", said):
        return _in_order(actor, _by_name(actor, said, limit), limit)
    return _in_order(actor, [*_by_id_number(actor, said), *_by_phone(actor, said, limit)], limit)


def residents_page(
    actor: Actor,
    purpose: Purpose,
    *,
    after: str | None = None,
    size: int = 50,
    station_id: UUID | None = None,
    lives_alone: bool | None = None,
    id_check: str | None = None,
) -> Page[Resident]:
    """
    Return a page of the organization's residents, by pinyin.

    :raises NotAllowed: without `residents.read`
    """
    _check_reads(actor)
    rows = Resident.objects.filter(organization_id=actor.organization_id)
    if actor.resident_ids is not None:
        rows = rows.filter(id__in=actor.resident_ids)
    if station_id:
        rows = rows.filter(station_id=station_id)
    if lives_alone is not None:
        rows = rows.filter(lives_alone=lives_alone)
    if id_check:
        rows = rows.filter(id_check=id_check)
    return page_of(rows, order=("pinyin", "id"), after=after, size=size)


@dataclass(frozen=True, slots=True)
class Line:
    """A resident as a list shows her: the number covered."""

    resident: Resident
    phone_masked: str
    address_line: str


def residents_listed(
    actor: Actor,
    purpose: Purpose,
    *,
    text: str = "",
    after: str | None = None,
    size: int = 50,
    lives_alone: bool | None = None,
    id_check: str | None = None,
) -> Page[Line]:
    """
    Return those whom the text may mean, or without one a page of all, and note that all of them were read.

    It takes as many statements for fifty as for one.

    :raises NotAllowed: without `residents.read`
    """
    if text.strip():
        page = Page(residents_found(actor, purpose, text=text, limit=size), None)
    else:
        page = residents_page(
            actor, purpose, after=after, size=size, lives_alone=lives_alone, id_check=id_check
        )
    ids = [resident.id for resident in page.items]
    access.note(actor, purpose, resident_ids=ids, what="residents.list")
    addresses = main_addresses(actor, purpose, resident_ids=ids)
    phones: dict[UUID, Phone] = {}
    for phone in Phone.objects.filter(organization_id=actor.organization_id, resident__in=ids).order_by(
        "position", "id"
    ):
        phones.setdefault(phone.resident_id, phone)
    lines = [
        Line(
            resident,
            phones[resident.id].masked if resident.id in phones else "",
            addresses[resident.id].text if resident.id in addresses else "",
        )
        for resident in page.items
    ]
    return Page(lines, page.next)


def _by_name(actor: Actor, said: str, limit: int) -> list[UUID]:
    tokens = ResidentToken.objects.beginning(actor.organization_id, said)
    return list(tokens.values_list("resident_id", flat=True)[: limit * TOKENS_PER_RESIDENT])


def _by_id_number(actor: Actor, said: str) -> list[UUID]:
    number = re.sub(r"[\s-]", "", said).upper()
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return []
    rows = Resident.objects.filter(organization_id=actor.organization_id, id_index=blind("id_number", number))
    return list(rows.values_list("id", flat=True))


def _by_phone(actor: Actor, said: str, limit: int) -> list[UUID]:
    digits = digits_of(said)
    if len(digits) == 4:
        rows = Phone.objects.filter(
            organization_id=actor.organization_id, last_four_index=blind("last four", digits)
        )
        return list(rows.values_list("resident_id", flat=True)[: limit * TOKENS_PER_RESIDENT])
    number = phone_number(said)
    if number is None:
        return []
    index = blind("phone", number)
    own = Phone.objects.filter(organization_id=actor.organization_id, number_index=index)
    familys = RelatedPerson.objects.filter(organization_id=actor.organization_id, phone_index=index)
    return [
        *own.values_list("resident_id", flat=True)[:limit],
        *familys.values_list("resident_id", flat=True)[:limit],
    ]


def _in_order(actor: Actor, resident_ids: Iterable[UUID], limit: int) -> list[Resident]:
    wanted = [one for one in dict.fromkeys(resident_ids) if actor.sees(one)][:limit]
    if not wanted:
        return []
    rows = Resident.objects.filter(organization_id=actor.organization_id, id__in=wanted).in_bulk()
    return [rows[one] for one in wanted if one in rows]
