from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.integrations.errors import Permanent
from anjia.kernel.actors import Actor
from anjia.kernel.errors import NotAllowed
from anjia.messaging import console
from anjia.messaging.rules import Contact
from tests import make as basics
from tests.messaging import make
from tests.messaging.make import Post
from tests.pages import View, open_page, post_form


@pytest.fixture
def desk() -> Actor:
    return basics.actor("messaging.send", "messaging.call")


class TestCallList:
    def test_shows_whom_to_call_what_to_say_and_why(self, desk: Actor, post: Post) -> None:
        post.wechat.says["o-wang"] = Permanent("43101")
        post.sms.says["13800138000"] = Permanent("isv.MOBILE_NUMBER_ILLEGAL")
        message = make.message(sent_by=desk)
        post.go()

        page = open_page(console.call_list, desk, "/?day=2026-03-03")
        assert "王秀英" in page
        assert "暗号是 4821" in page
        assert "微信、短信没有送到：不是手机号，收不了短信" in page

        call = make.calls(message)[0]
        assert post_form(console.log_call, desk, {"outcome": "reached"}, call_id=call.id).status_code == 303
        assert "王秀英" not in open_page(console.call_list, desk, "/?day=2026-03-03").split("今天打完的")[0]

    def test_does_the_same_form_once(self, desk: Actor, post: Post) -> None:
        message = make.message(sent_by=desk, contact=Contact(name="赵"))
        form = {"outcome": "no_answer", "idempotency_key": "k1"}
        for _ in range(2):
            post_form(console.log_call, desk, form, call_id=make.calls(message)[0].id)

        assert open_page(console.call_list, desk, "/?day=2026-03-03").count("没人接</li>") == 1

    def test_is_for_who_may_call(self, database: None) -> None:
        with pytest.raises(NotAllowed):
            open_page(console.call_list, basics.actor())


class TestOutbox:
    def test_shows_states_tries_and_a_way_to_try_again(self, desk: Actor, post: Post) -> None:
        post.wechat.says["o-wang"] = Permanent("43101")
        message = make.message(sent_by=desk)
        post.go()

        page = open_page(console.outbox, desk)
        assert "微信里没有点允许通知" in page
        assert "已发出" in page
        assert page.count("再发一次</button>") == 1

        row = make.notifications(message)["wechat"]
        assert post_form(console.send_again, desk, {}, notification_id=row.id).status_code == 303
        assert make.notifications(message)["wechat"].state == "queued"

    def test_can_be_narrowed_to_a_state(self, desk: Actor, post: Post) -> None:
        make.message(sent_by=desk)

        assert "王秀英" in open_page(console.outbox, desk, "/?state=queued")
        assert "王秀英" not in open_page(console.outbox, desk, "/?state=failed")
        assert "王秀英" in open_page(console.outbox, desk, "/?state=nonsense")


class TestWhoDoesNotKnowYet:
    def test_is_told_by_one_click_from_the_page(self, desk: Actor, post: Post) -> None:
        message = make.message(sent_by=desk, resident_id=uuid4())
        post.go()
        where: Any = {"visit_id": message.about_id}
        page = open_page(console.told, desk, **where)
        assert "13800138000" in page
        assert "暗号是 4821" in page
        assert "已发出，没有回执" in page
        assert "再发一次" not in page  # it has gone out: to send it again is of no use

        form = {"visit_id": str(message.about_id)}
        listed = post_form(console.to_list, desk, form, message_id=message.id)
        assert listed["Location"] == f"/console/messaging/visits/{message.about_id}/told"
        assert "在电话清单上" in open_page(console.told, desk, **where)
        rung = post_form(console.rung, desk, form | {"outcome": "reached"}, message_id=message.id)
        assert rung["Location"] == listed["Location"]
        after = open_page(console.told, desk, **where)
        assert "都听到了" in after
        assert "王秀英" in after.partition("听到了的")[2]

    def test_is_sent_it_again_where_that_may_help(self, desk: Actor, post: Post) -> None:
        post.wechat.says["o-wang"] = Permanent("43101")
        message = make.message(sent_by=desk, resident_id=uuid4())
        post.go()
        assert "再发一次" in open_page(console.told, desk, visit_id=message.about_id)
        row = make.notifications(message)["wechat"]
        form = {"visit_id": str(message.about_id)}
        answer = post_form(console.send_again, desk, form, notification_id=row.id)
        assert answer["Location"].endswith(f"{message.about_id}/told")

    def test_asks_as_much_for_many_as_for_one(self, desk: Actor) -> None:
        counts = []
        open_page(console.told, desk, visit_id=uuid4())
        for number in (1, 5):
            about_id = uuid4()
            for _ in range(number):
                make.message(sent_by=desk, resident_id=uuid4(), about_id=about_id)
            with CaptureQueriesContext(connection) as asked:
                open_page(console.told, desk, visit_id=about_id)
            counts.append(len(asked))
        assert counts[0] == counts[1]

    def test_is_for_who_may_call(self, database: None) -> None:
        with pytest.raises(NotAllowed):
            open_page(console.told, basics.actor(), visit_id=uuid4())


class TestRecipient:
    def test_is_changed_by_the_desk_and_holds(self, desk: Actor, post: Post) -> None:
        about = uuid4()
        message = make.message(sent_by=desk, resident_id=about)
        daughter = make.message(
            sent_by=desk, resident_id=about, contact=Contact(name="女儿", phone="13900139000")
        )
        assert "女儿" in open_page(console.recipient, desk, party_id=message.party_id)

        form = {
            "ways": ["through", "sms"],
            "phone": "13700137000",
            "through": str(daughter.party_id),
            "quiet_from": "20:00",
            "quiet_until": "08:00",
            "language": "zh",
        }
        assert post_form(console.recipient, desk, form, party_id=message.party_id).status_code == 303
        again = make.message(sent_by=desk, party_id=message.party_id)
        assert list(make.notifications(again)) == ["through"]

    def test_says_what_leads_nowhere(self, desk: Actor, post: Post) -> None:
        message = make.message(sent_by=desk, contact=Contact(name="赵大爷"))
        form = {"ways": ["wechat"], "quiet_from": "21:00", "quiet_until": "07:00"}

        response = post_form(console.recipient, desk, form, party_id=message.party_id)
        assert response.status_code == 422
        assert "选的方式里，有一种还没有填号码或联系人。" in response.content.decode()
        form = {"ways": ["phone"], "phone": "010-1", "quiet_from": "late", "quiet_until": "07:00"}
        assert post_form(console.recipient, desk, form, party_id=message.party_id).status_code == 422


class TestQueries:
    def test_are_as_many_for_ten_as_for_one(self, desk: Actor, post: Post) -> None:
        def asked(view: View) -> int:
            with CaptureQueriesContext(connection) as captured:
                open_page(view, desk, "/?day=2026-03-03")
            return len(captured)

        counts = []
        open_page(console.call_list, desk)  # what is looked up once per process is known now
        for number in (1, 9):
            for _ in range(number):
                make.message(sent_by=desk, contact=Contact(name="赵"))
            counts.append((asked(console.call_list), asked(console.outbox)))

        assert counts[0] == counts[1]
