"""The first assessment: what follows from its answers. Source: clinical reference 5.1; 90 days [ENG]."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from anjia.catalogue.commands.publishing import _seeds
from anjia.catalogue.rules.assessing import answers_said, outcome_of, why_not_assessed, wrong_assessment
from tests.records.make import ANSWERS

DAY = date(2026, 3, 2)


def outcome(**says: Any) -> Any:
    return outcome_of(ANSWERS | says, made_on=DAY, valid_days=90)


class TestTheFirstAssessment:
    def test_is_suitable_for_ninety_days(self) -> None:
        found = outcome()

        assert found.is_suitable
        assert found.valid_until == DAY + timedelta(days=90)

    @pytest.mark.parametrize(
        ("says", "against"),
        [
            ({"verdict": "不适合上门护理"}, ["verdict"]),
            ({"place": "不安全，不能在家做"}, ["place"]),
            ({"condition": "不平稳，要先去医院"}, ["condition"]),
            ({"place": "不安全，不能在家做", "verdict": "不适合上门护理"}, ["place", "verdict"]),
            ({"place": "先改几处才能做"}, []),
        ],
    )
    def test_is_not_where_home_condition_or_nurse_say_no(
        self, says: dict[str, str], against: list[str]
    ) -> None:
        assert list(outcome(**says).against) == against

    @pytest.mark.parametrize("field", ANSWERS)
    def test_is_none_while_an_answer_is_missing_or_strange(self, field: str) -> None:
        assert outcome(**{field: " "}) is None
        assert (
            outcome_of({k: v for k, v in ANSWERS.items() if k != field}, made_on=DAY, valid_days=90) is None
        )

    def test_holds_shorter_if_the_nurse_says_so_and_never_longer(self) -> None:
        assert outcome(until="2026-03-20").valid_until == date(2026, 3, 20)
        assert outcome(until="2027-01-01").valid_until == DAY + timedelta(days=90)
        assert outcome(until="2020-01-01").valid_until == DAY
        assert outcome(until="如常").valid_until == DAY + timedelta(days=90)


def assessed(**says: Any) -> Any:
    sound = {
        "made_on": DAY,
        "is_suitable": True,
        "against": [],
        "mobility": "indoors",
        "valid_until": DAY + timedelta(days=90),
    }
    return SimpleNamespace(**sound | says)


class TestTheGate:
    def test_is_open_on_the_last_day_and_closed_on_the_next(self) -> None:
        assert why_not_assessed(assessed(), "internet_nursing", DAY + timedelta(days=90)) == ""
        assert "2026-05-31" in why_not_assessed(assessed(), "internet_nursing", DAY + timedelta(days=91))
        assert "还没有" in why_not_assessed(None, "home_care", DAY)

    def test_says_why_it_was_not_suitable(self) -> None:
        words = why_not_assessed(
            assessed(is_suitable=False, against=["place", "condition"]), "home_care", DAY
        )

        assert "家里环境不安全" in words
        assert "病情不平稳" in words

    def test_keeps_internet_nursing_for_those_who_cannot_move_easily(self) -> None:
        walks = assessed(mobility="free")

        assert "行动不便" in why_not_assessed(walks, "internet_nursing", DAY)
        assert why_not_assessed(walks, "home_care", DAY) == ""


class TestTheForm:
    def test_that_comes_with_anjia_can_be_read_by_the_gate(self) -> None:
        assert list(wrong_assessment(_seeds()["first_assessment"])) == []

    def test_cannot_be_published_without_what_the_gate_reads(self) -> None:
        content = _seeds()["first_assessment"]
        del content["record_form"]["properties"]["mobility"]
        content["record_form"]["properties"]["place"]["enum"][0] = "挺好"

        wrong = [name for name, _words in wrong_assessment(content)]

        assert wrong == ["record_form.properties.place.enum", "record_form.required"]

    def test_is_said_in_the_readers_language(self) -> None:
        form = _seeds()["first_assessment"]["record_form"]

        assert ("行动能力", "只能在家里走动") in answers_said(form, ANSWERS, in_english=False)
        assert "Indoors only" in {words for _title, words in answers_said(form, ANSWERS, in_english=True)}
