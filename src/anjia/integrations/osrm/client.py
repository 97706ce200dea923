"""
The real client of OSRM's table service: how long it takes from each of some places to each of others.

https://project-osrm.org/docs/v5.24.0/api/#table-service
A server has one way of travelling in it: one address for each. Coordinates go as longitude, latitude, WGS-84, with
the five places after the point (a metre) that OSRM itself works with.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

import httpx

from anjia.integrations import outgoing
from anjia.integrations.errors import Misconfigured, Permanent, Temporary

TIMEOUT: Final = httpx.Timeout(6, connect=3)
MOST_PLACES: Final = 100  # of one question: OSRM's --max-table-size, unless it was set higher
BLOCK: Final = MOST_PLACES // 2
MOST_BYTES: Final = 4_000_000  # of an answer; that of a full block is a twentieth of it
MOST_SECONDS: Final = (
    7 * 24 * 3600.0
)  # of a way: what takes longer is no way, and no number of the database's
# Ours to set right: the address, the service, the size allowed. What else is said is about the question.
OURS: Final = frozenset({"InvalidUrl", "InvalidService", "InvalidVersion", "InvalidOptions", "TooBig"})

Point = tuple[float, float]  # latitude, longitude, WGS-84
Seconds = float


@dataclass(frozen=True, slots=True)
class Osrm:
    """A server for one way of travelling: `profile` is a word in the address, which OSRM does not look at."""

    url: str
    profile: str = "driving"
    http: httpx.Client = field(default_factory=lambda: outgoing.client(TIMEOUT))
    answers_within: float = (
        20.0  # seconds, from first to last: who says a byte now and then is never too slow
    )

    def table(self, sources: Sequence[Point], destinations: Sequence[Point]) -> list[list[Seconds | None]]:
        """
        Return how long each way takes, a row for each source; None where no road leads.

        However many places there are: as many questions are asked as that takes.

        :raises Temporary: if OSRM is not to be reached, too slow, or answers what is no table, or without end
        :raises Misconfigured: if the address is not one of OSRM's table service
        :raises Permanent: if a place is nowhere near a road (NoSegment), or it does not understand the question
        """
        rows: list[list[Seconds | None]] = [[None] * len(destinations) for _ in sources]
        for start, end in product(blocks(len(sources)), blocks(len(destinations))):
            part = self._ask(sources[start], destinations[end])
            for row, found in zip(rows[start], part, strict=True):
                row[end] = found
        return rows

    def _ask(self, sources: Sequence[Point], destinations: Sequence[Point]) -> list[list[Seconds | None]]:
        places = ";".join(
            f"{longitude:.5f},{latitude:.5f}" for latitude, longitude in (*sources, *destinations)
        )
        parameters = {
            "annotations": "duration",
            "sources": ";".join(map(str, range(len(sources)))),
            "destinations": ";".join(str(len(sources) + one) for one in range(len(destinations))),
            "generate_hints": "false",
        }
        try:
            address = f"{self.url}/table/v1/{self.profile}/{places}"
            with self.http.stream("GET", address, params=parameters) as response:
                said = httpx.Response(response.status_code, content=self._read(response))
        except httpx.HTTPError as error:
            raise Temporary(type(error).__name__) from None  # the message would hold the places
        except httpx.InvalidURL:
            raise Misconfigured("InvalidUrl") from None
        return table_in(said, rows=len(sources), columns=len(destinations))

    def _read(self, response: httpx.Response) -> bytes:
        """:raises Temporary: if it takes too long, or too much room"""
        over_at, content = time.monotonic() + self.answers_within, bytearray()
        for piece in response.iter_bytes():
            content += piece
            if len(content) > MOST_BYTES:
                raise Temporary("too_long")
            if time.monotonic() > over_at:
                raise Temporary("too_slow")
        return bytes(content)


def blocks(count: int) -> Iterator[slice]:
    return (slice(begin, begin + BLOCK) for begin in range(0, count, BLOCK))


def table_in(response: httpx.Response, *, rows: int, columns: int) -> list[list[Seconds | None]]:
    try:
        said: Any = response.json()
    except (ValueError, RecursionError):
        raise Temporary("not_json") from None
    code = said.get("code") if isinstance(said, dict) else None
    if response.status_code >= 500 or not isinstance(code, str):
        raise Temporary(f"http_{response.status_code}")
    if code != "Ok":
        raise (Misconfigured if code in OURS else Permanent)(code)
    found = said.get("durations")
    if not is_table(found, rows, columns):
        raise Temporary("not_a_table")
    return [[None if one is None else float(one) for one in row] for row in found]


def is_table(found: Any, rows: int, columns: int) -> bool:
    return (
        isinstance(found, list)
        and len(found) == rows
        and all(isinstance(row, list) and len(row) == columns for row in found)
        and all(one is None or is_a_time(one) for row in found for one in row)
    )


def is_a_time(one: Any) -> bool:
    return isinstance(one, int | float) and not isinstance(one, bool) and 0 <= one <= MOST_SECONDS
