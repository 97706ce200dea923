"""An earlier version of Anjia in a clone of its own, and a town that people have used with it."""

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx

from anjia.kernel.calendar import SHANGHAI
from anjia.machine.environment import CHECKOUT
from anjia.machine.home import Home
from proofs._served import SERVER, served_by
from proofs.kill import Book, CaregiverPhone, ResidentPhone

BEFORE_ANY_TAG: Final = "c706d43"  # stores, series and agreements came after it
VISITS: Final = int(os.environ.get("VISITS", "300"))
PATIENCE: Final = 900.0  # seconds in which so many are booked on the slowest machine
PDF: Final = b"%PDF-1.7 a page of somebody's"


def revision() -> str:
    """Return which version to begin with: REVISION, or the newest tag, or one from before there were tags."""
    newest = git(CHECKOUT, "tag", "--list", "v*", "--sort=-version:refname").split()
    here = git(CHECKOUT, "tag", "--list", "--points-at", "HEAD").split()
    earlier = [tag for tag in newest if tag not in here]
    return os.environ.get("REVISION") or next(iter(earlier), BEFORE_ANY_TAG)


def git(folder: Path, *words: str) -> str:
    said = subprocess.run(["git", "-C", folder, *words], check=True, capture_output=True, text=True)
    return said.stdout.strip()


def without_ours() -> dict[str, str]:
    """Return an environment in which Python does not look where our own code is."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


@dataclass(slots=True)
class Earlier:
    """The earlier version's code."""

    checkout: Path

    @classmethod
    def cloned(cls, wanted: str, place: Path) -> "Earlier":
        subprocess.run(["git", "clone", "-q", "--shared", "--no-checkout", CHECKOUT, place], check=True)
        git(place, "checkout", "-q", wanted)
        made = cls(place)
        subprocess.run(made.python("-c", ""), check=True, env=without_ours(), stdout=subprocess.DEVNULL)
        return made

    def python(self, *words: str) -> list[str]:
        return [str(self.checkout / "script" / "python"), "requirements.txt", *words]

    def back_up(self, home: Home, target: Path) -> None:
        subprocess.run(
            self.python("-m", "anjia.machine.command", "backup", str(target)),
            check=True,
            env=without_ours() | {"ANJIA_HOME": str(home.path)},
            stdout=subprocess.DEVNULL,
        )


@dataclass(slots=True)
class Used:
    """What people have done there and were told."""

    book: Book
    tokens: dict[str, str]
    file_id: str


def use(earlier: Earlier, home: Home) -> Used:
    """Serve a town by the earlier version, and let people book, move and cancel in it, and one send a file."""
    with served_by(earlier.python("-c", SERVER), home, PYTHONPATH="") as server:
        book, stop = Book(), threading.Event()
        phones: list[Any] = [ResidentPhone(server.url, card, book, stop) for card in ("resident", "daughter")]
        phones += [CaregiverPhone(server.url, "nurse", book, stop)]
        threads = [threading.Thread(target=phone.use) for phone in phones]
        for thread in threads:
            thread.start()
        until = time.monotonic() + PATIENCE
        while len(book.visits) < VISITS and time.monotonic() < until:
            time.sleep(0.5)
        stop.set()
        for thread in threads:
            thread.join()
        assert len(book.visits) >= VISITS, f"only {len(book.visits)} visits: this proves little"
        tokens = {
            card: phone.client.headers["Authorization"]
            for card, phone in zip(("resident", "daughter", "nurse"), phones, strict=True)
        }
        return Used(book, tokens, send_file(phones[-1].client))


def send_file(nurse: httpx.Client) -> str:
    """Keep a file with one of the nurse's visits."""
    days = (datetime.now(SHANGHAI).date() + timedelta(days=ahead) for ahead in range(14))
    stops = next(filter(None, (nurse.get(f"work/days/{day}").json()["stops"] for day in days)))
    answer = nurse.post(
        "files",
        files={"file": ("page.pdf", PDF, "application/pdf")},
        data={"visit_id": stops[0]["visit_id"]},
        headers={"Idempotency-Key": str(uuid4())},
    )
    answer.raise_for_status()
    return str(answer.json()["id"])
