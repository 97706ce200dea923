from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import translation

from anjia.catalogue.commands import publish_prompt
from anjia.catalogue.models import PromptVersion
from anjia.catalogue.prompts import Prompt
from anjia.catalogue.queries import prompt_versions, prompts
from anjia.catalogue.rules.prompts import PromptInvalid, PromptTouched, built_in, check_prompt, lines_from
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.ids import new_id
from anjia.kernel.work import acting
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def boss() -> Actor:
    return make.actor("catalogue.read", "catalogue.change")


def text(**changes: Any) -> dict[str, Any]:
    sound: dict[str, Any] = {
        "title": "家里有狗",
        "title_en": "A dog",
        "say": ["请先关好狗。"],
        "say_en": ["Please shut the dog in."],
        "do": ["不进门。"],
        "do_en": ["Stay outside."],
        "source": "科里定的",
    }
    return sound | changes


def publish(by: Actor, *, seen: int = 0, situation: str = "dog", **changes: Any) -> PromptVersion:
    return acting(by, NOON).do(publish_prompt, situation=situation, content=text(**changes), seen=seen)


def standing(by: Actor) -> dict[str, Prompt]:
    return {one.situation: one for one in acting(by, NOON).ask(prompts, Purpose.CONTRACT)}


@pytest.mark.parametrize("situation", built_in())
def test_every_text_that_comes_with_anjia_is_sound_in_both_languages(situation: str) -> None:
    content = built_in()[situation]

    check_prompt(content)
    for name in ("say", "do"):
        assert len(content[name]) == len(content[f"{name}_en"])
    assert content["source_en"]


class TestPublishPrompt:
    def test_takes_the_place_of_the_one_that_comes_with_anjia(self, boss: Actor) -> None:
        assert (standing(boss)["dog"].version, standing(boss)["dog"].title) == (0, "家里有狗")

        publish(boss, do=["先打电话。"], do_en=["Ring first."])

        assert (standing(boss)["dog"].version, standing(boss)["dog"].do) == (1, ["先打电话。"])
        with translation.override("en"):
            assert standing(boss)["dog"].do == ["Ring first."]
        assert standing(boss)["fall"].version == 0

    def test_keeps_every_version(self, boss: Actor) -> None:
        publish(boss)
        publish(boss, seen=1, title="两条狗")

        found = acting(boss, NOON).ask(prompt_versions, Purpose.CONTRACT, situation="dog")

        assert [(one.version, one.content["title"]) for one in found] == [
            (2, "两条狗"),
            (1, "家里有狗"),
            (0, "家里有狗"),
        ]
        with pytest.raises(DatabaseError, match=r"append-only|denied"):
            acting(boss, NOON).ask(lambda _: PromptVersion.objects.update(version=9))

    def test_does_not_write_over_what_another_has_just_published(self, boss: Actor) -> None:
        publish(boss)

        with pytest.raises(PromptTouched):
            publish(make.actor("catalogue.change", organization_id=boss.organization_id), title="另一种")

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"title": ""}, "title"),
            ({"do": []}, "do"),
            ({"say": ["字"] * 13, "say_en": ["x"] * 13}, "say"),
            ({"do": ["字" * 401], "do_en": ["x"]}, "do"),
        ],
    )
    def test_refuses_what_nobody_could_read_on_the_spot(
        self, boss: Actor, wrong: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(PromptInvalid) as refusal:
            publish(boss, **wrong)

        assert list(refusal.value.fields) == [field]

    def test_knows_only_situations_that_there_are(self, boss: Actor) -> None:
        with pytest.raises(NotFound):
            publish(boss, situation="flood")

    def test_is_another_houses_own(self, boss: Actor) -> None:
        publish(boss, title="我们的狗")

        assert standing(make.actor("catalogue.read"))["dog"].title == "家里有狗"


class TestPrompts:
    def test_are_not_read_by_those_to_whom_they_are_said(self, boss: Actor) -> None:
        person = make.person("catalogue.read", resident_id=new_id(), organization_id=boss.organization_id)

        with pytest.raises(NotAllowed):
            acting(person, NOON + timedelta(days=1)).ask(prompts, Purpose.CONTRACT)


def test_lines_are_read_with_their_english() -> None:
    assert lines_from("先别动 | Stay\n\n 等我 | Wait ") == (["先别动", "等我"], ["Stay", "Wait"])
    assert lines_from("先别动 | Stay\n等我") == (["先别动", "等我"], [])
