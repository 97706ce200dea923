"""The published instances and solutions that lie beside the tests."""

import csv
import gzip
import json
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from anjia.planning import classic, uhhc
from anjia.planning.problem import Problem

DATA: Final = Path(__file__).parent / "data"
SOLUTION: Final = ".sol.json.gz"
NAMES: Final = sorted(
    f"{path.parent.name}/{path.name.removesuffix('.json.gz')}"
    for path in DATA.glob("*/*.json.gz")
    if not path.name.endswith(SOLUTION)
)
SOLVED: Final = [name for name in NAMES if (DATA / f"{name}{SOLUTION}").exists()]


def load(name: str) -> dict[str, Any]:
    with gzip.open(DATA / name, "rt", encoding="utf-8") as stream:
        return dict(json.load(stream))


def instance(name: str) -> dict[str, Any]:
    return load(f"{name}.json.gz")


def solution(name: str) -> dict[str, Any]:
    return load(f"{name}{SOLUTION}")


def form_of(name: str) -> ModuleType:
    return uhhc if name.startswith("uhhc") else classic


def problem_of(name: str) -> Problem:
    problem: Problem = form_of(name).read(instance(name))
    return problem


def best_known() -> dict[str, float]:
    with (DATA / "best_known.csv").open(newline="") as stream:
        return {
            f"{row['family']}/{row['instance']}": float(row["best_known"]) for row in csv.DictReader(stream)
        }
