"""
A city's day by zones: it is cut, each zone is planned by itself, and then it is cut again elsewhere.

First by place: in half along its longer side, so that either half has its share of the visits and, of each kind of
caregiver, her share of their work; and so on until a zone is small. What is planned so is good inside a zone and poor
at its border. So the plan is cut again at another angle, now by where each caregiver is under way: what lay at a border
lies inside, and goes on from what it has. At last those who are left out get zones of their own: who may come to them,
and whoever is on the way near by. What comes of a zone is taken only if the evaluator says that it costs less.

The zones of a round know nothing of each other: `run` may plan them one by one, in processes, or on other machines, and
the plan is the same.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from anjia.planning.evaluate import evaluate, suits
from anjia.planning.plan import Plan, Route
from anjia.planning.problem import Caregiver, Problem, Visit
from anjia.planning.region import Part, Region, Spot, fresh, planned, put_in, what_holds

MOST: Final = 300  # visits of a zone
FIRST: Final = 0.5  # the share of all changes for the first round
ROUNDS: Final = 3
RESCUES: Final = 4  # rounds around those who are left out
ABLE: Final = 4  # caregivers who may come to somebody left out, around whom a zone is made
FEW: Final = 2  # of a kind: who is halved with others like her
TURN: Final = math.pi * (math.sqrt(5.0) - 1.0) / 2.0  # between two cuts: no two of them are alike


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker is asked; all of it is plain data. The same words give the same plan anywhere."""

    problem: Problem
    start: Plan | None
    iterations: int
    seed: int


Run = Callable[[Sequence[Job]], Iterable[Plan]]


def solve_by_zones(
    region: Region,
    *,
    changes: int,
    run: Run,
    seed: int = 0,
    most: int = MOST,
    rounds: int = ROUNDS,
    start: Plan | None = None,
) -> Plan:
    """
    Return a plan of the region, after so many changes per visit; or what comes of a start, where only those who are
    left out are looked after.

    `run` gives the plan of each job, in their order. It is called once for each of `turns_of`, whatever is to be done.
    """
    plan = nothing_of(region) if start is None else start
    for number in turns_of(rounds, start):
        share = share_of_round(number, rounds)
        parts = list(
            parts_of(region, plan, number, most)
            if number < rounds
            else rescues(region, plan, number - rounds, most)
        )
        if start is not None:
            parts = [part for part in parts if part.start is not None and part.start.left_out]
        jobs = [
            Job(part.problem, part.start, round(changes * share * len(part.problem.visits)), seed + number)
            for part in parts
        ]
        for part, new in zip(parts, run(jobs), strict=True):
            if is_better(part, new):
                plan = put_in(plan, part, new)
    return plan


def start_of(before: tuple[Region, Plan] | None, region: Region) -> Plan | None:
    """Return what to go on from in a region that was planned a little otherwise before; None: from nothing."""
    start = what_holds(*before, region) if before else None
    return None if start is None or evaluate(region, start).faults else start


def turns_of(rounds: int = ROUNDS, start: Plan | None = None) -> Sequence[int]:
    """Return the numbers of the rounds, and then of those around who is left out."""
    first = range(rounds) if start is None else range(1, rounds)[:1]
    return [*first, *range(rounds, rounds + RESCUES)]


def share_of_round(number: int, rounds: int) -> float:
    if rounds == 1:
        return 1.0
    return FIRST if number == 0 else (1.0 - FIRST) / (rounds - 1)


def nothing_of(region: Region) -> Plan:
    """Return the plan in which nobody comes."""
    return Plan(
        tuple(Route(one.id, shift.id) for one in region.caregivers for shift in one.shifts),
        tuple(visit.id for visit in region.visits),
    )


def parts_of(region: Region, plan: Plan, number: int, most: int) -> Iterator[Part]:
    if number == 0:
        for caregivers, visits in cut_by_place(region, most):
            yield fresh(region, caregivers, visits)
        return
    for caregivers, visits in cut_by_ways(region, plan, number * TURN, most):
        yield planned(region, plan, caregivers, visits)


def is_better(part: Part, new: Plan) -> bool:
    """Return whether a plan of a part may be taken instead of what there is."""
    score = evaluate(part.problem, new)
    if score.faults or not part.is_kept_by(new):
        return False
    return part.start is None or score.cost < evaluate(part.problem, part.start).cost


# Cutting by place

Zone = tuple[list[str], list[str]]  # caregivers, and visits


def cut_by_place(region: Region, most: int) -> Iterator[Zone]:
    """Yield who is where: each caregiver and each visit in one zone."""
    kinds: dict[frozenset[str], list[Caregiver]] = {}
    for one in region.caregivers:
        kinds.setdefault(frozenset(one.skills), []).append(one)
    rarest = rarest_of(kinds)
    zones = list(halved(region, list(kinds.values()), list(region.visits), rarest, most))
    home = {one: number for number, (caregivers, _) in enumerate(zones) for one in caregivers}
    bound: list[list[str]] = [[] for _ in zones]
    by_id = {visit.id: visit for visit in region.visits}
    for number, (_, visits) in enumerate(zones):
        for name in visits:
            there = sorted(home[one] for one in wanted(by_id[name]) if one in home)
            bound[there[len(there) // 2] if there else number].append(name)
    for (caregivers, _), visits in zip(zones, bound, strict=True):
        yield caregivers, visits


def wanted(visit: Visit) -> frozenset[str]:
    """Return who alone may come, if that has been said."""
    if visit.promise is not None and visit.promise.keeps_caregivers:
        return frozenset(visit.promise.caregivers)
    return visit.required


def rarest_of(kinds: Mapping[frozenset[str], Sequence[Caregiver]]) -> Mapping[frozenset[str], str]:
    """Return of each kind of caregivers the skill that the fewest have: by that they are shared out."""
    count: dict[str, int] = {}
    for skills, some in kinds.items():
        for skill in skills:
            count[skill] = count.get(skill, 0) + len(some)
    return {skills: min(sorted(skills), key=lambda skill: count[skill], default="") for skills in kinds}


def halved(
    region: Region,
    kinds: Sequence[list[Caregiver]],
    visits: list[Visit],
    rarest: Mapping[frozenset[str], str],
    most: int,
) -> Iterator[Zone]:
    if len(visits) <= most or all(len(kind) < 2 for kind in kinds):
        yield [one.id for kind in kinds for one in kind], [visit.id for visit in visits]
        return
    along = longer_side([region.spots[visit.place] for visit in visits])
    visits.sort(key=lambda visit: (region.spots[visit.place][along], visit.id))
    middle = len(visits) // 2
    sides = visits[:middle], visits[middle:]
    ours, theirs, owed = list[list[Caregiver]](), list[list[Caregiver]](), 0.0
    for kind in kinds:
        ordered = sorted(kind, key=lambda one: (home_of(region, one)[along], one.id))
        share = share_of(rarest[frozenset(kind[0].skills)], *sides) if kind else 0.5
        here = round(share * len(ordered))
        if len(ordered) <= FEW:  # not all such kinds are to go the same way
            owed += share * len(ordered)
            here = min(len(ordered), max(0, round(owed)))
            owed -= here
        ours.append(ordered[:here])
        theirs.append(ordered[here:])
    yield from halved(region, ours, sides[0], rarest, most)
    yield from halved(region, theirs, sides[1], rarest, most)


def longer_side(spots: Sequence[Spot]) -> int:
    across = [max(spot[axis] for spot in spots) - min(spot[axis] for spot in spots) for axis in (0, 1)]
    return int(across[1] > across[0])


def share_of(skill: str, ours: Sequence[Visit], theirs: Sequence[Visit]) -> float:
    """Return which share of the minutes that need a skill is ours."""
    one, two = minutes_of(skill, ours), minutes_of(skill, theirs)
    return one / (one + two) if one + two else 0.5


def minutes_of(skill: str, visits: Sequence[Visit]) -> float:
    return sum(part.minutes for visit in visits for part in visit.parts if part.skill == skill)


# Cutting by ways


@dataclass(frozen=True, slots=True)
class Way:
    """A caregiver with her visits, or a visit that nobody does yet: where its middle is."""

    name: str
    spot: Spot
    visits: int
    is_caregiver: bool


def cut_by_ways(region: Region, plan: Plan, angle: float, most: int) -> Iterator[Zone]:
    """Yield zones of whole ways, first cut across this angle, and who is left out in each."""
    for zone in halves_of(ways_of(region, plan, angle), most):
        yield (
            [way.name for way in zone if way.is_caregiver],
            [way.name for way in zone if not way.is_caregiver],
        )


def ways_of(region: Region, plan: Plan, angle: float) -> list[Way]:
    spots = {visit.id: region.spots[visit.place] for visit in region.visits}
    stops: dict[str, list[Spot]] = {one.id: [] for one in region.caregivers}
    for route in plan.routes:
        stops[route.caregiver] += [spots[stop.visit] for stop in route.stops]
    ways = [
        Way(one.id, turned(middle(stops[one.id] or [home_of(region, one)]), angle), len(stops[one.id]), True)
        for one in region.caregivers
        if one.shifts
    ]
    ways += [Way(name, turned(spots[name], angle), 1, False) for name in plan.left_out]
    return ways


def rescues(region: Region, plan: Plan, turn: int, most: int) -> Iterator[Part]:
    """
    Yield a part for each visit that is left out: some who may come to it, each time others, and who is near them.

    Of those who could come to two of them, one has to wait for the next turn.
    """
    people = {one.id: one for one in region.caregivers}
    visits = {visit.id: visit for visit in region.visits}
    free = [way for way in ways_of(region, plan, 0.0) if way.is_caregiver]
    for name in sorted(plan.left_out):
        near = nearest(free, [region.spots[visits[name].place]])
        may = scarcest(visits[name], near, people)
        able = may[turn * ABLE : (turn + 1) * ABLE] or may[:ABLE]
        if not able:
            continue
        zone = up_to(
            most, [*able, *nearest([way for way in free if way not in able], [way.spot for way in able])]
        )
        free = [way for way in free if way not in zone]
        yield planned(region, plan, [way.name for way in zone], [name])


def nearest(ways: Sequence[Way], spots: Sequence[Spot]) -> list[Way]:
    """Return them by how far each is from the nearest of these spots."""
    return sorted(ways, key=lambda way: (min(math.dist(way.spot, spot) for spot in spots), way.name))


def up_to(most: int, ways: Sequence[Way]) -> list[Way]:
    """Return the first of them, as long as they have no more visits."""
    found, visits = list[Way](), 0
    for way in ways:
        visits += way.visits
        if found and visits > most:
            break
        found.append(way)
    return found


def scarcest(visit: Visit, ways: Sequence[Way], people: Mapping[str, Caregiver]) -> list[Way]:
    """Return who may do that part of a visit which the fewest may do."""
    able = [[way for way in ways if suits(visit, part, people[way.name])] for part in visit.parts]
    return min(able, key=len)


def home_of(region: Region, one: Caregiver) -> Spot:
    return region.homes[one.id] if one.id in region.homes else region.spots[one.shifts[0].starts_at]


def halves_of(ways: list[Way], most: int) -> Iterator[list[Way]]:
    if sum(way.visits for way in ways) <= most or sum(way.is_caregiver for way in ways) < 2:
        yield ways
        return
    along = longer_side([way.spot for way in ways])
    ways.sort(key=lambda way: (way.spot[along], way.name))
    half, seen, place = sum(way.visits for way in ways) / 2, 0, 0
    while seen < half:
        seen += ways[place].visits
        place += 1
    place = min(max(place, 1), len(ways) - 1)
    yield from halves_of(ways[:place], most)
    yield from halves_of(ways[place:], most)


def middle(spots: Sequence[Spot]) -> Spot:
    return sum(x for x, _ in spots) / len(spots), sum(y for _, y in spots) / len(spots)


def turned(spot: Spot, angle: float) -> Spot:
    x, y = spot
    return x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)
