"""
What a plan costs, and which rules it breaks.

Written from the rules and not from the search: it walks each route with a watch in hand and shares no code with what
found the plan. Whoever publishes a plan asks here first.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from anjia.planning.plan import Plan, Route
from anjia.planning.problem import (
    AT_END,
    ERRAND,
    INDEPENDENT,
    TOGETHER,
    Break,
    Caregiver,
    Matrix,
    Part,
    Problem,
    Series,
    Shift,
    Visit,
)

TOLERANCE: Final = 1e-6  # minutes; sums in another order differ by less


@dataclass(frozen=True, slots=True)
class Score:
    """`parts` are in the units of their weights, minutes or counts; `faults` say which rules are broken."""

    cost: float
    parts: Mapping[str, float]
    faults: tuple[str, ...] = ()
    weighted: Mapping[str, float] = field(default_factory=dict)  # the parts as they are in the cost


@dataclass(slots=True)
class Day:
    """How one shift went."""

    travel: float = 0.0
    waiting: float = 0.0
    overtime: float = 0.0
    idle: float = 0.0
    work: float = 0.0
    missed: float = 0.0  # the price of the breaks that were not taken
    faults: list[str] = field(default_factory=list)


def evaluate(problem: Problem, plan: Plan, tolerance: float = TOLERANCE) -> Score:
    """Return what a plan costs. It never fails: a plan of nonsense has faults."""
    routes = {(route.caregiver, route.shift): route for route in plan.routes}
    shifts = [(caregiver, shift) for caregiver in problem.caregivers for shift in caregiver.shifts]
    faults = list(strangers(problem, plan))
    if faults:
        return Score(math.inf, {}, tuple(faults))
    days = []
    for caregiver, shift in shifts:
        route = routes.get((caregiver.id, shift.id), Route(caregiver.id, shift.id))
        day = Walk(problem, caregiver, shift, route, tolerance).walked()
        days.append(day)
        faults += day.faults
    hours = Hours(problem, [day.work for day in days], tolerance)
    faults += hours.faults
    care = Care(problem, plan, tolerance)
    faults += care.faults()
    weights, work = problem.weights, [day.work for day in days]
    mean = sum(work) / max(1, len(work))
    late = care.lateness()
    amounts: dict[str, tuple[float, float]] = {
        "travel": (weights.travel, sum(day.travel for day in days)),
        "lateness": (weights.lateness, sum(visit.priority * minutes for visit, minutes in late)),
        "worst_lateness": (weights.worst_lateness, max((minutes for _, minutes in late), default=0.0)),
        "waiting": (weights.waiting, sum(day.waiting for day in days)),
        "overtime": (weights.overtime, sum(day.overtime for day in days)),
        "worst_idle": (weights.worst_idle, max((day.idle for day in days), default=0.0)),
        "balance": (weights.balance, float(sum(math.ceil(abs(one - mean) - tolerance) for one in work))),
        "overwork": (1.0, hours.price),
        "series": (1.0, care.price_of_series()),
        "other_caregiver": (weights.other_caregiver, care.others_than_promised()),
        "other_time": (weights.other_time, care.moved()),
        "missed_breaks": (1.0, sum(day.missed for day in days)),
        "caregivers": (1.0, care.prices()),
        "unassigned": (1.0, care.left_out_price()),
    }
    parts = {name: amount for name, (_, amount) in amounts.items()}
    weighted = {name: weight * amount for name, (weight, amount) in amounts.items()}
    return Score(sum(weighted.values()), parts, tuple(faults), weighted)


def strangers(problem: Problem, plan: Plan) -> Iterator[str]:
    """Yield what the plan names that the problem does not."""
    parts = {visit.id: len(visit.parts) for visit in problem.visits}
    yield from (f"there is no visit {name}" for name in plan.left_out if name not in parts)
    shifts = {
        (caregiver.id, shift.id): shift for caregiver in problem.caregivers for shift in caregiver.shifts
    }
    seen: set[tuple[str, str]] = set()
    for route in plan.routes:
        key = (route.caregiver, route.shift)
        if key not in shifts or key in seen:
            yield f"{route.caregiver} {route.shift}: there is no such shift, or it has two routes"
            continue
        seen.add(key)
        yield from strangers_on(route, len(shifts[key].breaks), parts)


def strangers_on(route: Route, breaks: int, parts: Mapping[str, int]) -> Iterator[str]:
    for stop in route.stops:
        if not 0 <= stop.part < parts.get(stop.visit, 0):
            yield f"{route.caregiver}: there is no part {stop.part} of {stop.visit}"
    for rest in route.rests:
        if not 0 <= rest.number < breaks or not 0 <= rest.before <= len(route.stops):
            yield f"{route.caregiver}: there is no break {rest.number} before stop {rest.before}"


class Walk:
    """One shift, with a watch in hand."""

    def __init__(
        self, problem: Problem, caregiver: Caregiver, shift: Shift, route: Route, tolerance: float
    ) -> None:
        self.problem, self.caregiver, self.shift, self.route = problem, caregiver, shift, route
        self.tolerance = tolerance
        self.visits = {visit.id: visit for visit in problem.visits}
        self.column = {place: index for index, place in enumerate(problem.places)}
        self.travel: Matrix = problem.travel[caregiver.mode or next(iter(problem.travel))]
        self.clock = shift.opens
        self.place = shift.starts_at
        self.counts = not problem.leaves_late  # whether waiting counts by now
        self.still = 0.0  # minutes without anything to do, whether they count or not
        self.pauses = 0.0
        self.day = Day()

    def walked(self) -> Day:
        for number, stop in enumerate(self.route.stops):
            visit = self.visits[stop.visit]
            part = visit.parts[stop.part]
            there = self.place == visit.place_of(part)
            self.go(visit.place_of(part))
            self.rest(number)
            self.set_up(0.0 if there else part.set_up)
            self.wait_until(stop.starts, f"{stop.visit} starts")
            self.counts = True
            self.clock = stop.starts + part.minutes
            self.day.work += part.minutes
        self.rest(len(self.route.stops))
        if self.route.stops:
            self.go(self.shift.ends_at)
        self.end()
        return self.day

    def go(self, place: str) -> None:
        minutes = self.travel[self.column[self.place]][self.column[place]]
        self.day.travel += minutes
        self.clock += minutes
        self.place = place

    def set_up(self, minutes: float) -> None:
        self.clock += minutes
        self.day.work += minutes

    def wait_until(self, starts: float, what: str) -> None:
        waits = starts - self.clock
        if not waits >= -self.tolerance:
            self.day.faults.append(
                f"{self.caregiver.id}: {what} at {starts:g}, she is ready at {self.clock:g}"
            )
        waits = max(0.0, waits)
        self.still += waits
        if self.counts:
            self.day.waiting += waits

    def rest(self, before: int) -> None:
        for rest in sorted(self.route.rests, key=lambda rest: rest.starts):
            if rest.before != before:
                continue
            due = self.shift.breaks[rest.number]
            self.wait_until(rest.starts, f"break {rest.number} starts")
            if not fits(due, rest.starts, self.problem.late_at, self.tolerance):
                self.day.faults.append(
                    f"{self.caregiver.id}: break {rest.number} at {rest.starts:g} is not in its window"
                )
            self.clock = rest.starts + due.minutes
            self.pauses += due.minutes

    def end(self) -> None:
        day, shift = self.day, self.shift
        day.work += day.travel
        if not self.route.stops:
            day.waiting = 0.0  # who visits nobody waits for nobody, not even before her break
        day.overtime = max(0.0, self.clock - shift.closes)
        day.idle = max(self.clock, shift.closes) - shift.opens - day.work - self.pauses
        taken = [rest.number for rest in self.route.rests]
        day.missed = sum(due.price for number, due in enumerate(shift.breaks) if number not in taken)
        if len(set(taken)) < len(taken):
            day.faults.append(f"{self.caregiver.id}: a break is taken twice")
        if not shift.may_run_over and day.overtime > self.tolerance:
            day.faults.append(f"{self.caregiver.id}: is back {day.overtime:g} minutes after her shift")


def fits(due: Break, starts: float, late_at: str, tolerance: float) -> bool:
    until = starts + (due.minutes if late_at == AT_END else 0.0)
    return starts >= due.opens - tolerance and until <= due.closes + tolerance


class Hours:
    """Who works more minutes than she may: for a price, or not at all."""

    def __init__(self, problem: Problem, work: list[float], tolerance: float) -> None:
        self.tolerance, self.price, self.faults = tolerance, 0.0, list[str]()
        left = iter(work)
        for caregiver in problem.caregivers:
            total = 0.0
            for shift in caregiver.shifts:
                minutes = next(left)
                total += minutes
                self.count(caregiver, f" in shift {shift.id}", minutes, shift.most_work)
            self.count(caregiver, "", total, caregiver.most_work)

    def count(self, caregiver: Caregiver, when: str, minutes: float, most: float | None) -> None:
        if most is None or minutes <= most:
            return
        if caregiver.work_price is not None:
            self.price += caregiver.work_price * (minutes - most)
        elif minutes > most + self.tolerance:
            self.faults.append(f"{caregiver.id}: works {minutes:g} minutes{when}, and may {most:g}")


class Care:
    """The same plan as those see it who are visited."""

    def __init__(self, problem: Problem, plan: Plan, tolerance: float) -> None:
        self.problem, self.tolerance, self.out = problem, tolerance, set(plan.left_out)
        self.caregivers = {caregiver.id: caregiver for caregiver in problem.caregivers}
        self.done: dict[tuple[str, int], list[tuple[str, float]]] = {}
        self.where: dict[tuple[str, int], tuple[tuple[str, str], int]] = {}  # the route, and the place in it
        for route in plan.routes:
            for number, stop in enumerate(route.stops):
                self.done.setdefault((stop.visit, stop.part), []).append((route.caregiver, stop.starts))
                self.where[stop.visit, stop.part] = (route.caregiver, route.shift), number

    def faults(self) -> Iterator[str]:
        for visit in self.problem.visits:
            found = [self.done.get((visit.id, number), []) for number in range(len(visit.parts))]
            if visit.id in self.out:
                if any(found):
                    yield f"{visit.id}: is left out, and somebody comes"
                continue
            if any(len(one) != 1 for one in found):
                yield f"{visit.id}: not everything is done once"
                continue
            yield from self.faults_of(visit, [one[0] for one in found])
        for series, one, two in self.pairs():
            apart = abs(self.day_of(one) - self.day_of(two))
            if apart < series.apart:
                yield f"{series.id}: {one} and {two} are {apart} days apart, not {series.apart}"

    def faults_of(self, visit: Visit, who: list[tuple[str, float]]) -> Iterator[str]:
        for part, (name, starts) in zip(visit.parts, who, strict=True):
            if not suits(visit, part, self.caregivers[name]):
                yield f"{visit.id}: {name} may not do it"
            if starts < visit.windows_of(part)[0].opens - self.tolerance:
                yield f"{visit.id}: starts at {starts:g}, before it may"
            if visit.is_hard(part) and self.late(visit, part, starts) > self.tolerance:
                yield f"{visit.id}: starts at {starts:g}, which is too late"
        if visit.promise is not None and visit.promise.keeps_time and self.is_moved(visit, 0.0):
            yield f"{visit.id}: starts at {who[0][1]:g}, and is to start at {visit.promise.starts:g}"
        if visit.kind == ERRAND:
            yield from self.faults_of_errand(visit, who[1][1] - who[0][1])
        elif len(who) == 2:
            yield from self.faults_of_two(visit, who[0], who[1])

    def faults_of_errand(self, visit: Visit, took: float) -> Iterator[str]:
        (route, place), (other, later) = self.where[visit.id, 0], self.where[visit.id, 1]
        if route != other:
            yield f"{visit.id}: is begun by {' '.join(route)}, and ended by {' '.join(other)}"
        elif later < place:
            yield f"{visit.id}: ends before it begins"
        if took > visit.gap[1] + self.tolerance:
            yield f"{visit.id}: the second stop is {took:g} minutes after the first, not {visit.gap[1]:g}"

    def faults_of_two(self, visit: Visit, one: tuple[str, float], two: tuple[str, float]) -> Iterator[str]:
        if one[0] == two[0]:
            yield f"{visit.id}: needs two, and {one[0]} comes twice"
        least, most = (0.0, 0.0) if visit.kind == TOGETHER else visit.gap
        gap = two[1] - one[1]
        if visit.kind != INDEPENDENT and not least - self.tolerance <= gap <= most + self.tolerance:
            yield f"{visit.id}: the second starts {gap:g} minutes after the first, not {least:g} to {most:g}"

    def late(self, visit: Visit, part: Part, starts: float) -> float:
        windows = visit.windows_of(part)
        opened = [window for window in windows if window.opens <= starts] or [windows[0]]
        return max(
            0.0, starts + (part.minutes if self.problem.late_at == AT_END else 0.0) - opened[-1].closes
        )

    def lateness(self) -> list[tuple[Visit, float]]:
        return [
            (visit, self.late(visit, part, starts))
            for visit in self.problem.visits
            for number, part in enumerate(visit.parts)
            for _, starts in self.done.get((visit.id, number), [])
        ]

    def is_moved(self, visit: Visit, within: float) -> bool:
        """Return whether a visit that is promised begins more than so many minutes earlier or later."""
        found = self.done.get((visit.id, 0), [])
        return visit.promise is not None and any(
            abs(starts - visit.promise.starts) > within + self.tolerance for _, starts in found
        )

    def moved(self) -> float:
        promised = [visit for visit in self.problem.visits if visit.promise is not None]
        return float(sum(self.is_moved(one, one.promise.within) for one in promised if one.promise))

    def others_than_promised(self) -> float:
        return float(
            sum(
                name not in visit.promise.caregivers
                for visit in self.problem.visits
                if visit.promise is not None
                for number in range(1 if visit.kind == ERRAND else len(visit.parts))
                for name, _ in self.done.get((visit.id, number), [])
            )
        )

    def pairs(self) -> Iterator[tuple[Series, str, str]]:
        """Yield any two visits of a series that both are done."""
        for series in self.problem.series:
            done = [visit for visit in series.visits if (visit, 0) in self.where]
            for one, two in combinations(done, 2):
                yield series, one, two

    def day_of(self, visit: str) -> int:
        (caregiver, shift), _ = self.where[visit, 0]
        return next(one.day for one in self.caregivers[caregiver].shifts if one.id == shift)

    def price_of_series(self) -> float:
        return sum(
            series.price
            for series, one, two in self.pairs()
            if self.where[one, 0][0][0] != self.where[two, 0][0][0]
        )

    def prices(self) -> float:
        """Return what it costs who comes: her price, a wish that is not met, what a known face would have saved."""
        total = 0.0
        for visit in self.problem.visits:
            for number in range(1 if visit.kind == ERRAND else len(visit.parts)):
                for name, _ in self.done.get((visit.id, number), []):
                    stranger = bool(visit.preferred) and name not in visit.preferred
                    total += self.caregivers[name].price + stranger * self.problem.weights.preference
                    total += max(visit.known.values(), default=0.0) - visit.known.get(name, 0.0)
        return total

    def left_out_price(self) -> float:
        general = self.problem.weights.unassigned
        return sum(
            general if visit.price is None else visit.price
            for visit in self.problem.visits
            if visit.id in self.out
        )


def suits(visit: Visit, part: Part, caregiver: Caregiver) -> bool:
    return (
        part.skill in caregiver.skills
        and caregiver.skills[part.skill] >= part.grade
        and caregiver.id not in visit.refused
        and (caregiver.id in visit.required if visit.required else True)
        and (caregiver.gender == visit.gender if visit.gender else True)
        and (
            visit.promise is None
            or not visit.promise.keeps_caregivers
            or caregiver.id in visit.promise.caregivers
        )
    )
