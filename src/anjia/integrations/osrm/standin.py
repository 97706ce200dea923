"""
A stand-in for an OSRM server: speaks its table service over HTTP, and refuses what OSRM refuses.

    with Standin(kmh=15) as osrm:
        Osrm(osrm.url).table([(39.9, 116.4)], [(39.91, 116.41)])

Its roads form a grid that runs north and east: the way is as long as both legs of the corner. Nothing leads into a
place in `no_road_to`; a place in `nowhere` is not near any road, and a question that names it is refused.

In a demo it is started by whoever asks first (`local`), and is away for the last ten minutes of each hour: what is said
and reckoned with then can be looked at.
"""

import json
import math
import re
import time
from contextlib import suppress
from functools import cache
from http.server import BaseHTTPRequestHandler
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from anjia.integrations.local_server import LocalServer

KM_PER_DEGREE: Final = 111.195
PATH: Final = re.compile(r"/(?P<service>\w+)/(?P<version>\w+)/(?P<profile>[\w-]+)/(?P<places>[^/]+)")
PLACE: Final = re.compile(r"(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)")
OPTIONS: Final = {
    "annotations",
    "sources",
    "destinations",
    "generate_hints",
    "skip_waypoints",
    "fallback_speed",
}

HERE: Final = "standin"  # in settings, instead of an address
AWAY_FROM: Final = 50  # minute of each hour, where it comes and goes

Place = tuple[float, float]  # longitude, latitude


class Refusal(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.said = {"code": code, "message": message}


class Standin(LocalServer):
    def __init__(self, *, kmh: float = 15, most_places: int = 100, port: int = 0) -> None:
        self.kmh, self.most_places = kmh, most_places
        self.no_road_to: set[Place] = set()
        self.nowhere: set[Place] = set()
        self.answers_html = False
        self.answers_short = False  # a row less than was asked for
        self.seconds_slow = 0.0
        self.asked: list[int] = []  # how many places each question held
        super().__init__(handler_of(self), port)

    def is_away(self) -> bool:
        return self.answers_html

    def answer(self, path: str, options: dict[str, str]) -> dict[str, Any]:
        """:raises Refusal: as OSRM would"""
        places = places_in(path)
        if unknown := set(options) - OPTIONS:
            raise Refusal("InvalidOptions", f"Options are invalid: {', '.join(sorted(unknown))}")
        sources = indices(options.get("sources", "all"), len(places))
        destinations = indices(options.get("destinations", "all"), len(places))
        if len(places) > self.most_places:
            raise Refusal("TooBig", f"Too many table coordinates, maximum is {self.most_places}")
        if self.nowhere.intersection(places):
            raise Refusal("NoSegment", "Could not find a matching segment for coordinate")
        self.asked.append(len(places))
        rows = [[self._seconds(places[start], places[end]) for end in destinations] for start in sources]
        return {
            "code": "Ok",
            "durations": rows[1:] if self.answers_short else rows,
            "sources": [waypoint(places[one]) for one in sources],
            "destinations": [waypoint(places[one]) for one in destinations],
        }

    def _seconds(self, start: Place, end: Place) -> float | None:
        if start == end:
            return 0.0
        if end in self.no_road_to:
            return None
        return round(self._km(start, end) / self.kmh * 3600, 1)

    def _km(self, start: Place, end: Place) -> float:
        north = abs(start[1] - end[1]) * KM_PER_DEGREE
        east = abs(start[0] - end[0]) * KM_PER_DEGREE * math.cos(math.radians((start[1] + end[1]) / 2))
        return north + east


class ComesAndGoes(Standin):
    """A stand-in that does not answer for the last ten minutes of each hour."""

    def is_away(self) -> bool:
        return minute_of_the_hour() >= AWAY_FROM


def minute_of_the_hour() -> int:
    return time.gmtime().tm_min


@cache
def local(kmh: float) -> str:
    """Return the address of a stand-in in this process, for as long as it lives; started by whoever asks first."""
    return ComesAndGoes(kmh=kmh).__enter__().url


def places_in(path: str) -> list[Place]:
    """:raises Refusal: if it is not the address of a table"""
    found = PATH.fullmatch(unquote(path))
    if found is None:
        raise Refusal("InvalidUrl", "URL string malformed close to position 1")
    if found["service"] != "table":
        raise Refusal("InvalidService", f"Service {found['service']} not found!")
    if found["version"] != "v1":
        raise Refusal("InvalidVersion", f"Service version {found['version']} not found!")
    places = [PLACE.fullmatch(one) for one in found["places"].split(";")]
    pairs = [(float(one[1]), float(one[2])) for one in places if one]
    if len(pairs) < len(places) or len(pairs) < 2:
        raise Refusal("InvalidQuery", "Query string malformed")
    if any(abs(longitude) > 180 or abs(latitude) > 90 for longitude, latitude in pairs):
        raise Refusal("InvalidValue", "Invalid coordinate value.")
    return pairs


def indices(said: str, count: int) -> list[int]:
    if said == "all":
        return list(range(count))
    found = [int(one) if one.isdigit() else count for one in said.split(";")]
    if any(one >= count for one in found):
        raise Refusal("InvalidOptions", "Options are invalid: index out of range")
    return found


def waypoint(place: Place) -> dict[str, Any]:
    return {"hint": "", "distance": 0.0, "location": list(place), "name": ""}


def handler_of(standin: Standin) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(standin.seconds_slow)
            if standin.is_away():
                self._write(502, "text/html", "<html><h1>502 Bad Gateway</h1></html>")
                return
            url = urlsplit(self.path)
            try:
                status, said = 200, standin.answer(url.path, dict(parse_qsl(url.query)))
            except Refusal as refusal:
                status, said = 400, refusal.said
            self._write(status, "application/json; charset=UTF-8", json.dumps(said))

        def _write(self, status: int, kind: str, text: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(BrokenPipeError):  # whoever asked has not waited
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the line would hold where people live."""

    return Handler
