"""Keeps processes running: starts again what ends, stops all of it in order."""

import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from anjia.machine.children import wait

LOOK_EVERY: Final = 0.1  # seconds
SOON: Final = 0.3  # seconds until what has ended is started again
LATER: Final = 2.0  # the same, if it keeps ending
SETTLED: Final = 10.0  # seconds after which a start counts as a success


@dataclass(slots=True)
class Child:
    """One process that must always be there."""

    name: str
    start: Callable[[], "subprocess.Popen[bytes]"]
    asking: int = signal.SIGTERM  # what it is asked to end by
    within: float = 3.2  # seconds it has for that
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    start_at: float = 0.0
    failures: int = 0

    def look_after(self) -> None:
        """Start it, if it is not there and it is time to."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            self.failures = 0 if now - self.started_at > SETTLED else self.failures + 1
            self.start_at = now + (SOON if self.failures < 10 else LATER)
            print(f"  {self.name} ended ({reason(self.process.returncode)}): starting it again", flush=True)
            self.process = None
        if self.process is None and now >= self.start_at:
            self.process = self.start()
            self.started_at = now

    def ask_to_end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.asking)

    def wait_for_end(self, within: float) -> None:
        if self.process is not None:
            wait(self.process, within)


class Supervisor:
    """Runs the children, in their order, until it is told to stop."""

    def __init__(self, children: list[Child]) -> None:
        self.children = children
        self.told_to_stop = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)  # also when a shell has made us ignore it

    def _stop(self, *ignored: Any) -> None:
        self.told_to_stop = True

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Look after the children until told to stop, or until that is so."""
        while not self.told_to_stop and not until():
            for child in self.children:
                child.look_after()
            time.sleep(LOOK_EVERY)

    def stop(self) -> None:
        """Stop them, the one that the others need last; those before it all at once."""
        *first, last = reversed(self.children)
        for group in (first, [last]):
            running = [child for child in group if child.process is not None]
            for child in running:
                child.ask_to_end()
            until = time.monotonic() + max((child.within for child in running), default=0)
            for child in running:
                child.wait_for_end(max(0.05, until - time.monotonic()))


def reason(code: int) -> str:
    return f"by {signal.Signals(-code).name}" if code < 0 else f"with code {code}"
