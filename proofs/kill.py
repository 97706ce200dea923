"""
Nothing acknowledged is lost, nothing is done twice: residents book and cancel while processes are killed.

A town of its own is served on a port of its own. Residents' phones hold, confirm and cancel through HTTP; what is
not answered they ask again with the same Idempotency-Key, as the client does. Meanwhile web, worker and PostgreSQL are
killed with SIGKILL at random moments. At the end every answer that was given is compared with what is there.

    KILLS=50 script/proof kill
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import psycopg

from anjia.machine.database import database_of, prepare
from anjia.machine.environment import CHECKOUT
from anjia.machine.home import Home
from anjia.machine.postgres import Cluster, free_port

KILLS: Final = int(os.environ.get("KILLS", "50"))
SEED: Final = int(os.environ.get("SEED", str(int(time.time()))))
PHONES: Final = 4
PATIENCE: Final = 30.0  # seconds in which a request must be answered, however often it is asked again
# No phone needs the client's build to book.
SERVER: Final = "from anjia.machine import clients, server; clients.BUILDS = (); server.main()"
VICTIMS: Final = ("web", "web process", "worker", "postgresql")


@dataclass(slots=True)
class Server:
    """The one that is proved: its supervisor, and what that has started."""

    process: "subprocess.Popen[bytes]"
    home: Home
    url: str

    def victim(self, name: str) -> int | None:
        """Return the number of one of its processes."""
        if name == "web process":
            web = self.victim("web")
            forks = children_of(web) if web else []
            return random.choice(forks) if forks else None
        mark = {
            "web": "machine.child web",
            "worker": "machine.child worker",
            "postgresql": "listen_addresses",
        }[name]
        return next((pid for pid in children_of(self.process.pid) if mark in command_of(pid)), None)

    def is_ready(self) -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/readyz", timeout=2, trust_env=False).status_code == 200
        return False


@dataclass(slots=True)
class Book:
    """What was asked for and what was answered."""

    visits: dict[str, str] = field(
        default_factory=dict
    )  # visit -> "booked" or "cancelled", as last acknowledged
    keys: dict[str, str] = field(default_factory=dict)  # key of a confirmation -> the visit it made
    answers: Counter[int] = field(default_factory=Counter)
    repeated: int = 0
    unanswered: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Phone:
    """A resident's: it asks until it is answered, with the same key."""

    def __init__(self, url: str, book: Book, stop: threading.Event) -> None:
        self.client = httpx.Client(base_url=f"{url}/api/v1", timeout=10, trust_env=False)
        self.book = book
        self.stop = stop
        self.client.headers["Authorization"] = f"Bearer {self.post('demo/cards/resident/sign-in')['token']}"
        self.address = self.get("addresses")["items"][0]["id"]
        self.services = [
            service["code"] for service in self.get("services", mode="home") if service["people_needed"] == 1
        ]

    def get(self, path: str, **query: Any) -> Any:
        return self._ask("GET", path, params=query)

    def post(self, path: str, key: str = "", **body: Any) -> Any:
        return self._ask("POST", path, json=body, headers={"Idempotency-Key": key or str(uuid4())})

    def _ask(self, method: str, path: str, **what: Any) -> Any:
        """Return what was answered, or None if it was refused."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with suppress(httpx.HTTPError):
                answer = self.client.request(method, path, **what)
                with self.book.lock:
                    self.book.answers[answer.status_code] += 1
                if answer.status_code < 300:
                    return answer.json()
                if answer.status_code < 500:
                    return None
            with self.book.lock:
                self.book.repeated += 1
            time.sleep(random.uniform(0.1, 0.4))
        self.book.unanswered.append(f"{method} {path}")
        return None

    def use(self) -> None:
        """Book and cancel, until told to stop."""
        while not self.stop.is_set():
            visit = self.book_visit()
            if visit and random.random() < 0.8:  # slots are scarce: make room for the next
                cancelled = self.post(f"visits/{visit}/cancel", reason="试一试")
                with self.book.lock:
                    self.book.visits[visit] = "cancelled" if cancelled else self.book.visits[visit]

    def book_visit(self) -> str | None:
        first = (datetime.now(UTC) + timedelta(days=random.randint(2, 12))).date().isoformat()
        service = random.choice(self.services)
        found = self.get("slots", service_code=service, address_id=self.address, first_day=first, days=3)
        slots = [slot for day in (found or {"days": []})["days"] for slot in day["slots"]]
        if not slots:
            return None
        slot = random.choice(slots)
        staff = [person["id"] for person in slot["people"]]
        asked = {"service_code": service, "address_id": self.address, "starts_at": slot["starts_at"]}
        hold = self.post("holds", **asked, staff_ids=staff)
        if not hold:
            return None
        key = str(uuid4())
        visit = self.post(f"holds/{hold['id']}/confirm", key=key)
        if not visit:
            return None
        with self.book.lock:
            self.book.keys[f"{hold['id']} {key}"] = visit["id"]
            self.book.visits[visit["id"]] = "booked"
        return str(visit["id"])


@contextmanager
def served() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="anjia-proof-") as place:
        home = Home(Path(place) / "home")
        port = free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
        environment |= {"ANJIA_HOME": str(home.path), "PORT": str(port), "LOG_LEVEL": "CRITICAL"}
        words = [sys.executable, "-c", SERVER]
        log = (Path(place) / "log").open("wb")
        process = subprocess.Popen(words, env=environment, cwd=CHECKOUT, stdout=log, stderr=log)
        server = Server(process, home, f"http://127.0.0.1:{port}")
        try:
            wait_for(server, 600)
            yield server
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
            Cluster(home).remove()


def wait_for(server: Server, within: float) -> float:
    """Return how long it took until it was ready."""
    began = time.monotonic()
    while not server.is_ready():
        assert server.process.poll() is None, "the server has ended"
        assert time.monotonic() - began < within, f"not ready within {within} s"
        time.sleep(0.05)
    return time.monotonic() - began


def children_of(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(word) for word in found.read_text().split()] if found.exists() else []


def command_of(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def kill_often(server: Server) -> list[tuple[str, float]]:
    """Kill at random moments; return what was killed, and how long it was until all was well."""
    healed: list[tuple[str, float]] = []
    while len(healed) < KILLS:
        time.sleep(random.uniform(0.3, 2.0))
        name = random.choice(VICTIMS)
        pid = server.victim(name)
        if pid is None:
            continue
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
        healed.append((name, wait_for(server, 60) + 0.05))
    return healed


def visits_seen(phone: Phone) -> dict[str, str]:
    """Return every visit that the resident sees, and its status; say so if one is there twice."""
    seen: dict[str, str] = {}
    after = None
    while True:
        page = phone.get("visits", when="all", size=100, **({"after": after} if after else {}))
        for visit in page["items"]:
            assert visit["id"] not in seen, f"visit {visit['id']} is listed twice"
            seen[visit["id"]] = visit["status"]
        after = page["next"]
        if not after:
            return seen


def faults(server: Server, phone: Phone, book: Book, before: set[str]) -> list[str]:
    """Return everything that is not as it was answered."""
    seen = visits_seen(phone)
    wrong = [
        f"visit {visit} was {status}, and is {seen.get(visit, 'not there')}"
        for visit, status in book.visits.items()
        if (status == "cancelled") != (seen.get(visit) == "cancelled")
    ]
    # The answer to one confirmation of each unanswered request may have been lost; never more.
    surplus = set(seen) - before - set(book.visits)
    if len(surplus) > len(book.unanswered):
        wrong.append(f"{len(surplus)} visits that nobody was told of")
    for request, visit in random.sample(sorted(book.keys.items()), min(30, len(book.keys))):
        hold, key = request.split()
        again = phone.post(f"holds/{hold}/confirm", key=key)
        if not again or again["id"] != visit:
            wrong.append(f"confirming hold {hold} again answers otherwise")
    return wrong + twice_in_database(server)


def twice_in_database(server: Server) -> list[str]:
    with psycopg.connect(Cluster(server.home).url("postgres")) as connection:
        overlapping = connection.execute(
            "SELECT count(*) FROM visits_assignment a JOIN visits_assignment b USING (staff_id)"
            " WHERE a.id < b.id AND a.planned && b.planned"
            " AND NOT ARRAY[a.state, b.state]::text[] && ARRAY['declined', 'withdrawn']"
        ).fetchone()
    assert overlapping is not None, "a count is one row"
    return [f"{overlapping[0]} pairs of overlapping assignments"] if overlapping[0] else []


def main() -> None:
    random.seed(SEED)
    with served() as server:
        book, stop = Book(), threading.Event()
        phones = [Phone(server.url, book, stop) for _ in range(PHONES)]
        before = set(visits_seen(phones[0]))
        using = [threading.Thread(target=phone.use) for phone in phones]
        for thread in using:
            thread.start()
        healed = kill_often(server)
        stop.set()
        for thread in using:
            thread.join()
        wait_for(server, 60)
        wrong = faults(server, phones[0], book, before)
        environment = os.environ | {"ANJIA_HOME": str(server.home.path)}
        with database_of(server.home) as database:
            prepare("seal", database)
        words = [sys.executable, "-m", "anjia.machine.command", "audit_verify"]
        audit = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    booked = Counter(book.visits.values())
    print(f"seed {SEED}, {KILLS} kills")
    for name in VICTIMS:
        took = sorted(seconds for victim, seconds in healed if victim == name)
        if took:
            print(
                f"{name}: {len(took)} times, ready again after {took[len(took) // 2]:.2f} s, {took[-1]:.2f} s at most"
            )
    print(f"{len(book.visits)} bookings acknowledged, {booked['cancelled']} of them cancelled again")
    print(f"answers: {dict(sorted(book.answers.items()))}; asked again {book.repeated} times")
    print(f"unanswered in the end: {len(book.unanswered)}")
    print(f"audit: {(audit.stdout + audit.stderr).strip()}")
    wrong += [] if audit.returncode == 0 else ["the audit trail"]
    print("\n".join(wrong) if wrong else "every answer is there, nothing twice")
    sys.exit(1 if wrong or book.unanswered else 0)


if __name__ == "__main__":
    main()
