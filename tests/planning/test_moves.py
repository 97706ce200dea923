"""After each of a hundred thousand changes the search's reckoning is the evaluator's, whatever the problem may say."""

from collections.abc import Callable
from typing import Final

import numpy as np
import pytest

from anjia.planning.evaluate import evaluate
from anjia.planning.problem import Caregiver, Part, Problem, Shift, Visit, Window
from anjia.planning.search.anneal import anneal
from anjia.planning.search.build import build
from anjia.planning.search.costs import count_all
from anjia.planning.search.first import construct
from anjia.planning.search.order import renumber
from anjia.planning.search.timetable import plan_of
from tests.planning.test_solve import soft
from tests.planning.towns import promised, town, week

CHANGES: Final = 12_500


def elsewhere() -> Problem:
    """Three who begin at one place and end at another, and two to visit: whoever stays has no way at all."""
    far = ((0.0, 50.0, 10.0), (50.0, 0.0, 10.0), (10.0, 10.0, 0.0))
    people = [Caregiver(name, (Shift("day", 0.0, 480.0, "east", "west"),), {"care": 0}) for name in "abc"]
    visits = [Visit(name, "home", (Part("care", 10.0),), (Window(0.0, 480.0),)) for name in "xy"]
    return Problem(tuple(people), tuple(visits), ("east", "west", "home"), {"": far})


HEATS: Final = (300.0, 100.0, 30.0, 10.0, 3.0)
TOWNS: Final[dict[str, Callable[[], Problem]]] = {
    "ends elsewhere": elsewhere,
    "classic": lambda: town(1, visits=20, rich=False),
    "everything": lambda: town(2, visits=20),
    "everything, few caregivers": lambda: town(3, visits=20, caregivers=2),
    "promises": lambda: promised(town(4, visits=20), 4),
    "promises, few caregivers": lambda: promised(town(5, visits=20, caregivers=2), 5),
    "a week": lambda: week(6, visits=16),
    "a long week": lambda: week(7, days=7, visits=20, caregivers=2),
    "a week of promises": lambda: promised(week(8, visits=16), 8),
}


class TestEachChange:
    @pytest.mark.parametrize("name", TOWNS)
    def test_costs_what_the_evaluator_says(self, name: str) -> None:
        problem = soft(TOWNS[name]())
        world = build(problem, seed=9)
        construct(world, np.arange(len(problem.visits)))
        kept, reckoned, taken = world.tasks.copy(), float(world.tally[0]["cost"]), 0
        for number in range(CHANGES):
            anneal(world, kept, 0.0, HEATS[number * len(HEATS) // CHANGES], 1)
            if float(world.tally[0]["cost"]) != reckoned:
                taken += 1
                reckoned = float(world.tally[0]["cost"])
                score = evaluate(problem, plan_of(problem, world))
                assert score.faults == ()
                assert score.cost == pytest.approx(reckoned, rel=1e-9, abs=1e-6)
            if number % 1_000 == 0:
                renumber(world)
                count_all(world)
                reckoned = float(world.tally[0]["cost"])
        assert taken > CHANGES / 100
