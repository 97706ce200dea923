"""The pages of a day that has begun, as a dispatcher uses them; and two of them at once, by HTTP."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from anjia.kernel.work import acting
from anjia.visits.models import Assignment, Visit
from anjia.workforce.commands import put_leave
from anjia.workforce.rules import LeaveKind
from tests.dispatch.plans import live
from tests.dispatch.signed_in import OpenTown, open_town
from tests.dispatch.test_console import browser
from tests.visits.make import id_of

pytestmark = pytest.mark.usefixtures("database")

FORM = re.compile(r'<form[^>]*action="/console/dispatch/changes/make">(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'name="(\w+)" value="([^"]*)"')


def forms(html: str) -> list[dict[str, Any]]:
    """Return what each button that makes a change would send."""
    found = []
    for form in FORM.findall(html):
        sent: dict[str, Any] = {}
        for name, value in FIELD.findall(form):
            sent.setdefault(name, []).append(value)
        found.append(sent)
    return found


def booked(here: OpenTown) -> tuple[Any, Any, Visit]:
    (her, _), (other, _) = here.nurse("何丽"), here.nurse("杨慧")
    resident = here.town.resident("彭淑珍")
    visit = here.town.visit(her, resident=resident, starts_at=here.at(10), ends_at=here.at(10.75))
    return her, other, visit


def given(client: Client, visit: Visit, other: Any, clock: str = "10:00") -> Any:
    page = f"/console/dispatch/visits/{visit.id}/give"
    return client.get(page, {"staff_id": str(id_of(other)), "clock": clock})


class TestPages:
    def test_lead_from_the_promise_through_one_click_to_its_undoing(self) -> None:
        here = open_town()
        her, other, visit = booked(here)
        client = browser(here, "dispatcher")
        shown = client.get(f"/console/dispatch/visits/{visit.id}/repair").content.decode()
        assert "换人，时间不变" in shown
        [first, *_rest] = forms(shown)

        made = client.post("/console/dispatch/changes/make", first)

        assert made.status_code == 303
        assert live(here.town, visit) == [(1, id_of(other), "accepted")]
        page = client.get(made["Location"]).content.decode()
        assert "彭淑珍" in page
        undone = client.post(f"{made['Location']}/undo", {})
        assert undone.status_code == 303
        assert live(here.town, visit) == [(1, id_of(her), "tentative")]
        assert "撤销了，和原来一样" in client.get(made["Location"]).content.decode()

    def test_answer_the_timelines_with_what_breaks_only(self) -> None:
        here = open_town()
        her, other, visit = booked(here)
        shown = browser(here, "dispatcher").get(
            f"/console/dispatch/visits/{visit.id}/give",
            {"from": str(id_of(her)), "staff_id": str(id_of(other)), "clock": "10:00"},
            headers={"HX-Request": "true"},
        )
        assert shown.content.decode().lstrip().startswith('<div id="given"')
        assert "什么规矩都不破" in shown.content.decode()

    def test_lead_on_from_what_cannot_be(self) -> None:
        here = open_town()
        _her, other, visit = booked(here)
        here.town.visit(other, starts_at=here.at(10), ends_at=here.at(10.75))
        shown = given(browser(here, "dispatcher"), visit, other).content.decode()
        assert "这样改不行" in shown
        assert f'href="/console/dispatch/visits/{visit.id}/repair">看看别的办法' in shown

    def test_do_not_say_that_all_is_well_while_nobody_has_said_yes(self) -> None:
        here = open_town()
        her, _other, visit = booked(here)
        asked = Assignment.objects.filter(visit=visit, staff_id=id_of(her))
        here.town.look(lambda _: asked.update(state="tentative"))
        shown = (
            browser(here, "dispatcher").get(f"/console/dispatch/visits/{visit.id}/repair").content.decode()
        )
        assert "何丽（还没有答应）" in shown
        assert "还没有人答应去" in shown
        assert "这次来得及" not in shown

    def test_show_a_list_of_whom_nobody_can_come_to_only_where_there_is_one(self) -> None:
        for others, is_shown in ((1, False), (0, True)):
            here = open_town()
            her, _ = here.nurse("何丽")
            for _number in range(others):
                here.nurse("杨慧")
            here.town.visit(her, starts_at=here.at(10), ends_at=here.at(10.75))
            page = f"/console/dispatch/caregivers/{id_of(her)}/out"
            day = {"day": f"{here.at(12).date():%Y-%m-%d}"}
            shown = browser(here, "dispatcher").get(page, day).content.decode()
            assert ("没有人能去的" in shown) is is_shown

    def test_ask_for_no_leave_that_is_written_down(self) -> None:
        here = open_town()
        her, _other, _visit = booked(here)
        page = f"/console/dispatch/caregivers/{id_of(her)}/out"
        day, client = {"day": f"{here.at(12).date():%Y-%m-%d}"}, browser(here, "dispatcher")
        assert "请假要另外记" in client.get(page, day).content.decode()
        leave: dict[str, Any] = {"kind": LeaveKind.SICK, "starts_at": here.at(0), "ends_at": here.at(23)}
        acting(here.town.system, datetime.now(UTC)).do(put_leave, staff_id=id_of(her), **leave)
        shown = client.get(page, day).content.decode()
        assert "请假已经记下了" in shown
        assert "请假要另外记" not in shown

    def test_say_a_refusal_above_what_is_so_now(self) -> None:
        here = open_town()
        _her, other, visit = booked(here)
        third, _ = here.nurse("陈静")
        client = browser(here, "dispatcher")
        [stale] = forms(given(client, visit, other).content.decode())
        [faster] = forms(given(client, visit, third).content.decode())
        assert client.post("/console/dispatch/changes/make", faster).status_code == 303
        refused = client.post("/console/dispatch/changes/make", stale)
        assert refused.status_code == 409
        assert "彭淑珍现在是 10:00 陈静去" in refused.content.decode()

    def test_replace_whoever_falls_out(self) -> None:
        here = open_town()
        her, other, visit = booked(here)
        client = browser(here, "dispatcher")
        page = f"/console/dispatch/caregivers/{id_of(her)}/out"
        [form] = forms(client.get(page, {"day": f"{here.at(12).date():%Y-%m-%d}"}).content.decode())
        assert client.post("/console/dispatch/changes/make", form).status_code == 303
        assert live(here.town, visit) == [(1, id_of(other), "accepted")]

    def test_are_no_business_of_others(self) -> None:
        here = open_town()
        _her, other, visit = booked(here)
        for role in ("service_desk", "family_doctor", "nurse"):
            assert given(browser(here, role), visit, other).status_code == 403
        assert given(browser(open_town(), "dispatcher"), visit, other).status_code == 404

    def test_refuse_nonsense(self) -> None:
        here = open_town()
        booked(here)
        client = browser(here, "dispatcher")
        for put in ("", "x|1|y|z", "||||"):
            assert client.post("/console/dispatch/changes/make", {"put": put}).status_code == 422


class TestTwoDispatchers:
    def test_make_different_changes_of_one_visit_at_once(self) -> None:
        """One gets it, the others are told how it is now; nobody is sent twice, nothing else happens."""
        here = open_town()
        _her, other, visit = booked(here)
        third, _ = here.nurse("陈静")
        clients = [browser(here, "dispatcher") for _ in range(8)]
        sent = [
            forms(given(client, visit, (other, third)[number % 2]).content.decode())[0]
            for number, client in enumerate(clients)
        ]
        together = Barrier(len(clients), timeout=60)

        def click(number: int) -> int:
            together.wait()
            status: int = clients[number].post("/console/dispatch/changes/make", sent[number]).status_code
            connections.close_all()
            return status

        with ThreadPoolExecutor(len(clients)) as pool:
            found = Counter(pool.map(click, range(len(clients))))

        assert found == {303: 1, 409: 7}
        [(_part, who, state)] = live(here.town, visit)
        assert who in {id_of(other), id_of(third)}
        assert state == "accepted"
