"""
The planning engine against the published benchmarks of home health care routing.

    script/bench planning --instances DIR [--best-known CSV] [--seconds S] [--seed N]
                          [--out FILE] [--solutions DIR] [--quick] [--half A|B] [--processor]

Reads DIR/<family>/<instance>.json.gz. Prints per instance

    family instance patients cost best_known ratio seconds valid

then per family and size the geometric mean of the ratios, the worst, and the share that is better than the best known.
One core; the seconds begin when the problem is loaded and the search is compiled. `valid` is what our own evaluator
says; the solutions that are written can be given to anybody else's. `--quick` takes a fixed part of what is there: ten
minutes at ten seconds. `--half`: every second instance by the sum of its name, A to work with and B to measure only.
`--processor`: the seconds are those of the processor, for a machine that others use too. Without words: the small
instances of the tests, a second each.
"""

import argparse
import csv
import gzip
import json
import math
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks import _planning_cache  # noqa: F401  # first: it says where what is compiled is kept

# isort: split

from anjia.planning import classic, uhhc
from anjia.planning.evaluate import evaluate
from anjia.planning.prepare import compile_search
from anjia.planning.solve import solve

OURS: Final = Path(__file__).resolve().parent.parent / "tests" / "planning" / "data"
QUICK: Final = 60  # instances
HALVES: Final = ("A", "B")


@dataclass(frozen=True, slots=True)
class Result:
    family: str
    instance: str
    patients: int
    cost: float
    best_known: float | None
    seconds: float
    valid: bool

    @property
    def ratio(self) -> float | None:
        return self.cost / self.best_known if self.best_known else None

    def line(self) -> str:
        best = "-" if self.best_known is None else f"{self.best_known:.4f}"
        ratio = "-" if self.ratio is None else f"{self.ratio:.4f}"
        return (
            f"{self.family} {self.instance} {self.patients} {self.cost:.4f} {best} {ratio} "
            f"{self.seconds:.1f} {'yes' if self.valid else 'no'}"
        )


def main() -> int:
    asked = words()
    known = best_known(asked.best_known) if asked.best_known else {}
    print(f"planning.compile {compile_search():.1f} s", flush=True)
    results = []
    for path in chosen(asked.instances, asked.quick, asked.half):
        result = measure(path, known, asked)
        print(result.line(), flush=True)
        results.append(result)
    for line in summary(results):
        print(line, flush=True)
    if asked.out:
        rows = [asdict(one) | {"ratio": one.ratio} for one in results]
        asked.out.write_text(
            json.dumps({"seconds": asked.seconds, "seed": asked.seed, "results": rows}, indent=1)
        )
    return 0 if results else 1


def words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench planning")
    parser.add_argument("--instances", type=Path, default=OURS)
    parser.add_argument("--best-known", type=Path)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--solutions", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--half", choices=HALVES)
    parser.add_argument("--processor", action="store_true")
    asked = parser.parse_args()
    if asked.best_known is None and asked.instances == OURS:
        asked.best_known = OURS / "best_known.csv"
    return asked


def best_known(file: Path) -> dict[tuple[str, str], float]:
    with file.open(newline="") as stream:
        return {
            (row["family"], row["instance"]): float(row["best_known"])
            for row in csv.DictReader(stream)
            if row["best_known"]
        }


def chosen(folder: Path, quick: bool, half: str | None) -> list[Path]:
    """Return the instances, or half of them; of many, evenly spread ones."""
    found = sorted(path for path in folder.glob("*/*.json.gz") if not path.name.endswith(".sol.json.gz"))
    if half:
        found = [path for path in found if HALVES[zlib.crc32(path.name.encode()) % 2] == half]
    if not quick or len(found) <= QUICK:
        return found
    return [found[number * len(found) // QUICK] for number in range(QUICK)]


def measure(path: Path, known: dict[tuple[str, str], float], asked: argparse.Namespace) -> Result:
    family, name = path.parent.name, path.name.removesuffix(".json.gz")
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        instance: dict[str, Any] = json.load(stream)
    form = classic if "format" in instance else uhhc
    problem = form.read(instance)
    clock = time.process_time if asked.processor else time.monotonic
    began = clock()
    plan = solve(problem, seconds=asked.seconds, seed=asked.seed, clock=clock)
    took = clock() - began
    score = evaluate(problem, plan)
    if asked.solutions:
        target = asked.solutions / family / f"{name}.sol.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(form.write(instance, plan)))
    valid = not score.faults and not (form is classic and plan.left_out)
    cost = score.cost / form.SHARES
    return Result(family, name, len(problem.visits), cost, known.get((family, name)), took, valid)


def summary(results: list[Result]) -> Iterator[str]:
    groups: dict[str, list[float]] = {}
    for one in results:
        if one.ratio is not None:
            for group in (f"{one.family}.{one.patients}", one.family, "all"):
                groups.setdefault(group, []).append(one.ratio)
    for group, ratios in sorted(groups.items()):
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        yield f"planning.{group}.mean {mean:.4f} ratio"
        yield f"planning.{group}.worst {max(ratios):.4f} ratio"
        yield f"planning.{group}.better {sum(ratio < 1 - 1e-6 for ratio in ratios) / len(ratios):.2f} share"
    yield f"planning.valid {sum(one.valid for one in results) / max(1, len(results)):.3f} share"


if __name__ == "__main__":
    sys.exit(main())
