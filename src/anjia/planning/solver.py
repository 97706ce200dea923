"""
The process that plans: a problem comes in, its plan goes out, and so on. `anjia.planning.apart` speaks to it.

    ANJIA_PLANNING_CACHE=FOLDER python -m anjia.planning.solver
"""

import ctypes
import json
import os
import signal
import sys
import time
from contextlib import suppress
from typing import Any, Final

from anjia.planning.io import plan_from_json, plan_to_json, problem_from_json
from anjia.planning.plan import Plan
from anjia.planning.prepare import compile_search
from anjia.planning.solve import solve

PR_SET_PDEATHSIG: Final = 1
POLITE: Final = 10  # how much it lets others go first
EVERY: Final = 0.5  # seconds between two words about how far it is


def main() -> None:
    asked = json.loads(sys.stdin.buffer.readline())
    end_with(int(asked["parent"]))
    with suppress(OSError):
        os.nice(POLITE)
    compile_search()
    say(ready=True)
    while asked:
        say(plan=plan_to_json(plan_of(asked)))
        asked = json.loads(sys.stdin.buffer.readline() or "null")


def plan_of(asked: Any) -> Plan:
    start = asked.get("start")
    return solve(
        problem_from_json(asked["problem"]),
        seconds=asked.get("seconds"),
        iterations=asked.get("iterations"),
        seed=int(asked["seed"]),
        start=plan_from_json(start) if start else None,
        progress=Teller(),
    )


def end_with(parent: int) -> None:
    """Let us be killed when whoever started us has ended; on Linux: elsewhere nobody reads what we say."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)


class Teller:
    """Says how far it is, not too often."""

    def __init__(self) -> None:
        self.said_at = 0.0

    def __call__(self, share: float, cost: float) -> None:
        if time.monotonic() - self.said_at >= EVERY:
            self.said_at = time.monotonic()
            say(share=round(share, 3))


def say(**what: Any) -> None:
    sys.stdout.write(json.dumps(what, separators=(",", ":")) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
