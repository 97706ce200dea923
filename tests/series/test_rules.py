"""The pattern as RFC 5545 and the calendar have it, and what is to be made of it, against simpler reckoning."""

from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from dateutil.rrule import DAILY, WEEKLY, rrule
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from anjia.series.rules.pattern import (
    BadPattern,
    Calendar,
    Holidays,
    Pattern,
    Unit,
    by_pattern,
    dues,
    least_gap,
    sound,
    spread,
)
from anjia.series.rules.planning import to_make, usual_of

DAY = timedelta(days=1)
AHEAD = timedelta(days=27)
FEW = settings(max_examples=40, deadline=None)
NO_HOLIDAYS = Calendar(holiday=lambda day: None, is_working_day=lambda day: True)
DATES = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@st.composite
def patterns(draw: st.DrawFn, holidays: Holidays | None = None, ends: bool = True) -> Pattern:
    unit = draw(st.sampled_from(Unit))
    said = Pattern(
        starts_on=draw(DATES),
        unit=unit,
        every=draw(st.integers(1, 4 if unit is Unit.WEEKS else 10)),
        weekdays=tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1)))) if unit is Unit.WEEKS else (),
        holidays=holidays or draw(st.sampled_from(Holidays)),
        count=draw(st.none() | st.integers(1, 30)) if ends else None,
    )
    return sound(
        Pattern(**{name: getattr(said, name) for name in said.__slots__} | {"gap_days": least_gap(said)})
    )


class TestPattern:
    @FEW
    @given(patterns(Holidays.KEEP))
    def test_means_what_an_rrule_means(self, pattern: Pattern) -> None:
        through = pattern.starts_on + 200 * DAY
        frequency = WEEKLY if pattern.unit is Unit.WEEKS else DAILY
        rule = rrule(
            frequency,
            dtstart=pattern.starts_on,
            interval=pattern.every,
            byweekday=pattern.weekdays or None,
            until=through,
        )

        assert [due.day for due in dues(pattern, through=through)] == [one.date() for one in rule]

    @FEW
    @given(patterns())
    def test_never_has_two_on_a_day_and_keeps_its_gap_whatever_holidays_move(self, pattern: Pattern) -> None:
        days = [one.day for one in dues(pattern, through=pattern.starts_on + 200 * DAY) if one.day]

        assert all(later - day >= pattern.gap_days * DAY for day, later in pairwise(days))

    @FEW
    @given(patterns(Holidays.MOVE))
    def test_moves_what_falls_on_a_holiday_to_a_working_day_within_a_week(self, pattern: Pattern) -> None:
        known = Calendar()
        for one in dues(pattern, through=pattern.starts_on + 200 * DAY):
            if not known.holiday(one.on):
                assert one.day == one.on
            elif one.day:
                assert known.is_working_day(one.day)
                assert abs(one.day - one.on) <= 7 * DAY

    @FEW
    @given(patterns(Holidays.SKIP))
    def test_leaves_out_holidays_where_it_is_to(self, pattern: Pattern) -> None:
        found = dues(pattern, through=pattern.starts_on + 200 * DAY)

        assert {one.on for one in found if one.day is None} == {
            one.on for one in found if Calendar().holiday(one.on)
        }

    def test_moves_a_thursday_of_golden_week_to_the_nearest_working_day_that_is_two_days_from_both(
        self,
    ) -> None:
        # State Council's notice for 2025: 1 to 8 October off; 28 September and 11 October worked.
        monday_and_thursday = sound(
            Pattern(starts_on=date(2025, 9, 22), weekdays=(0, 3), gap_days=2, holidays=Holidays.MOVE)
        )

        found = dues(monday_and_thursday, through=date(2025, 10, 13))

        assert [(one.on.day, one.day and one.day.isoformat()) for one in found] == [
            (22, "2025-09-22"),
            (25, "2025-09-25"),
            (29, "2025-09-29"),
            (2, None),  # 30 September is too near to the 29th, the 9th is the next but two's own day
            (6, None),
            (9, "2025-10-09"),
            (13, "2025-10-13"),
        ]

    def test_keeps_the_gap_to_the_one_before_the_pattern_began(self) -> None:
        # State Council's notice for 2026: 4 to 6 April off for Qingming, none worked in exchange.
        mondays = sound(Pattern(starts_on=date(2026, 4, 6), weekdays=(0,), gap_days=3))

        assert dues(mondays, through=date(2026, 4, 6))[0].day == date(2026, 4, 7)
        assert dues(mondays, through=date(2026, 4, 6), last=date(2026, 4, 5))[0].day == date(2026, 4, 8)

    @given(st.integers(0, 6))
    def test_spreads_two_a_week_two_days_apart_or_more(self, first: int) -> None:
        weekdays = spread(first, 2)

        assert first in weekdays
        assert least_gap(Pattern(starts_on=date(2026, 3, 2), weekdays=weekdays)) >= 2

    @pytest.mark.parametrize(
        ("field", "says"),
        [
            ("weekdays", {"weekdays": ()}),
            ("weekdays", {"weekdays": (0, 7)}),
            ("weekdays", {"weekdays": (0, 1), "gap_days": 2}),
            ("weekdays", {"weekdays": (0, 6), "gap_days": 2}),  # from Sunday to Monday is a day
            ("every", {"every": 13}),
            ("count", {"count": 0}),
            ("until", {"until": date(2026, 3, 1)}),
        ],
    )
    def test_refuses_what_cannot_be(self, field: str, says: dict[str, object]) -> None:
        with pytest.raises(BadPattern) as refusal:
            sound(Pattern(**{"starts_on": date(2026, 3, 2), "weekdays": (0,)} | says))  # type: ignore[arg-type]

        assert set(refusal.value.fields) == {field}


class Diary:
    """What a diary would say: the days that are to be, struck out one by one. Knows nothing of rows or horizons."""

    def __init__(self, pattern: Pattern) -> None:
        self.days = [
            one.on for one in dues(pattern, through=pattern.starts_on + 600 * DAY, known=NO_HOLIDAYS)
        ]
        self.count = pattern.count
        self.struck: set[date] = set()

    def standing(self) -> list[date]:
        return [day for day in self.days if day not in self.struck][: self.count]


class TestToMake:
    @FEW
    @given(patterns(Holidays.KEEP), st.lists(st.integers(0, 9), max_size=12))
    def test_makes_each_day_once_and_of_a_course_as_many_as_it_should_whatever_is_skipped(
        self, pattern: Pattern, steps: list[int]
    ) -> None:
        """A step goes some days on and skips one that is made; the days that stand are those of a diary."""
        diary, rows = Diary(pattern), dict[date, bool]()
        today = pattern.starts_on - DAY

        def make() -> None:
            for due in to_make(pattern, rows, today=today, known=NO_HOLIDAYS):
                assert due.on not in rows
                rows[due.on] = True

        make()
        for step in steps:
            live = [day for day, is_live in rows.items() if is_live and day > today]
            if live:
                skipped = live[step % len(live)]
                rows[skipped] = False
                diary.struck.add(skipped)
            make()
            today += DAY * step
            make()

        made = sorted(day for day, is_live in rows.items() if is_live)
        assert made == [day for day in diary.standing() if day <= today + AHEAD]
        assert pattern.count is None or len(made) <= pattern.count

    @FEW
    @given(patterns(Holidays.KEEP, ends=False), st.integers(1, 60), st.integers(1, 40))
    def test_makes_nothing_in_a_pause_and_goes_on_after_it(
        self, pattern: Pattern, begins: int, lasts: int
    ) -> None:
        start = pattern.starts_on + DAY * begins
        paused = (start, start + DAY * lasts)

        found = [
            one.day
            for one in to_make(
                pattern,
                {},
                today=pattern.starts_on - DAY,
                paused=paused,
                known=NO_HOLIDAYS,
                ahead=timedelta(days=150),
            )
        ]

        last = pattern.starts_on + 149 * DAY
        wanted = [one.on for one in dues(pattern, through=last, known=NO_HOLIDAYS)]
        assert found == [day for day in wanted if not paused[0] <= day < paused[1]]

    @FEW
    @given(patterns(Holidays.KEEP), st.integers(0, 40), st.integers(1, 30))
    def test_makes_up_in_a_course_for_what_a_pause_took(
        self, pattern: Pattern, begins: int, lasts: int
    ) -> None:
        assume(pattern.count is not None)
        start = pattern.starts_on + DAY * begins

        found = to_make(
            pattern,
            {},
            today=pattern.starts_on - DAY,
            paused=(start, start + DAY * lasts),
            known=NO_HOLIDAYS,
            ahead=timedelta(days=2000),
        )

        assert len(found) == pattern.count


class TestUsual:
    def test_is_who_came_most_often_of_the_last_five_not_who_stood_in_once(self) -> None:
        one, other = UUID(int=1), UUID(int=2)

        assert usual_of([[other], [one], [one]], [one]) == [one]
        assert usual_of([[other], [other], [one]], [one]) == [other]
        assert usual_of([], [one]) == [one]
        assert usual_of([[one, other], [other, one]], [one, other]) in ([one, other], [other, one])


def test_weeks_begin_on_monday_whatever_day_it_starts_on() -> None:
    """A fortnight is counted from the week of the first: as RRULE has it with WKST=MO."""
    found = by_pattern(sound(Pattern(starts_on=date(2026, 3, 6), every=2, weekdays=(0, 4))))

    assert [next(found) for _ in range(3)] == [date(2026, 3, 6), date(2026, 3, 16), date(2026, 3, 20)]
