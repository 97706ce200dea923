"""Courses in class."""

from datetime import timedelta
from typing import Any

import pytest

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import acting
from anjia.learning import commands, queries
from anjia.learning.models import CourseVersion, Session
from anjia.learning.rules.sessions import (
    NotInTime,
    NotOver,
    OwnAttendance,
    SessionClosed,
    SessionInvalid,
    WordWrong,
)
from tests.learning import make
from tests.make import NOON, actor
from tests.visits.make import Town, id_of
from tests.workforce.make import sheet

pytestmark = pytest.mark.usefixtures("database")
HOUR = timedelta(hours=1)


@pytest.fixture
def course(town: Town) -> CourseVersion:
    return make.course(town, in_class=True)


def planned(town: Town, **changes: Any) -> Session:
    sound: dict[str, Any] = {
        "code": "basics",
        "starts_at": NOON,
        "ends_at": NOON + 2 * HOUR,
        "place": "三楼教室",
        "teacher": "护理部",
    }
    made: Session = acting(make.manager(town), NOON).do(commands.plan_session, **sound | changes)
    return made


def sign_in(nurse: Actor, word: str, *, late: timedelta = timedelta(0)) -> None:
    acting(make.learner(nurse), NOON + late).do(commands.sign_in, word=word)


class TestWhoWasThere:
    def test_signs_in_with_the_word_about_the_time_of_the_class(
        self, town: Town, course: CourseVersion
    ) -> None:
        nurse, session = town.nurse(), planned(town)
        sign_in(nurse, session.word)
        sign_in(nurse, session.word)

        found = acting(make.manager(town), NOON).ask(
            queries.session_page, Purpose.CONTRACT, session_id=session.id
        )
        assert [name for _one, name in found.there] == ["李秋萍"]
        with pytest.raises(NotInTime):
            sign_in(nurse, session.word, late=3 * HOUR)
        with pytest.raises(WordWrong):
            sign_in(nurse, f"{(int(session.word) + 1) % 1_000_000:06d}")

    def test_gets_her_certificate_when_the_exam_is_passed_and_the_list_is_signed(
        self, town: Town, course: CourseVersion
    ) -> None:
        nurse, session = town.nurse(), planned(town)
        sign_in(nurse, session.word)
        outcome = make.passed(nurse, course)
        before = sheet(of=town.desk, staff_id=id_of(nurse)).qualifications

        acting(make.manager(town), NOON + 2 * HOUR).do(commands.sign_session, session_id=session.id)

        assert (outcome.passed, outcome.waits_for_class) == (True, True)
        assert "course:basics" not in before
        assert "course:basics" in sheet(of=town.desk, staff_id=id_of(nurse)).qualifications

    def test_gets_it_by_the_exam_if_the_class_came_first(self, town: Town, course: CourseVersion) -> None:
        nurse, session = town.nurse(), planned(town)
        sign_in(nurse, session.word)
        acting(make.manager(town), NOON + 2 * HOUR).do(commands.sign_session, session_id=session.id)

        assert make.passed(nurse, course, now=NOON + 3 * HOUR).certificate_id is not None


class TestTheList:
    def test_is_signed_when_the_class_is_over_and_stands_from_then_on(
        self, town: Town, course: CourseVersion
    ) -> None:
        manager, session, nurse = make.manager(town), planned(town), town.nurse()
        with pytest.raises(NotOver):
            acting(manager, NOON + HOUR).do(commands.sign_session, session_id=session.id)
        unit = acting(manager, NOON + 2 * HOUR)
        unit.do(commands.sign_session, session_id=session.id)

        for command in (commands.put_on_list, commands.take_off_list):
            with pytest.raises(SessionClosed):
                unit.do(command, session_id=session.id, staff_id=id_of(nurse))

    def test_is_not_signed_by_somebody_who_is_on_it(self, town: Town, course: CourseVersion) -> None:
        session, nurse = planned(town), town.nurse()
        herself = actor(*make.MANAGER, organization_id=town.organization_id, staff_id=nurse.staff_id)
        unit = acting(herself, NOON + 2 * HOUR)
        unit.do(commands.put_on_list, session_id=session.id, staff_id=id_of(nurse))

        with pytest.raises(OwnAttendance):
            unit.do(commands.sign_session, session_id=session.id)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"place": ""}, "place"),
            ({"ends_at": NOON - HOUR}, "ends"),
            (
                {"starts_at": NOON + timedelta(days=500), "ends_at": NOON + timedelta(days=500, hours=1)},
                "day",
            ),
        ],
    )
    def test_is_of_a_class_that_makes_sense(
        self, town: Town, course: CourseVersion, changes: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(SessionInvalid) as refusal:
            planned(town, **changes)
        assert list(refusal.value.fields) == [field]
