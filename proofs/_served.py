"""A demo town of its own, served as `script/server` serves it, and what can be seen of it from outside and below."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import psycopg

from anjia.machine.environment import CHECKOUT
from anjia.machine.home import Home
from anjia.machine.places import free_port
from anjia.machine.postgres import Cluster

# No phone needs the client's build to book.
SERVER: Final = (
    "from anjia.machine import clients, server;"
    " clients.BUILDS = (); server.READY_WITHIN = 600.0; server.main()"
)
FOUNDED_WITHIN: Final = 1500.0  # seconds; others may share the machine
MARKS: Final = {
    "web": "machine.child web",
    "worker": "machine.child worker",
    "postgresql": "listen_addresses",
}


@dataclass(slots=True)
class Server:
    """The one that is proved: its supervisor, and what that has started."""

    process: "subprocess.Popen[bytes]"
    home: Home
    url: str

    def victim(self, name: str) -> int | None:
        """Return the number of one of its processes: "web", or for "web process" one of those below it."""
        above, _space, below = name.partition(" ")
        found = next((pid for pid in children_of(self.process.pid) if MARKS[above] in command_of(pid)), None)
        if found is None or not below:
            return found
        forks = children_of(found)
        return random.choice(forks) if forks else None

    def is_ready(self) -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/readyz", timeout=2, trust_env=False).status_code == 200
        return False

    def wait_until_ready(self, within: float) -> float:
        """Return how long it took until it was ready."""
        began = time.monotonic()
        while not self.is_ready():
            assert self.process.poll() is None, "the server has ended"
            assert time.monotonic() - began < within, f"not ready within {within} s"
            time.sleep(0.05)
        return time.monotonic() - began

    def rows(self, words: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Ask the database as its superuser, who sees all."""
        with psycopg.connect(Cluster(self.home).url("postgres")) as connection:
            return connection.execute(words.encode(), values).fetchall()

    def one(self, words: str, values: Sequence[Any] = ()) -> Any:
        return self.rows(words, values)[0][0]

    def overlapping(self) -> list[str]:
        """Return, in words, whether any caregiver is promised twice at a time."""
        pairs = self.one(
            "SELECT count(*) FROM visits_assignment a JOIN visits_assignment b USING (staff_id)"
            " WHERE a.id < b.id AND a.planned && b.planned"
            " AND NOT ARRAY[a.state, b.state]::text[] && ARRAY['declined', 'withdrawn']"
        )
        return [f"{pairs} pairs of overlapping assignments"] if pairs else []


@contextmanager
def served() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="anjia-proof-") as place:
        home = Home(Path(place) / "home")
        try:
            with served_by([sys.executable, "-c", SERVER], home) as server:
                yield server
        finally:
            Cluster(home).remove()


@contextmanager
def served_by(words: Sequence[str], home: Home, **more: str) -> Iterator[Server]:
    """Serve the data folder by what the words start, until nobody needs it; what it says is beside the folder."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    environment |= {"ANJIA_HOME": str(home.path), "PORT": str(port), "LOG_LEVEL": "CRITICAL", **more}
    with (home.path.parent / f"{home.path.name}.log").open("ab") as log:
        process = subprocess.Popen(words, env=environment, cwd=CHECKOUT, stdout=log, stderr=log)
    server = Server(process, home, f"http://127.0.0.1:{port}")
    try:
        server.wait_until_ready(FOUNDED_WITHIN)
        yield server
    except BaseException:
        print((home.path.parent / f"{home.path.name}.log").read_text()[-2000:])
        raise
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def children_of(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(word) for word in found.read_text().split()] if found.exists() else []


def command_of(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""
