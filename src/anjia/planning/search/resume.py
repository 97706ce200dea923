"""Taking up a plan that is there: a better one is looked for from it."""

import heapq
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from anjia.planning.plan import Plan
from anjia.planning.problem import Problem
from anjia.planning.search.build import parts_of, shifts_of
from anjia.planning.search.first import follow
from anjia.planning.search.records import ERRAND, Array, World


def resume(problem: Problem, world: World, plan: Plan) -> None:
    """
    Put into an empty world who does what in a plan, in the order of its routes, the earliest first.

    Its times are not taken over, for everything starts as early as it can. What the plan names that the problem does
    not (a caregiver who has fallen ill, a visit that was cancelled) is passed over, and so is a visit of two of which
    one task finds nobody.
    """
    task_of = {(visit.id, number): task for task, (visit, number, _) in enumerate(parts_of(problem))}
    chosen = chosen_routes(problem, world, plan, task_of)
    routes, starts, rank = list[list[int]](), dict[int, float](), dict[int, int]()
    for route in plan.routes:
        along: list[int] = []
        for stop in route.stops:
            task = task_of.get((stop.visit, stop.part), -1)
            if task >= 0:
                node = int(world.tasks[task]["node"])
                rank[task] = len(along)
                along.append(node)
                starts[node] = min(stop.starts, starts.get(node, stop.starts))
        routes.append(along)
    order = list(in_order(routes, starts))
    come = set(order)
    for row in world.visits[: len(problem.visits)]:
        tasks = [int(task) for task in (row["first"], row["second"]) if task >= 0]
        owners = [int(world.routes[chosen[task]]["owner"]) for task in tasks if chosen[task] >= 0]
        if row["kind"] == ERRAND:
            if chosen[tasks[0]] != chosen[tasks[1]] or rank.get(tasks[0], 0) >= rank.get(tasks[1], 0):
                chosen[tasks] = -1
        elif len(set(owners)) < len(tasks) or not {int(world.tasks[task]["node"]) for task in tasks} <= come:
            chosen[tasks] = -1
    take_breaks(problem, world, plan, task_of, chosen)
    follow(
        world, np.array([node for node in order if chosen[world.visits[node]["first"]] >= 0], "i8"), chosen
    )


def chosen_routes(problem: Problem, world: World, plan: Plan, task_of: dict[tuple[str, int], int]) -> Array:
    """Return for each task the route that does it in the plan; -1: none, or one that may not."""
    route_of = numbers(problem)
    chosen = np.full(len(task_of), -1, "i4")
    for route in plan.routes:
        number = route_of.get((route.caregiver, route.shift))
        for stop in route.stops:
            task = task_of.get((stop.visit, stop.part))
            if number is not None and task is not None and np.isfinite(world.price[task, number]):
                chosen[task] = number
    return chosen


def numbers(problem: Problem) -> dict[tuple[str, str], int]:
    return {(caregiver.id, shift.id): route for route, (caregiver, shift) in enumerate(shifts_of(problem))}


def take_breaks(
    problem: Problem, world: World, plan: Plan, task_of: dict[tuple[str, int], int], chosen: Array
) -> None:
    """Put each break of the plan before the same visit, or before the next one that is taken up."""
    route_of, depots = numbers(problem), int(world.tally[0]["N"])
    for route in plan.routes:
        number = route_of.get((route.caregiver, route.shift), -1)
        for rest in route.rests if number >= 0 else ():
            if rest.number < world.routes[number]["breaks"]:
                later = [task_of.get((stop.visit, stop.part), -1) for stop in route.stops[rest.before :]]
                mine = (task for task in later if task >= 0 and chosen[task] == number)
                world.tasks["pause"][depots + number] &= ~(1 << rest.number)
                world.tasks["pause"][next(mine, depots + number)] |= 1 << rest.number


def in_order(routes: list[list[int]], starts: dict[int, float]) -> Iterator[int]:
    """
    Yield the nodes by time as far as the routes allow: again and again the earliest of those with nothing before them.

    Routes whose visits wait for each other in a circle end there; what comes later is not taken up.
    """
    before = dict.fromkeys(starts, 0)
    behind: dict[int, list[int]] = {node: [] for node in starts}
    for route in routes:
        for one, two in pairwise(route):
            before[two] += 1
            behind[one].append(two)
    free = [(starts[node], node) for node, count in before.items() if count == 0]
    heapq.heapify(free)
    while free:
        _, node = heapq.heappop(free)
        yield node
        for after in behind[node]:
            before[after] -= 1
            if before[after] == 0:
                heapq.heappush(free, (starts[after], after))
