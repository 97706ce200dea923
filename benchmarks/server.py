"""
How long a newcomer waits: a first start in a fresh copy of this checkout, a second one, a kill, a stop.

The packages come from the registries, or from their caches on this machine. The promises: a second start under
10 seconds, whatever is killed is back and Ctrl-C has stopped everything within 5, also with pages open.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx
from tests.browser.secrets import recorded

from anjia.machine.environment import CHECKOUT
from anjia.machine.home import Home
from anjia.machine.places import free_port
from anjia.machine.postgres import Cluster

MADE: Final = (".git", ".venv", "var", "node_modules", "dist", "__pycache__", ".env", ".*_cache")
OURS: Final = ("ANJIA_", "DATABASE_", "PYTHON")
SECOND_START: Final = 10.0  # seconds
HEAL: Final = 5.0
STOP: Final = 5.0


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="anjia-") as place:
        checkout = Path(place).resolve() / "安家 copy"
        shutil.copytree(CHECKOUT, checkout, ignore=shutil.ignore_patterns(*MADE))
        try:
            return measure(checkout)
        finally:
            Cluster(Home(checkout / "var")).remove()


def measure(checkout: Path) -> int:
    first, process, url = start(checkout)
    show("first_start", first)
    with recorded(url) as stream:
        wait_for(lambda: bool(stream.lines), within=60)
        stopped = stop(process)
    show("stop", stopped)
    second, process, url = start(checkout)
    show("second_start", second)
    healed = [heal(process, url, mark) for mark in ("child web", "child worker", "listen_addresses")]
    show("heal", max(healed))
    stop(process)
    return 0 if second < SECOND_START and max(healed) < HEAL and stopped < STOP else 1


def start(checkout: Path) -> tuple[float, "subprocess.Popen[str]", str]:
    """Return how long it took until it said where it is, and it."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    began = time.monotonic()
    process = subprocess.Popen(
        [checkout / "script" / "server"],
        env=kept | {"PORT": str(port)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None, "it is a pipe"
    for line in process.stdout:
        if line.startswith("Ready in"):
            return time.monotonic() - began, process, f"http://127.0.0.1:{port}"
    raise AssertionError("the server ended before it was ready")


def stop(process: "subprocess.Popen[str]") -> float:
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate()
    return time.monotonic() - began


def heal(process: "subprocess.Popen[str]", url: str, mark: str) -> float:
    """Kill one of its processes, and return how long it took until there was another and it was ready."""
    wait_for(lambda: bool(below(process.pid, mark)), within=60)
    victim = below(process.pid, mark)[0]
    began = time.monotonic()
    os.kill(victim, signal.SIGKILL)
    wait_for(lambda: bool(set(below(process.pid, mark)) - {victim}) and is_ready(url), within=60)
    return time.monotonic() - began


def below(pid: int, mark: str) -> list[int]:
    """Return the numbers of its children whose command has this mark."""
    said = subprocess.run(
        ["pgrep", "-P", str(pid), "-f", mark], capture_output=True, text=True, check=False
    ).stdout
    return [int(line) for line in said.split()]


def is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=3, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def wait_for(holds: Callable[[], bool], *, within: float) -> None:
    until = time.monotonic() + within
    while not holds():
        assert time.monotonic() < until, f"not within {within} s"
        time.sleep(0.05)


def show(name: str, seconds: float) -> None:
    print(f"server.{name} {seconds:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
