"""How much may be on its way in, and from whom."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from anjia.machine import bodies
from anjia.machine.bodies import (
    FREE,
    SMALL,
    Bodies,
    Gone,
    Message,
    NoRoom,
    Receive,
    Scope,
    SignInFirst,
    TooLarge,
    TooManyOfHers,
    TooSlow,
)
from tests.machine.conftest import PATIENCE

HER: Scope = {"who": UUID(int=7)}
HIM: Scope = {"who": UUID(int=8)}
STRANGER: Scope = {"who": None}


async def account_of(scope: Scope) -> UUID | None:
    who: UUID | None = scope["who"]
    return who


def sending(*chunks: bytes, ends: bool = True) -> Receive:
    """Send these, and then go away or, for a body without an end, say nothing any more."""
    messages: list[Message] = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    if ends:
        messages.append({"type": "http.request"})

    async def receive() -> Message:
        if messages:
            return messages.pop(0)
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    receive.left = messages  # type: ignore[attr-defined]
    return receive


def read(scope: Scope, receive: Receive, taking: Bodies | None = None) -> bytes:
    async def scene() -> bytes:
        async with asyncio.timeout(PATIENCE):
            body = await (taking or Bodies(account_of)).read(scope, receive)
        with body:
            return body.read()

    return asyncio.run(scene())


class TestSomebodyWithoutASession:
    def test_sends_what_a_form_holds(self) -> None:
        assert read(STRANGER, sending(b"x" * SMALL)) == b"x" * SMALL

    @pytest.mark.parametrize("in_pieces", [False, True])
    def test_sends_no_file_and_hears_why_once_it_is_over(self, in_pieces: bool) -> None:
        chunks = [b"x" * SMALL, b"x", b"x"] if in_pieces else [b"x" * (SMALL + 1)]
        receive: Any = sending(*chunks)

        with pytest.raises(SignInFirst):
            read(STRANGER, receive)

        assert receive.left == []

    @pytest.mark.parametrize("chunks", [[b"x"], []], ids=["after the first byte", "before it"])
    def test_does_not_take_all_day(self, chunks: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bodies, "SMALL_WITHIN", 0.01)

        with pytest.raises(TooSlow):
            read(STRANGER, sending(*chunks, ends=False))


class TestSomebodySignedIn:
    def test_sends_a_photo_however_slowly(self, monkeypatch: pytest.MonkeyPatch) -> None:
        photo = b"x" * (SMALL + 1)
        go_on = sending(photo, b"y")
        is_late = False

        async def receive() -> Message:
            nonlocal is_late
            if not is_late:
                is_late = True
                return await go_on()
            await asyncio.sleep(0.02)
            return await go_on()

        monkeypatch.setattr(bodies, "SMALL_WITHIN", 0.01)

        assert read(HER, receive) == photo + b"y"

    def test_does_not_begin_a_photo_and_leave_it_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bodies, "NEXT_WITHIN", 0.01)

        with pytest.raises(TooSlow):
            read(HER, sending(b"x" * (SMALL + 1), ends=False))

    def test_sends_not_everything(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bodies, "LARGEST", SMALL + 1)

        with pytest.raises(TooLarge):
            read(HER, sending(b"x" * SMALL, b"xx"))


class TestTogether:
    def both(
        self, first: tuple[Scope, bytes], then: tuple[Scope, bytes], make: Callable[[], Bodies]
    ) -> tuple[BaseException | bytes, int]:
        """Read a body while another has not ended; return what became of it, and how much counts at the end."""

        async def scene() -> tuple[BaseException | bytes, int]:
            taking = make()
            waiting = asyncio.ensure_future(taking.read(first[0], sending(first[1], ends=False)))
            rooms = (taking.of_strangers, taking.of_signed_in)
            while not any(room.taken for room in rooms):
                await asyncio.sleep(0)
            try:
                with await taking.read(then[0], sending(then[1])) as body:
                    said: BaseException | bytes = body.read()
            except bodies.NotTaken as refusal:
                said = refusal
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            return said, sum(room.taken for room in rooms) + len(taking.of_accounts)

        return asyncio.run(scene())

    @pytest.fixture
    def make(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Bodies]:
        monkeypatch.setattr(bodies, "OF_STRANGERS", SMALL)
        monkeypatch.setattr(bodies, "OF_SIGNED_IN", 2 * SMALL)
        return lambda: Bodies(account_of)

    def test_strangers_send_no_more_than_there_is_room_for(self, make: Callable[[], Bodies]) -> None:
        large = b"x" * SMALL

        said, left = self.both((STRANGER, large), (STRANGER, large), make)

        assert isinstance(said, NoRoom)
        assert left == 0

    def test_whoever_signs_in_is_not_kept_out_by_them(self, make: Callable[[], Bodies]) -> None:
        said, _left = self.both((STRANGER, b"x" * SMALL), (STRANGER, b"x" * FREE), make)

        assert said == b"x" * FREE

    def test_nor_is_a_photo_of_somebody_who_has(self, make: Callable[[], Bodies]) -> None:
        photo = b"x" * (SMALL + 1)

        said, left = self.both((STRANGER, b"x" * SMALL), (HER, photo), make)

        assert (said, left) == (photo, 0)

    def test_photos_have_an_end_too(self, make: Callable[[], Bodies]) -> None:
        photo = b"x" * (SMALL + SMALL // 2)

        said, left = self.both((HER, photo), (HER, photo), make)

        assert isinstance(said, NoRoom)
        assert left == 0

    @pytest.mark.parametrize(("then", "is_taken"), [(HER, False), (HIM, True)], ids=["her", "him"])
    def test_whoever_sends_too_much_keeps_out_herself_alone(
        self, then: Scope, is_taken: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bodies, "OF_ONE", 2 * SMALL)
        photo = b"x" * (SMALL + SMALL // 2)

        said, left = self.both((HER, photo), (then, photo), lambda: Bodies(account_of))

        assert said == photo if is_taken else isinstance(said, TooManyOfHers)
        assert left == 0


def test_a_body_whose_sender_has_gone_leaves_nothing() -> None:
    async def gone() -> Message:
        return {"type": "http.disconnect"}

    taking = Bodies(account_of)
    with pytest.raises(Gone):
        read(STRANGER, gone, taking)

    assert taking.of_strangers.taken == 0
