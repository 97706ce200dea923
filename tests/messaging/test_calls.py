from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from anjia.integrations.errors import Permanent
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.messaging import commands, jobs, queries
from anjia.messaging.models import Call, Message
from anjia.messaging.rules import CallClosed, CallOutcome, CallUnsound, Contact
from tests import make as basics
from tests.make import NOON
from tests.messaging import make
from tests.messaging.make import Post

TOMORROW = date(2026, 3, 3)


@pytest.fixture
def desk(database: None) -> Actor:
    return basics.actor("messaging.send", "messaging.call")


@pytest.fixture
def call(desk: Actor) -> Call:
    return make.calls(make.message(sent_by=desk, contact=Contact(name="赵大爷")))[0]


def on_list(desk: Actor, day: date) -> list[object]:
    return [line.call.id for line in acting(desk, NOON).ask(queries.call_list, Purpose.CONTRACT, day=day)]


def closed(desk: Actor) -> queries.CallLine:
    """Return the one call that was closed."""
    start, end = NOON - timedelta(days=7), NOON + timedelta(days=7)
    [line] = acting(desk, NOON).ask(queries.calls_closed_on, Purpose.CONTRACT, start=start, end=end)
    return line


class TestOwnCall:
    """Somebody has rung without being asked to by a list: where a vendor sends no receipts nothing else says so."""

    @pytest.fixture
    def message(self, desk: Actor) -> Message:
        return make.message(sent_by=desk, resident_id=uuid4())

    def is_told(self, desk: Actor, message: Message) -> bool:
        [line] = acting(desk, NOON).ask(queries.tellings, Purpose.CONTRACT, about_id=message.about_id)
        return line.is_told

    def test_tells_what_a_vendor_has_taken_and_says_nothing_of(
        self, desk: Actor, message: Message, post: Post
    ) -> None:
        post.go()
        assert make.notifications(message)["wechat"].state == "sent"
        assert not self.is_told(desk, message)

        acting(desk, NOON).do(commands.log_own_call, message_id=message.id, outcome=CallOutcome.REACHED)

        assert self.is_told(desk, message)
        assert closed(desk).attempts[0].by == desk.user_id

    def test_that_reached_nobody_is_on_the_list_of_the_day(self, desk: Actor, message: Message) -> None:
        acting(desk, NOON).do(commands.log_own_call, message_id=message.id, outcome=CallOutcome.NO_ANSWER)
        assert len(on_list(desk, date(2026, 3, 2))) == 1
        assert not self.is_told(desk, message)

    def test_is_put_on_the_list_once(self, desk: Actor, message: Message) -> None:
        found = {acting(desk, NOON).do(commands.put_on_list, message_id=message.id).id for _ in range(2)}
        assert on_list(desk, date(2026, 3, 2)) == list(found)

    def test_is_not_made_again_to_whom_it_was_said(self, desk: Actor, message: Message) -> None:
        acting(desk, NOON).do(commands.log_own_call, message_id=message.id, outcome=CallOutcome.REACHED)
        for again in (commands.put_on_list, commands.log_own_call):
            says = {"outcome": CallOutcome.REACHED} if again is commands.log_own_call else {}
            with pytest.raises(CallClosed):
                acting(desk, NOON).do(again, message_id=message.id, **says)

    def test_is_made_again_after_a_wrong_number(self, desk: Actor, message: Message) -> None:
        acting(desk, NOON).do(
            commands.log_own_call,
            message_id=message.id,
            outcome=CallOutcome.WRONG_NUMBER,
            next_step="问邻居",
        )
        acting(desk, NOON).do(commands.log_own_call, message_id=message.id, outcome=CallOutcome.REACHED)
        assert self.is_told(desk, message)

    def test_is_no_other_houses_nor_a_caregivers_business(self, desk: Actor, message: Message) -> None:
        to_a_nurse = make.message(sent_by=desk)
        stranger = basics.actor("messaging.send", "messaging.call")
        for who, what in ((stranger, message), (desk, to_a_nurse)):
            with pytest.raises(NotFound):
                acting(who, NOON).do(commands.put_on_list, message_id=what.id)
        assert acting(stranger, NOON).ask(queries.tellings, Purpose.CONTRACT, about_id=message.about_id) == []

    def test_is_for_who_calls(self, desk: Actor, message: Message) -> None:
        nobody = basics.actor(organization_id=desk.organization_id)
        with pytest.raises(NotAllowed):
            acting(nobody, NOON).do(commands.put_on_list, message_id=message.id)
        with pytest.raises(NotAllowed):
            acting(nobody, NOON).ask(queries.tellings, Purpose.CONTRACT, about_id=message.about_id)

    def test_leaves_the_next_way_nothing_to_do(self, desk: Actor, message: Message, post: Post) -> None:
        """WeChat refuses after she was put on the list: she is not put there twice."""
        acting(desk, NOON).do(commands.put_on_list, message_id=message.id)
        post.wechat.says["o-wang"] = Permanent("43101")
        post.sms.says["13800138000"] = Permanent("isv.MOBILE_NUMBER_ILLEGAL")
        post.go()
        assert len(make.calls(message)) == 1


class TestLogCall:
    def test_keeps_every_attempt_and_ends_when_she_is_reached(self, desk: Actor, call: Call) -> None:
        morning = NOON + timedelta(days=1)
        acting(desk, morning).do(commands.log_call, call_id=call.id, outcome=CallOutcome.NO_ANSWER)
        assert on_list(desk, TOMORROW) == [call.id]
        acting(desk, morning).do(commands.log_call, call_id=call.id, outcome=CallOutcome.REACHED)

        assert on_list(desk, TOMORROW) == []
        line = closed(desk)
        assert [attempt.outcome for attempt in line.attempts] == ["no_answer", "reached"]
        assert line.call.state == "reached"

    def test_says_in_the_outbox_that_it_was_said(self, desk: Actor) -> None:
        message = make.message(sent_by=desk, contact=Contact(name="赵大爷"))
        acting(desk, NOON).do(
            commands.log_call, call_id=make.calls(message)[0].id, outcome=CallOutcome.REACHED
        )

        assert make.notifications(message)["phone"].state == "delivered"

    def test_who_was_not_reached_is_still_there_the_day_after(self, desk: Actor, call: Call) -> None:
        acting(desk, NOON).do(commands.log_call, call_id=call.id, outcome=CallOutcome.NO_ANSWER)

        assert on_list(desk, TOMORROW + timedelta(days=1)) == [call.id]

    def test_moves_to_the_day_she_asked_for(self, desk: Actor, call: Call) -> None:
        friday = date(2026, 3, 6)
        acting(desk, NOON).do(commands.log_call, call_id=call.id, outcome=CallOutcome.LATER, again_on=friday)

        assert on_list(desk, TOMORROW) == []
        assert on_list(desk, friday) == [call.id]

    @pytest.mark.parametrize(
        ("outcome", "said"),
        [
            (CallOutcome.LATER, {}),
            (CallOutcome.LATER, {"again_on": date(2026, 3, 1)}),
            (CallOutcome.WRONG_NUMBER, {"next_step": "  "}),
        ],
    )
    def test_refuses_to_leave_the_next_step_open(
        self, desk: Actor, call: Call, outcome: CallOutcome, said: dict[str, Any]
    ) -> None:
        with pytest.raises(CallUnsound):
            acting(desk, NOON).do(commands.log_call, call_id=call.id, outcome=outcome, **said)

    def test_a_wrong_number_closes_it_with_what_is_done_next(self, desk: Actor, call: Call) -> None:
        acting(desk, NOON).do(
            commands.log_call, call_id=call.id, outcome=CallOutcome.WRONG_NUMBER, next_step="问村医要新号码"
        )

        line = closed(desk)
        assert (line.call.state, line.attempts[0].next_step) == ("wrong_number", "问村医要新号码")

    def test_tells_the_second_who_closes_it_that_it_is_closed(self, desk: Actor, call: Call) -> None:
        acting(desk, NOON).do(commands.log_call, call_id=call.id, outcome=CallOutcome.REACHED)

        with pytest.raises(CallClosed):
            acting(desk, NOON).do(commands.log_call, call_id=call.id, outcome=CallOutcome.REACHED)

    def test_is_for_the_own_house_and_those_who_may(self, desk: Actor, call: Call) -> None:
        with pytest.raises(NotFound):
            acting(basics.actor("messaging.call"), NOON).do(
                commands.log_call, call_id=call.id, outcome=CallOutcome.REACHED
            )
        with pytest.raises(NotAllowed):
            acting(basics.actor(organization_id=desk.organization_id), NOON).ask(
                queries.call_list, Purpose.CONTRACT, day=TOMORROW
            )

    def test_orders_the_oldest_first(self, desk: Actor) -> None:
        ids = [
            make.calls(
                make.message(sent_by=desk, now=NOON + timedelta(days=days), contact=Contact(name="赵"))
            )[0].id
            for days in (2, 0, 1)
        ]

        assert on_list(desk, date(2026, 3, 9)) == [ids[1], ids[2], ids[0]]


class TestDropCall:
    def test_happens_by_itself_when_nobody_needs_to_hear_it_any_more(self, desk: Actor) -> None:
        visit_ends = NOON + timedelta(hours=2)
        message = make.message(sent_by=desk, contact=Contact(name="赵大爷"), needed_by=visit_ends)
        kept = make.message(sent_by=desk, contact=Contact(name="赵大爷"))
        jobs.drop_calls(visit_ends - timedelta(seconds=1))
        assert make.calls(message)[0].state == "open"

        jobs.drop_calls(visit_ends)

        assert make.calls(message)[0].state == "dropped"
        assert make.notifications(message)["phone"].state == "gave_up"
        assert make.calls(kept)[0].state == "open"
        with pytest.raises(CallClosed):
            acting(desk, NOON).do(
                commands.log_call, call_id=make.calls(message)[0].id, outcome=CallOutcome.REACHED
            )


class TestTakeBack:
    def test_ends_calls_and_what_waits_and_leaves_the_rest(self, desk: Actor) -> None:
        visit_id = uuid4()
        to_call = make.message(sent_by=desk, contact=Contact(name="赵大爷"), about_id=visit_id)
        waits = make.message(sent_by=desk, about_id=visit_id)
        later = make.message(sent_by=desk, about_id=visit_id, now=NOON + timedelta(minutes=5))
        other = make.message(sent_by=desk)
        acting(desk, NOON).do(commands.take_back, about_id=visit_id, until=NOON)

        assert make.calls(to_call)[0].state == "dropped"
        assert make.notifications(waits)["wechat"].state == "gave_up"
        assert make.notifications(later)["wechat"].state == "queued"
        assert make.notifications(other)["wechat"].state == "queued"

    def test_does_not_stop_what_is_being_sent(self, desk: Actor, post: Post) -> None:
        message = make.message(sent_by=desk)
        [claim] = acting(system(), NOON).do(commands.claim_due)
        acting(system(), NOON).do(commands.begin, claim=claim)
        acting(desk, NOON).do(commands.take_back, about_id=message.about_id, until=NOON)

        assert make.notifications(message)["wechat"].state == "queued"

    def test_stops_what_waits_behind_others_that_are_being_sent(self, desk: Actor, post: Post) -> None:
        message = make.message(sent_by=desk)
        [claim] = acting(system(), NOON).do(commands.claim_due)
        acting(desk, NOON).do(commands.take_back, about_id=message.about_id, until=NOON)

        assert make.notifications(message)["wechat"].state == "gave_up"
        assert not acting(system(), NOON).do(commands.begin, claim=claim)
