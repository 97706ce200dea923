"""The pages of programmes: what they show, and what a form that is not full answers."""

from typing import Any

import pytest

from anjia.enrolment.console import candidates, programmes
from anjia.enrolment.models import Candidate
from anjia.enrolment.rules import Stage, criteria
from tests.enrolment.make import Office
from tests.pages import open_page, post_form

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def office() -> Office:
    return Office()


def form(**changes: str) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for one in criteria():
        said |= {
            f"answer-{one.code}": "met",
            f"found-{one.code}": "高血压",
            f"basis-{one.code}": "seen",
            f"evidence-{one.code}": "随访记录",
        }
    return said | changes


class TestTheProgrammesPage:
    def test_says_how_many_are_in_and_wait_and_leads_to_them(self, office: Office) -> None:
        programme = office.programme(cap=1)
        office.enrolled(programme)
        waiting = office.eligible(programme)

        listed = open_page(programmes.listed, office.manager)
        shown = open_page(programmes.programme, office.screener, programme_id=programme.id)

        assert "1/1 已入组" in listed
        assert "1/1 已入组，1 位排队" in shown
        assert f"candidates/{waiting.id}" in shown
        assert "居委会推荐" in shown

    def test_keeps_what_was_typed_when_it_is_refused(self, office: Office) -> None:
        answer = post_form(
            programmes.open_one,
            office.manager,
            {"name": "试点二", "cap": "很多", "min_age": "65", "starts_on": "2026-03-01"},
        )

        page = answer.content.decode()
        assert answer.status_code == 422
        assert "试点二" in page
        assert "请填一个整数" in page


class TestACandidatesPage:
    def test_takes_a_screening_that_is_written_and_refuses_one_that_is_ticked(self, office: Office) -> None:
        candidate = office.candidate(office.programme())
        ticked = {name: value for name, value in form().items() if name.startswith("answer-")}

        refused = post_form(candidates.screen, office.screener, ticked, candidate_id=candidate.id)
        assert refused.status_code == 422
        assert "只打勾不算" in refused.content.decode()
        assert office.now(candidate).stage == Stage.CAME

        post_form(candidates.screen, office.screener, form(), candidate_id=candidate.id)
        assert office.now(candidate).stage == Stage.SCREENED

    def test_offers_the_second_word_to_another_only(self, office: Office) -> None:
        candidate = office.candidate(office.programme())
        office.screened(candidate)

        def page(by: Any) -> str:
            return open_page(candidates.candidate, by, candidate_id=candidate.id)

        assert "这个结论成立" in page(office.confirmer)
        assert "这个结论成立" not in page(office.screener)

    def test_says_why_not_and_how_to_appeal(self, office: Office) -> None:
        candidate: Candidate = office.candidate(office.programme())
        screening = office.settled(office.screened(candidate, access="not_met"))

        page = open_page(candidates.candidate, office.screener, candidate_id=candidate.id)
        assert "行动方便，看病也不难" in page
        assert "不同意这个决定，可以申诉" in page

        ids = {"candidate_id": candidate.id, "screening_id": screening.id}
        said = {"appeal": "要人背下楼", "by_whom": "女儿"}
        post_form(candidates.appeal, office.screener, said, **ids)
        listed = open_page(programmes.listed, office.judge)
        assert "等答复的申诉" in listed
