"""A day that runs late, as the board foresees it from what was said in the field."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.desk.boards import AT_RISK, Page
from anjia.desk.queries import board_page, gantt_of_day, row_on_board
from anjia.dispatch.queries import expected_today
from anjia.kernel.actors import Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotAllowed
from anjia.kernel.work import acting
from anjia.visits.rules.lifecycle import Status
from tests.make import actor
from tests.visits.make import Town, at, fact, say, town

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def here() -> Town:
    return town()


def board(here: Town, now: datetime, **says: Any) -> Page:
    who = actor(
        "board.read",
        "visits.read",
        "visits.read_resident",
        "residents.read",
        organization_id=here.organization_id,
    )
    return acting(who, now).ask(board_page, Purpose.CONTRACT, day=day_of(now), now=now, **says)


def running_late(here: Town) -> tuple[Any, Any, Any]:
    """Ten to eleven o'clock: the nurse is still with the first, whom she should have left at a quarter to ten."""
    nurse = here.nurse()
    first = here.visit(nurse, starts_at=at(9), ends_at=at(9.75))
    second = here.visit(nurse, starts_at=at(10), ends_at=at(10.75))
    third = here.visit(nurse, starts_at=at(14), ends_at=at(14.75))
    say(
        nurse,
        fact(first, "departed", at=at(8.75)),
        fact(first, "arrived", at=at(9.75), proof="photo", reason="x"),
    )
    return first, second, third


class TestBoard:
    def test_says_who_will_be_late_before_she_is(self, here: Town) -> None:
        _first, second, _third = running_late(here)
        now = at(10)
        found = board(here, now)
        said = {row.id: (row.is_at_risk, row.expected) for row in found.rows}
        assert [visit_id for visit_id, (is_at_risk, _words) in said.items() if is_at_risk] == [second.id]
        # A quarter to eleven? She came at a quarter to ten, stays 45 minutes, and goes five to the next: 10:35.
        assert said[second.id][1] == "照现在看 10:35 到，比约好的晚 35 分钟。"
        assert [(one.count, one.style) for one in found.tallies if one.state == AT_RISK] == [(1, "bad")]
        assert [row.id for row in board(here, now, state=AT_RISK).rows] == [second.id]

    def test_knows_nothing_of_another_day(self, here: Town) -> None:
        running_late(here)
        found = board(here, at(10, day=0))
        assert [one for one in found.tallies if one.state == AT_RISK] == []

    def test_draws_how_it_went_and_will_go_on(self, here: Town) -> None:
        running_late(here)
        who = actor("board.read", "visits.read", organization_id=here.organization_id)
        drawn = acting(who, at(10)).ask(gantt_of_day, Purpose.CONTRACT, day=day_of(at(10)), now=at(10))
        said = [one.title for line in drawn.lines for one in line.real]
        assert said == ["实际 09:45–10:30", "预计 10:35–11:20", "预计 14:00–14:45"]

    def test_takes_a_row_out_when_it_is_no_longer_at_risk(self, here: Town) -> None:
        _first, second, third = running_late(here)
        who = actor("board.read", "visits.read", "residents.read", organization_id=here.organization_id)

        def row(visit_id: Any) -> Any:
            return acting(who, at(10)).ask(
                row_on_board,
                Purpose.CONTRACT,
                visit_id=visit_id,
                day=day_of(at(10)),
                now=at(10),
                state=AT_RISK,
            )

        assert row(second.id) is not None
        assert row(third.id) is None


class TestExpectedToday:
    def test_leaves_out_what_is_off(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        ask = acting(here.desk, at(9)).ask
        assert list(ask(expected_today, Purpose.CONTRACT, now=at(9))) == [visit.id]
        here.look(lambda _: type(visit).objects.filter(id=visit.id).update(status=Status.CANCELLED.value))
        assert ask(expected_today, Purpose.CONTRACT, now=at(9)) == {}

    def test_is_for_those_who_read_visits(self, here: Town) -> None:
        here.visit(here.nurse())
        with pytest.raises(NotAllowed):
            acting(actor(organization_id=here.organization_id), at(9)).ask(
                expected_today, Purpose.CONTRACT, now=at(9)
            )

    def test_costs_the_same_for_many(self, here: Town) -> None:
        counts = []
        for _ in range(2):
            nurse = here.nurse()
            for hour in (9, 11, 14):
                here.visit(nurse, starts_at=at(hour), ends_at=at(hour) + timedelta(minutes=30))
            with CaptureQueriesContext(connection) as asked:
                acting(here.desk, at(8)).ask(expected_today, Purpose.CONTRACT, now=at(8))
            counts.append(len(asked))
        assert counts[0] == counts[1]
