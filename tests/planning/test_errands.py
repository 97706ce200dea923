"""
Errands: blood is drawn and brought to the laboratory in time, what is to be given is fetched first.

The right answers are found by trying every order of the day, with a reckoning of their own.
"""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pytest

from anjia.planning.evaluate import evaluate
from anjia.planning.explain import Obstacle, explain, relaxed
from anjia.planning.insert import insert
from anjia.planning.plan import Plan, Route, Stop
from anjia.planning.problem import Caregiver, Part, Problem, Shift, Visit, Weights, Window
from anjia.planning.solve import solve
from tests.planning.towns import town

SEVEN: Final = 7 * 60.0
HALF_PAST_TEN: Final = 10.5 * 60
SPOTS: Final = {
    "station": (0, 0),
    "laboratory": (9, 7),
    "an": (4, 11),
    "bai": (14, 3),
    "cao": (2, -8),
    "dai": (-7, 5),
    "er": (-5, -9),
    "fan": (12, -6),
}
MOST: Final = 120.0  # minutes from the needle to the laboratory
AT_LAB: Final = (6.0, 3.0)  # set-up, and each delivery


def minutes(one: str, two: str) -> float:
    (a, b), (c, d) = SPOTS[one], SPOTS[two]
    return float(2 * (abs(a - c) + abs(b - d)))


def draw(name: str, closes: float, closing: float = HALF_PAST_TEN) -> Visit:
    """Return a fasting draw, whose specimens the laboratory takes until half past ten."""
    lab = Part("care", AT_LAB[1], 0, AT_LAB[0], "laboratory", (Window(SEVEN, closing),), hard=True)
    parts = (Part("care", 15.0), lab)
    return Visit(name, name, parts, (Window(SEVEN, closes),), hard=True, kind="errand", gap=(0.0, MOST))


def care(name: str, opens: float, closes: float, took: float) -> Visit:
    return Visit(name, name, (Part("care", took),), (Window(opens, closes),), hard=True)


VISITS: Final = (
    draw("an", 600.0),
    draw("bai", 600.0),
    draw("cao", 600.0),
    care("dai", 600.0, 780.0, 40.0),
    care("er", 480.0, 780.0, 30.0),
    care("fan", 540.0, 780.0, 45.0),
)
NURSE: Final = Caregiver(
    "li", (Shift("day", SEVEN, 900.0, "station", "station", may_run_over=False),), {"care": 0}
)


def morning(*visits: Visit, people: tuple[Caregiver, ...] = (NURSE,)) -> Problem:
    places = tuple(sorted(SPOTS))
    travel = tuple(tuple(minutes(one, two) for two in places) for one in places)
    return Problem(people, visits or VISITS, places, {"": travel}, Weights(travel=1.0))


def orders(problem: Problem) -> Iterator[tuple[tuple[Visit, int], ...]]:
    """Yield every order in which each second stop comes after its first."""
    stops = [(visit, part) for visit in problem.visits for part in range(len(visit.parts))]
    for order in itertools.permutations(range(len(stops))):
        place = {stop: at for at, stop in enumerate(order)}
        if all(place[one] > place[one - 1] for one, (_, part) in enumerate(stops) if part):
            yield tuple(stops[one] for one in order)


def costs(order: tuple[tuple[Visit, int], ...]) -> float | None:
    """Return the travel of a day in that order, everything as early as it can be; None if something is too late."""
    clock, here, way, drawn = SEVEN, "station", 0.0, dict[str, float]()
    for visit, number in order:
        part = visit.parts[number]
        there = part.place or visit.place
        way += minutes(here, there)
        window = (part.windows or visit.windows)[0]
        clock = max(clock + minutes(here, there) + (0.0 if here == there else part.set_up), window.opens)
        if clock > window.closes or (number and clock - drawn[visit.id] > visit.gap[1]):
            return None
        drawn.setdefault(visit.id, clock)
        clock, here = clock + part.minutes, there
    return way + minutes(here, "station") if clock + minutes(here, "station") <= 900.0 else None


class TestANurseWithThreeFastingDraws:
    def test_goes_the_shortest_way_that_brings_all_specimens_in_time(self) -> None:
        problem = morning()
        best = min(way for way in map(costs, orders(problem)) if way is not None)

        plan = solve(problem, iterations=60_000, seed=1)

        score = evaluate(problem, plan)
        assert score.faults == ()
        assert plan.left_out == ()
        assert score.cost == best

    def test_delivers_them_on_one_way_with_one_set_up(self) -> None:
        problem = morning(draw("er", 600.0), draw("cao", 540.0))

        plan = solve(problem, iterations=30_000)

        (route,) = plan.routes
        assert [stop.part for stop in route.stops] == [0, 0, 1, 1]
        assert evaluate(problem, plan).faults == ()
        assert route.stops[3].starts == route.stops[2].starts + AT_LAB[1]

    def test_leaves_out_whose_specimen_would_come_too_late_and_says_by_how_much(self) -> None:
        visits = (draw("an", 600.0), draw("cao", 540.0, closing=SEVEN + 30.0))
        problem = morning(*visits)

        plan = solve(problem, iterations=30_000)
        why = explain(problem, plan, "cao")

        assert plan.left_out == ("cao",)
        # 20 minutes there, 15 for the draw, 44 to the laboratory and 6 of set-up: 55 more than 30
        assert Obstacle("late_stop", "cao", "1/0", 55.0) in why.candidates[0].stopped_by
        for relaxation in why.relaxations:
            assert "cao" not in relaxation.plan.left_out
            kinder = relaxed(problem, "cao", relaxation.gives_way)
            assert evaluate(kinder, relaxation.plan).faults == ()

    def test_is_told_that_a_specimen_would_be_too_old(self) -> None:
        visit = replace(draw("cao", 540.0), gap=(0.0, 40.0))
        problem = morning(visit)

        plan = solve(problem, iterations=20_000)

        assert plan.left_out == ("cao",)
        why = explain(problem, plan, "cao")
        assert why.candidates[0].stopped_by == (Obstacle("too_long", "cao", amount=25.0),)
        kinder = relaxed(problem, "cao", why.relaxations[0].gives_way)
        assert solve(kinder, iterations=20_000).left_out == ()

    def test_fetches_from_the_pharmacy_before_she_comes(self) -> None:
        fetch = Part("care", 5.0, place="laboratory")
        visit = Visit(
            "dai", "dai", (fetch, Part("care", 30.0)), (Window(SEVEN, 720.0),), kind="errand", gap=(0, 300)
        )

        (route,) = solve(morning(visit), iterations=20_000).routes

        assert [(stop.visit, stop.part) for stop in route.stops] == [("dai", 0), ("dai", 1)]

    def test_waits_with_the_needle_if_the_laboratory_opens_late(self) -> None:
        late = replace(draw("an", 600.0).parts[1], windows=(Window(600.0, 660.0),))
        visit = replace(draw("an", 600.0), parts=(draw("an", 600.0).parts[0], late), gap=(0.0, 60.0))

        plan = solve(morning(visit), iterations=20_000)

        assert plan.left_out == ()
        assert evaluate(morning(visit), plan).faults == ()


DONE = (Stop("an", 0, 450.0), Stop("bai", 0, 501.0), Stop("an", 1, 540.0), Stop("bai", 1, 543.0))


class TestWhatBreaksAnErrand:
    @pytest.mark.parametrize(
        ("stops", "others", "says"),
        [
            (DONE, (), ()),
            ((DONE[0], DONE[1], DONE[3], DONE[2]), (), ("ready at",)),
            ((DONE[0], DONE[1], DONE[2]), (DONE[3],), ("is begun by",)),
            ((*DONE[:2], Stop("an", 1, 571.0), Stop("bai", 1, 574.0)), (), ("121 minutes",)),
            ((Stop("an", 1, 446.0), Stop("an", 0, 470.0), *DONE[1:2], DONE[3]), (), ("ends before",)),
            ((DONE[0], DONE[1], Stop("an", 1, 530.0), DONE[3]), (), ("ready at",)),
        ],
    )
    def test_is_said(self, stops: tuple[Stop, ...], others: tuple[Stop, ...], says: tuple[str, ...]) -> None:
        wang = replace(NURSE, id="wang")
        plan = Plan((Route("li", "day", stops), Route("wang", "day", others)))

        faults = evaluate(morning(*VISITS[:2], people=(NURSE, wang)), plan).faults

        assert bool(faults) == bool(says)
        assert all(any(word in fault for fault in faults) for word in says)


class TestAnErrandThatIsPutIn:
    @pytest.mark.parametrize("seed", range(12))
    def test_breaks_no_rule_and_costs_no_more_than_any_other_place(self, seed: int) -> None:
        problem = town(seed, visits=12)
        for visit in [one for one in problem.visits if one.kind == "errand"][:1]:
            others = replace(problem, visits=tuple(one for one in problem.visits if one != visit))
            plan = solve(others, iterations=20_000, seed=seed)

            found = insert(problem, plan, visit.id)

            assert evaluate(problem, found).faults == ()
            places = [route for route in found.routes if visit.id in {stop.visit for stop in route.stops}]
            assert len(places) == (0 if visit.id in found.left_out else 1)

    def test_finds_the_best_place_of_all(self) -> None:
        problem = morning()
        plan = solve(morning(*VISITS[1:]), iterations=40_000)
        others = [(stop.visit, stop.part) for stop in plan.routes[0].stops]
        by_name = {visit.id: visit for visit in VISITS}
        tried = [
            costs(tuple((by_name[name], part) for name, part in with_an))
            for one in range(len(others) + 1)
            for two in range(one + 1, len(others) + 2)
            for with_an in [at(at(others, one, ("an", 0)), two, ("an", 1))]
        ]
        best = min((way for way in tried if way is not None), default=None)

        found = insert(problem, plan, "an")

        assert ("an" in found.left_out) == (best is None)
        if best is not None:
            assert evaluate(problem, found).cost == best


def at(stops: list[tuple[str, int]], place: int, stop: tuple[str, int]) -> list[tuple[str, int]]:
    return [*stops[:place], stop, *stops[place:]]
