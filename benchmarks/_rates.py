"""How many requests a second: ours, and a bare view's that does the same session look-up and one statement."""

import os
import statistics
import time
from collections.abc import Callable, Sequence

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anjia.web.settings")
django.setup()

ROUNDS = 7


def rate(call: Callable[[], object], *, times: int) -> float:
    """Return calls a second."""
    began = time.perf_counter()
    for _ in range(times):
        call()
    return times / (time.perf_counter() - began)


def compare(name: str, ours: Callable[[], object], bare: Callable[[], object], *, times: int) -> float:
    """
    Print both rates and their ratio, and return that.

    They take turns, so that whatever else the machine does falls on both; the middle round counts.
    """
    for call in (ours, bare):
        rate(call, times=max(times // 4, 1))
    rounds = [(rate(ours, times=times), rate(bare, times=times)) for _ in range(ROUNDS)]
    ratio = statistics.median(mine / theirs for mine, theirs in rounds)
    show(f"{name}.ours", statistics.median(mine for mine, _ in rounds), "requests/s")
    show(f"{name}.bare", statistics.median(theirs for _, theirs in rounds), "requests/s")
    show(f"{name}.ratio", ratio, "of-bare")
    return ratio


def show(name: str, value: float, unit: str) -> None:
    print(f"{name} {value:.3f} {unit}", flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]
