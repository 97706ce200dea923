"""Who asks why a visit is where it is, or nowhere, is told rules and minutes that can be checked."""

from dataclasses import replace

import pytest

from anjia.planning.evaluate import evaluate
from anjia.planning.explain import Explanation, Obstacle, explain, relaxed
from anjia.planning.insert import insert
from anjia.planning.plan import Plan
from anjia.planning.problem import Caregiver, Part, Problem, Shift, Visit, Window
from anjia.planning.repair import who_comes
from anjia.planning.solve import solve
from tests.planning.towns import town

PLACES = ("station", "chen", "wang")
TRAVEL = ((0.0, 10.0, 20.0), (10.0, 0.0, 30.0), (20.0, 30.0, 0.0))  # station, chen, wang
CARE = (Part("care", 60.0),)
CHEN = Visit("chen", "chen", CARE, (Window(0.0, 10.0),), hard=True, required=frozenset({"li"}))
WANG = Visit("wang", "wang", CARE, (Window(0.0, 60.0),), hard=True)


def nurse(name: str, *, skill: str = "care", closes: float = 480.0) -> Caregiver:
    shift = Shift("day", 0.0, closes, "station", "station", may_run_over=False)
    return Caregiver(name, (shift,), {skill: 1}, gender="f")


def problem_of(*people: Caregiver, wang: Visit = WANG) -> Problem:
    return Problem(people, (CHEN, wang), PLACES, {"": TRAVEL})


def explained(problem: Problem) -> Explanation:
    """Return why Wang is left out by a plan in which there is nothing better."""
    plan = solve(problem, iterations=20_000)
    assert plan.left_out == ("wang",)
    return explain(problem, plan, "wang")


def obstacles(explanation: Explanation) -> dict[tuple[str, ...], tuple[Obstacle, ...]]:
    return {one.caregivers: one.stopped_by for one in explanation.candidates}


class TestAVisitThatIsLeftOut:
    """Li is with Chen from 10 to 70, and 30 minutes from Wang, who must be begun with by 60."""

    def test_would_be_too_late_and_by_how_much(self) -> None:
        explanation = explained(problem_of(nurse("li")))

        assert explanation.comes == ()
        assert obstacles(explanation) == {("li",): (Obstacle("late", "wang", "0", 40.0),)}

    def test_lacks_somebody_with_the_skill(self) -> None:
        explanation = explained(problem_of(nurse("li"), nurse("zhao", skill="wash")))

        assert obstacles(explanation)["zhao",] == (Obstacle("skill", "zhao", "care", 0.0),)

    @pytest.mark.parametrize(
        ("wang", "rule"),
        [
            (replace(WANG, refused=frozenset({"zhao"})), "refused"),
            (replace(WANG, required=frozenset({"li"})), "not_required"),
        ],
    )
    def test_does_not_want_her_who_could_come(self, wang: Visit, rule: str) -> None:
        explanation = explained(problem_of(nurse("li"), nurse("zhao"), wang=wang))

        assert obstacles(explanation)["zhao",] == (Obstacle(rule, "zhao"),)

    def test_would_keep_her_after_her_shift(self) -> None:
        explanation = explained(problem_of(nurse("li"), nurse("zhao", closes=75.0)))

        assert obstacles(explanation)["zhao",] == (Obstacle("overtime", "zhao", "day", 25.0),)

    def test_is_in_as_soon_as_what_is_named_gives_way_and_not_before(self) -> None:
        problem = problem_of(nurse("li"), nurse("zhao", closes=75.0))
        explanation = explained(problem)

        assert explanation.relaxations
        for relaxation in explanation.relaxations:
            kinder = relaxed(problem, "wang", relaxation.gives_way)
            assert evaluate(kinder, relaxation.plan).faults == ()
            assert solve(kinder, iterations=20_000).left_out == ()
            less = tuple(replace(one, amount=one.amount - 1) for one in relaxation.gives_way)
            assert solve(relaxed(problem, "wang", less), iterations=20_000).left_out == ("wang",)

    def test_names_what_gives_way_least_first(self) -> None:
        explanation = explained(problem_of(nurse("li"), nurse("zhao", closes=75.0)))

        assert [one.gives_way[0].amount for one in explanation.relaxations] == [25.0, 40.0]

    @pytest.mark.parametrize("seed", range(20))
    def test_of_a_town_is_let_in_by_each_relaxation(self, seed: int) -> None:
        problem = town(seed, visits=20, caregivers=3)
        plan = solve(problem, iterations=20_000, seed=seed)
        for visit in plan.left_out:
            for relaxation in explain(problem, plan, visit).relaxations:
                kinder = relaxed(problem, visit, relaxation.gives_way)
                assert visit not in relaxation.plan.left_out
                assert evaluate(kinder, relaxation.plan).faults == ()


class TestAVisitInThePlan:
    def test_says_who_comes_and_what_every_other_caregiver_would_cost_more(self) -> None:
        known = replace(WANG, known={"li": 7.0})
        problem = Problem((nurse("li"), nurse("zhao")), (known,), PLACES, {"": TRAVEL})

        explanation = explain(problem, solve(problem, iterations=20_000), "wang")

        assert explanation.comes == ("li",)
        assert [(one.caregivers, one.more, one.parts) for one in explanation.candidates] == [
            (("zhao",), 7.0, {"caregivers": 7.0})
        ]

    @pytest.mark.parametrize("seed", range(6))
    def test_costs_with_another_caregiver_what_the_evaluator_says(self, seed: int) -> None:
        problem = town(seed, visits=12)
        plan = solve(problem, iterations=30_000, seed=seed)
        visit = next(iter(who_comes(plan)))

        for one in explain(problem, plan, visit).candidates:
            if not one.stopped_by and len(one.caregivers) == 1:
                only = replace(visit_of(problem, visit), required=frozenset(one.caregivers))
                moved = insert(with_visit(problem, only), plan, visit)
                assert evaluate(problem, moved).cost - evaluate(problem, plan).cost == pytest.approx(one.more)

    def test_that_nobody_knows_is_refused(self) -> None:
        with pytest.raises(ValueError, match="there is no visit stranger"):
            explain(town(1), Plan(()), "stranger")


def visit_of(problem: Problem, name: str) -> Visit:
    return next(visit for visit in problem.visits if visit.id == name)


def with_visit(problem: Problem, visit: Visit) -> Problem:
    return replace(problem, visits=tuple(visit if one.id == visit.id else one for one in problem.visits))
