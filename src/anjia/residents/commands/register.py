"""Taking people into care, one by one or by the list, and correcting what is kept of them."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Final, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import local
from anjia.kernel.database import refuse_if_broken, wait_turn
from anjia.kernel.errors import DomainError, Invalid
from anjia.kernel.ids import new_id
from anjia.kernel.work import command
from anjia.residents.events import ListRegistered, ResidentChanged, ResidentRegistered
from anjia.residents.lists import match_rows, twice
from anjia.residents.models import Address, Phone, RelatedPerson, Resident, ResidentToken
from anjia.residents.queries import get_resident
from anjia.residents.queries.lists import _changes
from anjia.residents.rules import (
    AlreadyRegistered,
    Changes,
    IdCheck,
    RelativeRow,
    ResidentRow,
    Sex,
    chronic_of,
    pinyin_of,
    relatives_uncovered,
    uncovered,
)
from anjia.residents.writing import Corrections, Draft, check_point
from anjia.spreadsheets.cleaning import WrittenPhone, bare_id_number, name_of, phones_of
from anjia.spreadsheets.id_number import IdNumber, check_id_number
from anjia.spreadsheets.words import Unclean

BROKEN_PROMISES: Final[dict[str, Callable[[], DomainError]]] = {
    "resident_id_number_once": lambda: AlreadyRegistered(fields={"id_number": AlreadyRegistered.words}),
}
LONGEST_ADDRESS: Final = 300

T = TypeVar("T")


@command("residents.register")
def register_resident(
    actor: Actor,
    now: datetime,
    *,
    name: str,
    sex: str | None = None,
    birth_date: date | None = None,
    id_number: str = "",
    phones: Sequence[str] = (),
    address: str = "",
    door_note: str = "",
    latitude: float | None = None,
    longitude: float | None = None,
    filed_on: date | None = None,
    chronic: Sequence[str] = (),
    lives_alone: bool | None = None,
    relatives: Sequence[RelativeRow] = (),
    station_id: UUID | None = None,
    resident_id: UUID | None = None,
) -> Resident:
    """
    Take a person into the care of the actor's organization.

    :raises Invalid: if something that was said cannot be
    :raises AlreadyRegistered: if the organization has her ID number
    """
    row = _row_of(
        now,
        name=name,
        sex=sex,
        birth_date=birth_date,
        id_number=id_number,
        phones=phones,
        filed_on=filed_on,
        chronic=chronic,
        lives_alone=lives_alone,
        relatives=relatives,
    )
    point = check_point(latitude, longitude)
    draft = Draft(actor.organization_id, now)
    resident = draft.resident(row, resident_id=resident_id, station_id=station_id)
    if address.strip():
        draft.address(resident, _address_text(address), note=door_note.strip()[:LONGEST_ADDRESS], point=point)
    with refuse_if_broken(BROKEN_PROMISES):
        draft.insert()
    audit.record("residents.resident.registered", actor=actor, at=now, subject_id=resident.id)
    events.publish(ResidentRegistered(resident_id=resident.id, at=now), actor=actor)
    return resident


@command("residents.register")
def register_residents(
    actor: Actor, now: datetime, *, rows: Sequence[ResidentRow], list_id: UUID | None = None
) -> Changes:
    """
    Take a whole list in: those who are new, and what it corrects of the others. The same list again does nothing.

    :raises Invalid: if two rows mean one person
    :raises AlreadyRegistered: if two rows have one ID number
    """
    wait_turn(f"residents/{actor.organization_id}")  # two lists at once would each think the same person new
    matches = match_rows(actor.organization_id, rows)
    again = twice(matches)
    if again:
        words = gettext("第 {row} 行和第 {first} 行是同一个人。请只留一行。")
        row, first = next(iter(again.items()))
        raise Invalid(words.format(row=row, first=first))
    draft = Draft(actor.organization_id, now)
    corrections = Corrections(draft)
    for match in matches:
        if match.resident is None:
            draft.resident(match.row)
        elif match.fields:
            corrections.correct(match)
    with refuse_if_broken(BROKEN_PROMISES):
        corrections.write()
        draft.insert()
    changes = _changes(matches)
    if not changes.is_empty:
        about = list_id or new_id()
        fields = {field for match in matches for field in match.fields}
        audit.record("residents.list.registered", actor=actor, at=now, subject_id=about, fields=fields)
        events.publish(ListRegistered(list_id=about, at=now), actor=actor)
    return changes


@command("residents.change")
def change_resident(
    actor: Actor,
    now: datetime,
    *,
    resident_id: UUID,
    name: str,
    sex: str | None,
    birth_date: date | None,
    id_number: str | None,
    phones: Sequence[str],
    filed_on: date | None,
    chronic: Sequence[str] | None,
    lives_alone: bool | None,
    relatives: Sequence[RelativeRow],
    station_id: UUID | None = None,
) -> Resident:
    """
    Correct what is kept of her: all that the form shows, as it shows it now.

    What the form did not show stays: an ID number or conditions of None, and each number that came back covered.

    :raises NotFound: if she is not of the actor's organization
    :raises Invalid: if something that was said cannot be
    :raises AlreadyRegistered: if somebody else has the ID number
    """
    wait_turn(f"resident/{resident_id}")
    resident = get_resident(actor, Purpose.CONTRACT, resident_id=resident_id)
    row = _row_of(
        now,
        name=name,
        sex=sex,
        birth_date=birth_date,
        id_number=resident.id_number if id_number is None else id_number,
        phones=uncovered(phones, [one.number for one in _phones_kept(resident)]),
        filed_on=filed_on,
        chronic=resident.chronic if chronic is None else chronic,
        lives_alone=lives_alone,
        relatives=relatives_uncovered(relatives, _relatives_kept(resident)),
    )
    is_checked = resident.id_check == IdCheck.VERIFIED
    before = {field: getattr(resident, field) for field in CORRECTED}
    _correct(resident, row, station_id=station_id, now=now)
    if resident.id_number == before["id_number"]:  # of 15 digits once: the 18 made of them prove nothing
        resident.set_id_number(resident.id_number, is_checked=is_checked)
    changed = [field for field in CORRECTED if getattr(resident, field) != before[field]]
    draft = Draft(actor.organization_id, now)
    with refuse_if_broken(BROKEN_PROMISES):
        resident.save(update_fields=[*changed, "id_index", "birth_year", "changed_at"])
    if "name" in changed:
        ResidentToken.objects.filter(organization_id=actor.organization_id, resident=resident).delete()
        draft.names(resident)
    changed += [*_replace_phones(resident, row, draft), *_replace_relatives(resident, row, draft)]
    draft.insert()
    if changed:
        audit.record(
            "residents.resident.changed", actor=actor, at=now, subject_id=resident_id, fields=changed
        )
        events.publish(ResidentChanged(resident_id=resident_id, at=now), actor=actor)
    return resident


@command("residents.add_address")
def add_address(
    actor: Actor,
    now: datetime,
    *,
    resident_id: UUID,
    text: str,
    note: str = "",
    latitude: float | None = None,
    longitude: float | None = None,
    is_main: bool = True,
) -> Address:
    """
    Add a place where she can be visited; as the main one, it is where she is visited from now on.

    :raises NotFound: if the actor has no business with her
    :raises Invalid: if there is no address in it, or the pin is nowhere
    """
    resident = get_resident(actor, Purpose.CONTRACT, resident_id=resident_id)
    wait_turn(f"resident/{resident_id}")
    theirs = Address.objects.filter(organization_id=actor.organization_id, resident=resident_id)
    is_main = is_main or not theirs.exists()
    if is_main:
        theirs.filter(is_main=True).update(is_main=False)
    draft = Draft(actor.organization_id, now)
    address = draft.address(
        resident,
        _address_text(text),
        note=" ".join(note.split())[:LONGEST_ADDRESS],
        point=check_point(latitude, longitude),
    )
    address.is_main = is_main
    draft.insert()
    audit.record("residents.address.added", actor=actor, at=now, subject_id=resident_id, fields=["address"])
    events.publish(ResidentChanged(resident_id=resident_id, at=now), actor=actor)
    return address


@command("residents.reveal")
def reveal(actor: Actor, now: datetime, *, resident_id: UUID) -> Resident:
    """
    Show what is covered on her page: ID number and telephone numbers. Who did it is written down.

    :raises NotFound: if she is not of the actor's organization
    """
    resident = get_resident(actor, Purpose.CONTRACT, resident_id=resident_id)
    fields = ["id_number", "phone"]
    audit.record("residents.resident.revealed", actor=actor, at=now, subject_id=resident_id, fields=fields)
    return resident


@command("residents.change")
def replace_card(actor: Actor, now: datetime, *, resident_id: UUID) -> Resident:
    """
    Make a new household card; the old one is worth nothing from now on.

    :raises NotFound: if she is not of the actor's organization
    """
    wait_turn(f"resident/{resident_id}")
    resident = get_resident(actor, Purpose.CONTRACT, resident_id=resident_id)
    resident.card_serial += 1
    resident.save(update_fields=["card_serial"])
    audit.record("residents.card.replaced", actor=actor, at=now, subject_id=resident_id)
    return resident


CORRECTED: Final = (
    "name",
    "pinyin",
    "sex",
    "birth_date",
    "id_number",
    "id_check",
    "filed_on",
    "chronic",
    "lives_alone",
    "station_id",
)


def _correct(resident: Resident, row: ResidentRow, *, station_id: UUID | None, now: datetime) -> None:
    resident.name, resident.pinyin = row.name, pinyin_of(row.name)
    resident.sex = row.sex_said or Sex.UNKNOWN.value
    resident.set_birth_date(row.born_on)
    number = row.id_number
    resident.set_id_number(number.number if number else "", is_checked=number.is_checked if number else False)
    resident.filed_on, resident.lives_alone = row.filed_on, row.lives_alone
    resident.chronic = list(row.chronic or ())
    resident.station_id = station_id
    resident.changed_at = now


def _phones_kept(resident: Resident) -> QuerySet[Phone]:
    rows = Phone.objects.filter(organization_id=resident.organization_id, resident=resident)
    return rows.order_by("position", "id")


def _relatives_kept(resident: Resident) -> QuerySet[RelatedPerson]:
    return RelatedPerson.objects.filter(organization_id=resident.organization_id, resident=resident)


def _replace_phones(resident: Resident, row: ResidentRow, draft: Draft) -> list[str]:
    ours = _phones_kept(resident)
    said = [(phone.number, phone.label) for phone in row.phones]
    if [(phone.number, phone.label) for phone in ours] == said:
        return []
    ours.delete()
    for position, (number, label) in enumerate(said):
        draft.phone(resident, number, label=label, position=position)
    return ["phone"]


def _replace_relatives(resident: Resident, row: ResidentRow, draft: Draft) -> list[str]:
    ours = _relatives_kept(resident)
    kept = sorted((one.name, one.relation, one.phone) for one in ours)
    if kept == sorted((one.name, one.relation, one.phone) for one in row.relatives):
        return []
    ours.delete()
    for relative in row.relatives:
        draft.relative(resident, relative)
    return ["relatives"]


def _row_of(
    now: datetime,
    *,
    name: str,
    sex: str | None,
    birth_date: date | None,
    id_number: str,
    phones: Sequence[str],
    filed_on: date | None,
    chronic: Sequence[str],
    lives_alone: bool | None,
    relatives: Sequence[RelativeRow],
) -> ResidentRow:
    """
    Return what the form says, in the one shape that lists have too.

    :raises Invalid: naming every field that is wrong
    """
    wrong: dict[str, str] = {}
    checked_name = _checked(wrong, "name", lambda: name_of(name)) or ""
    number: IdNumber | None = None
    if id_number.strip():
        today = local(now).date()
        number = _checked(wrong, "id_number", lambda: check_id_number(bare_id_number(id_number), today=today))
    written = _checked(wrong, "phones", lambda: phones_of("、".join(phones))) or []
    _check_birthday(wrong, number, birth_date, now)
    if number and sex in {Sex.MALE, Sex.FEMALE} and number.sex != sex:
        wrong["sex"] = gettext("性别和身份证号对不上。请照着身份证核对。")
    if wrong:
        raise Invalid(fields=wrong)
    return ResidentRow(
        row=0,
        name=checked_name,
        sex=sex if sex in {Sex.MALE, Sex.FEMALE} else None,
        id_number=number,
        birth_date=birth_date,
        phones=tuple(WrittenPhone(phone.number, phone.label) for phone in written),
        filed_on=filed_on,
        chronic=chronic_of(list(chronic)),
        lives_alone=lives_alone,
        relatives=_relatives(relatives),
    )


def _check_birthday(
    wrong: dict[str, str], number: IdNumber | None, birth_date: date | None, now: datetime
) -> None:
    if birth_date is None:
        return
    if number and number.born_on != birth_date:
        wrong["birth_date"] = gettext("生日和身份证号对不上。请照着身份证核对。")
    elif birth_date > local(now).date() or birth_date.year < 1850:
        wrong["birth_date"] = gettext("生日不对：还没有到，或者太早了。请核对年份。")


def _relatives(said: Sequence[RelativeRow]) -> tuple[RelativeRow, ...]:
    """:raises Invalid: if one of them has no name, or a telephone number that is none"""
    found = []
    for relative in said:
        wrong: dict[str, str] = {}
        name = _checked(wrong, "relatives", lambda one=relative: name_of(one.name))  # type: ignore[misc]
        numbers = _checked(wrong, "relatives", lambda one=relative: phones_of(one.phone))  # type: ignore[misc]
        if wrong:
            raise Invalid(fields=wrong)
        phone = numbers[0].number if numbers else ""
        found.append(RelativeRow(name=name or "", relation=relative.relation.strip()[:40], phone=phone))
    return tuple(found)


def _checked(wrong: dict[str, str], field: str, clean: Callable[[], T]) -> T | None:
    try:
        return clean()
    except Unclean as problem:
        wrong[field] = gettext(problem.words).format(**problem.values)
        return None


def _address_text(text: str) -> str:
    """:raises Invalid: if there is nothing in it, or a whole story"""
    text = " ".join(text.split())
    if not text or len(text) > LONGEST_ADDRESS:
        raise Invalid(fields={"text": _("请写上地址，到门牌号，300 个字以内。")})
    return text
