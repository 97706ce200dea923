"""Reading, the exam, the certificate."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from django.db import IntegrityError

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.learning import commands, queries
from anjia.learning.models import Attempt, CourseVersion
from anjia.learning.rules import AttemptOver, NothingDue, NotReadYet, WaitBeforeNext
from anjia.workforce.commands import take_back_qualification
from anjia.workforce.models import Qualification
from tests.learning import make
from tests.make import NOON
from tests.visits.make import Town, id_of
from tests.workforce.make import sheet

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def nurse(town: Town) -> Actor:
    return town.nurse()


class TestAnExam:
    def test_is_sat_only_when_every_page_was_read(self, nurse: Actor, course: CourseVersion) -> None:
        acting(make.learner(nurse), NOON).do(commands.mark_read, code="basics", pages=[0, 99])

        with pytest.raises(NotReadYet):
            make.begin(nurse)

    def test_says_nowhere_what_is_right_before_it_is_handed_in(
        self, nurse: Actor, course: CourseVersion
    ) -> None:
        make.read(nurse)
        said = str(asdict(make.begin(nurse)))

        assert "right" not in said
        assert not any(question["why"] in said for question in course.questions)

    def test_goes_on_with_the_same_paper_while_it_is_open(self, nurse: Actor, course: CourseVersion) -> None:
        make.read(nurse)

        assert make.begin(nurse) == make.begin(nurse, now=NOON + timedelta(minutes=10))

    def test_that_is_passed_gives_a_certificate_that_counts_at_once(
        self, town: Town, nurse: Actor, course: CourseVersion
    ) -> None:
        outcome = make.passed(nurse, course)

        assert (outcome.passed, outcome.right, outcome.of) == (True, 5, 5)
        papers = sheet(of=town.desk, staff_id=id_of(nurse)).qualifications
        assert (
            str(papers["course:basics"]) == "2028-03-01"
        )  # 24 months from 2 March, its last day the one before

    def test_that_was_failed_is_sat_again_after_the_wait_and_not_before(
        self, town: Town, nurse: Actor, course: CourseVersion
    ) -> None:
        make.read(nurse)
        paper = make.begin(nurse)
        outcome = make.hand_in(nurse, paper, make.wrong_answers(course, paper))

        assert (outcome.passed, outcome.certificate_id) == (False, None)
        assert outcome.again_at == NOON + timedelta(hours=12)
        assert "course:basics" not in sheet(of=town.desk, staff_id=id_of(nurse)).qualifications
        with pytest.raises(WaitBeforeNext):
            make.begin(nurse, now=NOON + timedelta(hours=11))
        again = make.begin(nurse, now=NOON + timedelta(hours=12))
        assert again.number == 2

    def test_that_nobody_handed_in_counts_as_failed_when_its_time_is_over(
        self, nurse: Actor, course: CourseVersion
    ) -> None:
        make.read(nurse)
        paper = make.begin(nurse)
        late = NOON + timedelta(minutes=33)

        with pytest.raises(AttemptOver):
            make.hand_in(nurse, paper, make.right_answers(course, paper), now=late)
        with pytest.raises(WaitBeforeNext):
            make.begin(nurse, now=late)

    def test_is_handed_in_once_however_often_it_is_sent(self, nurse: Actor, course: CourseVersion) -> None:
        make.read(nurse)
        paper = make.begin(nurse)
        right = make.right_answers(course, paper)

        assert make.hand_in(nurse, paper, right) == make.hand_in(nurse, paper, right)
        with pytest.raises(AttemptOver):
            make.hand_in(nurse, paper, make.wrong_answers(course, paper))

    def test_keeps_its_questions_when_the_course_changes_meanwhile(
        self, town: Town, nurse: Actor, course: CourseVersion
    ) -> None:
        make.read(nurse)
        paper = make.begin(nurse)
        unit = acting(make.manager(town), NOON)
        draft = unit.do(commands.start_draft, code="basics")
        draft = unit.do(commands.remove_part, draft_id=draft.id, seen=0, part="questions", place=0)
        acting(make.manager(town), NOON).do(commands.publish_draft, draft_id=draft.id, seen=draft.revision)

        assert make.hand_in(nurse, paper, make.right_answers(course, paper)).passed

    def test_is_not_sat_while_the_certificate_holds_for_long(
        self, nurse: Actor, course: CourseVersion
    ) -> None:
        make.passed(nurse, course)

        with pytest.raises(NothingDue):
            make.begin(nurse)
        assert (
            make.begin(nurse, now=NOON + timedelta(days=710)).number == 2
        )  # within the 30 days before its end

    def test_of_somebody_else_is_not_there(self, town: Town, nurse: Actor, course: CourseVersion) -> None:
        make.read(nurse)
        paper = make.begin(nurse)

        with pytest.raises(NotFound):
            make.hand_in(town.nurse("另一位"), paper, make.right_answers(course, paper))

    def test_is_for_staff_only(self, town: Town, nurse: Actor, course: CourseVersion) -> None:
        for one in (town.desk, replace(make.learner(nurse), staff_id=None)):
            with pytest.raises(NotAllowed):
                acting(one, NOON).do(commands.begin_exam, code="basics")

    def test_result_is_not_changed_by_anybody(self, town: Town, nurse: Actor, course: CourseVersion) -> None:
        make.read(nurse)
        paper = make.begin(nurse)
        make.hand_in(nurse, paper, make.wrong_answers(course, paper))

        def cheat(_: Actor) -> None:
            Attempt.objects.filter(id=paper.attempt_id).update(passed=True)

        with pytest.raises(IntegrityError, match="handed in"):
            acting(town.system, NOON).ask(cheat)


class TestACertificate:
    def test_is_hers_and_the_managers_to_open(self, town: Town, nurse: Actor, course: CourseVersion) -> None:
        given = make.passed(nurse, course).certificate_id
        assert given is not None

        for one in (make.learner(nurse), make.manager(town)):
            number, pdf = acting(one, NOON).ask(
                queries.certificate_pdf, Purpose.CONTRACT, certificate_id=given
            )
            assert (number, pdf[:4]) == ("BASICS-2026-00001", b"%PDF")
        with pytest.raises(NotFound):
            acting(make.learner(town.nurse("另一位")), NOON).ask(
                queries.certificate_pdf, Purpose.CONTRACT, certificate_id=given
            )

    def test_that_was_taken_back_counts_no_more(
        self, town: Town, nurse: Actor, course: CourseVersion
    ) -> None:
        make.passed(nurse, course)
        paper = town.look(lambda _: Qualification.objects.get(staff=id_of(nurse), code="course:basics"))
        acting(town.system, NOON).do(take_back_qualification, qualification_id=paper.id)

        found = acting(make.learner(nurse), NOON).ask(queries.my_courses, Purpose.CONTRACT, now=NOON)
        assert found[0].certificate is not None
        assert (found[0].certificate.is_revoked, found[0].standing, found[0].may_sit) == (True, "free", True)
