"""Who comes."""

import pytest

from anjia.kernel.work import acting
from anjia.visits.commands import (
    accept_assignment,
    assign,
    cancel_visit,
)
from anjia.visits.rules.lifecycle import (
    AlreadyAccepted,
    AlreadyOnTheWay,
    CaregiverBusy,
    IllegalMove,
    State,
)
from tests.make import NOON
from tests.visits.make import Town, fact, id_of, say

pytestmark = pytest.mark.usefixtures("database")


class TestAssign:
    def test_puts_one_in_the_place_of_another(self, here: Town) -> None:
        first, second = here.nurse("甲"), here.nurse("乙")
        visit = here.visit(first)
        acting(here.desk, NOON).do(assign, visit_id=visit.id, part=1, staff_id=id_of(second), why="请假")
        assert [(one.staff_id, one.state) for one in here.crew(visit)] == [
            (first.staff_id, "withdrawn"),
            (second.staff_id, "tentative"),
        ]
        here.visit(first)

    def test_says_that_the_visit_is_off_when_it_is(self, here: Town) -> None:
        first, second = here.nurse("甲"), here.nurse("乙")
        visit = here.visit(first)
        acting(here.desk, NOON).do(cancel_visit, visit_id=visit.id, reason="asked")

        with pytest.raises(IllegalMove):
            acting(here.desk, NOON).do(assign, visit_id=visit.id, part=1, staff_id=id_of(second))

    def test_keeps_who_is_there_when_the_other_is_busy(self, here: Town) -> None:
        first, second = here.nurse("甲"), here.nurse("乙")
        visit = here.visit(first)
        here.visit(second)
        with pytest.raises(CaregiverBusy):
            acting(here.desk, NOON).do(assign, visit_id=visit.id, part=1, staff_id=id_of(second))
        assert [one.staff_id for one in here.crew(visit) if one.state == "tentative"] == [first.staff_id]

    def test_refuses_when_she_is_on_the_way(self, here: Town) -> None:
        first, second = here.nurse("甲"), here.nurse("乙")
        visit = here.visit(first)
        say(first, fact(visit, "departed"))
        with pytest.raises(AlreadyOnTheWay):
            acting(here.desk, NOON).do(assign, visit_id=visit.id, part=1, staff_id=id_of(second))

    def test_lets_one_take_it_and_no_second(self, here: Town) -> None:
        first, second = here.nurse("甲"), here.nurse("乙")
        visit = here.visit(first)
        acting(second, NOON).do(accept_assignment, visit_id=visit.id)
        with pytest.raises(AlreadyAccepted):
            acting(first, NOON).do(accept_assignment, visit_id=visit.id)
        with pytest.raises(AlreadyAccepted):
            acting(second, NOON).do(accept_assignment, visit_id=visit.id)
        live = [one for one in here.crew(visit) if one.state != State.WITHDRAWN]
        assert [(one.staff_id, one.state) for one in live] == [(second.staff_id, "accepted")]
