"""
Many hands in one day: desks that book, move and call off, dispatchers who repair, give and take back, caregivers who
answer, somebody who falls out, and plans of which two people publish parts.

A demo is served as `script/server` serves it, with its engine. For some minutes all of them work on the same days
through the console, as fast as they can, each going by what its page says; on tomorrow most of all, so that drafts of
the days after it still hold something when somebody takes them. Every answer has to be a page, a redirect
or a refusal in words. Then nobody is promised twice at a time, every crew is whole, who was moved is to hear of it,
nobody has waited in a circle, all that happened is heard, and the audit's chain holds.

    SECONDS=180 script/proof hands
"""

import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from anjia.machine.home import Home
from anjia.machine.postgres import Cluster
from proofs._console import Forms, Hand, Phone
from proofs._served import SERVER, Server, served_by

SECONDS: Final = float(os.environ.get("SECONDS", "180"))
DESKS, DISPATCHERS, PHONES = 4, 5, 2
COUNTED_AFTER: Final = 11.0  # seconds; a connection of the pool may tell its counts ten seconds late
ENGINE_WITHIN: Final = 1500.0  # seconds; on its first day it is installed and compiled
PLANNED_AHEAD: Final = 3  # days
CROWDED: Final = 0.8  # of what is changed: on the first of them
PLANNED_WITHIN: Final = (
    240.0  # seconds; among so many on two cores three of the engine's are a minute and more
)
LOOKS_AGAIN: Final = 4  # times at a draft of which something has fallen out meanwhile
FALLS_OUT: Final = 0.03  # of what the house does: of forty caregivers most must stay
PUBLISHED: Final = "publish: done"
MUST_BE_DONE: Final = ("confirm", "repair", "give", "publish", "cancel", "move", "absent", "laboratory")
DEADLOCKS: Final = "SELECT sum(deadlocks)::int FROM pg_stat_database"
BOOKED: Final = """
    SELECT v.id, (v.starts_at AT TIME ZONE 'Asia/Shanghai')::date::text, a.staff_id
      FROM visits_visit v JOIN visits_assignment a ON a.visit_id = v.id
     WHERE v.status = 'booked' AND a.state IN ('tentative', 'accepted')
       AND v.starts_at BETWEEN now() AND now() + interval '4 days'
"""
HOMES: Final = """
    SELECT a.resident_id, a.id FROM residents_address a JOIN residents_consent c USING (resident_id)
     GROUP BY a.resident_id, a.id
"""
TROUBLED: Final = (
    "SELECT count(*) FROM kernel_event WHERE attempts > 0 OR delivered_at IS NULL AND due_at < now()"
)
MOVED: Final = """
    SELECT visit_id FROM visits_visitchange WHERE what = 'moved' GROUP BY visit_id ORDER BY max(at) DESC LIMIT 3
"""
WRONG: Final = {  # each gives a row where a promise does not hold once all is heard
    "promised without a whole crew, or called off with one": """
        SELECT v.id FROM visits_visit v LEFT JOIN visits_assignment a
            ON a.visit_id = v.id AND a.state NOT IN ('declined', 'withdrawn')
         WHERE v.status NOT IN ('held', 'released') GROUP BY v.id
        HAVING count(a.id) <> CASE WHEN v.status = 'cancelled' THEN 0 ELSE v.people_needed END""",
    "at another time than whoever comes": """
        SELECT v.id FROM visits_visit v JOIN visits_assignment a ON a.visit_id = v.id
         WHERE v.status = 'booked' AND a.state IN ('tentative', 'accepted')
           AND a.planned <> tstzrange(v.starts_at, v.ends_at)""",
    "kept by somebody who has fallen out since she took it": """
        SELECT a.visit_id FROM visits_assignment a JOIN workforce_leave l USING (staff_id)
         WHERE a.state = 'accepted' AND l.state = 'granted' AND a.made_at < l.asked_at
           AND a.planned && tstzrange(l.starts_at, l.ends_at) AND lower(a.planned) > now()""",
    "moved, and nobody at home is to hear of it": """
        SELECT DISTINCT c.visit_id FROM visits_visitchange c WHERE c.what = 'moved'
           AND NOT EXISTS (SELECT FROM messaging_message m JOIN messaging_notification n ON n.message_id = m.id
                            WHERE m.about_id = c.visit_id AND m.template = 'visit_moved')
           AND NOT EXISTS (SELECT FROM dispatch_daychange d WHERE d.undone_at IS NOT NULL
                              AND d.before::text LIKE '%%' || c.visit_id::text || '%%')""",
    "moved without a reason": """
        SELECT visit_id FROM visits_visitchange WHERE what = 'moved' AND coalesce(octet_length(why), 0) = 0""",
}


def book(desk: Hand, server: Server, days: Sequence[str]) -> None:
    """Book for somebody a time of one of these days, with whoever the page proposes."""
    day = days[0] if desk.dice.random() < CROWDED else desk.dice.choice(days)
    resident_id, address_id = desk.dice.choice(server.rows(HOMES))
    path = f"/console/dispatch/book/{resident_id}?service_code=bp_follow_up&address_id={address_id}&first_day={day}"
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


def booked_on(hand: Hand, server: Server, days: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return what is booked on the crowded day, now and then on all."""
    booked = server.rows(BOOKED)
    there = [one for one in booked if one[1] == days[0]]
    return there if there and hand.dice.random() < CROWDED else booked


def repair(dispatcher: Hand, server: Server, days: Sequence[str]) -> None:
    booked = booked_on(dispatcher, server, days)
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


def disturb(desk: Hand, server: Server, days: Sequence[str]) -> None:
    """Call off what is booked, or move it."""
    booked = booked_on(desk, server, days)
    if not booked:
        return
    visit_id = desk.dice.choice(booked)[0]
    name = desk.dice.choice(("cancel", "move", "move"))
    found = desk.forms(f"/console/dispatch/visits/{visit_id}/{name}")
    form = next((one for one in found if one.action.endswith(f"/{name}/now")), None)
    if form is None or (name == "move" and not form.buttons):
        return
    slot = dict([desk.dice.choice(form.buttons[:40])]) if name == "move" else {"reason": "asked"}
    desk.send(name, form, **{**slot, "why": "家里有事"})


def run_the_house(house: Hand, server: Server) -> None:
    """Say where the laboratory is, who cannot come and who goes instead, and that somebody was rung."""
    way = house.dice.random()
    if way < FALLS_OUT:
        fall_out(house, server)
    elif way < 0.4:
        forms = house.forms("/console/dispatch/laboratory")
        for form in [one for one in forms if one.action.endswith(("/laboratory/set", "/laboratory/remove"))]:
            place = {"name": "检验科", "latitude": "39.93", "longitude": "116.42", "handover_minutes": "5"}
            house.send("laboratory", form, **(place if form.action.endswith("/set") else {}))
    else:
        for (visit_id,) in server.rows(MOVED):
            told = [
                one
                for one in house.forms(f"/console/messaging/visits/{visit_id}/told")
                if "rung" in one.action
            ]
            for form in told[:1]:
                house.send("rung", form, outcome="reached")


def fall_out(house: Hand, server: Server) -> None:
    booked = server.rows(BOOKED)
    if not booked:
        return
    path, staff_id = "/console/exceptions/absent", house.dice.choice(booked)[2]
    form = next((one for one in house.forms(path) if "days" in one.values), None)
    if form is None:
        return
    form.action = path
    made = house.send("absent", form, staff_id=str(staff_id), cause="ill", days="2", words="发烧")
    if made.status_code == 303:
        for found in [
            one for one in house.forms(made.headers["Location"]) if one.action.endswith("/stand-ins")
        ]:
            house.send("stand in", found)


def plan(dispatcher: Hand, day: str, *, within: float) -> None:
    """Have the day planned and take the draft, all of it or some; now and then it is stopped."""
    path = f"/console/dispatch/plan?day={day}"
    start = next((one for one in dispatcher.forms(path) if one.action.endswith("/plan/start")), None)
    if start is None:
        return
    dispatcher.send("plan", start)
    if within < ENGINE_WITHIN and dispatcher.dice.random() < 0.1:
        stop = [one for one in dispatcher.forms(path) if one.action.endswith("/discard")]
        for form in stop[:1]:
            dispatcher.send("stop", form)
        return
    until = time.monotonic() + within
    while time.monotonic() < until:
        if 'id="progress"' in dispatcher.client.get(path).text:
            time.sleep(0.5)  # as the page itself looks again
            continue
        publish(dispatcher, day)
        return
    dispatcher.told["plan: nothing came of it"] += 1


def publish(dispatcher: Hand, day: str) -> bool:
    """Take of the draft what still holds: all that is ticked, or some of it. Refused, she looks at it again."""
    for _ in range(LOOKS_AGAIN):
        found = dispatcher.forms(f"/console/dispatch/plan?day={day}")
        form = next((one for one in found if one.action.endswith("/publish")), None)
        if form is None:
            dispatcher.told["plan: nothing better"] += 1
            return False
        groups = form.values.get("group", [])
        chosen = groups if isinstance(groups, str) else some_of(dispatcher.dice, groups)
        if dispatcher.send("publish", form, group=chosen).status_code == 303:
            return True
    return False


def some_of(dice: random.Random, groups: list[str]) -> list[str]:
    return groups if dice.random() < 0.3 else dice.sample(groups, dice.randint(1, len(groups)))


def publish_too(dispatcher: Hand, days: Sequence[str]) -> None:
    """Be the second who takes the same draft."""
    day = dispatcher.dice.choice(days)
    page = dispatcher.client.get(f"/console/dispatch/plan?day={day}").text
    if any(one.action.endswith("/publish") for one in Forms(page).found):
        publish(dispatcher, day)
    time.sleep(0.2)  # a page is looked at before it is asked for again


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


def busy(hand: Hand | Phone, is_over: Callable[[], bool], work: Callable[[], None]) -> None:
    while not is_over():
        try:
            work()
        except Exception as error:  # a hand that lets go in silence would prove nothing
            hand.told[f"fault: {type(error).__name__}"] += 1


def main() -> None:
    told: Counter[str] = Counter()
    with planning() as server:
        ahead = "SELECT ((now() AT TIME ZONE 'Asia/Shanghai')::date + n)::text FROM generate_series(1, %s) n"
        days = [day for (day,) in server.rows(ahead, [PLANNED_AHEAD])]
        planner = Hand(server.url, "dispatcher", told, random.Random(0))
        plan(planner, days[0], within=ENGINE_WITHIN)
        ready, before = Counter(told), server.one(DEADLOCKS)
        storm(server, told, planner, days)
        heard_by = time.monotonic() + 120
        while server.one(TROUBLED) and time.monotonic() < heard_by:
            time.sleep(2)
        time.sleep(COUNTED_AFTER)
        wrong = server.overlapping()
        wrong += [f"{len(found)} {what}" for what, words in WRONG.items() if (found := server.rows(words))]
        wrong += [f"{circles} deadlocks"] if (circles := server.one(DEADLOCKS) - before) else []
        wrong += [f"{count} events failed or were not heard"] if (count := server.one(TROUBLED)) else []
        wrong += broken_chain(server, told)
    print(
        f"{SECONDS:.0f} s: {DESKS} desks, {DISPATCHERS} dispatchers, {PHONES} phones, a house, two who plan"
    )
    print("\n".join(f"{count} {words}" for words, count in sorted(told.items())))
    wrong += [f"{count} times {words}" for words, count in told.items() if words.startswith("fault")]
    wrong += missing(told - ready)
    print(
        "\n".join(wrong)
        if wrong
        else "nobody twice at a time, every crew whole, no deadlock, all refused in words, all heard, one chain"
    )
    sys.exit(1 if wrong else 0)


def storm(server: Server, told: Counter[str], planner: Hand, days: Sequence[str]) -> None:
    """Let all of them work until the time is over, and for twice as long where nothing has been published yet."""
    began, published = time.monotonic(), told[PUBLISHED]

    def is_over() -> bool:
        worked = time.monotonic() - began
        return worked > (SECONDS if told[PUBLISHED] > published else 2 * SECONDS)

    def hand(card: str, seed: int) -> Hand:
        return Hand(server.url, card, told, random.Random(seed))

    desks = [hand("desk", 1 + n) for n in range(DESKS)]
    dispatchers = [hand("dispatcher", 100 + n) for n in range(DISPATCHERS)]
    phones = [Phone(server.url, "nurse", told, random.Random(200 + n)) for n in range(PHONES)]
    house, second = hand("dispatcher", 300), hand("dispatcher", 400)
    works: list[tuple[Hand | Phone, Callable[[], None]]] = [
        *((one, partial(book, one, server, days)) for one in desks[1:]),
        (desks[0], partial(disturb, desks[0], server, days)),
        *((one, partial(repair, one, server, days)) for one in dispatchers),
        *((one, one.answer) for one in phones),
        (house, partial(run_the_house, house, server)),
        (planner, lambda: plan(planner, planner.dice.choice(days), within=PLANNED_WITHIN)),
        (second, partial(publish_too, second, days)),
    ]
    threads = [threading.Thread(target=busy, args=(one, is_over, work)) for one, work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def broken_chain(server: Server, told: Counter[str]) -> list[str]:
    """Return, in words, whether the audit's seals are not those of its entries."""
    keeper = Hand(server.url, "administrator", told, random.Random(500))
    said = keeper.client.post("/console/desk/audit/verify", headers={"HX-Request": "true"})
    return [] if "msg ok" in said.text else [f"the audit's chain: {said.status_code}"]


def missing(told: Mapping[str, int]) -> list[str]:
    """Return what has not happened once: a storm without it proves nothing of it."""
    found = [f"not one {name} was done" for name in MUST_BE_DONE if not told.get(f"{name}: done")]
    # A change is taken back while nothing has followed it: among so many hands somebody is mostly faster.
    tried = {words.partition(":")[0] for words in told}
    return found + [f"no {name} was tried" for name in ("undo", "rung") if name not in tried]


if __name__ == "__main__":
    main()
