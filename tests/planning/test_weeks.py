"""Several days: hours that may not be passed, visits that belong together and want days between them."""

from dataclasses import replace
from typing import Final

import pytest

from anjia.planning.evaluate import evaluate
from anjia.planning.explain import Obstacle, explain, relaxed
from anjia.planning.plan import Plan, Route, Stop
from anjia.planning.problem import DAY, Caregiver, Part, Problem, Series, Shift, Visit, Weights, Window
from anjia.planning.repair import who_comes
from anjia.planning.solve import solve
from tests.planning.towns import week

PLACES: Final = ("chen", "station", "wang", "zhao")
TRAVEL: Final = (
    (0.0, 10.0, 30.0, 20.0),
    (10.0, 0.0, 20.0, 10.0),
    (30.0, 20.0, 0.0, 10.0),
    (20.0, 10.0, 10.0, 0.0),
)
DAYS: Final = range(4)


def nurse(name: str, most_work: float | None = None, work_price: float | None = None) -> Caregiver:
    shifts = tuple(
        Shift(f"day{day}", day * DAY + 480.0, day * DAY + 960.0, "station", "station", may_run_over=False)
        for day in DAYS
    )
    return Caregiver(name, shifts, {"care": 0}, most_work=most_work, work_price=work_price)


def visit(name: str, place: str, *days: int, minutes: float = 60.0) -> Visit:
    windows = tuple(Window(day * DAY + 480.0, day * DAY + 900.0) for day in days)
    return Visit(name, place, (Part("care", minutes),), windows, hard=True)


def problem_of(visits: tuple[Visit, ...], *people: Caregiver, series: tuple[Series, ...] = ()) -> Problem:
    return Problem(people, visits, PLACES, {"": TRAVEL}, Weights(), series=series)


def days_of(problem: Problem, plan: Plan) -> dict[str, int]:
    day = {shift.id: shift.day for person in problem.caregivers for shift in person.shifts}
    return {stop.visit: day[route.shift] for route in plan.routes for stop in route.stops}


THREE: Final = (visit("c", "chen", 0), visit("w", "wang", 0), visit("z", "zhao", 0))


class TestHours:
    def test_of_a_shift_are_not_passed(self) -> None:
        li = nurse("li")
        shifts = tuple(
            replace(shift, most_work=165.0) for shift in li.shifts
        )  # two visits and 40 minutes of way
        problem = problem_of(THREE, replace(li, shifts=shifts))

        plan = solve(problem, iterations=20_000)

        assert len(plan.left_out) == 1
        assert evaluate(problem, plan).faults == ()

    def test_of_a_caregiver_are_those_of_all_her_shifts(self) -> None:
        visits = (visit("c", "chen", 0), visit("w", "wang", 1), visit("z", "zhao", 2))
        problem = problem_of(visits, nurse("li", most_work=180.0))

        plan = solve(problem, iterations=20_000)

        assert plan.left_out == ("w",)  # 80 minutes with each of the others, and 100 with her
        assert evaluate(problem, plan).faults == ()

    def test_go_to_who_has_some_left(self) -> None:
        problem = problem_of(THREE, nurse("li", most_work=100.0), nurse("wu", most_work=165.0))

        plan = solve(problem, iterations=20_000)

        assert plan.left_out == ()
        assert evaluate(problem, plan).faults == ()

    def test_may_be_passed_for_a_price(self) -> None:
        problem = problem_of(THREE[:1], nurse("li", most_work=70.0, work_price=3.0))

        score = evaluate(problem, solve(problem, iterations=10_000))

        assert score.faults == ()
        assert score.parts["overwork"] == 30.0
        assert score.cost == 20.0 + 30.0

    def test_that_are_passed_are_a_fault(self) -> None:
        problem = problem_of(THREE[:1], nurse("li", most_work=79.0))

        plan = Plan((Route("li", "day0", (Stop("c", 0, 490.0),)),))

        assert evaluate(problem, plan).faults == ("li: works 80 minutes, and may 79",)

    def test_are_named_when_they_keep_somebody_out_and_tried(self) -> None:
        problem = problem_of(THREE[:1], nurse("li", most_work=65.0))
        plan = solve(problem, iterations=10_000)

        why = explain(problem, plan, "c")

        assert why.candidates[0].stopped_by == (Obstacle("hours", "li", "", 15.0),)
        (relaxation,) = why.relaxations
        assert evaluate(relaxed(problem, "c", relaxation.gives_way), relaxation.plan).faults == ()


EVERY_DAY: Final = (visit("one", "chen", *DAYS), visit("two", "chen", *DAYS))


class TestASeries:
    def test_keeps_days_between_its_visits(self) -> None:
        problem = problem_of(EVERY_DAY, nurse("li"), series=(Series("chen", ("one", "two"), apart=2),))

        plan = solve(problem, iterations=20_000)

        days = days_of(problem, plan)
        assert plan.left_out == ()
        assert abs(days["one"] - days["two"]) >= 2

    def test_goes_on_one_day_if_nothing_is_between(self) -> None:
        problem = problem_of(EVERY_DAY, nurse("li"), series=(Series("chen", ("one", "two")),))

        assert evaluate(problem, solve(problem, iterations=20_000)).cost == 20.0

    def test_leaves_one_out_if_there_are_not_days_enough(self) -> None:
        visits = (visit("one", "chen", 0, 1), visit("two", "chen", 0, 1))
        problem = problem_of(visits, nurse("li"), series=(Series("chen", ("one", "two"), apart=2),))

        plan = solve(problem, iterations=20_000)
        (out,) = plan.left_out
        why = explain(problem, plan, out)

        assert evaluate(problem, plan).faults == ()
        assert {one.stopped_by[0].rule for one in why.candidates} <= {"apart", "late"}
        for relaxation in why.relaxations:
            kinder = relaxed(problem, out, relaxation.gives_way)
            assert evaluate(kinder, relaxation.plan).faults == ()
            assert out not in relaxation.plan.left_out

    def test_is_done_by_one_caregiver_if_that_is_worth_the_way(self) -> None:
        visits = (visit("monday", "wang", 0), visit("thursday", "wang", 3), visit("other", "chen", 3))
        near = replace(nurse("wu"), shifts=nurse("wu").shifts[3:])
        near = replace(
            near, shifts=tuple(replace(shift, starts_at="wang", ends_at="wang") for shift in near.shifts)
        )
        apart = problem_of(visits, nurse("li"), near, series=(Series("wang", ("monday", "thursday")),))
        together = replace(apart, series=(Series("wang", ("monday", "thursday"), price=100.0),))

        alone, one = (who_comes(solve(problem, iterations=20_000)) for problem in (apart, together))

        assert alone["thursday"] == ("wu",)
        assert one["thursday"] == one["monday"] == ("li",)

    def test_too_near_is_a_fault(self) -> None:
        problem = problem_of(EVERY_DAY, nurse("li"), series=(Series("chen", ("one", "two"), apart=2),))
        routes = (
            Route("li", "day0", (Stop("one", 0, 490.0),)),
            Route("li", "day1", (Stop("two", 0, DAY + 490.0),)),
        )

        assert evaluate(problem, Plan(routes)).faults == ("chen: one and two are 1 days apart, not 2",)


class TestAWeek:
    @pytest.mark.parametrize("seed", range(12))
    def test_keeps_every_rule(self, seed: int) -> None:
        problem = week(seed)

        assert evaluate(problem, solve(problem, iterations=40_000, seed=seed)).faults == ()
