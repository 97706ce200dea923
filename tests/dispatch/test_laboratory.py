"""Blood that has to reach the laboratory: what is booked, sent and planned leaves time for the way there."""

from datetime import time
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.dispatch.commands import assign_by_hand, move_booking, remove_laboratory, set_laboratory
from anjia.dispatch.drafting import unassigned
from anjia.dispatch.matching import FEASIBILITY
from anjia.dispatch.models import LaboratoryPlace
from anjia.dispatch.queries import (
    Expected,
    candidates,
    deliveries_on,
    laboratory_said,
    my_deliveries,
    repair_page,
    services_without_minutes,
    try_page,
)
from anjia.dispatch.rules import SlotGone
from anjia.dispatch.rules.changes import Rule
from anjia.dispatch.rules.delivering import LaboratoryInvalid, TooManySites
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.models import AuditEntry
from anjia.kernel.work import acting
from anjia.visits.models import Assignment
from tests.catalogue import make as catalogue
from tests.dispatch.make import TOMORROW, booking, hold, slots, times, visit_of
from tests.dispatch.plans import day_of, planned, visit, who
from tests.make import NOON
from tests.visits.make import Town, at, id_of, town

pytestmark = pytest.mark.usefixtures("database")

NEAR = (39.9242, 116.4074)  # ten minutes by e-bike, and five to park


def sets(here: Town, by: Actor | None = None, **says: Any) -> UUID:
    """Say where the one laboratory is that the house has, every day until `closes_at`."""
    sound: dict[str, Any] = {
        "laboratory_id": the_one(here),
        "name": "市一院检验科",
        "latitude": NEAR[0],
        "longitude": NEAR[1],
        "hours": [(time(0), says.pop("closes_at", time(10, 30)))] * 7,
        "handover_minutes": 5,
    }
    made: UUID = acting(by or here.desk, NOON).do(set_laboratory, **sound | says)
    return made


def takes_away(here: Town) -> None:
    laboratory_id = the_one(here)
    assert laboratory_id
    acting(here.desk, NOON).do(remove_laboratory, laboratory_id=laboratory_id)


def the_one(here: Town) -> UUID | None:
    found = acting(here.desk, NOON).ask(laboratory_said, Purpose.CONTRACT)
    return found[0].id if found else None


def drawing(here: Town, *, minutes: int = 30, within: int = 120) -> UUID:
    """Let the house offer blood draws; return the service's version."""
    return catalogue.version(
        published_by=here.desk,
        code="draw",
        name="采血",
        duration_minutes=minutes,
        deliver_minutes=within,
    ).id


@pytest.fixture
def here() -> Town:
    made = town()
    made.draw_version_id = drawing(made)  # type: ignore[attr-defined]  # the towns of this file have one
    return made


def draw(here: Town, nurse: Actor, hour: float, **says: Any) -> Any:
    version_id = here.draw_version_id  # type: ignore[attr-defined]  # see `here`
    return visit(here, nurse, hour=hour, long=0.5, service_version_id=version_id, **says)


class TestBookingADraw:
    def test_is_as_ever_where_the_house_has_no_laboratory(self, here: Town) -> None:
        here.nurse()
        asked = here.resident()

        assert times(slots(here, asked, service_code="draw"))[-1] == at(16.5)

    def test_offers_only_times_at_which_the_laboratory_is_reached(self, here: Town) -> None:
        here.nurse()
        sets(here)

        assert times(slots(here, here.resident(), service_code="draw"))[-1] == at(9.5)
        sets(here, closes_at=time(10))
        assert times(slots(here, here.resident(), service_code="draw"))[-1] == at(9)

    def test_says_why_a_day_has_no_time(self, here: Town) -> None:
        here.nurse()
        sets(here, closes_at=time(7))

        [day] = slots(here, here.resident(), service_code="draw").days

        assert day.slots == []
        assert "检验科" in (day.reason_if_empty or "")

    def test_keeps_nobody_to_a_time_that_is_too_late(self, here: Town) -> None:
        nurse, asked = here.nurse(), here.resident()
        sets(here)

        hold(here, asked, nurse, service_code="draw", starts_at=at(9.5))
        with pytest.raises(SlotGone):
            hold(here, asked, nurse, service_code="draw", starts_at=at(10))

    def test_is_free_again_once_there_is_no_laboratory(self, here: Town) -> None:
        here.nurse()
        sets(here)
        takes_away(here)

        assert times(slots(here, here.resident(), service_code="draw"))[-1] == at(16.5)

    def test_offers_what_she_herself_asks_for_by_the_same_rule(self, here: Town) -> None:
        here.nurse()
        sets(here)
        asked = here.resident()

        found = slots(here, asked, service_code="draw", actor=here.person(asked))

        assert times(found)[-1] == at(9.5)

    def test_is_told_to_whoever_is_put_in(self, here: Town) -> None:
        nurse = here.nurse()
        one = visit_of(here, booking(here, here.resident(), nurse, service_code="draw", starts_at=at(8.5)))
        row = here.look(lambda _: Assignment.objects.get(visit_id=one.id))

        assert (one.deliver_minutes, row.deliver_minutes) == (120, 120)


class TestAnotherHomeAfterADraw:
    def test_is_not_offered_if_the_blood_would_be_too_old(self, here: Town) -> None:
        nurse = here.nurse()
        draw(here, nurse, 8.5)
        before = times(slots(here, here.resident()))
        sets(here)

        after = times(slots(here, here.resident()))

        # Done at nine: not there and back by half past; and after that home not there by half past ten.
        assert at(9.5) in before
        assert set(before) - set(after) == {at(9.5)}

    def test_is_not_kept_for_anybody_nor_moved_there(self, here: Town) -> None:
        nurse, asked = here.nurse(), here.resident()
        sets(here, closes_at=time(10, 10))
        draw(here, nurse, 8.5)
        booked = booking(here, asked, nurse, starts_at=at(13))

        with pytest.raises(SlotGone):
            hold(here, here.resident(), nurse, starts_at=at(9.5))
        with pytest.raises(SlotGone):
            acting(here.desk, NOON).do(
                move_booking, visit_id=booked, starts_at=at(9.5), staff_ids=[id_of(nurse)]
            )

    def test_is_given_to_her_by_hand_only_with_a_word(self, here: Town) -> None:
        nurse, other = here.nurse(), here.nurse("王芳")
        sets(here, closes_at=time(10, 10))
        draw(here, nurse, 8.5)
        one = visit(here, other, hour=9.5)

        hers = next(
            found
            for found in acting(here.desk, NOON).ask(
                candidates.suitability, Purpose.CONTRACT, visit_id=one.id, now=NOON
            )
            if found.staff_id == nurse.staff_id
        )

        assert (hers.is_suitable, hers.may_be_overruled) == (False, True)
        [reason] = [found for found in hers.reasons if not found.is_met]
        assert "前面采的标本 10:10 前要送到检验科" in reason.words
        assert "120" in reason.source
        acting(here.desk, NOON).do(
            assign_by_hand, visit_id=one.id, staff_id=id_of(nurse), part=1, why="同事去取标本"
        )


class TestADayThatIsPlanned:
    def test_reaches_the_laboratory_with_three_fasting_draws(self, here: Town) -> None:
        one, two = here.nurse("甲"), here.nurse("乙")
        sets(here)
        first, second, third = (
            draw(here, nurse, hour) for nurse, hour in ((one, 8.25), (two, 8.75), (one, 9.5))
        )
        other = visit(here, two, hour=9.5)  # so she would bring the second too late: these two have to change

        outcome = planned(here)

        came = who(outcome)
        assert came[second.id, 1] == came[third.id, 1] != came[other.id, 1]
        timelines = outcome.day.timelines(outcome.after)
        ways = [way for her in timelines.values() for way in FEASIBILITY.deliveries(her)]
        assert sum(len(way.carries) for way in ways) == 3
        assert max(len(way.carries) for way in ways) >= 2
        assert max(way.minutes_late for way in ways) == 0
        assert (first.id, 1) in came

    def test_gives_a_draw_to_whoever_can_bring_it(self, here: Town) -> None:
        busy, free = here.nurse("忙"), here.nurse("闲")
        sets(here, closes_at=time(10, 10))
        drawn = draw(here, busy, 8.5)
        visit(here, busy, hour=9.5)  # both as they were booked before there was a laboratory

        came = who(planned(here))

        assert came[drawn.id, 1] != came[next(key for key in came if key[0] != drawn.id)]
        assert set(came.values()) == {id_of(busy), id_of(free)}

    def test_leaves_what_cannot_be_brought_with_whoever_is_in_for_it_and_says_why(self, here: Town) -> None:
        nurse = here.nurse()
        sets(here, closes_at=time(7))
        drawn = draw(here, nurse, 9)

        outcome = planned(here)

        assert who(outcome)[drawn.id, 1] == id_of(nurse)
        [(piece, reasons)] = unassigned(outcome.day, outcome.after)
        assert piece.visit_id == drawn.id
        assert "检验科" in reasons[0].words

    def test_asks_as_often_for_many_draws_as_for_one(self, here: Town) -> None:
        nurse = here.nurse(shifts=[(0, 24)])
        sets(here)
        draw(here, nurse, 8)
        few = statements(here)
        for number in range(4):
            draw(here, nurse, 10 + number)

        assert statements(here) == few

    def test_asks_for_no_laboratory_where_nothing_is_taken(self, here: Town) -> None:
        nurse = here.nurse()
        visit(here, nurse, hour=8)
        without = statements(here)
        sets(here)

        assert statements(here) == without


def statements(here: Town) -> int:
    with CaptureQueriesContext(connection) as asked:
        day_of(here)
    return len(asked)


class TestWhoBringsIt:
    def test_sees_when_and_after_which_home(self, here: Town) -> None:
        nurse, other = here.nurse(), here.nurse("王芳")
        sets(here)
        drawn = draw(here, nurse, 8.5)
        visit(here, nurse, hour=10)

        [way] = acting(nurse, NOON).ask(my_deliveries, Purpose.CONTRACT, day=TOMORROW, now=NOON)

        assert (way.after_visit_id, way.visit_ids, way.laboratory) == (drawn.id, [drawn.id], "市一院检验科")
        assert (way.leaves_at, way.due_at, way.minutes_late) == (at(9), at(10.5), 0)
        assert at(9.25) < way.handed_over_at < at(9.5)
        assert acting(other, NOON).ask(my_deliveries, Purpose.CONTRACT, day=TOMORROW, now=NOON) == []

    def test_is_asked_for_once_for_all_caregivers(self, here: Town) -> None:
        sets(here)
        nurses = [here.nurse("甲"), here.nurse("乙")]
        draw(here, nurses[0], 8.5)
        few = ways_asked(here, nurses)
        draw(here, nurses[1], 8.5)
        draw(here, nurses[1], 9.25)

        found, statements_asked = ways_asked(here, nurses)
        assert statements_asked == few[1]
        assert {staff_id: len(ways[0].visit_ids) for staff_id, ways in found.items()} == {
            id_of(nurses[0]): 1,
            id_of(nurses[1]): 2,
        }

    def test_goes_as_it_really_goes(self, here: Town) -> None:
        nurse = here.nurse()
        sets(here)
        drawn = draw(here, nurse, 8.5)
        late = Expected(promised_at=drawn.starts_at, arrives_at=at(9.75), ends_at=at(10.25), has_arrived=True)

        found = acting(here.desk, NOON).ask(
            deliveries_on,
            Purpose.CONTRACT,
            day=TOMORROW,
            staff_ids=[id_of(nurse)],
            now=NOON,
            expected={drawn.id: late},
        )

        [way] = found[id_of(nurse)]
        assert (way.leaves_at, way.due_at) == (at(10.25), at(10.5))
        assert way.minutes_late > 0

    def test_is_nobody_else_s_to_see(self, here: Town) -> None:
        nurse, other = here.nurse(), here.nurse("王芳")
        with pytest.raises(NotAllowed):
            acting(other, NOON).ask(
                deliveries_on, Purpose.CONTRACT, day=TOMORROW, staff_ids=[id_of(nurse)], now=NOON
            )


def ways_asked(here: Town, nurses: list[Actor]) -> tuple[Any, int]:
    with CaptureQueriesContext(connection) as asked:
        found = acting(here.desk, NOON).ask(
            deliveries_on,
            Purpose.CONTRACT,
            day=TOMORROW,
            staff_ids=[id_of(one) for one in nurses],
            now=NOON,
        )
    return found, len(asked)


class TestADayThatHasBegun:
    def test_names_what_would_be_too_late_and_where_it_stands(self, here: Town) -> None:
        nurse, other = here.nurse(), here.nurse("王芳")
        sets(here, closes_at=time(10, 10))
        draw(here, nurse, 8.5)
        one = visit(here, other, hour=9.5)

        found = acting(here.desk, NOON).ask(
            try_page,
            Purpose.CONTRACT,
            visit_id=one.id,
            part=1,
            staff_id=id_of(nurse),
            clock=None,
            now=NOON,
        )

        [broken] = found.effect.broken
        assert broken.rule is Rule.SPECIMEN
        assert "10:10" in broken.words
        assert "10:10" in broken.source
        assert not broken.is_hard

    def test_finds_somebody_who_can_bring_it(self, here: Town) -> None:
        nurse, other = here.nurse(), here.nurse("王芳")
        drawn = draw(here, nurse, 8.5)
        visit(here, nurse, hour=9.5)
        sets(here, closes_at=time(10, 10))

        page = acting(here.desk, NOON).ask(repair_page, Purpose.CONTRACT, visit_id=drawn.id, now=NOON)

        assert "检验科" in page.found.danger
        assert id_of(other) in {put.staff_id for one in page.found.proposals for put in one.puts}


class TestSaying:
    def test_where_the_laboratory_is(self, here: Town) -> None:
        assert acting(here.desk, NOON).ask(laboratory_said, Purpose.CONTRACT) == []

        sets(here)

        [said] = acting(here.desk, NOON).ask(laboratory_said, Purpose.CONTRACT)
        assert (said.name, said.latitude, said.hours[6]) == (
            "市一院检验科",
            NEAR[0],
            (time(0), time(10, 30)),
        )
        assert here.look(lambda _: AuditEntry.objects.filter(action="dispatch.laboratory.set").count()) == 1

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", " "),
            ("name", "长" * 101),
            ("latitude", None),
            ("latitude", 91.0),
            ("longitude", -181.0),
            ("hours", []),
            ("hours", [None] * 7),
            ("hours", [(time(8), None), *[None] * 6]),
            ("hours", [(time(10), time(8)), *[None] * 6]),
            ("closed_on", [None]),
            ("handover_minutes", 61),
            ("handover_minutes", None),
        ],
    )
    def test_is_refused_in_words(self, here: Town, field: str, value: Any) -> None:
        with pytest.raises(LaboratoryInvalid) as refused:
            sets(here, None, **{field: value})

        assert set(refused.value.fields or {}) == {field}

    def test_is_not_for_whoever_does_not_assign(self, here: Town) -> None:
        with pytest.raises(NotAllowed):
            sets(here, by=here.nurse())
        with pytest.raises(NotAllowed):
            acting(here.nurse(), NOON).ask(laboratory_said, Purpose.CONTRACT)

    def test_is_each_house_s_own(self, here: Town) -> None:
        sets(here)
        assert acting(town().desk, NOON).ask(laboratory_said, Purpose.CONTRACT) == []


class TestSeveralPlaces:
    def test_stand_beside_each_other_and_change_by_themselves(self, here: Town) -> None:
        first = sets(here)
        second = sets(here, laboratory_id=None, name="东院")
        sets(here, laboratory_id=first, name="西院")

        said = acting(here.desk, NOON).ask(laboratory_said, Purpose.CONTRACT)
        assert {one.id: one.name for one in said} == {first: "西院", second: "东院"}

        acting(here.desk, NOON).do(remove_laboratory, laboratory_id=first)
        acting(here.desk, NOON).do(remove_laboratory, laboratory_id=first)
        assert the_one(here) == second
        with pytest.raises(NotFound):
            sets(here, laboratory_id=first)

    def test_serve_whoever_is_near(self, here: Town) -> None:
        here.nurse()
        sets(here, hours=[(time(7), time(7, 30))] * 7)
        assert times(slots(here, here.resident(), service_code="draw")) == []

        sets(here, laboratory_id=None, name="东院")

        assert times(slots(here, here.resident(), service_code="draw"))[-1] == at(9.5)

    def test_are_no_more_than_twenty(self, here: Town) -> None:
        for number in range(20):
            sets(here, laboratory_id=None, name=f"{number} 号")

        with pytest.raises(TooManySites):
            sets(here, laboratory_id=None, name="又一处")

    def test_are_the_house_s_own(self, here: Town) -> None:
        theirs, other = sets(here), town()

        with pytest.raises(NotFound):
            sets(other, laboratory_id=theirs)
        with pytest.raises(NotFound):
            acting(other.desk, NOON).do(remove_laboratory, laboratory_id=theirs)

    def test_that_was_said_before_the_days_could_differ_is_open_every_day_until_then(
        self, here: Town
    ) -> None:
        sets(here)
        here.look(lambda _: LaboratoryPlace.objects.update(hours=[], closes_at=time(9, 45)))

        [said] = acting(here.desk, NOON).ask(laboratory_said, Purpose.CONTRACT)

        assert said.hours == ((time(0), time(9, 45)),) * 7


class TestAServiceThatDraws:
    def test_is_named_where_it_does_not_say_when_it_is_delivered(self, here: Town) -> None:
        steps = [{"key": "draw", "title": "采血", "critical": True, "evidence": "none"}]
        catalogue.version(published_by=here.desk, code="fasting", name="空腹采血", steps=steps)
        catalogue.version(
            published_by=here.desk, code="timed", name="定时采血", steps=steps, deliver_minutes=120
        )

        found = acting(here.desk, NOON).ask(services_without_minutes, Purpose.CONTRACT)

        assert [(one.code, one.name) for one in found] == [("fasting", "空腹采血")]
        with pytest.raises(NotAllowed):
            acting(here.nurse(), NOON).ask(services_without_minutes, Purpose.CONTRACT)
