"""Why it is she who comes: kept whichever way she is put in, and said to the house, to her and to the household."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from anjia.dispatch.commands import (
    accept_offer,
    assign_by_hand,
    confirm_hold,
    decline_offer,
    move_booking,
    offer_visit,
    publish_run,
    undo_change,
)
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import acting
from anjia.residents.models import Resident
from anjia.visits.models import Assignment, Because, Visit
from anjia.visits.queries import caregiver_day, get_visit_page, get_work_visit
from anjia.visits.rules.lifecycle import State
from anjia.workforce.commands import put_leave
from tests.dispatch.make import booking, hold, offers, visit_of
from tests.dispatch.plans import drafted, two_far, visit
from tests.dispatch.test_changes import MORNING, do_as_tried, tried
from tests.dispatch.test_leave import all_of_tomorrow
from tests.make import NOON, deliver_events
from tests.series import make as series
from tests.visits.make import Town, at, fact, id_of, say, town

pytestmark = pytest.mark.usefixtures("database")


def house_hears(here: Town, visit_id: UUID) -> str:
    page = acting(here.desk, NOON).ask(get_visit_page, Purpose.CONTRACT, visit_id=visit_id, now=NOON)
    [one] = page.caregivers
    return one.why


def household_hears(here: Town, resident: Resident, visit_id: UUID) -> str:
    her = here.person(resident)
    page = acting(her, NOON).ask(get_visit_page, Purpose.ACCESS, visit_id=visit_id, now=NOON)
    return "".join(one.why for one in page.caregivers)


def caregiver_hears(nurse: Actor, visit_id: UUID) -> str:
    """Return what her card says, which is what the page of the visit says."""
    unit, day = acting(nurse, NOON), at(10).date()
    [stop] = [
        one for one in unit.ask(caregiver_day, Purpose.CONTRACT, day=day).stops if one.visit_id == visit_id
    ]
    assert unit.ask(get_work_visit, Purpose.CARE, visit_id=visit_id, day=day).why == stop.why
    return stop.why


def has_been(here: Town, nurse: Actor, resident: Resident, *, hour: float) -> None:
    one = here.visit(nurse, resident=resident, starts_at=at(hour), ends_at=at(hour + 0.5))
    say(nurse, fact(one, "arrived"), fact(one, "done", record={"site": "右臂"}))


class TestWhyIsKept:
    """Each way of being put in keeps how it was decided."""

    def test_when_it_is_booked(self) -> None:
        here = town()
        nurse, resident = here.nurse(), here.resident(place=(39.9142, 116.4174))
        visit_id = booking(here, resident, nurse, wishes={"preferred": [str(id_of(nurse))]})

        words = house_hears(here, visit_id)
        assert words.startswith("约的时候按规则排的；是对方点名要的；没去过这一家；路上约 ")

    def test_when_it_is_one_of_a_series(self) -> None:
        here = town()
        nurse = series.nurse(here)
        found = series.series(here, here.resident(), nurse)

        placed = [one.visit_id for one in found.occurrences if one.visit_id]
        assert len(placed) > 1
        assert {house_hears(here, one)[:11] for one in placed} == {"定期上门，按规则排的；"}

    def test_when_its_time_is_changed(self) -> None:
        here = town()
        nurse = here.nurse()
        visit_id = booking(here, here.resident(), nurse)
        acting(here.desk, NOON).do(
            move_booking, visit_id=visit_id, starts_at=at(14), staff_ids=[id_of(nurse)], why="家里有事"
        )
        assert house_hears(here, visit_id).startswith("改时间的时候按规则排的；")
        assert house_hears(here, visit_id).endswith("；原因：家里有事")

    def test_when_somebody_else_takes_it_than_whose_time_was_kept(self) -> None:
        here = town()
        first, *rest = [here.nurse(name) for name in ("甲", "乙", "丙")]
        visit_id = booking(here, here.resident(), first)
        acting(first, NOON).do(decline_offer, offer_id=offers(first)[0].id)
        acting(here.desk, NOON).do(offer_visit, visit_id=visit_id)
        kept = next(row.staff_id for row in here.crew(visit_of(here, visit_id)) if row.state == "tentative")
        assert house_hears(here, visit_id).startswith("前一位没有接，轮到这位；")

        other = next(one for one in rest if id_of(one) != kept)
        acting(other, NOON).do(accept_offer, offer_id=offers(other)[0].id)

        assert house_hears(here, visit_id).startswith("问到这位，这位接了；")
        assert caregiver_hears(other, visit_id).startswith("为什么是你：你自己接的；")

    def test_is_what_it_was_when_she_herself_takes_what_was_kept_for_her(self) -> None:
        here = town()
        nurse = here.nurse()
        visit_id = booking(here, here.resident(), nurse)
        before = house_hears(here, visit_id)
        acting(nurse, NOON).do(accept_offer, offer_id=offers(nurse)[0].id)
        assert house_hears(here, visit_id) == before

    def test_when_somebody_is_sent_by_hand(self) -> None:
        here = town()
        first, second = here.nurse("甲"), here.nurse("乙")
        visit_id = booking(here, here.resident(), first)
        acting(here.desk, NOON).do(
            assign_by_hand, visit_id=visit_id, staff_id=id_of(second), why="会说上海话"
        )
        assert house_hears(here, visit_id).startswith("工作人员派的；")
        assert house_hears(here, visit_id).endswith("；原因：会说上海话")

    def test_when_whoever_was_to_come_is_ill(self) -> None:
        here = town()
        ill, _other = here.nurse("甲"), here.nurse("乙")
        visit_id = booking(here, here.resident(), ill)
        acting(here.system, NOON).do(put_leave, **all_of_tomorrow(ill))
        deliver_events(here.desk, now=NOON)
        assert house_hears(here, visit_id).startswith("原来的人来不了，按规则换的；")

    def test_when_a_plan_is_published(self) -> None:
        here = town()
        _near, _far, one = two_far(here)
        acting(here.desk, NOON).do(publish_run, run_id=drafted(here))
        assert house_hears(here, one.id).startswith("按发布的计划派的；没去过这一家；路上约 7 分钟")

    def test_when_the_day_is_changed_and_when_that_is_undone(self) -> None:
        here = town()
        her, other = here.nurse("何丽"), here.nurse("杨慧")
        one = visit(here, her, hour=10)
        acting(here.desk, MORNING).do(assign_by_hand, visit_id=one.id, staff_id=id_of(her))
        change_id = do_as_tried(here, tried(here, one, other))
        assert house_hears(here, one.id).startswith("工作人员改了这一天的安排；")

        acting(here.desk, at(8.2)).do(undo_change, change_id=change_id)

        assert house_hears(here, one.id).startswith("改动撤销了，还是原来的人；")

    def test_of_nobody_twice_and_of_everybody(self) -> None:
        here = town()
        first, second = here.nurse("甲"), here.nurse("乙")
        held = hold(here, here.resident(), first, second)
        acting(here.desk, NOON).do(confirm_hold, hold_id=held.id)
        kept = here.look(lambda _: set(Because.objects.values_list("assignment_id", flat=True)))
        assert kept == here.look(lambda _: set(Assignment.objects.values_list("id", flat=True)))
        assert len(kept) == 2


class TestWhyIsSaid:
    def test_as_it_was_when_she_was_put_in(self) -> None:
        here = town()
        nurse, other, resident = here.nurse("李秋萍"), here.nurse("王芳"), here.resident()
        has_been(here, other, resident, hour=9)
        has_been(here, nurse, resident, hour=10)
        visit_id = booking(here, resident, nurse, starts_at=at(14))
        assert "；去过这一家一次；上一次也是这位去的；" in house_hears(here, visit_id)

        has_been(here, other, resident, hour=12)

        assert "；上一次也是这位去的；" in house_hears(here, visit_id)
        assert "上一次" not in house_hears(here, booking(here, resident, nurse, starts_at=at(16)))

    def test_to_the_household_of_nothing_but_itself(self) -> None:
        here = town()
        ill, nurse = here.nurse("王芳"), here.nurse("李秋萍")
        neighbour, resident = here.resident("赵德海"), here.resident("张桂芳")
        here.visit(nurse, resident=neighbour, starts_at=at(8.5), ends_at=at(9.25))
        has_been(here, nurse, resident, hour=12)
        visit_id = booking(here, resident, ill)
        acting(here.desk, NOON).do(
            assign_by_hand, visit_id=visit_id, staff_id=id_of(nurse), why="王芳请病假，赵德海改期"
        )

        words = household_hears(here, resident, visit_id)

        assert words.startswith("为什么是李秋萍：来过家里一次；上一次也是这位来的")
        for secret in ("王芳", "赵德海", "病假", "原因", "分数"):
            assert secret not in words

    def test_to_the_household_in_no_other_place_either(self) -> None:
        here = town()
        her, other, resident = here.nurse("何丽"), here.nurse("杨慧"), here.resident()
        one = visit(here, her, hour=10, resident=resident)
        acting(here.desk, MORNING).do(assign_by_hand, visit_id=one.id, staff_id=id_of(her), why="赵德海改期")
        do_as_tried(here, tried(here, one, other, (11, 0)), why="何丽请病假")

        def page(who: Actor) -> str:
            return repr(acting(who, NOON).ask(get_visit_page, Purpose.ACCESS, visit_id=one.id, now=NOON))

        assert "赵德海" in page(here.desk)
        assert "病假" in page(here.desk)
        assert "赵德海" not in page(here.person(resident))
        assert "病假" not in page(here.person(resident))
        assert "原来是何丽" not in page(here.person(resident))

    def test_to_the_household_what_it_has_said_itself(self) -> None:
        here = town()
        nurse, resident = here.nurse(), here.resident()
        visit_id = booking(here, resident, nurse)
        her = here.person(resident)
        acting(her, NOON).do(
            move_booking, visit_id=visit_id, starts_at=at(14), staff_ids=[id_of(nurse)], why="女儿来了"
        )
        page = acting(her, NOON).ask(get_visit_page, Purpose.ACCESS, visit_id=visit_id, now=NOON)
        assert "改了时间：女儿来了" in [step.words for step in page.timeline]

    def test_to_the_household_in_english(self) -> None:
        here = town()
        nurse, resident = here.nurse("李秋萍"), here.resident()
        has_been(here, nurse, resident, hour=9)
        visit_id = booking(here, resident, nurse, starts_at=at(14))
        with translation.override("en"):
            words = household_hears(here, resident, visit_id)
        assert words.startswith("Why 李秋萍: has come once before; came last time too")

    def test_to_her_of_how_well_she_knows_them_only_when_she_may_know_who_they_are(self) -> None:
        here = town()
        nurse, resident = here.nurse(), here.resident()
        has_been(here, nurse, resident, hour=9)
        visit_id = booking(here, resident, nurse, starts_at=at(14))
        assert "去过" not in caregiver_hears(nurse, visit_id)

        acting(nurse, NOON).do(accept_offer, offer_id=offers(nurse)[0].id)

        assert caregiver_hears(nurse, visit_id).startswith(
            "为什么是你：约的时候按规则排给你；你去过一次；上一次也是你去的"
        )

    def test_that_it_was_not_kept_where_it_was_not(self) -> None:
        here = town()
        nurse, resident = here.nurse("李秋萍"), here.resident()
        one = here.visit(nurse, resident=resident)
        forget(here, one)

        assert house_hears(here, one.id) == "当时怎么定的，没有留下记录"
        assert household_hears(here, resident, one.id) == "当时为什么请李秋萍来，没有留下记录。"
        assert caregiver_hears(nurse, one.id) == "为什么是你：当时没有留下记录"

    def test_says_no_way_where_the_address_is_not_on_the_map(self) -> None:
        here = town()
        nurse = here.nurse()
        assert "分钟" not in house_hears(here, booking(here, here.resident(place=None), nurse))

    def test_asks_no_more_often_for_a_full_day_than_for_one(self) -> None:
        here = town()
        nurse = here.nurse()

        def questions() -> int:
            with CaptureQueriesContext(connection) as asked:
                acting(nurse, NOON).ask(caregiver_day, Purpose.CONTRACT, day=at(10).date())
            return len(asked)

        here.visit(nurse, starts_at=at(8), ends_at=at(8.5))
        for_one = questions()
        for hour in range(9, 15):
            here.visit(nurse, starts_at=at(hour), ends_at=at(hour + 0.5))
        assert questions() == for_one


def forget(here: Town, one: Visit) -> None:
    """Have it as visits were before this was kept: put in with nothing said of why."""

    def as_before(_: Actor) -> None:
        there = Assignment.objects.get(visit=one)
        there.move_to(State.WITHDRAWN)
        Assignment.objects.create(
            organization_id=one.organization_id,
            visit=one,
            part=there.part,
            staff_id=there.staff_id,
            planned=there.planned,
            made_at=there.made_at,
        )

    here.look(as_before)
