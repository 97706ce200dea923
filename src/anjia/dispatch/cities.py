"""
A day too large for one problem, put to the engine as a region: its ways are asked for where they are needed.

It says the same as `dispatch.posing` in words that a city can be cut by. A skill is what law and house ask for: there
are few of these. Whoever is not wished for, or has said no, is refused. What somebody has taken only she may do. Each
caregiver is at home where her visits of the day lie.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from anjia.dispatch.days import Day
from anjia.dispatch.matching import place_of
from anjia.dispatch.posing import STAY, Group, Places, Posed, grouped, mode_of, pose, shifts_of
from anjia.dispatch.rules import Point
from anjia.dispatch.rules.plans import PLANNING
from anjia.kernel.calendar import day_bounds
from anjia.planning.problem import Caregiver, Visit, Weights
from anjia.planning.region import Region, Spot, asked_of
from anjia.workforce.rules import CaregiverSheet

HERS: Final = "hers"  # the skill of what somebody has taken: all have it, and one is required
DEGREE: Final = 111.2  # kilometres


def put_to_the_engine(day: Day, *, movable: Mapping[UUID, timedelta] = STAY) -> Posed:
    """Return the day as a problem, or as a region where it has more parts of visits than one problem is to have."""
    return pose(day, movable=movable) if len(day.pieces) <= PLANNING.most_in_one else spread(day, movable)


def spread(day: Day, movable: Mapping[UUID, timedelta]) -> Posed:
    midnight = day_bounds(day.day)[0]
    timelines = day.timelines(())
    places = Places(midnight, list(dict.fromkeys(her.pace for her in timelines.values())))
    groups = grouped(day, movable)
    names: dict[frozenset[UUID], str] = {}
    visits = [visit_of(day, group, places, names) for group in groups]
    caregivers = []
    for sheet in day.sheets:
        shifts, fixed = shifts_of(day, sheet, timelines[sheet.id], places)
        visits += [only_for(sheet, one) for one in fixed]
        if shifts:
            may = {skill: 0 for able, skill in names.items() if sheet.id in able}
            caregivers.append(Caregiver(str(sheet.id), tuple(shifts), {**may, HERS: 0}, mode=mode_of(sheet)))
    modes = {mode_of(sheet): timelines[sheet.id] for sheet in reversed(day.sheets)}
    spots = spots_of(day, places)
    region = Region(
        tuple(sorted(caregivers, key=lambda one: one.id)),
        tuple(sorted(visits, key=lambda one: one.id)),
        tuple(sorted(places.points)),
        asked_of(
            sorted(places.points), {mode: partial(places.way, her) for mode, her in sorted(modes.items())}
        ),
        Weights(balance=PLANNING.balance, unassigned=PLANNING.left_out),
        spots=spots,
        homes=homes_of(day, spots[""]),
    )
    return Posed(region, {group.id: group.pieces for group in groups}, midnight)


def visit_of(day: Day, group: Group, places: Places, names: dict[frozenset[UUID], str]) -> Visit:
    qualified = day.qualified[group.pieces[0].key]
    if qualified not in names:
        names[qualified] = name_of(qualified)
    visit = group.visit(day, places, {group.able: names[qualified]})
    return replace(visit, refused=frozenset(str(one) for one in qualified - group.able))


def name_of(people: Iterable[UUID]) -> str:
    """Return a name that the same people have in whatever day they are asked for."""
    return "may " + hashlib.sha256(" ".join(sorted(map(str, people))).encode()).hexdigest()[:12]


def only_for(sheet: CaregiverSheet, visit: Visit) -> Visit:
    return replace(
        visit,
        parts=tuple(replace(part, skill=HERS) for part in visit.parts),
        required=frozenset({str(sheet.id)}),
    )


def spots_of(day: Day, places: Places) -> dict[str, Spot]:
    """Return where each place is, in kilometres; what nobody knows lies in the middle, which is named by nothing."""
    points = {name: point for name, point in places.points.items() if point is not None}
    points |= {name: point for name, point in places.base.items() if point is not None}
    spots = {name: spot_of(point) for name, point in points.items()}
    middle = middle_of(list(spots.values())) or (0.0, 0.0)
    return {"": middle, **{name: spots.get(name, middle) for name in places.points}}


def homes_of(day: Day, middle: Spot) -> dict[str, Spot]:
    homes = {}
    for sheet in day.sheets:
        points = [place_of(piece.job.cell) for piece in day.in_for.get(sheet.id, ())]
        hers = [spot_of(point) for point in points if point is not None]
        base = spot_of(sheet.base) if sheet.base is not None else middle
        homes[str(sheet.id)] = middle_of(hers) or base
    return homes


def spot_of(point: Point) -> Spot:
    lat, lon = point
    return DEGREE * lon * math.cos(math.radians(round(lat))), DEGREE * lat


def middle_of(spots: list[Spot]) -> Spot | None:
    if not spots:
        return None
    return sum(x for x, _ in spots) / len(spots), sum(y for _, y in spots) / len(spots)
