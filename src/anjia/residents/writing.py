"""From what is said of people to rows: one way for a form and for a list of ten thousand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import h3
from django.db import models

from anjia.kernel.encryption import blind
from anjia.kernel.errors import Invalid
from anjia.kernel.ids import new_id
from anjia.residents.lists import Match, slices
from anjia.residents.models import Address, Phone, RelatedPerson, Resident, ResidentToken
from anjia.residents.rules import RelativeRow, ResidentRow, Sex, pinyin_of, tokens_of

CELL_RESOLUTION: Final = 8
AT_ONCE: Final = 2_000
LISTED: Final = (
    "name",
    "pinyin",
    "sex",
    "birth_year",
    "birth_date",
    "id_number",
    "id_index",
    "id_check",
    "filed_on",
    "lives_alone",
    "chronic",
    "changed_at",
)


class Draft:
    """Rows to insert, table by table: as many statements for one resident as for a thousand."""

    def __init__(self, organization_id: UUID, now: datetime) -> None:
        self.organization_id, self.now = organization_id, now
        self.residents: list[Resident] = []
        self.tokens: list[ResidentToken] = []
        self.phones: list[Phone] = []
        self.addresses: list[Address] = []
        self.relatives: list[RelatedPerson] = []

    def resident(
        self, row: ResidentRow, *, resident_id: UUID | None = None, station_id: UUID | None = None
    ) -> Resident:
        resident = Resident(
            id=resident_id or new_id(),
            organization_id=self.organization_id,
            station_id=station_id,
            name=row.name,
            pinyin=pinyin_of(row.name),
            sex=row.sex_said or Sex.UNKNOWN.value,
            filed_on=row.filed_on,
            lives_alone=row.lives_alone,
            chronic=list(row.chronic or ()),
            registered_at=self.now,
            changed_at=self.now,
        )
        resident.set_birth_date(row.born_on)
        number = row.id_number
        resident.set_id_number(
            number.number if number else "", is_checked=number.is_checked if number else False
        )
        self.residents.append(resident)
        self.names(resident)
        for position, phone in enumerate(row.phones):
            self.phone(resident, phone.number, label=phone.label, position=position)
        if row.address:
            self.address(resident, row.address, note=row.door_note)
        for relative in row.relatives:
            self.relative(resident, relative)
        return resident

    def names(self, resident: Resident) -> None:
        self.tokens.extend(
            ResidentToken(organization_id=self.organization_id, resident=resident, token=token)
            for token in tokens_of(resident.name)
        )

    def phone(self, resident: Resident, number: str, *, label: str = "", position: int = 0) -> None:
        self.phones.append(Phone.of(resident, number, label=label, position=position))

    def address(
        self, resident: Resident, text: str, *, note: str = "", point: tuple[float, float] | None = None
    ) -> Address:
        address = Address(
            organization_id=self.organization_id,
            resident=resident,
            text=text,
            note=note,
            point={"lat": point[0], "lon": point[1]} if point else None,
            cell=h3.latlng_to_cell(*point, CELL_RESOLUTION) if point else "",
            added_at=self.now,
        )
        self.addresses.append(address)
        return address

    def relative(self, resident: Resident, said: RelativeRow) -> None:
        self.relatives.append(
            RelatedPerson(
                organization_id=self.organization_id,
                resident=resident,
                name=said.name,
                relation=said.relation,
                phone=said.phone,
                phone_index=blind("phone", said.phone) if said.phone else None,
            )
        )

    def insert(self) -> None:
        Resident.objects.bulk_create(self.residents, batch_size=AT_ONCE)
        ResidentToken.objects.bulk_create(self.tokens, batch_size=AT_ONCE)
        Phone.objects.bulk_create(self.phones, batch_size=AT_ONCE)
        Address.objects.bulk_create(self.addresses, batch_size=AT_ONCE)
        RelatedPerson.objects.bulk_create(self.relatives, batch_size=AT_ONCE)


class Corrections:
    """Rows to change, table by table. A list adds and corrects, and takes nothing away."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.residents: list[Resident] = []
        self.addresses: list[Address] = []
        self.relatives: list[RelatedPerson] = []
        self.renamed: list[UUID] = []
        self.moved: list[UUID] = []

    def correct(self, match: Match) -> None:
        """Take up what the row changes in the resident it means."""
        resident, row = match.resident, match.row
        assert resident is not None
        if "name" in match.fields:
            resident.name, resident.pinyin = row.name, pinyin_of(row.name)
            self.renamed.append(resident.id)
            self.draft.names(resident)
        if "id_number" in match.fields and row.id_number:
            resident.set_id_number(row.id_number.number, is_checked=row.id_number.is_checked)
        if "birth_date" in match.fields:
            resident.set_birth_date(row.born_on)
        resident.sex = row.sex_said or resident.sex
        resident.filed_on = row.filed_on or resident.filed_on
        resident.lives_alone = resident.lives_alone if row.lives_alone is None else row.lives_alone
        resident.chronic = list(row.chronic) if row.chronic else resident.chronic
        resident.changed_at = self.draft.now
        self.residents.append(resident)
        self.correct_belongings(match, resident)

    def correct_belongings(self, match: Match, resident: Resident) -> None:
        for position, number in enumerate(match.new_phones, start=match.phones_kept):
            self.draft.phone(resident, number, position=position)
        if "address" in match.fields:
            self.moved.append(resident.id)
            self.draft.address(resident, match.row.address, note=match.row.door_note)
        elif "door_note" in match.fields and match.address:
            match.address.note = match.row.door_note
            self.addresses.append(match.address)
        for relative in match.relatives:
            relative.phone_index = blind("phone", relative.phone) if relative.phone else None
            self.relatives.append(relative)
        for said in match.new_relatives:
            self.draft.relative(resident, said)

    def write(self) -> None:
        """Write the corrections, before the draft is inserted: the address that comes is the main one then."""
        ours = {"organization_id": self.draft.organization_id}
        for some in slices(self.renamed):
            ResidentToken.objects.filter(**ours, resident__in=some).delete()
        for some in slices(self.moved):
            Address.objects.filter(**ours, resident__in=some, is_main=True).update(is_main=False)
        overwrite(self.residents, LISTED)
        overwrite(self.addresses, ["note"])
        overwrite(self.relatives, ["relation", "phone", "phone_index"])


def overwrite(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Write the fields of rows that are there. Not by bulk_update(), which cannot encrypt a value for its row."""
    for some in slices(rows, AT_ONCE):
        type(some[0])._default_manager.bulk_create(
            some, update_conflicts=True, unique_fields=["id"], update_fields=fields
        )


def check_point(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    """:raises Invalid: if it is no place on earth"""
    if latitude is None or longitude is None:
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise Invalid(fields={"latitude": "-90…90", "longitude": "-180…180"})
    return latitude, longitude
