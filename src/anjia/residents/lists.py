"""A list of residents beside those that we have: who is who, and what the list would change."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeVar
from uuid import UUID

from anjia.kernel.encryption import blind
from anjia.residents.models import Address, Phone, RelatedPerson, Resident
from anjia.residents.rules import RelativeRow, ResidentRow, masked_phone, pinyin_of
from anjia.spreadsheets.id_number import masked

AT_ONCE: Final = 5_000  # values in one statement

T = TypeVar("T")


@dataclass(slots=True)
class Match:
    """A row, whom it means if we have her, and what it would change: by field, what was there and what comes."""

    row: ResidentRow
    resident: Resident | None = None
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)
    new_phones: list[str] = field(default_factory=list)
    phones_kept: int = 0
    address: Address | None = None  # where she is visited now
    relatives: list[RelatedPerson] = field(default_factory=list)
    new_relatives: list[RelativeRow] = field(default_factory=list)


class Known:
    """What is kept of those whom a list may mean, read in a few statements however long it is."""

    def __init__(self, organization_id: UUID, rows: Sequence[ResidentRow]) -> None:
        self.organization_id = organization_id
        self.residents: dict[UUID, Resident] = {}
        self.by_id_number: dict[bytes, UUID] = {}
        self.by_phone: dict[bytes, set[UUID]] = defaultdict(set)
        self.by_pinyin: dict[str, set[UUID]] = defaultdict(set)
        self.phones: dict[UUID, list[Phone]] = defaultdict(list)
        self.addresses: dict[UUID, Address] = {}
        self.relatives: dict[UUID, list[RelatedPerson]] = defaultdict(list)
        self._read_residents(rows)
        self._read_belongings()

    def _read_residents(self, rows: Sequence[ResidentRow]) -> None:
        ours = Resident.objects.filter(organization_id=self.organization_id)
        for some in slices({blind("id_number", row.id_number.number) for row in rows if row.id_number}):
            self._keep(ours.filter(id_index__in=some))
        for pinyin in slices({pinyin_of(row.name) for row in rows}):
            self._keep(ours.filter(pinyin__in=pinyin))

    def _keep(self, residents: Iterable[Resident]) -> None:
        for resident in residents:
            self.residents[resident.id] = resident
            self.by_pinyin[resident.pinyin].add(resident.id)
            if resident.id_index is not None:
                self.by_id_number[bytes(resident.id_index)] = resident.id

    def _read_belongings(self) -> None:
        for some in slices(self.residents):
            of_theirs: dict[str, Any] = {"organization_id": self.organization_id, "resident__in": some}
            for phone in Phone.objects.filter(**of_theirs).order_by("position", "id"):
                self.phones[phone.resident_id].append(phone)
                self.by_phone[bytes(phone.number_index)].add(phone.resident_id)
            for address in Address.objects.filter(**of_theirs).order_by("-is_main", "-added_at", "id"):
                self.addresses.setdefault(address.resident_id, address)
            for relative in RelatedPerson.objects.filter(**of_theirs).order_by("id"):
                self.relatives[relative.resident_id].append(relative)

    def meant_by(self, row: ResidentRow) -> Resident | None:
        """
        Return whom the row means: by ID number, else by name with a telephone, a birthday or an address in common.

        Two ID numbers are two people. A row that says nothing but a name means the one of whom we know as little.
        """
        if row.id_number:
            found = self.by_id_number.get(blind("id_number", row.id_number.number))
            if found:
                return self.residents[found]
        namesakes = [
            resident
            for one in sorted(self.by_pinyin.get(pinyin_of(row.name), ()))
            if (resident := self.residents[one]).name == row.name
            and not (row.id_number and resident.id_index is not None)
        ]
        return next((one for one in namesakes if self._has_in_common(row, one)), None)

    def _has_in_common(self, row: ResidentRow, resident: Resident) -> bool:
        numbers = {blind("phone", phone.number) for phone in row.phones}
        theirs = {bytes(phone.number_index) for phone in self.phones.get(resident.id, ())}
        if numbers & theirs:
            return True
        if row.born_on and resident.born_on:
            return row.born_on == resident.born_on
        address = self.addresses.get(resident.id)
        if row.address and address:
            return same_text(row.address, address.text)
        return not (numbers or theirs or row.born_on or resident.born_on or row.address or address)


def match_rows(organization_id: UUID, rows: Sequence[ResidentRow]) -> list[Match]:
    """Return for each row whom it means and what it would change."""
    known = Known(organization_id, rows)
    return [match_row(known, row) for row in rows]


def match_row(known: Known, row: ResidentRow) -> Match:
    resident = known.meant_by(row)
    match = Match(row, resident)
    if resident is None:
        match.new_phones = [phone.number for phone in row.phones]
        match.new_relatives = list(row.relatives)
        return match
    match.fields.update(changed_fields(row, resident))
    theirs = {phone.number for phone in known.phones.get(resident.id, ())}
    match.phones_kept = len(known.phones.get(resident.id, ()))
    match.new_phones = [phone.number for phone in row.phones if phone.number not in theirs]
    if match.new_phones:
        match.fields["phone"] = (masks(sorted(theirs)), masks(match.new_phones))
    address = match.address = known.addresses.get(resident.id)
    if row.address and not (address and same_text(row.address, address.text)):
        match.fields["address"] = (address.text if address else "", row.address)
    elif row.door_note and address and row.door_note != address.note:
        match.fields["door_note"] = (address.note, row.door_note)
    match_relatives(match, known.relatives.get(resident.id, []))
    return match


def changed_fields(row: ResidentRow, resident: Resident) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the plain fields of which the row says something else than we have."""
    number = row.id_number.number if row.id_number else ""
    if number and number != (resident.id_number):
        yield "id_number", (resident.id_masked, masked(number))
    for name, ours, said in (
        ("name", resident.name, row.name),
        ("sex", resident.sex, row.sex_said),
        ("birth_date", resident.born_on, row.born_on),
        ("filed_on", resident.filed_on, row.filed_on),
        ("lives_alone", resident.lives_alone, row.lives_alone),
        (
            "chronic",
            tuple(sorted(resident.chronic)),
            tuple(sorted(row.chronic or ())) if row.chronic else None,
        ),
    ):
        if said is not None and said != ours:
            yield name, (in_words(ours), in_words(said))


def match_relatives(match: Match, theirs: Sequence[RelatedPerson]) -> None:
    by_name = {relative.name: relative for relative in theirs}
    for row in match.row.relatives:
        ours = by_name.get(row.name)
        if ours is None:
            match.new_relatives.append(row)
        elif (row.relation or ours.relation, row.phone or ours.phone) != (ours.relation, ours.phone):
            ours.relation, ours.phone = row.relation or ours.relation, row.phone or ours.phone
            match.relatives.append(ours)
    if match.new_relatives or match.relatives:
        comes = [(one.name, one.phone) for one in match.new_relatives]
        comes += [(one.name, one.phone) for one in match.relatives]
        said = ["、".join(filter(None, [name, masks([phone])])) for name, phone in comes]
        match.fields["relatives"] = ("；".join(sorted(by_name)), "；".join(said))


def in_words(value: object) -> str:
    """Return a plain text of the value; what it means on screen is the edge's business."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "、".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)


def masks(numbers: Iterable[str]) -> str:
    return "、".join(masked_phone(number) for number in numbers if number)


def same_text(one: str, other: str) -> bool:
    return one.replace(" ", "") == other.replace(" ", "")


def slices(values: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    everything = list(values)
    for start in range(0, len(everything), size):
        yield everything[start : start + size]


def twice(matches: Sequence[Match]) -> dict[int, int]:
    """Return the rows that mean somebody whom an earlier row means: row number by row number."""
    first: dict[UUID, int] = {}
    found = {}
    for match in matches:
        if match.resident is not None:
            earlier = first.setdefault(match.resident.id, match.row.row)
            if earlier != match.row.row:
                found[match.row.row] = earlier
    return found
