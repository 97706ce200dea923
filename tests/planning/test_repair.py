"""A plan is mended with as few broken promises as it takes."""

from dataclasses import replace
from typing import Final

import pytest

from anjia.planning.evaluate import evaluate
from anjia.planning.plan import Plan, Route, Stop
from anjia.planning.problem import Caregiver, Part, Problem, Shift, Visit, Weights, Window
from anjia.planning.repair import Cancelled, Change, Event, Gone, Late, Longer, Urgent, repair, who_comes
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


PLACES: Final = ("chen", "station", "wang", "zhao")
TRAVEL: Final = tuple(tuple(0.0 if one == two else 10.0 for two in PLACES) for one in PLACES)


def nurse(name: str) -> Caregiver:
    return Caregiver(name, (Shift("day", 0.0, 480.0, "station", "station", may_run_over=False),), {"care": 0})


def visit(name: str, opens: float, closes: float) -> Visit:
    return Visit(name, name, (Part("care", 40.0),), (Window(opens, closes),), hard=True)


VISITS: Final = (visit("chen", 0.0, 30.0), visit("wang", 60.0, 150.0), visit("zhao", 120.0, 300.0))
MORNING: Final = Problem((nurse("li"), nurse("wu")), VISITS, PLACES, {"": TRAVEL}, Weights())
PUBLISHED: Final = Plan(
    (Route("li", "day", (Stop("chen", 0, 10.0), Stop("wang", 0, 60.0), Stop("zhao", 0, 120.0))),)
)


def after(*events: Event, now: float | None = None) -> tuple[Plan, tuple[Change, ...]]:
    plan, changes = repair(
        MORNING, PUBLISHED, events, stay=200.0, move=50.0, within=10.0, now=now, iterations=20_000
    )
    return plan, changes


class TestWhatHappens:
    def test_is_nothing_and_nothing_changes(self) -> None:
        plan, changes = after()

        assert changes == ()
        assert who_comes(plan) == who_comes(PUBLISHED)

    def test_a_service_takes_longer_and_who_comes_after_it_is_told_another_time(self) -> None:
        _, changes = after(Longer("chen", 30.0), now=15.0)

        assert [(one.visit, one.because, one.started, one.starts) for one in changes] == [
            ("wang", "other_time", 60.0, 90.0),
            ("zhao", "other_time", 120.0, 140.0),
        ]
        assert {one.causes for one in changes} == {("chen",)}

    def test_a_window_that_would_be_missed_gets_somebody_else(self) -> None:
        _, changes = after(Longer("chen", 120.0), now=15.0)

        assert [(one.visit, one.because, one.comes) for one in changes if one.visit == "wang"] == [
            ("wang", "other_caregiver", ("wu",))
        ]

    def test_she_falls_ill_after_her_first_visit_which_stays_hers(self) -> None:
        plan, changes = after(Gone("li"), now=15.0)

        assert who_comes(plan) == {"chen": ("li",), "wang": ("wu",), "zhao": ("wu",)}
        assert {(one.visit, one.because, one.causes) for one in changes} == {
            ("wang", "caregiver_gone", ("li",)),
            ("zhao", "caregiver_gone", ("li",)),
        }

    def test_she_begins_late_and_only_the_visit_that_cannot_wait_is_another_ones(self) -> None:
        plan, changes = after(Late("li", 45.0))

        assert who_comes(plan) == {"chen": ("wu",), "wang": ("li",), "zhao": ("li",)}
        assert [(one.visit, one.causes) for one in changes] == [("chen", ("li",))]

    def test_she_has_begun_and_cannot_begin_late(self) -> None:
        with pytest.raises(ValueError, match="li has begun"):
            after(Late("li", 45.0), now=15.0)

    def test_a_visit_is_cancelled_and_nobody_else_is_moved_for_it(self) -> None:
        _, changes = after(Cancelled("wang"))

        assert [(one.visit, one.because) for one in changes] == [("wang", "cancelled")]

    def test_an_urgent_visit_comes_in(self) -> None:
        urgent = replace(visit("urgent", 60.0, 70.0), place="zhao")

        plan, changes = after(Urgent(urgent))

        assert plan.left_out == ()
        assert [(one.visit, one.because, one.comes) for one in changes] == [("urgent", "new", ("wu",))]


class TestWhoHasBeenPromised:
    def test_waits_where_she_would_come_too_early_now(self) -> None:
        """Chen is cancelled, who came before Wang and Zhao: they are told nothing, for nothing is other for them."""
        late = Plan(
            (Route("li", "day", (Stop("chen", 0, 30.0), Stop("wang", 0, 110.0), Stop("zhao", 0, 200.0))),)
        )

        plan, changes = repair(
            MORNING, late, (Cancelled("chen"),), stay=200.0, move=50.0, within=10.0, iterations=20_000
        )

        assert [change.because for change in changes] == ["cancelled"]
        assert {stop.visit: stop.starts for route in plan.routes for stop in route.stops} == {
            "wang": pytest.approx(110.0, abs=10.0),
            "zhao": pytest.approx(200.0, abs=10.0),
        }
