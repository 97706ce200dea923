"""
The bodies of requests on their way in: how large, how slow and how many at once they may be.

Whoever has no session sends little: what she types to sign in, or what a vendor reports. A photo or a list is sent by
somebody who is signed in, which is asked only once a body turns out to be large. She may take her time, and has a
room of her own: whoever fills it keeps out herself.
"""

import asyncio
import io
import tempfile
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import IO, Any, ClassVar, Final
from uuid import UUID

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
AccountOf = Callable[[Scope], Awaitable[UUID | None]]

KIB: Final = 1024
MIB: Final = 1024 * KIB
IN_MEMORY: Final = MIB  # of a body; more goes to a temporary file
LARGEST: Final = 64 * MIB  # Django refuses most before, in its own words
FREE: Final = 16 * KIB  # of each body, not counted: nobody who signs in is kept out by those who send much
SMALL: Final = 256 * KIB  # what anybody may send
SMALL_WITHIN: Final = (
    30.0  # seconds, for whoever has no session, from the first; who sends nothing is among them
)
NEXT_WITHIN: Final = 60.0  # seconds, of what is signed in; a photo from the countryside takes its time
OF_STRANGERS: Final = 16 * MIB  # in one process at once
OF_SIGNED_IN: Final = 512 * MIB
OF_ONE: Final = 128 * MIB  # account, of those


class NotTaken(Exception):
    """The body is not taken; `words` say why."""

    status: ClassVar[int]
    words: ClassVar[str]
    retry_after: ClassVar[int | None] = None


class TooLarge(NotTaken):
    status = 413
    words = "文件太大了，请小于 30 MB 再传一次。This is too large: send less than 30 MB."


class SignInFirst(NotTaken):
    status = 401
    words = "请先登录，再传文件。Sign in first, then send it."


class TooSlow(NotTaken):
    status = 408
    words = "传得太慢，没有收完。请再试一次。It came too slowly: try again."


class NoRoom(NotTaken):
    status = 503
    words = "现在传文件的人太多，请过一会儿再传。Too many send files at once: try again soon."
    retry_after = 5


class TooManyOfHers(NotTaken):
    status = 429
    words = "您同时传的文件太多，请等前面的传完。You send too much at once: let the others come in first."
    retry_after = 5


class Gone(Exception):
    """Whoever asked has gone away before asking was over."""


@dataclass(slots=True)
class Room:
    """Bytes of bodies that are in flight in this process."""

    most: int
    full: type[NotTaken] = NoRoom
    taken: int = 0


class Bodies:
    """Reads bodies; `account_of` says whose a request is, if somebody's who is signed in."""

    def __init__(self, account_of: AccountOf) -> None:
        self.account_of = account_of
        self.of_strangers = Room(OF_STRANGERS)
        self.of_signed_in = Room(OF_SIGNED_IN)
        self.of_accounts: dict[UUID, Room] = {}  # who send something now

    async def read(self, scope: Scope, receive: Receive) -> IO[bytes]:
        """
        Return the body of the request.

        :raises NotTaken: after the last of it was thrown away, so that the sender hears why
        :raises Gone: if it will never be complete
        """
        try:
            async with asyncio.timeout(SMALL_WITHIN) as deadline:
                message = await receive()
                if message["type"] == "http.request" and not message.get("more_body"):
                    content = message.get("body", b"")
                    if len(content) <= SMALL:
                        return io.BytesIO(content)
                return await self.read_in_pieces(scope, message, receive, deadline)
        except TimeoutError:
            raise TooSlow from None

    async def read_in_pieces(
        self, scope: Scope, message: Message, receive: Receive, deadline: asyncio.Timeout
    ) -> IO[bytes]:
        incoming = Incoming(self, scope)
        try:
            await incoming.take_all(message, receive, deadline)
        except BaseException:
            incoming.body.close()
            raise
        finally:
            incoming.leave()
        incoming.body.seek(0)
        return incoming.body


class Incoming:
    """A body that is being read."""

    def __init__(self, bodies: Bodies, scope: Scope) -> None:
        self.bodies = bodies
        self.scope = scope
        self.body = room_for_body()
        self.size = 0
        self.rooms = [bodies.of_strangers]
        self.account_id: UUID | None = None
        self.counted = 0

    async def take_all(self, message: Message, receive: Receive, deadline: asyncio.Timeout) -> None:
        """:raises NotTaken: once its end was heard"""
        refused: NotTaken | None = None
        while True:
            if message["type"] == "http.disconnect":
                raise Gone
            if refused is None:
                try:
                    await self.take(message.get("body", b""))
                except NotTaken as why:
                    refused = why
                    self.body.close()
                    self.leave()  # what is thrown away takes no room
            if not message.get("more_body"):
                break
            if self.account_id:
                deadline.reschedule(asyncio.get_running_loop().time() + NEXT_WITHIN)
            message = await receive()
        if refused:
            raise refused

    async def take(self, chunk: bytes) -> None:
        """:raises NotTaken: if it has become too large, or she or others send too much"""
        self.size += len(chunk)
        if self.size > LARGEST:
            raise TooLarge
        if self.size > SMALL and self.account_id is None:
            account_id = await self.bodies.account_of(self.scope)
            if account_id is None:
                raise SignInFirst
            self.leave()
            own = self.bodies.of_accounts.setdefault(account_id, Room(OF_ONE, TooManyOfHers))
            self.rooms, self.account_id = [own, self.bodies.of_signed_in], account_id
        self.count(max(0, self.size - FREE))
        self.body.write(chunk)

    def count(self, size: int) -> None:
        """:raises NotTaken: if there is not so much left"""
        for room in self.rooms:
            if room.taken - self.counted + size > room.most:
                raise room.full
        for room in self.rooms:
            room.taken += size - self.counted
        self.counted = size

    def leave(self) -> None:
        for room in self.rooms:
            room.taken -= self.counted
        self.counted = 0
        own = self.account_id and self.bodies.of_accounts.get(self.account_id)
        if self.account_id and own and not own.taken:
            del self.bodies.of_accounts[self.account_id]


def room_for_body() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(IN_MEMORY)
