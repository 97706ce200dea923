"""
Putting one visit into a plan that stands: nobody else gets another caregiver, or another order of the day.

All places are tried, so this is exact, and quick enough to answer while somebody is on the telephone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from anjia.planning.evaluate import evaluate
from anjia.planning.plan import Plan
from anjia.planning.problem import Problem
from anjia.planning.search.build import build, price_of, shifts_of
from anjia.planning.search.costs import count_all
from anjia.planning.search.order import renumber
from anjia.planning.search.probe import FOUND, probe, put_there, take_out
from anjia.planning.search.resume import resume
from anjia.planning.search.timetable import plan_of

NOWHERE: Final = -1


@dataclass(frozen=True, slots=True)
class Place:
    """Where a visit could be: the routes that would do its parts, the places there, what the plan would cost more."""

    more: float
    routes: tuple[int, ...]
    behind: tuple[int, int]


def insert(problem: Problem, plan: Plan, visit: str) -> Plan:
    """
    Return the plan with the visit where it costs least of all places that break no rule; without it, if there is none.

    A visit that is in the plan is taken out first. The times of others may change, within what the problem allows, and
    breaks stay before the visits that they come before.

    :raises ValueError: if there is no such visit
    """
    places = Places(problem, plan, visit)
    before = set(evaluate(problem, places.without).faults)
    for place in places.by_cost():
        found = places.plan_with(place)
        if set(evaluate(problem, found).faults) <= before:
            return found
    return places.without


class Places:
    """All places that a visit could have. `whoever`: also with those who may not come to it."""

    def __init__(self, problem: Problem, plan: Plan, visit: str, *, whoever: bool = False) -> None:
        self.problem = problem
        self.number = next((n for n, one in enumerate(problem.visits) if one.id == visit), NOWHERE)
        if self.number == NOWHERE:
            raise ValueError(f"there is no visit {visit}")
        self.world = build(problem, seed=0, is_searched=False)
        resume(problem, self.world, plan)
        renumber(self.world)
        self.now = plan_of(problem, self.world)
        take_out(self.world, self.number)
        self.without = plan_of(problem, self.world)
        if whoever:
            self.let_whoever_come()
        row = self.world.visits[self.number]
        self.two = int(row["second"]) >= 0
        self.found = np.full((2, len(self.world.routes)), np.array((np.inf, -1, -1), FOUND))
        probe(self.world, self.number, self.found)

    def let_whoever_come(self) -> None:
        row, visit = self.world.visits[self.number], self.problem.visits[self.number]
        for number, task in enumerate((row["first"], row["second"])):
            if task >= 0:
                self.world.price[task] = [
                    price_of(self.problem, visit, number, caregiver)
                    for caregiver, _ in shifts_of(self.problem)
                ]

    def by_cost(self) -> list[Place]:
        """Return the best place with each caregiver, for each part; the one that costs least comes first."""
        return sorted(set(self.places()), key=lambda place: (place.more, place.routes))

    def places(self) -> Iterator[Place]:
        for part, routes in enumerate(self.found):
            for one in routes[np.isfinite(routes["more"])]:
                here, there = int(one["behind"]), int(one["with_behind"])
                behind = (there, here) if part else (here, there)
                places = behind if self.two else behind[:1]
                yield Place(float(one["more"]), tuple(self.route_at(spot) for spot in places), behind)

    def route_at(self, spot: int) -> int:
        depots = int(self.world.tally[0]["N"])
        return spot - depots if spot >= depots else int(self.world.tasks[spot]["route"])

    def plan_with(self, place: Place) -> Plan:
        kept = self.world.tasks.copy()
        put_there(self.world, self.number, *place.behind)
        plan = plan_of(self.problem, self.world)
        self.world.tasks[:] = kept
        count_all(self.world)
        return plan
