"""What is no problem is refused, with the place of the fault; the order in which things come changes nothing."""

import json
import random
from dataclasses import replace
from typing import Any

import pytest

from anjia.planning.checking import Refused
from anjia.planning.io import plan_from_json, plan_to_json, problem_from_json, problem_to_json
from anjia.planning.plan import Plan, Rest, Route, Stop
from anjia.planning.problem import Problem
from tests.planning.instances import NAMES, problem_of
from tests.planning.towns import promised, town, week


def shuffled(problem: Problem, seed: int) -> Problem:
    """Return the same problem, told in another order."""
    dice = random.Random(seed)
    order = dice.sample(range(len(problem.places)), len(problem.places))
    return replace(
        problem,
        caregivers=tuple(dice.sample(problem.caregivers, len(problem.caregivers))),
        visits=tuple(dice.sample(problem.visits, len(problem.visits))),
        series=tuple(
            replace(one, visits=tuple(dice.sample(one.visits, len(one.visits))))
            for one in dice.sample(problem.series, len(problem.series))
        ),
        places=tuple(problem.places[index] for index in order),
        travel={
            mode: tuple(tuple(matrix[one][two] for two in order) for one in order)
            for mode, matrix in problem.travel.items()
        },
    )


class TestAProblem:
    @pytest.mark.parametrize("seed", range(5))
    def test_is_the_same_in_whatever_order_it_is_told(self, seed: int) -> None:
        assert shuffled(town(seed), seed) == town(seed)
        assert shuffled(promised(week(seed), seed), seed) == promised(week(seed), seed)

    @pytest.mark.parametrize("seed", range(5))
    def test_that_says_everything_goes_through_json_unchanged(self, seed: int) -> None:
        problem = promised(week(seed), seed)

        assert problem_from_json(json.loads(json.dumps(problem_to_json(problem)))) == problem

    @pytest.mark.parametrize("name", NAMES)
    def test_goes_through_json_unchanged(self, name: str) -> None:
        problem = problem_of(name)

        assert problem_from_json(json.loads(json.dumps(problem_to_json(problem)))) == problem


class TestAPlan:
    def test_goes_through_json_unchanged(self) -> None:
        plan = Plan((Route("c1", "day", (Stop("v1", 0, 70.5),), (Rest(0, 1, 90.0),)),), ("v2",))

        assert plan_from_json(json.loads(json.dumps(plan_to_json(plan)))) == plan


def told(*path: str | int, what: Any) -> dict[str, Any]:
    """Return a problem as JSON in which one thing is something else."""
    data: dict[str, Any] = json.loads(json.dumps(problem_to_json(town(0))))
    place: Any = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = what
    return data


WRONG = {
    "visits[visit00].place": told("visits", 0, "place", what="nowhere"),
    "visits[visit00].windows": told("visits", 0, "windows", what=[]),
    "visits[visit00].windows[0]": told("visits", 0, "windows", 0, what={"opens": 60, "closes": 30}),
    "visits[0].windows[0].opens": told("visits", 0, "windows", 0, "opens", what="noon"),
    "visits[visit00].parts": told("visits", 0, "parts", what=[]),
    "visits[visit00].kind": told("visits", 0, "kind", what="somehow"),
    "visits[visit00].gap": told("visits", 0, "gap", what=[30, 10]),
    "visits[visit00].refused": told("visits", 0, "refused", what=["nobody"]),
    "visits[visit00].priority": told("visits", 0, "priority", what=-1),
    "visits[visit01]": told("visits", 0, "id", what="visit01"),
    "visits[0].colour": told("visits", 0, "colour", what="red"),
    "visits": told("visits", what={}),
    "visits[visit00].promise.within": told(
        "visits", 0, "promise", what={"caregivers": [], "starts": 0, "within": -1}
    ),
    "visits[visit00].promise.starts": told(
        "visits", 0, "promise", what={"caregivers": [], "starts": -9, "keeps_time": True}
    ),
    "caregivers[nurse0].most_work": told("caregivers", 0, "most_work", what=-1),
    "caregivers[nurse0].shifts[day].most_work": told("caregivers", 0, "shifts", 0, "most_work", what=-1),
    "series[one].visits": told("series", what=[{"id": "one", "visits": ["visit00", "nobody"]}]),
    "series[one].apart": told("series", what=[{"id": "one", "visits": ["visit00", "visit01"], "apart": -1}]),
    "visits[visit01].parts[0]": told("visits", 1, "parts", 0, "windows", what=[{"opens": 0, "closes": 9}]),
    "visits[visit00].parts[0].hard": told("visits", 0, "parts", 0, "hard", what=True),
    "visits[visit00].parts[0].place": told("visits", 0, "parts", 0, "place", what="nowhere"),
    "visits[visit00].parts[0].set_up": told("visits", 0, "parts", 0, "set_up", what=-1),
    "caregivers[nurse0].mode": told("caregivers", 0, "mode", what="rocket"),
    "caregivers[nurse0].shifts[day]": told("caregivers", 0, "shifts", 0, "closes", what=-1),
    "caregivers[nurse0].shifts[day].starts_at": told(
        "caregivers", 0, "shifts", 0, "starts_at", what="nowhere"
    ),
    "travel[bike]": told("travel", "bike", what=[[0.0]]),
    "travel[bike][0]": told("travel", "bike", 0, what=[float("nan")] * 15),
    "weights.travel": told("weights", "travel", what=float("inf")),
    "late_at": told("late_at", what="noon"),
}


class TestWhatIsNoProblem:
    @pytest.mark.parametrize("path", WRONG)
    def test_is_refused_with_the_place_of_the_fault(self, path: str) -> None:
        with pytest.raises(Refused) as refused:
            problem_from_json(WRONG[path])

        assert refused.value.path == path
