"""A plan is mended with as few broken promises as it takes."""

from dataclasses import replace

import pytest

from anjia.planning.evaluate import evaluate
from anjia.planning.plan import Plan
from anjia.planning.problem import Problem
from anjia.planning.repair import Change, repair, who_comes
from anjia.planning.solve import solve
from tests.planning.towns import town


@pytest.fixture(scope="module")
def today() -> tuple[Problem, Plan]:
    problem = town(4, visits=16, caregivers=5, rich=False)
    return problem, solve(problem, iterations=60_000)


def mended(problem: Problem, published: Plan) -> tuple[Plan, tuple[Change, ...]]:
    return repair(problem, published, stay=1_000.0, iterations=40_000)


class TestARepair:
    def test_changes_nothing_when_nothing_has_happened(self, today: tuple[Problem, Plan]) -> None:
        problem, published = today

        plan, changes = mended(problem, published)

        assert changes == ()
        assert evaluate(problem, plan).faults == ()

    def test_gives_others_only_what_the_one_who_is_ill_had(self, today: tuple[Problem, Plan]) -> None:
        problem, published = today
        busiest = max(published.routes, key=lambda route: len(route.stops)).caregiver
        hers = {visit for visit, names in who_comes(published).items() if busiest in names}
        problem = replace(problem, caregivers=tuple(one for one in problem.caregivers if one.id != busiest))

        plan, changes = mended(problem, published)

        assert evaluate(problem, plan).faults == ()
        assert {change.visit for change in changes} == hers
        assert {change.because for change in changes} <= {"caregiver_gone", "left_out"}

    def test_says_who_is_not_visited_any_more(self, today: tuple[Problem, Plan]) -> None:
        problem, published = today
        gone = published.routes[0].stops[0].visit
        problem = replace(problem, visits=tuple(visit for visit in problem.visits if visit.id != gone))

        _, changes = mended(problem, published)

        assert [(change.visit, change.because) for change in changes] == [(gone, "cancelled")]

    def test_takes_in_who_is_new_and_moves_nobody_for_it(self, today: tuple[Problem, Plan]) -> None:
        problem, _ = today
        new = problem.visits[0]
        published = solve(replace(problem, visits=problem.visits[1:]), iterations=60_000)

        plan, changes = mended(problem, published)

        assert evaluate(problem, plan).faults == ()
        assert [(change.visit, change.because) for change in changes] == [(new.id, "new")]
