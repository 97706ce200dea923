"""
How long the ways of a house really take, from when people have set out and arrived. Pure.

What a single way says is worth little: somebody presses late, has lunch in between, or rings at the wrong door. So
middles, not means; a way that cannot be is left out; nobody weighs much more than the others; and the fewer ways there
are, the more the rule is believed.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Final
from uuid import UUID

from anjia.dispatch.insertion import GreedyInsertion
from anjia.dispatch.matching import place_of
from anjia.dispatch.rules import TRAVEL, Ways
from anjia.dispatch.rules.travel import HOURS, LEARNING, Basis, Factors, LearningRule, first_pace
from anjia.kernel.calendar import local
from anjia.visits.queries import Journey
from anjia.visits.rules.arrival import Grade, distance_m
from anjia.workforce.rules import SPEED_KMH, TravelMode

MINUTE: Final = timedelta(minutes=1)
SETUP: Final = TRAVEL.setup / MINUTE
LINE: Final = GreedyInsertion().line
SPREAD: Final = 1.4826  # from the middle of the distances to what a standard deviation would be
TOO_FAR: Final = 3 * SPREAD
CLOSE: Final = 0.1  # nearer to the middle than this nothing is too far

# Proofs by which she was near or at the door; the others only say so.
NEAR: Final = frozenset(Grade) - {Grade.PHOTO_AND_REASON, Grade.STATED}
# Proofs that lie behind the door; a photo with a position may be taken at the gate.
AT_DOOR: Final = frozenset({Grade.DYNAMIC_QR, Grade.HOUSEHOLD_CARD, Grade.FAMILY_QR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """From one home to the next: how many minutes it took, and how many it would by the line and by the roads."""

    staff_id: UUID
    mode: str
    hour: int
    address_id: UUID
    grade: str
    minutes: float
    line: float
    roads: float | None = None

    def by(self, basis: Basis) -> float | None:
        return self.roads if basis is Basis.ROADS else self.line


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What is to be reckoned with from now on, and on how much it rests."""

    mode: str
    basis: Basis
    factors: Factors
    trips: int
    people: int
    trips_by_hour: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """How many minutes it takes from the street to a door, and how many arrivals that was learnt from."""

    address_id: UUID
    minutes: int
    trips: int


def learnt(
    trips: Collection[Trip], said: Mapping[UUID, int], rule: LearningRule = LEARNING
) -> tuple[list[Learnt], list[Door]]:
    """
    Return what the ways say of how people get on, and of the doors; `said` are the doors that somebody has spoken of.

    What the stairs take is not to be taken for a slow street, nor the other way round: so first the streets, then the
    doors, then the streets without the doors, and the doors once more.
    """
    doors = {door.address_id: door.minutes for door in learnt_doors(trips, learnt_paces(trips, rule), rule)}
    without = [without_door(trip, {**doors, **said}) for trip in trips]
    paces = learnt_paces(without, rule)
    return paces, [door for door in learnt_doors(trips, paces, rule) if door.address_id not in said]


def without_door(trip: Trip, doors: Mapping[UUID, int]) -> Trip:
    minutes = doors.get(trip.address_id, 0) if trip.grade in AT_DOOR else 0
    return replace(trip, minutes=trip.minutes - minutes)


def learnt_doors(trips: Iterable[Trip], paces: Iterable[Learnt], rule: LearningRule = LEARNING) -> list[Door]:
    """Return of each home that people have come to often enough how much longer the way to it takes than others."""
    factors = {(one.mode, one.basis): one.factors for one in paces}
    left: dict[UUID, list[float]] = {}
    for trip in trips:
        if trip.grade in AT_DOOR:
            basis = Basis.ROADS if trip.roads else Basis.LINE
            by_hour = factors.get((trip.mode, basis)) or first_pace(trip.mode).of(basis)
            left.setdefault(trip.address_id, []).append(
                trip.minutes - SETUP - (trip.by(basis) or 0.0) * by_hour[trip.hour]
            )
    found = []
    for address_id, minutes in sorted(left.items()):
        if len(minutes) >= rule.fewest_at_door:
            whole = round(believed(median(minutes), len(minutes), rule.weight_at_door, 0.0))
            whole = min(rule.most_at_door, whole) if whole >= rule.least_at_door else 0
            found.append(Door(address_id=address_id, minutes=whole, trips=len(minutes)))
    return found


def trips_of(
    journeys: Iterable[Journey],
    modes: Mapping[UUID, str],
    roads: Mapping[str, Ways],
    rule: LearningRule = LEARNING,
) -> Iterator[Trip]:
    """
    Yield the ways of which both ends are known: from a home at which she was done, straight to the next one.

    `roads` are those of each way of travelling. What cannot have been is left out, and so is what may have led by way
    of the laboratory: as long as something she took may still be with her.
    """
    days: dict[tuple[UUID, object], list[tuple[datetime, Journey]]] = {}
    for one in journeys:
        if one.arrived_at:
            days.setdefault((one.staff_id, local(one.arrived_at).date()), []).append((one.arrived_at, one))
    for (staff_id, _day), hers in days.items():
        in_order = [one for _at, one in sorted(hers, key=lambda pair: (pair[0], str(pair[1].visit_id)))]
        mode, carries_until = modes.get(staff_id), in_order[0].arrived_at
        for before, one in pairwise(in_order):
            if before.arrived_at and before.deliver_minutes and carries_until:
                carries_until = max(carries_until, before.arrived_at + MINUTE * before.deliver_minutes)
            trip = trip_between(before, one, mode, roads, rule) if mode else None
            if trip and one.departed_at and carries_until and one.departed_at >= carries_until:
                yield trip


def trip_between(
    before: Journey, one: Journey, mode: str, roads: Mapping[str, Ways], rule: LearningRule
) -> Trip | None:
    left, set_out, there = before.done_at, one.departed_at, one.arrived_at
    start, end = place_of(before.cell), place_of(one.cell)
    if left is None or set_out is None or there is None or start is None or end is None:
        return None
    took, metres = (there - set_out) / MINUTE, distance_m(start, end)
    is_plain = (
        before.is_alone
        and one.is_alone
        and before.grade in NEAR
        and one.grade in NEAR
        and left <= set_out < there
        and set_out - left <= rule.longest_wait
        and there - set_out <= rule.longest
        and metres >= rule.least_m
        and metres / 1000 <= rule.fastest_kmh * took / 60
    )
    if not is_plain:
        return None
    by_road = roads.get(mode, {}).get((start, end))
    return Trip(
        staff_id=one.staff_id,
        mode=mode,
        hour=local(there).hour,
        address_id=one.address_id,
        grade=one.grade,
        minutes=took,
        line=LINE(SPEED_KMH[TravelMode(mode)], start, end),
        roads=by_road / MINUTE if by_road else None,
    )


def learnt_paces(trips: Collection[Trip], rule: LearningRule = LEARNING) -> list[Learnt]:
    """Return what the ways say of each way of travelling, by the line and by the roads; nothing where they are few."""
    found = []
    for mode in sorted({trip.mode for trip in trips}):
        for basis in Basis:
            ratios = [ratio for trip in trips if trip.mode == mode and (ratio := ratio_of(trip, basis, rule))]
            if one := learnt_of(mode, basis, ratios, rule):
                found.append(one)
    return found


@dataclass(frozen=True, slots=True)
class Ratio:
    """By how much a way took longer than it is reckoned by the rule alone, as a logarithm; and what it weighs."""

    log: float
    weight: float
    hour: int
    staff_id: UUID


def ratio_of(trip: Trip, basis: Basis, rule: LearningRule) -> Ratio | None:
    by = trip.by(basis)
    if not by:
        return None
    reckoned = by * first_pace(trip.mode).of(basis)[trip.hour]
    share = (trip.minutes - SETUP) / reckoned
    least, most = rule.believed
    return Ratio(math.log(share), reckoned, trip.hour, trip.staff_id) if least <= share <= most else None


def learnt_of(mode: str, basis: Basis, ratios: Sequence[Ratio], rule: LearningRule) -> Learnt | None:
    kept = without_far(ratios)
    if len(kept) < rule.fewest:
        return None
    weights = evened(kept, rule)
    all_day = believed(middle(kept, weights), len(kept), rule.weight, 0.0)
    factors, counts = [], []
    for hour, first in zip(HOURS, first_pace(mode).of(basis), strict=True):
        then = [one for one in kept if one.hour == hour]
        log = all_day
        if len(then) >= rule.fewest_in_hour:
            log = believed(middle(then, weights), len(then), rule.weight_in_hour, all_day)
        least, most = rule.bounds
        factors.append(round(min(most, max(least, first * math.exp(log))), 3))
        counts.append(len(then))
    return Learnt(
        mode=mode,
        basis=basis,
        factors=tuple(factors),
        trips=len(kept),
        people=len({one.staff_id for one in kept}),
        trips_by_hour=tuple(counts),
    )


def without_far(ratios: Sequence[Ratio]) -> list[Ratio]:
    """Return them without those that are far from the middle for how far the others are."""
    if not ratios:
        return []
    centre = median(one.log for one in ratios)
    usual = max(CLOSE, median(abs(one.log - centre) for one in ratios))
    return [one for one in ratios if abs(one.log - centre) <= TOO_FAR * usual]


def evened(ratios: Iterable[Ratio], rule: LearningRule) -> Mapping[UUID, float]:
    """Return by how much each person's ways count, so that nobody weighs much more than the middle one."""
    of: dict[UUID, float] = {}
    for one in ratios:
        of[one.staff_id] = of.get(one.staff_id, 0.0) + one.weight
    most = rule.most_of_one * median(of.values())
    return {staff_id: min(1.0, most / weight) for staff_id, weight in of.items()}


def middle(ratios: Iterable[Ratio], weights: Mapping[UUID, float]) -> float:
    """Return the middle by weight: long ways say more than short ones."""
    ordered = sorted((one.log, one.weight * weights[one.staff_id]) for one in ratios)
    half, sum_so_far = sum(weight for _log, weight in ordered) / 2, 0.0
    for log, weight in ordered:
        sum_so_far += weight
        if sum_so_far >= half:
            return log
    raise ValueError("there is no middle of nothing")


def believed(said: float, number: int, weight: float, rule: float) -> float:
    """Return what is between the rule and what so many ways say: the more there are, the nearer to them."""
    return (said * number + rule * weight) / (number + weight)


def is_news(factors: Factors, one: Learnt, rule: LearningRule = LEARNING) -> bool:
    """Say whether it is so different from what is reckoned with that there is to be a new version."""
    return any(abs(old - new) >= rule.step for old, new in zip(factors, one.factors, strict=True))
