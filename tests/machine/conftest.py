import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from anjia.machine.home import DEMO, Home
from anjia.machine.postgres import Cluster

# Seconds in which a busy computer does what takes a moment. What is promised, `script/bench server` measures.
PATIENCE = 60.0
# What people do to a path: spaces, Chinese, more than the 100 bytes of a socket's, a home nobody may enter.
AWKWARD = Path("wang fang") / "安家 的 数据" / ("很长的名字" * 8)


@pytest.fixture(scope="package", autouse=True)
def embedded() -> Iterator[None]:
    """Let everything here have the embedded PostgreSQL, whatever the other tests have."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("DATABASE_URL", "DATABASE_OWNER_URL"):
            patch.delenv(variable, raising=False)
        yield


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """Make a data folder on an awkward path, and remove its cluster afterwards wherever it is."""
    home = Home(closed_folder(tmp_path) / AWKWARD)
    home.make(DEMO)
    yield home
    Cluster(home).remove()


def closed_folder(above: Path) -> Path:
    closed = above / "closed"
    closed.mkdir(mode=0o700)
    return closed


def until(holds: Callable[[], bool], within: float = PATIENCE) -> float:
    """Wait until it holds and return how long that took; fail if it takes longer than `within` seconds."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < within, f"not within {within} s"
        time.sleep(0.02)
    return time.monotonic() - began


def is_running(pid: int) -> bool:
    """Return whether the process is there and not only waiting to be buried."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
