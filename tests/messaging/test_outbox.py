"""What is on its way: by which way next, and after a kill."""

import threading
from collections.abc import Callable
from datetime import date, time, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.integrations.errors import Permanent, Temporary
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.calendar import at
from anjia.kernel.errors import NotFound
from anjia.kernel.work import acting
from anjia.messaging import commands, jobs, queries
from anjia.messaging.commands import outbox
from anjia.messaging.models import Attempt, Message
from anjia.messaging.rules import (
    LEASE,
    CannotSendAgain,
    Contact,
    Outcome,
    State,
)
from tests import make as basics
from tests.make import NOON
from tests.messaging import make
from tests.messaging.make import Post


class Killed(BaseException):
    """The process is gone: nothing after this line runs."""


def kill() -> None:
    raise Killed


class TestFallback:
    def test_43101_goes_on_by_sms_and_says_why(self, sender: Actor, post: Post) -> None:
        post.wechat.says["o-wang"] = Permanent("43101")
        message = make.message(sent_by=sender)
        post.go()

        rows = make.notifications(message)
        assert (rows["wechat"].state, rows["wechat"].code) == ("failed", "43101")
        assert rows["sms"].state == "sent"
        assert make.attempts(message) == [("wechat", "refused", "43101"), ("sms", "sent", "")]
        assert make.calls(message) == []

    def test_who_cannot_be_reached_is_on_tomorrows_call_list_with_words_to_say(
        self, sender: Actor, post: Post
    ) -> None:
        post.wechat.says["o-wang"] = Permanent("43101")
        post.sms.says["13800138000"] = Permanent("isv.MOBILE_NUMBER_ILLEGAL")
        message = make.message(sent_by=sender)
        post.go()

        today = acting(sender, NOON).ask(queries.call_list, Purpose.CONTRACT, day=date(2026, 3, 2))
        [line] = acting(sender, NOON).ask(queries.call_list, Purpose.CONTRACT, day=date(2026, 3, 3))
        assert today == []
        assert line.call.message_id == message.id
        assert (line.name, line.phone, list(line.tried)) == ("王秀英", "13800138000", ["wechat", "sms"])
        assert "4821" in line.call.words
        assert line.call.why == "isv.MOBILE_NUMBER_ILLEGAL"

    def test_who_has_no_telephone_of_her_own_kind_is_called_at_once_in_the_list(
        self, sender: Actor, post: Post
    ) -> None:
        message = make.message(sent_by=sender, contact=Contact(name="赵大爷"))

        assert list(make.notifications(message)) == ["phone"]
        assert make.calls(message)[0].day == date(2026, 3, 3)

    def test_is_on_todays_list_when_tomorrow_would_be_too_late(self, sender: Actor, database: None) -> None:
        message = make.message(
            sent_by=sender, contact=Contact(name="赵大爷"), needed_by=at(date(2026, 3, 3), time(8))
        )

        assert make.calls(message)[0].day == date(2026, 3, 2)

    def test_nobody_is_called_only_to_hear_that_somebody_has_arrived(self, sender: Actor, post: Post) -> None:
        post.wechat.says["o-wang"] = Permanent("43101")
        post.sms.says["13800138000"] = Permanent("isv.MOBILE_NUMBER_ILLEGAL")
        message = make.message(sent_by=sender, template_code="visit_arrived")
        post.go()

        assert make.calls(message) == []
        assert make.notifications(message)["sms"].state == "gave_up"

    def test_a_busy_vendor_is_asked_again_later_and_then_left_for_the_next_way(
        self, sender: Actor, post: Post
    ) -> None:
        post.wechat.says["o-wang"] = Temporary("-1")
        message = make.message(sent_by=sender)
        now = NOON
        for _ in range(5):
            post.go(now)
            now += timedelta(minutes=20)

        assert [outcome for channel, outcome, _ in make.attempts(message) if channel == "wechat"] == [
            "later"
        ] * 4
        assert make.notifications(message)["wechat"].state == "failed"
        assert make.notifications(message)["sms"].state == "sent"

    def test_a_report_that_it_did_not_arrive_takes_the_next_way(self, sender: Actor, post: Post) -> None:
        message = make.message(sent_by=sender)
        post.go()
        assert make.report(make.notifications(message)["wechat"], arrived=False)
        post.go()
        assert make.report(make.notifications(message)["sms"], arrived=True)

        assert {channel: row.state for channel, row in make.notifications(message).items()} == {
            "wechat": "failed",
            "sms": "delivered",
        }

    def test_a_report_heard_twice_or_too_late_changes_nothing(self, sender: Actor, post: Post) -> None:
        message = make.message(sent_by=sender)
        post.go()
        sent = make.notifications(message)["wechat"]
        assert not make.report(sent, arrived=False, vendor_id="of another try")
        assert make.report(sent, arrived=True)
        assert not make.report(sent, arrived=True)
        assert not make.report(sent, arrived=False)

        assert {channel: row.state for channel, row in make.notifications(message).items()} == {
            "wechat": "delivered"
        }

    def test_a_report_may_come_before_the_vendors_answer(self, sender: Actor, post: Post) -> None:
        message = make.message(sent_by=sender)
        post.wechat.dies = lambda: make.report(
            make.notifications(message)["wechat"], arrived=True, vendor_id="v"
        )
        post.go()

        assert make.notifications(message)["wechat"].state == "delivered"
        assert make.attempts(message) == [("wechat", "sent", "")]

    def test_is_passed_on_by_the_one_through_whom_she_is_reached(self, sender: Actor, post: Post) -> None:
        daughter = make.message(sent_by=sender, contact=Contact(name="女儿", phone="13900139000")).party_id
        elder = uuid4()
        acting(sender, NOON).do(
            commands.set_recipient, party_id=elder, name="张桂芳", ways=["through"], through_party_id=daughter
        )
        event_id = uuid4()
        message = make.message(sent_by=sender, party_id=elder, event_id=event_id)
        make.message(sent_by=sender, party_id=daughter, event_id=event_id)  # she is told as family anyway
        post.go()

        assert make.notifications(message)["through"].state == "sent"
        assert [to for _, to, _ in post.sms.taken] == ["13900139000"] * 2  # her own, and this event once

    def test_is_passed_on_when_her_own_telephone_will_not_do(self, sender: Actor, post: Post) -> None:
        daughter = make.message(sent_by=sender, contact=Contact(name="女儿", phone="13900139000")).party_id
        elder = uuid4()
        acting(sender, NOON).do(
            commands.set_recipient,
            party_id=elder,
            name="张桂芳",
            phone="13800138000",
            ways=["sms", "through"],
            through_party_id=daughter,
        )
        post.sms.says["13800138000"] = Permanent("isv.MOBILE_NUMBER_ILLEGAL")
        message = make.message(sent_by=sender, party_id=elder)
        post.go()

        rows = make.notifications(message)
        assert {channel: row.state for channel, row in rows.items()} == {"sms": "failed", "through": "sent"}
        assert [to for _, to, _ in post.sms.taken] == ["13900139000"] * 2  # her own before, and this one

    def test_takes_no_further_way_when_it_is_of_no_use_any_more(self, sender: Actor, post: Post) -> None:
        message = make.message(sent_by=sender, needed_by=NOON + timedelta(hours=1))
        post.go()
        row = make.notifications(message)["wechat"]
        make.report(row, arrived=False, now=NOON + timedelta(hours=2))

        assert {channel: row.state for channel, row in make.notifications(message).items()} == {
            "wechat": "gave_up"
        }


class TestPostman:
    def test_who_dies_after_sending_has_it_sent_once(self, sender: Actor, post: Post) -> None:
        message = make.message(sent_by=sender)
        post.wechat.dies = kill
        with pytest.raises(Killed):
            post.go()
        post.wechat.dies = None

        post.go()  # the lease still holds
        assert len(post.wechat.taken) == 1
        assert make.notifications(message)["wechat"].state == "queued"

        post.go(NOON + LEASE)
        assert len(post.wechat.arrived) == 1
        assert make.notifications(message)["wechat"].state == "sent"
        assert [outcome for _, outcome, _ in make.attempts(message)] == ["unsure", "sent"]

    def test_does_not_repeat_it_where_the_vendor_would_send_it_twice(self, sender: Actor, post: Post) -> None:
        post.wechat.dedupes = False
        message = make.message(sent_by=sender)
        post.wechat.dies = kill
        with pytest.raises(Killed):
            post.go()
        post.wechat.dies = None
        post.go(NOON + LEASE)
        post.go(NOON + LEASE)

        assert len(post.wechat.taken) == 1
        rows = make.notifications(message)
        assert (rows["wechat"].state, rows["wechat"].code, rows["sms"].state) == ("failed", "cut_off", "sent")

    def test_who_dies_before_sending_loses_nothing(self, sender: Actor, post: Post) -> None:
        message = make.message(sent_by=sender)
        [claim] = acting(system(), NOON).do(commands.claim_due)  # and then it is gone

        assert claim.notification_id == make.notifications(message)["wechat"].id
        post.go(NOON + LEASE)
        assert make.notifications(message)["wechat"].state == "sent"
        assert [outcome for _, outcome, _ in make.attempts(message)] == ["sent"]

    def test_who_dies_leaves_only_what_was_under_way_unsure(self, sender: Actor, post: Post) -> None:
        post.wechat.dedupes = False
        messages = [make.message(sent_by=sender) for _ in range(3)]
        post.wechat.dies = kill
        with pytest.raises(Killed):
            post.go()
        post.wechat.dies = None
        post.go(NOON + LEASE)

        rows = [make.notifications(message) for message in messages]
        assert sorted(row["wechat"].code for row in rows) == ["", "", "cut_off"]
        assert len(post.wechat.taken) == 3
        assert sum("sms" in row for row in rows) == 1

    def test_who_wakes_too_late_does_not_begin_what_another_has_taken_over(
        self, sender: Actor, post: Post
    ) -> None:
        message = make.message(sent_by=sender)
        [first] = acting(system(), NOON).do(commands.claim_due)
        [second] = acting(system(), NOON + LEASE).do(commands.claim_due)

        assert not acting(system(), NOON + LEASE).do(commands.begin, claim=first)
        assert acting(system(), NOON + LEASE).do(commands.begin, claim=second)
        assert not acting(system(), NOON + LEASE).do(commands.begin, claim=second)
        assert len(make.attempts(message)) == 1

    def test_one_that_breaks_the_postman_does_not_hold_up_those_behind_it(
        self, sender: Actor, post: Post
    ) -> None:
        make.message(sent_by=sender)
        behind = make.message(sent_by=sender, contact=Contact(name="李奶奶", wechat_openid="o-li"))
        post.wechat.says["o-wang"] = LookupError("a fault of ours")
        with pytest.raises(LookupError):
            post.go()
        post.go()

        assert make.notifications(behind)["wechat"].state == "sent"

    def test_does_not_lose_what_is_being_sent_however_long_the_round_takes(
        self, sender: Actor, post: Post
    ) -> None:
        present = [NOON]
        messages = [make.message(sent_by=sender, about_id=uuid4()) for _ in range(3)]
        taken_over, taken_back = [], []

        def answers_slowly() -> None:
            present[0] += 2 * LEASE / 5
            taken_over.extend(acting(system(), present[0]).do(commands.claim_due))
            [under_way] = [
                one for one in messages if make.notifications(one)["wechat"].tries and is_queued(one)
            ]
            asking = acting(sender, present[0])
            back = asking.do(commands.take_back, about_id=under_way.about_id, until=present[0])
            taken_back.append(back)

        def is_queued(message: Message) -> bool:
            return make.notifications(message)["wechat"].state == "queued"

        post.wechat.dies = answers_slowly
        jobs.empty_outbox(lambda: present[0])

        assert (taken_over, taken_back) == ([], [0, 0, 0])
        assert {make.notifications(message)["wechat"].state for message in messages} == {"sent"}
        assert present[0] > NOON + LEASE

    def test_does_not_send_what_became_too_late_during_the_round(self, sender: Actor, post: Post) -> None:
        present = [NOON]
        make.message(sent_by=sender, now=NOON - timedelta(minutes=1))
        late = make.message(sent_by=sender, needed_by=NOON + timedelta(minutes=1))

        def answers_slowly() -> None:
            present[0] += LEASE

        post.wechat.dies = answers_slowly
        jobs.empty_outbox(lambda: present[0])

        row = make.notifications(late)["wechat"]
        assert (row.state, row.code, len(post.wechat.taken)) == ("gave_up", "too_late", 1)

    def test_writes_down_what_was_taken_though_the_next_cannot_be_begun(
        self, sender: Actor, post: Post, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = make.message(sent_by=sender, now=NOON - timedelta(minutes=1))
        then = make.message(sent_by=sender)

        def breaks(**_said: object) -> Attempt:
            raise LookupError("a fault of ours")

        post.wechat.dies = lambda: monkeypatch.setattr(outbox, "Attempt", breaks)
        with pytest.raises(LookupError):
            post.go()

        assert make.notifications(first)["wechat"].state == "sent"
        waiting = make.notifications(then)["wechat"]
        assert (waiting.state, waiting.tries, waiting.lease_until) == ("queued", 0, None)

    def test_commits_once_for_each_message(self, sender: Actor, post: Post) -> None:
        messages = [make.message(sent_by=sender) for _ in range(8)]
        with CaptureQueriesContext(connection) as asked:
            post.go()

        assert {make.notifications(message)["wechat"].state for message in messages} == {"sent"}
        commits = [one for one in asked.captured_queries if one["sql"] == "COMMIT"]
        assert len(commits) <= len(messages) + 3, (
            "one to claim them, one for the last, one that finds no more"
        )

    def test_is_held_up_by_nothing_that_may_not_go_out(self, sender: Actor, post: Post) -> None:
        night = at(date(2026, 3, 2), time(20, 59))
        for _ in range(15):
            make.message(sent_by=sender, now=night)
        make.message(sent_by=sender, now=night, urgent=True)
        post.go(night + timedelta(minutes=2))

        assert len(post.wechat.taken) == 1

    def test_hands_nothing_to_two_at_once(self, sender: Actor, post: Post) -> None:
        messages = [make.message(sent_by=sender) for _ in range(12)]
        start = threading.Barrier(4, timeout=60)

        def work(go: Callable[[], None]) -> None:
            try:
                start.wait()
                go()
            finally:
                connection.close()

        workers = [threading.Thread(target=work, args=(post.go,)) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

        mine = {str(make.notifications(message)["wechat"].id) for message in messages}
        sent = [message_id for message_id, _, _ in post.wechat.taken if message_id in mine]
        assert sorted(sent) == sorted(mine)

    def test_a_late_answer_of_a_worker_thought_dead_changes_nothing(self, sender: Actor, post: Post) -> None:
        message = make.message(sent_by=sender)
        [first] = acting(system(), NOON).do(commands.claim_due)
        assert acting(system(), NOON).do(commands.begin, claim=first)
        post.go(NOON + LEASE)
        acting(system(message.organization_id), NOON).do(
            commands.note_outcome,
            notification_id=first.notification_id,
            attempt=first.attempt,
            outcome=Outcome.REFUSED,
            code="43101",
        )

        assert list(make.notifications(message)) == ["wechat"]
        assert make.notifications(message)["wechat"].state == "sent"


class TestSendAgain:
    def test_tries_once_more_what_failed(self, sender: Actor, post: Post) -> None:
        post.wechat.says["o-wang"] = Permanent("43101")
        message = make.message(sent_by=sender)
        post.go()
        post.wechat.says.clear()
        acting(sender, NOON).do(commands.send_again, notification_id=make.notifications(message)["wechat"].id)
        post.go()

        assert make.notifications(message)["wechat"].state == "sent"

    def test_refuses_what_was_sent_and_hides_what_is_not_ours(self, sender: Actor, post: Post) -> None:
        message = make.message(sent_by=sender)
        post.go()
        row = make.notifications(message)["wechat"]

        with pytest.raises(CannotSendAgain):
            acting(sender, NOON).do(commands.send_again, notification_id=row.id)
        with pytest.raises(NotFound):
            acting(basics.actor("messaging.call"), NOON).do(commands.send_again, notification_id=row.id)


class TestOutboxPage:
    def test_shows_state_and_every_try(self, sender: Actor, post: Post) -> None:
        post.wechat.says["o-wang"] = Permanent("43101")
        make.message(sent_by=sender)
        post.go()

        page = acting(sender, NOON).ask(queries.outbox, Purpose.CONTRACT)
        assert [(line.notification.channel, line.notification.state) for line in page.items] == [
            ("sms", "sent"),
            ("wechat", "failed"),
        ]
        assert [attempt.code for attempt in page.items[1].attempts] == ["43101"]
        counts = acting(sender, NOON).ask(queries.outbox_counts, Purpose.CONTRACT)
        assert (counts["sent"], counts["failed"], counts["queued"]) == (1, 1, 0)

    def test_says_how_far_the_telling_has_come(self, sender: Actor, post: Post) -> None:
        message = make.message(sent_by=sender)
        asked = {"party_id": message.party_id, "event_id": message.event_id}

        assert acting(sender, NOON).ask(queries.reached, Purpose.CONTRACT, **asked) is State.QUEUED
        post.go()
        assert acting(sender, NOON).ask(queries.reached, Purpose.CONTRACT, **asked) is State.SENT
