"""One visit finds its place in a plan that stands, the cheapest that there is, and nobody else is given another one."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from anjia.planning.evaluate import evaluate
from anjia.planning.insert import insert
from anjia.planning.plan import Plan, Route, Stop
from anjia.planning.problem import Problem, Visit
from anjia.planning.search.build import build
from anjia.planning.search.resume import resume
from anjia.planning.search.timetable import plan_of
from anjia.planning.solve import solve
from tests.planning.towns import town

CLOSE = 1e-6
SEEDS = range(12)


def planned_without_one(seed: int) -> tuple[Problem, Plan, Visit]:
    """Return a town, a plan in which one visit is missing, and that visit, which is done by one caregiver."""
    problem = town(seed, visits=12, caregivers=4)
    new = next(visit for visit in problem.visits if visit.kind == "alone")
    without = replace(problem, visits=tuple(visit for visit in problem.visits if visit != new))
    return problem, solve(without, iterations=30_000, seed=seed), new


def every_place(plan: Plan, visit: str) -> Iterator[Plan]:
    """Yield the plan with a visit at every place of every route; breaks stay before who comes after them."""
    for number, route in enumerate(plan.routes):
        for at in range(len(route.stops) + 1):
            time = route.stops[at - 1].starts if at else -1.0
            stops = (*route.stops[:at], Stop(visit, 0, time), *route.stops[at:])
            routes = list(plan.routes)
            rests = tuple(replace(rest, before=rest.before + (rest.before >= at)) for rest in route.rests)
            routes[number] = Route(route.caregiver, route.shift, stops, rests)
            yield Plan(tuple(routes), plan.left_out)


def timed(problem: Problem, plan: Plan) -> Plan:
    """Return the plan in which everything starts as early as its routes allow."""
    world = build(problem, seed=0)
    resume(problem, world, plan)
    return plan_of(problem, world)


def orders(plan: Plan, without: str) -> list[list[tuple[str, int]]]:
    return [
        [(stop.visit, stop.part) for stop in route.stops if stop.visit != without] for route in plan.routes
    ]


class TestAVisitThatIsPutIn:
    @pytest.mark.parametrize("seed", SEEDS)
    def test_costs_no_more_than_at_any_other_place(self, seed: int) -> None:
        problem, plan, new = planned_without_one(seed)
        scores = [
            evaluate(problem, candidate)
            for candidate in (timed(problem, one) for one in every_place(plan, new.id))
            if new.id not in candidate.left_out
        ]
        possible = [score.cost for score in scores if not score.faults]

        found = insert(problem, plan, new.id)

        if possible:
            assert new.id not in found.left_out
            assert evaluate(problem, found).cost <= min(possible) + CLOSE
        else:
            assert new.id in found.left_out

    @pytest.mark.parametrize("seed", SEEDS)
    def test_breaks_no_rule_and_leaves_all_others_to_whom_they_have(self, seed: int) -> None:
        problem, plan, new = planned_without_one(seed)

        found = insert(problem, plan, new.id)

        assert evaluate(problem, found).faults == ()
        assert orders(found, new.id) == orders(plan, new.id)

    @pytest.mark.parametrize("kind", ["together", "in_sequence", "independent"])
    def test_finds_two_caregivers_if_it_needs_two(self, kind: str) -> None:
        tried = 0
        for seed in range(20):
            problem = town(seed, visits=12, caregivers=6, rich=False)
            for new in [visit for visit in problem.visits if visit.kind == kind][:1]:
                without = replace(problem, visits=tuple(one for one in problem.visits if one != new))
                plan = solve(without, iterations=1, seed=seed)
                joint = solve(problem, iterations=1, seed=seed)

                found = insert(problem, plan, new.id)

                assert evaluate(problem, found).faults == ()
                assert (new.id in found.left_out) <= (new.id in joint.left_out)
                tried += new.id not in found.left_out
        assert tried >= 5

    def test_that_nobody_knows_is_refused(self) -> None:
        with pytest.raises(ValueError, match="there is no visit stranger"):
            insert(town(1), Plan(()), "stranger")


class TestAPlanThatIsTakenUp:
    @pytest.mark.parametrize("seed", range(8))
    def test_costs_what_it_cost_with_its_breaks_where_they_were(self, seed: int) -> None:
        problem = town(seed)
        plan = solve(problem, iterations=30_000, seed=seed)

        assert evaluate(problem, timed(problem, plan)).cost == pytest.approx(evaluate(problem, plan).cost)
