"""The exam and the binding, without a database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from anjia.catalogue.rules import Qualified
from anjia.learning.rules import Bound, CourseInvalid, check_content, drawn, result_of, untrained
from anjia.learning.rules.binding import after_months
from anjia.learning.rules.exam import AnswersWanting, WaitBeforeNext, check_answers, check_wait
from anjia.learning.starting import built_in
from tests.learning.make import content

DAY = date(2026, 3, 10)
NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def bound(**changes: Any) -> Bound:
    sound: dict[str, Any] = {
        "code": "basics",
        "title": "基础课",
        "title_en": "Basics",
        "kind": "",
        "service_code": "wound",
        "since": DAY,
    }
    return Bound(**sound | changes)


def nurse(until: date | None = None, *, kind: str = "nurse") -> Qualified:
    return Qualified(kind=kind, qualifications={"course:basics": until} if until else {})


class TestWhoLacksACourse:
    def test_is_named_with_the_houses_own_rule(self) -> None:
        [found] = untrained([bound()], nurse(), DAY)

        assert found.rule_id == "COURSE-BASICS"
        assert "基础课" in found.words
        assert "2026-03-10" in found.source

    @pytest.mark.parametrize(("until", "lacks"), [(DAY, 0), (DAY - timedelta(days=1), 1)])
    def test_holds_it_on_its_last_day_and_not_after(self, until: date, lacks: int) -> None:
        assert len(list(untrained([bound()], nurse(until), DAY))) == lacks

    def test_is_not_asked_before_its_day(self) -> None:
        assert list(untrained([bound(since=DAY)], nurse(), DAY - timedelta(days=1))) == []

    def test_is_asked_of_her_kind_only(self) -> None:
        assert list(untrained([bound(kind="doctor", service_code="")], nurse(), DAY)) == []

    def test_is_named_once_however_often_she_is_bound(self) -> None:
        assert len(list(untrained([bound(), bound(kind="nurse", service_code="")], nurse(), DAY))) == 1


class TestAPaper:
    def test_is_the_same_for_the_same_seed_and_shuffled_for_another(self) -> None:
        questions = built_in()["privacy"]["questions"]
        one, same, other = (drawn(questions, count=5, seed=seed) for seed in (7, 7, 8))

        assert one == same
        assert one != other
        assert len({each.key for each in one}) == 5

    @pytest.mark.parametrize(("wrong", "passed"), [(0, True), (1, True), (2, False)])
    def test_of_five_is_passed_with_four(self, wrong: int, passed: bool) -> None:
        questions = built_in()["privacy"]["questions"]
        paper = drawn(questions, count=5, seed=1)
        right = {one["key"]: one["right"] for one in questions}
        answers = {one.key: right[one.key] if n >= wrong else ["9"] for n, one in enumerate(paper)}

        found = result_of(questions, paper, answers, pass_percent=80)

        assert (found.right, found.passed) == (5 - wrong, passed)

    def test_counts_half_of_what_is_right_as_wrong(self) -> None:
        questions = [one for one in built_in()["privacy"]["questions"] if one["kind"] == "multiple"]
        paper = drawn(questions, count=1, seed=1)

        for answer in (["1"], ["1", "2", "3", "4"]):
            assert result_of(questions, paper, {paper[0].key: answer}, pass_percent=50).right == 0

    def test_is_not_handed_in_with_a_question_left_or_an_option_that_is_none(self) -> None:
        paper = drawn(built_in()["privacy"]["questions"], count=2, seed=1)

        for answers in ({paper[0].key: ["1"]}, {one.key: ["99"] for one in paper}):
            with pytest.raises(AnswersWanting):
                check_answers(paper, answers)


class TestTheWait:
    def test_is_over_at_its_hour_and_names_it(self) -> None:
        check_wait(NINE, 12, NINE + timedelta(hours=12))
        with pytest.raises(WaitBeforeNext) as refusal:
            check_wait(NINE, 12, NINE + timedelta(hours=11, minutes=59))

        assert "2026-03-02 21:00" in refusal.value.detail


class TestACourse:
    @pytest.mark.parametrize("code", sorted(built_in()))
    def test_that_comes_with_anjia_is_sound_in_both_languages(self, code: str) -> None:
        said = built_in()[code]

        check_content(said)
        assert len(said["questions"]) >= said["exam"]["draw"] == 5
        for row in (*said["pages"], *said["questions"]):
            assert all(row[f"{name}_en"] for name in ("title", "text", "why") if name in row)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"title": ""}, "title"),
            ({"pages": []}, "pages"),
            ({"questions": []}, "questions"),
            ({"valid_months": 0}, "valid_months"),
            ({"issuer": ""}, "issuer"),
        ],
    )
    def test_that_lacks_something_is_not_published(self, changes: dict[str, Any], field: str) -> None:
        with pytest.raises(CourseInvalid) as refusal:
            check_content(content(**changes))

        assert field in refusal.value.fields

    def test_has_one_right_answer_where_one_is_asked_for(self) -> None:
        said = content()
        said["questions"][0]["right"] = ["1", "2"]

        with pytest.raises(CourseInvalid) as refusal:
            check_content(said)
        assert list(refusal.value.fields) == ["questions.1"]


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 3, 2), 12, date(2027, 3, 2)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
    ],
)
def test_months_end_on_a_day_that_there_is(day: date, months: int, then: date) -> None:
    assert after_months(day, months) == then
