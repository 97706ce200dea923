"""Who objected hears of her answer: in her inbox and on her channels, in her language, and nobody else."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from anjia.identity.commands import change_language
from anjia.identity.models import Organization
from anjia.identity.rules import OWN_ACCOUNT
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound
from anjia.kernel.work import acting
from anjia.messaging.models import Message, Notification
from anjia.messaging.rules import reveals
from anjia.quality import commands, queries
from tests.make import deliver_events
from tests.quality.make import EVENING
from tests.quality.test_performance import (
    boss,
    decide,
    house,
    manager,
    nurse,
    nurse_of,
    object_to,
    town,
    went,
)
from tests.visits.make import Town

__all__ = ["boss", "house", "nurse", "town"]
pytestmark = pytest.mark.usefixtures("database")


def heard(town: Town) -> list[Message]:
    """Let everybody hear what has happened, twice; return what was said of objections."""
    deliver_events(town.system, now=EVENING)
    deliver_events(town.system, now=EVENING)

    def read(_: Actor) -> list[Message]:
        rows = Message.objects.filter(organization_id=town.organization_id, about_kind="objection")
        return list(rows.order_by("at", "id"))

    return acting(town.system, EVENING).ask(read)


class TestAnAnsweredObjection:
    @pytest.mark.parametrize(
        ("outcome", "said"), [("left_out", "那一条不再计入您的数"), ("stays", "照旧计入")]
    )
    def test_is_told_her_who_objected_once_and_to_nobody_else(
        self, town: Town, nurse: Actor, boss: Actor, outcome: str, said: str
    ) -> None:
        late = went(nurse, town, 9, late=25)
        one = object_to(nurse, row_id=late.id)
        assert heard(town) == []  # while it waits there is nothing to hear
        decide(boss, one, outcome=outcome, reason="换药那天查过，停电属实")

        [message] = heard(town)
        assert message.party_id == nurse.user_id
        assert said in message.words
        assert "2026-03" in message.words
        assert message.about_id == one.id
        ways = town.look(lambda _: list(Notification.objects.filter(message=message)))
        assert [way.channel for way in ways] == ["sms"]

    def test_is_told_in_her_language_without_the_reason_on_a_locked_screen(
        self, town: Town, nurse: Actor, boss: Actor
    ) -> None:
        late = went(nurse, town, 9, late=25)
        herself = replace(nurse, permissions=nurse.permissions | {OWN_ACCOUNT})
        acting(herself, EVENING).do(change_language, language="en")
        decide(boss, object_to(nurse, row_id=late.id), reason="换药那天查过，停电属实")

        [message] = heard(town)
        assert message.title == "Your objection is answered: left out"
        assert "no longer counts for you" in message.words
        assert not reveals(message.title + message.words)
        assert "停电" not in message.words

    def test_is_not_told_when_it_only_goes_to_another(
        self, house: Organization, town: Town, nurse: Actor, boss: Actor
    ) -> None:
        late = went(nurse, town, 9, late=25)
        one = object_to(nurse, row_id=late.id)
        over: dict[str, Any] = {"owner_id": manager(house).user_id, "words": "我休假"}
        acting(boss, EVENING).do(commands.hand_objection_over, objection_id=one.id, **over)
        assert heard(town) == []

    def test_leads_her_to_the_month_that_it_is_of_and_nobody_else(
        self, house: Organization, town: Town, nurse: Actor, boss: Actor
    ) -> None:
        late = went(nurse, town, 9, late=25)
        one = object_to(nurse, row_id=late.id)
        decide(boss, one)

        def month(by: Actor, objection_id: Any) -> Any:
            return acting(by, EVENING).ask(
                queries.month_objected_to, Purpose.CONTRACT, objection_id=objection_id
            )

        assert month(nurse, one.id) == one.month
        for by, asked in ((nurse_of(house, town, "王敏"), one.id), (nurse, uuid4())):
            with pytest.raises(NotFound):
                month(by, asked)
