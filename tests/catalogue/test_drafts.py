from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError

from anjia.catalogue.commands import (
    call_back_draft,
    catch_draft_up,
    discard_draft,
    publish_draft,
    save_part,
    start_draft,
    withdraw_service,
)
from anjia.catalogue.differing import Difference, compared
from anjia.catalogue.models import Draft, DraftSave
from anjia.catalogue.queries import current_version, draft_of_service, get_version
from anjia.catalogue.rules import ServiceInvalid
from anjia.catalogue.rules.drafting import (
    BaseMovedOn,
    DayInvalid,
    DraftChanged,
    DraftClosed,
    DraftState,
    DraftTouched,
    NothingChanged,
    Part,
    SecondPersonNeeded,
    seen_as,
)
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from tests import make
from tests.catalogue.make import content, version
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("database")

TOMORROW = day_of(NOON) + timedelta(days=1)
STEP = {"key": "clean", "title": "清洗", "critical": True, "evidence": "none"}


@pytest.fixture
def writer() -> Actor:
    one = make.actor("catalogue.read", "catalogue.draft")
    version(published_by=one)
    return one


@pytest.fixture
def boss(writer: Actor) -> Actor:
    return make.actor("catalogue.read", "catalogue.change", organization_id=writer.organization_id)


def begun(by: Actor) -> Draft:
    return acting(by, NOON).do(start_draft, code="wound")


def saved(by: Actor, draft: Draft, part: Part = Part.STEPS, *, seen: str | None = None, **said: Any) -> Draft:
    return acting(by, NOON).do(
        save_part, draft_id=draft.id, part=part, said=said, seen=seen or seen_as(draft.content, part)
    )


def with_step(by: Actor) -> Draft:
    draft = begun(by)
    return saved(by, draft, steps=[*draft.content["steps"], STEP])


def published(by: Actor, draft: Draft, **said: Any) -> Draft:
    return acting(by, NOON).do(publish_draft, draft_id=draft.id, why="按新指南", **said)


def steps_now(actor: Actor) -> list[str]:
    found = acting(actor, NOON).ask(current_version, Purpose.CONTRACT, code="wound")
    return [step["key"] for step in found.steps]


class TestStartDraft:
    def test_goes_on_with_the_one_that_is_begun(self, writer: Actor) -> None:
        other = make.actor("catalogue.draft", organization_id=writer.organization_id)

        assert begun(writer).id == begun(other).id

    def test_does_not_say_that_another_institution_has_the_service(self, writer: Actor) -> None:
        with pytest.raises(NotFound):
            begun(make.actor("catalogue.draft"))

    def test_refuses_who_may_not_write(self, boss: Actor) -> None:
        with pytest.raises(NotAllowed):
            begun(boss)


class TestSavePart:
    def test_keeps_what_two_write_in_different_parts(self, writer: Actor) -> None:
        other = make.actor("catalogue.draft", organization_id=writer.organization_id)
        draft = begun(writer)

        saved(writer, draft, steps=[STEP])
        last = saved(other, draft, Part.TEACHING, teaching_points=[{"key": "dry", "text": "保持干燥"}])

        assert last.content["steps"] == [STEP]
        assert last.content["teaching_points"] == [{"key": "dry", "text": "保持干燥"}]

    def test_does_not_write_over_what_another_has_just_written(self, writer: Actor) -> None:
        other = make.actor("catalogue.draft", organization_id=writer.organization_id)
        draft = begun(writer)
        saved(writer, draft, steps=[STEP])

        with pytest.raises(DraftTouched):
            saved(other, draft, steps=[STEP | {"title": "擦干"}])

        now = acting(writer, NOON).ask(draft_of_service, Purpose.CONTRACT, code="wound")
        assert now is not None
        assert now.content["steps"] == [STEP]

    def test_keeps_every_saving_and_the_database_lets_nobody_change_one(self, writer: Actor) -> None:
        draft = begun(writer)
        for title in ("一", "二"):
            draft = saved(writer, draft, steps=[STEP | {"title": title}])

        def titles(_: Actor) -> list[str]:
            rows = DraftSave.objects.filter(draft=draft).order_by("revision")
            return [row.said["steps"][0]["title"] for row in rows]

        assert acting(writer, NOON).ask(titles) == ["一", "二"]
        with pytest.raises(DatabaseError, match=r"append-only|denied"):
            acting(writer, NOON).ask(lambda _: DraftSave.objects.filter(draft=draft).delete())

    @pytest.mark.parametrize(
        ("field", "where"),
        [
            ({"type": "string", "title": "量", "enum": ["少"]}, "enum"),
            ({"type": "string", "title": "量", "enum": ["少", "少"]}, "enum"),
            ({"type": "string", "enum": ["少", "多"], "labels_en": ["Little"]}, "labels_en"),
            ({"type": "number", "title": "长", "minimum": 9, "maximum": 1}, "minimum"),
            ({"type": "array", "title": "表"}, "type"),
        ],
    )
    def test_refuses_a_form_that_no_phone_could_show(
        self, writer: Actor, field: dict[str, Any], where: str
    ) -> None:
        form = {"type": "object", "properties": {"a": field}, "required": []}

        with pytest.raises(ServiceInvalid) as refusal:
            saved(writer, begun(writer), Part.FORM, record_form=form)

        assert list(refusal.value.fields) == [f"record_form.properties.a.{where}"]

    def test_refuses_a_step_that_measures_nothing_known(self, writer: Actor) -> None:
        with pytest.raises(ServiceInvalid):
            saved(writer, begun(writer), steps=[STEP | {"evidence": "reading", "codes": ["nothing"]}])

    def test_leaves_price_and_who_may_do_it_alone(self, writer: Actor) -> None:
        draft = saved(writer, begun(writer), Part.TEXTS, name="换药", preparation="", summary="", price_fen=1,
                      duration_minutes=30)  # fmt: skip

        assert (draft.content["price_fen"], draft.content["name"]) == (12000, "换药")


class TestPublishDraft:
    def test_offers_it_and_leaves_what_was_promised(self, writer: Actor, boss: Actor) -> None:
        before = acting(writer, NOON).ask(current_version, Purpose.CONTRACT, code="wound")

        published(boss, with_step(writer))

        assert steps_now(writer) == ["identify", "clean"]
        kept = acting(writer, NOON).ask(get_version, Purpose.CONTRACT, version_id=before.id)
        assert [step["key"] for step in kept.steps] == ["identify"]

    def test_offers_nothing_that_she_has_not_read(self, writer: Actor, boss: Actor) -> None:
        read = with_step(writer)
        saved(writer, read, steps=[STEP])

        with pytest.raises(DraftChanged):
            published(boss, read, seen=read.revision)

        assert steps_now(writer) == ["identify"]

    def test_takes_a_second_person(self, writer: Actor) -> None:
        both = make.actor("catalogue.draft", "catalogue.change", organization_id=writer.organization_id)

        with pytest.raises(SecondPersonNeeded):
            published(both, with_step(both))

        assert steps_now(writer) == ["identify"]

    def test_takes_one_who_may_publish_her_own(self, writer: Actor) -> None:
        one = make.actor(
            "catalogue.draft", "catalogue.change", "catalogue.publish_own", organization_id=writer.organization_id
        )  # fmt: skip

        published(one, with_step(one))

        assert steps_now(writer) == ["identify", "clean"]

    def test_refuses_who_may_only_write(self, writer: Actor) -> None:
        with pytest.raises(NotAllowed):
            published(writer, with_step(writer))

    def test_waits_for_its_day(self, writer: Actor, boss: Actor) -> None:
        published(boss, with_step(writer), effective_on=TOMORROW)
        make.deliver_events(writer, now=NOON)
        assert steps_now(writer) == ["identify"]

        make.deliver_events(writer, now=NOON + timedelta(hours=12))  # midnight here

        assert steps_now(writer) == ["identify", "clean"]

    def test_does_not_take_effect_once_it_is_called_back(self, writer: Actor, boss: Actor) -> None:
        draft = published(boss, with_step(writer), effective_on=TOMORROW)
        with pytest.raises(DraftClosed):
            saved(writer, draft, steps=[])
        acting(boss, NOON).do(call_back_draft, draft_id=draft.id)

        make.deliver_events(writer, now=NOON + timedelta(days=2))

        assert steps_now(writer) == ["identify"]

    @pytest.mark.parametrize("days", [-1, 400])
    def test_refuses_a_day_that_is_none(self, writer: Actor, boss: Actor, days: int) -> None:
        with pytest.raises(DayInvalid):
            published(boss, with_step(writer), effective_on=day_of(NOON) + timedelta(days=days))

    def test_refuses_what_changes_nothing(self, writer: Actor, boss: Actor) -> None:
        with pytest.raises(NothingChanged):
            published(boss, begun(writer))


class TestAnotherVersionMeanwhile:
    def test_is_not_undone_by_an_older_draft(self, writer: Actor, boss: Actor) -> None:
        draft = with_step(writer)
        version(published_by=writer, price_fen=15000)
        with pytest.raises(BaseMovedOn):
            published(boss, draft)

        assert acting(writer, NOON).do(catch_draft_up, draft_id=draft.id) == []
        published(boss, draft)

        now = acting(writer, NOON).ask(current_version, Purpose.CONTRACT, code="wound")
        assert (now.price_fen, steps_now(writer)) == (15000, ["identify", "clean"])

    def test_is_no_word_of_hers_who_only_catches_up(self, writer: Actor) -> None:
        """She may still be the second person: what she has caught up with, others have written and published."""
        draft = with_step(writer)
        version(published_by=writer, teaching_points=[{"key": "dry", "text": "保持干燥"}])
        both = make.actor("catalogue.draft", "catalogue.change", organization_id=writer.organization_id)
        acting(both, NOON).do(catch_draft_up, draft_id=draft.id)

        published(both, draft)

        now = acting(writer, NOON).ask(current_version, Purpose.CONTRACT, code="wound")
        assert ([step["key"] for step in now.steps], len(now.content["teaching_points"])) == (
            ["identify", "clean"],
            1,
        )

    def test_that_changed_the_same_part_is_said(self, writer: Actor) -> None:
        draft = with_step(writer)
        version(published_by=writer, steps=[STEP | {"title": "冲洗"}])

        assert acting(writer, NOON).do(catch_draft_up, draft_id=draft.id) == [Part.STEPS]

    def test_on_the_day_itself_opens_the_draft_for_a_person(self, writer: Actor, boss: Actor) -> None:
        draft = published(boss, with_step(writer), effective_on=TOMORROW)
        version(published_by=writer, steps=[STEP | {"title": "冲洗"}])

        make.deliver_events(writer, now=NOON + timedelta(days=2))

        assert steps_now(writer) == ["clean"]
        state = acting(writer, NOON).ask(lambda _: Draft.objects.get(id=draft.id).state)
        assert state == DraftState.OPEN


class TestAServiceThatIsWithdrawn:
    def withdraw(self, boss: Actor, *, hours: int = 1) -> None:
        acting(boss, NOON + timedelta(hours=hours)).do(withdraw_service, code="wound")

    def test_after_the_day_was_set_is_not_offered_again_by_the_night(
        self, writer: Actor, boss: Actor
    ) -> None:
        draft = published(boss, with_step(writer), effective_on=TOMORROW)
        self.withdraw(boss)

        make.deliver_events(writer, now=NOON + timedelta(days=2))

        with pytest.raises(NotFound):
            steps_now(writer)
        state = acting(writer, NOON).ask(lambda _: Draft.objects.get(id=draft.id).state)
        assert state == DraftState.OPEN

    def test_before_that_comes_back_on_the_day(self, writer: Actor, boss: Actor) -> None:
        draft = with_step(writer)
        self.withdraw(boss, hours=-1)
        published(boss, draft, effective_on=TOMORROW)

        make.deliver_events(writer, now=NOON + timedelta(days=2))

        assert steps_now(writer) == ["identify", "clean"]


class TestDiscardDraft:
    def test_makes_room_for_another(self, writer: Actor) -> None:
        draft = with_step(writer)
        acting(writer, NOON).do(discard_draft, draft_id=draft.id)

        fresh = begun(writer)

        assert fresh.id != draft.id
        assert [step["key"] for step in fresh.content["steps"]] == ["identify"]

    def test_of_another_institution_is_refused_without_a_word(self, writer: Actor) -> None:
        with pytest.raises(NotFound):
            acting(make.actor("catalogue.draft"), NOON).do(
                discard_draft, draft_id=UUID(int=begun(writer).id.int)
            )


class TestCompared:
    def test_says_what_is_new_changed_gone_and_moved(self) -> None:
        first, second = STEP | {"key": "a", "title": "甲"}, STEP | {"key": "b", "title": "乙"}
        before = content(steps=[first, second, STEP])
        after = content(steps=[second, first | {"critical": False}, STEP | {"key": "new", "title": "新"}])

        found = {(one.where, bool(one.before), bool(one.after)) for one in compared(before, after)}

        assert found == {
            ("步骤第 2 项", True, True),
            ("步骤第 3 项", False, True),
            ("步骤原第 3 项", True, False),
            ("步骤的先后", True, True),
        }

    def test_says_what_a_form_asks_otherwise(self) -> None:
        form = content()["record_form"] | {"required": []}

        [one] = compared(content(), content(record_form=form))

        assert one == Difference(
            where="记录单第 1 项", before="部位 · 一段字 · 必填 · Site", after="部位 · 一段字 · Site"
        )

    def test_says_nothing_of_what_is_the_same(self) -> None:
        assert compared(content(), content()) == []
