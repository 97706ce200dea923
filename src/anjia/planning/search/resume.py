"""Taking up a plan that is there: a better one is looked for from it."""

import heapq
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from anjia.planning.plan import Plan
from anjia.planning.problem import Problem
from anjia.planning.search.build import parts_of, shifts_of
from anjia.planning.search.first import follow
from anjia.planning.search.records import World


def resume(problem: Problem, world: World, plan: Plan) -> None:
    """
    Put into an empty world who does what in a plan, visit by visit as they start.

    Its times are not taken over, for everything starts as early as it can. What the plan names that the problem does
    not (a caregiver who has fallen ill, a visit that was cancelled) is passed over.
    """
    route_of = {
        (caregiver.id, shift.id): route for route, (caregiver, shift) in enumerate(shifts_of(problem))
    }
    task_of = {(visit.id, number): task for task, (visit, number, _) in enumerate(parts_of(problem))}
    chosen = np.full(len(task_of), -1, "i4")
    for route in plan.routes:
        number = route_of.get((route.caregiver, route.shift))
        for stop in route.stops:
            task = task_of.get((stop.visit, stop.part))
            if number is not None and task is not None and np.isfinite(world.price[task, number]):
                chosen[task] = number
    order = list(
        in_order([[stop.visit for stop in route.stops] for route in plan.routes], first_starts(plan))
    )
    number_of = {visit.id: number for number, visit in enumerate(problem.visits)}
    follow(world, np.array([number_of[visit] for visit in order if visit in number_of], "i8"), chosen)


def first_starts(plan: Plan) -> dict[str, float]:
    starts: dict[str, float] = {}
    for route in plan.routes:
        for stop in route.stops:
            starts[stop.visit] = min(stop.starts, starts.get(stop.visit, stop.starts))
    return starts


def in_order(routes: list[list[str]], starts: dict[str, float]) -> Iterator[str]:
    """
    Yield the visits by time as far as the routes allow: again and again the earliest of those with nothing before them.

    Routes whose visits wait for each other in a circle end there; what comes later is not taken up.
    """
    before = dict.fromkeys(starts, 0)
    behind: dict[str, list[str]] = {visit: [] for visit in starts}
    for route in routes:
        for one, two in pairwise(route):
            before[two] += 1
            behind[one].append(two)
    free = [(starts[visit], visit) for visit, count in before.items() if count == 0]
    heapq.heapify(free)
    while free:
        _, visit = heapq.heappop(free)
        yield visit
        for after in behind[visit]:
            before[after] -= 1
            if before[after] == 0:
                heapq.heappush(free, (starts[after], after))
