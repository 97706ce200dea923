"""Who may act for a resident."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.errors import Invalid, NotAllowed, NotFound
from anjia.kernel.files import store
from anjia.kernel.work import acting
from anjia.residents.commands import (
    grant_access,
    grant_on_paper,
    withdraw_grant,
    witness_grant,
)
from anjia.residents.models import Address, Phone, Resident
from anjia.residents.queries import (
    accounts_of_resident,
    addresses_of,
    get_resident,
    grants_of,
    people_of_account,
    readers_of_record,
    resident_sheet,
)
from anjia.residents.rules import (
    AlreadyGranted,
    OnlySheDecides,
    SameWitness,
)
from tests import make
from tests.make import NOON
from tests.messaging import make as messaging
from tests.residents import make as make_residents
from tests.residents.make import PAPER, PERSON, colleague_of, people

pytestmark = pytest.mark.usefixtures("database")


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

    @pytest.mark.parametrize("phone", ["", "  ", "٠١٢"])
    def test_wants_a_number_to_sign_in_with(self, desk: Actor, phone: str) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")

        with pytest.raises(Invalid):
            acting(she, NOON).do(
                grant_access, resident_id=mother.id, phone=phone, name="李小梅", allows=["visits"]
            )

    def test_keeps_the_number_as_everybody_dials_it(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        she = make_residents.holder(*PERSON, of=mother, relation="self")

        grant = acting(she, NOON).do(
            grant_access, resident_id=mother.id, phone="１３９ 0000 5678", name="李小梅", allows=["visits"]
        )

        assert grant.phone == "13900005678"

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

    def test_needs_the_photo_of_her_own_paper(self, desk: Actor) -> None:
        mother, neighbour = (make_residents.resident(served_by=desk) for _ in range(2))
        hers = acting(desk, NOON).do(store, content=PAPER, content_type="image/png", resident_id=neighbour.id)

        for file_id in (uuid4(), hers.id):
            with pytest.raises(NotFound):
                acting(desk, NOON).do(
                    grant_on_paper,
                    resident_id=mother.id,
                    phone="13900005678",
                    name="李小梅",
                    relation="family",
                    allows=["book"],
                    file_id=file_id,
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

    def test_leaves_nothing_unsaid_waiting_for_her_to_hear(self, desk: Actor) -> None:
        mother, father = (make_residents.resident(served_by=desk, name=name) for name in ("张桂芳", "李建国"))
        daughter = make_residents.holder(of=mother)
        make_residents.holder(of=father, account_id=daughter.user_id)
        house = system(desk.organization_id)
        [grant] = acting(desk, NOON).ask(grants_of, Purpose.CONTRACT, resident_id=mother.id, now=NOON)
        told = [
            messaging.message(sent_by=house, party_id=party_id, resident_id=about.id)
            for party_id, about in [(daughter.user_id, mother), (daughter.user_id, father), (uuid4(), mother)]
        ]

        acting(desk, NOON).do(withdraw_grant, grant_id=grant.id)
        make.deliver_events(desk)

        states = [messaging.notifications(one)["wechat"].state for one in told]
        assert states == ["gave_up", "queued", "queued"]

    def test_goes_on_telling_who_acts_for_her_by_another_grant(self, desk: Actor) -> None:
        mother = make_residents.resident(served_by=desk)
        daughter = make_residents.holder(of=mother)
        [grant] = acting(desk, NOON).ask(grants_of, Purpose.CONTRACT, resident_id=mother.id, now=NOON)
        told = messaging.message(
            sent_by=system(desk.organization_id), party_id=daughter.user_id, resident_id=mother.id
        )

        acting(desk, NOON).do(withdraw_grant, grant_id=grant.id)
        make_residents.holder(of=mother, account_id=daughter.user_id, relation="guardian")
        make.deliver_events(desk)

        assert messaging.notifications(told)["wechat"].state == "queued"

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
            acting(system(), NOON).ask(people_of_account, Purpose.LEGAL, account_id=person.user_id, now=NOON)

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
