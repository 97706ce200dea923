"""
A region: a problem too large to hold the ways between all its places. Parts of it are problems like any other.

Ways are asked for, place by place; only those of a part are ever held at once. A part is some caregivers, and the
visits that they do or could do. Of a visit of two that is done by one of them and by somebody else, only her half is in
the part, and at the minute at which it is: so any caregivers make a part, and whatever comes of it fits the rest.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Final, cast

from anjia.planning.plan import Plan, Route, Stop
from anjia.planning.problem import (
    ALONE,
    AT_END,
    INDEPENDENT,
    Caregiver,
    Matrix,
    Problem,
    Promise,
    Visit,
    Window,
)

Spot = tuple[float, float]
Ways = Callable[[str, str], float]

NEVER: Final = 1_000_000.0  # the price of leaving out one half of a visit: it must not be


@dataclass(frozen=True, slots=True)
class Row:
    ways: Ways
    place: str
    places: Sequence[str]

    def __getitem__(self, number: int) -> float:
        return self.ways(self.place, self.places[number])


@dataclass(frozen=True, slots=True)
class Asked:
    """Looks like a matrix, and holds nothing."""

    ways: Ways
    places: Sequence[str]

    def __getitem__(self, number: int) -> Row:
        return Row(self.ways, self.places[number], self.places)


@dataclass(frozen=True, slots=True)
class Region(Problem):
    """
    A problem of one day whose travel times are asked for (`asked_of`); `spots` is where each place is, in any unit,
    and `homes` where a caregiver is at home in it, if that is not where she begins.

    The evaluator reads it as it reads any problem. What its parts hold is checked when they are made.
    """

    spots: Mapping[str, Spot] = field(default_factory=dict)
    homes: Mapping[str, Spot] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.series:
            raise ValueError("a region is of one day, and has no series")


def asked_of(places: Sequence[str], ways: Mapping[str, Ways]) -> Mapping[str, Matrix]:
    """Return travel times by mode that are asked for one by one."""
    return {mode: cast("Matrix", Asked(one, places)) for mode, one in ways.items()}


@dataclass(frozen=True, slots=True)
class Part:
    """
    Some of a region: a problem of its own, and how those plan it now. `halves` are visits of two of which another one
    does the other part: what number ours has.
    """

    problem: Problem
    start: Plan | None
    halves: Mapping[str, int] = field(default_factory=dict)

    def is_kept_by(self, plan: Plan) -> bool:
        """Return whether nobody outside would wait for somebody who does not come."""
        return not any(visit in self.halves for visit in plan.left_out)

    def in_region(self, plan: Plan) -> Plan:
        """Return the plan with the parts numbered as they are in the region."""
        routes = tuple(
            replace(route, stops=tuple(self.in_whole(stop) for stop in route.stops)) for route in plan.routes
        )
        return Plan(routes, plan.left_out)

    def in_whole(self, stop: Stop) -> Stop:
        return replace(stop, part=self.halves[stop.visit]) if stop.visit in self.halves else stop


def fresh(region: Region, caregivers: Iterable[str], visits: Iterable[str]) -> Part:
    """Return a part that nobody has planned yet."""
    some, these = set(caregivers), set(visits)
    chosen = [visit for visit in region.visits if visit.id in these]
    return Part(problem_of(region, some, chosen), None)


def planned(region: Region, plan: Plan, caregivers: Iterable[str], left_out: Iterable[str]) -> Part:
    """Return the part of these caregivers as it is planned, and some who are left out and may find a place in it."""
    some, hopes = set(caregivers), set(left_out)
    routes = [route for route in plan.routes if route.caregiver in some]
    done: dict[str, list[Stop]] = {}
    for route in routes:
        for stop in route.stops:
            done.setdefault(stop.visit, []).append(stop)
    chosen, halves = list[Visit](), dict[str, int]()
    for visit in region.visits:
        stops = done.get(visit.id, [])
        if 0 < len(stops) < len(visit.parts):
            halves[visit.id] = stops[0].part
            chosen.append(half(visit, stops[0], region.late_at))
        elif stops or visit.id in hopes:
            chosen.append(visit)
    problem = problem_of(region, some, chosen)
    there = {visit.id for visit in problem.visits}
    start = Plan(
        tuple(
            replace(route, stops=tuple(numbered(stop, halves) for stop in route.stops)) for route in routes
        ),
        tuple(sorted(name for name in hopes if name in there)),
    )
    return Part(problem, start, halves)


def numbered(stop: Stop, halves: Mapping[str, int]) -> Stop:
    return replace(stop, part=0) if stop.visit in halves else stop


def half(visit: Visit, stop: Stop, late_at: str) -> Visit:
    """Return what one caregiver does of a visit of two, when it is; of two who are independent, when it may be."""
    part = visit.parts[stop.part]
    if visit.kind == INDEPENDENT:
        return replace(visit, parts=(part,), kind=ALONE, gap=(0.0, 0.0), price=NEVER, promise=None)
    promise = visit.promise and Promise(
        visit.promise.caregivers, stop.starts, keeps_caregivers=visit.promise.keeps_caregivers
    )
    until = stop.starts + (part.minutes if late_at == AT_END else 0.0)
    return replace(
        visit,
        parts=(part,),
        kind=ALONE,
        gap=(0.0, 0.0),
        windows=(Window(stop.starts, until),),
        hard=True,
        price=NEVER,
        promise=promise,
    )


def problem_of(region: Region, caregivers: set[str], visits: Sequence[Visit]) -> Problem:
    """Return a problem of some caregivers and visits, without those who ask for somebody else only."""
    here = tuple(among(visit, caregivers) for visit in visits if can_be_met(visit, caregivers))
    asked = {part.skill for visit in here for part in visit.parts}
    people = tuple(of_use(one, asked) for one in region.caregivers if one.id in caregivers)
    modes = {one.mode for one in people} & region.travel.keys() or region.travel.keys()
    places = places_of(people, here)
    number = {place: index for index, place in enumerate(region.places)}
    rows = [number[place] for place in places]
    return Problem(
        people,
        here,
        places,
        {
            mode: tuple(tuple(matrix[one][two] for two in rows) for one in rows)
            for mode, matrix in region.travel.items()
            if mode in modes
        },
        region.weights,
        region.late_at,
        region.leaves_late,
    )


def of_use(one: Caregiver, asked: Set[str]) -> Caregiver:
    """Return her with the skills that somebody here asks for: a city has more of them than a zone."""
    return replace(one, skills={skill: grade for skill, grade in one.skills.items() if skill in asked})


def places_of(people: Sequence[Caregiver], visits: Sequence[Visit]) -> tuple[str, ...]:
    found = {visit.place_of(part) for visit in visits for part in visit.parts}
    found |= {visit.place for visit in visits}
    found |= {place for one in people for shift in one.shifts for place in (shift.starts_at, shift.ends_at)}
    return tuple(sorted(found))


def can_be_met(visit: Visit, caregivers: set[str]) -> bool:
    """Return whether any of those who may come is there; how many are needed, the search finds out."""
    return not visit.required or not visit.required.isdisjoint(caregivers)


def among(visit: Visit, caregivers: set[str]) -> Visit:
    """Return the visit as it is for these: that none of the others comes costs the same whoever comes."""
    return replace(
        visit,
        required=visit.required & caregivers,
        refused=visit.refused & caregivers,
        preferred=visit.preferred & caregivers,
        known={name: worth for name, worth in visit.known.items() if name in caregivers},
    )


def what_holds(before: Region, plan: Plan, region: Region) -> Plan:
    """
    Return what still holds of a plan of the region as it was before.

    Who or what is otherwise now begins with nothing, and so do those who share a visit with that: they are left out.
    """
    visits = {visit.id: visit for visit in region.visits}
    people = {one.id: one for one in region.caregivers}
    then = {visit.id: visit for visit in before.visits}
    lost = {name for name in visits.keys() | then.keys() if visits.get(name) != then.get(name)}
    gone = {one.id for one in before.caregivers if people.get(one.id) != one}
    gone |= {one for name in lost if name in visits for one in visits[name].required}
    for route in plan.routes:
        if route.caregiver in gone:
            lost |= {stop.visit for stop in route.stops}
    stops = {
        (route.caregiver, route.shift): tuple(stop for stop in route.stops if stop.visit not in lost)
        for route in plan.routes
    }
    routes = tuple(
        Route(one.id, shift.id, stops.get((one.id, shift.id), ()))
        for one in region.caregivers
        for shift in one.shifts
    )
    done = {stop.visit for route in routes for stop in route.stops}
    return Plan(routes, tuple(name for name in sorted(visits) if name not in done))


def without(plan: Plan, part: Part) -> Plan:
    """Return the plan without the routes of a part and those whom it leaves out."""
    caregivers = {one.id for one in part.problem.caregivers}
    visits = {visit.id for visit in part.problem.visits}
    return Plan(
        tuple(route for route in plan.routes if route.caregiver not in caregivers),
        tuple(name for name in plan.left_out if name not in visits),
    )


def put_in(plan: Plan, part: Part, new: Plan) -> Plan:
    """Return the plan with these routes instead of those of the part."""
    rest, ours = without(plan, part), part.in_region(new)
    routes: tuple[Route, ...] = rest.routes + ours.routes
    return Plan(
        tuple(sorted(routes, key=lambda route: (route.caregiver, route.shift))),
        tuple(sorted(rest.left_out + ours.left_out)),
    )
