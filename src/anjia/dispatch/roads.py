"""What dispatch asks of a server of the roads, in our words. Wired in settings, one address for each profile."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Final, Protocol

from django.conf import settings

from anjia.dispatch.matching import place_of
from anjia.dispatch.queries import ToAsk
from anjia.dispatch.rules import Point, Profile
from anjia.integrations.errors import Misconfigured, Permanent
from anjia.integrations.osrm import standin
from anjia.integrations.osrm.client import Osrm

KMH_OF_STANDIN: Final[Mapping[Profile, float]] = {Profile.FOOT: 4.5, Profile.BICYCLE: 13, Profile.CAR: 22}
Times = Mapping[tuple[str, str], int | None]  # seconds from cell to cell; None where no road leads


class Roads(Protocol):
    def table(self, sources: list[Point], destinations: list[Point]) -> list[list[float | None]]:
        """
        Return the seconds from each source to each destination; None where no road leads.

        :raises anjia.integrations.errors.Temporary: if it may work later
        :raises anjia.integrations.errors.Permanent: if it never will
        """
        ...


def roads_for(profile: Profile) -> Roads | None:
    """Return the server for this way of travelling, if the institution has one; in a demo its stand-in."""
    url = settings.ROADS.get(profile.value)
    if url == standin.HERE:
        return Osrm(standin.local(KMH_OF_STANDIN[profile]))
    return Osrm(url) if url else None


def asked_of(roads: Roads, asked: ToAsk) -> Times:
    """
    Ask for the ways of the new cells from and to all. Never inside a unit of work: it may take seconds.

    One cell that is nowhere near a road has the whole question refused: it is found, and no road leads there.

    :raises Temporary: or Permanent
    """
    try:
        return ways(roads, asked.new, asked.all)
    except Misconfigured:
        raise
    except Permanent:
        reached = [cell for cell in asked.all if is_by_a_road(roads, cell)]
        if len(reached) == len(asked.all):
            raise
    wanted = {*product(asked.new, asked.all), *product(asked.all, asked.new)}
    found = ways(roads, [cell for cell in asked.new if cell in reached], reached)
    return {pair: found.get(pair) for pair in wanted if pair[0] != pair[1]}


def ways(roads: Roads, new: list[str], cells: list[str]) -> Times:
    out = roads.table(places(new), places(cells))
    back = roads.table(places(cells), places(new))
    return dict([*pairs(new, cells, out), *pairs(cells, new, back)])


def is_by_a_road(roads: Roads, cell: str) -> bool:
    try:
        roads.table(places([cell]), places([cell]))
    except Permanent:
        return False
    return True


def places(cells: list[str]) -> list[Point]:
    return [place for cell in cells if (place := place_of(cell))]


def pairs(
    starts: list[str], ends: list[str], table: list[list[float | None]]
) -> Iterator[tuple[tuple[str, str], int | None]]:
    for start, row in zip(starts, table, strict=True):
        for end, seconds in zip(ends, row, strict=True):
            if start != end:
                yield (start, end), None if seconds is None else round(seconds)
