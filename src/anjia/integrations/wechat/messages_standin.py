"""
A stand-in for WeChat's subscribe messages: speaks its wire format, and refuses what WeChat refuses.

    wechat = Standin(subscribed={"o-daughter"}, templates={"T1"})
    WechatMessages("wx1", "s", {"visit_promised": "T1"}, transport=wechat.transport).send(...)
    wechat.sent  # [("o-daughter", "T1", {"thing1": "…"})]

`local` is the demo's: it sends nothing anywhere, and says 43101 of those whose openid ends in "-unsubscribed".
Afterwards it pushes what became of each message: of some late, of some twice, and of an openid that ends in "-blocked"
that it did not arrive.
"""

import json
import os
import re
import secrets
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import httpx
from django.conf import settings

from anjia.integrations.afterwards import Afterwards
from anjia.integrations.errors import Permanent
from anjia.integrations.wechat.events import SENT, TAKEN, signature_of
from anjia.integrations.wechat.messages import LONGEST

# "15:01" or "2019年10月1日 15:01"
TIME: Final = re.compile(r"(\d{4}年\d{1,2}月\d{1,2}日 )?([01]?\d|2[0-3]):[0-5]\d")


PUSHED_AFTER: Final = {"7": (180,), "5": (5, 60)}  # seconds, by how our id ends; the others' once, soon
SOON: Final = (5,)


class Standin:
    def __init__(
        self,
        *,
        subscribed: Collection[str] = (),
        templates: Collection[str] = (),
        app_id: str = "wx1",
        app_secret: str = "s",
    ) -> None:
        self.subscribed, self.templates = set(subscribed), set(templates)
        self.app_id, self.app_secret = app_id, app_secret
        self.is_busy = False
        self.sent: list[tuple[str, str, dict[str, str]]] = []
        self.tokens: set[str] = set()
        self.transport = httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        said = json.loads(request.content or b"{}")
        if request.url.path == "/cgi-bin/stable_token":
            return self._reply(self._give_token(said))
        if request.url.path == "/cgi-bin/message/subscribe/send":
            return self._reply(self._send(request.url.params.get("access_token", ""), said))
        return httpx.Response(404, text="<html>404</html>")

    def forget_tokens(self) -> None:
        """Let the tokens run out, as WeChat may at any time."""
        self.tokens.clear()

    def _reply(self, said: Mapping[str, Any]) -> httpx.Response:
        return httpx.Response(200, text=json.dumps(said), headers={"Content-Type": "text/plain"})

    def _give_token(self, said: Mapping[str, Any]) -> dict[str, Any]:
        if said.get("appid") != self.app_id:
            return refusal(40013, "invalid appid")
        if said.get("secret") != self.app_secret:
            return refusal(40125, "invalid appsecret")
        token = secrets.token_urlsafe(30)
        self.tokens.add(token)
        return {"access_token": token, "expires_in": 7200}

    def _send(self, token: str, said: Mapping[str, Any]) -> dict[str, Any]:
        if token not in self.tokens:
            return refusal(40001, "invalid credential, access_token is invalid or not latest")
        if self.is_busy:
            return refusal(-1, "system error")
        if not str(said.get("touser", "")).startswith("o"):
            return refusal(40003, "invalid openid")
        if said.get("template_id") not in self.templates:
            return refusal(40037, "invalid template_id")
        values = {name: str(field["value"]) for name, field in said["data"].items()}
        for name, value in values.items():
            kind = name.rstrip("0123456789")
            if not 0 < len(value) <= LONGEST.get(kind, 20) or (kind == "time" and not TIME.fullmatch(value)):
                return refusal(47003, f"argument invalid! data.{name}.value invalid")
        if said["touser"] not in self.subscribed:
            return refusal(43101, "user refuse to accept the msg")
        self.sent.append((said["touser"], said["template_id"], values))
        return {"errcode": 0, "errmsg": "ok", "msgid": secrets.randbelow(10**15)}


def refusal(code: int, words: str) -> dict[str, Any]:
    return {"errcode": code, "errmsg": f"{words} rid: {secrets.token_hex(4)}"}


class Local:
    """
    Takes messages and keeps only their ids, as empty files in the data folder: one sent twice is one.

    So it dedupes across processes and across `kill -9`, which WeChat does not.
    """

    dedupes = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.to_push = Afterwards(folder.with_name(f"{folder.name}-to-push"))

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
        """:raises Permanent: 43101, of those who do not subscribe"""
        if to.endswith("-unsubscribed"):
            raise Permanent("43101")
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.folder / message_id).exists():
            self.keep_push(message_id, to, template, at=time.time())
        with suppress(FileExistsError):  # it has arrived before
            os.close(os.open(self.folder / message_id, os.O_CREAT | os.O_EXCL, 0o600))
        return f"local-{message_id}"

    def keep_push(self, message_id: str, to: str, template: str, *, at: float) -> None:
        for seconds in PUSHED_AFTER.get(message_id[-1:], SOON):
            due = int(at) + seconds
            said = push_of(f"local-{message_id}", to, template, blocked=to.endswith("-blocked"), at=due)
            self.to_push.keep(message_id, said, due=due)

    def push(self, url: str, *, token: str, at: float, transport: httpx.BaseTransport | None = None) -> int:
        """POST what is due, one by one and signed, as WeChat does; return how many were taken."""
        taken = 0
        for path, said in self.to_push.due(at):
            signed = {"timestamp": str(int(at)), "nonce": secrets.token_hex(5)}
            signed["signature"] = signature_of(token, **signed)
            try:
                with httpx.Client(timeout=5, trust_env=False, transport=transport) as client:
                    answer = client.post(url, params=signed, json=said)
            except httpx.HTTPError:
                return taken
            if answer.text == TAKEN:
                path.unlink(missing_ok=True)
                taken += 1
        return taken


def push_of(msgid: str, to: str, template: str, *, blocked: bool, at: int) -> dict[str, Any]:
    return {
        "ToUserName": "gh_anjia",
        "FromUserName": to,
        "CreateTime": str(at),
        "MsgType": "event",
        "Event": SENT,
        "List": {
            "TemplateId": template,
            "MsgID": msgid,
            "ErrorCode": "1" if blocked else "0",
            "ErrorStatus": "user block" if blocked else "success",
        },
    }


def local() -> Local:
    """Return the demo's stand-in."""
    return Local(Path(settings.ANJIA_HOME) / "stand-ins" / "wechat")
