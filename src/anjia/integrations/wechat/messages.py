"""
The real client of WeChat's subscribe messages.

https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-message-management/subscribe-message/sendMessage.html
WeChat knows no id of ours: the same message sent twice arrives twice. So whoever sends must not repeat a try that was
cut off (`dedupes`).
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

import httpx
from django.conf import settings

from anjia.integrations.errors import Misconfigured, NotConnected, Permanent, Temporary

PAGE: Final = "pages/inbox/index"  # of the mini program: what a tap on the message opens
TIMEOUT: Final = httpx.Timeout(5, connect=3)
TOKEN_GONE: Final = frozenset({40001, 40014, 42001})  # ask for a new one, once
TEMPORARY: Final = frozenset({-1, 45009, 45011, 50001})
OURS: Final = frozenset({40013, 40037, 40125, 41030, 47003, 48001})  # app, template, page, or what we put in
EARLY: Final = 300  # seconds before its end at which a token is no longer used
# WeChat refuses the whole message for one value that is too long.
LONGEST: Final = {
    "thing": 20,
    "name": 10,
    "phone_number": 17,
    "time": 32,
    "character_string": 32,
    "phrase": 5,
}


@dataclass(slots=True)
class Token:
    text: str = ""
    good_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True)
class WechatMessages:
    app_id: str
    app_secret: str
    templates: Mapping[str, str]  # WeChat's template ids by our codes
    api: str = "https://api.weixin.qq.com"
    transport: httpx.BaseTransport | None = None
    dedupes: bool = False

    tokens: ClassVar[dict[tuple[str, str], Token]] = {}

    def send(
        self,
        *,
        message_id: str,
        to: str,
        template: str,
        words: str,
        values: Mapping[str, str],
        fields: Mapping[str, str],
    ) -> str:
        """
        Send by the template; return WeChat's id of the message.

        :raises Permanent: if she does not subscribe (43101), or is nobody (40003)
        :raises Misconfigured: if our app, the template or what we put in will not do
        :raises Temporary: if WeChat is busy, slow or not to be reached
        """
        if template not in self.templates:
            raise Misconfigured("no_template")
        asked = {
            "touser": to,
            "template_id": self.templates[template],
            "page": PAGE,
            "data": {name: {"value": short(name, value)} for name, value in fields.items()},
            "lang": "zh_CN",
        }
        said = self._send(asked)
        return str(said.get("msgid") or message_id)

    def _send(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        for attempt in (1, 2):
            said = self._ask(
                "POST", "/cgi-bin/message/subscribe/send", {"access_token": self._token(attempt == 2)}, asked
            )
            code = int(said.get("errcode") or 0)
            if code not in TOKEN_GONE or attempt == 2:
                break
        check(code)
        return said

    def _token(self, renew: bool) -> str:
        """Return the token that opens WeChat to our app; all threads of this process share it."""
        kept = self.tokens.setdefault((self.api, self.app_id), Token())
        with kept.lock:
            if renew or not kept.text or time.monotonic() >= kept.good_until:
                body = {
                    "grant_type": "client_credential",
                    "appid": self.app_id,
                    "secret": self.app_secret,
                    "force_refresh": False,
                }
                said = self._ask("POST", "/cgi-bin/stable_token", {}, body)
                check(int(said.get("errcode") or 0))
                kept.text = str(said["access_token"])
                kept.good_until = time.monotonic() + int(said.get("expires_in", 7200)) - EARLY
            return kept.text

    def _ask(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any]
    ) -> dict[str, Any]:
        try:
            with httpx.Client(timeout=TIMEOUT, transport=self.transport) as client:
                response = client.request(method, self.api + path, params=dict(query), json=body)
            said = response.json()
        except httpx.HTTPError as error:
            raise Temporary(type(error).__name__) from None  # the message would hold the token
        except ValueError:
            raise Temporary("not_json") from None
        if response.status_code != 200 or not isinstance(said, dict):
            raise Temporary(f"http_{response.status_code}")
        return said


def short(name: str, value: str) -> str:
    """Cut the value to what WeChat takes in a field of this kind."""
    longest = LONGEST.get(name.rstrip("0123456789"), 20)
    return value if len(value) <= longest else value[: longest - 1] + "…"


def check(code: int) -> None:
    """:raises Temporary: or Misconfigured, or Permanent: by what WeChat says"""
    if code == 0:
        return
    if code in TEMPORARY:
        raise Temporary(str(code))
    if code in OURS or code in TOKEN_GONE:
        raise Misconfigured(str(code))
    raise Permanent(str(code))


def from_settings() -> WechatMessages:
    """:raises NotConnected: if this installation has no mini program of its own"""
    if not (settings.WECHAT_APP_ID and settings.WECHAT_APP_SECRET):
        raise NotConnected("no_app")
    return WechatMessages(
        settings.WECHAT_APP_ID,
        settings.WECHAT_APP_SECRET,
        settings.WECHAT_MESSAGE_TEMPLATES,
        settings.WECHAT_API,
    )
