"""Our client of subscribe messages against its stand-in, and the stand-in against a client that somebody else wrote."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import override_settings
from wechatpy import WeChatClient as IndependentClient
from wechatpy.exceptions import WeChatClientException

from anjia.integrations.errors import Misconfigured, NotConnected, Permanent, Temporary
from anjia.integrations.sms import messages as sms
from anjia.integrations.sms import messages_standin as sms_standin
from anjia.integrations.sms.messages import SmsMessages
from anjia.integrations.sms.standin import Standin as Aliyun
from anjia.integrations.wechat import messages, messages_standin
from anjia.integrations.wechat.messages import Token, WechatMessages, short
from anjia.integrations.wechat.messages_standin import Standin

FIELDS = {"thing1": "王秀英家上门", "time2": "2026年3月3日 09:00", "thing3": "暗号 4821"}


@pytest.fixture
def wechat() -> Standin:
    WechatMessages.tokens.clear()
    return Standin(subscribed={"o-daughter"}, templates={"T1"})


def send(wechat: Standin, *, to: str = "o-daughter", **changes: Any) -> str:
    client = WechatMessages("wx1", changes.pop("secret", "s"), {"booked": "T1"}, transport=wechat.transport)
    sound: dict[str, Any] = {"template": "booked", "words": "", "values": {}, "fields": FIELDS}
    return client.send(message_id="m1", to=to, **sound | changes)


class TestWechatMessages:
    def test_arrive_with_all_fields(self, wechat: Standin) -> None:
        assert send(wechat)
        assert wechat.sent == [("o-daughter", "T1", FIELDS)]

    def test_open_a_page_that_there_is(self) -> None:
        pages = Path(__file__).parents[2] / "clients/src/pages.json"
        assert f'"path": "{messages.PAGE}"' in pages.read_text("utf-8")

    def test_cut_what_is_too_long_instead_of_losing_it_all(self, wechat: Standin) -> None:
        send(wechat, fields={"thing1": "某" * 40})

        assert len(wechat.sent[0][2]["thing1"]) == 20
        assert short("phrase2", "一二三四五六") == "一二三四…"

    def test_43101_is_for_good(self, wechat: Standin) -> None:
        with pytest.raises(Permanent) as refused:
            send(wechat, to="o-somebody")
        assert refused.value.code == "43101"
        assert not isinstance(refused.value, Misconfigured)

    @pytest.mark.parametrize(
        ("changes", "kind", "code"),
        [
            ({"to": "nobody"}, Permanent, "40003"),
            ({"template": "moved"}, Misconfigured, "no_template"),
            ({"fields": {"thing1": ""}}, Misconfigured, "47003"),
            ({"secret": "wrong"}, Misconfigured, "40125"),
        ],
    )
    def test_sort_refusals(self, wechat: Standin, changes: dict[str, Any], kind: type, code: str) -> None:
        with pytest.raises(kind) as refused:
            send(wechat, **changes)
        assert refused.value.code == code  # type: ignore[attr-defined]

    def test_ask_for_a_new_token_when_the_old_one_is_gone_and_else_keep_it(self, wechat: Standin) -> None:
        send(wechat)
        send(wechat)
        assert len(wechat.tokens) == 1
        wechat.forget_tokens()
        send(wechat)

        assert len(wechat.sent) == 3

    def test_a_busy_wechat_is_asked_later(self, wechat: Standin) -> None:
        wechat.is_busy = True
        with pytest.raises(Temporary):
            send(wechat)

    def test_nothing_that_is_raised_holds_a_token_or_an_address(self, wechat: Standin) -> None:
        def broken(request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError(f"cannot reach {request.url}")

        client = WechatMessages("wx9", "s", {"booked": "T1"}, transport=httpx.MockTransport(broken))
        WechatMessages.tokens[(client.api, "wx9")] = Token(text="secret-token", good_until=float("inf"))
        with pytest.raises(Temporary) as refused:
            client.send(
                message_id="m", to="o-daughter", template="booked", words="", values={}, fields=FIELDS
            )
        assert str(refused.value) == "ConnectError"

    def test_need_an_app_of_our_own(self) -> None:
        with override_settings(WECHAT_APP_ID="", WECHAT_APP_SECRET=""), pytest.raises(NotConnected):
            messages.from_settings()
        with override_settings(SMS_ACCESS_KEY_ID="", SMS_ACCESS_KEY_SECRET=""), pytest.raises(NotConnected):
            sms.from_settings()


@pytest.fixture
def served(wechat: Standin) -> Iterator[str]:
    """Serve the stand-in over HTTP, for a client that knows no transports."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = wechat.answer(httpx.Request("POST", f"http://wechat{self.path}", content=body))
            self.send_response(answer.status_code)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


class TestStandin:
    def test_says_to_an_independent_client_what_it_says_to_ours(self, wechat: Standin, served: str) -> None:
        wechat.tokens.add("theirs")
        independent = IndependentClient("wx1", "s", access_token="theirs")
        independent.wxa.API_BASE_URL = f"{served}/"
        data = {name: {"value": value} for name, value in FIELDS.items()}

        independent.wxa.send_subscribe_message("o-daughter", "T1", data)
        with pytest.raises(WeChatClientException) as refused:
            independent.wxa.send_subscribe_message("o-somebody", "T1", data)

        assert wechat.sent == [("o-daughter", "T1", FIELDS)]
        assert refused.value.errcode == 43101


class TestLocal:
    def test_takes_one_message_once_in_whatever_process(self, tmp_path: Path) -> None:
        asked: dict[str, Any] = {"template": "booked", "words": "", "values": {}, "fields": {}}
        for _ in range(2):
            messages_standin.Local(tmp_path / "w").send(message_id="m1", to="o-1", **asked)
            sms_standin.Local(tmp_path / "s").send(message_id="m1", to="13800138000", **asked)

        assert [path.name for path in (tmp_path / "w").iterdir()] == ["m1"]
        assert [path.name for path in (tmp_path / "s").iterdir()] == ["m1"]

    def test_refuses_as_the_vendors_do(self, tmp_path: Path) -> None:
        asked: dict[str, Any] = {"template": "booked", "words": "", "values": {}, "fields": {}}
        with pytest.raises(Permanent, match="43101"):
            messages_standin.Local(tmp_path).send(message_id="m", to="o-unsubscribed", **asked)
        with pytest.raises(Permanent, match="MOBILE_NUMBER_ILLEGAL"):
            sms_standin.Local(tmp_path).send(message_id="m", to="010-62345678", **asked)


class TestSmsMessages:
    def test_go_by_the_template_with_all_values(self) -> None:
        with Aliyun(key_id="id", key_secret="s", sign_name="安家", template_code="SMS_7") as aliyun:
            client = SmsMessages("id", "s", "安家", {"booked": "SMS_7"}, aliyun.url)
            asked: dict[str, Any] = {"words": "", "fields": {}, "values": {"when": "周二", "word": "4821"}}
            vendor_id = client.send(message_id="m1", to="13800138000", template="booked", **asked)

            assert vendor_id
            assert aliyun.sent == [("13800138000", {"when": "周二", "word": "4821"})]
            with pytest.raises(Misconfigured):
                client.send(message_id="m2", to="13800138000", template="moved", **asked)
            with pytest.raises(Permanent):
                client.send(message_id="m3", to="010-1", template="booked", **asked)
