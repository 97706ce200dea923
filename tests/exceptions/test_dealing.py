"""Step by step, by the clock, from hand to hand, until it is closed."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from anjia.dispatch.commands import cancel_booking
from anjia.exceptions.commands import close_exception, do_step, hand_over
from anjia.exceptions.jobs import go_on_to_the_next
from anjia.exceptions.models import VisitException
from anjia.exceptions.queries import exceptions_page, how_many_open
from anjia.exceptions.rules.closing import ClosingUnsound, VisitStillStands
from anjia.exceptions.rules.forms import FormUnsound
from anjia.exceptions.rules.steps import Closed, StepGone
from anjia.exceptions.telling import words_of_message
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.messaging.models import Message
from anjia.messaging.rules import reveals
from anjia.visits.models import Visit
from anjia.visits.rules.exceptions import ExceptionKind
from tests.exceptions.conftest import House
from tests.exceptions.make import AT_DOOR, NO_SHOW, all_of, heard, later, page, said
from tests.visits.make import at, town

pytestmark = pytest.mark.usefixtures("database")


def opened(house: House, kind: str = "no_show", **form: Any) -> tuple[VisitException, Visit]:
    nurse = house.town.nurse()
    visit = house.town.visit(nurse, resident=house.town.resident(phones=["13900000002"]))
    said(nurse, visit, kind, **(NO_SHOW if kind == "no_show" else {}) | form)
    heard(house.town)
    return all_of(house.town)[0], visit


def step(by: Actor, one: VisitException, key: str, *, now: datetime = AT_DOOR, **says: Any) -> VisitException:
    sound = {"words": "打了两个电话，女儿说半小时后到"}
    return acting(by, now).do(do_step, exception_id=one.id, step=key, **sound | says)


def close(by: Actor, one: VisitException, *, now: datetime = AT_DOOR, **says: Any) -> VisitException:
    sound = {
        "outcome": "went_on",
        "done": "10:30 女儿到家，护士接着做",
        "told": ["family", "caregiver"],
        "follow_up": "not_needed",
    }
    return acting(by, now).do(close_exception, exception_id=one.id, **sound | says)


def now_of(house: House, one: VisitException) -> VisitException:
    return next(each for each in all_of(house.town) if each.id == one.id)


def messages_to(house: House, party: Actor) -> list[str]:
    found = house.town.look(lambda _: list(Message.objects.filter(party_id=party.user_id).order_by("id")))
    return [one.template for one in found]


class TestOwner:
    def test_is_named_at_once_and_told(self, house: House) -> None:
        made, _visit = opened(house)

        assert made.owner_id == house.dispatcher.user_id
        assert messages_to(house, house.dispatcher) == ["exception_yours"]
        assert page(house.town, made.id).line.owner_name == "王调度"

    def test_of_a_refusal_is_the_desk(self, house: House) -> None:
        made, _visit = opened(house, "refused", who="family", what="whole")

        assert made.owner_id == house.desk.user_id

    def test_changes_by_hand_and_hears_of_it(self, house: House) -> None:
        made, _visit = opened(house)

        acting(house.dispatcher, AT_DOOR).do(
            hand_over, exception_id=made.id, owner_id=house.desk.user_id, words="我在开会"
        )
        heard(house.town)

        assert now_of(house, made).owner_id == house.desk.user_id
        assert now_of(house, made).due_at == made.due_at  # the clock runs on
        assert messages_to(house, house.desk) == ["exception_yours"]

    def test_is_nobody_who_may_not(self, house: House) -> None:
        made, _visit = opened(house)

        with pytest.raises(NotFound):
            acting(house.dispatcher, AT_DOOR).do(hand_over, exception_id=made.id, owner_id=uuid4())
        assert now_of(house, made).owner_id == house.dispatcher.user_id

    def test_is_said_to_be_nobody_where_no_account_may(self) -> None:
        here = town()
        nurse = here.nurse()
        said(nurse, here.visit(nurse), "no_show", **NO_SHOW)
        heard(here)

        [made] = all_of(here)
        assert made.owner_id is None
        assert page(here, made.id).line.owner_name == ""


class TestSteps:
    def test_go_on_one_by_one_each_with_its_own_clock(self, house: House) -> None:
        made, _visit = opened(house)

        after = step(house.dispatcher, made, "ring_home", now=later(4))

        assert (after.step, after.due_at) == ("look_in", later(24))
        shown = page(house.town, made.id)
        assert [(one.key, one.is_done, one.is_now) for one in shown.steps] == [
            ("ring_home", True, False),
            ("look_in", False, True),
            ("settle", False, False),
            ("close", False, False),
        ]

    def test_done_by_another_meanwhile_is_said_so(self, house: House) -> None:
        made, _visit = opened(house)
        step(house.dispatcher, made, "ring_home")

        with pytest.raises(StepGone):
            step(house.desk, made, "ring_home")

    @pytest.mark.parametrize("words", ["", "   ", "长" * 1001])
    def test_say_what_came_of_them(self, house: House, words: str) -> None:
        made, _visit = opened(house)

        with pytest.raises(FormUnsound):
            step(house.dispatcher, made, "ring_home", words=words)
        assert now_of(house, made).step == "ring_home"

    def test_are_for_who_deals_with_exceptions_and_of_the_own_house(self, house: House) -> None:
        made, _visit = opened(house)
        nurse = house.town.nurse("王芳")
        stranger = town()

        with pytest.raises(NotAllowed):
            step(nurse, made, "ring_home")
        with pytest.raises(NotFound):
            page(stranger, made.id)

    def test_make_whoever_does_one_the_owner(self, house: House) -> None:
        made, _visit = opened(house)

        step(house.desk, made, "ring_home")

        assert now_of(house, made).owner_id == house.desk.user_id


class TestOverdue:
    def test_goes_to_the_next_in_line_who_is_told_and_stays_red(self, house: House) -> None:
        made, _visit = opened(house)

        go_on_to_the_next(later(9))
        assert now_of(house, made).owner_id == house.dispatcher.user_id
        go_on_to_the_next(later(10))
        heard(house.town, now=later(10))

        passed = now_of(house, made)
        assert passed.owner_id == house.desk.user_id
        assert passed.due_at == made.due_at
        assert messages_to(house, house.desk) == ["exception_passed_on"]
        assert page(house.town, made.id, now=later(10)).line.is_late

    def test_ends_with_who_leads_and_comes_no_further(self, house: House) -> None:
        made, _visit = opened(house)

        for minutes in (10, 20, 30, 40, 400):
            go_on_to_the_next(later(minutes))

        last = now_of(house, made)
        assert (last.owner_id, last.goes_on_at) == (house.manager.user_id, None)
        passed = [one for one in page(house.town, made.id).history if one.what == "passed_on"]
        assert [one.owner for one in passed] == ["刘服务", "罗主任"]

    def test_begins_anew_with_the_next_step(self, house: House) -> None:
        made, _visit = opened(house)
        go_on_to_the_next(later(10))

        step(house.desk, made, "ring_home", now=later(12))

        after = now_of(house, made)
        assert after.due_at == after.goes_on_at == later(32)
        assert not page(house.town, made.id, now=later(12)).line.is_late

    def test_goes_on_again_from_whoever_who_leads_has_given_it_to(self, house: House) -> None:
        made, _visit = opened(house)
        for minutes in (10, 20):
            go_on_to_the_next(later(minutes))

        acting(house.manager, later(25)).do(
            hand_over, exception_id=made.id, owner_id=house.dispatcher.user_id
        )

        assert now_of(house, made).goes_on_at == later(35)
        assert now_of(house, made).due_at == made.due_at

    def test_is_counted_and_listed_apart(self, house: House) -> None:
        opened(house)

        def shown(show: str, now: datetime, by: Actor = house.dispatcher) -> int:
            found = acting(by, now).ask(exceptions_page, Purpose.CONTRACT, now=now, show=show)
            return len(found.page.items)

        assert [shown("open", AT_DOOR), shown("overdue", AT_DOOR), shown("overdue", later(11))] == [1, 0, 1]
        assert [shown("mine", AT_DOOR), shown("mine", AT_DOOR, house.desk)] == [1, 0]
        late = acting(house.desk, later(11)).ask(how_many_open, Purpose.CONTRACT, now=later(11))
        assert late == (1, 1)


class TestClosing:
    def test_says_what_was_done_whom_was_told_and_what_follows(self, house: House) -> None:
        made, _visit = opened(house)

        close(house.dispatcher, made)

        shown = page(house.town, made.id)
        assert (shown.line.outcome_words, shown.told) == ("这次上门照常做了", ["上门的人", "家人"])
        with pytest.raises(Closed):
            close(house.desk, made)
        with pytest.raises(Closed):
            step(house.desk, made, "ring_home")

    @pytest.mark.parametrize("outcome", ["moved", "cancelled"])
    def test_does_not_say_what_is_not_so(self, house: House, outcome: str) -> None:
        made, _visit = opened(house)

        with pytest.raises(VisitStillStands):
            close(house.dispatcher, made, outcome=outcome)
        assert now_of(house, made).is_open

    def test_as_cancelled_is_taken_once_it_is(self, house: House) -> None:
        made, visit = opened(house)
        acting(house.dispatcher, at(9)).do(
            cancel_booking, visit_id=visit.id, reason="not_at_home", why="没人"
        )

        close(house.dispatcher, made, outcome="cancelled", follow_up="they_call")

        assert not now_of(house, made).is_open

    def test_with_another_visit_names_one_of_hers_that_still_comes(self, house: House) -> None:
        here = house.town
        made, visit = opened(house)
        nurse = here.nurse("王芳")
        resident = here.look(lambda _: Visit.objects.select_related("resident").get(id=visit.id).resident)
        hers = here.visit(nurse, resident=resident, starts_at=at(14), ends_at=at(14.75))
        others = here.visit(nurse, starts_at=at(16), ends_at=at(16.75))

        for wrong in (others.id, uuid4(), visit.id):
            with pytest.raises(ClosingUnsound):
                close(house.dispatcher, made, follow_up="booked", follow_up_visit_id=wrong)
        assert [one for one, _name, _at in page(here, made.id).coming] == [hers.id]
        close(house.dispatcher, made, follow_up="booked", follow_up_visit_id=hers.id)

    def test_tells_the_household_if_it_was_promised_something(self, house: House) -> None:
        made, _visit = opened(house)
        step(house.dispatcher, made, "ring_home", promised="10:30 之前回电话")

        close(house.dispatcher, made)
        heard(house.town)

        [told] = house.town.look(lambda _: list(Message.objects.filter(template="exception_closed")))
        assert "办完" in told.words
        assert not reveals(told.words)

    def test_tells_nobody_where_nothing_was_promised(self, house: House) -> None:
        made, _visit = opened(house)

        close(house.dispatcher, made)
        heard(house.town)

        assert house.town.look(lambda _: list(Message.objects.filter(template="exception_closed"))) == []


class TestMessages:
    @pytest.mark.parametrize("kind", list(ExceptionKind))
    def test_say_nothing_of_anybodys_health_on_a_locked_screen(self, kind: ExceptionKind) -> None:
        assert not reveals(words_of_message(kind))
        assert "病情" not in words_of_message(kind)


class TestWhomToRing:
    def test_is_said_while_it_is_open(self, house: House) -> None:
        one, _visit = opened(house)
        shown = page(house.town, one.id)
        assert shown.staff_phone == "13800000001"
        assert shown.home_phone == "13900000002"

        close(house.desk, one)
        shown = page(house.town, one.id)
        assert (shown.staff_phone, shown.home_phone) == ("", "")
