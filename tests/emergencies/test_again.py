"""Help that is pressed again, late, or while something else happens to the case."""

from datetime import timedelta
from threading import Event
from time import sleep
from typing import Any
from uuid import uuid4

import pytest

from anjia.emergencies import commands, queries
from anjia.emergencies.models import Case
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.work import Command, acting
from anjia.messaging.models import Message
from anjia.visits.models import Visit
from tests.emergencies.make import SOON, House
from tests.emergencies.test_help import at_once
from tests.identity import make as identity
from tests.make import NOON
from tests.residents import make as residents
from tests.visits.make import fact
from tests.visits.make import say as tell
from tests.workforce.make import actions

MINUTE = timedelta(minutes=1)
NIGHT = NOON + timedelta(hours=10)  # the desk is there until six


def due(here: House, now: Any) -> list[Any]:
    found = acting(system(), now).ask(queries.unanswered_cases, Purpose.VITAL, now=now)
    return [case_id for house_id, case_id in found if house_id == here.id]


def say_unanswered(here: House, case: Case, now: Any) -> bool:
    said: bool = acting(system(here.id), now).do(commands.say_unanswered, case_id=case.id)
    return said


def told(here: House, *templates: str) -> list[tuple[str, str]]:
    def read(_: Actor) -> list[tuple[str, str]]:
        rows = Message.objects.filter(organization_id=here.id, template__in=templates)
        return [(row.template, str(row.party_id)) for row in rows.order_by("at", "template")]

    return acting(system(here.id), NOON).ask(read)


class TestPressing:
    def test_while_it_is_being_closed_is_another_case_and_not_lost(self, here: House) -> None:
        case = here.press()
        here.take(case)
        closing = Event()

        def close_slowly(actor: Actor, now: Any, *, case_id: Any) -> Case:
            closed = commands.close_case(actor, now, case_id=case_id, outcome="by_phone")
            closing.set()
            sleep(0.5)
            return closed

        def press() -> Case:
            closing.wait(5)
            return here.press(now=SOON + MINUTE)

        slow = Command("emergencies.take", close_slowly)
        _closed, pressed = at_once(lambda: acting(here.desk, SOON + MINUTE).do(slow, case_id=case.id), press)

        assert pressed.id != case.id
        assert [one.case.id for one in here.on_board(now=SOON + MINUTE)] == [pressed.id]

    def test_again_after_who_had_it_is_gone_tells_who_manages(self, here: House) -> None:
        case = here.press()
        here.take(case)
        here.press(now=NIGHT)

        assert due(here, NIGHT) == [case.id]
        assert say_unanswered(here, case, NIGHT)
        assert told(here, "case_again") == [("case_again", str(here.dispatcher.user_id))]
        assert here.course(case) == ["pressed", "taken", "again", "again_told"]

    def test_again_after_who_had_it_is_gone_says_that_nobody_is_there(self, here: House) -> None:
        case = here.press()
        here.take(case)
        assert here.on_phone(case, now=NIGHT).stands == "taken"

        here.press(now=NIGHT)

        said = here.on_phone(case, now=NIGHT)
        assert (said.stands, said.attended) == ("sent", False)

    def test_again_tells_nobody_once_something_was_done(self, here: House) -> None:
        case = here.press()
        here.take(case)
        here.watch(now=SOON)
        here.press(now=SOON + MINUTE)
        acting(here.desk, SOON + MINUTE).do(commands.note_in_case, case_id=case.id, words="打通了")

        assert due(here, SOON + 5 * MINUTE) == []
        assert not say_unanswered(here, case, SOON + 5 * MINUTE)

    def test_again_after_all_rounds_tells_who_manages_once_more(self, here: House) -> None:
        case, now = here.press(), NOON
        while due(here, now):
            say_unanswered(here, case, now)
            now += MINUTE
        here.press(now=now)

        assert due(here, now) == [case.id]

    def test_without_anybody_who_manages_says_that_nobody_was_told(
        self, here: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        case = here.press()
        monkeypatch.setattr("anjia.emergencies.commands.telling.who_may", lambda *_, **__: {})
        say_unanswered(here, case, NOON)

        assert here.course(case) == ["pressed", "nobody_told"]


class TestAPressThatIsSentTwice:
    def test_while_a_case_is_open_is_one_press(self, here: House) -> None:
        case, client_id = here.press(), uuid4()
        here.press(client_id=client_id, now=SOON)
        here.take(case, now=SOON + MINUTE)

        again = here.press(client_id=client_id, now=SOON + 2 * MINUTE)

        assert again.id == case.id
        assert here.course(case) == ["pressed", "again", "taken"]
        assert not again.rings

    def test_is_no_new_case_when_the_one_it_was_about_is_over(self, here: House) -> None:
        case, client_id = here.press(), uuid4()
        here.press(client_id=client_id, now=SOON)
        here.take(case, now=SOON)
        acting(here.desk, SOON).do(commands.close_case, case_id=case.id, outcome="by_phone", words="没事")

        assert here.press(client_id=client_id, now=SOON + MINUTE).id == case.id

    def test_may_bring_where_the_phone_is_by_now(self, here: House) -> None:
        here.sos(position={"latitude": 30.0, "longitude": 112.0, "accuracy_m": 20})
        client_id = uuid4()
        here.sos(client_id=client_id, now=SOON)
        moved = {"latitude": 30.27, "longitude": 112.15, "accuracy_m": 20}

        assert here.sos(client_id=client_id, position=moved, now=SOON).position == moved


class TestPosition:
    HERE = {"latitude": 30.27, "longitude": 112.15, "accuracy_m": 20}

    def test_that_the_phone_finds_after_it_was_pressed_is_kept(self, here: House) -> None:
        client_id = uuid4()
        here.sos(client_id=client_id)

        case = here.sos(client_id=client_id, position=self.HERE, now=SOON)

        assert case.position == self.HERE
        assert here.course(case) == ["pressed"]

    def test_does_not_change_where_it_was_pressed(self, here: House) -> None:
        client_id = uuid4()
        here.sos(client_id=client_id, position=self.HERE)

        case = here.sos(client_id=client_id, position=self.HERE | {"latitude": 31.0}, now=SOON)

        assert case.position == self.HERE


class TestFamily:
    @pytest.fixture
    def herself(self, here: House) -> Any:
        account = identity.person(here.founded)
        residents.holder("emergencies.call", of=here.resident, account_id=account.id)
        she = residents.holder("emergencies.call", of=here.resident, relation="self")
        acting(she, NOON).do(commands.set_wish, tells_family=True)
        return she

    def hand_back(self, here: House, case: Case, now: Any) -> None:
        acting(here.desk, now).do(commands.hand_case_back, case_id=case.id, words="下班了")

    def test_is_not_told_that_somebody_has_it_who_has_given_it_back(self, here: House, herself: Any) -> None:
        case = here.press(herself)
        here.take(case)
        self.hand_back(here, case, SOON)
        here.hear(now=SOON)

        assert [template for template, _ in told(here, "help_taken")] == []

    def test_hears_of_the_next_who_has_it(self, here: House, herself: Any) -> None:
        case = here.press(herself)
        here.take(case)
        here.hear(now=SOON)
        self.hand_back(here, case, SOON + MINUTE)
        here.take(case, here.dispatcher, now=SOON + 2 * MINUTE)
        here.hear(now=SOON + 2 * MINUTE)

        assert len(told(here, "help_taken")) == 2


class TestTwoAtAVisit:
    @pytest.fixture
    def other(self, here: House) -> Actor:
        return here.town.nurse(name="周敏")

    @pytest.fixture
    def visit(self, here: House, other: Actor) -> Visit:
        pair = here.town.pair_version_id
        visit = here.town.visit(here.nurse, other, resident=here.resident, service_version_id=pair)
        tell(here.nurse, fact(visit, "departed"))
        return visit

    def ask(self, here: House, visit: Visit, now: Any) -> int:
        return acting(system(here.id), now).do(commands.ask_whether_fine, visit_id=visit.id)

    def look(self, here: House, now: Any) -> None:
        for one in here.check_ins():
            acting(system(here.id), now).do(commands.raise_overdue, check_in_id=one.id)

    def leave(self, here: House, who: Actor, visit: Visit, now: Any) -> None:
        tell(who, fact(visit, "left", at=now))
        here.hear(now=now)

    def test_of_whom_one_has_left_the_other_is_still_asked(
        self, here: House, other: Actor, visit: Visit
    ) -> None:
        now = visit.ends_at + 30 * MINUTE
        self.ask(here, visit, now)
        self.leave(here, here.nurse, visit, now + MINUTE)

        self.look(here, now + 10 * MINUTE)

        [shown] = here.on_board(here.dispatcher, now=now + 10 * MINUTE)
        assert shown.who == "周敏"
        assert self.ask(here, visit, now + 60 * MINUTE) == 0  # nobody asks who is out

    def test_are_looked_for_until_the_last_has_left(self, here: House, other: Actor, visit: Visit) -> None:
        now = visit.ends_at + 30 * MINUTE
        self.ask(here, visit, now)
        self.look(here, now + 10 * MINUTE)

        self.leave(here, other, visit, now + 11 * MINUTE)
        [case] = here.cases()
        assert case.closed_at is None
        assert case.staff_id == here.nurse.staff_id
        self.leave(here, here.nurse, visit, now + 12 * MINUTE)

        [case] = here.cases()
        assert case.outcome == "cleared"
        assert here.course(case)[-2:] == ["checked_out", "checked_out"]

    def test_who_are_both_silent_have_pressed_nothing(self, here: House, other: Actor, visit: Visit) -> None:
        now = visit.ends_at + 30 * MINUTE
        self.ask(here, visit, now)
        self.look(here, now + 10 * MINUTE)

        [case] = here.cases()
        assert here.course(case) == ["asked", "asked"]
        assert case.rings
        assert [one for one in actions(here.dispatcher) if one.startswith("emergencies.case.")] == [
            "emergencies.case.pressed",
            "emergencies.case.one_more_silent",
        ]

    def test_closed_by_a_supervisor_an_old_answer_ends_no_newer_alarm(
        self, here: House, other: Actor, visit: Visit
    ) -> None:
        now = visit.ends_at + 30 * MINUTE
        self.ask(here, visit, now)
        self.look(here, now + 10 * MINUTE)
        [first] = here.cases()
        here.take(first, here.dispatcher, now=now + 11 * MINUTE)
        close: dict[str, Any] = {"case_id": first.id, "outcome": "by_phone"}
        acting(here.dispatcher, now + 12 * MINUTE).do(commands.close_case, **close)
        old = [one for one in here.check_ins() if one.staff_id == here.nurse.staff_id]

        assert self.ask(here, visit, now + 42 * MINUTE) == 2
        self.look(here, now + 52 * MINUTE)
        acting(here.nurse, now + 53 * MINUTE).do(commands.answer_fine, check_in_id=old[0].id)
        self.leave(here, other, visit, now + 54 * MINUTE)

        assert [one.closed_at is None for one in here.cases()] == [False, True]

    def test_are_looked_for_until_both_have_answered(self, here: House) -> None:
        other = here.town.nurse(name="周敏")
        visit = here.town.visit(
            here.nurse, other, resident=here.resident, service_version_id=here.town.pair_version_id
        )
        tell(here.nurse, fact(visit, "departed"))
        now = visit.ends_at + 30 * MINUTE
        assert acting(system(here.id), now).do(commands.ask_whether_fine, visit_id=visit.id) == 2
        now += 10 * MINUTE
        for one in here.check_ins():
            acting(system(here.id), now).do(commands.raise_overdue, check_in_id=one.id)

        [mine] = [one for one in here.check_ins() if one.staff_id == here.nurse.staff_id]
        acting(here.nurse, now).do(commands.answer_fine, check_in_id=mine.id)

        [shown] = here.on_board(here.dispatcher, now=now)
        assert shown.who == "周敏"
