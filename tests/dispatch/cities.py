"""Makers of days that are large by a rule that says so of a few visits, and of what plans them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from anjia.dispatch.posing import Posed
from anjia.dispatch.rules.plans import PLANNING
from anjia.planning.apart import Heard
from anjia.planning.io import plan_from_json, plan_to_json, problem_from_json
from anjia.planning.plan import Plan
from anjia.planning.region import Region
from anjia.planning.solve import solve
from anjia.planning.zones import Job, solve_by_zones, start_of


@contextmanager
def large_from(most_in_one: int, *, zone: int, changes: int = 1_000) -> Iterator[None]:
    """Let a day of more parts than this be planned by zones, of so many."""
    rule = {"most_in_one": most_in_one, "zone": zone, "changes": changes}
    before = {name: getattr(PLANNING, name) for name in rule}
    try:
        for name, number in rule.items():
            object.__setattr__(PLANNING, name, number)  # it is frozen, and imported by its name everywhere
        yield
    finally:
        for name, number in before.items():
            object.__setattr__(PLANNING, name, number)


def answer(asked: Any, heard: Heard) -> Any:
    """Answer as the engine does, in this process."""
    start = asked["start"] and plan_from_json(asked["start"])
    problem = problem_from_json(asked["problem"])
    return plan_to_json(solve(problem, iterations=asked["iterations"], seed=asked["seed"], start=start))


def one_by_one(jobs: Sequence[Job]) -> list[Plan]:
    return [solve(job.problem, iterations=job.iterations, seed=job.seed, start=job.start) for job in jobs]


class ByZones:
    """Plans regions, each going on from the one before, and says how many there were."""

    def __init__(self) -> None:
        self.before: tuple[Region, Plan] | None = None
        self.went_on = 0

    def __call__(self, posed: Posed, number: int) -> Plan:
        assert isinstance(posed.problem, Region)
        start = start_of(self.before, posed.problem)
        self.went_on += start is not None
        plan = solve_by_zones(
            posed.problem,
            changes=PLANNING.changes,
            run=one_by_one,
            seed=number,
            most=PLANNING.zone,
            start=start,
        )
        self.before = posed.problem, plan
        return plan
