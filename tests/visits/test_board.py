"""The live board: what wants looking at is seen, and a big day costs no more questions than a small one."""

from datetime import timedelta
from typing import Any

import pytest

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.kernel.work import acting
from anjia.visits.commands import accept_assignment, cancel_visit, mark_missed, mark_unclaimed
from anjia.visits.models import Visit
from anjia.visits.queries import Board, board, timelines
from anjia.visits.rules.lifecycle import BoardState
from tests.make import NOON
from tests.visits.make import Town, at, fact, id_of, say

pytestmark = pytest.mark.usefixtures("database")


def look(here: Town, *, now: Any = NOON, **says: Any) -> Board:
    day = at(12).date()
    return acting(here.desk, now).ask(board, Purpose.CONTRACT, day=day, now=now, **says)


class TestBoard:
    def test_tells_every_state_and_counts_them(self, here: Town) -> None:
        nurse = here.nurse()
        visits = [
            here.visit(nurse, starts_at=at(hour), ends_at=at(hour + 0.5))
            for hour in (8, 9, 10, 11, 12, 13, 14, 15)
        ]
        desk = acting(here.desk, NOON)
        desk.do(cancel_visit, visit_id=visits[0].id, reason="asked")
        say(nurse, fact(visits[1], "done"))
        say(nurse, fact(visits[2], "arrived", proof="photo", reason="在"))
        say(nurse, fact(visits[4], "departed", at=at(11)))
        acting(nurse, NOON).do(accept_assignment, visit_id=visits[5].id)
        desk.do(mark_unclaimed, visit_id=visits[6].id, part=1)

        found = look(here, now=at(11.3))

        assert [row.state for row in found.rows] == [
            "cancelled",
            "done",
            "arrived",
            "late",
            "departed",
            "accepted",
            "unassigned",
            "tentative",
        ]
        assert found.total == 8
        assert found.counts[BoardState.LATE] == 1
        assert [row.minutes_late for row in found.rows if row.state is BoardState.LATE] == [18]
        assert {row.resident_name for row in found.rows} == {"张桂芳"}
        assert {tuple(row.caregivers) for row in found.rows[1:]} == {("李秋萍",)}

    def test_says_missed_when_it_was(self, here: Town) -> None:
        visit = here.visit(here.nurse())
        acting(here.system, visit.ends_at + timedelta(hours=5)).do(mark_missed, visit_id=visit.id)
        assert [row.state for row in look(here).rows] == ["missed"]

    def test_turns_pages_and_keeps_to_a_state(self, here: Town) -> None:
        nurse = here.nurse()
        visits = [here.visit(nurse, starts_at=at(hour), ends_at=at(hour + 0.5)) for hour in (8, 9, 10)]
        acting(nurse, NOON).do(accept_assignment, visit_id=visits[1].id)
        first = look(here, size=2)
        second = look(here, size=2, after=first.next)
        assert [row.id for row in [*first.rows, *second.rows]] == [visit.id for visit in visits]
        assert second.next is None
        assert [row.id for row in look(here, state="accepted").rows] == [visits[1].id]

    def test_begins_and_ends_at_midnight_in_shanghai(self, here: Town) -> None:
        nurse = here.nurse()
        for start in (-0.5, 0, 23.5, 24):
            here.visit(nurse, starts_at=at(start), ends_at=at(start + 0.5))
        assert [row.starts_at for row in look(here).rows] == [at(0), at(23.5)]

    def test_leaves_out_what_is_only_held(self, here: Town) -> None:
        visit = here.visit(here.nurse())
        acting(here.system, NOON).ask(lambda _: Visit.objects.filter(id=visit.id).update(status="released"))
        assert look(here).rows == []

    def test_asks_as_much_for_many_as_for_one(self, here: Town, django_assert_num_queries: Any) -> None:
        for number in range(1, 4):
            here.visit(here.nurse(f"护士{'甲乙丙'[number - 1]}"), starts_at=at(10), ends_at=at(11))
            with django_assert_num_queries(8):
                assert len(look(here).rows) == number

    def test_is_not_for_everybody(self, here: Town) -> None:
        nurse, person = here.nurse(), here.person(here.resident())
        for who in (nurse, person):
            with pytest.raises(NotAllowed):
                acting(who, NOON).ask(board, Purpose.CONTRACT, day=at(12).date(), now=NOON)


class TestTimelines:
    def ask(self, here: Town, actor: Actor | None = None) -> Any:
        day = at(12).date()
        return acting(actor or here.desk, NOON).ask(timelines, Purpose.CONTRACT, day=day, now=NOON)

    def test_show_everybodys_day(self, here: Town) -> None:
        busy, free = here.nurse("甲"), here.nurse("乙")
        here.visit(busy, starts_at=at(10), ends_at=at(11))
        rows = {row.staff_id: row for row in self.ask(here)}
        assert [(bar.starts_at, bar.resident_name, bar.state) for bar in rows[id_of(busy)].bars] == [
            (at(10), "张桂芳", "tentative")
        ]
        assert rows[id_of(free)].bars == []
        assert (at(8), at(17)) in rows[id_of(free)].shifts

    def test_ask_as_much_for_many_as_for_one(self, here: Town, django_assert_num_queries: Any) -> None:
        for name in "甲乙丙":
            here.visit(here.nurse(name), starts_at=at(10), ends_at=at(11))
            with django_assert_num_queries(7):
                self.ask(here)
