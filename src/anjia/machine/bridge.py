"""
Django behind the event loop: a bounded number of threads, and a short queue before them.

Bodies are read before a thread is taken and sent after it is given back, so a slow phone holds none.
"""

import asyncio
import io
import logging
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, Any, Final

from anjia.kernel.database import is_away
from anjia.kernel.errors import Away
from anjia.kernel.logs import places
from anjia.machine.bodies import AccountOf, Bodies, Gone, Message, NotTaken, Receive, Scope, room_for_body

Send = Callable[[Message], Awaitable[None]]
Environ = dict[str, Any]
Headers = list[tuple[bytes, bytes]]

CHUNK: Final = 256 * 1024
TEXT: Final = (b"content-type", b"text/plain; charset=utf-8")

AWAY: Final = "系统正在恢复，请过一会儿再试。Starting again: try soon."
BROKE: Final = "我们这边出了错，请再试一次。Something broke on our side: try again."

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Answer:
    """What Django answered, all of it."""

    status: int = 500
    headers: Headers = field(default_factory=list)
    body: IO[bytes] = field(default_factory=io.BytesIO)

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: object = None
    ) -> Callable[[bytes], object]:
        self.status = int(status.partition(" ")[0])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return self.body.write


class Bridge:
    """An ASGI application that asks a WSGI one in `threads` threads, and sheds when `waiting` wait for one."""

    def __init__(
        self, wsgi: Callable[..., Iterable[bytes]], account_of: AccountOf, *, threads: int, waiting: int
    ) -> None:
        self.wsgi = wsgi
        self.bodies = Bodies(account_of)
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="django")
        self.room = threads + waiting
        self.inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await self.bodies.read(scope, receive)
        except NotTaken as why:
            await say(send, why.status, why.words, retry_after=why.retry_after)
            return
        except Gone:
            return
        except Exception as error:
            if not is_away(error):
                raise
            await say(send, 503, AWAY, retry_after=Away.retry_after)
            return
        with body:
            answer = await self.ask(environ_of(scope, body), send)
        if answer is not None:
            await give(answer, send)

    async def ask(self, environ: Environ, send: Send) -> Answer | None:
        """Return the answer, or None when there is no room and we have said so."""
        if self.inside >= self.room:
            await say(
                send, 503, "现在人太多，请过一会儿再试。Too many at once: try again soon.", retry_after=1
            )
            return None
        self.inside += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.pool, self.in_thread, environ)
        finally:
            self.inside -= 1

    def in_thread(self, environ: Environ) -> Answer:
        answer = Answer(body=room_for_body())
        try:
            chunks = self.wsgi(environ, answer.start)
            try:
                for chunk in chunks:
                    answer.body.write(chunk)
            finally:
                getattr(chunks, "close", int)()
        except BaseException as error:  # also the panics of what is not written in Python
            # Django answers for itself, and says where it broke; should even that break, its words are still nobody's.
            log.error("%s at %s", type(error).__name__, places(error))
            answer.body.close()
            return Answer(headers=[TEXT], body=io.BytesIO(BROKE.encode()))
        answer.body.seek(0)
        return answer


def environ_of(scope: Scope, body: IO[bytes]) -> Environ:
    """Return the request as WSGI wants it."""
    host, port = scope.get("server") or ("localhost", 80)
    client, client_port = scope.get("client") or ("", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "REMOTE_ADDR": client,
        "REMOTE_PORT": str(client_port),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        if (
            b"_" in raw_name
        ):  # WSGI could not tell X_Forwarded_For, from anybody, and our proxy's X-Forwarded-For apart
            continue
        name, value = header_name(raw_name.decode("latin-1")), raw_value.decode("latin-1")
        separator = "; " if name == "HTTP_COOKIE" else ","
        environ[name] = f"{environ[name]}{separator}{value}" if name in environ else value
    if "CONTENT_LENGTH" not in environ:  # sent in chunks: now it is known
        environ["CONTENT_LENGTH"] = str(body.seek(0, io.SEEK_END))
        body.seek(0)
    return environ


def header_name(name: str) -> str:
    plain = name.upper().replace("-", "_")
    return plain if plain in {"CONTENT_LENGTH", "CONTENT_TYPE"} else f"HTTP_{plain}"


async def give(answer: Answer, send: Send) -> None:
    with answer.body as body:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        chunk = body.read(CHUNK)
        while len(chunk) == CHUNK:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            chunk = body.read(CHUNK)
        await send({"type": "http.response.body", "body": chunk})


async def say(send: Send, status: int, words: str, retry_after: int | None = None) -> None:
    headers = [TEXT, (b"cache-control", b"no-store")]
    if retry_after is not None:
        headers.append((b"retry-after", str(retry_after).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})
