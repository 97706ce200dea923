from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytest

from anjia.clinical.professions import PAPERS, PROFESSIONS, is_at_least, kind_of_title, paper_named
from anjia.kernel.calendar import at, holiday_name, is_only_expected, is_working_day, local
from anjia.workforce.rules import (
    PaperState,
    PatternInvalid,
    PatternPart,
    RotaDay,
    ShiftInvalid,
    Span,
    StaffInvalid,
    check_pattern,
    check_shift,
    check_staff,
    days_from,
    last_days_of,
    pinyin_of,
    plain_phone,
    range_of,
    shifts_by_pattern,
    started_on_of,
    state_of,
    stretches,
    tokens_of,
)
from tests.workforce.make import week

TODAY = date(2026, 3, 2)


@dataclass(frozen=True)
class Paper:
    code: str = "nurse_licence"
    valid_from: date | None = None
    valid_until: date | None = None
    is_verified: bool = True


def on(day: date) -> RotaDay:
    return RotaDay(day=day, is_working=is_working_day(day), holiday=holiday_name(day))


class TestNames:
    @pytest.mark.parametrize("typed", ["张", "张桂", "桂芳", "芳", "zhang", "zhangg", "guif", "zgf", "n00"])
    def test_are_found_by_any_beginning(self, typed: str) -> None:
        first, last = range_of(typed)

        assert any(first <= token < last for token in tokens_of("张桂芳", "N001"))

    @pytest.mark.parametrize("typed", ["王", "hang", "zf", "001"])
    def test_are_not_found_by_what_they_are_not(self, typed: str) -> None:
        first, last = range_of(typed)

        assert not any(first <= token < last for token in tokens_of("张桂芳", "N001"))

    def test_are_sorted_by_how_they_are_read(self) -> None:
        assert pinyin_of("单玉芬") == "shan yu fen"
        assert sorted(["赵敏", "安心", "单玉芬"], key=pinyin_of) == ["安心", "单玉芬", "赵敏"]

    @pytest.mark.parametrize(
        "text", ["13800138000", "138 0013 8000", "+86 138-0013-8000", "１３８００１３８０００"]
    )
    def test_of_one_phone_are_one_number(self, text: str) -> None:
        assert plain_phone(text) == "13800138000"


class TestProfessions:
    def test_rank_nurses_as_the_regulations_do(self) -> None:
        ladder = PROFESSIONS[kind_of_title("护师")].ladder  # type: ignore[index]

        assert ladder == ("护士", "护师", "主管护师", "副主任护师", "主任护师")
        assert [is_at_least("nurse", title, "护师") for title in ladder] == [False, True, True, True, True]
        assert not is_at_least("doctor", "护师", "护师")

    def test_name_the_paper_that_people_mean(self) -> None:
        assert paper_named("执业证", kind="doctor") == "doctor_licence"
        assert paper_named("执业证", kind="nurse") == "nurse_licence"
        assert (paper_named("picc"), paper_named("造口师"), paper_named("驾照")) == (
            "picc",
            "wound_ostomy",
            None,
        )
        assert all(paper_named(paper.name) == code for code, paper in PAPERS.items())


class TestPapers:
    @pytest.mark.parametrize(
        ("paper", "state"),
        [
            (Paper(code="picc"), PaperState.VALID),
            (Paper(valid_until=TODAY), PaperState.LAPSING),
            (Paper(valid_until=TODAY + timedelta(days=30)), PaperState.LAPSING),
            (Paper(valid_until=TODAY + timedelta(days=31)), PaperState.VALID),
            (Paper(valid_until=TODAY - timedelta(days=1)), PaperState.LAPSED),
            (Paper(code="picc", valid_from=TODAY + timedelta(days=1)), PaperState.NOT_YET),
            (Paper(code="picc", is_verified=False), PaperState.UNVERIFIED),
            (Paper(), PaperState.END_UNKNOWN),  # 护士条例 8, 10: a nurse's licence ends
        ],
    )
    def test_have_a_state(self, paper: Paper, state: PaperState) -> None:
        assert state_of(paper, TODAY) is state

    def test_do_not_count_before_somebody_has_seen_them(self) -> None:
        assert last_days_of([Paper(is_verified=False)], TODAY) == {}

    def test_that_follow_each_other_hold_together(self) -> None:
        old = Paper(valid_until=date(2026, 6, 30))
        renewed = Paper(valid_from=date(2026, 7, 1), valid_until=date(2031, 6, 30))

        assert last_days_of([renewed, old], TODAY) == {"nurse_licence": date(2031, 6, 30)}

    def test_that_leave_a_gap_do_not(self) -> None:
        old = Paper(valid_until=date(2026, 6, 30))
        late = Paper(valid_from=date(2026, 7, 3), valid_until=date(2031, 6, 30))

        assert last_days_of([late, old], TODAY) == {"nurse_licence": date(2026, 6, 30)}
        assert last_days_of([late, old], date(2026, 7, 3)) == {"nurse_licence": date(2031, 6, 30)}

    def test_without_an_end_hold_for_ever(self) -> None:
        assert last_days_of([Paper(code="picc", valid_until=TODAY), Paper(code="picc")], TODAY) == {
            "picc": None
        }

    def test_that_must_end_and_do_not_say_when_count_for_nothing(self) -> None:
        assert last_days_of([Paper(valid_until=TODAY), Paper()], TODAY) == {"nurse_licence": TODAY}

    def test_of_the_future_are_not_there_yet(self) -> None:
        assert last_days_of([Paper(valid_from=TODAY + timedelta(days=1))], TODAY) == {}


class TestWeeklyPattern:
    OFFICE = week(0, 1, 2, 3, 4)

    def days_of(self, parts: list[PatternPart], *days: date, works_holidays: bool = False) -> list[date]:
        rota_days = [on(day) for day in days]
        spans = shifts_by_pattern(parts, rota_days, works_holidays=works_holidays, moment=at)
        return [local(span.starts_at).date() for span in spans]

    def test_makes_the_same_hours_on_its_weekdays(self) -> None:
        spans = shifts_by_pattern(
            self.OFFICE, map(on, days_from(TODAY, 7)), works_holidays=False, moment=at
        )  # fmt: skip

        assert len(spans) == 5
        assert spans[0] == Span(at(TODAY, time(8)), at(TODAY, time(17)))

    def test_makes_none_on_a_holiday(self) -> None:
        national_day = date(2025, 10, 1)  # a Wednesday

        assert self.days_of(self.OFFICE, national_day) == []
        assert self.days_of(self.OFFICE, national_day, works_holidays=True) == [national_day]

    def test_works_the_sunday_that_was_swapped_for_a_holiday(self) -> None:
        sunday, saturday = date(2025, 9, 28), date(2025, 10, 11)  # both worked, by the notice for 2025

        assert self.days_of(self.OFFICE, sunday, saturday) == [sunday, saturday]

    def test_leaves_a_plain_weekend_free(self) -> None:
        assert self.days_of(self.OFFICE, date(2026, 3, 7), date(2026, 3, 8)) == []

    def test_of_a_weekend_worker_works_the_weekend_but_not_the_holiday(self) -> None:
        weekend = week(5, 6)

        assert self.days_of(weekend, date(2026, 3, 7)) == [date(2026, 3, 7)]
        assert self.days_of(weekend, date(2025, 10, 4)) == []  # a Saturday within the holiday

    def test_ends_a_night_on_the_next_day(self) -> None:
        night = week(0, begins=time(20), ends=time(8))

        span = shifts_by_pattern(night, [on(TODAY)], works_holidays=False, moment=at)[0]

        assert span.ends_at - span.starts_at == timedelta(hours=12)

    @pytest.mark.parametrize(
        "parts",
        [
            [*week(0, begins=time(8), ends=time(12)), *week(0, begins=time(11), ends=time(15))],
            [*week(0, begins=time(20), ends=time(8)), *week(1, begins=time(7), ends=time(9))],
            [*week(6, begins=time(20), ends=time(8)), *week(0, begins=time(7), ends=time(9))],
            week(7),
        ],
    )
    def test_is_refused_where_it_cannot_be_worked(self, parts: list[PatternPart]) -> None:
        with pytest.raises(PatternInvalid):
            check_pattern(parts)

    def test_may_have_two_parts_a_day(self) -> None:
        check_pattern([*week(0, begins=time(8), ends=time(12)), *week(0, begins=time(12), ends=time(15))])

    def test_comes_back_as_it_was_kept(self) -> None:
        assert [PatternPart.of(part.content) for part in self.OFFICE] == self.OFFICE


class TestStretches:
    @pytest.mark.parametrize(
        ("shifts", "on_duty"),
        [
            ([], []),
            ([(8, 12)], [(8, 12)]),
            ([(8, 12), (12, 13)], [(8, 13)]),
            ([(12, 13), (13, 17), (8, 12)], [(8, 17)]),
            ([(8, 12), (13, 17)], [(8, 12), (13, 17)]),
            ([(8, 17), (9, 10), (16, 18)], [(8, 18)]),
        ],
    )
    def test_go_on_over_shifts_that_touch(
        self, shifts: list[tuple[int, int]], on_duty: list[tuple[int, int]]
    ) -> None:
        def hours(spans: list[tuple[int, int]]) -> list[tuple[datetime, datetime]]:
            return [(at(TODAY, time(begins)), at(TODAY, time(ends))) for begins, ends in spans]

        assert list(stretches(hours(shifts))) == hours(on_duty)


class TestRotaDay:
    def test_marks_swapped_working_days_and_holidays(self) -> None:
        assert on(date(2025, 10, 11)).is_swapped
        assert on(date(2025, 10, 1)).holiday == "国庆节"
        assert (on(date(2026, 3, 7)).is_weekend, on(TODAY).is_weekend) == (True, False)

    def test_says_that_a_holiday_which_nobody_has_announced_is_expected(self) -> None:
        announced, to_come = date(2025, 10, 1), date(2099, 10, 1)

        assert [is_only_expected(day) for day in (announced, to_come, date(2099, 10, 9))] == [
            False,
            True,
            False,
        ]
        shown = RotaDay(day=to_come, is_working=False, holiday="国庆节", is_expected=True)
        assert shown.holiday_words == "国庆节（预计）"


@pytest.mark.parametrize("hours", [0, -1, 25])
def test_a_shift_is_longer_than_nothing_and_no_longer_than_a_day(hours: int) -> None:
    start = datetime(2026, 3, 2).astimezone()

    with pytest.raises(ShiftInvalid):
        check_shift(start, start + timedelta(hours=hours))


class TestStartedOn:
    def test_of_so_many_years_stays_what_it_was_the_next_day(self) -> None:
        first = started_on_of(6, TODAY, None)

        assert first == date(2020, 3, 2)
        assert started_on_of(6, TODAY + timedelta(days=1), first) == first

    def test_follows_the_list_when_a_year_has_passed(self) -> None:
        assert started_on_of(8, TODAY, date(2020, 3, 2)) == date(2018, 3, 2)

    def test_of_a_leap_day_is_the_day_before(self) -> None:
        assert started_on_of(1, date(2024, 2, 29), None) == date(2023, 2, 28)


def test_what_is_wrong_with_somebody_is_said_by_field() -> None:
    with pytest.raises(StaffInvalid) as refusal:
        check_staff(name=" ", kind="nurse", title="主治医师", sex="x", travel_mode="rocket", phone="12")

    assert set(refusal.value.fields) == {"name", "title", "sex", "travel_mode", "phone"}
