from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.identity.commands import open_account
from anjia.identity.models import Account, Session
from anjia.identity.rules import Entry, Refused
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.encryption import blind
from anjia.kernel.errors import Invalid, NotAllowed, NotFound
from anjia.kernel.files import FileNotKnown, store
from anjia.kernel.work import acting
from anjia.residents.commands import (
    ask_for_number,
    confirm_number,
    drop_number,
    give_consent,
    grant_access,
    grant_on_paper,
    make_activation_slip,
    make_activation_slips,
    redeem_activation,
    withdraw_consent,
    withdraw_grant,
    witness_grant,
)
from anjia.residents.models import Address, Grant, NumberChange, Phone, Resident
from anjia.residents.queries import (
    accounts_of_resident,
    addresses_of,
    check_consent,
    consents_of,
    get_resident,
    grants_of,
    organization_of_slip,
    people_of_account,
    readers_of_record,
    resident_sheet,
)
from anjia.residents.rules import (
    AlreadyGranted,
    ConsentMissing,
    NoSuchPhone,
    NumberWaits,
    OnlySheDecides,
    PaperMissing,
    SameWitness,
    TextNotCurrent,
)
from tests import make
from tests.identity import make as make_identity
from tests.make import NOON
from tests.residents import make as make_residents

pytestmark = pytest.mark.usefixtures("database")

PAPER = b"\x89PNG\r\n\x1a\n a photo of a signed paper"
PERSON = ("residents.read", "residents.grant", "residents.consent", "identity.open_account")


@pytest.fixture
def desk() -> Actor:
    return make.actor(
        "residents.read", "residents.grant", "residents.consent", "identity.open_account", "files.store"
    )


def colleague_of(actor: Actor) -> Actor:
    return make.actor(*actor.permissions, organization_id=actor.organization_id)


def people(account_id: UUID, *, days: int = 0) -> list[UUID]:
    now = NOON + timedelta(days=days)
    found = acting(system(), now).ask(people_of_account, Purpose.LEGAL, account_id=account_id, now=now)
    return [one.resident_id for one in found]


class TestGrantAccess:
    def test_lets_the_daughter_act_for_her_mother(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")

        grant = acting(she, NOON).do(
            grant_access,
            resident_id=mother.id,
            phone="13900005678",
            name="李小梅",
            allows=["visits", "book"],
        )

        [acts] = acting(system(), NOON).ask(
            people_of_account, Purpose.LEGAL, account_id=grant.account_id, now=NOON
        )
        assert (acts.resident_id, acts.organization_id, acts.name) == (
            mother.id,
            desk.organization_id,
            "张桂芳",
        )
        assert (acts.relation, acts.allows) == ("family", ("visits", "book"))

    def test_is_not_for_family_to_pass_on(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        daughter = make_residents.holder(*PERSON, of=mother)

        with pytest.raises(OnlySheDecides):
            acting(daughter, NOON).do(
                grant_access, resident_id=mother.id, phone="13900001111", name="某人", allows=["record"]
            )

    def test_is_for_a_guardian_too(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        guardian = make_residents.holder(*PERSON, of=mother, relation="guardian")

        acting(guardian, NOON).do(
            grant_access, resident_id=mother.id, phone="13900001111", name="李建军", allows=["book"]
        )

    def test_is_not_for_the_desk_without_paper(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)

        with pytest.raises(NotAllowed):
            acting(desk, NOON).do(
                grant_access, resident_id=mother.id, phone="13900001111", name="李建军", allows=["book"]
            )

    def test_does_not_reach_other_residents(self, desk: Actor) -> None:
        mother, other = (make_residents.resident(served_by=desk) for _ in range(2))
        she = make_residents.holder(*PERSON, of=mother, relation="self")

        with pytest.raises(NotFound):
            acting(she, NOON).do(
                grant_access, resident_id=other.id, phone="13900001111", name="李建军", allows=["book"]
            )

    def test_is_once_for_each_person(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")
        says = {"resident_id": mother.id, "phone": "13900005678", "name": "李小梅", "allows": ["book"]}
        acting(she, NOON).do(grant_access, **says)  # type: ignore[arg-type]

        with pytest.raises(AlreadyGranted):
            acting(she, NOON).do(grant_access, **says)  # type: ignore[arg-type]

    def test_ends_when_it_was_said_to_end(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")

        grant = acting(she, NOON).do(
            grant_access,
            resident_id=mother.id,
            phone="13900005678",
            name="李小梅",
            allows=["book"],
            valid_until=NOON + timedelta(days=7),
        )

        assert people(grant.account_id, days=6) == [mother.id]
        assert people(grant.account_id, days=7) == []
        with pytest.raises(Invalid):
            acting(she, NOON).do(
                grant_access,
                resident_id=mother.id,
                phone="13900005679",
                name="李小兰",
                allows=["book"],
                valid_until=NOON,
            )

    def test_can_be_given_again_when_it_has_ended(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")
        says: dict[str, Any] = {
            "resident_id": mother.id,
            "phone": "13900005678",
            "name": "李小梅",
            "allows": ["book"],
        }
        acting(she, NOON).do(grant_access, **says, valid_until=NOON + timedelta(days=7))
        later = NOON + timedelta(days=7)

        again = acting(she, later).do(grant_access, **says)

        assert people(again.account_id, days=8) == [mother.id]
        [_own, shown] = acting(she, later).ask(grants_of, Purpose.ACCESS, resident_id=mother.id, now=later)
        assert shown.id == again.id


class TestGrantOnPaper:
    def test_counts_when_a_second_person_has_seen_the_paper(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        photo = acting(desk, NOON).do(store, content=PAPER, content_type="image/png", resident_id=mother.id)
        grant = acting(desk, NOON).do(
            grant_on_paper,
            resident_id=mother.id,
            phone="13900005678",
            name="李小梅",
            relation="guardian",
            allows=["visits", "book", "record"],
            file_id=photo.id,
        )
        assert people(grant.account_id) == []

        with pytest.raises(SameWitness):
            acting(desk, NOON).do(witness_grant, grant_id=grant.id)
        acting(colleague_of(desk), NOON).do(witness_grant, grant_id=grant.id)

        assert people(grant.account_id) == [mother.id]
        with pytest.raises(NotFound):
            acting(colleague_of(desk), NOON).do(witness_grant, grant_id=grant.id)

    def test_needs_the_photo(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)

        with pytest.raises(NotFound):
            acting(desk, NOON).do(
                grant_on_paper,
                resident_id=mother.id,
                phone="13900005678",
                name="李小梅",
                relation="family",
                allows=["book"],
                file_id=uuid4(),
            )

    def test_is_not_for_persons(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")

        with pytest.raises(NotAllowed):
            acting(she, NOON).do(
                grant_on_paper,
                resident_id=mother.id,
                phone="13900005678",
                name="李小梅",
                relation="family",
                allows=["book"],
                file_id=uuid4(),
            )


class TestWithdrawGrant:
    def test_bites_at_the_next_request(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")
        daughter = make_residents.holder(*PERSON, of=mother)
        [grant] = [
            one
            for one in acting(she, NOON).ask(grants_of, Purpose.ACCESS, resident_id=mother.id, now=NOON)
            if one.account_id == daughter.user_id
        ]

        acting(she, NOON).do(withdraw_grant, grant_id=grant.id)

        assert people(daughter.user_id) == []
        left = acting(desk, NOON).ask(accounts_of_resident, Purpose.CONTRACT, resident_id=mother.id, now=NOON)
        assert [one.account_id for one in left] == [she.user_id]

    def test_can_be_done_by_the_holder_but_not_to_others(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        daughter = make_residents.holder(*PERSON, of=mother)
        make_residents.holder(*PERSON, of=mother)
        grants = acting(daughter, NOON).ask(grants_of, Purpose.ACCESS, resident_id=mother.id, now=NOON)

        [others] = [grant.id for grant in grants if grant.account_id != daughter.user_id]
        with pytest.raises(OnlySheDecides):
            acting(daughter, NOON).do(withdraw_grant, grant_id=others)
        [own] = [grant.id for grant in grants if grant.account_id == daughter.user_id]
        acting(daughter, NOON).do(withdraw_grant, grant_id=own)

    def test_does_not_let_her_shut_herself_out(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")
        [own] = acting(she, NOON).ask(grants_of, Purpose.ACCESS, resident_id=mother.id, now=NOON)

        with pytest.raises(NotAllowed):
            acting(she, NOON).do(withdraw_grant, grant_id=own.id)


class TestPeopleOfAccount:
    def test_puts_herself_first(self, desk: Actor) -> None:
        mother, daughter = (make_residents.resident(served_by=desk) for _ in range(2))
        person = make_residents.holder(*PERSON, of=mother)
        make_residents.holder(
            of=daughter, relation="self", account_id=person.user_id, given_at=NOON + timedelta(hours=1)
        )

        assert people(person.user_id) == [daughter.id, mother.id]

    def test_is_one_statement(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        person = make_residents.holder(of=mother)
        with CaptureQueriesContext(connection) as asked:
            people(person.user_id)

        assert sum("residents_grant" in one["sql"] for one in asked.captured_queries) == 1
        assert len(asked.captured_queries) <= 4  # with those of the unit itself


class TestReaders:
    def test_are_shown_to_family_who_may_read_the_record(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        acting(desk, NOON).ask(resident_sheet, Purpose.CONTRACT, resident_id=mother.id)
        may, may_not = (
            make_residents.holder("records.read", of=mother),
            make_residents.holder("visits.read", of=mother),
        )

        page = acting(may, NOON).ask(readers_of_record, Purpose.ACCESS, resident_id=mother.id)

        assert [row.actor_id for row in page.items] == [desk.user_id]
        with pytest.raises(NotAllowed):
            acting(may_not, NOON).ask(readers_of_record, Purpose.ACCESS, resident_id=mother.id)


class TestRowSecurity:
    def test_shows_a_person_only_her_own_even_without_a_filter(self, desk: Actor) -> None:
        mother, other = (make_residents.resident(served_by=desk, phones=["13800001234"]) for _ in range(2))
        person = make_residents.holder(of=mother)

        def everything(_: Actor) -> list[set[UUID]]:
            return [
                set(Resident.objects.values_list("id", flat=True)),
                set(Address.objects.values_list("resident_id", flat=True)),
                set(Phone.objects.values_list("resident_id", flat=True)),
            ]

        assert acting(person, NOON).ask(everything) == [{mother.id}] * 3
        assert other.id in acting(desk, NOON).ask(everything)[0]

    def test_shows_strangers_nothing(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        stranger = make.actor("residents.read")

        with pytest.raises(NotFound):
            acting(stranger, NOON).ask(get_resident, Purpose.CONTRACT, resident_id=mother.id)
        assert acting(stranger, NOON).ask(addresses_of, Purpose.CONTRACT, resident_id=mother.id) == []


class TestConsent:
    def test_is_missing_until_it_is_given(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)

        for purpose in (Purpose.CARE, Purpose.VIDEO):
            with pytest.raises(ConsentMissing):
                acting(desk, NOON).ask(check_consent, purpose, resident_id=mother.id)
        make_residents.consent(of=mother)
        acting(desk, NOON).ask(check_consent, Purpose.CARE, resident_id=mother.id)
        with pytest.raises(ConsentMissing):
            acting(desk, NOON).ask(check_consent, Purpose.VIDEO, resident_id=mother.id)

    @pytest.mark.parametrize("purpose", [Purpose.CONTRACT, Purpose.LEGAL, Purpose.VITAL, Purpose.ACCESS])
    def test_is_not_asked_for_what_does_not_rest_on_it(self, desk: Actor, purpose: Purpose) -> None:
        mother = make_residents.resident(served_by=desk)

        acting(desk, NOON).ask(check_consent, purpose, resident_id=mother.id)

    def test_bites_at_the_next_unit_of_work_when_withdrawn(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")
        acting(she, NOON).do(give_consent, resident_id=mother.id, purpose="care", text_version=1)
        acting(desk, NOON).ask(check_consent, Purpose.CARE, resident_id=mother.id)

        standing = acting(she, NOON).do(withdraw_consent, resident_id=mother.id, purpose="care")

        assert standing.state == "withdrawn"
        with pytest.raises(ConsentMissing):
            acting(desk, NOON).ask(check_consent, Purpose.CARE, resident_id=mother.id)

    def test_keeps_yes_and_no_apart_for_each_purpose(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")
        acting(she, NOON).do(
            give_consent, resident_id=mother.id, purpose="video", text_version=1, agrees=False
        )
        acting(she, NOON).do(give_consent, resident_id=mother.id, purpose="care", text_version=1)

        states = acting(she, NOON).ask(consents_of, Purpose.ACCESS, resident_id=mother.id)

        assert {one.text.purpose.value: one.state.value for one in states} == {
            "care": "given",
            "video": "refused",
        }

    def test_is_hers_and_her_guardians_to_give(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        daughter = make_residents.holder(*PERSON, of=mother)

        with pytest.raises(OnlySheDecides):
            acting(daughter, NOON).do(give_consent, resident_id=mother.id, purpose="care", text_version=1)

    def test_is_given_to_the_text_of_today(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")

        with pytest.raises(TextNotCurrent):
            acting(she, NOON).do(give_consent, resident_id=mother.id, purpose="care", text_version=9)
        with pytest.raises(Invalid):
            acting(she, NOON).do(give_consent, resident_id=mother.id, purpose="ads", text_version=1)

    def test_is_not_the_desks_to_say_without_her_own_paper(self, desk: Actor) -> None:
        mother, neighbour = (make_residents.resident(served_by=desk) for _ in range(2))
        paper = acting(desk, NOON).do(
            store, content=PAPER, content_type="image/png", resident_id=neighbour.id
        )
        says: dict[str, Any] = {"resident_id": mother.id, "purpose": "care", "text_version": 1}

        with pytest.raises(PaperMissing):
            acting(desk, NOON).do(give_consent, **says)
        with pytest.raises(NotFound):
            acting(desk, NOON).do(give_consent, **says, file_id=paper.id)


class TestActivation:
    @pytest.fixture
    def house(self) -> UUID:
        return make_identity.house().id

    @pytest.fixture
    def desk(self, house: UUID) -> Actor:
        return make.actor("residents.grant", organization_id=house)

    def redeem(self, code: str, last_four: str, *, days: int = 0) -> Entry | Refused:
        now = NOON + timedelta(days=days)
        house = acting(system(), now).ask(organization_of_slip, Purpose.LEGAL, code=code)
        assert house is not None
        return acting(system(house), now).do(redeem_activation, code=code, phone_last_four=last_four)

    def test_opens_her_account_and_lets_her_act_for_herself(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk, phones=["010-62345678", "13800001234"])
        slip = acting(desk, NOON).do(make_activation_slip, resident_id=mother.id)

        entry = self.redeem(slip.code, "1234")

        assert isinstance(entry, Entry)
        assert entry.name == "张桂芳"
        assert people(entry.account_id) == [mother.id]

    def test_works_once(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk, phones=["13800001234"])
        slip = acting(desk, NOON).do(make_activation_slip, resident_id=mother.id)
        self.redeem(slip.code, "1234")

        again = self.redeem(slip.code, "1234")

        assert isinstance(again, Refused)
        assert again.error.code == "residents.slip_over"

    def test_is_over_after_five_wrong_tries(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk, phones=["13800001234"])
        slip = acting(desk, NOON).do(make_activation_slip, resident_id=mother.id)
        for _try in range(5):
            assert isinstance(self.redeem(slip.code, "0000"), Refused)

        right = self.redeem(slip.code, "1234")

        assert isinstance(right, Refused)
        assert right.error.code == "residents.slip_over"

    def test_is_over_after_a_month(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk, phones=["13800001234"])
        slip = acting(desk, NOON).do(make_activation_slip, resident_id=mother.id)

        assert isinstance(self.redeem(slip.code, "1234", days=30), Refused)

    def test_may_be_typed_with_blanks_and_wide_digits(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk, phones=["13800001234"])
        slip = acting(desk, NOON).do(make_activation_slip, resident_id=mother.id)
        typed = " ".join([slip.code[:4], slip.code[4:8], slip.code[8:]])

        assert isinstance(self.redeem(typed, "１２３４"), Entry)

    def test_finds_the_account_that_she_has(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk, phones=["13800001234"])
        entries = []
        for _time in range(2):
            slip = acting(desk, NOON).do(make_activation_slip, resident_id=mother.id)
            entries.append(self.redeem(slip.code, "1234"))

        first, second = entries
        assert isinstance(first, Entry)
        assert isinstance(second, Entry)
        assert first.account_id == second.account_id

    @pytest.mark.parametrize(
        "before",
        [
            {"relation": "self", "valid_until": NOON - timedelta(days=1)},
            {"relation": "self", "given_by": "on_paper", "giver_id": UUID(int=1)},
            {"relation": "family", "allows": ["visits"]},
        ],
        ids=["over", "not witnessed", "less"],
    )
    def test_gives_what_it_says_though_something_else_was_given_before(
        self, desk: Actor, before: dict[str, Any]
    ) -> None:
        mother = make_residents.resident(served_by=desk, phones=["13800001234"])
        account = acting(system(desk.organization_id), NOON).do(
            open_account, kind="person", name="张桂芳", phone="13800001234"
        )
        make_residents.holder(of=mother, account_id=account.id, **before)
        slip = acting(desk, NOON).do(make_activation_slip, resident_id=mother.id)

        self.redeem(slip.code, "1234")

        [acts] = acting(system(), NOON).ask(people_of_account, Purpose.LEGAL, account_id=account.id, now=NOON)
        assert (acts.relation, set(acts.allows)) == ("self", {"visits", "book", "record"})

    def test_needs_a_mobile_number(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk, phones=["010-62345678"])

        with pytest.raises(NoSuchPhone):
            acting(desk, NOON).do(make_activation_slip, resident_id=mother.id)

    def test_is_made_for_many_at_once(self, desk: Actor) -> None:
        with_phone = make_residents.resident(served_by=desk, phones=["13800001234"])
        without = make_residents.resident(served_by=desk)

        slips = acting(desk, NOON).do(make_activation_slips, resident_ids=[with_phone.id, without.id])

        assert [slip.resident_id for slip in slips] == [with_phone.id]
        assert [len(slip.code) for slip in slips] == [12]


class TestAnotherNumber:
    """Of an account that acts for her: a number that was given away would let whoever has it now sign in as her."""

    OLD, NEW = "13900005678", "13700002468"

    @pytest.fixture
    def desk(self) -> Actor:
        return make.actor(
            "residents.read",
            "residents.grant",
            "identity.open_account",
            "identity.change_account",
            "files.store",
            organization_id=make_identity.house().id,
        )

    @pytest.fixture
    def mother(self, desk: Actor) -> Resident:
        return make_residents.resident(served_by=desk, phones=[self.OLD])

    @pytest.fixture
    def grant(self, desk: Actor, mother: Resident) -> Grant:
        slip = acting(desk, NOON).do(make_activation_slip, resident_id=mother.id)
        acting(system(desk.organization_id), NOON).do(
            redeem_activation, code=slip.code, phone_last_four="5678"
        )
        [grant] = acting(desk, NOON).ask(grants_of, Purpose.CONTRACT, resident_id=mother.id, now=NOON)
        return grant

    def ask(self, desk: Actor, grant: Grant, phone: str = NEW) -> NumberChange:
        return acting(desk, NOON).do(
            ask_for_number, grant_id=grant.id, phone=phone, photo=PAPER, content_type="image/png"
        )

    def known_by(self, phone: str) -> list[UUID]:
        rows = acting(system(), NOON).ask(
            lambda _: list(Account.objects.filter(phone_index=blind("phone", phone)))
        )
        return [row.id for row in rows]

    def sessions(self, account_id: UUID) -> int:
        return acting(system(), NOON).ask(
            lambda _: Session.objects.filter(account_id=account_id, ended_at=None).count()
        )

    def test_counts_when_a_second_person_has_seen_the_paper(self, desk: Actor, grant: Grant) -> None:
        asked = self.ask(desk, grant)
        assert (grant.account_id in self.known_by(self.OLD), self.sessions(grant.account_id)) == (True, 1)
        with pytest.raises(SameWitness):
            acting(desk, NOON).do(confirm_number, change_id=asked.id)

        acting(colleague_of(desk), NOON).do(confirm_number, change_id=asked.id)

        assert grant.account_id not in self.known_by(self.OLD)
        assert grant.account_id in self.known_by(self.NEW)
        assert self.sessions(grant.account_id) == 0
        [shown] = acting(desk, NOON).ask(grants_of, Purpose.CONTRACT, resident_id=grant.resident_id, now=NOON)
        assert shown.phone == self.NEW
        with pytest.raises(NotFound):
            acting(colleague_of(desk), NOON).do(confirm_number, change_id=asked.id)

    def test_leaves_slips_for_the_old_one_worth_nothing(self, desk: Actor, grant: Grant) -> None:
        slip = acting(desk, NOON).do(make_activation_slip, resident_id=grant.resident_id)
        acting(colleague_of(desk), NOON).do(confirm_number, change_id=self.ask(desk, grant).id)

        late = acting(system(desk.organization_id), NOON).do(
            redeem_activation, code=slip.code, phone_last_four="5678"
        )

        assert isinstance(late, Refused)

    def test_can_be_dropped(self, desk: Actor, grant: Grant) -> None:
        asked = self.ask(desk, grant)
        with pytest.raises(NumberWaits):
            self.ask(desk, grant, "13700001111")

        acting(desk, NOON).do(drop_number, change_id=asked.id)

        assert grant.account_id in self.known_by(self.OLD)
        self.ask(desk, grant, "13700001111")

    def test_is_for_the_desk_and_takes_a_mobile_number_and_a_photo(
        self, desk: Actor, mother: Resident, grant: Grant
    ) -> None:
        she = make_residents.holder(*PERSON, of=mother, relation="guardian")

        with pytest.raises(NotAllowed):
            self.ask(she, grant)
        with pytest.raises(Invalid):
            self.ask(desk, grant, "12345")
        with pytest.raises(FileNotKnown):
            acting(desk, NOON).do(
                ask_for_number, grant_id=grant.id, phone=self.NEW, photo=b"", content_type=""
            )

    def test_of_another_institution_is_none_of_the_desks_business(self, desk: Actor, grant: Grant) -> None:
        stranger = make.actor(*desk.permissions)

        with pytest.raises(NotFound):
            self.ask(stranger, grant)
        with pytest.raises(NotFound):
            acting(stranger, NOON).do(confirm_number, change_id=self.ask(desk, grant).id)
