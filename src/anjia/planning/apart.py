"""
A day planned in a process of its own: whoever runs jobs or serves the web loads no compiler.

A problem goes in as a line of JSON; how far it is, and at the end the plan, come out as lines of JSON, and then the
next may come. The process
(`anjia.planning.solver`) has no secrets, is polite about the processor, and ends with whoever started it.
"""

import json
import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

from anjia.planning.io import plan_from_json, plan_to_json, problem_to_json
from anjia.planning.plan import Plan
from anjia.planning.problem import Problem
from anjia.planning.zones import Job

SOURCES: Final = Path(__file__).resolve().parents[2]
# What it may know of our environment: where programs are, and where packages come from if it has to be installed.
NEEDED: Final = ("PATH", "LD_", "PYTHON", "HOME", "LANG", "LC_", "TMPDIR", "PIP_", "UV_", "SSL_", "REQUESTS_")
PROXIES: Final = ("http_proxy", "https_proxy", "no_proxy", "all_proxy")
LOOKS: Final = 1.0  # seconds between two times at which somebody may say that it is not wanted any more
READY_WITHIN: Final = 1200.0  # seconds; on its first day it is installed and compiled
GRACE: Final = 120.0  # seconds over the time that the search was given: others may keep the processor busy

Heard = Callable[[float], bool]


class NoPlan(Exception):
    """There is no plan. `code`: no_engine, died, took_too_long or cancelled."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def solve_apart(
    problem: Problem, *, command: Sequence[str], cache: Path, seconds: float, seed: int, heard: Heard
) -> Plan:
    """
    Return the best plan that is found in so many seconds. Never with a transaction open.

    `command` starts the solver; `cache` is where it keeps what it has compiled. `heard` is told the share of the time
    that is over, at least every second or so, and says whether it is still wanted.

    :raises NoPlan: if the solver cannot be started, dies, takes too long, or is not wanted any more
    """
    with engine(command, cache) as solver:
        asked = {"seconds": seconds, "seed": seed, "problem": problem_to_json(problem)}
        return plan_from_json(solver.answer(asked, within=seconds + GRACE, heard=heard))


def asked_of_zone(job: Job) -> dict[str, Any]:
    """Return what an engine is asked of a zone, as JSON: the same words give the same plan."""
    start = job.start and plan_to_json(job.start)
    return {
        "iterations": job.iterations,
        "seed": job.seed,
        "problem": problem_to_json(job.problem),
        "start": start,
    }


class Engine:
    """A solver that has been started. It is asked one thing after the other."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin is not None, "it is a pipe"
        assert process.stdout is not None, "it is a pipe"
        self.stdin, self.said, self.is_ready = process.stdin, said_by(process.stdout), False

    def answer(self, asked: Mapping[str, Any], *, within: float, heard: Heard) -> Any:
        """
        Return a plan as JSON, after so many seconds at most.

        :raises NoPlan: as `solve_apart`
        """
        asked = {"parent": os.getpid(), **asked}
        threading.Thread(target=hand_over, args=(self.stdin, asked), daemon=True).start()
        until, share = time.monotonic() + (within if self.is_ready else READY_WITHIN), 0.0
        while time.monotonic() < until:
            if not heard(share):
                raise NoPlan("cancelled")
            with suppress(queue.Empty):
                line = self.said.get(timeout=LOOKS)
                if line is None:
                    raise NoPlan("died" if self.is_ready else "no_engine")
                if "plan" in line:
                    return line["plan"]
                if "ready" in line:
                    self.is_ready, until = True, time.monotonic() + within
                share = float(line.get("share", share))
        raise NoPlan("took_too_long")


@contextmanager
def engine(command: Sequence[str], cache: Path) -> Iterator[Engine]:
    """Start a solver that ends when it is left. It takes seconds: who asks often keeps it."""
    with started(command, cache) as process:
        yield Engine(process)


@contextmanager
def started(command: Sequence[str], cache: Path) -> "Iterator[subprocess.Popen[bytes]]":
    process = subprocess.Popen(
        list(command),
        env=environment()
        | {"ANJIA_PLANNING_CACHE": str(cache), "PYTHONPATH": str(SOURCES), "PYTHONSAFEPATH": "1"},
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # it could quote what it was given
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdin is not None:
            with suppress(BrokenPipeError):  # what it has not read is of no use any more
                process.stdin.close()


def environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith(NEEDED) or name.lower() in PROXIES
    }


def hand_over(stream: IO[bytes], asked: Any) -> None:
    with suppress(
        BrokenPipeError, ValueError
    ):  # it has died, or is not wanted: that it says nothing more says so
        stream.write(json.dumps(asked, separators=(",", ":")).encode() + b"\n")
        stream.flush()


def said_by(stream: IO[bytes]) -> "queue.Queue[Any]":
    """Return where what it says arrives, and None at its end. What is no JSON is said by whoever installs it."""
    said: queue.Queue[Any] = queue.Queue()

    def listen() -> None:
        with stream:
            for line in stream:
                if line.startswith(b"{"):
                    said.put(json.loads(line))
        said.put(None)

    threading.Thread(target=listen, daemon=True).start()
    return said
