"""What is red on the board before it is too late: who will be late, and of whose new time nobody has heard."""

import re
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from anjia.desk.boards import AT_RISK, NOT_TOLD, Page
from anjia.desk.queries import board_page, gantt_of_day, row_on_board
from anjia.dispatch.commands import move_booking, set_laboratory
from anjia.dispatch.queries import expected_today, on_the_way
from anjia.kernel.actors import Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.messaging.commands import log_own_call
from anjia.messaging.models import Notification
from anjia.messaging.queries import not_told, tellings
from anjia.messaging.rules import CallOutcome
from anjia.visits.rules.lifecycle import Status
from tests.catalogue import make as catalogue
from tests.dispatch.make import booking
from tests.make import NOON, actor, deliver_events
from tests.visits.make import PLACE, Town, at, fact, id_of, say, town

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
        said = {row.id: (row.is_at_risk, row.expected) for row in [*found.first, *found.rows]}
        assert [visit_id for visit_id, (is_at_risk, _words) in said.items() if is_at_risk] == [second.id]
        # A quarter to eleven? She came at a quarter to ten, stays 45 minutes, and goes five to the next: 10:35.
        assert said[second.id][1] == "照现在看 10:35 到，比约好的晚 35 分钟。"
        assert [(one.count, one.style) for one in found.tallies if one.state == AT_RISK] == [(1, "bad")]
        assert [row.id for row in board(here, now, state=AT_RISK).rows] == [second.id]

    def test_knows_for_whom_somebody_else_can_still_be_sent(self, here: Town) -> None:
        first, second, _third = running_late(here)
        found = board(here, at(10.4))
        rows = {row.id: row for row in [*found.first, *found.rows]}
        assert rows[second.id].is_at_risk
        assert not rows[second.id].has_set_out
        assert rows[first.id].has_set_out
        assert not rows[first.id].can_be_repaired

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


class TestList:
    """Begins with what somebody has to see to, whatever the hour: the rest is found by its time."""

    def test_begins_with_what_waits_for_a_hand_and_says_it_once(self, here: Town) -> None:
        first, second, third = running_late(here)
        found = board(here, at(10))
        assert [row.id for row in found.first] == [second.id]
        assert [row.id for row in found.rows] == [first.id, third.id]
        assert found.first[0].needs_hand

    def test_begins_with_nothing_where_all_goes_well(self, here: Town) -> None:
        here.visit(here.nurse(), starts_at=at(14), ends_at=at(14.75))
        assert board(here, at(10)).first == []

    def test_shows_of_what_is_narrowed_all_in_order(self, here: Town) -> None:
        _first, second, _third = running_late(here)
        found = board(here, at(10), state=AT_RISK)
        assert (list(found.first), [row.id for row in found.rows]) == ([], [second.id])

    def test_is_called_by_its_day(self, here: Town) -> None:
        assert board(here, at(10)).title == "今天的单子"
        who = actor("board.read", "visits.read", organization_id=here.organization_id)
        other = acting(who, at(10)).ask(board_page, Purpose.CONTRACT, day=day_of(at(10, day=2)), now=at(10))
        assert other.title == "这一天的单子"


class TestASpecimen:
    """Spoilt at the laboratory's closed door, it is taken once more: nobody finds that out by looking at a dot."""

    def drawn(self, here: Town, *, closes: time) -> Any:
        nurse = here.nurse()
        version = catalogue.version(
            published_by=here.desk, code="draw", name="采血", duration_minutes=30, deliver_minutes=120
        )
        place: dict[str, Any] = {
            "name": "检验科",
            "latitude": PLACE[0] + 0.02,
            "longitude": PLACE[1],
            "handover_minutes": 5,
        }
        acting(here.desk, NOON).do(set_laboratory, hours=[(time(0), closes)] * 7, **place)
        return here.visit(nurse, starts_at=at(9), ends_at=at(9.5), service_version_id=version.id)

    def test_that_comes_too_late_is_red_before_it_is_taken(self, here: Town) -> None:
        visit = self.drawn(here, closes=time(9, 40))
        who = actor("board.read", "visits.read", "residents.read", organization_id=here.organization_id)
        found = acting(who, NOON).ask(board_page, Purpose.CONTRACT, day=day_of(at(9)), now=NOON)
        [row] = found.first
        assert row.id == visit.id
        assert re.fullmatch(r"标本 09:\d\d 才送到检验科，晚 \d+ 分钟。", row.specimen)
        assert [one.count for one in found.tallies if one.state == AT_RISK] == [1]
        shown = render_to_string("desk/_board_row.html", {"row": row, "may_assign": True})
        assert f'href="/console/dispatch/visits/{visit.id}/repair"' in shown

    def test_that_is_in_time_is_not(self, here: Town) -> None:
        self.drawn(here, closes=time(10, 30))
        who = actor("board.read", "visits.read", "residents.read", organization_id=here.organization_id)
        found = acting(who, NOON).ask(board_page, Purpose.CONTRACT, day=day_of(at(9)), now=NOON)
        assert (list(found.first), [row.specimen for row in found.rows]) == ([], [""])

    def test_that_has_been_brought_is_not(self, here: Town) -> None:
        self.drawn(here, closes=time(9, 40))
        assert board(here, at(12)).first[0].specimen == ""  # it is late for another reason


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


class TestOnTheWay:
    def ask(self, here: Town, who: Any, visit: Any, now: datetime) -> datetime | None:
        return acting(who, now).ask(on_the_way, Purpose.CONTRACT, visit_id=visit.id, now=now).arrives_at

    def test_is_reckoned_from_the_home_before_when_she_has_set_out(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        far = here.resident(
            "远处", place=(PLACE[0] + 0.045, PLACE[1])
        )  # 5 km: by the detour and her speed 27 minutes
        here.visit(nurse, resident=far, starts_at=at(9), ends_at=at(9.75))
        visit = here.visit(nurse, resident=resident, starts_at=at(10.5), ends_at=at(11))
        hers = here.person(resident)
        assert self.ask(here, hers, visit, at(9.9)) is None
        say(nurse, fact(visit, "departed", at=at(10)))
        expected = self.ask(here, hers, visit, at(10))
        assert expected is not None
        assert at(10.25) < expected < at(10.75)
        assert self.ask(here, here.desk, visit, at(10)) == expected
        assert self.ask(here, hers, visit, at(11)) == at(11)  # any moment
        say(nurse, fact(visit, "arrived", at=at(10.5), proof="photo", reason="x"))
        assert self.ask(here, hers, visit, at(10.5)) is None

    def test_is_no_strangers_to_know(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        say(nurse, fact(visit, "departed", at=at(9.75)))
        with pytest.raises(NotFound):
            self.ask(here, here.person(here.resident("王秀英")), visit, at(9.75))
        with pytest.raises(NotFound):
            self.ask(here, town().desk, visit, at(9.75))


class TestNotTold:
    """A new time counts as told when it was delivered or said by telephone; until then it is red."""

    def moved(self, here: Town, *, by: Any = None) -> Any:
        resident = here.resident()
        nurse = here.nurse()
        visit_id = booking(here, resident, nurse)
        who = by(resident) if by else here.desk
        acting(who, NOON).do(
            move_booking, visit_id=visit_id, starts_at=at(14), staff_ids=[id_of(nurse)], why="路上不通"
        )
        deliver_events(here.desk, now=NOON)
        return visit_id

    def red(self, here: Town) -> list[Any]:
        now = at(8)
        rows = {row.id: row.not_told for row in board(here, now, state=NOT_TOLD).rows}
        assert all(words == "12:00 改了时间，家里还没有人知道。" for words in rows.values())
        tallies = [one.count for one in board(here, now).tallies if one.state == NOT_TOLD]
        assert tallies == ([len(rows)] if rows else [])
        return list(rows)

    def reach(self, here: Town, state: str) -> None:
        def reach(_: Any) -> int:
            return Notification.objects.filter(message__template="visit_moved").update(state=state)

        assert here.look(reach)

    def test_is_red_until_it_is_delivered(self, here: Town) -> None:
        visit_id = self.moved(here)
        assert self.red(here) == [visit_id]
        self.reach(here, "sent")
        assert self.red(here) == [visit_id]
        self.reach(here, "delivered")
        assert self.red(here) == []

    def test_leads_to_what_can_be_done_and_ends_when_it_was_said(self, here: Town) -> None:
        """Where a vendor sends no receipts, whoever has rung says so with one click."""
        visit_id = self.moved(here)
        self.reach(here, "sent")
        boss = actor("messaging.call", organization_id=here.organization_id)
        [row] = board(here, at(8), state=NOT_TOLD).rows
        shown = render_to_string("desk/_board_row.html", {"row": row, "may_call": True, "may_assign": True})
        assert f'href="/console/messaging/visits/{visit_id}/told"' in shown
        for line in acting(boss, NOON).ask(tellings, Purpose.CONTRACT, about_id=visit_id):
            if line.message.template == "visit_moved":
                acting(boss, NOON).do(log_own_call, message_id=line.message.id, outcome=CallOutcome.REACHED)
        assert self.red(here) == []

    def test_is_red_again_when_it_is_moved_again(self, here: Town) -> None:
        visit_id = self.moved(here)
        self.reach(here, "delivered")
        acting(here.desk, NOON + timedelta(minutes=1)).do(
            move_booking,
            visit_id=visit_id,
            starts_at=at(15),
            staff_ids=[id_of(here.nurse("乙"))],
            why="再改",
        )
        deliver_events(here.desk, now=NOON + timedelta(minutes=1))
        assert len(board(here, at(8), state=NOT_TOLD).rows) == 1

    def test_is_no_news_to_who_moved_it_herself(self, here: Town) -> None:
        self.moved(here, by=here.person)
        assert self.red(here) == []

    def test_is_not_said_to_persons(self, here: Town) -> None:
        with pytest.raises(NotAllowed):
            acting(here.person(here.resident()), NOON).ask(
                not_told, Purpose.CONTRACT, template="visit_moved", since=NOON
            )
