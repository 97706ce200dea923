"""
Nothing acknowledged is lost, nothing is done twice: people book, move, cancel and accept while processes are killed.

A town of its own is served on a port of its own. Phones of a resident and of her daughter hold, confirm, move and
cancel; phones of the nurse take what she is offered. What is not answered they ask again with the same
Idempotency-Key, as the client does. Meanwhile web, worker and PostgreSQL, and single processes below them, are killed
with SIGKILL at random moments. At the end every answer that was given is compared with what is there (`_afterwards`).

    KILLS=50 script/proof kill

That it can fail is seen with a PostgreSQL that acknowledges too early:

    PGOPTIONS="-c synchronous_commit=off" script/proof kill
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import httpx

from anjia.machine.database import database_of, prepare
from proofs import _afterwards
from proofs._served import Server, served

KILLS: Final = int(os.environ.get("KILLS", "50"))
SEED: Final = int(os.environ.get("SEED", str(int(time.time()))))
RESIDENTS: Final = ("resident", "resident", "daughter", "daughter")
CAREGIVERS: Final = ("nurse", "nurse")  # two phones of hers, so that both may take the same
KEPT: Final = 4  # bookings that each of the residents' phones lets stand
PATIENCE: Final = 30.0  # seconds in which a request must be answered, however often it is asked again
VICTIMS: Final = ("web", "web process", "worker", "postgresql", "postgresql process")


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered to a request that changed something; its twin must be answered the same."""

    phone: "Phone"
    path: str
    key: str
    body: dict[str, Any]
    said: bytes


@dataclass(slots=True)
class Book:
    """What was asked for and what was answered."""

    visits: dict[str, _afterwards.Said] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)
    replies: list[Reply] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    repeated: int = 0
    unanswered: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Phone(ABC):
    """It asks until it is answered, with the same key."""

    def __init__(self, url: str, card: str, book: Book, stop: threading.Event) -> None:
        self.client = httpx.Client(base_url=f"{url}/api/v1", timeout=10, trust_env=False)
        self.book = book
        self.stop = stop
        entry = self.client.post(f"demo/cards/{card}/sign-in").json()
        self.client.headers["Authorization"] = f"Bearer {entry['token']}"

    def get(self, path: str, **query: Any) -> Any:
        answer = self._ask("GET", path, params=query)
        return answer.json() if answer else None

    def post(self, path: str, **body: Any) -> Any:
        """Return what was answered, or None if it was refused."""
        key = str(uuid4())
        answer = self._ask("POST", path, json=body, headers={"Idempotency-Key": key})
        if answer is None:
            return None
        with self.book.lock:
            self.book.replies.append(Reply(self, path, key, body, answer.content))
        return answer.json()

    def again(self, reply: Reply) -> bytes:
        answer = self._ask("POST", reply.path, json=reply.body, headers={"Idempotency-Key": reply.key})
        return answer.content if answer else b""

    @abstractmethod
    def use(self) -> None:
        """Do once what such a person does."""

    def _ask(self, method: str, path: str, **what: Any) -> httpx.Response | None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with suppress(httpx.HTTPError):
                answer = self.client.request(method, path, **what)
                with self.book.lock:
                    self.book.answers[answer.status_code] += 1
                if answer.status_code < 300:
                    return answer
                if answer.status_code < 500:
                    return None
            with self.book.lock:
                self.book.repeated += 1
            time.sleep(random.uniform(0.1, 0.4))
        with self.book.lock:
            self.book.unanswered.append(f"{method} {path}")
        return None


class ResidentPhone(Phone):
    """Holds, confirms, moves and cancels. Slots are scarce: the oldest is cancelled, to make room for the next."""

    def use(self) -> None:
        address = self.get("addresses")["items"][0]["id"]
        services = [one["code"] for one in self.get("services", mode="home") if one["people_needed"] == 1]
        mine: deque[str] = deque()
        while not self.stop.is_set():
            asked = {"service_code": random.choice(services), "address_id": address}
            visit = self.book_visit(asked)
            if visit:
                mine.append(visit)
            if visit and random.random() < 0.3:
                self.move(visit, asked)
            if len(mine) > KEPT and self.post(f"visits/{(oldest := mine.popleft())}/cancel", reason="试一试"):
                self.book.visits[oldest].status = "cancelled"

    def some_time(self, asked: dict[str, Any], **more: str) -> dict[str, Any] | None:
        first = (datetime.now(UTC) + timedelta(days=random.randint(2, 12))).date().isoformat()
        found = self.get("slots", **asked, **more, first_day=first, days=3)
        slots = [slot for day in (found or {"days": []})["days"] for slot in day["slots"]]
        if not slots:
            return None
        slot = random.choice(slots)
        return {"starts_at": slot["starts_at"], "staff_ids": [person["id"] for person in slot["people"]]}

    def book_visit(self, asked: dict[str, Any]) -> str | None:
        when = self.some_time(asked)
        hold = self.post("holds", **asked, **when) if when else None
        if not hold:
            return None
        said = self.book.visits[hold["id"]] = _afterwards.Said("held", hold["starts_at"])
        visit = self.post(f"holds/{hold['id']}/confirm")
        if not visit:
            return None
        said.status, said.starts_at, said.word = "booked", visit["starts_at"], visit["visit_word"]
        return str(visit["id"])

    def move(self, visit: str, asked: dict[str, Any]) -> None:
        when = self.some_time(asked, moving=visit)
        moved = self.post(f"visits/{visit}/move", **when) if when else None
        if moved:
            said = self.book.visits[visit]
            said.moves, said.starts_at = said.moves + 1, moved["starts_at"]


class CaregiverPhone(Phone):
    """Takes what its owner is offered."""

    def use(self) -> None:
        while not self.stop.is_set():
            offers = self.get("work/offers") or []
            if offers and (taken := self.post(f"work/offers/{random.choice(offers)['id']}/accept")):
                with self.book.lock:
                    self.book.accepted.add(taken["id"])
            time.sleep(random.uniform(0.1, 0.4))


def kill_often(server: Server) -> list[tuple[str, float]]:
    """Kill each in turn at random moments; return what was killed, and how long it was until all was well."""
    healed: list[tuple[str, float]] = []
    turns: list[str] = []
    while len(healed) < KILLS:
        turns = turns or random.sample(VICTIMS, len(VICTIMS))
        time.sleep(random.uniform(0.3, 2.0))
        pid = server.victim(turns[-1])
        if pid is None:
            continue
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
            healed.append((turns.pop(), server.wait_until_ready(60) + 0.05))
    return healed


def answered_otherwise(book: Book) -> list[str]:
    """Ask everything again that was granted: the same key, the same answer."""
    return [
        f"{reply.path} is answered otherwise when it is asked again"
        for reply in book.replies
        if reply.phone.again(reply) != reply.said
    ]


def verify_audit(server: Server) -> tuple[str, list[str]]:
    """Return what `audit_verify` says, and what is wrong."""
    environment = os.environ | {"ANJIA_HOME": str(server.home.path)}
    with database_of(server.home) as database:
        prepare("seal", database)
    words = [sys.executable, "-m", "anjia.machine.command", "audit_verify"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip(), ["the audit trail"] if done.returncode else []


def main() -> None:
    random.seed(SEED)
    with served() as server:
        book, stop = Book(), threading.Event()
        residents = [ResidentPhone(server.url, card, book, stop) for card in RESIDENTS]
        caregivers = [CaregiverPhone(server.url, card, book, stop) for card in CAREGIVERS]
        before = {str(one) for (one,) in server.rows("SELECT id FROM visits_visit")}
        using = [threading.Thread(target=phone.use) for phone in [*residents, *caregivers]]
        for thread in using:
            thread.start()
        healed = kill_often(server)
        stop.set()
        for thread in using:
            thread.join()
        server.wait_until_ready(60)
        wrong = _afterwards.wait_for_worker(server, book.visits)
        wrong += _afterwards.not_as_said(server, book.visits, book.accepted, before)
        wrong += _afterwards.not_seen(residents[0].get, book.visits)
        wrong += answered_otherwise(book)
        audit, broken = verify_audit(server)
        wrong += broken
    say_what_happened(healed, book, audit)
    wrong += [f"no answer: {request}" for request in book.unanswered]
    wrong += [] if len(book.replies) > KILLS else ["hardly anything was asked for: this proves nothing"]
    print("\n".join(wrong) if wrong else "every answer is there, nothing twice, nothing stuck")
    sys.exit(1 if wrong else 0)


def say_what_happened(healed: list[tuple[str, float]], book: Book, audit: str) -> None:
    print(f"seed {SEED}, {KILLS} kills")
    for name in VICTIMS:
        took = sorted(seconds for victim, seconds in healed if victim == name)
        if took:
            print(
                f"{name}: {len(took)} times, ready again after {took[len(took) // 2]:.2f} s, {took[-1]:.2f} s at most"
            )
    states = Counter(said.status for said in book.visits.values())
    moves = sum(said.moves for said in book.visits.values())
    print(
        f"granted: {len(book.replies)} requests; {len(book.visits)} visits held, {states['booked']} of them booked"
        f" and {states['cancelled']} cancelled again, {moves} moves, {len(book.accepted)} offers taken"
    )
    print(f"answers: {dict(sorted(book.answers.items()))}; asked again {book.repeated} times")
    print(f"audit: {audit}")


if __name__ == "__main__":
    main()
