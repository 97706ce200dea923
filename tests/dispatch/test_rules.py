from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anjia.dispatch.insertion import GreedyInsertion, rounded_up
from anjia.dispatch.rules import (
    GRID,
    Ask,
    Block,
    Facts,
    Period,
    Stop,
    Timeline,
    TooFarAhead,
    TooSoon,
    answer_by,
    check_notice,
    is_in_period,
    is_soon,
    offer_is_urgent,
    pay_of,
    score_of,
    size_of_wave,
    wakes_who_comes,
)
from anjia.messaging.rules import USUAL_QUIET, Quiet, due_at
from tests.make import NOON
from tests.visits.make import PLACE, at

FAR = (PLACE[0] + 0.1, PLACE[1])  # 11 km north
greedy = GreedyInsertion()


def day(*stops: tuple[float, float], place: tuple[float, float] | None = PLACE, **says: object) -> Timeline:
    sound: dict[str, object] = {
        "staff_id": uuid4(),
        "shifts": ((at(8), at(17)),),
        "stops": tuple(Stop(starts_at=at(start), ends_at=at(end), place=place) for start, end in stops),
        "base": PLACE,
        "speed_kmh": 15.0,
    }
    return Timeline(**sound | says)  # type: ignore[arg-type]  # a test says less than it knows


def ask(start: float, end: float, place: tuple[float, float] | None = PLACE) -> Ask:
    return Ask(starts_at=at(start), ends_at=at(end), place=place)


class TestTrouble:
    @pytest.mark.parametrize(
        ("timeline", "asked", "block"),
        [
            (day(), ask(10, 11), None),
            (day(), ask(8, 9), Block.LATE_FROM_BASE),  # five minutes to set up
            (day(), ask(8.25, 9), None),
            (day(), ask(16, 17), None),
            (day(), ask(16.5, 17.5), Block.OFF_DUTY),
            (day(), ask(7, 8), Block.OFF_DUTY),
            (day(shifts=((at(8), at(12)), (at(13), at(17)))), ask(11.5, 13.5), Block.OFF_DUTY),
            (day(shifts=((at(20), at(30)),)), ask(23.5, 24.5), None),  # over midnight
            (day(leave=((at(9), at(10)),)), ask(9.5, 10.5), Block.ON_LEAVE),
            (day(leave=((at(9), at(10)),)), ask(10, 11), None),
            (day((10, 11)), ask(10.5, 11.5), Block.BUSY),
            (day((10, 11)), ask(9.5, 10.5), Block.BUSY),
            (day((10, 11)), ask(10.25, 10.5), Block.BUSY),
            (day((10, 11)), ask(9, 12), Block.BUSY),
            (day((10, 11)), ask(11, 12), Block.LATE_FROM_BEFORE),
            (day((10, 11)), ask(11.25, 12), None),
            (day((10, 11)), ask(9, 9.95), Block.LATE_FOR_NEXT),
            (day((10, 11)), ask(9, 9.75), None),
            (day((10, 11), place=FAR), ask(11.5, 12), Block.LATE_FROM_BEFORE),
            (day((10, 11), place=FAR), ask(12.25, 13), None),
            (day((10, 11), place=None), ask(11.25, 12), Block.LATE_FROM_BEFORE),  # half an hour is assumed
            (day((10, 11), place=None), ask(11.75, 12), None),
            (day((7, 7.75)), ask(8, 9), Block.LATE_FROM_BASE),
        ],
    )
    def test_says_what_stands_against_a_time(
        self, timeline: Timeline, asked: Ask, block: Block | None
    ) -> None:
        trouble = greedy.trouble(timeline, asked)
        assert (trouble.block if trouble else None) == block

    def test_says_by_how_much_she_would_be_late(self) -> None:
        trouble = greedy.trouble(day((10, 11), place=FAR), ask(11.5, 12))
        assert trouble is not None
        assert trouble.minutes_short == 36  # an hour and six minutes for 15 km at 15 km/h
        assert "36" in trouble.words


class TestStarts:
    @given(
        st.lists(st.integers(0, 36), max_size=5, unique=True),
        st.integers(15, 180),
        st.sampled_from([PLACE, FAR, None]),
    )
    def test_are_those_without_trouble_and_no_others(
        self, quarters: list[int], minutes: int, place: tuple[float, float] | None
    ) -> None:
        timeline = day(*[(8 + quarter / 4, 8.25 + quarter / 4) for quarter in sorted(quarters)])
        length = timedelta(minutes=minutes)
        free = {
            at(8) + GRID * step
            for step in range(20)
            if greedy.trouble(
                timeline,
                Ask(starts_at=at(8) + GRID * step, ends_at=at(8) + GRID * step + length, place=place),
            )
            is None
        }
        found = greedy.starts(timeline, minutes=minutes, place=place, since=at(0), until=at(24))
        assert set(found) == free
        assert list(found) == sorted(free)

    def test_lie_on_the_half_hours(self) -> None:
        assert rounded_up(at(8.1)) == at(8.5)
        assert rounded_up(at(8.5)) == at(8.5)


class TestCheckNotice:
    def test_wants_two_hours_give_or_take_the_time_to_decide(self) -> None:
        check_notice(NOON + timedelta(minutes=105), now=NOON)
        with pytest.raises(TooSoon):
            check_notice(NOON + timedelta(minutes=104), now=NOON)
        with pytest.raises(TooFarAhead):
            check_notice(NOON + timedelta(days=91), now=NOON)


class TestScore:
    def test_rises_with_acquaintance_and_falls_with_the_way(self) -> None:
        near, far = Facts(travel_minutes=5), Facts(travel_minutes=40)
        known = Facts(travel_minutes=40, times_known=9, came_last=True)
        assert score_of(far).total < score_of(near).total < score_of(known).total
        assert set(score_of(near).parts) == {"travel", "known", "load", "continuity", "preferred"}


class TestOffering:
    @pytest.mark.parametrize(("hours", "minutes"), [(2, 5), (4, 5), (23, 15), (48, 60)])
    def test_waits_longer_the_farther_away_it_is(self, hours: int, minutes: int) -> None:
        assert answer_by(NOON + timedelta(hours=hours), USUAL_QUIET, now=NOON) == NOON + timedelta(
            minutes=minutes
        )

    @pytest.mark.parametrize(
        ("made_at", "starts_at", "deadline"),
        [
            (
                at(22.5, day=0),
                at(10, day=2),
                at(8),
            ),  # the day after tomorrow: heard at seven, an hour to answer
            (at(22.5, day=0), at(10), at(7.25)),  # three hours after seven: a quarter of an hour
            (at(22.5, day=0), at(8.5), at(22.75, day=0)),  # the morning would be too late: asked at once
            (at(23, day=0), at(25, day=0), at(23, day=0) + timedelta(minutes=5)),
            (at(6, day=1), at(9.5, day=2), at(8)),
            (at(20.5, day=0), at(10, day=2), at(21.5, day=0)),  # made before the quiet hours
        ],
    )
    def test_waits_from_the_end_of_the_quiet_hours_on(
        self, made_at: datetime, starts_at: datetime, deadline: datetime
    ) -> None:
        assert answer_by(starts_at, USUAL_QUIET, now=made_at) == deadline

    def test_waits_from_the_end_of_her_own_quiet_hours_on(self) -> None:
        after_a_night = Quiet(begins=time(6), ends=time(14))

        assert answer_by(at(10, day=2), after_a_night, now=at(8)) == at(15)
        assert answer_by(at(10, day=2), after_a_night, now=at(22)) == at(22.25)
        assert wakes_who_comes(at(15), at(16), after_a_night, now=at(8))
        assert not wakes_who_comes(at(15), at(16), USUAL_QUIET, now=at(8))

    @pytest.mark.parametrize("quiet", [USUAL_QUIET, Quiet(begins=time(6), ends=time(14))])
    def test_is_always_heard_before_its_answer_is_due(self, quiet: Quiet) -> None:
        for quarter in range(24 * 4):
            made_at = NOON + timedelta(minutes=15 * quarter)
            for hours in range(2, 60):
                starts_at = made_at + timedelta(hours=hours)
                deadline = answer_by(starts_at, quiet, now=made_at)
                urgent = offer_is_urgent(starts_at, quiet, deadline=deadline, now=made_at)
                assert due_at(made_at, quiet, urgent=urgent) < deadline <= starts_at

    def test_asks_more_at_once_each_time_and_then_a_person(self) -> None:
        assert [size_of_wave(wave) for wave in range(1, 6)] == [1, 2, 4, 8, 0]


class TestSoon:
    @pytest.mark.parametrize(
        ("now", "soon"), [(6.9, False), (7.1, True), (10, True), (10.7, True), (10.75, False), (22, False)]
    )
    def test_is_what_begins_within_three_hours_or_is_on_and_nothing_that_is_past(
        self, now: float, soon: bool
    ) -> None:
        assert is_soon(at(10), at(10.75), now=at(now)) is soon

    def test_wakes_a_caregiver_only_if_the_morning_gives_too_short_a_notice(self) -> None:
        night = at(23, day=0)
        assert wakes_who_comes(at(8.9), at(9.5), USUAL_QUIET, now=night)
        assert not wakes_who_comes(at(9), at(9.5), USUAL_QUIET, now=night)


@pytest.mark.parametrize(
    ("hour", "period", "fits"),
    [(8, "morning", True), (12, "morning", False), (12, "afternoon", True), (0, "any", True)],
)
def test_morning_ends_at_noon(hour: int, period: str, fits: bool) -> None:
    assert is_in_period(hour, Period(period)) is fits


def test_two_share_what_one_gets() -> None:
    assert (pay_of(12000, 1), pay_of(12000, 2)) == (7200, 3600)
