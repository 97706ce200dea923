from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.workforce import queries
from anjia.workforce.commands import change_staff_member, link_account, put_shift, set_last_day
from anjia.workforce.rules import CaregiverSheet
from tests import make
from tests.make import NOON
from tests.workforce.make import MONDAY, clock, cover, leave, paper, ready, shift, staff

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def manager() -> Actor:
    return make.actor("workforce.read", "workforce.change")


def on_monday(actor: Actor, **changes: Any) -> list[CaregiverSheet]:
    start, end = day_bounds(MONDAY)
    return acting(actor, NOON).ask(
        queries.caregivers_on, Purpose.CONTRACT, **{"start": start, "end": end} | changes
    )


class TestCaregiversOn:
    def test_says_all_that_planning_needs(self, manager: Actor) -> None:
        member = staff(of=manager)
        paper(of=manager, staff_id=member.id, valid_until=date(2029, 6, 30))
        shift(of=manager, staff_id=member.id)
        away = leave(of=manager, staff_id=member.id, first=MONDAY, days=3)

        (sheet,) = on_monday(manager)

        assert (sheet.id, sheet.name, sheet.kind, sheet.title) == (member.id, "李秀兰", "nurse", "护师")
        assert sheet.qualifications == {"nurse_licence": date(2029, 6, 30)}
        assert sheet.shifts == ((clock(MONDAY, 8), clock(MONDAY, 12)),)
        assert sheet.leave == ((away.starts_at, away.ends_at),)
        assert (sheet.base, sheet.speed_kmh, sheet.cells) == ((31.2304, 121.4737), 18.0, None)

    @pytest.mark.parametrize("people", [1, 6])
    def test_asks_the_database_as_often_for_many_as_for_one(
        self, manager: Actor, people: int, django_assert_num_queries: Any
    ) -> None:
        for _ in range(people):
            member = staff(of=manager)
            paper(of=manager, staff_id=member.id)
            shift(of=manager, staff_id=member.id)

        with django_assert_num_queries(4):  # begin, who is asking, staff with all of theirs, commit
            assert len(on_monday(manager)) == people

    def test_knows_a_night_that_reaches_into_the_day(self, manager: Actor) -> None:
        member = staff(of=manager)
        sunday = MONDAY - timedelta(days=1)
        acting(manager, NOON).do(
            put_shift, staff_id=member.id, starts_at=clock(sunday, 20), ends_at=clock(MONDAY, 8)
        )

        assert len(on_monday(manager)[0].shifts) == 1
        assert on_monday(manager, start=clock(MONDAY, 8))[0].shifts == ()

    def test_leaves_out_who_has_left(self, manager: Actor) -> None:
        member = staff(of=manager)
        acting(manager, NOON).do(set_last_day, staff_id=member.id, last_day=MONDAY)

        assert len(on_monday(manager)) == 1
        assert on_monday(manager, start=clock(MONDAY + timedelta(days=1), 0)) == []

    def test_shows_of_who_leaves_no_time_after_her_last_day(self, manager: Actor) -> None:
        member = staff(of=manager)
        tuesday = MONDAY + timedelta(days=1)
        acting(manager, NOON).do(
            put_shift, staff_id=member.id, starts_at=clock(MONDAY, 20), ends_at=clock(tuesday, 8)
        )
        shift(of=manager, staff_id=member.id, day=tuesday, begins=9)
        acting(manager, NOON).do(set_last_day, staff_id=member.id, last_day=MONDAY)

        (sheet,) = on_monday(manager, end=day_bounds(tuesday)[1])

        assert sheet.shifts == ((clock(MONDAY, 20), day_bounds(MONDAY)[1]),)

    def test_can_be_of_some(self, manager: Actor) -> None:
        one, _other = staff(of=manager), staff(of=manager)

        assert [sheet.id for sheet in on_monday(manager, staff_ids=[one.id])] == [one.id]
        assert on_monday(manager, staff_ids=[]) == []

    def test_shows_no_other_institutions_people(self, manager: Actor) -> None:
        staff(of=make.actor())

        assert on_monday(manager) == []


class TestStaffFound:
    def found(self, actor: Actor, **asked: Any) -> list[str]:
        page = acting(actor, NOON).ask(queries.staff_found, Purpose.CONTRACT, today=MONDAY, **asked)
        return [one.name for one in page.items]

    @pytest.mark.parametrize("text", ["李", "秀兰", "lixiu", "lxl", "xiulan", "N00"])
    def test_finds_by_name_pinyin_and_number(self, manager: Actor, text: str) -> None:
        staff(of=manager, number="N001")
        staff(of=manager, name="王芳")

        assert self.found(manager, text=text) == ["李秀兰"]

    def test_finds_by_her_new_name_only(self, manager: Actor) -> None:
        member = staff(of=manager)
        acting(manager, NOON).do(change_staff_member, staff_id=member.id, name="欧阳静")

        assert (self.found(manager, text="ouyang"), self.found(manager, text="lixiu")) == (["欧阳静"], [])

    def test_is_sorted_by_how_names_are_read_and_pages(self, manager: Actor) -> None:
        for name in ("赵敏", "安心", "单玉芬"):
            staff(of=manager, name=name)

        page = acting(manager, NOON).ask(queries.staff_found, Purpose.CONTRACT, today=MONDAY, size=2)
        rest = self.found(manager, after=page.next)

        assert ([one.name for one in page.items], rest) == (["安心", "单玉芬"], ["赵敏"])

    def test_shows_who_has_left_only_if_asked(self, manager: Actor) -> None:
        member = staff(of=manager)
        acting(manager, NOON).do(set_last_day, staff_id=member.id, last_day=MONDAY - timedelta(days=1))

        assert (self.found(manager), self.found(manager, left=True)) == ([], ["李秀兰"])

    def test_refuses_who_may_not(self, manager: Actor) -> None:
        with pytest.raises(NotAllowed):
            self.found(make.actor(organization_id=manager.organization_id))


class TestSmallQuestions:
    def test_are_answered_for_the_institutions_own_only(self, manager: Actor) -> None:
        account_id = uuid4()
        member = staff(of=manager)
        stranger = staff(of=make.actor())
        acting(manager, NOON).do(link_account, staff_id=member.id, account_id=account_id)
        ask = acting(manager, NOON).ask
        both = [member.id, stranger.id]

        assert ask(queries.staff_names, Purpose.CONTRACT, staff_ids=both) == {member.id: "李秀兰"}
        assert ask(queries.staff_of_account, Purpose.LEGAL, account_id=account_id) == member.id
        assert ask(queries.staff_of_account, Purpose.LEGAL, account_id=uuid4()) is None
        cards = ask(queries.staff_cards, Purpose.CONTRACT, staff_ids=both)
        assert (list(cards), cards[member.id].phone_masked) == ([member.id], "138****8000")
        assert cards[member.id].phone == ""
        dispatcher = make.actor("visits.assign", organization_id=manager.organization_id)
        seen = acting(dispatcher, NOON).ask(queries.staff_cards, Purpose.CONTRACT, staff_ids=both)
        assert seen[member.id].phone == member.phone, "who sends her out can ring her"
        with pytest.raises(NotFound):
            ask(queries.get_staff_member, Purpose.CONTRACT, staff_id=stranger.id)


class TestRotaWeek:
    def week(self, manager: Actor, day: date = MONDAY, **asked: Any) -> queries.RotaWeek:
        return acting(manager, NOON).ask(queries.rota_week, Purpose.CONTRACT, day=day, **asked)

    def test_begins_on_monday_and_shows_shifts_and_leave_by_day(self, manager: Actor) -> None:
        member = staff(of=manager)
        shift(of=manager, staff_id=member.id, day=MONDAY + timedelta(days=1))
        leave(of=manager, staff_id=member.id, first=MONDAY + timedelta(days=3), days=2)

        rota = self.week(manager, day=MONDAY + timedelta(days=4))

        (row,) = rota.rows
        assert rota.days[0].day == MONDAY
        assert [len(cell.shifts) for cell in row.cells] == [0, 1, 0, 0, 0, 0, 0]
        assert [len(cell.leave) for cell in row.cells] == [0, 0, 0, 1, 1, 0, 0]
        assert row.hours == 4.0

    def test_marks_holidays_and_swapped_days(self, manager: Actor) -> None:
        rota = self.week(manager, day=date(2025, 10, 8))

        assert [day.holiday for day in rota.days][:4] == ["中秋节", "国庆节", "国庆节", None]
        assert [day.is_swapped for day in rota.days] == [False] * 5 + [True, False]

    @pytest.mark.parametrize("people", [1, 6])
    def test_asks_the_database_as_often_for_many_as_for_one(
        self, manager: Actor, people: int, django_assert_num_queries: Any
    ) -> None:
        for _ in range(people):
            shift(of=manager, staff_id=staff(of=manager).id)

        with django_assert_num_queries(7):  # begin, who is asking, staff, shifts, leave, breaks, commit
            assert len(self.week(manager).rows) == people


class TestPapersLapsing:
    def lapsing(self, manager: Actor) -> list[tuple[str, int]]:
        found = acting(manager, NOON).ask(queries.papers_lapsing, Purpose.CONTRACT, today=MONDAY)
        return [(one.paper.code, one.days_left) for one in found]

    def test_names_what_runs_out_within_thirty_days_the_worst_first(self, manager: Actor) -> None:
        member = staff(of=manager)
        for code, days in (("picc", 30), ("nurse_licence", -1), ("wound_ostomy", 31)):
            paper(of=manager, staff_id=member.id, code=code, valid_until=MONDAY + timedelta(days=days))

        assert self.lapsing(manager) == [("nurse_licence", -1), ("picc", 30)]

    def test_leaves_out_what_has_been_renewed(self, manager: Actor) -> None:
        member = staff(of=manager)
        paper(of=manager, staff_id=member.id, valid_until=MONDAY)
        paper(of=manager, staff_id=member.id, valid_from=MONDAY, valid_until=MONDAY + timedelta(days=1825))
        paper(of=manager, staff_id=member.id, code="picc", valid_until=MONDAY)
        paper(of=manager, staff_id=member.id, code="picc", valid_until=None)

        assert self.lapsing(manager) == []

    def test_leaves_out_who_has_left(self, manager: Actor) -> None:
        member = staff(of=manager)
        paper(of=manager, staff_id=member.id, valid_until=MONDAY)
        acting(manager, NOON).do(set_last_day, staff_id=member.id, last_day=MONDAY - timedelta(days=1))

        assert self.lapsing(manager) == []


def test_who_is_made_ready_at_once_is_as_the_commands_make_her(manager: Actor) -> None:
    slowly, at_once = (staff(of=manager).id for _ in range(2))
    hours = (clock(MONDAY, 8), clock(MONDAY, 12))
    paper(of=manager, staff_id=slowly, valid_until=date(2030, 1, 1))
    cover(of=manager, staff_id=slowly)
    shift(of=manager, staff_id=slowly)
    ready(of=manager, staff_id=at_once, on_duty=[hours])

    made = {one.id: replace(one, id=manager.user_id) for one in on_monday(manager)}

    assert made[slowly] == made[at_once]
    assert made[at_once].bookable == (hours,)
