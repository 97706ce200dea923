"""What has been said, who comes and when, is kept, or its breach has a price, or is refused."""

from dataclasses import replace
from typing import Final

import pytest

from anjia.planning.evaluate import evaluate
from anjia.planning.explain import Obstacle, explain
from anjia.planning.plan import Plan, Route, Stop
from anjia.planning.problem import Caregiver, Part, Problem, Promise, Shift, Visit, Weights, Window
from anjia.planning.repair import who_comes
from anjia.planning.solve import solve
from tests.planning.towns import promised, town

PLACES: Final = ("chen", "station", "wang")
TRAVEL: Final = ((0.0, 10.0, 30.0), (10.0, 0.0, 20.0), (30.0, 20.0, 0.0))


def nurse(name: str, lives: str = "station") -> Caregiver:
    return Caregiver(name, (Shift("day", 0.0, 480.0, lives, lives, may_run_over=False),), {"care": 0})


def problem_of(promise: Promise | None, **weights: float) -> Problem:
    """Return two nurses, one of whom lives next to Chen, who is waited for by nobody else."""
    visit = Visit("chen", "chen", (Part("care", 60.0),), (Window(0.0, 300.0),), promise=promise)
    return Problem((nurse("li"), nurse("wu", "chen")), (visit,), PLACES, {"": TRAVEL}, Weights(**weights))


def starts(plan: Plan) -> float:
    (start,) = [stop.starts for route in plan.routes for stop in route.stops]
    return start


class TestAPromise:
    def test_of_a_caregiver_is_kept_if_she_is_not_much_farther(self) -> None:
        kept = problem_of(Promise(("li",), 10.0), other_caregiver=30.0)
        broken = problem_of(Promise(("li",), 10.0), other_caregiver=15.0)

        assert who_comes(solve(kept, iterations=10_000)) == {"chen": ("li",)}
        plan = solve(broken, iterations=10_000)
        assert who_comes(plan) == {"chen": ("wu",)}
        assert evaluate(broken, plan).weighted["other_caregiver"] == 15.0

    def test_that_must_be_kept_is_kept_at_any_price(self) -> None:
        problem = problem_of(Promise(("li",), 120.0, keeps_caregivers=True, keeps_time=True))

        plan = solve(problem, iterations=10_000)

        assert who_comes(plan) == {"chen": ("li",)}
        assert starts(plan) == 120.0
        assert evaluate(problem, plan).faults == ()

    @pytest.mark.parametrize(
        ("route", "says"),
        [
            (Route("wu", "day", (Stop("chen", 0, 120.0),)), "wu may not"),
            (Route("li", "day", (Stop("chen", 0, 121.0),)), "is to start at 120"),
        ],
    )
    def test_that_must_be_kept_and_is_not_is_a_fault(self, route: Route, says: str) -> None:
        problem = problem_of(Promise(("li",), 120.0, keeps_caregivers=True, keeps_time=True))

        (fault,) = evaluate(problem, Plan((route,))).faults

        assert says in fault

    def test_of_a_time_costs_once_if_it_is_not_kept(self) -> None:
        problem = problem_of(Promise(("wu",), 200.0, within=20.0), other_time=7.0)
        early, right = (Plan((Route("wu", "day", (Stop("chen", 0, at),)),)) for at in (179.0, 181.0))

        assert evaluate(problem, early).cost == 7.0
        assert evaluate(problem, right).cost == 0.0

    def test_to_whom_she_is_gone_leaves_the_visit_out_and_says_who_else_could(self) -> None:
        problem = problem_of(Promise(("zhao",), 120.0, keeps_caregivers=True))
        plan = solve(problem, iterations=10_000)

        why = explain(problem, plan, "chen")

        assert plan.left_out == ("chen",)
        assert why.candidates[0].stopped_by == (Obstacle("promised", "wu"),)
        assert "chen" not in why.relaxations[0].plan.left_out


class TestATownThatHasBeenToldMuch:
    @pytest.mark.parametrize("seed", range(12))
    def test_keeps_every_rule(self, seed: int) -> None:
        problem = promised(town(seed), seed)

        assert evaluate(problem, solve(problem, iterations=30_000, seed=seed)).faults == ()

    @pytest.mark.parametrize("seed", range(6))
    def test_costs_no_more_than_one_that_has_not_and_its_broken_promises(self, seed: int) -> None:
        problem = promised(town(seed), seed)
        free = replace(problem, visits=tuple(replace(one, promise=None) for one in problem.visits))
        score = evaluate(problem, solve(problem, iterations=60_000, seed=seed))

        plan = solve(free, iterations=60_000, seed=seed)

        assert evaluate(free, plan).cost <= score.cost * 1.05  # nothing is cheaper for having been promised
