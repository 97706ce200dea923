"""What was taken at a home is handed over: said by a tap, counted from the needle, seen on the board."""

import pytest

from anjia.dispatch.commands import remove_laboratory
from anjia.dispatch.queries import laboratory_said, late_specimens, specimen_of
from anjia.kernel.actors import Purpose
from anjia.kernel.work import acting
from tests.dispatch.plans import visit
from tests.dispatch.specimens import delivered, draw, drawn, laboratory, ways
from tests.make import NOON
from tests.visits.make import Town, at, fact, say, town

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def here() -> Town:
    made = town()
    laboratory(made)
    return made


class TestHandingOver:
    def test_says_when_and_of_which_home(self, here: Town) -> None:
        nurse = here.nurse()
        one = draw(here, nurse)
        drawn(nurse, one)

        delivered(nurse, one, when=9.4)

        [way] = ways(nurse, at(10))
        assert (way.delivered_at, way.visit_ids, way.after_visit_id) == (at(9.4), [one.id], one.id)
        assert (way.handed_over_at, way.minutes_late, way.is_overdue) == (at(9.4), 0, False)

    def test_is_said_once_however_often_the_phone_says_it(self, here: Town) -> None:
        nurse = here.nurse()
        one = draw(here, nurse)
        drawn(nurse, one)
        said = delivered(nurse, one, when=9.4)
        say(nurse, said, now=at(9.6))

        delivered(nurse, one, when=9.7)  # and a second tap, on another phone

        [way] = ways(nurse, at(10))
        assert way.delivered_at == at(9.4)

    def test_counts_though_it_is_heard_before_the_visit_is_done(self, here: Town) -> None:
        nurse = here.nurse()
        one = draw(here, nurse)
        say(nurse, fact(one, "arrived", at=at(8.5), proof="photo"))

        delivered(nurse, one, when=9.4, now=at(9.5))
        say(nurse, fact(one, "done", at=at(9), record={"site": "右臂"}), now=at(9.6))

        [way] = ways(nurse, at(10))
        assert way.delivered_at == at(9.4)

    def test_is_not_believed_of_somebody_who_was_not_there(self, here: Town) -> None:
        nurse, other = here.nurse(), here.nurse("王芳")
        one = draw(here, nurse)
        drawn(nurse, one)

        delivered(other, one, when=9.4)

        [way] = ways(nurse, at(10))
        assert way.delivered_at is None

    def test_leaves_what_was_taken_since_to_be_brought(self, here: Town) -> None:
        nurse = here.nurse()
        first, second = draw(here, nurse), draw(here, nurse, 10)
        drawn(nurse, first)
        delivered(nurse, first, when=9.4)
        drawn(nurse, second, came=10)

        brought, to_bring = ways(nurse, at(10.6))

        assert (brought.visit_ids, brought.delivered_at) == ([first.id], at(9.4))
        assert (to_bring.visit_ids, to_bring.delivered_at, to_bring.is_with_her) == ([second.id], None, True)

    def test_says_that_it_was_late(self, here: Town) -> None:
        nurse = here.nurse()
        one = draw(here, nurse)
        drawn(nurse, one)

        delivered(nurse, one, when=10.75)

        [way] = ways(nurse, at(11))
        assert (way.due_at, way.minutes_late) == (at(10.5), 15)


class TestWhatIsNotHandedOver:
    def test_is_red_from_its_latest_time_on(self, here: Town) -> None:
        nurse = here.nurse()
        drawn(nurse, draw(here, nurse))

        [before] = ways(nurse, at(10.5))
        [after] = ways(nurse, at(10.6))

        assert (before.is_overdue, after.is_overdue) == (False, True)

    def test_is_nothing_where_nobody_has_come(self, here: Town) -> None:
        nurse = here.nurse()
        draw(here, nurse)

        [way] = ways(nurse, at(11))

        assert (way.is_overdue, way.is_with_her) == (False, False)
        assert late_of(here, 11) == []

    def test_is_nothing_where_the_draw_was_left_out(self, here: Town) -> None:
        nurse = here.nurse()
        one = draw(here, nurse)
        say(nurse, fact(one, "arrived", at=at(8.5), proof="photo"))
        say(nurse, fact(one, "step_done", at=at(8.6), key="draw", skipped=True, reason="没有空腹"))
        say(nurse, fact(one, "done", at=at(9), record={"site": "右臂"}))

        assert ways(nurse, at(11)) == []
        assert late_of(here, 11) == []

    def test_is_nothing_where_there_is_no_laboratory_any_more(self, here: Town) -> None:
        nurse = here.nurse()
        drawn(nurse, draw(here, nurse))
        [site] = acting(here.desk, NOON).ask(laboratory_said, Purpose.CONTRACT)
        acting(here.desk, NOON).do(remove_laboratory, laboratory_id=site.id)

        assert late_of(here, 11) == []

    def test_is_each_house_s_own_to_know(self, here: Town) -> None:
        nurse = here.nurse()
        drawn(nurse, draw(here, nurse))

        assert late_of(town(), 11) == []


def late_of(here: Town, hour: float) -> list[object]:
    found = acting(here.system, at(hour)).ask(late_specimens, Purpose.CONTRACT, now=at(hour))
    return [one.visit_id for one in found]


class TestTheClock:
    def test_counts_from_the_needle(self, here: Town) -> None:
        nurse = here.nurse()
        one = draw(here, nurse)

        drawn(nurse, one, came=8.6, needle=8.75)

        [way] = ways(nurse, at(9.2))
        assert way.due_at == at(10.75)
        found = acting(here.system, at(9.2)).ask(specimen_of, Purpose.CONTRACT, visit_id=one.id, now=at(9.2))
        assert found is not None
        assert found.due_at == at(10.75)

    def test_counts_from_when_she_came_until_that_is_known(self, here: Town) -> None:
        nurse = here.nurse()
        one = draw(here, nurse)
        say(nurse, fact(one, "arrived", at=at(8.75), proof="photo"))

        [way] = ways(nurse, at(8.8))

        assert way.due_at == at(10.75)

    def test_counts_from_the_promise_before_that(self, here: Town) -> None:
        nurse = here.nurse()
        draw(here, nurse)

        [way] = ways(nurse, NOON)

        assert way.due_at == at(10.5)

    def test_ends_when_they_close(self, here: Town) -> None:
        nurse = here.nurse()
        one = draw(here, nurse, 11)

        drawn(nurse, one, came=11, needle=11.2)

        [way] = ways(nurse, at(11.6))
        assert way.due_at == at(12)


class TestAVisitThatTakesNothing:
    def test_may_say_what_it_likes(self, here: Town) -> None:
        nurse = here.nurse()
        one = visit(here, nurse, hour=9)

        delivered(nurse, one, when=9.9)

        assert ways(nurse, at(10)) == []
