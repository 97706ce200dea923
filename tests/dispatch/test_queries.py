from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.dispatch.commands import move_booking
from anjia.dispatch.queries import Candidate, offers_of, suitability
from anjia.dispatch.rules import NotOffered
from anjia.kernel.actors import Purpose
from anjia.kernel.errors import DomainError, NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.workforce.commands import set_area
from tests.dispatch.make import TOMORROW, booking, hold, offers, slots, times
from tests.make import NOON, actor
from tests.visits.make import PLACE, Town, at, fact, id_of, say, town

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def here() -> Town:
    return town()


class TestSlotsFor:
    def test_are_the_half_hours_of_a_free_day(self, here: Town) -> None:
        nurse = here.nurse(shifts=[(8, 12)])
        found = slots(here, here.resident())
        assert times(found) == [at(hour) for hour in (8.5, 9, 9.5, 10, 10.5, 11)]
        slot = found.days[0].slots[0]
        assert (slot.ends_at, slot.caregiver.id, slot.known_before) == (at(9.25), nurse.staff_id, False)

    def test_leave_out_what_is_promised_held_or_out_of_reach(self, here: Town) -> None:
        nurse, resident = here.nurse(shifts=[(8, 12)]), here.resident()
        far = here.resident("远处", place=(PLACE[0] + 0.045, PLACE[1]))  # 5 km
        hold(here, far, nurse, starts_at=at(10))
        # From there it is half an hour; the way there takes as long.
        assert times(slots(here, resident)) == [at(8.5)]

    def test_come_back_when_a_hold_is_over(self, here: Town) -> None:
        nurse, resident = here.nurse(shifts=[(8, 12)]), here.resident()
        before = times(slots(here, resident))
        hold(here, resident, nurse)
        assert at(10) not in times(slots(here, resident))
        later = NOON + timedelta(minutes=10)
        assert times(slots(here, resident, now=later)) == before

    def test_need_everybody_at_once(self, here: Town) -> None:
        here.nurse("甲", shifts=[(8, 12)])
        resident = here.resident()
        empty = slots(here, resident, service_code="bath").days[0]
        assert empty.slots == []
        assert "2" in (empty.reason_if_empty or "")
        here.nurse("乙", shifts=[(10, 12)])
        found = slots(here, resident, service_code="bath")
        assert times(found) == [at(10.5), at(11)]
        assert [len(slot.people) for slot in found.days[0].slots] == [2, 2]

    def test_prefer_who_was_there_before(self, here: Town) -> None:
        here.nurse("甲")
        known, resident = here.nurse("乙"), here.resident()
        visit = here.visit(known, resident=resident, starts_at=at(9, day=0), ends_at=at(9.5, day=0))
        say(known, fact(visit, "done"))
        slot = slots(here, resident).days[0].slots[0]
        assert (slot.caregiver.id, slot.known_before, slot.came_last) == (known.staff_id, True, True)

    def test_say_who_came_last_and_of_nobody_else_that_it_was_she(self, here: Town) -> None:
        early, late, resident = (
            here.nurse("甲", shifts=[(8, 10)]),
            here.nurse("乙", shifts=[(14, 16)]),
            here.resident(),
        )
        for nurse, hour in ((early, 9), (late, 11)):
            visit = here.visit(
                nurse, resident=resident, starts_at=at(hour, day=0), ends_at=at(hour + 0.5, day=0)
            )
            say(nurse, fact(visit, "done"))
        found = {slot.caregiver.id: slot for slot in slots(here, resident).days[0].slots}
        assert {who: (slot.known_before, slot.came_last) for who, slot in found.items()} == {
            early.staff_id: (True, False),
            late.staff_id: (True, True),
        }

    def test_keep_the_wishes_and_say_which_one_blocks(self, here: Town) -> None:
        here.nurse(sex="female", shifts=[(8, 12)])
        resident = here.resident()
        assert times(slots(here, resident, wishes={"caregiver_sex": "female"}))
        empty = slots(here, resident, wishes={"caregiver_sex": "male"}).days[0]
        assert empty.slots == []
        assert "不限男女" in (empty.reason_if_empty or "")
        afternoon = slots(here, resident, wishes={"period": "afternoon"}).days[0]
        assert "不限上午下午" in (afternoon.reason_if_empty or "")

    @pytest.mark.parametrize(
        ("says", "words"),
        [
            ({"now": at(23)}, "来不及"),
            ({"first_day": TOMORROW + timedelta(days=20)}, "没有人当班"),
        ],
    )
    def test_say_why_a_day_is_empty(self, here: Town, says: dict[str, Any], words: str) -> None:
        here.nurse()
        assert words in (slots(here, here.resident(), **says).days[0].reason_if_empty or "")

    def test_say_that_nobody_may_do_it(self, here: Town) -> None:
        here.nurse(title="护士")
        assert "能做这项服务" in (slots(here, here.resident()).days[0].reason_if_empty or "")

    def test_say_that_an_address_is_not_on_the_map(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident(place=None)
        acting(here.system, NOON).do(set_area, staff_id=id_of(nurse), radius_km=3)
        [day] = slots(here, resident).days
        assert "没有在地图上定位" in (day.reason_if_empty or "")

    def test_know_no_midnight(self, here: Town) -> None:
        here.nurse(shifts=[(22, 26)])
        found = slots(here, here.resident(), days=2)
        assert times(found)[-3:] == [at(22.5), at(23), at(23.5)]
        assert times(found, 1)[:3] == [at(24), at(24.5), at(25)]

    def test_are_for_her_and_those_who_book(self, here: Town) -> None:
        resident, other = here.resident(), here.resident("王秀英")
        with pytest.raises(NotFound):
            slots(here, resident, actor=here.person(other))
        with pytest.raises(NotFound):
            slots(here, resident, address_id=here.address(other).id)
        with pytest.raises(NotAllowed):
            slots(here, resident, actor=actor(organization_id=here.organization_id))
        with pytest.raises(NotOffered):
            slots(here, resident, service_code="no-such")

    def test_do_not_cost_more_questions_for_more_days_or_people(
        self, here: Town, django_assert_num_queries: Any
    ) -> None:
        here.nurse("甲")
        resident = here.resident()
        address_id = here.address(resident).id
        slots(here, resident, days=1, address_id=address_id)  # a process reads once what a version says
        for days in (1, 14):
            with django_assert_num_queries(
                15
            ):  # the city's list, her agreement, the house's courses and the nurse she needs among them
                slots(here, resident, days=days, address_id=address_id)
            here.nurse(f"乙{days}")

    def test_can_all_be_booked(self, here: Town) -> None:
        """Whatever is shown is held, one after the other, until nothing is shown."""
        crew = [here.nurse("甲", shifts=[(8, 12)]), here.nurse("乙", shifts=[(9, 13)])]
        near, far = here.resident(), here.resident("远处", place=(PLACE[0] + 0.02, PLACE[1]))
        hold(here, far, crew[0], starts_at=at(9))
        held = 0
        while found := slots(here, near if held % 2 else far).days[0].slots:
            slot = found[held % len(found)]
            try:
                hold(
                    here,
                    near if held % 2 else far,
                    by=here.colleague(),
                    starts_at=slot.starts_at,
                    staff_ids=[slot.caregiver.id],
                )
            except DomainError as error:
                pytest.fail(f"{slot} was shown and refused: {error}")
            held += 1
        assert held >= 4

    def test_keep_to_what_is_promised_of_a_visit_that_moves(self, here: Town) -> None:
        """Whatever is shown to who moves a visit can be moved to: the woman she wished for is wished for still."""
        her, his = (
            here.nurse("甲", sex="female", shifts=[(8, 12)]),
            here.nurse("乙", sex="male", shifts=[(8, 16)]),
        )
        resident = here.resident()
        wishes = {"caregiver_sex": "female", "period": "morning"}
        visit_id = booking(here, resident, her, wishes=wishes)
        moved: dict[str, Any] = {"moving": visit_id, "wishes": {"period": "any", "caregiver_sex": "any"}}
        shown = slots(here, resident, **moved).days[0].slots
        assert {slot.caregiver.id for slot in shown} == {her.staff_id}
        assert at(11) in [slot.starts_at for slot in shown]
        assert his.staff_id in {slot.caregiver.id for slot in slots(here, resident).days[0].slots}
        for slot in shown:
            acting(here.person(resident), NOON).do(
                move_booking,
                visit_id=visit_id,
                starts_at=slot.starts_at,
                staff_ids=[slot.caregiver.id],
            )
        with pytest.raises(NotFound):
            slots(here, here.resident("王秀英"), moving=visit_id)


class TestSuitability:
    def candidates(self, here: Town, visit_id: Any) -> dict[str, Candidate]:
        asked = acting(here.desk, NOON)
        found = asked.ask(suitability, Purpose.CONTRACT, visit_id=visit_id, now=NOON)
        return {one.name: one for one in found}

    def test_names_every_rule_for_everybody_and_what_would_have_to_change(self, here: Town) -> None:
        good = here.nurse("合适")
        here.nurse("新人", title="护士", started_on=NOON.date())
        here.nurse("男的", sex="male")
        busy = here.nurse("有事")
        here.nurse("夜班", shifts=[(20, 24)])
        resident = here.resident()
        here.visit(busy, starts_at=at(10), ends_at=at(11))
        visit_id = booking(here, resident, good, wishes={"caregiver_sex": "female"})

        found = self.candidates(here, visit_id)

        assert {name for name, one in found.items() if one.is_suitable} == {"合适"}
        assert found["合适"].is_current
        against = {
            name: [reason.words for reason in one.reasons if not reason.is_met] for name, one in found.items()
        }
        assert len(against["新人"]) == 2
        assert not found["新人"].may_be_overruled
        assert "想要女的" in against["男的"][0]
        assert found["男的"].may_be_overruled
        assert "别的上门" in against["有事"][0]
        assert not found["有事"].may_be_overruled
        ways_out = [reason.way_out for one in found.values() for reason in one.reasons if not reason.is_met]
        assert all(ways_out)
        assert any("09:00" in way_out for way_out in ways_out)

    def test_says_that_an_address_is_not_on_the_map_and_lets_a_person_decide(self, here: Town) -> None:
        here.nurse("无边")
        settled = here.nurse("有片区")
        acting(here.system, NOON).do(set_area, staff_id=id_of(settled), radius_km=3)
        visit_id = booking(here, here.resident(place=None), here.nurse("先来"))

        found = self.candidates(here, visit_id)

        assert (found["无边"].is_suitable, found["无边"].travel_minutes) == (True, 30)
        [reason] = [reason for reason in found["有片区"].reasons if not reason.is_met]
        assert "还没有定位" in reason.words
        assert reason.way_out
        assert found["有片区"].may_be_overruled

    def test_is_for_those_who_assign(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        with pytest.raises(NotAllowed):
            acting(nurse, NOON).ask(suitability, Purpose.CONTRACT, visit_id=visit.id, now=NOON)


class TestOffersOf:
    def test_cost_the_same_for_many(self, here: Town) -> None:
        nurse = here.nurse()

        def cost() -> int:
            with CaptureQueriesContext(connection) as captured:
                assert offers(nurse)
            return len(captured)

        booking(here, here.resident(), nurse, starts_at=at(9))
        one = cost()
        for hour in (11, 13, 15):
            booking(here, here.resident(), nurse, starts_at=at(hour))
        assert cost() == one

    def test_tell_enough_to_decide_and_no_door(self, here: Town) -> None:
        nurse, other = here.nurse("甲"), here.nurse("乙")
        resident = here.resident()
        booking(here, resident, nurse, other, starts_at=at(10))
        [card] = offers(nurse)
        assert card.area == "和平里七区"
        assert card.with_whom == ["乙"]
        assert (card.starts_at, card.deadline) == (at(10), NOON + timedelta(minutes=15))
        assert resident.name not in str(card)

    def test_are_gone_when_their_time_is(self, here: Town) -> None:
        nurse = here.nurse()
        booking(here, here.resident(), nurse)
        assert offers(nurse, now=NOON + timedelta(minutes=15)) == []

    def test_of_others_are_for_dispatchers(self, here: Town) -> None:
        nurse = here.nurse()
        with pytest.raises(NotAllowed):
            acting(here.nurse("乙"), NOON).ask(offers_of, Purpose.CONTRACT, now=NOON, staff_id=id_of(nurse))
