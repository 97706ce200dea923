from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.encryption import mac
from anjia.kernel.errors import Invalid, NotAllowed, NotFound
from anjia.kernel.models import AuditEntry, Event
from anjia.kernel.work import acting
from anjia.residents.commands import (
    add_address,
    change_resident,
    register_resident,
    register_residents,
    replace_card,
    reveal,
)
from anjia.residents.models import Resident
from anjia.residents.queries import (
    addresses_of,
    changes_of_rows,
    get_address,
    get_resident,
    phone_to_call,
    phones_of,
    relatives_of,
    resident_of_card,
    resident_sheet,
    residents_found,
)
from anjia.residents.rules import AlreadyRegistered, RelativeRow, ResidentRow, card_payload
from anjia.spreadsheets.cleaning import WrittenPhone
from anjia.spreadsheets.id_number import check_digit, check_id_number
from tests import make
from tests.make import NOON
from tests.residents import make as make_residents

pytestmark = pytest.mark.usefixtures("database")

ID_NUMBER = "11010519491231002X"


@pytest.fixture
def desk() -> Actor:
    return make.actor(
        "residents.read",
        "residents.register",
        "residents.change",
        "residents.add_address",
        "residents.reveal",
    )


def row(number: int = 2, **says: object) -> ResidentRow:
    sound = ResidentRow(
        row=number,
        name="张桂芳",
        id_number=check_id_number(ID_NUMBER, today=NOON.date()),
        phones=(WrittenPhone("13800001234"),),
        address="和平里七区12号楼3单元201",
        chronic=("hypertension",),
        lives_alone=True,
        relatives=(RelativeRow(name="李小梅", relation="女儿", phone="13900005678"),),
    )
    return replace(sound, **says)  # type: ignore[arg-type]  # of a test


def id_number_of(sequence: int) -> str:
    first17 = f"11010519491231{sequence:03d}"
    return first17 + check_digit(first17)


def audited(actor: Actor, action: str, **about: object) -> list[AuditEntry]:
    found: list[AuditEntry] = acting(actor, NOON).ask(
        lambda _: list(AuditEntry.objects.filter(actor_id=actor.user_id, action=action, **about))
    )
    return found


def residents_of(actor: Actor) -> list[Resident]:
    return acting(actor, NOON).ask(
        lambda actor: list(Resident.objects.filter(organization_id=actor.organization_id).order_by("pinyin"))
    )


class TestRegisterResident:
    def test_keeps_what_is_said(self, desk: Actor) -> None:
        resident = acting(desk, NOON).do(
            register_resident,
            name="张桂芳",
            id_number=" １１０１０５ 19491231 002x",
            phones=["138 0000 1234", "010-62345678"],
            address="和平里七区12号楼3单元201",
            door_note="门铃坏了，请敲门",
            latitude=39.95,
            longitude=116.42,
            chronic=["高血压", "痛风"],
            lives_alone=True,
            relatives=[RelativeRow(name="李小梅", relation="女儿", phone="13900005678")],
        )

        unit = acting(desk, NOON)
        found = unit.ask(get_resident, Purpose.CONTRACT, resident_id=resident.id)
        assert (found.name, found.pinyin, found.sex, found.birth_year) == (
            "张桂芳",
            "zhang gui fang",
            "female",
            1949,
        )
        assert (found.born_on, found.id_number, found.id_check) == (
            date(1949, 12, 31),
            ID_NUMBER,
            "verified",
        )
        assert (found.id_masked, found.chronic) == ("110***********002X", ["hypertension", "痛风"])
        phones = unit.ask(phones_of, Purpose.CONTRACT, resident_id=resident.id)
        assert [phone.number for phone in phones] == ["13800001234", "010-62345678"]
        [address] = unit.ask(addresses_of, Purpose.CONTRACT, resident_id=resident.id)
        assert (address.text, address.note) == ("和平里七区12号楼3单元201", "门铃坏了，请敲门")
        assert address.point == {"lat": 39.95, "lon": 116.42}
        assert len(address.cell) == 15
        [relative] = unit.ask(relatives_of, Purpose.CONTRACT, resident_id=resident.id)
        assert (relative.name, relative.phone) == ("李小梅", "13900005678")

    def test_says_who_did_it_and_that_it_has_happened(self, desk: Actor) -> None:
        resident = acting(desk, NOON).do(register_resident, name="张桂芳")

        assert len(audited(desk, "residents.resident.registered", subject_id=resident.id)) == 1
        [event] = acting(desk, NOON).ask(
            lambda actor: list(Event.objects.filter(organization_id=actor.organization_id))
        )
        assert event.content["resident_id"] == str(resident.id)

    def test_takes_somebody_without_an_id_number_as_unverified(self, desk: Actor) -> None:
        resident = acting(desk, NOON).do(register_resident, name="王秀英")

        assert resident.id_check == "unverified"

    def test_takes_the_15_digits_of_an_old_card_as_unverified(self, desk: Actor) -> None:
        resident = acting(desk, NOON).do(register_resident, name="张桂芳", id_number="110105491231002")

        assert (resident.id_number, resident.id_check) == (ID_NUMBER, "unverified")

    def test_refuses_the_same_id_number_twice(self, desk: Actor) -> None:
        acting(desk, NOON).do(register_resident, name="张桂芳", id_number=ID_NUMBER)

        with pytest.raises(AlreadyRegistered):
            acting(desk, NOON).do(register_resident, name="张桂芬", id_number=ID_NUMBER)

    def test_does_not_know_what_another_organization_has(self, desk: Actor) -> None:
        other = make.actor("residents.register")
        acting(other, NOON).do(register_resident, name="张桂芳", id_number=ID_NUMBER)

        acting(desk, NOON).do(register_resident, name="张桂芳", id_number=ID_NUMBER)

    def test_lets_one_phone_belong_to_several_people(self, desk: Actor) -> None:
        for name in ("张桂芳", "李建国"):
            acting(desk, NOON).do(register_resident, name=name, phones=["13800001234"])

        assert len(residents_of(desk)) == 2

    def test_names_every_field_that_is_wrong_in_words(self, desk: Actor) -> None:
        with pytest.raises(Invalid) as refusal:
            acting(desk, NOON).do(
                register_resident, name="", id_number="110105194912310021", phones=["1380000123"]
            )

        assert set(refusal.value.fields) == {"name", "id_number", "phones"}
        assert "最后一位对不上" in refusal.value.fields["id_number"]

    def test_refuses_a_birthday_or_sex_that_the_id_number_denies(self, desk: Actor) -> None:
        with pytest.raises(Invalid) as refusal:
            acting(desk, NOON).do(
                register_resident,
                name="张桂芳",
                id_number=ID_NUMBER,
                sex="male",
                birth_date=date(1950, 1, 1),
            )

        assert set(refusal.value.fields) == {"sex", "birth_date"}

    def test_refuses_who_may_not(self) -> None:
        with pytest.raises(NotAllowed):
            acting(make.actor("residents.read"), NOON).do(register_resident, name="张桂芳")

    def test_keeps_nothing_in_clear_that_names_her_to_strangers(self, desk: Actor) -> None:
        resident = acting(desk, NOON).do(
            register_resident, name="张桂芳", id_number=ID_NUMBER, chronic=["高血压"]
        )

        def raw(actor: Actor) -> str:
            return str(Resident.objects.filter(id=resident.id).values().get())

        kept = acting(desk, NOON).ask(raw)
        assert ID_NUMBER not in kept
        assert "hypertension" not in kept
        assert "1949-12-31" not in kept


class TestRegisterResidents:
    def test_takes_in_those_who_are_new(self, desk: Actor) -> None:
        changes = acting(desk, NOON).do(
            register_residents, rows=[row(2), row(3, name="李建国", id_number=None)]
        )

        assert [change.name for change in changes.added] == ["张桂芳", "李建国"]
        assert [(one.name, one.id_check) for one in residents_of(desk)] == [
            ("李建国", "unverified"),
            ("张桂芳", "verified"),
        ]

    def test_changes_nothing_the_second_time(self, desk: Actor) -> None:
        rows = [
            row(2),
            row(3, name="李建国", id_number=None),
            row(4, name="王秀英", id_number=None, phones=(), birth_date=date(1940, 1, 2)),
            row(5, name="赵玉梅", id_number=None, phones=(), address="和平里九区1号"),
            row(6, name="孙福海", id_number=None, phones=(), address="", relatives=()),
        ]
        acting(desk, NOON).do(register_residents, rows=rows)

        again = acting(desk, NOON).do(register_residents, rows=rows)

        assert again.is_empty
        assert again.same == 5
        assert len(audited(desk, "residents.list.registered")) == 1

    def test_is_one_entry_in_the_audit_however_long(self, desk: Actor) -> None:
        rows = [row(number, name=f"王{chr(0x4E00 + number)}", id_number=None) for number in range(2, 40)]

        acting(desk, NOON).do(register_residents, rows=rows, list_id=uuid4())

        assert len(audited(desk, "residents.list.registered")) == 1

    def test_adds_and_corrects_and_takes_nothing_away(self, desk: Actor) -> None:
        acting(desk, NOON).do(register_residents, rows=[row(2)])
        changed = row(
            2,
            phones=(WrittenPhone("13700009999"),),
            address="和平里九区1号楼101",
            chronic=None,
            lives_alone=None,
            relatives=(RelativeRow(name="李小梅", phone="13911112222"), RelativeRow(name="李建军")),
        )

        changes = acting(desk, NOON).do(register_residents, rows=[changed])

        assert [set(change.fields) for change in changes.changed] == [{"phone", "address", "relatives"}]
        [resident] = residents_of(desk)
        sheet = acting(desk, NOON).ask(resident_sheet, Purpose.CONTRACT, resident_id=resident.id)
        assert [phone.number for phone in sheet.phones] == ["13800001234", "13700009999"]
        assert [address.text for address in sheet.addresses] == [
            "和平里九区1号楼101",
            "和平里七区12号楼3单元201",
        ]
        assert (resident.lives_alone, resident.chronic) == (True, ["hypertension"])
        assert {(one.name, one.relation, one.phone) for one in sheet.relatives} == {
            ("李小梅", "女儿", "13911112222"),
            ("李建军", "", ""),
        }

    def test_takes_as_many_statements_for_thirty_corrections_as_for_three(self, desk: Actor) -> None:
        """Of every kind: a name, a telephone, another flat, a note at the door, a relative's number."""

        def corrected(many: int) -> int:
            people = [
                row(
                    number,
                    name=f"{chr(0x4E00 + many)}{chr(0x4E00 + number)}",
                    id_number=check_id_number(id_number_of(many * 10 + number), today=NOON.date()),
                )
                for number in range(2, many + 2)
            ]
            acting(desk, NOON).do(register_residents, rows=people)
            later = [
                replace(
                    one,
                    name=f"{one.name}英",
                    phones=(WrittenPhone(f"137{one.row:08d}"),),
                    address="新华里九区1号楼101" if one.row % 2 else one.address,
                    door_note="门铃坏了，请敲门",
                    relatives=(RelativeRow(name="李小梅", phone="13911112222"), RelativeRow(name="李建军")),
                )
                for one in people
            ]
            with CaptureQueriesContext(connection) as asked:
                changes = acting(desk, NOON).do(register_residents, rows=later)
            assert len(changes.changed) == many
            return len(asked)

        assert corrected(30) == corrected(3)

    def test_writes_each_correction_with_whom_it_is_about(self, desk: Actor) -> None:
        two = [
            row(2),
            row(3, name="王秀英", id_number=None, phones=(WrittenPhone("13600001111"),), relatives=()),
        ]
        acting(desk, NOON).do(register_residents, rows=two)

        acting(desk, NOON).do(
            register_residents,
            rows=[
                replace(two[0], name="张桂芬", door_note="门铃坏了，请敲门"),
                replace(two[1], chronic=("diabetes",), lives_alone=False),
            ],
        )

        wang, zhang = residents_of(desk)
        assert [(one.name, one.lives_alone, one.chronic) for one in (wang, zhang)] == [
            ("王秀英", False, ["diabetes"]),
            ("张桂芬", True, ["hypertension"]),
        ]
        sheet = acting(desk, NOON).ask(resident_sheet, Purpose.CONTRACT, resident_id=zhang.id)
        assert [(one.text, one.note, one.is_main) for one in sheet.addresses] == [
            ("和平里七区12号楼3单元201", "门铃坏了，请敲门", True)
        ]
        found = acting(desk, NOON).ask(residents_found, Purpose.CONTRACT, text="张桂")
        assert [line.name for line in found] == ["张桂芬"]

    def test_gives_an_id_number_to_who_came_without(self, desk: Actor) -> None:
        acting(desk, NOON).do(register_residents, rows=[row(2, id_number=None)])

        changes = acting(desk, NOON).do(register_residents, rows=[row(2)])

        assert changes.changed[0].fields["id_number"] == ("", "110***********002X")
        assert [one.id_check for one in residents_of(desk)] == ["verified"]

    def test_takes_namesakes_with_different_id_numbers_for_two_people(self, desk: Actor) -> None:
        acting(desk, NOON).do(register_residents, rows=[row(2)])
        other = check_id_number("110105194912310089", today=NOON.date())

        changes = acting(desk, NOON).do(register_residents, rows=[row(2, id_number=other)])

        assert len(changes.added) == 1

    def test_refuses_a_list_that_has_one_person_twice(self, desk: Actor) -> None:
        with pytest.raises(AlreadyRegistered):
            acting(desk, NOON).do(register_residents, rows=[row(2), row(3, name="张桂芬")])

    def test_tries_first_without_doing_anything(self, desk: Actor) -> None:
        acting(desk, NOON).do(register_residents, rows=[row(2)])

        comparison = acting(desk, NOON).ask(
            changes_of_rows,
            Purpose.CONTRACT,
            rows=[row(2, lives_alone=False), row(3, name="李建国", id_number=None), row(4)],
        )

        assert [change.fields for change in comparison.changes.changed] == [{"lives_alone": ("yes", "no")}]
        assert [change.name for change in comparison.changes.added] == ["李建国"]
        assert comparison.twice == {4: 2}
        assert len(residents_of(desk)) == 1


class TestChangeResident:
    def form(self, **changes: object) -> dict[str, object]:
        return {
            "name": "张桂芳",
            "sex": "female",
            "birth_date": None,
            "id_number": ID_NUMBER,
            "phones": ["13800001234"],
            "filed_on": None,
            "chronic": ["高血压"],
            "lives_alone": True,
            "relatives": [],
        } | changes

    def test_leaves_the_person_as_the_form_shows_her(self, desk: Actor) -> None:
        resident = make_residents.resident(served_by=desk, name="张贵芳", phones=["13800009999"])

        acting(desk, NOON).do(change_resident, resident_id=resident.id, **self.form())  # type: ignore[arg-type]

        sheet = acting(desk, NOON).ask(resident_sheet, Purpose.CONTRACT, resident_id=resident.id)
        assert (sheet.resident.name, sheet.resident.id_number) == ("张桂芳", ID_NUMBER)
        assert [phone.number for phone in sheet.phones] == ["13800001234"]
        [entry] = audited(desk, "residents.resident.changed", subject_id=resident.id)
        assert {"name", "id_number", "phone", "birth_date"} <= set(entry.fields)

    def test_writes_nothing_down_when_nothing_changed(self, desk: Actor) -> None:
        resident = make_residents.resident(served_by=desk)
        for _time in range(2):
            acting(desk, NOON).do(change_resident, resident_id=resident.id, **self.form())  # type: ignore[arg-type]

        assert len(audited(desk, "residents.resident.changed", subject_id=resident.id)) == 1

    def test_is_404_for_another_organization(self, desk: Actor) -> None:
        stranger = make_residents.resident(served_by=make.actor())

        with pytest.raises(NotFound):
            acting(desk, NOON).do(change_resident, resident_id=stranger.id, **self.form())  # type: ignore[arg-type]


class TestAddAddress:
    def test_becomes_where_she_is_visited(self, desk: Actor) -> None:
        resident = make_residents.resident(served_by=desk)

        added = acting(desk, NOON).do(add_address, resident_id=resident.id, text="女儿家：望京西园三区305")

        found = acting(desk, NOON).ask(addresses_of, Purpose.CONTRACT, resident_id=resident.id)
        assert [address.is_main for address in found] == [True, False]
        assert found[0].id == added.id

    def test_is_for_a_person_only_her_own(self, desk: Actor) -> None:
        resident, other = (make_residents.resident(served_by=desk) for _ in range(2))
        person = make_residents.holder("residents.add_address", of=resident, relation="self")

        with pytest.raises(NotFound):
            acting(person, NOON).do(add_address, resident_id=other.id, text="别处")
        added = acting(person, NOON).do(add_address, resident_id=resident.id, text="女儿家")
        assert acting(person, NOON).ask(get_address, Purpose.ACCESS, address_id=added.id).text == "女儿家"

    @pytest.mark.parametrize(
        "says", [{"text": " "}, {"text": "长" * 301}, {"text": "某处", "latitude": 91, "longitude": 0}]
    )
    def test_refuses_what_is_no_place(self, desk: Actor, says: dict[str, object]) -> None:
        resident = make_residents.resident(served_by=desk)

        with pytest.raises(Invalid):
            acting(desk, NOON).do(add_address, resident_id=resident.id, **says)  # type: ignore[arg-type]


class TestReveal:
    def test_is_written_down(self, desk: Actor) -> None:
        resident = make_residents.resident(served_by=desk, id_number=ID_NUMBER)

        assert acting(desk, NOON).do(reveal, resident_id=resident.id).id_number == ID_NUMBER
        assert len(audited(desk, "residents.resident.revealed", subject_id=resident.id)) == 1


class TestCard:
    def test_is_hers_until_it_is_replaced(self, desk: Actor) -> None:

        resident = make_residents.resident(served_by=desk)
        payload = card_payload(resident.id, resident.card_serial, mac=mac)

        assert acting(desk, NOON).ask(resident_of_card, Purpose.CONTRACT, payload=payload) == resident.id
        acting(desk, NOON).do(replace_card, resident_id=resident.id)
        assert acting(desk, NOON).ask(resident_of_card, Purpose.CONTRACT, payload=payload) is None


class TestPhoneToCall:
    def test_is_her_own_else_her_familys(self, desk: Actor) -> None:
        own = make_residents.resident(served_by=desk, phones=["13800001234"])
        none = make_residents.resident(
            served_by=desk, relatives=[RelativeRow(name="李小梅", phone="13900005678")]
        )

        unit = acting(desk, NOON)
        assert unit.ask(phone_to_call, Purpose.CONTRACT, resident_id=own.id) == "13800001234"
        assert unit.ask(phone_to_call, Purpose.CONTRACT, resident_id=none.id) == "13900005678"
