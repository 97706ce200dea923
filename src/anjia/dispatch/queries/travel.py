"""How long the way takes, by what the roads' server has said so far."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count, Max

from anjia.dispatch.matching import Travel, cell_of, place_of, profile_of
from anjia.dispatch.models import RoadsServer, TravelPace, TravelTime
from anjia.dispatch.pacing import Trip, trips_of
from anjia.dispatch.queries.laboratory import laboratory_for
from anjia.dispatch.rules import MOST_CELLS, ROADS_AGAIN, ROADS_AHEAD, WORDS_OF_PROFILE, Point, Profile
from anjia.dispatch.rules.delivering import Laboratory
from anjia.dispatch.rules.travel import LEARNING, Pace, first_pace
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.kernel.prepared import Prepared
from anjia.visits.queries import Busy, journeys, live_assignments
from anjia.workforce.queries import caregivers_on
from anjia.workforce.rules import CaregiverSheet

KNOWN: Final = Prepared(
    lambda asked: TravelTime.objects.filter(
        organization_id=asked.house,
        profile__any_of=asked.profiles,
        from_cell__any_of=asked.cells,
        to_cell__any_of=asked.cells,
        seconds__isnull=False,
    ).values_list("profile", "from_cell", "to_cell", "seconds")
)


def ways_between(
    actor: Actor,
    purpose: Purpose,
    *,
    sheets: Iterable[CaregiverSheet],
    busy: Iterable[Busy],
    cells: Iterable[str],
    laboratory: Laboratory | None = None,
) -> Travel:
    """
    Return how fast people of this house get on, and what is known of the roads between where these caregivers start,
    where they are promised, and `cells`.

    One question, and one more where the institution has a server of the roads.
    """
    paces = _paces_of(actor)
    if not settings.ROADS:
        return Travel(paces=paces)
    points: dict[str, set[Point]] = {}
    there = {site.cell for site in laboratory.sites} if laboratory else set()
    for cell in {*cells, *(one.cell for one in busy), *there} - {""}:
        points.setdefault(cell, set()).update({place} if (place := place_of(cell)) else ())
    sheets = list(sheets)
    for base in {sheet.base for sheet in sheets if sheet.base}:
        points.setdefault(cell_of(base), set()).add(base)
    profiles = {profile for sheet in sheets if (profile := profile_of(sheet))}
    rows = KNOWN.tuples(house=actor.organization_id, profiles=sorted(profiles), cells=sorted(points))
    found: dict[Profile | None, dict[tuple[Point, Point], timedelta]] = {}
    for profile, from_cell, to_cell, seconds in rows:
        ways = found.setdefault(Profile(profile), {})
        for start in points[from_cell]:
            ways |= {(start, end): timedelta(seconds=seconds) for end in points[to_cell]}
    return Travel(found, paces)


PACES: Final = Prepared(
    lambda asked: TravelPace.objects.filter(organization_id=asked.house, until_at=None).values_list(
        "mode", "basis", "factors"
    )
)


def _paces_of(actor: Actor) -> dict[str, Pace]:
    """Return what the house has learnt of each way of travelling; of the others its rule is reckoned with."""
    found: dict[str, Pace] = {}
    for mode, basis, factors in PACES.tuples(house=actor.organization_id):
        found[mode] = replace(found.get(mode) or first_pace(mode), **{basis: tuple(factors)})
    return found


def trips_made(actor: Actor, purpose: Purpose, *, now: datetime) -> list[Trip]:
    """
    Return the ways of the last weeks from home to home, and how long they would take as they are reckoned.

    :raises NotAllowed: if the actor may not read visits
    """
    since = now - LEARNING.looks_back
    made = journeys(actor, purpose, start=since, end=now)
    sheets = caregivers_on(actor, purpose, start=since, end=now)
    cells = {one.cell for one in made}
    known = ways_between(actor, purpose, sheets=sheets, busy=[], cells=cells) if settings.ROADS else Travel()
    modes = {sheet.id: sheet.travel_mode for sheet in sheets}
    roads = {sheet.travel_mode: known.ways_of(sheet) for sheet in sheets}
    return list(trips_of(made, modes, roads))


@dataclass(frozen=True, slots=True, kw_only=True)
class ToAsk:
    """Whose ways are to be asked for: those of `new` cells from and to all."""

    profile: Profile
    new: list[str]
    all: list[str]


def roads_to_ask(actor: Actor, purpose: Purpose, *, now: datetime) -> list[ToAsk]:
    """Return for each way of travelling which cells of the days ahead the roads are not known of, or not any more."""
    sheets = caregivers_on(actor, purpose, start=now, end=now + ROADS_AHEAD)
    busy = live_assignments(actor, purpose, staff_ids=None, start=now, end=now + ROADS_AHEAD, now=now)
    laboratory = laboratory_for(actor, purpose, busy=busy)
    homes = {one.cell for one in busy} - {""} | (
        {site.cell for site in laboratory.sites} if laboratory else set()
    )
    asked = []
    for profile in sorted({one for sheet in sheets if (one := profile_of(sheet))}):
        bases = {cell_of(sheet.base) for sheet in sheets if sheet.base and profile_of(sheet) is profile}
        cells = sorted(homes | bases)[:MOST_CELLS]
        if new := _unknown(actor, profile, cells, now):
            asked.append(ToAsk(profile=profile, new=new, all=cells))
    return asked


def _unknown(actor: Actor, profile: Profile, cells: Collection[str], now: datetime) -> list[str]:
    """Return the cells whose ways to all others are not known, or were asked for too long ago."""
    counted = dict(
        TravelTime.objects.filter(
            organization_id=actor.organization_id,
            profile=profile,
            from_cell__in=cells,
            to_cell__in=cells,
            asked_at__gt=now - ROADS_AGAIN,
        )
        .values_list("from_cell")
        .annotate(Count("id"))
    )
    return [cell for cell in cells if counted.get(cell, 0) < len(cells) - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Roads:
    """What is known of the roads for one way of travelling; `missing` cells are reckoned by the straight line."""

    profile: Profile
    pairs: int
    last_asked_at: datetime | None
    missing: int
    silent_since: datetime | None = None  # it has not answered from then on: new ways go by the straight line

    @property
    def words(self) -> str:
        return str(WORDS_OF_PROFILE[self.profile])


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentRoads:
    """A way of travelling whose roads' server does not answer, and since when."""

    profile: Profile
    silent_since: datetime

    @property
    def words(self) -> str:
        return str(WORDS_OF_PROFILE[self.profile])


def silent_roads(actor: Actor, purpose: Purpose) -> list[SilentRoads]:
    """Return which servers of the roads do not answer the house; nothing is asked where it has none."""
    if not settings.ROADS:
        return []
    rows = RoadsServer.objects.filter(
        organization_id=actor.organization_id, silent_since__isnull=False, profile__in=sorted(settings.ROADS)
    )
    found = rows.order_by("profile").values_list("profile", "silent_since")
    return [SilentRoads(profile=Profile(profile), silent_since=since) for profile, since in found if since]


def roads_known(actor: Actor, purpose: Purpose, *, now: datetime) -> list[Roads]:
    """
    Return how far the roads of the days ahead are known, by way of travelling; nothing, without a server of theirs.

    :raises NotAllowed: without `identity.manage`
    """
    if not actor.may("identity.manage"):
        raise NotAllowed
    if not settings.ROADS:
        return []
    missing = {one.profile: len(one.new) for one in roads_to_ask(actor, purpose, now=now)}
    kept = {
        profile: (pairs, last)
        for profile, pairs, last in TravelTime.objects.filter(organization_id=actor.organization_id)
        .values_list("profile")
        .annotate(Count("id"), Max("asked_at"))
    }
    silent = {one.profile: one.silent_since for one in silent_roads(actor, purpose)}
    return [
        Roads(
            profile=profile,
            pairs=kept.get(profile, (0, None))[0],
            last_asked_at=kept.get(profile, (0, None))[1],
            missing=missing.get(profile, 0),
            silent_since=silent.get(profile),
        )
        for profile in sorted({*map(Profile, kept), *missing, *map(Profile, settings.ROADS)})
    ]
