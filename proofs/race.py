"""
One slot, one offer, sixty-four at once: one gets it, the others are told so in words.

A town of its own is served as `script/server` serves it, with its usual pool. In each round residents' phones ask
through the API, and service desks in a second process through the console, for the same time; then phones of the
nurse accept the same offer. Nobody waits in a circle, nobody meets a crash, nobody is promised twice.

    ROUNDS=16 script/proof race
"""

import os
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any, Final
from uuid import uuid4

import httpx

from proofs.kill import served, twice_in_database

ROUNDS: Final = int(os.environ.get("ROUNDS", "16"))
PHONES, DESKS = 48, 16
SERVICE: Final = "bp_follow_up"


def signed_in(url: str, card: str) -> httpx.Client:
    client = httpx.Client(base_url=f"{url}/api/v1", timeout=60, trust_env=False)
    answer = client.post(f"demo/cards/{card}/sign-in").json()
    client.headers["Authorization"] = f"Bearer {answer['token']}"
    return client


def ask_by_phone(client: httpx.Client, path: str, body: dict[str, Any], together: Barrier) -> str:
    together.wait()
    answer = client.post(path, json=body, headers={"Idempotency-Key": str(uuid4())})
    return outcome(answer.status_code, answer.json().get("code", "") if answer.status_code >= 400 else "")


def outcome(status: int, code: str) -> str:
    return "got it" if status in {201, 303} else f"{status} {code}".strip()


def ask_by_console(url: str, resident_id: str, body: dict[str, str]) -> list[str]:
    """Ask from this process's desks at once; return what each was told."""
    together = Barrier(DESKS)

    def ask(_: int) -> str:
        with httpx.Client(base_url=url, timeout=60, trust_env=False) as desk:
            page = desk.get("/").text
            csrf = (
                desk.cookies.get("csrftoken") or page.split('csrfmiddlewaretoken" value="')[1].split('"')[0]
            )
            desk.post("/demo/desk", data={"csrfmiddlewaretoken": csrf}, headers={"Referer": url})
            form = body | {"csrfmiddlewaretoken": desk.cookies.get("csrftoken") or csrf}
            together.wait()
            answer = desk.post(
                f"/console/dispatch/book/{resident_id}/hold", data=form, headers={"Referer": url}
            )
            return outcome(answer.status_code, "in words" if "这个时间" in answer.text else "")

    with ThreadPoolExecutor(DESKS) as pool:
        return list(pool.map(ask, range(DESKS)))


def free_slots(phone: httpx.Client, address: str, needed: int) -> list[dict[str, Any]]:
    """Return times that do not touch one another, from two days ahead on."""
    found: dict[str, dict[str, Any]] = {}
    first = datetime.now(UTC) + timedelta(days=2)
    for week in range(3):
        query: dict[str, str | int] = {
            "service_code": SERVICE,
            "address_id": address,
            "first_day": "",
            "days": 7,
        }
        query["first_day"] = (first + timedelta(days=7 * week)).date().isoformat()
        for day in phone.get("slots", params=query).json()["days"]:
            for slot in day["slots"][::4]:
                found.setdefault(slot["starts_at"], slot)
    return [found[start] for start in sorted(found)][:needed]


def race_for_slot(
    url: str, phone: httpx.Client, whose: tuple[str, str], slot: dict[str, Any]
) -> Counter[str]:
    resident_id, address = whose
    staff = [person["id"] for person in slot["people"]]
    form = {"service_code": SERVICE, "address_id": address, "slot": f"{slot['starts_at']}|{','.join(staff)}"}
    desks = subprocess.Popen(
        [
            sys.executable,
            __file__,
            "desks",
            url,
            resident_id,
            *[f"{key}={value}" for key, value in form.items()],
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    together = Barrier(PHONES)
    body = {
        "service_code": SERVICE,
        "address_id": address,
        "starts_at": slot["starts_at"],
        "staff_ids": staff,
    }
    with ThreadPoolExecutor(PHONES) as pool:
        asked = [pool.submit(ask_by_phone, phone, "holds", body, together) for _ in range(PHONES)]
        told = Counter(one.result() for one in asked)
    said, _ = desks.communicate(timeout=120)
    return told + Counter(said.split("\n")[:-1])


def new_offer(phone: httpx.Client, nurse: httpx.Client, address: str) -> str:
    """Book a time of the nurse's, and wait until the worker has asked her for it."""
    me = nurse.get("me").json()["staff"]["id"]
    before = {offer["id"] for offer in nurse.get("work/offers").json()}
    for slot in reversed(free_slots(phone, address, 500)):
        if [person["id"] for person in slot["people"]] == [me]:
            body = {"service_code": SERVICE, "address_id": address, "starts_at": slot["starts_at"]}
            held = phone.post(
                "holds", json=body | {"staff_ids": [me]}, headers={"Idempotency-Key": str(uuid4())}
            )
            phone.post(f"holds/{held.json()['id']}/confirm", headers={"Idempotency-Key": str(uuid4())})
            break
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for offer in nurse.get("work/offers").json():
            if offer["id"] not in before:
                return str(offer["id"])
        time.sleep(0.5)
    sys.exit("nobody was asked for the visit within a minute")


def race_for_offer(nurse: httpx.Client, offer_id: str) -> Counter[str]:
    together = Barrier(PHONES + DESKS)
    with ThreadPoolExecutor(PHONES + DESKS) as pool:
        path = f"work/offers/{offer_id}/accept"
        asked = [pool.submit(ask_by_phone, nurse, path, {}, together) for _ in range(PHONES + DESKS)]
        return Counter(one.result() for one in asked)


def main() -> None:
    slots, offers = Counter[str](), Counter[str]()
    winners: list[int] = []
    with served() as server:
        phone, nurse = signed_in(server.url, "resident"), signed_in(server.url, "nurse")
        whose = (
            phone.get("me").json()["people"][0]["resident_id"],
            phone.get("addresses").json()["items"][0]["id"],
        )
        for slot in free_slots(phone, whose[1], ROUNDS):
            told = race_for_slot(server.url, phone, whose, slot)
            winners.append(told["got it"])
            slots += told
        offer_id = new_offer(phone, nurse, whose[1])
        for _ in range(ROUNDS):
            offers += race_for_offer(nurse, offer_id)
        wrong = twice_in_database(server)
    print(f"{sum(slots.values())} attempts on {len(winners)} slots: {dict(slots)}")
    print(f"{sum(offers.values())} attempts on one offer: {dict(offers)}")
    wrong += [f"{count} got the same slot" for count in winners if count != 1]
    wrong += [] if offers["got it"] == 1 else [f"the offer was taken {offers['got it']} times"]
    wrong += [f"{count} answers {told}" for told, count in (slots + offers).items() if told.startswith("5")]
    print("\n".join(wrong) if wrong else "one winner each, the others refused in words, no crash")
    sys.exit(1 if wrong or not winners else 0)


def desks(url: str, resident_id: str, *words: str) -> None:
    for told in ask_by_console(url, resident_id, dict(word.split("=", 1) for word in words)):
        print(told)


if __name__ == "__main__":
    desks(*sys.argv[2:]) if sys.argv[1:2] == ["desks"] else main()
