"""The page of a day that is planned, as a dispatcher uses it; and what others do to that day meanwhile, by HTTP."""

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anjia.kernel.actors import Actor
from anjia.kernel.work import acting
from anjia.visits.models import LIVE_STATES, Assignment, Visit
from anjia.workforce.commands import put_leave
from anjia.workforce.rules import LeaveKind
from tests.dispatch.plans import FAR, drafted, live, run_of
from tests.dispatch.signed_in import OpenTown, open_town, post
from tests.dispatch.test_console import book, browser
from tests.visits.make import id_of

pytestmark = pytest.mark.usefixtures("database")

PAGE = "/console/dispatch/plan"


@dataclass
class Drafted:
    """A town in which a draft waits: a visit far out goes from who is far from it to who is near."""

    open: OpenTown
    near: Actor
    far: Actor
    visit: Visit
    run_id: UUID

    @property
    def day(self) -> str:
        return f"{self.open.at(12).date():%Y-%m-%d}"

    def publish(self, client: Client) -> Any:
        sent = {"day": self.day, "ticks": "1", "group": "1", "idempotency_key": str(uuid4())}
        return client.post(f"{PAGE}/{self.run_id}/publish", sent)

    def comes(self) -> list[tuple[int, UUID, str]]:
        return live(self.open.town, self.visit)


@pytest.fixture
def here() -> Drafted:
    there = open_town()
    (near, _), (far, _) = there.nurse("近", base=FAR), there.nurse("远")
    resident = there.town.resident("黄志远", place=FAR)
    visit = there.town.visit(far, resident=resident, starts_at=there.at(10), ends_at=there.at(10.75))
    run_id = drafted(there.town, day=there.at(12).date(), now=datetime.now(UTC))
    return Drafted(there, near, far, visit, run_id)


class TestPage:
    def test_is_worked_with_from_the_first_click_to_the_last(self, here: Drafted) -> None:
        client = browser(here.open, "dispatcher")
        shown = client.get(PAGE, {"day": here.day}).content.decode()
        assert "1 处换人，约好的时间都不动" in re.sub(r"\s+", " ", shown)
        assert "路上 7 分钟，原来要 60 分钟" in shown
        assert "黄志远" in shown

        answer = here.publish(client)

        assert (answer.status_code, answer["Location"]) == (303, f"{PAGE}?day={here.day}")
        assert here.comes() == [(1, id_of(here.near), "accepted")]
        after = client.get(PAGE, {"day": here.day}).content.decode()
        assert "发出去了" in after
        assert "/publish" not in after

    def test_says_of_whom_it_moves_nothing_though_she_is_on_leave(self, here: Drafted) -> None:
        """She has said yes, so no plan touches it: whoever only reads "all is well" would have nobody at the door."""
        client = browser(here.open, "dispatcher")
        assert "请假了" not in client.get(PAGE, {"day": here.day}).content.decode()
        town = here.open.town
        leave: dict[str, Any] = {
            "kind": LeaveKind.SICK,
            "starts_at": here.open.at(0),
            "ends_at": here.open.at(23),
        }
        acting(town.system, datetime.now(UTC)).do(put_leave, staff_id=id_of(here.far), **leave)
        shown = client.get(PAGE, {"day": here.day}).content.decode()
        assert "远请假了，还有 1 次上门是远的。" in shown
        assert f"/console/dispatch/caregivers/{id_of(here.far)}/out?day={here.day}" in shown

    def test_says_who_takes_a_plan_and_lets_it_be_set(self, here: Drafted) -> None:
        client = browser(here.open, "dispatcher")
        sent = {"day": here.day, "publishes_by_night": "yes", "idempotency_key": str(uuid4())}

        answer = client.post(f"{PAGE}/policy", sent)

        assert (answer.status_code, answer["Location"]) == (303, f"{PAGE}?day={here.day}")
        shown = client.get(PAGE, {"day": here.day}).content.decode()
        assert 'value="yes" checked' in shown
        assert "定的" in shown.partition("谁来采纳")[2]

    def test_starts_a_run_and_stops_it(self, here: Drafted) -> None:
        client = browser(here.open, "dispatcher")
        sent = {"day": here.day, "idempotency_key": str(uuid4())}
        assert client.post(f"{PAGE}/start", sent).status_code == 303
        again = client.post(f"{PAGE}/start", sent | {"idempotency_key": str(uuid4())})
        assert again.status_code == 409
        assert "这一天正在算" in again.content.decode()
        shown = client.get(PAGE, {"day": here.day}, headers={"HX-Request": "true"}).content.decode()
        assert shown.startswith('<div id="plan"')
        assert "load delay:2s" in shown
        stop = re.search(rf"{PAGE}/([0-9a-f-]+)/discard", shown)
        assert stop
        assert client.post(stop[0], {"day": here.day}).status_code == 303
        assert "load delay:2s" not in client.get(PAGE, {"day": here.day}).content.decode()
        assert run_of(here.open.town, here.run_id).state == "draft"

    def test_leaves_out_what_is_not_ticked(self) -> None:
        there = open_town()
        near, far = there.nurse("近", base=FAR)[0], there.nurse("远")[0]
        ones = [
            there.town.visit(
                far,
                resident=there.town.resident(place=FAR),
                starts_at=there.at(hour),
                ends_at=there.at(hour + 0.75),
            )
            for hour in (9, 14)
        ]
        run_id = drafted(there.town, day=there.at(12).date(), now=datetime.now(UTC))
        day = f"{there.at(12).date():%Y-%m-%d}"
        client = browser(there, "dispatcher")
        shown = client.get(PAGE, {"day": day}).content.decode()
        ticks = re.findall(r'type="checkbox" name="group" value="(\d+)" form="publish" checked', shown)
        assert len(ticks) == 2

        sent = {"day": day, "ticks": "1", "group": ticks[:1], "idempotency_key": str(uuid4())}
        assert client.post(f"{PAGE}/{run_id}/publish", sent).status_code == 303

        assert live(there.town, ones[0]) == [(1, id_of(near), "accepted")]
        assert live(there.town, ones[1]) == [(1, id_of(far), "tentative")]

    def test_says_that_nothing_is_ticked(self, here: Drafted) -> None:
        sent = {"day": here.day, "ticks": "1", "idempotency_key": str(uuid4())}
        answer = browser(here.open, "dispatcher").post(f"{PAGE}/{here.run_id}/publish", sent)
        assert answer.status_code == 422
        assert "一处都没有勾" in answer.content.decode()

    def test_is_no_business_of_others(self, here: Drafted) -> None:
        found = {}
        for role in ("service_desk", "family_doctor", "nurse"):
            client = browser(here.open, role)
            found[role] = (client.get(PAGE).status_code, here.publish(client).status_code)
        assert set(found.values()) == {(403, 403)}
        stranger = browser(open_town(), "dispatcher")
        assert here.publish(stranger).status_code == 404
        assert "黄志远" not in stranger.get(PAGE, {"day": here.day}).content.decode()
        assert here.comes() == [(1, id_of(here.far), "tentative")]

    def test_asks_as_much_for_many_moves_as_for_one(self) -> None:
        counts = []
        for number in (1, 5):
            there = open_town()
            there.nurse("近", base=FAR)
            far = there.nurse("远")[0]
            for hour in range(number):
                resident = there.town.resident(place=FAR)
                there.town.visit(
                    far, resident=resident, starts_at=there.at(9 + hour), ends_at=there.at(9.75 + hour)
                )
            drafted(there.town, day=there.at(12).date(), now=datetime.now(UTC))
            client = browser(there, "dispatcher")
            client.get(PAGE)
            with CaptureQueriesContext(connection) as asked:
                client.get(PAGE, {"day": f"{there.at(12).date():%Y-%m-%d}"})
            counts.append(len(asked))
        assert counts[0] == counts[1]


class TestWhatComesInBetween:
    def test_a_booking_is_named_and_nothing_is_published(self, here: Drafted) -> None:
        book(browser(here.open, "service_desk"), here.open, here.open.town.resident("孙德海"))
        answer = here.publish(browser(here.open, "dispatcher"))
        assert answer.status_code == 409
        assert "孙德海：新约的" in answer.content.decode()
        assert here.comes() == [(1, id_of(here.far), "tentative")]
        assert run_of(here.open.town, here.run_id).state == "draft"

    def test_a_cancellation_is_named(self, here: Drafted) -> None:
        desk = browser(here.open, "service_desk")
        said = {"reason": "asked", "why": "", "idempotency_key": str(uuid4())}
        assert desk.post(f"/console/dispatch/visits/{here.visit.id}/cancel/now", said).status_code == 303
        answer = here.publish(browser(here.open, "dispatcher"))
        assert answer.status_code == 409
        assert "10:00 的一次上门取消了或改到了别的天" in answer.content.decode()

    def test_a_move_is_named(self, here: Drafted) -> None:
        desk = browser(here.open, "service_desk")
        slot = f"{here.open.at(14).isoformat()}|{here.far.staff_id}"
        said = {"slot": slot, "idempotency_key": str(uuid4())}
        assert desk.post(f"/console/dispatch/visits/{here.visit.id}/move/now", said).status_code == 303
        answer = here.publish(browser(here.open, "dispatcher"))
        assert answer.status_code == 409
        assert "黄志远：改了时间" in answer.content.decode()

    def test_somebody_sent_by_hand_is_named_and_stays(self, here: Drafted) -> None:
        third = here.open.nurse("第三", base=FAR)[0]
        dispatcher = browser(here.open, "dispatcher")
        said = {"staff_id": str(third.staff_id), "part": "1", "idempotency_key": str(uuid4())}
        assert dispatcher.post(f"/console/dispatch/visits/{here.visit.id}/assign", said).status_code == 303
        answer = here.publish(dispatcher)
        assert answer.status_code == 409
        assert "黄志远：改了人" in answer.content.decode()
        assert here.comes() == [(1, id_of(third), "accepted")]

    def test_takes_out_what_it_touches_and_leaves_the_rest_to_be_published(self) -> None:
        """Seen before it is pressed; and what was left out by hand stays left out when the page comes back."""
        there = open_town()
        near, far = there.nurse("近", base=FAR)[0], there.nurse("远")[0]
        ones = []
        for name, hour in (("孙德海", 9), ("黄志远", 11), ("张桂芳", 14)):
            resident = there.town.resident(name, place=FAR)
            ends_at = there.at(hour + 0.75)
            ones.append(there.town.visit(far, resident=resident, starts_at=there.at(hour), ends_at=ends_at))
        run_id = drafted(there.town, day=there.at(12).date(), now=datetime.now(UTC))
        third = there.nurse("第三", base=FAR)[0]
        moves = run_of(there.town, run_id).draft["moves"]
        group = {move["visit_id"]: str(move["group"]) for move in moves}
        day, client = f"{there.at(12).date():%Y-%m-%d}", browser(there, "dispatcher")
        said = {"staff_id": str(third.staff_id), "part": "1", "idempotency_key": str(uuid4())}
        assert client.post(f"/console/dispatch/visits/{ones[0].id}/assign", said).status_code == 303

        sent = {"day": day, "ticks": "1", "group": [group[str(one.id)] for one in ones[:2]]}
        refused = client.post(f"{PAGE}/{run_id}/publish", sent | {"idempotency_key": str(uuid4())})
        shown = refused.content.decode()
        assert refused.status_code == 409
        assert "孙德海：改了人" in shown.partition('id="fallen"')[2]
        ticks = dict(re.findall(r'name="group" value="(\d+)" form="publish"( checked)?', shown))
        assert ticks == {group[str(ones[1].id)]: " checked", group[str(ones[2].id)]: ""}

        sent["group"] = [number for number, is_ticked in ticks.items() if is_ticked]
        assert (
            client.post(f"{PAGE}/{run_id}/publish", sent | {"idempotency_key": str(uuid4())}).status_code
            == 303
        )
        came = [[who for _part, who, _state in live(there.town, one)] for one in ones]
        assert came == [[id_of(third)], [id_of(near)], [id_of(far)]]

    def test_at_the_same_moment_leaves_one_of_them(self, here: Drafted) -> None:
        third = here.open.nurse("第三", base=FAR)[0]
        said = {"staff_id": str(third.staff_id), "part": "1"}
        clients = [browser(here.open, "dispatcher") for _ in range(6)]
        assign = f"/console/dispatch/visits/{here.visit.id}/assign"
        resident = here.open.town.resident("孙德海", place=FAR)
        token = here.open.person(resident)
        hold = {
            "service_code": "wound",
            "resident_id": str(resident.id),
            "address_id": str(here.open.town.address(resident).id),
            "starts_at": here.open.at(10).isoformat(),
            "staff_ids": [str(here.near.staff_id)],
        }
        deeds: list[Callable[[], Any]] = [
            *(lambda client=client: here.publish(client) for client in clients[:3]),
            *(
                lambda client=client: client.post(assign, said | {"idempotency_key": str(uuid4())})
                for client in clients[3:]
            ),
            *(lambda: post(token, "holds", hold) for _ in range(2)),
        ]

        found = at_once(deeds)

        assert set(found) <= {201, 303, 409}
        [(_part, staff_id, state)] = here.comes()
        assert state == "accepted"
        assert staff_id in {id_of(third), id_of(here.near)}
        busy = live_of(here, here.near)
        assert all(one[1] <= two[0] for one, two in pairwise(busy))


def at_once(deeds: list[Callable[[], Any]]) -> Counter[int]:
    """Do all of it at one moment; return what was answered how often."""
    together = Barrier(len(deeds), timeout=60)

    def one(deed: Callable[[], Any]) -> int:
        together.wait()
        try:
            return int(deed().status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return Counter(pool.map(one, deeds))


def live_of(here: Drafted, nurse: Actor) -> list[tuple[datetime, datetime]]:
    def look(_: Actor) -> list[tuple[datetime, datetime]]:
        rows = Assignment.objects.filter(staff_id=nurse.staff_id, state__in=LIVE_STATES)
        return [(row.planned.lower, row.planned.upper) for row in rows.order_by("starts_at")]

    found: list[tuple[datetime, datetime]] = here.open.town.look(look)
    return found
