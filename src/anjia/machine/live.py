"""
`/live`: telling open pages that something has changed.

One connection per process listens; a hub hands on what it hears to whom it concerns. A message holds
ids only. When nothing can have been heard for a while, everybody is told topic `*`: look again.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from itertools import count
from typing import Any, Final, Protocol
from urllib.parse import parse_qs
from uuid import UUID

import psycopg

from anjia.kernel.database import is_away
from anjia.kernel.errors import Away
from anjia.kernel.topics import RIGHTS
from anjia.machine.bodies import Receive, Scope
from anjia.machine.bridge import AWAY, Send, say

CHANNEL: Final = "anjia_live"
COOKIE: Final = "anjia_session"
HEARTBEAT: Final = 15.0  # seconds; proxies close what is silent for longer
LOOK_AGAIN: Final = 30.0  # seconds after which a session is looked up once more
BACKLOG: Final = 200  # messages that a slow reader may leave unread
MOST: Final = 4000  # streams in one process
# Streams of one account in one process. The oldest ends for the newest: a telephone that has changed networks leaves
# streams behind that look open for minutes, and they must not keep her out.
MOST_OF_ONE: Final = 8
COME_BACK: Final = "retry: 2000\n\n"  # milliseconds
COME_BACK_LATER: Final = "retry: 60000\n\n"  # or nine pages would push one another out all day
NOTHING: Final[dict[str, Any]] = {}  # to be told
LOOK_AGAIN_AT_ALL: Final = {"topic": "*", "id": None, "version": None}

log = logging.getLogger(__name__)


class Pass(Protocol):
    """
    Whose changes a stream may be told of: an organization's, or only those of some of its residents.

    Two that are not equal are of somebody who may by now see more, or less.
    """

    @property
    def account_id(self) -> UUID: ...
    @property
    def organization_id(self) -> UUID: ...
    @property
    def resident_ids(self) -> frozenset[UUID] | None: ...


LookUp = Callable[[str, str], Pass | None]  # of a token, and whom it acts for


@dataclass(slots=True, eq=False)
class Reader:
    """An open stream."""

    account_id: UUID
    organization_id: str
    resident_ids: frozenset[str] | None
    topics: frozenset[str]
    number: int = field(default_factory=count().__next__)
    is_pushed_out: bool = False
    is_doubted: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    unread: "asyncio.Queue[dict[str, Any]]" = field(default_factory=lambda: asyncio.Queue(BACKLOG))

    def hears(self, message: dict[str, Any]) -> bool:
        """Return whether the message concerns this reader; residents and family hear only of themselves."""
        if message.get("o") != self.organization_id:
            return False
        if self.resident_ids is not None and message.get("r") not in self.resident_ids:
            return False
        return not self.topics or message.get("t") in self.topics

    def doubt(self) -> None:
        """Let nothing more be told before it is asked whose stream this is."""
        self.is_doubted = True
        self.tell(NOTHING)

    def tell(self, change: dict[str, Any]) -> None:
        if self.unread.full():
            while not self.unread.empty():
                self.unread.get_nowait()
            change = LOOK_AGAIN_AT_ALL
        self.unread.put_nowait(change)


class Hub:
    """Hears the database's channel on one connection, for all readers of this process."""

    def __init__(self, database: str) -> None:
        self.database = database
        self.readers: set[Reader] = set()
        self.doubts = 0  # heard so far, of whomever
        self._listening: asyncio.Task[None] | None = None

    @contextmanager
    def reading(self, reader: Reader, *, since: int) -> Iterator[None]:
        """Hand on to the reader, who was looked up when so many doubts had been heard: one since may be of her."""
        if self.doubts != since:
            reader.doubt()
        if self._listening is None or self._listening.done():
            self._listening = asyncio.get_running_loop().create_task(self.listen())
        self.make_room(reader.account_id)
        self.readers.add(reader)
        try:
            yield
        finally:
            self.readers.discard(reader)

    def make_room(self, account_id: UUID) -> None:
        """End the account's oldest streams, if one more would be too many."""
        open_ones = [one for one in self.readers if one.account_id == account_id and not one.is_pushed_out]
        too_many = max(0, len(open_ones) + 1 - MOST_OF_ONE)
        for reader in sorted(open_ones, key=lambda one: one.number)[:too_many]:
            reader.is_pushed_out = True
            reader.ended.set()

    def hear(self, payload: str) -> None:
        message = json.loads(payload)
        if message.get("t") == RIGHTS:
            self.doubts += 1
            for reader in self.readers:
                if str(reader.account_id) == message.get("id"):
                    reader.doubt()
            return
        change = {"topic": message.get("t"), "id": message.get("id"), "version": message.get("v")}
        for reader in self.readers:
            if reader.hears(message):
                reader.tell(change)

    def end_streams(self) -> None:
        for reader in self.readers:
            reader.ended.set()

    def close(self) -> None:
        if self._listening:
            self._listening.cancel()

    async def listen(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self.database, autocommit=True) as ear:
                    await ear.execute(f"LISTEN {CHANNEL}")
                    self.doubts += 1
                    for reader in self.readers:  # who knows what was said before
                        reader.doubt()
                        reader.tell(LOOK_AGAIN_AT_ALL)
                    async for notice in ear.notifies():
                        self.hear(notice.payload)
            except psycopg.Error:
                log.warning("the live channel is not heard for the moment")
            await asyncio.sleep(0.5)


class Live:
    """The ASGI application behind `/live`."""

    def __init__(self, hub: Hub, look_up: LookUp, in_thread: Callable[..., Any]) -> None:
        self.hub = hub
        self.look_up = look_up
        self.in_thread = in_thread

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = parse_qs(scope["query_string"].decode("latin-1"))
        who = (token_of(scope), header_of(scope, b"x-acting-for"))
        since = self.hub.doubts
        try:
            found = await self.in_thread(self.look_up, *who) if who[0] else None
        except Exception as error:
            if not is_away(error):
                raise
            await say(send, 503, AWAY, retry_after=Away.retry_after)
            return
        if found is None:
            await say(send, 401, "请先登录。Sign in first.")
        elif len(self.hub.readers) >= MOST:
            await say(
                send, 503, "现在人太多，请过一会儿再试。Too many at once: try again soon.", retry_after=10
            )
        else:
            topics = frozenset(topic for topic in query.get("topics", [""])[0].split(",") if topic)
            await self.stream(who, found, reader_for(found, topics), since, receive, send)

    async def stream(
        self, who: tuple[str, str], found: Pass, reader: Reader, since: int, receive: Receive, send: Send
    ) -> None:
        headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")]
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [*headers, (b"x-accel-buffering", b"no")],
            }
        )
        await write(send, COME_BACK)
        writing = asyncio.ensure_future(self.write_while_good(who, found, reader, send))
        leaving = asyncio.ensure_future(until_gone(receive))
        ending = asyncio.ensure_future(reader.ended.wait())
        try:
            with self.hub.reading(reader, since=since):
                await asyncio.wait([writing, leaving, ending], return_when=asyncio.FIRST_COMPLETED)
        finally:
            writing.cancel()
            leaving.cancel()
            ending.cancel()
        with suppress(Exception):  # whoever has gone does not hear the end
            if reader.is_pushed_out:
                await write(send, COME_BACK_LATER)
            await send({"type": "http.response.body", "body": b""})

    async def is_good(self, who: tuple[str, str], found: Pass, reader: Reader) -> bool:
        reader.is_doubted = False  # what is taken from now on is another doubt
        return bool(await self.in_thread(self.look_up, *who) == found)

    async def write_while_good(self, who: tuple[str, str], found: Pass, reader: Reader, send: Send) -> None:
        """Write what the reader hears until its pass is no longer the same; then it comes again with what it has."""
        looked_at = time.monotonic()
        while True:
            if reader.is_doubted or time.monotonic() - looked_at > LOOK_AGAIN:
                if not await self.is_good(who, found, reader):
                    return
                looked_at = time.monotonic()
            try:
                change = await asyncio.wait_for(reader.unread.get(), min(HEARTBEAT, LOOK_AGAIN))
            except TimeoutError:
                await write(send, ": here\n\n")
                continue
            if reader.is_doubted and not await self.is_good(who, found, reader):
                return
            if change is not NOTHING:
                await write(send, f"event: change\ndata: {json.dumps(change)}\n\n")


def reader_for(found: Pass, topics: frozenset[str]) -> Reader:
    residents = found.resident_ids
    return Reader(
        account_id=found.account_id,
        organization_id=str(found.organization_id),
        resident_ids=None if residents is None else frozenset(map(str, residents)),
        topics=topics,
    )


def token_of(scope: Scope) -> str:
    return bearer_of(scope) or cookie_of(scope)


def bearer_of(scope: Scope) -> str:
    """Return the token that a client sends in its header, never in an address: those end up in logs."""
    said = header_of(scope, b"authorization")
    return said[7:].strip() if said[:7].lower() == "bearer " else ""


def header_of(scope: Scope, wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), "")


def cookie_of(scope: Scope) -> str:
    cookies = SimpleCookie()
    for name, value in scope["headers"]:
        if name == b"cookie":
            cookies.load(value.decode("latin-1"))
    return cookies[COOKIE].value if COOKIE in cookies else ""


async def write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
