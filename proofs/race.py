"""
One slot, one offer, a thousand attempts, sixty-four at once: one gets it, the others are told so in words.

A town of its own is served as `script/server` serves it, with its usual pool. Round after round residents' phones
ask through the API, and service desks in a second process through the console, for the same time: the desks are
signed in and wait before the first round, and both processes begin each at the same moment. Then phones of the nurse
accept the same offer. Only what is on the list of answers below counts; nobody waits in a circle.

    ATTEMPTS=1000 script/proof race
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import uuid4

import httpx

from proofs._served import Server, served

ATTEMPTS: Final = int(os.environ.get("ATTEMPTS", "1000"))
PHONES, DESKS = 48, 16
ROUNDS: Final = -(-ATTEMPTS // (PHONES + DESKS))
COUNTED_AFTER: Final = 11.0  # seconds; a connection of the pool may tell its counts ten seconds late
SERVICE: Final = "bp_follow_up"
GOT_IT: Final = "got it"
# What may be answered, and in which words. All else is a fault.
WORDS: Final = {
    "dispatch.slot_gone": "这个时间刚刚被别人约走了。请再选一个时间，别的时间还在。",
    "dispatch.offer_taken": "这一单已经有人接了。看看别的单吧。",
}
Attempt = Callable[[], httpx.Response]


def told(answer: httpx.Response) -> str:
    """Return what somebody was told: that she has it, or the code of a refusal in its words, or what is a fault."""
    if answer.status_code == 201 and answer.json()["id"]:
        return GOT_IT
    if answer.status_code == 303 and answer.headers["Location"].startswith("/console/dispatch/held/"):
        return GOT_IT
    if answer.status_code == 409 and "json" in answer.headers["Content-Type"]:
        said = answer.json()
        if WORDS.get(said["code"]) == said["detail"]:
            return str(said["code"])
    elif answer.status_code == 409:
        return next(
            (code for code, words in WORDS.items() if words in answer.text), "fault: 409 without words"
        )
    return f"fault: {answer.status_code} {answer.headers.get('Location', answer.text[:80])}"


def all_at(moment: float, attempts: Sequence[Attempt]) -> list[str]:
    """Make all of them at one moment; return what each was told."""

    def one(attempt: Attempt) -> str:
        time.sleep(max(0.0, moment - time.time()))
        try:
            return told(attempt())
        except httpx.HTTPError as error:
            return f"fault: {error!r}"

    with ThreadPoolExecutor(len(attempts)) as pool:
        return list(pool.map(one, attempts))


# This process: phones


def phone_of(url: str, card: str, acting_for: str = "") -> httpx.Client:
    client = httpx.Client(base_url=f"{url}/api/v1", timeout=60, trust_env=False)
    entry = client.post(f"demo/cards/{card}/sign-in").json()
    client.headers["Authorization"] = f"Bearer {entry['token']}"
    if acting_for:
        client.headers["X-Acting-For"] = acting_for
    return client


def posting(client: httpx.Client, path: str, body: dict[str, Any]) -> Attempt:
    return lambda: client.post(path, json=body, headers={"Idempotency-Key": str(uuid4())})


def slots_of(phone: httpx.Client, address: str) -> list[dict[str, Any]]:
    """Return the times that are free, from two days ahead on, the latest first."""
    found: list[dict[str, Any]] = []
    for week in range(3):
        first = (datetime.now(UTC) + timedelta(days=2 + 7 * week)).date().isoformat()
        asked = {"service_code": SERVICE, "address_id": address, "first_day": first, "days": "7"}
        for day in phone.get("slots", params=asked).json()["days"]:
            found += day["slots"]
    return found[::-1]


def race_for_slot(server: Server, resident_id: str) -> tuple[Counter[str], str]:
    """Let phones and desks ask for one time in rounds; return what they were told, and the time."""
    cards = ["resident", "daughter"] * (PHONES // 2)
    phones = [phone_of(server.url, card, acting_for=resident_id) for card in cards]
    address = phones[0].get("addresses").json()["items"][0]["id"]
    slot = slots_of(phones[0], address)[0]
    staff = [person["id"] for person in slot["people"]]
    asked = {"service_code": SERVICE, "address_id": address}
    body = {**asked, "starts_at": slot["starts_at"], "staff_ids": staff}
    form = {**asked, "slot": f"{slot['starts_at']}|{','.join(staff)}"}
    found: Counter[str] = Counter()
    words = [sys.executable, "-m", "proofs.race", "desks", server.url, resident_id, json.dumps(form)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as desks:
        assert desks.stdin is not None, "it is a pipe"
        assert desks.stdout is not None, "it is a pipe"
        assert desks.stdout.readline() == "ready\n", "the desks are not signed in"
        for _ in range(ROUNDS):
            moment = time.time() + 0.2
            print(moment, file=desks.stdin, flush=True)
            found += Counter(all_at(moment, [posting(phone, "holds", body) for phone in phones]))
            found += Counter(json.loads(desks.stdout.readline()))
        desks.stdin.close()
    return found, str(slot["starts_at"])


def race_for_offer(server: Server, resident_id: str) -> tuple[Counter[str], str]:
    """Let the nurse's phones take one offer in rounds; return what they were told, and the offer."""
    nurses = [phone_of(server.url, "nurse") for _ in range(PHONES + DESKS)]
    offer_id = new_offer(phone_of(server.url, "resident", acting_for=resident_id), nurses[0])
    path = f"work/offers/{offer_id}/accept"
    found: Counter[str] = Counter()
    for _ in range(ROUNDS):
        found += Counter(all_at(time.time() + 0.2, [posting(nurse, path, {}) for nurse in nurses]))
    return found, offer_id


def new_offer(phone: httpx.Client, nurse: httpx.Client) -> str:
    """Book a time of the nurse's, and wait until the worker has asked her for it."""
    me = nurse.get("me").json()["staff"]["id"]
    before = {offer["id"] for offer in nurse.get("work/offers").json()}
    address = phone.get("addresses").json()["items"][0]["id"]
    slot = next(one for one in slots_of(phone, address) if [person["id"] for person in one["people"]] == [me])
    body = {"service_code": SERVICE, "address_id": address, "starts_at": slot["starts_at"], "staff_ids": [me]}
    hold_id = posting(phone, "holds", body)().json()["id"]
    posting(phone, f"holds/{hold_id}/confirm", {})().raise_for_status()
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for offer in nurse.get("work/offers").json():
            if offer["id"] not in before:
                return str(offer["id"])
        time.sleep(0.2)
    sys.exit("nobody was asked for the visit within a minute")


# The second process: desks


def desk_of(url: str) -> httpx.Client:
    """Return a service desk's browser, signed in; what it is to send with every form is in its headers."""
    desk = httpx.Client(base_url=url, timeout=60, trust_env=False, headers={"Referer": url})
    page = desk.get("/").text
    csrf = page.split('csrfmiddlewaretoken" value="')[1].split('"')[0]
    desk.post("/demo/desk", data={"csrfmiddlewaretoken": csrf})
    desk.headers["X-CSRFToken"] = desk.cookies["csrftoken"]
    return desk


def ask_by_console(url: str, resident_id: str, form: str) -> None:
    """Say that all are signed in, then read one moment after the other; after each, say what each desk was told."""
    path, data = f"/console/dispatch/book/{resident_id}/hold", json.loads(form)
    attempts: list[Attempt] = [
        partial(desk.post, path, data=data) for desk in [desk_of(url) for _ in range(DESKS)]
    ]
    print("ready", flush=True)
    for moment in sys.stdin:
        print(json.dumps(all_at(float(moment), attempts)), flush=True)


# Both


def not_one_holds(server: Server, resident_id: str, starts_at: str) -> list[str]:
    """Look before she holds another time, which would let go of this one."""
    held = server.one(
        "SELECT count(*) FROM visits_visit WHERE resident_id = %s AND starts_at = %s AND status = 'held'",
        [resident_id, starts_at],
    )
    return [f"{held} visits are held for the one time"] if held != 1 else []


def not_one_took(server: Server, offer_id: str) -> list[str]:
    taken = server.one(
        "SELECT count(*) FROM kernel_auditentry WHERE subject_id = %s AND action = 'dispatch.offer.accepted'",
        [offer_id],
    )
    return [f"the one offer was taken {taken} times"] if taken != 1 else []


def main() -> None:
    deadlocks = "SELECT sum(deadlocks)::int FROM pg_stat_database"
    with served() as server:
        resident_id = phone_of(server.url, "resident").get("me").json()["people"][0]["resident_id"]
        before = server.one(deadlocks)
        slots, starts_at = race_for_slot(server, resident_id)
        wrong = not_one_holds(server, resident_id, starts_at)
        offers, offer_id = race_for_offer(server, resident_id)
        time.sleep(COUNTED_AFTER)
        circles = server.one(deadlocks) - before
        wrong += not_one_took(server, offer_id) + server.overlapping()
    for name, found in {"slot": slots, "offer": offers}.items():
        print(f"{found.total()} attempts on one {name}, {PHONES + DESKS} at a time: {dict(found)}")
        wrong += [] if found[GOT_IT] == 1 else [f"the one {name} was got {found[GOT_IT]} times"]
        wrong += [f"{count} times {answer}" for answer, count in found.items() if answer.startswith("fault")]
        wrong += [] if found.total() >= ATTEMPTS else [f"only {found.total()} attempts"]
    print(f"{circles} deadlocks")
    wrong += [f"{circles} deadlocks"] if circles else []
    print(
        "\n".join(wrong) if wrong else "one winner each, the others refused in words, no deadlock, no crash"
    )
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    ask_by_console(*sys.argv[2:]) if sys.argv[1:2] == ["desks"] else main()
