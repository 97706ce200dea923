"""Who is taken in: document 000, "用户筛选标准". Each criterion is met, not met or not known; age is the register's."""

from dataclasses import replace
from typing import Any

import pytest

from anjia.enrolment.rules import Outcome, ScreeningInvalid, check_findings, criteria, decide, why_words
from tests.enrolment.make import findings


def decided(*, age: int | None = 82, lives_alone: bool | None = True, **answers: str) -> Any:
    return decide(findings(**answers), age=age, min_age=65, lives_alone=lives_alone)


class TestTheDecision:
    def test_is_yes_if_all_is_met_from_the_age_on(self) -> None:
        assert decided(age=65).outcome is Outcome.ELIGIBLE
        assert decided(age=64).not_met == ("age",)

    @pytest.mark.parametrize("code", ["monitoring", "access", "wechat", "mind"])
    def test_is_no_by_one_that_is_not_met_and_says_which(self, code: str) -> None:
        said: dict[str, Any] = {code: "not_met"}
        found = decided(**said)

        assert found.outcome is Outcome.NOT_ELIGIBLE
        assert found.not_met == (code,)
        [words] = why_words(found, min_age=65)
        assert words == next(one.not_met for one in criteria() if one.code == code)

    def test_is_open_while_something_is_not_known_and_nothing_speaks_against_her(self) -> None:
        assert decided(wechat="unknown").outcome is Outcome.NOT_YET
        assert decided(age=None).outcome is Outcome.NOT_YET
        assert decided(wechat="unknown", mind="not_met").outcome is Outcome.NOT_ELIGIBLE
        assert "出生日期没有登记" in why_words(decided(age=None), min_age=65)[0]

    def test_reads_from_the_register_that_she_lives_alone(self) -> None:
        assert decided(lives_alone=True, household="not_met").outcome is Outcome.ELIGIBLE
        assert decided(lives_alone=False, household="not_met").outcome is Outcome.NOT_ELIGIBLE
        assert decided(lives_alone=False, household="met").outcome is Outcome.ELIGIBLE  # children far away
        assert decided(lives_alone=None, household="unknown").outcome is Outcome.NOT_YET

    def test_is_not_made_without_an_answer_to_each(self) -> None:
        in_part = [one for one in findings() if one.criterion != "mind"]

        assert decide(in_part, age=82, min_age=65, lives_alone=True).outcome is Outcome.NOT_YET
        with pytest.raises(ScreeningInvalid) as refusal:
            check_findings(in_part)
        assert list(refusal.value.fields) == ["answer-mind"]


class TestATick:
    def test_is_not_enough(self) -> None:
        bare = [replace(one, found=" ", evidence="") for one in findings(wechat="unknown")]
        with pytest.raises(ScreeningInvalid) as refusal:
            check_findings(bare)
        assert set(refusal.value.fields) == {f"found-{one.code}" for one in criteria()}

        unproved = [replace(one, evidence="") for one in findings(wechat="unknown")]
        with pytest.raises(ScreeningInvalid) as refusal:
            check_findings(unproved)
        assert "evidence-wechat" not in refusal.value.fields  # what is not known has no evidence
        assert "evidence-mind" in refusal.value.fields
