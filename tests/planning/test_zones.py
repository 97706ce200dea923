"""A city cut into zones is planned as one: nobody twice, nobody forgotten, and nearly as well as in one."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from benchmarks._cities import city

from anjia.planning.evaluate import evaluate
from anjia.planning.io import plan_from_json, plan_to_json, problem_from_json, problem_to_json
from anjia.planning.plan import Plan
from anjia.planning.problem import TOGETHER, Problem, Promise, Series
from anjia.planning.region import Region, half, planned, problem_of
from anjia.planning.solve import solve
from anjia.planning.zones import Job, cut_by_place, cut_by_ways, parts_of, solve_by_zones

VISITS = 400
MOST = 120
CHANGES = 1_500  # per visit


def plan_of(job: Job) -> Plan:
    return solve(job.problem, iterations=job.iterations, seed=job.seed, start=job.start)


def one_by_one(jobs: Sequence[Job]) -> list[Plan]:
    return [plan_of(job) for job in jobs]


def zoned(region: Region, *, rounds: int = 3, changes: int = CHANGES) -> Plan:
    return solve_by_zones(region, changes=changes, run=one_by_one, most=MOST, rounds=rounds)


def whole(region: Region) -> Problem:
    return problem_of(region, {one.id for one in region.caregivers}, region.visits)


@pytest.fixture(scope="module")
def region() -> Region:
    return city(VISITS)


@pytest.fixture(scope="module")
def plan(region: Region) -> Plan:
    return zoned(region)


class TestACutByPlace:
    def test_has_each_caregiver_and_each_visit_in_one_zone(self, region: Region) -> None:
        zones = list(cut_by_place(region, MOST))

        assert sorted(one for people, _ in zones for one in people) == [one.id for one in region.caregivers]
        assert sorted(one for _, visits in zones for one in visits) == [one.id for one in region.visits]

    def test_makes_zones_that_are_small_and_have_their_share_of_caregivers(self, region: Region) -> None:
        zones = list(cut_by_place(region, MOST))

        assert len(zones) > 2
        assert all(len(visits) <= MOST for _, visits in zones)
        assert all(0.6 <= 10 * len(people) / len(visits) <= 1.6 for people, visits in zones)

    @pytest.mark.parametrize("said", ["required", "promised"])
    def test_puts_who_waits_for_one_caregiver_where_she_is(self, region: Region, said: str) -> None:
        zones = list(cut_by_place(region, MOST))
        her, far = zones[-1][0][0], zones[0][1][0]
        waits = next(one for one in region.visits if one.id == far)
        waits = (
            replace(waits, required=frozenset({her}))
            if said == "required"
            else replace(waits, promise=Promise((her,), 600.0, keeps_caregivers=True))
        )
        other = replace(region, visits=tuple(waits if one.id == far else one for one in region.visits))

        zones = list(cut_by_place(other, MOST))

        assert [far in visits for people, visits in zones if her in people] == [True]


class TestACutByWays:
    @pytest.mark.parametrize("angle", [0.0, 1.0, 2.5])
    def test_has_each_caregiver_once_and_whoever_is_left_out(
        self, region: Region, plan: Plan, angle: float
    ) -> None:
        out = replace(plan, left_out=("visit00003", "visit00100"))

        zones = list(cut_by_ways(region, out, angle, MOST))

        assert sorted(one for people, _ in zones for one in people) == [one.id for one in region.caregivers]
        assert sorted(one for _, visits in zones for one in visits) == ["visit00003", "visit00100"]

    def test_lies_elsewhere_each_time(self, region: Region, plan: Plan) -> None:
        cuts = [
            {frozenset(one.id for one in part.problem.caregivers) for part in parts_of(region, plan, n, MOST)}
            for n in (1, 2)
        ]

        assert cuts[0].isdisjoint(cuts[1])


class TestAPart:
    def test_holds_the_ways_between_its_own_places_only(self, region: Region, plan: Plan) -> None:
        for number in (0, 1):
            for part in parts_of(region, plan, number, MOST):
                own = {visit.place for visit in part.problem.visits}
                assert len(part.problem.places) == len(own) + len(part.problem.caregivers)

    def test_goes_on_from_a_plan_that_breaks_no_rule(self, region: Region, plan: Plan) -> None:
        parts = list(parts_of(region, plan, 1, MOST))

        assert any(part.halves for part in parts)
        for part in parts:
            assert part.start is not None
            assert evaluate(part.problem, part.start).faults == ()

    def test_keeps_the_minute_of_a_visit_that_another_one_does_with_her(
        self, region: Region, plan: Plan
    ) -> None:
        two = {one.id for one in region.visits if one.kind == TOGETHER}
        route = next(route for route in plan.routes if any(stop.visit in two for stop in route.stops))
        stop = next(stop for stop in route.stops if stop.visit in two)

        part = planned(region, plan, [route.caregiver], [])
        new = part.in_region(solve(part.problem, iterations=20_000, start=part.start))

        again = next(one for one in new.routes[0].stops if one.visit == stop.visit)
        assert (again.part, again.starts) == (stop.part, stop.starts)

    def test_is_not_taken_if_somebody_outside_would_wait_in_vain(self, region: Region, plan: Plan) -> None:
        part = next(part for part in parts_of(region, plan, 1, MOST) if part.halves)

        assert not part.is_kept_by(Plan((), (next(iter(part.halves)),)))
        assert part.is_kept_by(Plan((), ("somebody who is whole",)))

    def test_leaves_a_window_to_one_of_two_who_come_independently(self, region: Region, plan: Plan) -> None:
        visit = next(one for one in region.visits if one.kind == TOGETHER)
        stop = next(stop for route in plan.routes for stop in route.stops if stop.visit == visit.id)

        alone = half(replace(visit, kind="independent"), stop, region.late_at)

        assert alone.windows == visit.windows
        assert len(alone.parts) == 1


class TestACityByZones:
    def test_breaks_no_rule_and_forgets_nobody(self, region: Region, plan: Plan) -> None:
        score = evaluate(region, plan)

        assert score.faults == ()
        done = {stop.visit for route in plan.routes for stop in route.stops}
        assert done | set(plan.left_out) == {one.id for one in region.visits}

    def test_finds_room_for_who_was_left_out(self, region: Region) -> None:
        hard = replace(region, caregivers=region.caregivers[: len(region.caregivers) * 9 // 10])
        jobs = list[Job]()

        def seen(some: Sequence[Job]) -> list[Plan]:
            jobs.extend(some)
            return one_by_one(some)

        plan = solve_by_zones(hard, changes=CHANGES, run=seen, most=MOST)
        before = [len(one.start.left_out) for one in jobs if one.start is not None and one.start.left_out]

        assert before
        assert len(plan.left_out) < sum(before)
        assert evaluate(hard, plan).faults == ()

    def test_costs_what_the_same_plan_costs_in_one(self, region: Region, plan: Plan) -> None:
        assert evaluate(region, plan).cost == pytest.approx(evaluate(whole(region), plan).cost)

    def test_gets_better_by_cutting_again_elsewhere(
        self, region: Region, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("anjia.planning.zones.RESCUES", 0)  # they get as many changes as a round has
        once = zoned(region, rounds=1)
        more = zoned(region, rounds=3, changes=2 * CHANGES)

        assert evaluate(region, more).cost < evaluate(region, once).cost

    def test_loses_no_more_than_two_in_a_hundred_against_planning_it_in_one(self) -> None:
        town = city(1000)

        plan = solve_by_zones(town, changes=CHANGES, run=one_by_one)
        joint = solve(whole(town), iterations=CHANGES * 1000, seed=0)

        assert evaluate(town, plan).cost <= 1.02 * evaluate(whole(town), joint).cost

    def test_is_the_same_wherever_its_zones_are_planned(self, region: Region, plan: Plan) -> None:
        def elsewhere(jobs: Sequence[Job]) -> list[Plan]:
            """Each as a letter, and the last one first."""
            return [by_letter(job) for job in reversed(jobs)][::-1]

        assert solve_by_zones(region, changes=CHANGES, run=elsewhere, most=MOST) == plan

    def test_takes_nothing_worse_from_a_worker(self, region: Region) -> None:
        found = list[Plan]()

        def tired(jobs: Sequence[Job]) -> list[Plan]:
            """Plan what nobody has planned yet, and give up where there is a plan."""
            plans = [plan_of(job) if job.start is None else nobody(job) for job in jobs]
            found.extend(plans if jobs and jobs[0].start is None else [])
            return plans

        plan = solve_by_zones(region, changes=CHANGES, run=tired, most=MOST)

        assert {route.caregiver: route.stops for route in plan.routes} == {
            route.caregiver: route.stops for one in found for route in one.routes
        }

    def test_refuses_visits_that_belong_together_over_days(self, region: Region) -> None:
        with pytest.raises(ValueError, match="of one day"):
            replace(region, series=(Series("a", ("visit00001", "visit00002")),))


def nobody(job: Job) -> Plan:
    return Plan((), tuple(visit.id for visit in job.problem.visits))


def by_letter(job: Job) -> Plan:
    letter = json.dumps(
        [problem_to_json(job.problem), None if job.start is None else plan_to_json(job.start)]
    )
    problem, start = json.loads(letter)
    there = replace(
        job, problem=problem_from_json(problem), start=None if start is None else plan_from_json(start)
    )
    return plan_from_json(json.loads(json.dumps(plan_to_json(plan_of(there)))))
