"""
The planning engine beside OR-Tools' routing library: the same instances, one core, the same seconds, the same start.

    script/bench routing [--instances DIR] [--best-known CSV] [--names NAME,NAME,…] [--seconds S] [--seed N]

Only the classic families, which both can say. Prints per instance

    instance patients best_known greedy routing engine

each cost as its ratio to the best known. Both plans are judged by our evaluator; one that breaks a rule is `-`.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import _planning_cache  # noqa: F401  # first: it says where what is compiled is kept

# isort: split

from anjia.planning import classic
from anjia.planning.evaluate import evaluate
from anjia.planning.plan import Plan
from anjia.planning.prepare import compile_search
from anjia.planning.problem import Problem
from anjia.planning.solve import solve
from benchmarks._routing import greedy, solve_by_routing
from benchmarks.planning import OURS, best_known

TOLERANCE = 0.01  # minutes: it reckons in thousandths


def main() -> int:
    asked = words()
    known = best_known(asked.best_known)
    print(f"routing.compile {compile_search():.1f} s", flush=True)
    for package in ("ortools", "numba", "numpy"):
        print(f"{package} {version(package)}")
    for family, name, instance in chosen(asked.instances, asked.names):
        problem = classic.read(instance)
        start = greedy(problem)
        best = known[family, name] * classic.SHARES
        theirs = solve_by_routing(problem, start, asked.seconds)
        ours = solve(problem, seconds=asked.seconds, seed=asked.seed)
        ratios = " ".join(ratio(problem, plan, best) for plan in (start, theirs, ours))
        print(f"{family}/{name} {len(problem.visits)} {known[family, name]:.3f} {ratios}", flush=True)
    return 0


def words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench routing")
    parser.add_argument("--instances", type=Path, default=OURS)
    parser.add_argument("--best-known", type=Path)
    parser.add_argument("--names", type=lambda text: text.split(","), default=[])
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    asked.best_known = asked.best_known or asked.instances / "best_known.csv"
    return asked


def chosen(folder: Path, names: list[str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the classic instances, those that are named if any are."""
    for path in sorted(folder.glob("*/*.json.gz")):
        name = path.name.removesuffix(".json.gz")
        if name.endswith(".sol") or (names and name not in names):
            continue
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            instance: dict[str, Any] = json.load(stream)
        if "format" in instance:
            yield path.parent.name, name, instance


def ratio(problem: Problem, plan: Plan | None, best: float) -> str:
    if plan is None:
        return "-"
    score = evaluate(problem, plan, TOLERANCE)
    return "-" if score.faults or plan.left_out else f"{score.cost / best:.4f}"


if __name__ == "__main__":
    sys.exit(main())
