"""Who raised something hears that it is dealt with, and that there is an answer; and says whether it will do."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from anjia.identity.models import Organization
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.kernel.work import acting
from anjia.messaging.models import Message
from anjia.messaging.queries import inbox_of
from anjia.quality import commands, queries
from anjia.quality.models import Concern
from anjia.quality.rules import ConcernGoneOn
from anjia.visits.models import Visit
from tests.make import actor, deliver_events
from tests.quality import make
from tests.quality.make import EVENING
from tests.quality.test_concerns import (
    SAY,
    answered,
    boss,
    complain,
    house,
    nurse,
    read,
    supervisor,
    town,
    visit,
)
from tests.residents import make as residents
from tests.visits.make import Town

__all__ = ["boss", "house", "nurse", "town", "visit"]
pytestmark = pytest.mark.usefixtures("database")
READS = (*SAY, "messaging.read")


@pytest.fixture
def daughter(town: Town, visit: Visit) -> Actor:
    return residents.holder(*READS, of=make.of(visit.resident_id, town))


def heard(town: Town, now: datetime = EVENING) -> list[Message]:
    """Let everybody hear what has happened, twice; return what was said of concerns."""
    deliver_events(town.system, now=now)
    deliver_events(town.system, now=now)

    def look(_: Actor) -> list[Message]:
        rows = Message.objects.filter(organization_id=town.organization_id, about_kind="concern")
        return list(rows.order_by("at", "id"))

    return acting(town.system, EVENING).ask(look)


def accept(by: Actor, concern: Concern) -> Concern:
    return acting(by, EVENING).do(commands.accept_answer, concern_id=concern.id)


class TestWhatSheRaised:
    def test_is_said_to_be_dealt_with_and_then_to_have_its_answer(
        self, town: Town, daughter: Actor, boss: Actor, visit: Visit
    ) -> None:
        concern = complain(daughter, visit_id=visit.id)
        assert heard(town) == []
        acting(boss, EVENING).do(commands.acknowledge_concern, concern_id=concern.id)
        assert [one.title for one in heard(town)] == ["您反映的事有人在办了"]
        acting(boss, EVENING).do(commands.note_finding, concern_id=concern.id, words="路上堵")
        said: dict[str, Any] = {"words": "向您道歉", "told_by": "app", "finding": "upheld"}
        acting(boss, EVENING).do(commands.tell_outcome, concern_id=concern.id, **said)

        messages = heard(town)
        assert [one.title for one in messages] == ["您反映的事有人在办了", "您反映的事有答复了"]
        assert {(one.party_id, one.about_id) for one in messages} == {(daughter.user_id, concern.id)}
        assert "道歉" not in messages[-1].words  # a locked screen shows it to whoever stands by
        inbox = acting(daughter, EVENING).ask(inbox_of, Purpose.ACCESS)
        assert messages[-1].id in {entry.id for entry in inbox.items}

    def test_is_said_again_after_an_appeal(
        self, house: Organization, town: Town, daughter: Actor, boss: Actor
    ) -> None:
        concern = answered(boss, complain(daughter))
        heard(town)
        later = EVENING + timedelta(days=1)
        acting(daughter, later).do(commands.appeal, concern_id=concern.id, words="没有道歉过")
        answered(supervisor(house), concern, later)

        assert [one.title for one in heard(town, later)].count("您反映的事有答复了") == 2

    def test_is_not_said_of_a_caller_nor_to_who_answers_herself(self, town: Town, boss: Actor) -> None:
        desk = actor(*SAY, organization_id=town.organization_id)
        answered(boss, complain(desk, is_caller=True, caller_phone="13900000000"))
        answered(boss, complain(boss, kind="adverse_event"))
        assert heard(town) == []


class TestTheAnswer:
    def test_is_accepted_by_her_who_has_it(self, daughter: Actor, boss: Actor) -> None:
        concern = answered(boss, complain(daughter))
        with pytest.raises(NotAllowed):
            accept(boss, concern)
        accept(daughter, concern)

        seen = read(boss, concern)
        assert (seen.line.concern.state, seen.line.concern.is_accepted) == ("closed", True)
        assert seen.steps[-1].by == daughter.user_id
        [mine] = acting(daughter, EVENING).ask(queries.my_concerns, Purpose.ACCESS, now=EVENING)
        assert mine.is_accepted
        with pytest.raises(ConcernGoneOn):
            accept(daughter, concern)

    def test_is_not_accepted_before_there_is_one(self, daughter: Actor) -> None:
        concern = complain(daughter)
        with pytest.raises(ConcernGoneOn):
            accept(daughter, concern)

    @pytest.mark.parametrize(("is_accepted", "after"), [(True, 0), (False, 15)])
    def test_keeps_whether_it_was_accepted(
        self, daughter: Actor, boss: Actor, is_accepted: bool, after: int
    ) -> None:
        concern, then = answered(boss, complain(daughter)), EVENING + timedelta(days=after)
        acting(boss, then).do(commands.close_concern, concern_id=concern.id, is_accepted=is_accepted)
        assert read(boss, concern).line.concern.is_accepted is is_accepted

    def test_is_open_again_after_an_appeal(self, daughter: Actor, boss: Actor) -> None:
        concern = answered(boss, complain(daughter))
        accept(daughter, concern)
        acting(daughter, EVENING).do(commands.appeal, concern_id=concern.id, words="又来晚了")
        assert read(boss, concern).line.concern.is_accepted is None
