"""Orders and questions as the phone sees them."""

import json

import pytest

from anjia.kernel.actors import Purpose
from anjia.kernel.http import write
from anjia.kernel.work import acting
from anjia.orders.http import AtVisitOut, QuestionPageOut, WorklistOut
from anjia.orders.queries import at_visit, question_page, questions_today
from tests.orders.make import Clinic
from tests.orders.test_questions import Case

pytestmark = pytest.mark.usefixtures("database")


class TestThePhone:
    @pytest.fixture
    def case(self, here: Clinic) -> Case:
        return Case(here)

    def test_shows_the_nurse_the_order_of_her_visit_and_what_she_has_asked(self, case: Case) -> None:
        question = case.ask()

        shown = acting(case.nurse, case.now).ask(
            lambda actor: json.loads(write(AtVisitOut, at_visit(actor, Purpose.CARE, visit_id=case.visit.id)))
        )

        [order], [asked] = shown["orders"], shown["questions"]
        assert order["title"] == "碘伏消毒换药 · 隔日 1 次"
        assert {"name": "为了什么", "words": "左小腿伤口"} in order["facts"]
        assert asked["client_id"] == str(question.client_id)
        assert asked["answer"] is None

    def test_shows_the_doctor_what_can_be_said_and_by_which_law(self, case: Case) -> None:
        question = case.ask()

        shown = acting(case.doctor, case.now).ask(
            lambda actor: json.loads(
                write(QuestionPageOut, question_page(actor, Purpose.CARE, question_id=question.id))
            )
        )
        listed = acting(case.doctor, case.now).ask(
            lambda actor: json.loads(write(WorklistOut, questions_today(actor, Purpose.CARE, now=case.now)))
        )

        assert {one["value"] for one in shown["kinds"] if one["needs_known"]} == {"advice", "changed"}
        assert "医师法" in shown["law"]
        assert [one["is_mine"] for one in listed["waiting"]] == [True]
