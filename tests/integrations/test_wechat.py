"""Our client against the stand-in, and the stand-in against a client that somebody else wrote."""

import logging
from collections.abc import Iterator

import httpx
import pytest
from django.test import override_settings
from wechatpy import WeChatClient as IndependentClient
from wechatpy.exceptions import WeChatClientException

from anjia.identity import ports
from anjia.identity.rules import WechatBusy, WechatNotConnected, WechatRefused
from anjia.integrations.errors import Misconfigured, NotConnected, OutsideError, Permanent, Temporary
from anjia.integrations.wechat import client
from anjia.integrations.wechat.client import WechatClient
from anjia.integrations.wechat.standin import Standin


@pytest.fixture
def wechat() -> Iterator[Standin]:
    with Standin(app_id="wx-test", app_secret="open sesame") as standin:
        yield standin


def ours(wechat: Standin, *, app_id: str = "wx-test", app_secret: str = "open sesame") -> WechatClient:
    return WechatClient(app_id, app_secret, wechat.url)


def theirs(wechat: Standin, *, app_id: str = "wx-test", app_secret: str = "open sesame") -> IndependentClient:
    independent = IndependentClient(app_id, app_secret, access_token="not asked for")
    independent.wxa.API_BASE_URL = f"{wechat.url}/"
    return independent


def refused(wechat: Standin, code: str, **app: str) -> tuple[type[OutsideError], str, int]:
    """Return how our client sorts the refusal, WeChat's word for it, and what the independent client read."""
    with pytest.raises(OutsideError) as ours_was:
        ours(wechat, **app).openid_of(code)
    with pytest.raises(WeChatClientException) as theirs_was:
        theirs(wechat, **app).wxa.code_to_session(code)
    return type(ours_was.value), ours_was.value.code, theirs_was.value.errcode


class TestCode2Session:
    def test_tells_both_clients_who_signed_in(self, wechat: Standin) -> None:
        assert ours(wechat).openid_of(wechat.log_in("o-zhang")) == "o-zhang"

        said = theirs(wechat).wxa.code_to_session(wechat.log_in("o-zhang"))
        assert said["openid"] == "o-zhang"
        assert said["session_key"]

    def test_refuses_a_code_that_it_never_gave(self, wechat: Standin) -> None:
        assert refused(wechat, "0nonsense") == (Permanent, "40029", 40029)

    def test_refuses_a_code_that_is_older_than_five_minutes(self, wechat: Standin) -> None:
        assert refused(wechat, wechat.log_in("o-zhang", age=301)) == (Permanent, "40029", 40029)

    def test_refuses_a_code_that_has_been_used(self, wechat: Standin) -> None:
        code = wechat.log_in("o-zhang")
        ours(wechat).openid_of(code)

        assert refused(wechat, code) == (Permanent, "40163", 40163)

    def test_refuses_an_app_that_it_does_not_know(self, wechat: Standin) -> None:
        code = wechat.log_in("o-zhang")

        assert refused(wechat, code, app_id="wx-other") == (Misconfigured, "40013", 40013)
        assert ours(wechat).openid_of(code) == "o-zhang"  # the code was not taken

    def test_refuses_a_wrong_secret(self, wechat: Standin) -> None:
        assert refused(wechat, "x", app_secret="guess") == (Misconfigured, "40125", 40125)

    def test_says_that_it_is_busy(self, wechat: Standin) -> None:
        wechat.is_busy = True

        assert refused(wechat, "x") == (Temporary, "-1", -1)

    def test_holds_a_user_to_a_hundred_a_minute(self, wechat: Standin) -> None:
        for _ in range(100):
            ours(wechat).openid_of(wechat.log_in("o-zhang"))

        assert refused(wechat, wechat.log_in("o-zhang")) == (Temporary, "45011", 45011)
        assert ours(wechat).openid_of(wechat.log_in("o-li")) == "o-li"


class TestWechatClient:
    def test_tries_again_later_what_is_no_json(self, wechat: Standin) -> None:
        wechat.answers_html = True

        with pytest.raises(Temporary, match="http_502"):
            ours(wechat).openid_of("x")

    def test_does_not_wait_for_ever(self, wechat: Standin, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(client, "TIMEOUT", httpx.Timeout(0.1))
        wechat.seconds_slow = 0.5

        with pytest.raises(Temporary, match="ReadTimeout"):
            ours(wechat).openid_of("x")

    def test_says_nothing_of_the_secret_when_nobody_answers(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.WARNING)

        with pytest.raises(Temporary) as refusal:
            WechatClient("wx-test", "open sesame", "http://127.0.0.1:9").openid_of("x")

        assert "sesame" not in str(refusal.value) + caplog.text
        assert refusal.value.__cause__ is None


class TestPort:
    @pytest.mark.parametrize(
        ("error", "refusal"),
        [
            (Temporary("-1"), WechatBusy),
            (Permanent("40029"), WechatRefused),
            (Misconfigured("40125"), WechatNotConnected),
            (NotConnected("no_app"), WechatNotConnected),
        ],
    )
    def test_says_in_our_words_what_went_wrong(
        self, error: OutsideError, refusal: type[Exception], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Failing:
            def openid_of(self, code: str) -> str:
                raise error

        monkeypatch.setattr(ports, "wechat_sign_in", Failing)

        with pytest.raises(refusal):
            ports.openid_from_wechat("x")

    def test_is_wired_by_settings(self, wechat: Standin) -> None:
        with override_settings(
            WECHAT_APP_ID="wx-test", WECHAT_APP_SECRET="open sesame", WECHAT_API=wechat.url
        ):
            assert ports.openid_from_wechat(wechat.log_in("o-zhang")) == "o-zhang"

    def test_without_an_app_says_so(self) -> None:
        with override_settings(WECHAT_APP_ID="", WECHAT_APP_SECRET=""), pytest.raises(WechatNotConnected):
            ports.openid_from_wechat("x")
