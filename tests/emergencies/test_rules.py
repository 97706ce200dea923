from datetime import datetime, time, timedelta
from typing import Any

import pytest

from anjia.emergencies.rules.cases import rings
from anjia.emergencies.rules.house import DEFAULTS, House, HouseUnsound, checked, is_attended
from anjia.emergencies.rules.kinds import KINDS, Kind, kinds_for
from anjia.kernel.calendar import SHANGHAI
from tests.make import NOON

SOUND = {
    "first_number": "120",
    "opens_at": "08:00",
    "closes_at": "18:00",
    "unanswered_seconds": "60",
    "overdue_minutes": "30",
    "answer_minutes": "10",
}


def clock(hour: int, minute: int = 0, *, day: int = 2) -> datetime:
    """Return a time in Shanghai; 2 March 2026 is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


class TestDeskHours:
    @pytest.mark.parametrize(
        ("at", "is_open"),
        [(clock(7, 59), False), (clock(8), True), (clock(17, 59), True), (clock(18), False)],
    )
    def test_end_when_they_end(self, at: datetime, is_open: bool) -> None:
        assert House().is_open(at) is is_open

    @pytest.mark.parametrize(
        ("at", "is_open"),
        [
            (clock(19), False),
            (clock(20), True),
            (clock(2, day=3), True),  # of Monday's night
            (clock(6, day=3), False),
            (clock(20, day=3), False),  # Tuesday is not among them
            (clock(2), False),  # of Sunday's
        ],
    )
    def test_of_a_night_belong_to_the_day_on_which_it_begins(self, at: datetime, is_open: bool) -> None:
        assert House(opens_at=time(20), closes_at=time(6), weekdays=(0,)).is_open(at) is is_open

    def test_that_begin_as_they_end_are_all_day(self) -> None:
        house = House(opens_at=time(0), closes_at=time(0))

        assert all(house.is_open(clock(hour)) for hour in range(24))

    @pytest.mark.parametrize(
        ("watched", "at", "attended"),
        [(True, clock(12), True), (False, clock(12), False), (True, clock(3), False)],
    )
    def test_and_somebody_before_the_screen_are_both_needed(
        self, watched: bool, at: datetime, attended: bool
    ) -> None:
        assert is_attended(House(), is_watched=watched, now=at) is attended


class TestWhatAHouseSets:
    def test_is_taken_as_it_is_said(self) -> None:
        house = checked(SOUND | {"first_number": " 0571-8888 1234 "}, [5, 6, 6])

        assert (house.first_number, house.weekdays) == ("0571-8888 1234", (5, 6))

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("first_number", ""),
            ("first_number", "救命"),
            ("first_number", "1" * 40),
            ("opens_at", "8"),
            ("closes_at", "25:00"),
            ("unanswered_seconds", "0"),
            ("unanswered_seconds", "x"),
            ("overdue_minutes", "1e9"),
            ("overdue_minutes", "241"),
            ("answer_minutes", "-3"),
        ],
    )
    def test_is_refused_beside_what_is_wrong(self, name: str, value: str) -> None:
        with pytest.raises(HouseUnsound) as refused:
            checked(SOUND | {name: value}, [0])

        assert list(refused.value.fields) == [name]

    @pytest.mark.parametrize("days", [[], [7], [-1, 0]])
    def test_is_of_days_that_there_are(self, days: list[int]) -> None:
        with pytest.raises(HouseUnsound):
            checked(SOUND, days)

    def test_lies_within_what_each_default_admits(self) -> None:
        assert all(one.low <= one.value <= one.high and one.source for one in DEFAULTS.values())


class TestRinging:
    @pytest.mark.parametrize(
        ("minutes", "does"),
        [
            ({}, True),
            ({"taken_at": 1}, False),
            ({"taken_at": 1, "handled_at": 1, "again_at": 2}, True),
            ({"taken_at": 1, "handled_at": 3, "again_at": 2}, False),
            ({"closed_at": 1}, False),
            ({"taken_at": 1, "closed_at": 2, "again_at": 3}, False),
        ],
    )
    def test_lasts_until_somebody_has_done_something(self, minutes: dict[str, int], does: bool) -> None:
        moments: dict[str, Any] = dict.fromkeys(["taken_at", "closed_at", "again_at", "handled_at"])
        moments |= {name: NOON + timedelta(minutes=number) for name, number in minutes.items()}

        assert rings(**moments) is does


class TestKinds:
    def test_all_have_a_row_in_the_table(self) -> None:
        assert set(KINDS) == set(Kind)

    def test_about_staff_are_the_supervisors(self) -> None:
        assert kinds_for(frozenset({"emergencies.take"})) == ["help"]
        assert set(kinds_for(frozenset({"emergencies.take", "emergencies.supervise"}))) == set(Kind)
