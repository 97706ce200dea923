import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from anjia.machine import live
from anjia.machine.bodies import Message
from anjia.machine.live import BACKLOG, LOOK_AGAIN_AT_ALL, MOST_OF_ONE, Hub, Live, Reader, reader_for
from tests.machine.conftest import PATIENCE


@dataclass(frozen=True)
class LivePass:
    organization_id: UUID
    resident_ids: frozenset[UUID] | None = None
    may: str = "all"
    account_id: UUID = field(default_factory=uuid4)


def passed(house: int, resident_ids: frozenset[UUID] | None = None, may: str = "all") -> LivePass:
    """Return a pass that is the same as another one with the same words."""
    return LivePass(UUID(int=house), resident_ids, may, UUID(int=7))


COOKIE = (b"cookie", b"anjia_session=x")


def message(organization_id: UUID, **more: Any) -> str:
    return json.dumps({"o": str(organization_id), "t": "board", "id": "1", "v": 3} | more)


def hub_with(*readers: Reader) -> Hub:
    hub = Hub("")
    hub.readers.update(readers)
    return hub


def heard(reader: Reader) -> list[dict[str, Any]]:
    return [reader.unread.get_nowait() for _ in range(reader.unread.qsize())]


class TestHub:
    def test_tells_only_the_organization(self) -> None:
        ours, theirs = (reader_for(LivePass(uuid4()), frozenset()) for _ in range(2))

        hub_with(ours, theirs).hear(message(UUID(ours.organization_id)))

        assert heard(ours) == [{"topic": "board", "id": "1", "version": 3}]
        assert heard(theirs) == []

    def test_tells_a_person_only_of_her_own(self) -> None:
        organization, resident = uuid4(), uuid4()
        reader = reader_for(LivePass(organization, frozenset({resident})), frozenset())
        hub = hub_with(reader)

        hub.hear(message(organization))
        hub.hear(message(organization, r=str(uuid4())))
        assert heard(reader) == []

        hub.hear(message(organization, r=str(resident)))
        assert len(heard(reader)) == 1

    def test_tells_only_of_the_topics_that_were_asked_for(self) -> None:
        organization = uuid4()
        reader = reader_for(LivePass(organization), frozenset({"call_list"}))

        hub_with(reader).hear(message(organization))

        assert heard(reader) == []

    def test_doubts_whose_rights_are_others_now_in_whatever_house_and_tells_nobody_why(self) -> None:
        her, there, neighbour = (
            reader_for(LivePass(UUID(int=house), account_id=UUID(int=account)), frozenset())
            for house, account in ((1, 7), (2, 7), (1, 8))
        )

        hub_with(her, there, neighbour).hear(message(UUID(int=1), t="rights", id=str(UUID(int=7))))

        assert [reader.is_doubted for reader in (her, there, neighbour)] == [True, True, False]
        assert heard(neighbour) == []

    def test_tells_one_who_does_not_keep_up_to_look_again(self) -> None:
        organization = uuid4()
        reader = reader_for(LivePass(organization), frozenset())
        hub = hub_with(reader)

        for _ in range(BACKLOG + 1):
            hub.hear(message(organization))

        assert heard(reader) == [LOOK_AGAIN_AT_ALL]

    def test_doubts_everybody_when_it_hears_again_after_nothing_could_be_heard(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        her = reader_for(LivePass(uuid4()), frozenset())
        hub = hub_with(her)
        looked_up_when = hub.doubts
        monkeypatch.setattr(psycopg.AsyncConnection, "connect", Ear.connect)

        async def scene() -> Reader:
            listening = asyncio.ensure_future(hub.listen())
            await until(lambda: not her.unread.empty())
            listening.cancel()
            late = reader_for(LivePass(uuid4()), frozenset())
            monkeypatch.setattr(hub, "_listening", asyncio.get_running_loop().create_future())
            with hub.reading(late, since=looked_up_when):
                return late

        late = asyncio.run(scene())

        assert (her.is_doubted, heard(her)[-1]) == (True, LOOK_AGAIN_AT_ALL)
        assert late.is_doubted


class Ear:
    """A connection on which nothing is said."""

    @staticmethod
    async def connect(_database: str, **_: Any) -> "Ear":
        return Ear()

    async def __aenter__(self) -> "Ear":
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def execute(self, _asked: str) -> None: ...

    async def notifies(self) -> AsyncIterator[object]:
        yield await asyncio.get_running_loop().create_future()


class Listener:
    """A browser with an open stream."""

    def __init__(self, look_up: Callable[[str, str], LivePass | None]) -> None:
        self.hub = Hub("")
        self.hub.listen = self.hear_nothing  # type: ignore[method-assign]
        self.app = Live(self.hub, look_up, self.in_thread)
        self.said: list[Message] = []
        self.gone = asyncio.Event()

    async def hear_nothing(self) -> None:
        await asyncio.Event().wait()

    async def in_thread(self, function: Callable[..., Any], *args: Any) -> Any:
        return function(*args)

    async def receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.said.append(message)

    async def read(self, query: bytes, *headers: tuple[bytes, bytes]) -> None:
        await self.app({"query_string": query, "headers": headers}, self.receive, self.send)

    @property
    def text(self) -> str:
        return b"".join(message.get("body", b"") for message in self.said).decode()


class TestManyStreams:
    """Each of these is a page or a telephone; `open_streams` of somebody, and who of them still listens."""

    async def open_streams(
        self, hub: Hub, *accounts: UUID
    ) -> tuple[list[Listener], list["asyncio.Task[None]"]]:
        listeners, readings = [], []
        for account_id in accounts:
            listener = Listener(lambda *_, of=account_id: LivePass(UUID(int=1), account_id=of))
            listener.app.hub = hub
            listeners.append(listener)
            readings.append(asyncio.ensure_future(listener.read(b"", COOKIE)))
            await asyncio.sleep(0)  # one after the other
        hub.listen = listeners[0].hear_nothing  # type: ignore[method-assign]
        await until(lambda: all(one.said for one in listeners))
        return listeners, readings

    def test_of_one_account_end_with_the_oldest_which_does_not_come_again_at_once(self) -> None:
        async def scene() -> tuple[list[Listener], list[bool]]:
            hub = Hub("")
            her, neighbour = uuid4(), uuid4()
            listeners, readings = await self.open_streams(hub, neighbour, *[her] * (MOST_OF_ONE + 2))
            await until(lambda: sum(reading.done() for reading in readings) == 2)
            are_over = [reading.done() for reading in readings]
            hub.end_streams()
            await asyncio.gather(*readings)
            return listeners, are_over

        listeners, are_over = asyncio.run(scene())

        assert are_over == [False, True, True, *[False] * MOST_OF_ONE]
        assert [one.text.count("retry: 60000") for one in listeners] == [0, 1, 1, *[0] * MOST_OF_ONE]

    def test_of_all_are_so_many_and_the_next_hears_when_to_come_again(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(live, "MOST", 2)

        async def scene() -> list[Listener]:
            hub = Hub("")
            listeners, readings = await self.open_streams(hub, *(uuid4() for _ in range(3)))
            hub.end_streams()
            await asyncio.gather(*readings)
            return listeners

        listeners = asyncio.run(scene())

        assert [one.said[0]["status"] for one in listeners] == [200, 200, 503]
        assert b"retry-after" in dict(listeners[2].said[0]["headers"])


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0)


class TestLive:
    def test_refuses_who_is_not_signed_in(self) -> None:
        async def scene() -> list[int]:
            statuses = []
            for headers in ([], [(b"authorization", b"Bearer wrong")]):
                listener = Listener(lambda token, acting_for: None)
                await listener.read(b"", *headers)
                statuses.append(listener.said[0]["status"])
            return statuses

        assert asyncio.run(scene()) == [401, 401]

    def test_says_when_to_come_back_while_the_database_is_away(self) -> None:
        def look_up(token: str, acting_for: str) -> LivePass | None:
            raise psycopg.OperationalError("connection refused")

        listener = Listener(look_up)
        asyncio.run(listener.read(b"", COOKIE))

        assert listener.said[0]["status"] == 503
        assert dict(listener.said[0]["headers"])[b"retry-after"]
        assert "恢复" in listener.text

    def test_takes_the_consoles_cookie_or_the_clients_header_and_whom_it_acts_for(self) -> None:
        async def scene() -> list[tuple[str, str]]:
            seen: list[tuple[str, str]] = []
            listener = Listener(lambda *who: seen.append(who))
            await listener.read(b"", (b"cookie", b"other=1; anjia_session=abc"))
            await listener.read(b"", (b"authorization", b"Bearer def"), (b"x-acting-for", b"mother"))
            return seen

        assert asyncio.run(scene()) == [("abc", ""), ("def", "mother")]

    def test_takes_no_token_from_an_address(self) -> None:
        async def scene() -> int:
            listener = Listener(lambda token, acting_for: LivePass(uuid4()))
            await listener.read(b"token=abc")
            status: int = listener.said[0]["status"]
            return status

        assert asyncio.run(scene()) == 401

    def test_writes_changes_and_a_heartbeat_until_the_reader_leaves(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(live, "HEARTBEAT", 0.02)
        organization = uuid4()

        async def scene() -> Listener:
            listener = Listener(lambda token, acting_for: LivePass(organization))
            reading = asyncio.ensure_future(listener.read(b"", COOKIE))
            await asyncio.sleep(0.05)
            listener.hub.hear(message(organization))
            await asyncio.sleep(0.05)
            listener.gone.set()
            await reading
            return listener

        listener = asyncio.run(scene())

        assert 'event: change\ndata: {"topic": "board", "id": "1", "version": 3}\n\n' in listener.text
        assert ": here\n\n" in listener.text
        assert listener.hub.readers == set()

    @pytest.mark.parametrize(
        "now",
        [None, passed(2), passed(1, frozenset()), passed(1, may="less")],
        ids=["revoked", "another house", "without her", "without a permission"],
    )
    def test_ends_when_the_pass_is_no_longer_the_same(
        self, monkeypatch: pytest.MonkeyPatch, now: LivePass | None
    ) -> None:
        monkeypatch.setattr(live, "HEARTBEAT", 0.02)
        monkeypatch.setattr(live, "LOOK_AGAIN", 0.05)
        passes: list[LivePass | None] = [passed(1), passed(1), now]

        async def scene() -> None:
            listener = Listener(lambda token, acting_for: passes.pop(0))
            await asyncio.wait_for(listener.read(b"", COOKIE), 2)

        asyncio.run(scene())

        assert passes == []

    @pytest.mark.parametrize("now", [None, passed(1, may="less")], ids=["revoked", "without a permission"])
    def test_tells_nothing_more_once_something_is_taken(self, now: LivePass | None) -> None:
        passes: list[LivePass | None] = [passed(1), now]

        assert self.told_after_a_doubt(passes) == 0
        assert passes == []

    def test_goes_on_when_what_was_taken_makes_no_difference(self) -> None:
        assert self.told_after_a_doubt([passed(1), passed(1)]) == 1

    def test_tells_nothing_of_what_was_taken_while_it_was_looked_up(self) -> None:
        passes: list[LivePass | None] = [passed(1), None]

        async def scene() -> Listener:
            def look_up(token: str, acting_for: str) -> LivePass | None:
                if len(passes) == 2:
                    listener.hub.hear(message(UUID(int=1), t="rights", id=str(UUID(int=7))))
                return passes.pop(0)

            listener = Listener(look_up)
            reading = asyncio.ensure_future(listener.read(b"", COOKIE))
            await until(lambda: bool(listener.hub.readers) or reading.done())
            listener.hub.hear(message(UUID(int=1)))
            await until(lambda: reading.done() or "event: change" in listener.text)
            listener.gone.set()
            await reading
            return listener

        assert asyncio.run(scene()).text.count("event: change") == 0
        assert passes == []

    def told_after_a_doubt(self, passes: list[LivePass | None]) -> int:
        """Return of how many changes a stream tells whose account is doubted just before."""

        async def scene() -> Listener:
            listener = Listener(lambda token, acting_for: passes.pop(0))
            reading = asyncio.ensure_future(listener.read(b"", COOKIE))
            await until(lambda: bool(listener.hub.readers))
            listener.hub.hear(message(UUID(int=1), t="rights", id=str(UUID(int=7))))
            listener.hub.hear(message(UUID(int=1)))
            await until(lambda: reading.done() or "event: change" in listener.text)
            listener.gone.set()
            await reading
            return listener

        return asyncio.run(scene()).text.count("event: change")

    def test_ends_before_the_server_stops(self) -> None:
        async def scene() -> None:
            listener = Listener(lambda token, acting_for: LivePass(uuid4()))
            reading = asyncio.ensure_future(listener.read(b"", COOKIE))
            await asyncio.sleep(0.02)
            listener.hub.end_streams()
            await asyncio.wait_for(reading, 1)

        asyncio.run(scene())
