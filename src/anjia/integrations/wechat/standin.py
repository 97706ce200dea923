"""
A stand-in for WeChat's server: speaks its wire format over HTTP, and refuses what WeChat refuses.

    with Standin(app_id="wx1", app_secret="s") as wechat:
        code = wechat.log_in("openid-of-a-nurse")
        WechatClient("wx1", "s", wechat.url).openid_of(code)

Or by itself, for a demo:  python -m anjia.integrations.wechat.standin --port 9501
There, any code "demo-<anything>" is somebody's, once.
"""

import argparse
import json
import secrets
import threading
import time
from collections import defaultdict, deque
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from anjia.integrations.local_server import LocalServer

CODE_LIVES: Final = 300  # seconds
MOST_A_MINUTE: Final = 100  # per user
MESSAGES: Final = {
    -1: "system error",
    40002: "invalid grant_type",
    40013: "invalid appid",
    40029: "invalid code",
    40125: "invalid appsecret",
    40163: "code been used",
    41002: "appid missing",
    41004: "appsecret missing",
    41008: "missing code",
    45011: "api minute-quota reach limit  mustslower  retry next minute",
}


class Refusal(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Standin(LocalServer):
    def __init__(
        self, *, app_id: str, app_secret: str, port: int = 0, takes_demo_codes: bool = False
    ) -> None:
        self.app_id, self.app_secret, self.takes_demo_codes = app_id, app_secret, takes_demo_codes
        self.is_busy = False
        self.answers_html = False
        self.seconds_slow = 0.0
        self._codes: dict[str, tuple[str, float]] = {}
        self._used: set[str] = set()
        self._asked: dict[str, deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()
        super().__init__(handler_of(self), port)

    def serve(self) -> None:
        self._server.serve_forever()

    def log_in(self, openid: str, *, age: float = 0) -> str:
        """Do what `wx.login` does on the phone of this user: return a code."""
        code = "0" + secrets.token_urlsafe(23)
        with self._lock:
            self._codes[code] = (openid, time.monotonic() - age)
        return code

    def answer(self, path: str, said: dict[str, str]) -> dict[str, Any]:
        """:raises Refusal: as WeChat would"""
        if path == "/cgi-bin/token":
            self._check_app(said.get("appid"), said.get("secret"))
            return {"access_token": secrets.token_urlsafe(30), "expires_in": 7200}
        if path != "/sns/jscode2session":
            raise Refusal(-1)
        if self.is_busy:
            raise Refusal(-1)
        self._check_app(said.get("appid"), said.get("secret"))
        if said.get("grant_type") != "authorization_code":
            raise Refusal(40002)
        if not said.get("js_code"):
            raise Refusal(41008)
        openid = self._take(said["js_code"])
        return {"session_key": secrets.token_urlsafe(16) + "==", "openid": openid}

    def _check_app(self, app_id: str | None, secret: str | None) -> None:
        if not app_id:
            raise Refusal(41002)
        if not secret:
            raise Refusal(41004)
        if app_id != self.app_id:
            raise Refusal(40013)
        if secret != self.app_secret:
            raise Refusal(40125)

    def _take(self, code: str) -> str:
        with self._lock:
            if code in self._used:
                raise Refusal(40163)
            if self.takes_demo_codes and code.startswith("demo-"):
                self._used.add(code)
                return f"openid-{code.split('-')[1]}"
            openid, made = self._codes.get(code, ("", 0.0))
            if not openid or time.monotonic() - made > CODE_LIVES:
                raise Refusal(40029)
            asked = self._asked[openid]
            while asked and time.monotonic() - asked[0] > 60:
                asked.popleft()
            if len(asked) >= MOST_A_MINUTE:
                raise Refusal(45011)
            asked.append(time.monotonic())
            self._used.add(code)
            return openid


def handler_of(standin: Standin) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(standin.seconds_slow)
            if standin.answers_html:
                self._write(502, "text/html", "<html><h1>502 Bad Gateway</h1></html>")
                return
            url = urlsplit(self.path)
            try:
                said = standin.answer(url.path, dict(parse_qsl(url.query)))
            except Refusal as refusal:
                rid = secrets.token_hex(4)
                said = {"errcode": refusal.code, "errmsg": f"{MESSAGES[refusal.code]}, rid: {rid}"}
            # WeChat calls its JSON plain text.
            self._write(200, "text/plain", json.dumps(said))

        def _write(self, status: int, kind: str, text: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(BrokenPipeError):  # whoever asked has not waited
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the line would hold the secret."""

    return Handler


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--port", type=int, default=9501)
    parser.add_argument("--app-id", default="wx-demo")
    parser.add_argument("--app-secret", default="demo")
    asked = parser.parse_args()
    Standin(app_id=asked.app_id, app_secret=asked.app_secret, port=asked.port, takes_demo_codes=True).serve()


if __name__ == "__main__":
    main()
