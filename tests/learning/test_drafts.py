"""Writing a course, and who lets it out."""

import pytest
from django.db import IntegrityError

from anjia.kernel.actors import Purpose
from anjia.kernel.errors import NotFound
from anjia.kernel.work import acting
from anjia.learning import commands, queries
from anjia.learning.models import CourseVersion
from anjia.learning.rules import CourseInvalid
from anjia.learning.rules.drafting import CodeTaken, DraftClosed, DraftTouched, SecondPersonNeeded
from tests.learning import make
from tests.make import NOON
from tests.visits.make import Town
from tests.visits.make import town as town_of

pytestmark = pytest.mark.usefixtures("database")


class TestADraft:
    def test_is_let_out_by_somebody_who_has_not_written_in_it(self, town: Town) -> None:
        writer, second = make.manager(town), make.manager(town)
        draft = make.draft(writer)

        with pytest.raises(SecondPersonNeeded):
            acting(writer, NOON).do(commands.publish_draft, draft_id=draft.id, seen=draft.revision)
        version = acting(second, NOON).do(commands.publish_draft, draft_id=draft.id, seen=draft.revision)

        assert (version.version, version.written_by, version.published_by) == (
            1,
            writer.user_id,
            second.user_id,
        )

    def test_is_kept_by_the_database_from_having_one_person_for_both(
        self, town: Town, course: CourseVersion
    ) -> None:
        def cheat(_: object) -> None:
            CourseVersion.objects.create(
                organization_id=town.organization_id,
                course_id=course.course_id,
                version=9,
                content={},
                written_by=town.desk.user_id,
                published_by=town.desk.user_id,
                published_at=NOON,
            )

        with pytest.raises(IntegrityError, match="course_version_second_person"):
            acting(town.system, NOON).ask(cheat)

    def test_is_not_written_over_what_somebody_else_has_just_saved(self, town: Town) -> None:
        draft = make.draft(make.manager(town))
        page = {"title": "一", "title_en": "", "text": "字", "text_en": "", "alt": ""}
        seen = draft.revision
        unit = acting(make.manager(town), NOON)
        unit.do(commands.save_page, draft_id=draft.id, seen=seen, place=None, page=page)

        with pytest.raises(DraftTouched):
            unit.do(commands.save_page, draft_id=draft.id, seen=seen, place=0, page=page)

    def test_is_not_let_out_with_too_few_questions(self, town: Town) -> None:
        draft = make.draft(make.manager(town), questions=make.content()["questions"][:2])

        with pytest.raises(CourseInvalid) as refusal:
            acting(make.manager(town), NOON).do(
                commands.publish_draft, draft_id=draft.id, seen=draft.revision
            )
        assert "questions" in refusal.value.fields

    def test_is_closed_once_it_is_out(self, town: Town, course: CourseVersion) -> None:
        unit = acting(make.manager(town), NOON)
        draft = unit.do(commands.start_draft, code="basics")
        unit.do(commands.discard_draft, draft_id=draft.id, seen=draft.revision)

        with pytest.raises(DraftClosed):
            unit.do(commands.discard_draft, draft_id=draft.id, seen=draft.revision)

    def test_has_a_code_of_its_own(self, town: Town, course: CourseVersion) -> None:
        unit = acting(make.manager(town), NOON)

        with pytest.raises(CodeTaken):
            unit.do(commands.start_course, code="basics", title="另一门", topic="privacy")
        with pytest.raises(CourseInvalid):
            unit.do(commands.start_course, code="No Good", title="另一门", topic="privacy")

    def test_of_another_house_is_not_there(self, town: Town) -> None:
        draft = make.draft(make.manager(town))
        stranger = make.manager(town_of())

        with pytest.raises(NotFound):
            acting(stranger, NOON).ask(queries.draft_page, Purpose.CONTRACT, draft_id=draft.id)
        with pytest.raises(NotFound):
            acting(stranger, NOON).do(commands.publish_draft, draft_id=draft.id, seen=draft.revision)


class TestTheCoursesThatComeWithAnjia:
    def test_are_put_in_once(self, town: Town) -> None:
        unit = acting(make.manager(town), NOON)

        assert (unit.do(commands.seed_courses), unit.do(commands.seed_courses)) == (3, 0)
        found = unit.ask(queries.courses, Purpose.CONTRACT)
        assert {line.course.code for line in found} == {"home_visit", "emergency", "privacy"}
        assert all(not line.bindings for line in found)
