"""How the board looks: nothing asked of the database."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from anjia.desk import boards, gantt
from anjia.dispatch.queries import BreakShown, DeliveryShown, Expected
from anjia.visits.boards import Bar
from anjia.visits.queries import Board, Row
from anjia.visits.rules.lifecycle import BoardState
from tests.make import NOON

DAY = date(2026, 3, 2)


def board(**counts: int) -> Board:
    known = {state: counts.get(state.value, 0) for state in BoardState}
    return Board(rows=[], next=None, counts=known, total=sum(known.values()))


def row(**changes: object) -> Row:
    """Return a day from eight to five with one visit at noon."""
    bar = Bar(
        visit_id=uuid4(),
        resident_name="张桂芳",
        service_name="换药",
        starts_at=NOON,
        ends_at=NOON + timedelta(hours=1),
        state=BoardState.ACCEPTED,
        state_words="已接单",
    )
    says: dict[str, object] = {
        "staff_id": uuid4(),
        "name": "李静",
        "title": "护师",
        "shifts": [(NOON - timedelta(hours=4), NOON + timedelta(hours=5))],
        "leave": [],
        "bars": [bar],
    }
    return Row(**(says | changes))  # type: ignore[arg-type]


class TestTallies:
    def test_count_as_due_what_was_not_cancelled(self) -> None:
        first = boards.tallies_of(board(done=3, cancelled=2, late=1))[0]

        assert (first.state, first.count) == ("", 4)

    def test_leave_out_states_that_hold_nothing_but_for_the_usual_ones(self) -> None:
        states = [tally.state for tally in boards.tallies_of(board(late=1))]

        assert states == ["", "done", "arrived", "departed", "late"]


class TestTimelines:
    def test_put_noon_in_the_middle_of_a_day_from_seven_to_seven(self) -> None:
        drawn = gantt.gantt_of([row()], day=DAY, now=NOON + timedelta(hours=1), expected={})

        assert drawn.hours[0].label == "7:00"
        assert drawn.hours[-1].label == "19:00"
        assert drawn.lines[0].bars[0].left == 41.67
        assert "13:00" not in [hour.label for hour in drawn.hours], "the clock stands there"
        assert drawn.now_left == 50.0

    def test_grow_to_hold_whoever_is_out_early(self) -> None:
        early = [(NOON - timedelta(hours=8), NOON)]

        drawn = gantt.gantt_of([row(shifts=early)], day=DAY, now=NOON, expected={})

        assert drawn.hours[0].label == "4:00"

    def test_show_no_line_for_now_on_another_day(self) -> None:
        assert gantt.gantt_of([row()], day=DAY, now=NOON + timedelta(days=1), expected={}).now_left is None

    def test_show_leave_behind_the_visits(self) -> None:
        away = [(NOON, NOON + timedelta(hours=2))]

        bars = gantt.gantt_of([row(leave=away)], day=DAY, now=NOON, expected={}).lines[0].bars

        assert [bool(bar.url) for bar in bars] == [False, True]


class TestWhenExpected:
    def expected(self, minutes: int, **says: bool) -> Expected:
        there = NOON + timedelta(minutes=minutes)
        return Expected(promised_at=NOON, arrives_at=there, ends_at=there + timedelta(hours=1), **says)

    def test_is_said_of_who_is_on_the_way_or_will_be_late(self) -> None:
        assert boards.when_expected(self.expected(0)) == ""
        assert boards.when_expected(self.expected(15)) == ""
        assert boards.when_expected(self.expected(0, has_departed=True)) == "预计 12:00 到。"
        assert boards.when_expected(self.expected(16)) == "照现在看 12:16 到，比约好的晚 16 分钟。"
        assert boards.when_expected(self.expected(16, has_arrived=True)) == ""

    def test_is_drawn_below_what_was_planned(self) -> None:
        day = row()
        late = {day.bars[0].visit_id: self.expected(30)}
        drawn = gantt.gantt_of([day], day=DAY, now=NOON, expected=late).lines[0].real
        assert [(one.left, one.style, one.title) for one in drawn] == [(45.83, "risk", "预计 12:30–13:30")]


class TestABreak:
    def drawn(self, starts_at: datetime | None) -> gantt.Bar:
        her = row()
        noon = BreakShown(opens_at=NOON, closes_at=NOON + timedelta(hours=2), minutes=40, starts_at=starts_at)
        [line] = gantt.gantt_of([her], day=DAY, now=NOON, expected={}, breaks={her.staff_id: [noon]}).lines
        [bar] = line.breaks
        return bar

    def test_is_drawn_where_there_is_room_for_it(self) -> None:
        bar = self.drawn(NOON + timedelta(hours=1))

        assert bar.title == "休息 13:00 起 40 分钟（12:00–14:00 之间）"
        assert (bar.style, round(bar.width, 1)) == ("", 5.6)  # of twelve hours

    def test_is_red_over_all_of_its_time_where_there_is_none(self) -> None:
        bar = self.drawn(None)

        assert bar.title == "12:00–14:00 之间没有 40 分钟可以休息"
        assert (bar.style, round(bar.width, 1)) == ("bad", 16.7)


class TestTheWayToTheLaboratory:
    def drawn(self, *, hours: float, late: int = 0, **says: Any) -> gantt.Bar:
        """Return what is drawn of a way that begins so many hours after noon, at which her one visit begins."""
        her, leaves_at = row(), NOON + timedelta(hours=hours)
        way = DeliveryShown(
            after_visit_id=uuid4(),
            visit_ids=[uuid4(), uuid4()],
            laboratory="检验科",
            leaves_at=leaves_at,
            handed_over_at=leaves_at + timedelta(minutes=20),
            due_at=leaves_at + timedelta(minutes=30),
            minutes_late=late,
            **says,
        )
        ways = {her.staff_id: [way]}
        [line] = gantt.gantt_of([her], day=DAY, now=NOON, expected={}, deliveries=ways).lines
        [bar] = line.deliveries
        return bar

    def test_says_when_and_of_how_many_homes_and_until_when(self) -> None:
        bar = self.drawn(hours=1)

        assert bar.words == "送检 13:20"
        assert bar.title == "送检：2 家的标本，13:20 交完，13:30 前要到"
        assert (bar.icon, bar.style) == ("droplet", "")

    def test_says_that_it_has_been_handed_over(self) -> None:
        bar = self.drawn(hours=1, delivered_at=NOON + timedelta(minutes=80))

        assert (bar.words, bar.icon, bar.style) == ("送到 13:20", "check", "")
        assert bar.title == "送检：2 家的标本，13:20 送到了，13:30 前要到"

    def test_is_red_where_it_was_handed_over_too_late(self) -> None:
        bar = self.drawn(hours=1, late=12, delivered_at=NOON + timedelta(minutes=102))

        assert bar.title.endswith("晚了 12 分钟")
        assert bar.style == "bad"

    def test_is_red_where_nobody_has_said_so_by_its_latest_time(self) -> None:
        bar = self.drawn(hours=1, is_overdue=True)

        assert (bar.words, bar.icon, bar.style) == ("没有送到", "alert-triangle", "bad")
        assert bar.title == "送检：2 家的标本，13:30 前要到，还没有说送到"

    def test_says_by_how_much_it_is_late(self) -> None:
        bar = self.drawn(hours=1, late=12)

        assert bar.title.endswith("要晚 12 分钟")
        assert (bar.icon, bar.style) == ("alert-triangle", "bad")

    def test_says_it_with_a_picture_where_the_next_home_leaves_no_room(self) -> None:
        bar = self.drawn(hours=-0.5)

        assert bar.words == ""
        assert "11:50" in bar.title
