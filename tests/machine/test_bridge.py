import asyncio
import io
import threading
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import psycopg
import pytest

from anjia.machine import bodies, bridge
from anjia.machine.bodies import Message, Scope
from anjia.machine.bridge import Environ

StartResponse = Callable[[str, list[tuple[str, str]]], object]

COOKIE = (b"cookie", b"anjia_session=x")
SCOPE: dict[str, Any] = {
    "type": "http",
    "method": "POST",
    "path": "/",
    "query_string": b"",
    "http_version": "1.1",
}


class Bridge(bridge.Bridge):
    """A bridge to which everybody is known who shows a cookie."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]], *, threads: int, waiting: int) -> None:
        async def account_of(scope: Scope) -> UUID | None:
            return UUID(int=7) if any(name == b"cookie" for name, _ in scope["headers"]) else None

        super().__init__(wsgi, account_of, threads=threads, waiting=waiting)


def echo(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Path", environ["PATH_INFO"])])
    return [
        environ["wsgi.input"].read(),
        environ["CONTENT_LENGTH"].encode(),
        environ.get("HTTP_COOKIE", "").encode(),
    ]


async def ask(
    app: bridge.Bridge, *chunks: bytes, path: str = "/", headers: list[tuple[bytes, bytes]] | None = None
) -> tuple[Message, bytes]:
    """Return the start of the answer and all of its body."""
    parts = list(chunks) or [b""]
    messages = [
        {"type": "http.request", "body": part, "more_body": number < len(parts)}
        for number, part in enumerate(parts, start=1)
    ]
    said: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        said.append(message)

    await app(SCOPE | {"path": path, "headers": headers or []}, receive, send)
    return said[0], b"".join(message["body"] for message in said[1:])


class TestBridge:
    def test_asks_django_and_gives_back_what_it_says(self) -> None:
        app = Bridge(echo, threads=1, waiting=1)

        start, body = asyncio.run(ask(app, b"ab", b"cd", headers=[(b"cookie", b"a=1"), (b"cookie", b"b=2")]))

        assert (start["status"], body) == (200, b"abcd4a=1; b=2")
        assert (b"content-type", b"text/plain") in start["headers"]

    def test_gives_back_what_does_not_fit_in_memory(self) -> None:
        large = b"x" * (bodies.IN_MEMORY + bridge.CHUNK + 1)

        _, body = asyncio.run(ask(Bridge(echo, threads=1, waiting=1), large, b"y", headers=[COOKIE]))

        assert body == large + b"y" + str(len(large) + 1).encode() + COOKIE[1]

    def test_hears_the_whole_of_what_is_too_large_and_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bodies, "LARGEST", 10)

        start, body = asyncio.run(ask(Bridge(echo, threads=1, waiting=1), b"x" * 8, b"x" * 8))

        assert start["status"] == 413
        assert "太大" in body.decode()

    def test_asks_whoever_sends_a_file_without_a_session_to_sign_in(self) -> None:
        app = Bridge(echo, threads=1, waiting=1)

        start, body = asyncio.run(ask(app, b"x" * (bodies.SMALL + 1)))

        assert start["status"] == 401
        assert "登录" in body.decode()

    def test_says_when_to_come_back_if_nobody_can_tell_who_sends_a_file(self) -> None:
        async def away(scope: Scope) -> UUID | None:
            raise psycopg.OperationalError("connection refused")

        app = bridge.Bridge(echo, away, threads=1, waiting=1)

        start, body = asyncio.run(ask(app, b"x" * (bodies.SMALL + 1)))

        assert start["status"] == 503
        assert dict(start["headers"])[b"retry-after"]
        assert "恢复" in body.decode()

    def test_takes_no_header_that_django_would_take_for_another(self) -> None:
        headers = [(b"x_forwarded_for", b"1.2.3.4"), (b"x-forwarded-for", b"5.6.7.8")]

        environ = bridge.environ_of(SCOPE | {"headers": headers}, io.BytesIO())

        assert environ["HTTP_X_FORWARDED_FOR"] == "5.6.7.8"

    def test_sheds_when_too_many_wait_and_recovers(self) -> None:
        go = threading.Event()

        def slow(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            go.wait(5)
            return echo(environ, start_response)

        async def rush() -> list[int]:
            app = Bridge(slow, threads=2, waiting=3)
            asking = [asyncio.ensure_future(ask(app)) for _ in range(8)]
            await asyncio.sleep(0.05)
            go.set()
            rushed = [start["status"] for start, _ in await asyncio.gather(*asking)]
            later, _ = await ask(app)
            return [*sorted(rushed), later["status"]]

        assert asyncio.run(rush()) == [200] * 5 + [503] * 3 + [200]

    def test_tells_the_shed_when_to_come_again(self) -> None:
        start, _ = asyncio.run(ask(Bridge(echo, threads=0 + 1, waiting=-1)))

        assert (b"retry-after", b"1") in start["headers"]

    def test_says_when_even_the_words_for_it_broke_and_where_but_not_what_was_said(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        class Panic(BaseException):
            pass

        def broken(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            raise Panic("张桂芳")

        start, body = asyncio.run(ask(Bridge(broken, threads=1, waiting=1)))

        assert start["status"] == 500
        assert "出了错" in body.decode()
        assert "Panic at test_bridge.py" in caplog.text
        assert "张桂芳" not in caplog.text

    def test_holds_no_thread_for_one_who_has_gone(self) -> None:
        app = Bridge(echo, threads=1, waiting=0)
        said: list[Message] = []

        async def leave() -> None:
            messages: list[Message] = [{"type": "http.request", "body": b"a", "more_body": True}]

            async def receive() -> Message:
                return messages.pop(0) if messages else {"type": "http.disconnect"}

            async def send(message: Message) -> None:
                said.append(message)

            await app(SCOPE, receive, send)

        asyncio.run(leave())

        assert said == []
        assert app.inside == 0
