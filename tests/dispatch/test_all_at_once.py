"""
Booking, repair, a hand on the timelines, sending and publishing at one moment, by HTTP as people do it: each is done or
refused in words, nobody is in two places, no promise is without a caregiver, and nothing waits in a circle.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client

from tests.dispatch.plans import FAR, drafted, run_of
from tests.dispatch.signed_in import OpenTown, open_town, post
from tests.dispatch.test_change_pages import forms, given
from tests.dispatch.test_console import browser
from tests.dispatch.test_interleavings import World
from tests.visits.make import id_of

pytestmark = [pytest.mark.usefixtures("database", "no_second_try"), pytest.mark.long]

ROUNDS = 4
NAMES = ("赵一", "钱二", "孙三", "李四")
CHANGE = "/console/dispatch/changes/make"
Deed = Callable[[], Any]
DONE = {201, 303}
REFUSED = {409}


def deeds_of(here: OpenTown) -> dict[str, Deed]:
    """Return what people are about to do to one day, each having looked at it before."""
    near, far, third = here.nurse("近", base=FAR)[0], here.nurse("远")[0], here.nurse("丙", base=FAR)[0]
    visits = [
        here.town.visit(
            far,
            resident=here.town.resident(NAMES[number], place=FAR),
            starts_at=here.at(9 + 2 * number),
            ends_at=here.at(9.75 + 2 * number),
        )
        for number in range(len(NAMES))
    ]
    run_id = drafted(here.town, day=here.at(12).date(), now=datetime.now(UTC))
    groups = sorted({str(move["group"]) for move in run_of(here.town, run_id).draft["moves"]})
    assert groups, "there is something to publish"
    sent = {"day": f"{here.at(12).date():%Y-%m-%d}", "ticks": "1", "group": groups}
    clients = [browser(here, "dispatcher") for _ in range(8)]

    def publish(client: Client) -> Any:
        key = {"idempotency_key": str(uuid4())}
        return client.post(f"/console/dispatch/plan/{run_id}/publish", sent | key)

    dragged = [forms(given(client, visits[0], third, "9:00").content.decode())[0] for client in clients[2:4]]
    repair = f"/console/dispatch/visits/{visits[1].id}/repair"
    repaired = [forms(client.get(repair).content.decode())[0] for client in clients[4:6]]
    resident = here.town.resident("孙德海", place=FAR)
    token = here.person(resident)
    hold = {
        "service_code": "wound",
        "resident_id": str(resident.id),
        "address_id": str(here.town.address(resident).id),
        "starts_at": here.at(11).isoformat(),
        "staff_ids": [str(near.staff_id)],
    }

    def book() -> Any:
        held = post(token, "holds", hold)
        return held if held.status_code != 201 else post(token, f"holds/{held.json()['id']}/confirm")

    def assign(client: Client) -> Any:
        said = {"staff_id": str(id_of(third)), "part": "1", "idempotency_key": str(uuid4())}
        return client.post(f"/console/dispatch/visits/{visits[2].id}/assign", said)

    deeds: dict[str, Deed] = {
        f"publish {n}": partial(publish, client) for n, client in enumerate(clients[:2])
    }
    deeds |= {f"drag {n}": partial(clients[2 + n].post, CHANGE, form) for n, form in enumerate(dragged)}
    deeds |= {f"repair {n}": partial(clients[4 + n].post, CHANGE, form) for n, form in enumerate(repaired)}
    deeds |= {f"assign {n}": partial(assign, client) for n, client in enumerate(clients[6:])}
    return deeds | {f"book {n}": book for n in range(2)}


def at_once(deeds: dict[str, Deed]) -> dict[str, int]:
    """Do all of it at one moment; return what each was answered."""
    together = Barrier(len(deeds), timeout=60)

    def one(deed: Deed) -> int:
        together.wait()
        try:
            return int(deed().status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return dict(zip(deeds, pool.map(one, deeds.values()), strict=True))


def test_everybody_is_answered_and_nobody_is_in_two_places() -> None:
    seen = Counter[tuple[str, bool]]()
    for _round in range(ROUNDS):
        here = open_town()
        resident = here.town.resident()
        found = at_once(deeds_of(here))
        assert set(found.values()) <= DONE | REFUSED, found
        seen.update((name.split()[0], status in DONE) for name, status in found.items())
        World(here.town, [], resident.id, here.town.address(resident).id).check()
    assert any(is_done for (_what, is_done) in seen)
    assert any(not is_done for (_what, is_done) in seen)
    assert {what for what, _is_done in seen} == {"publish", "drag", "repair", "assign", "book"}
