"""
The same question put to CP-SAT, which proves that no plan costs less: slow, exact, and nothing of ours in it.

Whole numbers only: ways, durations' ends and prices are rounded down, so that each real plan is one of the model too
and costs no more there. What it proves is a bound below every plan, not an estimate. It knows what the tests ask of
it, and refuses the rest: at most one break in a shift, and of the weights only those of ways, lateness, overtime and
prices.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from ortools.sat.python import cp_model

from anjia.planning.plan import Plan, Rest, Route, Stop
from anjia.planning.problem import (
    AT_END,
    ERRAND,
    IN_SEQUENCE,
    TOGETHER,
    Caregiver,
    Part,
    Problem,
    Shift,
    Visit,
)

FINE: Final = 1000  # of a minute, and of a price
LATEST: Final = 2880.0  # minutes after everything has closed
DEPOT: Final = 0
UNKNOWN: Final = ("waiting", "worst_idle", "balance", "other_caregiver", "other_time")


@dataclass(frozen=True, slots=True)
class Proof:
    bound: float  # no plan costs less
    is_proven: bool  # and this one costs that
    plan: Plan
    seconds: float


def prove(problem: Problem, *, seconds: float, known: float = math.inf) -> Proof:
    """
    Return the best plan there is and that there is no better one, if that is found out in so many seconds.

    `known`: what some plan costs; what alone would cost more is not looked at.

    :raises NotImplementedError: if something counts that the model does not know
    """
    model = Exact(problem, known)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.relative_gap_limit = 0.0
    status = solver.solve(model.model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return Proof(0.0, is_proven=False, plan=Plan(()), seconds=solver.wall_time)
    return Proof(
        solver.best_objective_bound / FINE,
        status == cp_model.OPTIMAL,
        model.plan(solver),
        solver.wall_time,
    )


def down(value: float) -> int:
    return math.floor(value * FINE + 1e-6)


def up(value: float) -> int:
    return math.ceil(value * FINE - 1e-6)


@dataclass(frozen=True, slots=True)
class Task:
    visit: Visit
    number: int

    @property
    def part(self) -> Part:
        return self.visit.parts[self.number]

    @property
    def place(self) -> str:
        return self.visit.place_of(self.part)


class Exact:
    """A circle through the depot for each shift, a start for each part, a price for each wish."""

    def __init__(self, problem: Problem, known: float) -> None:
        refuse_unknown(problem)
        self.problem, self.model, self.known = problem, cp_model.CpModel(), known
        self.tasks = [Task(visit, k) for visit in problem.visits for k in range(len(visit.parts))]
        self.routes = [(caregiver, shift) for caregiver in problem.caregivers for shift in caregiver.shifts]
        self.column = {place: index for index, place in enumerate(problem.places)}
        ends = [
            *(window.closes for task in self.tasks for window in task.visit.windows_of(task.part)),
            *(shift.closes for _, shift in self.routes),
        ]
        self.latest = up(max(ends) + LATEST)
        self.cost: list[Any] = []
        self.starts = [
            self.model.new_int_var(
                first := up(task.visit.windows_of(task.part)[0].opens), max(first, self.latest_of(task)), ""
            )
            for task in self.tasks
        ]
        self.out = {visit.id: self.model.new_bool_var("") for visit in problem.visits}
        for visit in problem.visits:
            if self.price_of_leaving_out(visit) > known:
                self.model.add(self.out[visit.id] == 0)
        self.spans = {
            (r, t): span
            for r, (caregiver, _) in enumerate(self.routes)
            for t, task in enumerate(self.tasks)
            if may(task, caregiver) and (span := self.span(r, task))[0] <= span[1]
        }
        self.does = {pair: self.model.new_bool_var("") for pair in self.spans}
        self.arcs = [self.way_of(r) for r in range(len(self.routes))]
        self.rests = [self.work_of(r) for r in range(len(self.routes))]
        self.visit_everybody()
        self.be_in_time()
        self.keep_together()
        self.limit_hours()
        self.price_series()
        self.model.minimize(sum(self.cost))

    # What need not be looked at

    def price_of_leaving_out(self, visit: Visit) -> float:
        return self.problem.weights.unassigned if visit.price is None else visit.price

    def latest_of(self, task: Task) -> int:
        """Return the last start that is allowed, and costs no more than is known to be enough."""
        visit, dear = task.visit, self.problem.weights.lateness * task.visit.priority
        late = 0.0 if visit.is_hard(task.part) else self.known / dear if dear else math.inf
        ends = task.part.minutes if self.problem.late_at == AT_END else 0.0
        closes = max(window.closes for window in visit.windows_of(task.part))
        return up(min(closes + late - ends, self.latest / FINE))

    def ends_of(self, r: int) -> float:
        """Return the last minute at which a shift can be over."""
        shift, price = self.routes[r][1], self.problem.weights.overtime
        over = 0.0 if not shift.may_run_over else self.known / price if price else math.inf
        return min(shift.closes + over, self.latest / FINE)

    def span(self, r: int, task: Task) -> tuple[int, int]:
        """Return the first and the last start of a task in a shift; the first is later if it cannot be there."""
        shift = self.routes[r][1]
        there, back = self.between(r, shift.starts_at, task.place), self.between(r, task.place, shift.ends_at)
        last = min(self.latest_of(task), up(self.ends_of(r) - back - task.part.minutes))
        windows = task.visit.windows_of(task.part)
        for window in windows:
            first = max(up(window.opens), up(shift.opens) + down(there))
            ends = task.part.minutes if self.problem.late_at == AT_END else 0.0
            if first <= last and (not task.visit.is_hard(task.part) or first <= up(window.closes - ends)):
                return first, last
        return last + 1, last

    def can_follow(self, r: int, i: int, j: int) -> bool:
        if DEPOT in (i, j):
            return True
        one, way = self.tasks[i - 1], down(self.minutes(r, i, j))
        return self.spans[r, i - 1][0] + down(one.part.minutes) + way <= self.spans[r, j - 1][1]

    # A shift

    def able(self, r: int) -> list[int]:
        return [t for t in range(len(self.tasks)) if (r, t) in self.does]

    def way_of(self, r: int) -> dict[tuple[int, int], Any]:
        """Return which way is taken, from where (0: the depot, else a task and one) to where."""
        nodes = [DEPOT, *(t + 1 for t in self.able(r))]
        arcs = {
            (i, j): self.model.new_bool_var("")
            for i in nodes
            for j in nodes
            if i != j and self.can_follow(r, i, j)
        }
        stays = self.model.new_bool_var("")
        loops = [(t + 1, t + 1, ~self.does[r, t]) for t in self.able(r)]
        self.model.add_circuit(
            [(i, j, arc) for (i, j), arc in arcs.items()] + [(DEPOT, DEPOT, stays), *loops]
        )
        weight = self.problem.weights.travel
        self.cost += [down(weight * self.minutes(r, i, j)) * arc for (i, j), arc in arcs.items()]
        return arcs

    def minutes(self, r: int, i: int, j: int) -> float:
        shift = self.routes[r][1]
        return self.between(r, self.leaves(shift, i), self.comes_to(shift, j))

    def between(self, r: int, one: str, two: str) -> float:
        travel = self.problem.travel[self.routes[r][0].mode or next(iter(self.problem.travel))]
        return travel[self.column[one]][self.column[two]]

    def leaves(self, shift: Shift, i: int) -> str:
        return self.tasks[i - 1].place if i else shift.starts_at

    def comes_to(self, shift: Shift, j: int) -> str:
        return self.tasks[j - 1].place if j else shift.ends_at

    def set_up(self, r: int, i: int, j: int) -> float:
        _, shift = self.routes[r]
        spared = j == DEPOT or self.leaves(shift, i) == self.comes_to(shift, j)
        return 0.0 if spared else self.tasks[j - 1].part.set_up

    def work_of(self, r: int) -> "Break | None":
        """Say when each visit of a shift can start and when it is over; return its break."""
        _, shift = self.routes[r]
        rest = Break(self, r) if shift.breaks else None
        over = self.model.new_int_var(0, self.latest, "")
        if shift.may_run_over:
            self.cost.append(math.floor(self.problem.weights.overtime) * over)
        else:
            self.model.add(over == 0)
        for (i, j), arc in self.arcs[r].items():
            ready = (
                up(shift.opens) if i == DEPOT else self.starts[i - 1] + down(self.tasks[i - 1].part.minutes)
            )
            way, set_up = down(self.minutes(r, i, j)), down(self.set_up(r, i, j))
            if j != DEPOT:
                self.model.add(self.starts[j - 1] >= ready + way + set_up).only_enforce_if(arc)
                if rest is not None:
                    rest.is_before(j, arc, ready + way, self.starts[j - 1] - set_up)
            elif not shift.may_run_over or self.problem.weights.overtime:
                self.model.add(over >= ready + way - up(shift.closes)).only_enforce_if(arc)
                if rest is not None:
                    rest.is_before(j, arc, ready, over + up(shift.closes) - way)
        return rest

    def worked(self, r: int) -> Any:
        """Return the minutes of work and way of a shift."""
        return sum(
            down(
                self.minutes(r, i, j) + self.set_up(r, i, j) + (self.tasks[j - 1].part.minutes if j else 0.0)
            )
            * arc
            for (i, j), arc in self.arcs[r].items()
        )

    def limit_hours(self) -> None:
        for caregiver in self.problem.caregivers:
            own = [r for r, (one, _) in enumerate(self.routes) if one is caregiver]
            limits = [([r], self.routes[r][1].most_work) for r in own] + [(own, caregiver.most_work)]
            for some, most in limits:
                if most is None:
                    continue
                more = self.model.new_int_var(0, self.latest * max(1, len(own)), "")
                if caregiver.work_price is None:
                    self.model.add(more == 0)
                else:
                    self.cost.append(math.floor(caregiver.work_price) * more)
                self.model.add(more >= sum(self.worked(r) for r in some) - up(most))

    # A visit

    def visit_everybody(self) -> None:
        for visit in self.problem.visits:
            self.cost.append(down(self.price_of_leaving_out(visit)) * self.out[visit.id])
        for t, task in enumerate(self.tasks):
            who = [r for r in range(len(self.routes)) if (r, t) in self.does]
            self.model.add_exactly_one([*(self.does[r, t] for r in who), self.out[task.visit.id]])
            if task.visit.kind != ERRAND or task.number == 0:
                self.cost += [down(self.price(task.visit, self.routes[r][0])) * self.does[r, t] for r in who]

    def price(self, visit: Visit, caregiver: Caregiver) -> float:
        stranger = bool(visit.preferred) and caregiver.id not in visit.preferred
        spared = max(visit.known.values(), default=0.0) - visit.known.get(caregiver.id, 0.0)
        return caregiver.price + stranger * self.problem.weights.preference + spared

    def be_in_time(self) -> None:
        worst = self.model.new_int_var(0, self.latest, "")
        self.cost.append(math.floor(self.problem.weights.worst_lateness) * worst)
        for t, task in enumerate(self.tasks):
            late, there = self.model.new_int_var(0, self.latest, ""), ~self.out[task.visit.id]
            self.cost.append(math.floor(self.problem.weights.lateness * task.visit.priority) * late)
            self.model.add(worst >= late)
            if task.visit.is_hard(task.part):
                self.model.add(late == 0)
            ends = down(task.part.minutes) if self.problem.late_at == AT_END else 0
            windows = task.visit.windows_of(task.part)
            chosen = [self.model.new_bool_var("") for _ in windows]
            self.model.add_exactly_one(chosen)
            for window, one in zip(windows, chosen, strict=True):
                self.model.add(self.starts[t] >= up(window.opens)).only_enforce_if(one, there)
                self.model.add(late >= self.starts[t] + ends - up(window.closes)).only_enforce_if(one, there)

    def keep_together(self) -> None:
        for t, task in enumerate(self.tasks):
            if task.number == 0:
                continue
            visit, there = task.visit, ~self.out[task.visit.id]
            gap = self.starts[t] - self.starts[t - 1]
            least, most = (0.0, 0.0) if visit.kind == TOGETHER else visit.gap
            if visit.kind == ERRAND:
                least = visit.parts[0].minutes
                self.go_the_same_way(t)
            else:
                self.be_two(t)
            if visit.kind in {TOGETHER, IN_SEQUENCE, ERRAND}:
                self.model.add(gap >= down(least)).only_enforce_if(there)
                self.model.add(gap <= up(most)).only_enforce_if(there)

    def go_the_same_way(self, t: int) -> None:
        for r in range(len(self.routes)):
            one, two = self.does.get((r, t - 1)), self.does.get((r, t))
            if one is not None and two is not None:
                self.model.add(one == two)
            else:
                self.model.add_bool_and([~x for x in (one, two) if x is not None])

    def be_two(self, t: int) -> None:
        for caregiver in self.problem.caregivers:
            self.model.add_at_most_one([*self.comes(caregiver, t - 1), *self.comes(caregiver, t)])

    def comes(self, caregiver: Caregiver, t: int) -> list[Any]:
        return [
            self.does[r, t]
            for r, (one, _) in enumerate(self.routes)
            if one is caregiver and (r, t) in self.does
        ]

    # A series

    def price_series(self) -> None:
        first = {task.visit.id: t for t, task in enumerate(self.tasks) if task.number == 0}
        for series in self.problem.series:
            for one, two in combinations(series.visits, 2):
                self.price_pair(series.price, first[one], first[two])
                self.keep_apart(series.apart, first[one], first[two])

    def price_pair(self, price: float, one: int, two: int) -> None:
        both = self.model.new_bool_var("")  # and by different caregivers
        self.cost.append(down(price) * both)
        done = [self.out[self.tasks[t].visit.id] for t in (one, two)]
        for caregiver in self.problem.caregivers:
            for a, b in ((one, two), (two, one)):
                self.model.add(
                    both + sum(done) + sum(self.comes(caregiver, b)) >= sum(self.comes(caregiver, a))
                )

    def keep_apart(self, apart: int, one: int, two: int) -> None:
        for (r, a), first in self.does.items():
            for (s, b), second in self.does.items():
                if (a, b) == (one, two) and abs(self.routes[r][1].day - self.routes[s][1].day) < apart:
                    self.model.add_at_most_one([first, second])

    # What has been found

    def plan(self, solver: Any) -> Plan:
        routes = []
        for r, (caregiver, shift) in enumerate(self.routes):
            along = list(self.along(solver, r))
            stops = tuple(
                Stop(self.tasks[t].visit.id, self.tasks[t].number, solver.value(self.starts[t]) / FINE)
                for t in along
            )
            rest = self.rests[r]
            rests = () if rest is None else tuple(rest.taken(solver, along))
            routes.append(Route(caregiver.id, shift.id, stops, rests))
        return Plan(tuple(routes), tuple(name for name, out in self.out.items() if solver.value(out)))

    def along(self, solver: Any, r: int) -> Iterator[int]:
        after = {i: j for (i, j), arc in self.arcs[r].items() if solver.value(arc)}
        node = after.get(DEPOT, DEPOT)
        while node != DEPOT:
            yield node - 1
            node = after[node]


class Break:
    """The break of a shift: before one of its visits, before the way home, or missed."""

    def __init__(self, exact: Exact, r: int) -> None:
        self.exact, self.r = exact, r
        _, shift = exact.routes[r]
        self.due = due = shift.breaks[0]
        model = exact.model
        self.before = {
            j: model.new_bool_var("") for j in [DEPOT, *(t + 1 for t in exact.able(r))]
        }  # DEPOT: after all of them
        missed = model.new_bool_var("")
        model.add_exactly_one([*self.before.values(), missed])
        exact.cost.append(down(due.price) * missed)
        until = due.closes - (due.minutes if exact.problem.late_at == AT_END else 0.0)
        self.starts = model.new_int_var(up(due.opens), max(up(due.opens), up(until)), "")
        if until < due.opens:
            model.add(missed == 1)
        for t in exact.able(r):
            model.add_implication(self.before[t + 1], exact.does[r, t])

    def is_before(self, j: int, arc: Any, arrives: Any, goes_on: Any) -> None:
        """On this way to `j` she arrives then and goes on then, if the break lies there."""
        model, here = self.exact.model, self.before[j]
        model.add(self.starts >= arrives).only_enforce_if(arc, here)
        model.add(goes_on >= self.starts + down(self.due.minutes)).only_enforce_if(arc, here)

    def taken(self, solver: Any, along: list[int]) -> Iterator[Rest]:
        for j, here in self.before.items():
            if solver.value(here):
                yield Rest(0, along.index(j - 1) if j else len(along), solver.value(self.starts) / FINE)


def may(task: Task, caregiver: Caregiver) -> bool:
    visit, part = task.visit, task.part
    return (
        caregiver.skills.get(part.skill, -1) >= part.grade
        and caregiver.id not in visit.refused
        and (not visit.required or caregiver.id in visit.required)
        and visit.gender in {"", caregiver.gender}
    )


def refuse_unknown(problem: Problem) -> None:
    """:raises NotImplementedError: if something counts that the model does not know"""
    if any(getattr(problem.weights, name) for name in UNKNOWN):
        raise NotImplementedError("a weight that the exact model does not know")
    if any(visit.promise is not None for visit in problem.visits):
        raise NotImplementedError("promises")
    if any(len(shift.breaks) > 1 for one in problem.caregivers for shift in one.shifts):
        raise NotImplementedError("several breaks in a shift")
