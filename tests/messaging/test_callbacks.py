"""What vendors report of messages: from the stand-in that speaks Aliyun's wire format, over HTTP, to the outbox."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client

from anjia.integrations.sms.messages import SmsMessages
from anjia.integrations.sms.messages_standin import Local
from anjia.integrations.sms.standin import Standin
from anjia.integrations.wechat.events import signature_of
from anjia.integrations.wechat.messages_standin import Local as Wechat
from anjia.kernel.actors import Actor
from anjia.messaging import jobs
from anjia.messaging.models import Message
from anjia.messaging.rules import Contact
from tests import make as basics
from tests.messaging import make
from tests.messaging.make import Post

REPORTS = "/callbacks/sms/reports/"


@pytest.fixture
def aliyun(post: Post, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Standin]:
    """Send by the real client to the stand-in."""
    settings.SMS_REPORT_SECRET = "s3cret"
    with Standin(key_id="id", key_secret="s", sign_name="安家", template_code="SMS_7") as vendor:
        client = SmsMessages("id", "s", "安家", {"visit_promised": "SMS_7"}, vendor.url)
        monkeypatch.setattr(jobs, "carrier", lambda _channel: client)
        yield vendor


def sent(sender: Actor, phone: str) -> Message:
    message = make.message(sent_by=sender, contact=Contact(name="王秀英", phone=phone))
    jobs.empty_outbox(lambda: basics.NOON)
    return message


def send_what_others_left(monkeypatch: pytest.MonkeyPatch, vendor: Any) -> None:
    """The outbox is the whole database's: what is counted here is ours."""
    monkeypatch.setattr(jobs, "carrier", lambda _channel: vendor)
    jobs.empty_outbox(lambda: basics.NOON)


class TestSmsReports:
    def test_say_what_arrived_and_send_what_did_not_on_the_next_way(
        self, sender: Actor, aliyun: Standin
    ) -> None:
        us = httpx.WSGITransport(app=WSGIHandler())
        aliyun.lost.add("13700137000")
        arrives, lost = sent(sender, "13800138000"), sent(sender, "13700137000")
        assert aliyun.report(f"http://localhost{REPORTS}wrong", transport=us) == 0
        assert aliyun.report(f"http://localhost{REPORTS}s3cret", transport=us) == 2

        assert make.notifications(arrives)["sms"].state == "delivered"
        rows = make.notifications(lost)
        assert (rows["sms"].state, rows["sms"].code) == ("failed", "UNDELIV")
        assert [call.state for call in make.calls(lost)] == ["open"]


class TestTheDemosStandIn:
    """It sends nothing, and reports by HTTP in Aliyun's words, to the address where Aliyun would."""

    @pytest.fixture
    def local(self, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Local:
        settings.SMS_REPORT_SECRET = "s3cret"
        send_what_others_left(monkeypatch, Local(tmp_path / "others"))
        vendor = Local(tmp_path / "ours")
        monkeypatch.setattr(jobs, "carrier", lambda _channel: vendor)
        return vendor

    def reported(self, local: Local, *, later: float, secret: str = "s3cret") -> int:
        us = httpx.WSGITransport(app=WSGIHandler())
        return local.report(f"http://localhost{REPORTS}{secret}", at=time.time() + later, transport=us)

    def test_reports_what_arrived_and_what_did_not(self, sender: Actor, local: Local) -> None:
        arrives, lost = sent(sender, "13800138000"), sent(sender, "13800138009")
        before = make.notifications(arrives)["sms"].state
        assert self.reported(local, later=30, secret="wrong") == 0

        assert self.reported(local, later=30) == 2

        assert (before, make.notifications(arrives)["sms"].state) == ("sent", "delivered")
        rows = make.notifications(lost)
        assert (rows["sms"].state, rows["sms"].code) == ("failed", "UNDELIV")
        assert [call.state for call in make.calls(lost)] == ["open"]

    def test_reports_of_some_late_and_of_some_twice(self, sender: Actor, local: Local) -> None:
        late, twice = sent(sender, "13800138007"), sent(sender, "13800138005")

        soon = self.reported(local, later=10), make.notifications(late)["sms"].state
        again = self.reported(local, later=70), make.notifications(twice)["sms"].state
        at_last = self.reported(local, later=200), make.notifications(late)["sms"].state

        assert (soon, again, at_last) == ((1, "sent"), (1, "delivered"), (1, "delivered"))
        assert self.reported(local, later=1000) == 0


class TestWechatEvents:
    """What WeChat pushes of subscribe messages, as the demo's stand-in does: signed, by HTTP, in its JSON."""

    PUSHES = "/callbacks/wechat/events"

    @pytest.fixture
    def local(self, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Wechat:
        settings.WECHAT_PUSH_TOKEN = "t0ken"
        send_what_others_left(monkeypatch, Wechat(tmp_path / "others"))
        vendor = Wechat(tmp_path / "ours")
        monkeypatch.setattr(jobs, "carrier", lambda _channel: vendor)
        return vendor

    def sent(self, sender: Actor, openid: str) -> Message:
        contact = Contact(name="王秀英", phone="13800138000", wechat_openid=openid)
        message = make.message(sent_by=sender, contact=contact)
        jobs.empty_outbox(lambda: basics.NOON)
        return message

    def pushed(self, local: Wechat, *, token: str = "t0ken") -> int:
        us = httpx.WSGITransport(app=WSGIHandler())
        address = f"http://localhost{self.PUSHES}"
        return local.push(address, token=token, at=time.time() + 1000, transport=us)

    def test_say_what_arrived_and_send_what_did_not_on_the_next_way(
        self, sender: Actor, local: Wechat
    ) -> None:
        arrives, blocked = self.sent(sender, "o-wang"), self.sent(sender, "o-wang-blocked")
        before = make.notifications(arrives)["wechat"].state
        assert self.pushed(local, token="another") == 0

        assert self.pushed(local) >= 2  # some twice

        assert (before, make.notifications(arrives)["wechat"].state) == ("sent", "delivered")
        rows = make.notifications(blocked)
        assert (rows["wechat"].state, rows["wechat"].code) == ("failed", "user block")
        assert "sms" in rows
        assert self.pushed(local) == 0

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ('{"Event": "subscribe_msg_change_event", "List": {}}', 200),
            ('{"Event": "subscribe_msg_sent_event", "List": [{"MsgID": 1, "ErrorCode": 0}]}', 200),
            ('{"Event": "subscribe_msg_sent_event"}', 400),
            ("<xml></xml>", 400),
        ],
    )
    def test_pass_over_what_is_not_ours_and_refuse_what_is_no_push(
        self, settings: Any, body: str, status: int, database: None
    ) -> None:
        settings.WECHAT_PUSH_TOKEN = "t0ken"
        said = {"timestamp": "1", "nonce": "n", "signature": signature_of("t0ken", "1", "n")}
        address = f"{self.PUSHES}?{urlencode(said)}"

        assert Client().post(address, body, content_type="application/json").status_code == status

    def test_show_wechat_whose_address_it_is(self, settings: Any) -> None:
        said = {"timestamp": "1", "nonce": "n", "signature": signature_of("t0ken", "1", "n"), "echostr": "42"}
        settings.WECHAT_PUSH_TOKEN = "t0ken"
        ours = Client().get(self.PUSHES, said)
        settings.WECHAT_PUSH_TOKEN = ""  # nobody has set one: nobody is heard
        unset = Client().get(self.PUSHES, said | {"signature": signature_of("", "1", "n")})

        assert (ours.status_code, ours.content, unset.status_code) == (200, b"42", 403)


def posted(secret: str, said: Any) -> int:
    body = said if isinstance(said, str) else json.dumps(said)
    return Client().post(f"{REPORTS}{secret}", body, content_type="application/json").status_code


class TestTheAddress:
    def test_is_nobodys_who_does_not_know_the_secret(self, settings: Any, database: None) -> None:
        settings.SMS_REPORT_SECRET = "s3cret"
        assert posted("other", []) == 403
        assert posted("s3cret", []) == 200
        settings.SMS_REPORT_SECRET = ""
        assert posted("s3cret", []) == 403

    @pytest.mark.parametrize("said", ["", "{", "7", {"code": 0}, [1], [{"success": True}]])
    def test_refuses_what_is_no_report(self, settings: Any, said: Any, database: None) -> None:
        settings.SMS_REPORT_SECRET = "s3cret"
        assert posted("s3cret", said) == 400

    @pytest.mark.parametrize("out_id", ["", "no id", str(UUID(int=1))])
    def test_passes_over_what_is_not_ours(self, settings: Any, out_id: str, database: None) -> None:
        settings.SMS_REPORT_SECRET = "s3cret"
        assert posted("s3cret", [{"biz_id": "1", "out_id": out_id, "success": True}]) == 200
