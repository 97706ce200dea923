"""
Many hands in one day: desks that book, dispatchers who repair, give and take back, and plans that are published.

A demo is served as `script/server` serves it, with its engine. For some minutes all of them work on the same two days
through the console, as fast as they can, each going by what its page says. Every answer has to be a page, a redirect
or a refusal in words; nobody is promised twice at a time, nobody waits in a circle, all that happened is heard.

    SECONDS=180 script/proof hands
"""

import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx

from anjia.machine.home import Home
from anjia.machine.postgres import Cluster
from proofs._served import SERVER, Server, served_by

SECONDS: Final = float(os.environ.get("SECONDS", "180"))
DESKS, DISPATCHERS = 4, 6
COUNTED_AFTER: Final = 11.0  # seconds; a connection of the pool may tell its counts ten seconds late
ENGINE_WITHIN: Final = 1500.0  # seconds; on its first day it is installed and compiled
DEADLOCKS: Final = "SELECT sum(deadlocks)::int FROM pg_stat_database"
BOOKED: Final = """
    SELECT v.id, (v.starts_at AT TIME ZONE 'Asia/Shanghai')::date, a.staff_id
      FROM visits_visit v JOIN visits_assignment a ON a.visit_id = v.id
     WHERE v.status = 'booked' AND a.state IN ('tentative', 'accepted')
       AND v.starts_at BETWEEN now() AND now() + interval '3 days'
"""
HOMES: Final = """
    SELECT a.resident_id, a.id FROM residents_address a JOIN residents_consent c USING (resident_id)
     GROUP BY a.resident_id, a.id
"""
TROUBLED: Final = (
    "SELECT count(*) FROM kernel_event WHERE attempts > 0 OR delivered_at IS NULL AND due_at < now()"
)


@dataclass
class Form:
    action: str
    values: dict[str, Any] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Forms(HTMLParser):
    """The forms of a page, as a browser sends them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.named: dict[str, Form] = {}  # what is ticked outside of a form says to which it belongs
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and said.get("method") == "post":
            form = self.named.setdefault(said["id"], Form("")) if "id" in said else Form("")
            form.action = said.get("action", "")
            self.found.append(form)
        elif tag == "input" and said.get("name") and (self.found or "form" in said):
            if said.get("type") == "checkbox" and "checked" not in said:
                return
            form = self.named.setdefault(said["form"], Form("")) if "form" in said else self.found[-1]
            old = form.values.get(said["name"])
            value = said.get("value", "")
            form.values[said["name"]] = (
                value if old is None else [*([old] if isinstance(old, str) else old), value]
            )
        elif self.found and tag == "button" and said.get("name"):
            self.found[-1].buttons.append((said["name"], said.get("value", "")))


@dataclass
class Hand:
    """Somebody at the console, signed in; counts what she was told."""

    url: str
    card: str
    told: Counter[str]
    dice: random.Random
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(
            base_url=self.url, timeout=60, trust_env=False, headers={"Referer": self.url}
        )
        csrf = self.client.get("/").text.split('csrfmiddlewaretoken" value="')[1].split('"')[0]
        self.client.post(f"/demo/{self.card}", data={"csrfmiddlewaretoken": csrf})
        self.client.headers["X-CSRFToken"] = self.client.cookies["csrftoken"]

    def forms(self, path: str) -> list[Form]:
        page = self.client.get(path)
        if page.status_code >= 500:
            self.told[f"fault: {page.status_code} {path.split('?')[0][:40]}"] += 1
        return Forms(page.text).found

    def send(self, name: str, form: Form, **more: Any) -> httpx.Response:
        answer = self.client.post(form.action, data={**form.values, **more})
        refused = (
            'class="refusal' in answer.text
            or "msg bad" in answer.text
            or answer.status_code in {404, 409, 422}
        )
        if answer.status_code == 303:
            self.told[f"{name}: done"] += 1
        elif refused and answer.status_code < 500:
            self.told[f"{name}: refused in words ({answer.status_code})"] += 1
        else:
            self.told[f"fault: {name} {answer.status_code}"] += 1
        return answer


def book(desk: Hand, server: Server) -> None:
    resident_id, address_id = desk.dice.choice(server.rows(HOMES))
    path = f"/console/dispatch/book/{resident_id}?service_code=bp_follow_up&address_id={address_id}"
    form = next((one for one in desk.forms(path) if one.action.endswith("/hold") and one.buttons), None)
    if form is None:
        desk.told["book: no times"] += 1
        return
    name, slot = desk.dice.choice(form.buttons[:24])
    held = desk.send("hold", form, **{name: slot})
    if held.status_code == 303:
        confirm = next(
            (one for one in desk.forms(held.headers["Location"]) if one.action.endswith("/confirm")), None
        )
        if confirm:
            desk.send("confirm", confirm)


def repair(dispatcher: Hand, server: Server) -> None:
    booked = server.rows(BOOKED)
    if not booked:
        return
    visit_id, _day, _staff_id = dispatcher.dice.choice(booked)
    way = dispatcher.dice.random()
    if way < 0.1:
        last = dispatcher.client.get("/console/dispatch/changes/last")
        undo = [
            one
            for one in dispatcher.forms(last.headers.get("Location", "/console/dispatch/changes/last"))
            if "undo" in one.action
        ]
        for form in undo[:1]:
            dispatcher.send("undo", form)
        return
    if way < 0.55:
        found = [
            one
            for one in dispatcher.forms(f"/console/dispatch/visits/{visit_id}/repair")
            if "changes/make" in one.action
        ]
        name = "repair"
    else:
        other = dispatcher.dice.choice(booked)[2]
        clock = f"{dispatcher.dice.randint(8, 16):02}:{dispatcher.dice.choice((0, 15, 30, 45)):02}"
        path = f"/console/dispatch/visits/{visit_id}/give?part=1&staff_id={other}&clock={clock}"
        found = [one for one in dispatcher.forms(path) if "changes/make" in one.action]
        name = "give"
    if found:
        form = dispatcher.dice.choice(found)
        dispatcher.send(name, form, **({"why": "商量好了"} if "why" in form.values else {}))


def plan(dispatcher: Hand, day: str, *, within: float) -> None:
    """Have the day planned and take the draft, all of it or some."""
    path = f"/console/dispatch/plan?day={day}"
    start = next((one for one in dispatcher.forms(path) if one.action.endswith("/plan/start")), None)
    if start is None:
        return
    dispatcher.send("plan", start)
    until = time.monotonic() + within
    while time.monotonic() < until:
        page = dispatcher.client.get(path).text
        if 'id="progress"' in page:
            time.sleep(0.5)
            continue
        publish = next((one for one in Forms(page).found if one.action.endswith("/publish")), None)
        if publish:
            dispatcher.send("publish", publish)
        else:
            dispatcher.told["plan: nothing better"] += 1
        return
    dispatcher.told["plan: nothing came of it"] += 1


@contextmanager
def planning() -> Iterator[Server]:
    """Serve a demo whose plans take three seconds."""
    with TemporaryDirectory(prefix="anjia-proof-") as place:
        home = Home(Path(place) / "home")
        try:
            with served_by([sys.executable, "-c", SERVER], home, ANJIA_PLANNING_SECONDS="3") as server:
                yield server
        finally:
            Cluster(home).remove()


def busy(hand: Hand, until: float, work: Callable[[], None]) -> None:
    while time.monotonic() < until:
        try:
            work()
        except httpx.HTTPError as error:
            hand.told[f"fault: {type(error).__name__}"] += 1


def main() -> None:
    told: Counter[str] = Counter()
    with planning() as server:
        tomorrow = str(server.one("SELECT ((now() AT TIME ZONE 'Asia/Shanghai')::date + 1)::text"))
        planner = Hand(server.url, "dispatcher", told, random.Random(0))
        plan(planner, tomorrow, within=ENGINE_WITHIN)
        ready = Counter(told)
        desks = [Hand(server.url, "desk", told, random.Random(n)) for n in range(1, DESKS + 1)]
        dispatchers = [
            Hand(server.url, "dispatcher", told, random.Random(100 + n)) for n in range(DISPATCHERS)
        ]
        before, until = server.one(DEADLOCKS), time.monotonic() + SECONDS
        works = [
            *((hand, lambda hand=hand: book(hand, server)) for hand in desks),
            *((hand, lambda hand=hand: repair(hand, server)) for hand in dispatchers),
            (planner, lambda: plan(planner, tomorrow, within=60)),
        ]
        threads = [threading.Thread(target=busy, args=(hand, until, work)) for hand, work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        heard_by = time.monotonic() + 120
        while server.one(TROUBLED) and time.monotonic() < heard_by:
            time.sleep(2)
        time.sleep(COUNTED_AFTER)
        circles, troubled, twice = server.one(DEADLOCKS) - before, server.one(TROUBLED), server.overlapping()
    print(f"{SECONDS:.0f} s: {DESKS} desks, {DISPATCHERS} dispatchers, one who plans")
    print("\n".join(f"{count} {words}" for words, count in sorted(told.items())))
    wrong = [
        *twice,
        *(f"{count} times {words}" for words, count in told.items() if words.startswith("fault")),
    ]
    wrong += [f"{circles} deadlocks"] if circles else []
    wrong += [f"{troubled} events failed or were not heard"] if troubled else []
    wrong += missing(told - ready)
    print(
        "\n".join(wrong) if wrong else "nobody twice at a time, no deadlock, all refused in words, all heard"
    )
    sys.exit(1 if wrong else 0)


def missing(told: Mapping[str, int]) -> list[str]:
    """Return what has not happened once: a storm without it proves nothing of it."""
    found = [
        f"not one {name} was done" for name in ("confirm", "repair", "give") if not told.get(f"{name}: done")
    ]
    # A draft is of the day as it was, and a change is taken back while nothing has followed it: among so many hands
    # somebody is mostly faster, and both are refused.
    tried = {words.partition(":")[0] for words in told}
    return found + [f"no {name} was tried" for name in ("undo", "publish") if name not in tried]


if __name__ == "__main__":
    main()
