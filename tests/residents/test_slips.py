"""Coming in by a printed slip."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from anjia.identity.commands import open_account
from anjia.identity.rules import Entry, Refused
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.work import acting
from anjia.residents.commands import (
    make_activation_slip,
    make_activation_slips,
    redeem_activation,
)
from anjia.residents.queries import (
    organization_of_slip,
    people_of_account,
)
from anjia.residents.rules import (
    NoSuchPhone,
)
from tests import make
from tests.identity import make as make_identity
from tests.make import NOON
from tests.residents import make as make_residents
from tests.residents.make import people

pytestmark = pytest.mark.usefixtures("database")


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
