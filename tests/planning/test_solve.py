"""The search finds what is known to be best, keeps every rule, and does the same twice."""

import random
import threading
from dataclasses import replace

import numpy as np
import pytest

from anjia.planning.evaluate import evaluate
from anjia.planning.plan import Plan
from anjia.planning.problem import ERRAND, Caregiver, Part, Problem, Shift, Visit, Weights, Window
from anjia.planning.search.anneal import anneal
from anjia.planning.search.build import build
from anjia.planning.search.costs import count_all
from anjia.planning.search.first import construct
from anjia.planning.search.order import renumber
from anjia.planning.search.resume import resume
from anjia.planning.search.timetable import plan_of
from anjia.planning.solve import solve
from tests.planning.instances import NAMES, best_known, form_of, problem_of
from tests.planning.towns import town

SMALL = [name for name in NAMES if len(problem_of(name).visits) == 10]
CLOSE = 1e-6
MINUTES_APART = 4.5  # of a caregiver's work from the mean: good, if not best


class TestASearch:
    @pytest.mark.parametrize("name", SMALL)
    def test_finds_the_best_that_is_known_for_ten_patients(self, name: str) -> None:
        problem = problem_of(name)

        score = evaluate(problem, solve(problem, iterations=250_000, seed=3))

        assert score.faults == ()
        assert score.cost / form_of(name).SHARES <= best_known()[name] + 1e-3

    @pytest.mark.parametrize("seed", range(20))
    @pytest.mark.parametrize("rich", [True, False], ids=["everything", "classic"])
    def test_keeps_every_rule(self, seed: int, rich: bool) -> None:
        problem = town(seed, rich=rich)

        assert evaluate(problem, solve(problem, iterations=30_000, seed=seed)).faults == ()

    @pytest.mark.parametrize("seed", range(3))
    def test_does_the_same_twice(self, seed: int) -> None:
        problem = town(seed)

        assert solve(problem, iterations=50_000, seed=seed) == solve(problem, iterations=50_000, seed=seed)

    def test_goes_on_from_a_plan_and_never_makes_it_worse(self) -> None:
        problem = problem_of("mankowska/InstanzCPLEX_HCSRP_25_1")
        plan = solve(problem, iterations=200_000)

        longer = solve(problem, iterations=1, start=plan)

        assert evaluate(problem, longer).cost <= evaluate(problem, plan).cost + CLOSE

    def test_is_the_better_of_two_that_work_side_by_side(self) -> None:
        problem = problem_of("mankowska/InstanzCPLEX_HCSRP_25_1")
        alone = [evaluate(problem, solve(problem, iterations=50_000, seed=seed)).cost for seed in (5, 6)]

        plan = solve(problem, iterations=50_000, seed=5, workers=2)

        assert evaluate(problem, plan).cost == pytest.approx(min(alone))

    def test_ends_when_it_is_told_to_and_says_how_far_it_is(self) -> None:
        cancel, heard = threading.Event(), list[float]()

        def progress(share: float, cost: float) -> None:
            heard.append(share)
            cancel.set()

        solve(town(1), seconds=60.0, progress=progress, cancel=cancel)

        assert len(heard) == 1

    def test_of_nothing_is_a_plan_of_nothing(self) -> None:
        nobody = replace(town(1), caregivers=(), visits=())

        assert solve(nobody, iterations=1) == Plan(())

    def test_leaves_out_whom_nobody_may_visit(self) -> None:
        problem = town(1)
        unhappy = replace(problem.visits[0], refused=frozenset(one.id for one in problem.caregivers))
        problem = replace(problem, visits=(unhappy, *problem.visits[1:]))

        plan = solve(problem, iterations=20_000)

        assert unhappy.id in plan.left_out
        assert evaluate(problem, plan).faults == ()

    def test_needs_an_end(self) -> None:
        with pytest.raises(ValueError, match="seconds or iterations"):
            solve(town(1))


def crossing() -> Problem:
    """
    Return two visits that need a nurse and a carer each, at any time, and who lives where.

    The nurse passes the one house and then the other on her way home, the carer the other way round: 20 minutes in all.
    """
    parts = (Part("drip", 30.0), Part("wash", 30.0))
    people = (
        Caregiver("nurse", (Shift("day", 0.0, 480.0, "east", "west"),), {"drip": 0}),
        Caregiver("carer", (Shift("day", 0.0, 480.0, "west", "east"),), {"wash": 0}),
    )
    visits = tuple(
        Visit(place, place, parts, (Window(0.0, 480.0),), kind="independent") for place in ("east", "west")
    )
    return Problem(people, visits, ("east", "west"), {"": ((0.0, 10.0), (10.0, 0.0))})


class TestTwoWhoComeIndependently:
    def test_go_their_rounds_in_opposite_order_if_that_is_shorter(self) -> None:
        score = evaluate(crossing(), solve(crossing(), iterations=20_000))

        assert score.faults == ()
        assert score.cost == 20.0

    def test_keep_their_opposite_rounds_in_a_plan_that_is_taken_up(self) -> None:
        plan = solve(crossing(), iterations=20_000)
        world = build(crossing(), seed=0)

        resume(crossing(), world, plan)

        assert plan_of(crossing(), world) == plan


def fair(people: int, visits: int) -> Problem:
    """Return a day in which nobody may be late or come home late, and all that counts is equal work."""
    dice = random.Random(1)
    homes = [f"home{number:02}" for number in range(visits)]
    spots = {place: (dice.uniform(0, 160), dice.uniform(0, 160)) for place in homes} | {
        "station": (80.0, 80.0)
    }
    travel = tuple(
        tuple(float(round(abs(one[0] - two[0]) + abs(one[1] - two[1]))) for two in spots.values())
        for one in spots.values()
    )
    shift = Shift("day", 0.0, 600.0, "station", "station", may_run_over=False)
    opens = [float(dice.randint(0, 400)) for _ in homes]
    return Problem(
        tuple(Caregiver(f"c{number:02}", (shift,), {"care": 0}) for number in range(people)),
        tuple(
            Visit(place, place, (Part("care", 20.0),), (Window(at, at + 120.0),), hard=True)
            for place, at in zip(homes, opens, strict=True)
        ),
        tuple(spots),
        {"": travel},
        Weights(travel=0.0, balance=1.0, unassigned=1e6),
    )


class TestEqualWork:
    def test_is_found_where_the_way_itself_costs_nothing(self) -> None:
        """A way is work: a search that thinks it free is cold from the beginning, and stays where it began."""
        problem = fair(people=10, visits=40)

        scores = [evaluate(problem, solve(problem, iterations=500_000, seed=seed)) for seed in range(3)]

        assert all(score.faults == () and not score.parts["unassigned"] for score in scores)
        assert sum(score.cost for score in scores) / len(scores) <= MINUTES_APART * len(problem.caregivers)


class TestWhatTheSearchReckons:
    """After every change that it takes, its tally is what the evaluator says of the plan then."""

    @pytest.mark.parametrize("seed", range(8))
    @pytest.mark.parametrize("rich", [True, False], ids=["everything", "classic"])
    def test_is_what_the_evaluator_says(self, seed: int, rich: bool) -> None:
        problem = soft(town(seed, visits=18, rich=rich))
        world = build(problem, seed)
        construct(world, np.arange(len(problem.visits)))
        kept = world.tasks.copy()
        for temperature in (1000.0, 100.0, 30.0, 10.0, 3.0):
            for _ in range(8):
                anneal(world, kept, 0.0, temperature, 150)
                reckoned = float(world.tally[0]["cost"])
                score = evaluate(problem, plan_of(problem, world))
                assert score.faults == ()
                assert score.cost == pytest.approx(reckoned, rel=1e-9, abs=1e-6)
            renumber(world)
            count_all(world)


def soft(problem: Problem) -> Problem:
    """Return the problem without what is forbidden rather than dear: the search may pass through that on its way."""
    return replace(
        problem,
        visits=tuple(
            replace(
                visit,
                hard=False,
                parts=tuple(replace(part, hard=False) for part in visit.parts),
                gap=(0.0, 100_000.0) if visit.kind == ERRAND else visit.gap,
            )
            for visit in problem.visits
        ),
        caregivers=tuple(
            replace(
                one,
                shifts=tuple(replace(shift, may_run_over=True) for shift in one.shifts),
                work_price=one.work_price or 3.0,
            )
            for one in problem.caregivers
        ),
        series=tuple(replace(one, apart=0) for one in problem.series),
    )


class TestTheWorldOfASearch:
    @pytest.mark.parametrize(
        "what",
        [{"marks": np.zeros(4)}, {"travel": np.zeros((4, 4)).T[:2]}, {"price": np.zeros(4)}],
        ids=["of another kind", "not in one piece", "of other dimensions"],
    )
    def test_is_refused_if_compiled_code_would_misread_it(self, what: dict[str, np.ndarray]) -> None:
        with pytest.raises(TypeError, match="not laid out"):
            replace(build(town(1), seed=0), **what)  # type: ignore[arg-type]  # wrong arrays are what is tried
