"""One policy for many: entered by one with its list, read by a second; people join and leave; the gate reads it."""

import threading
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds
from anjia.kernel.errors import DomainError, NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.workforce.commands import (
    Whom,
    add_group_policy,
    cover_more,
    end_cover,
    set_last_day,
    take_back_group_policy,
    verify_group_policy,
)
from anjia.workforce.console import policies as console
from anjia.workforce.models import GroupPolicy
from anjia.workforce.queries import caregivers_on, group_policies, group_policy_page
from anjia.workforce.rules.policies import (
    CoveredAlready,
    ListChanged,
    Member,
    PolicyInvalid,
    PolicyOver,
    PolicyOwnCover,
    PolicySameReader,
    members_meant,
)
from tests.make import NOON, actor
from tests.pages import open_page, post_form
from tests.workforce import make
from tests.workforce.make import SCAN

DATABASE = pytest.mark.usefixtures("database")
COVER = "accident_insurance"
DAY = date(2026, 3, 2)


@pytest.fixture
def keeper() -> Actor:
    return actor("workforce.read", "workforce.change", "workforce.confirm")


@pytest.fixture
def reader(keeper: Actor) -> Actor:
    return actor("workforce.read", "workforce.confirm", organization_id=keeper.organization_id)


def member(keeper: Actor, name: str, number: str = "", **says: Any) -> UUID:
    found: UUID = make.staff(of=keeper, name=name, number=number, **says).id
    return found


def enter(keeper: Actor, whom: Whom, **says: Any) -> GroupPolicy:
    sound: dict[str, Any] = {
        "code": COVER,
        "number": "PTY2026001",
        "issuer": "云杉人寿",
        "valid_from": date(2026, 1, 1),
        "valid_until": date(2026, 12, 31),
        "scan": SCAN,
        "content_type": "image/png",
    }
    return acting(keeper, NOON).do(add_group_policy, whom=whom, **sound | says)


def read_by(reader: Actor, policy: GroupPolicy) -> GroupPolicy:
    return acting(reader, NOON).do(verify_group_policy, policy_id=policy.id)


def covered(keeper: Actor, on: date = DAY) -> dict[str, date | None]:
    """Return until when each is covered, as dispatch reads it; nobody who is not."""
    start, stop = day_bounds(on)
    sheets = acting(keeper, NOON).ask(caregivers_on, Purpose.CONTRACT, start=start, end=stop)
    return {one.name: one.qualifications[COVER] for one in sheets if COVER in one.qualifications}


class TestAList:
    STAFF = (
        Member(id=UUID(int=1), name="李静", number="N01"),
        Member(id=UUID(int=2), name="王敏", number="N02"),
        Member(id=UUID(int=3), name="王敏", number="N03"),
    )

    def test_names_each_by_number_or_by_a_name_that_one_alone_has(self) -> None:
        listed = "李静\tN01\n\n N03 ,王敏\n"
        assert members_meant(listed, self.STAFF) == {UUID(int=1), UUID(int=3)}

    def test_is_refused_naming_who_is_nobody_and_who_is_more_than_one(self) -> None:
        with pytest.raises(PolicyInvalid) as refused:
            members_meant("李静\n王敏\n外人甲", self.STAFF)
        said = refused.value.fields["listed"]
        assert "外人甲" in said.split("。")[0]
        assert "王敏" in said.split("。")[1]


@DATABASE
class TestAPolicyForMany:
    def test_counts_for_each_once_a_second_person_has_read_it(self, keeper: Actor, reader: Actor) -> None:
        ids = frozenset({member(keeper, "李静"), member(keeper, "王敏")})
        member(keeper, "陈雪")
        policy = enter(keeper, Whom(staff_ids=ids))
        assert covered(keeper) == {}
        with pytest.raises(PolicySameReader):
            read_by(keeper, policy)
        read_by(reader, policy)

        assert covered(keeper) == dict.fromkeys(("李静", "王敏"), date(2026, 12, 31))
        page = acting(keeper, NOON).ask(group_policy_page, Purpose.LEGAL, policy_id=policy.id, today=DAY)
        assert (page.line.covered, page.line.waiting) == (2, 0)
        assert [one.name for one in page.without] == ["陈雪"]

    def test_does_not_count_for_those_who_were_added_while_it_was_read(
        self, keeper: Actor, reader: Actor
    ) -> None:
        policy = enter(keeper, Whom(staff_ids=frozenset({member(keeper, "李静")})))
        page = acting(reader, NOON).ask(group_policy_page, Purpose.LEGAL, policy_id=policy.id, today=DAY)
        acting(keeper, NOON).do(
            cover_more,
            policy_id=policy.id,
            whom=Whom(staff_ids=frozenset({member(keeper, "王敏")})),
            first_day=DAY,
        )

        with pytest.raises(ListChanged):
            acting(reader, NOON).do(verify_group_policy, policy_id=policy.id, mark=page.line.mark)

        again = acting(reader, NOON).ask(group_policy_page, Purpose.LEGAL, policy_id=policy.id, today=DAY)
        acting(reader, NOON).do(verify_group_policy, policy_id=policy.id, mark=again.line.mark)
        assert set(covered(keeper)) == {"李静", "王敏"}

    def test_covers_everybody_of_a_day_or_of_a_station(self, keeper: Actor, reader: Actor) -> None:
        station = uuid4()
        member(keeper, "李静", station_id=station)
        gone = member(keeper, "离职的", station_id=station)
        acting(keeper, NOON).do(set_last_day, staff_id=gone, last_day=date(2026, 5, 31))
        member(keeper, "别站的")
        read_by(reader, enter(keeper, Whom(station_id=station), valid_from=date(2026, 6, 1)))
        assert set(covered(keeper, date(2026, 6, 1))) == {"李静"}

        read_by(reader, enter(keeper, Whom(everybody=True), number="PTY2"))
        assert covered(keeper) == {
            "李静": date(2026, 12, 31),
            "离职的": date(2026, 5, 31),
            "别站的": date(2026, 12, 31),
        }

    def test_is_not_read_by_one_of_those_who_wait(self, keeper: Actor) -> None:
        one = member(keeper, "李静")
        policy = enter(keeper, Whom(staff_ids=frozenset({one})))
        herself = actor(
            "workforce.read", "workforce.confirm", organization_id=keeper.organization_id, staff_id=one
        )
        with pytest.raises(PolicyOwnCover):
            read_by(herself, policy)
        assert covered(keeper) == {}

    def test_is_refused_naming_every_field_and_leaves_nothing(self, keeper: Actor) -> None:
        with pytest.raises(PolicyInvalid) as refused:
            enter(keeper, Whom(), code="nurse_licence", number="", issuer=" ", valid_from=None, scan=b"")
        assert set(refused.value.fields) == {"code", "paper_number", "issuer", "valid_from", "scan"}
        for whom, refusal in (
            (Whom(), PolicyInvalid),
            (Whom(listed="外人甲"), PolicyInvalid),
            (Whom(staff_ids=frozenset({uuid4()})), NotFound),
        ):
            with pytest.raises(refusal):
                enter(keeper, whom)
        found = acting(keeper, NOON).ask(group_policies, Purpose.LEGAL, today=DAY)
        assert found.items == []

    def test_is_of_ones_own_house(self, keeper: Actor, reader: Actor) -> None:
        policy = enter(keeper, Whom(staff_ids=frozenset({member(keeper, "李静")})))
        stranger = actor("workforce.read", "workforce.confirm", "workforce.change")
        with pytest.raises(NotFound):
            read_by(stranger, policy)
        with pytest.raises(NotAllowed):
            acting(actor(organization_id=keeper.organization_id), NOON).ask(
                group_policies, Purpose.LEGAL, today=DAY
            )


@DATABASE
class TestWhoComesAndGoes:
    def test_joins_from_a_day_on_once_a_second_has_read_the_slip(self, keeper: Actor, reader: Actor) -> None:
        policy = enter(keeper, Whom(staff_ids=frozenset({member(keeper, "李静")})))
        read_by(reader, policy)
        member(keeper, "新来的", number="N9")
        more: dict[str, Any] = {"policy_id": policy.id, "first_day": date(2026, 4, 1)}
        acting(keeper, NOON).do(cover_more, whom=Whom(listed="N9\n李静"), **more)
        assert set(covered(keeper, date(2026, 4, 1))) == {"李静"}
        read_by(reader, policy)

        assert set(covered(keeper, date(2026, 3, 31))) == {"李静"}
        assert set(covered(keeper, date(2026, 4, 1))) == {"李静", "新来的"}
        with pytest.raises(CoveredAlready):
            acting(keeper, NOON).do(cover_more, whom=Whom(everybody=True), **more)
        with pytest.raises(PolicyInvalid):
            acting(keeper, NOON).do(
                cover_more, whom=Whom(listed="N9"), policy_id=policy.id, first_day=date(2027, 1, 1)
            )

    def test_leaves_with_a_last_day_and_the_others_stay(self, keeper: Actor, reader: Actor) -> None:
        goes, stays = member(keeper, "李静"), member(keeper, "王敏")
        policy = enter(keeper, Whom(staff_ids=frozenset({goes, stays})))
        read_by(reader, policy)
        ending: dict[str, Any] = {"policy_id": policy.id, "staff_ids": [goes]}
        acting(keeper, NOON).do(end_cover, last_day=date(2026, 3, 31), **ending)
        assert covered(keeper, date(2026, 3, 31))["李静"] == date(2026, 3, 31)
        after = covered(keeper, date(2026, 4, 1))
        assert (after.get("李静"), after["王敏"]) == (date(2026, 3, 31), date(2026, 12, 31))
        with pytest.raises(NotFound):
            acting(keeper, NOON).do(
                end_cover, policy_id=policy.id, staff_ids=[uuid4()], last_day=date(2026, 3, 31)
            )
        with pytest.raises(PolicyInvalid):
            acting(keeper, NOON).do(end_cover, last_day=date(2027, 1, 1), **ending)

    def test_has_none_when_the_policy_is_taken_back(self, keeper: Actor, reader: Actor) -> None:
        policy = enter(keeper, Whom(staff_ids=frozenset({member(keeper, "李静")})))
        read_by(reader, policy)
        with pytest.raises(PolicyInvalid):
            acting(keeper, NOON).do(take_back_group_policy, policy_id=policy.id, why=" ")
        acting(keeper, NOON).do(take_back_group_policy, policy_id=policy.id, why="退保")
        assert covered(keeper) == {}
        with pytest.raises(PolicyOver):
            read_by(reader, policy)

    def test_is_on_it_once_when_two_add_her_at_once(self, keeper: Actor, reader: Actor) -> None:
        policy = enter(keeper, Whom(staff_ids=frozenset({member(keeper, "李静")})))
        member(keeper, "新来的", number="N9")
        came: list[str] = []

        def add() -> None:
            try:
                more = Whom(listed="N9")
                acting(keeper, NOON).do(cover_more, whom=more, policy_id=policy.id, first_day=DAY)
                came.append("added")
            except DomainError as refusal:
                came.append(refusal.code)
            finally:
                connection.close()

        both = [threading.Thread(target=add) for _ in range(2)]
        for one in both:
            one.start()
        for one in both:
            one.join()
        assert sorted(came) == ["added", "workforce.covered_already"]


@DATABASE
class TestPages:
    def test_list_enter_read_and_end(self, keeper: Actor, reader: Actor) -> None:
        one = member(keeper, "李静", number="N01")
        wrong = post_form(console.add, keeper, {"code": COVER, "listed": "外人甲"})
        assert wrong.status_code == 422
        policy = enter(keeper, Whom(listed="N01"))
        assert "PTY2026001" in open_page(console.policies, keeper)
        ids: dict[str, Any] = {"policy_id": policy.id}
        assert "请另一位同事核对" in open_page(console.policy, keeper, **ids)
        assert post_form(console.verify, reader, {}, **ids).status_code == 303
        form = {"member_ids": str(one), "last_day": "2026-06-30"}
        assert post_form(console.end, keeper, form, **ids).status_code == 303
        assert "2026-06-30" in open_page(console.policy, keeper, **ids)
