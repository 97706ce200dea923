"""
Mending a plan that the day has overtaken: somebody is ill, a visit is new or cancelled, a service takes longer.

What has happened is said by the problem as it is now. The published plan is where the search begins, and who has been
told that a certain caregiver comes keeps her unless it must be otherwise: every other one costs `stay` more. Promised
times are windows of the problem, and hard ones are kept or said to be lost.
"""

import threading
from dataclasses import dataclass, replace

from anjia.planning.plan import Plan
from anjia.planning.problem import Problem, Visit
from anjia.planning.solve import solve


@dataclass(frozen=True, slots=True)
class Change:
    """What is other than was published, for those who have to be told."""

    visit: str
    because: str  # cancelled, caregiver_gone, left_out, new, other_caregiver: the caller says it in words
    came: tuple[str, ...]
    comes: tuple[str, ...]


def repair(
    problem: Problem,
    published: Plan,
    *,
    stay: float,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    cancel: threading.Event | None = None,
) -> tuple[Plan, tuple[Change, ...]]:
    """
    Return a plan for the problem as it is now, and who of those in the published plan has another caregiver, or none.

    :raises ValueError: if no end is given
    """
    told = who_comes(published)
    kept = replace(
        problem,
        visits=tuple(with_told(visit, told.get(visit.id, ()), problem, stay) for visit in problem.visits),
    )
    plan = solve(kept, seconds=seconds, iterations=iterations, seed=seed, start=published, cancel=cancel)
    return plan, tuple(changes(problem, published, plan))


def with_told(visit: Visit, told: tuple[str, ...], problem: Problem, stay: float) -> Visit:
    """Return the visit, in which everybody but those who were announced costs more."""
    there = {caregiver.id for caregiver in problem.caregivers}
    known = dict(visit.known)
    for name in set(told) & there:
        known[name] = max(visit.known.values(), default=0.0) + stay
    return replace(visit, known=known)


def who_comes(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Return each visit's caregivers, by part."""
    found: dict[str, list[tuple[int, str]]] = {}
    for route in plan.routes:
        for stop in route.stops:
            found.setdefault(stop.visit, []).append((stop.part, route.caregiver))
    return {visit: tuple(name for _, name in sorted(pairs)) for visit, pairs in found.items()}


def changes(problem: Problem, published: Plan, plan: Plan) -> list[Change]:
    came, comes = who_comes(published), who_comes(plan)
    asked, there = {visit.id for visit in problem.visits}, {one.id for one in problem.caregivers}
    found = []
    for visit in sorted(came.keys() | comes.keys() | set(plan.left_out)):
        before, now = came.get(visit, ()), comes.get(visit, ())
        if sorted(before) != sorted(now) or (visit in plan.left_out and visit not in published.left_out):
            found.append(Change(visit, reason(visit in asked, before, now, there), before, now))
    return found


def reason(asked: bool, before: tuple[str, ...], now: tuple[str, ...], there: set[str]) -> str:
    if not asked:
        return "cancelled"
    if not now:
        return "left_out"
    if not before:
        return "new"
    return "caregiver_gone" if set(before) - there else "other_caregiver"
