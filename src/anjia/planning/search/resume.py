"""Taking up a plan that is there: a better one is looked for from it."""

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
    starts = np.full(len(task_of), np.inf)
    for route in plan.routes:
        number = route_of.get((route.caregiver, route.shift))
        for stop in route.stops:
            task = task_of.get((stop.visit, stop.part))
            if number is not None and task is not None and np.isfinite(world.price[task, number]):
                chosen[task], starts[task] = number, stop.starts
    firsts, seconds = world.visits["first"], world.visits["second"]
    last = np.maximum(starts[firsts], np.where(seconds >= 0, starts[seconds], -np.inf))
    order = np.argsort(last, kind="stable")
    follow(world, order, chosen)
