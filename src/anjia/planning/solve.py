"""
Solving: a first plan, then annealing in rounds until the time is over.

Each round cools down once. A problem of few visits gets many short rounds that begin anew, for it has deep valleys that
a round does not leave again. Then the best plan of them all is warmed up a little and cooled, many times, and at last
cooled to the end.
"""

import math
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from anjia.planning.plan import Plan
from anjia.planning.problem import Problem
from anjia.planning.search.anneal import anneal
from anjia.planning.search.build import build
from anjia.planning.search.costs import count_all
from anjia.planning.search.first import construct
from anjia.planning.search.order import renumber
from anjia.planning.search.records import Array, World
from anjia.planning.search.resume import resume
from anjia.planning.search.rules import enforce
from anjia.planning.search.timetable import plan_of

CHUNK: Final = 16_384  # changes between two looks at the watch
HOT: Final = 0.7  # the first and the last temperature, in what a visit costs
COLD: Final = 0.03
OTHERS: Final = 2.0  # how much more than its way all else counts of what a visit costs
FAIRNESS: Final = 0.5  # what a minute of way counts where equal work is wanted, for it is work too
WARM: Final = 0.5  # where a round begins that goes on with the best plan
ROUND: Final = 4_000  # changes of a round that begins anew, times visits to the power of 1.5
ANEW: Final = 0.5  # the share of the time for such rounds
MOST_ROUNDS: Final = 12
LUKEWARM: Final = (0.3, 0.13)  # where a short round begins and ends that goes on with the best plan
AGAIN: Final = 500  # changes of one, times visits to the power of 1.5
LAST: Final = 0.9  # the share of the time that is over after the last of them

Progress = Callable[[float, float], None]


@dataclass(slots=True)
class Budget:
    """How long it may take: seconds, or changes that are tried, and then it ends the same way each time."""

    seconds: float | None
    iterations: int | None
    cancel: threading.Event | None
    clock: Callable[[], float] = time.monotonic
    began: float = field(init=False)
    tried: int = 0

    def __post_init__(self) -> None:
        self.began = self.clock()

    def spent(self) -> float:
        """Return the share that is used up, 1 if it is over."""
        if self.cancel is not None and self.cancel.is_set():
            return 1.0
        by_count = self.tried / self.iterations if self.iterations else 0.0
        by_clock = (self.clock() - self.began) / self.seconds if self.seconds else 0.0
        return min(1.0, max(by_count, by_clock))


def solve(
    problem: Problem,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    start: Plan | None = None,
    workers: int = 1,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Plan:
    """
    Return the best plan found in the time given, or after so many changes; these end the same way with the same seed.

    `workers`: so many searches side by side, each with a seed of its own; the best of them counts.
    `clock`: what the seconds are counted by; where others use the machine too, those of the processor are more just.
    `progress` hears the share of the time that is over and what the best plan costs.

    :raises ValueError: if no end is given
    """
    if seconds is None and iterations is None:
        raise ValueError("solve needs seconds or iterations, or both")
    if not problem.visits or not any(caregiver.shifts for caregiver in problem.caregivers):
        return Plan((), tuple(visit.id for visit in problem.visits))
    searches = [
        Search(problem, Budget(seconds, iterations, cancel, clock), seed + number, start)
        for number in range(workers)
    ]
    if workers == 1:
        searches[0].run(progress)
    else:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda search: search.run(None), searches))
    return min(searches, key=lambda search: search.best).plan()


@dataclass(frozen=True, slots=True)
class Round:
    """Cooling down once, until this share of the time is over."""

    until: float
    hot: float
    begins_anew: bool
    cold: float = COLD


class Search:
    """One search: where it stands, and the best it has seen."""

    def __init__(self, problem: Problem, budget: Budget, seed: int, start: Plan | None) -> None:
        self.problem, self.budget, self.start = problem, budget, start
        self.world = build(problem, seed)
        if start is None:
            construct(self.world, self.by_opening())
        else:
            resume(problem, self.world, start)
            enforce(self.world)  # what cannot be kept any more looks for another place
            count_all(self.world)
        self.begun = self.world.tasks.copy()
        self.kept = self.world.tasks.copy()
        self.best = float(self.world.tally[0]["cost"])

    def by_opening(self) -> np.ndarray:
        first = self.world.visits["first"][: len(self.problem.visits)]
        return np.argsort(self.world.tasks[first]["opens"], kind="stable")

    def run(self, progress: Progress | None) -> None:
        built = self.budget.spent()
        self.chunk(HOT if self.start is None else WARM)
        before = self.budget.spent()
        whole = CHUNK * (1.0 - built) / max(before - built, 1e-9)
        for one in self.rounds(whole):
            self.go_back_to(self.begun if one.begins_anew else self.kept)
            while (spent := self.budget.spent()) < one.until:
                along = (spent - before) / max(one.until - before, 1e-9)
                self.chunk(one.hot * (one.cold / one.hot) ** along)
                if progress is not None:
                    progress(spent, self.best)
            before = one.until

    def rounds(self, whole: float) -> Iterator[Round]:
        """Yield the rounds that fit into so many changes: the fewer visits, the more of them."""
        if self.start is not None:
            yield Round(1.0, WARM, begins_anew=False)
            return
        fresh = whole * ANEW / (ROUND * len(self.problem.visits) ** 1.5)
        number = min(MOST_ROUNDS, max(1, math.floor(fresh)))
        if number == 1:
            yield Round(1.0, HOT, begins_anew=True)
            return
        for k in range(number):
            yield Round(ANEW * (k + 1) / number, HOT, begins_anew=True)
        again = max(1, round((LAST - ANEW) * whole / (AGAIN * len(self.problem.visits) ** 1.5)))
        hot, cold = LUKEWARM
        for k in range(again):
            yield Round(ANEW + (LAST - ANEW) * (k + 1) / again, hot, begins_anew=False, cold=cold)
        yield Round(1.0, WARM, begins_anew=False)

    def go_back_to(self, tasks: Array) -> None:
        self.world.tasks[:] = tasks
        count_all(self.world)

    def chunk(self, temperature: float) -> None:
        """Try some changes at one temperature."""
        renumber(self.world)
        degrees = temperature * self.visit_costs()
        self.best = float(anneal(self.world, self.kept, self.best, degrees, CHUNK))
        count_all(self.world)
        self.budget.tried += CHUNK

    def visit_costs(self) -> float:
        """
        Return what a visit costs in the best plan, by which temperatures are measured.

        So they fit villages and cities, days with room and days in which everybody is late: there a change moves many
        starts, and its price is lateness rather than travel. What is paid for those who are left out says nothing, nor
        what is paid for what must not be.
        """
        tally, (minutes, number) = self.world.tally[0], ways(self.world, self.kept)
        travel = minutes * float(tally["travel_weight"])
        out = self.kept["route"][self.world.visits["first"]] < 0
        others = self.best - travel - float(self.world.visits["price"][out].sum())
        others -= too_dear(self.world, self.kept)
        way = travel + minutes * FAIRNESS * float(tally["balance_weight"])
        return max((way + OTHERS * max(0.0, others)) / max(number, 1), 1e-3)

    def plan(self) -> Plan:
        self.go_back_to(self.kept)
        enforce(self.world)
        return plan_of(self.problem, self.world)


def ways(world: World, tasks: Array) -> tuple[float, int]:
    """Return how many minutes the ways to all visits take, and how many there are."""
    on = tasks[: world.tally[0]["N"]]
    on = on[on["route"] >= 0]
    minutes = world.travel[tasks[on["prev"]]["out"] + world.routes["base"][on["route"]], on["into"]]
    return float(minutes.sum()), len(on)


def too_dear(world: World, tasks: Array) -> float:
    """Return what is paid for being late where nobody may be, and for coming home too late."""
    on, depots = tasks[: world.tally[0]["N"]], tasks[world.tally[0]["N"] :]
    late = float((on["late"] * on["dear"])[on["hard"] > 0].sum())
    last = tasks[depots["prev"]]
    home = world.travel[last["out"] + world.routes["base"], depots["into"]]
    over = np.maximum(0.0, last["start"] + last["minutes"] + home - world.routes["closes"])
    return late + float((over * world.routes["over_price"])[world.routes["hard"] > 0].sum())
