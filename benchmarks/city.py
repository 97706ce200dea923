"""
A city's day by zones: how long it takes, what memory, and what it loses against planning it in one.

    script/bench city [--sizes N,N,…] [--joint N] [--changes N] [--workers N] [--seed N] [--full] [--picture FILE]

Each size is a city day that the seed decides: a caregiver for ten visits, fifteen of a hundred visits by two. It is cut
into zones that are planned by so many processes, each visit with so many changes; what comes of it is judged by the
evaluator over the whole city: nobody twice, no visit twice, each rule kept. `--joint`: this size is planned in one as
well, with as many changes and with four times as many. `--full`: from 1,000 to 20,000 visits. Without words: small
sizes, two minutes.
"""

import argparse
import math
import resource
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from benchmarks import _planning_cache  # noqa: F401  # first: it says where what is compiled is kept

# isort: split

from anjia.planning.evaluate import Score, evaluate
from anjia.planning.plan import Plan
from anjia.planning.prepare import compile_search
from anjia.planning.problem import Problem
from anjia.planning.region import Region, problem_of
from anjia.planning.zones import Job, Run, solve_by_zones
from benchmarks._cities import city
from benchmarks._growth import picture
from benchmarks._jobs import plan_of

SMALL: Final = (500, 1000)
FULL: Final = (1000, 2000, 5000, 10_000, 20_000)
AS_MANY: Final = (1, 4)  # times as many changes in one
CHANGES: Final = 10_000
KILOBYTES: Final = 1024.0


@dataclass(frozen=True, slots=True)
class Measured:
    visits: int
    seconds: float  # by the clock
    processor: float  # seconds of all processes
    memory: float  # megabytes of all processes, each at its largest
    cost: float
    score: Score
    left_out: int


def main() -> int:
    asked = words()
    print(f"city.compile {compile_search():.1f} s", flush=True)
    measured, faults = [], 0
    for visits in asked.sizes:
        one = measure(visits, asked)
        measured.append(one)
        faults += len(one.score.faults)
        for line in lines_of(one):
            print(line, flush=True)
        if visits == asked.joint:
            for line in in_one(one, asked):
                print(line, flush=True)
    if len(measured) > 1:
        first, last = measured[0], measured[-1]
        growth = math.log(last.processor / first.processor) / math.log(last.visits / first.visits)
        print(f"city.growth {growth:.3f} exponent")
    if asked.picture:
        points = [(one.visits, one.processor) for one in measured]
        asked.picture.write_text(picture(points, [(one.visits, one.seconds) for one in measured]))
    return 1 if faults else 0


def words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench city")
    parser.add_argument(
        "--sizes", type=lambda text: tuple(int(one) for one in text.split(",")), default=SMALL
    )
    parser.add_argument("--joint", type=int, default=1000)
    parser.add_argument("--changes", type=int, default=CHANGES)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--picture", type=Path)
    asked = parser.parse_args()
    if asked.full:
        asked.sizes = FULL
    return asked


def measure(visits: int, asked: argparse.Namespace) -> Measured:
    region = city(visits, asked.seed)
    began, before = time.monotonic(), processor_time()
    with workers(asked.workers) as run:
        plan = solve_by_zones(region, changes=asked.changes, run=run, seed=asked.seed)
    took, used = time.monotonic() - began, processor_time() - before
    score = evaluate(region, plan)
    return Measured(visits, took, used, memory(asked.workers), score.cost, score, len(plan.left_out))


@contextmanager
def workers(number: int) -> Iterator[Run]:
    """Give what plans the jobs in so many processes, which begin with nothing."""
    with ProcessPoolExecutor(number, mp_context=get_context("spawn")) as pool:

        def run(jobs: Sequence[Job]) -> Iterable[Plan]:
            return pool.map(plan_of, jobs)

        yield run


def processor_time() -> float:
    """Return what this process and those that have ended have used."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def memory(number: int) -> float:
    """Return the most that this process has had and, for each worker, the most that any had."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    theirs = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return (own + number * theirs) / KILOBYTES


def lines_of(one: Measured) -> Iterator[str]:
    name = f"city.{one.visits}"
    yield f"{name}.seconds {one.seconds:.1f} s"
    yield f"{name}.processor {one.processor:.1f} s"
    yield f"{name}.memory {one.memory:.0f} MB"
    yield f"{name}.cost {one.cost / one.visits:.4f} per_visit"
    yield f"{name}.lateness {one.score.parts['lateness'] / one.visits:.4f} min_per_visit"
    yield f"{name}.left_out {one.left_out} visits"
    yield f"{name}.faults {len(one.score.faults)} faults"


def in_one(zones: Measured, asked: argparse.Namespace) -> Iterator[str]:
    """Yield what planning the same day in one costs, and what the zones lose against that."""
    region = city(zones.visits, asked.seed)
    problem = whole(region)
    for times in AS_MANY:
        began = time.process_time()
        plan = plan_of(Job(problem, None, asked.changes * zones.visits * times, asked.seed))
        name = f"city.{zones.visits}.in_one_{times}x"
        score = evaluate(problem, plan)
        yield f"{name}.processor {time.process_time() - began:.1f} s"
        yield f"{name}.cost {score.cost / zones.visits:.4f} per_visit"
        yield f"city.{zones.visits}.against_{times}x {zones.cost / score.cost:.4f} ratio"


def whole(region: Region) -> Problem:
    return problem_of(region, {one.id for one in region.caregivers}, region.visits)


if __name__ == "__main__":
    sys.exit(main())
