"""
A day that has begun: one urgent visit put into a plan of 300, its explanation, and a repair when a caregiver falls out.

    script/bench live [--seconds S]

The towns are those of `script/bench city`. Of each figure the middle of five calls counts, all of it: reading the
problem and the plan, searching, writing the plan. `repair` is asked for in S seconds (0.6) of a plan of 100 visits; a
promise is moved if somebody else comes, or at a time that is other by more than a quarter of an hour.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar

from benchmarks import _planning_cache  # noqa: F401  # first: it says where what is compiled is kept

# isort: split

from anjia.planning.evaluate import evaluate
from anjia.planning.explain import explain
from anjia.planning.insert import insert
from anjia.planning.plan import Plan
from anjia.planning.prepare import compile_search
from anjia.planning.problem import Problem
from anjia.planning.region import problem_of
from anjia.planning.repair import Change, Gone, repair, who_comes
from anjia.planning.solve import solve
from benchmarks._cities import city

TIMES: Final = 5
T = TypeVar("T")
MORNING: Final = 3_000_000  # changes for the plan that the day begins with
PROMISE: Final = 150.0  # minutes of travel that a broken one costs: less than to leave somebody out


def main() -> int:
    asked = words()
    print(f"live.compile {compile_search():.1f} s", flush=True)
    one_more(town(300))
    problem = town(100)
    plan = solve(problem, iterations=MORNING, seed=1)
    for number in range(3):
        fall_out(problem, plan, number, asked.seconds)
    return 0


def town(visits: int) -> Problem:
    """Every fourth visit of a city, and every third of its caregivers, who so have time to spare."""
    region = city(visits * 4)
    return problem_of(region, {one.id for one in region.caregivers[::3]}, region.visits[::4])


def one_more(problem: Problem) -> None:
    """An urgent visit: whoever is the last by name, as if she had not been known."""
    alone = [visit for visit in problem.visits if len(visit.parts) == 1][-1]
    two = [visit for visit in problem.visits if len(visit.parts) == 2][-1]
    for name, new in (("one", alone), ("two", two)):
        rest = replace(problem, visits=tuple(visit for visit in problem.visits if visit.id != new.id))
        plan = solve(rest, iterations=MORNING, seed=1)
        took, after = timed(partial(insert, problem, plan, new.id))
        is_in = new.id not in after.left_out and not evaluate(problem, after).faults
        print(f"live.insert.300.{name} {took * 1000:.0f} ms in={'yes' if is_in else 'no'}", flush=True)
        took, _ = timed(partial(explain, problem, after, new.id))
        print(f"live.explain.300.{name} {took * 1000:.0f} ms", flush=True)


def fall_out(problem: Problem, plan: Plan, number: int, seconds: float) -> None:
    """The busiest but so many falls out; what of the others' promises is moved."""
    busy = sorted(plan.routes, key=lambda route: (-len(route.stops), route.caregiver))
    gone = busy[number].caregiver
    hers = {visit for visit, names in who_comes(plan).items() if gone in names}

    def mend() -> tuple[Plan, tuple[Change, ...]]:
        return repair(problem, plan, [Gone(gone)], stay=PROMISE, move=PROMISE, seconds=seconds, seed=1)

    took, (after, changes) = timed(mend)
    moved = [one.visit for one in changes if one.visit not in hers]
    left = [name for name in after.left_out if name in hers]
    lost = [name for name in after.left_out if name not in hers and name not in plan.left_out]
    print(
        f"live.repair.100.{number} {took * 1000:.0f} ms hers={len(hers)} found={len(hers) - len(left)} "
        f"left_out={len(left)} others_moved={len(moved)} others_lost={len(lost)}",
        flush=True,
    )


def timed(do: Callable[[], T]) -> tuple[float, T]:
    """Return how long it took, the middle of five times, and what came of it."""
    times = []
    for _ in range(TIMES):
        began = time.monotonic()
        done = do()
        times.append(time.monotonic() - began)
    return sorted(times)[TIMES // 2], done


def words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="live")
    parser.add_argument("--seconds", type=float, default=0.6)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
