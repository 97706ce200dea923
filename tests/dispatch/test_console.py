"""Dispatch's pages, as the desk and the dispatcher use them."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from anjia.identity.commands import start_session
from anjia.kernel.work import acting
from tests.dispatch.make import offers
from tests.dispatch.signed_in import OpenTown, open_town
from tests.identity import make as identity
from tests.make import deliver_events
from tests.visits.make import id_of

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def here() -> OpenTown:
    return open_town()


def browser(here: OpenTown, role_code: str) -> Client:
    account = identity.staff(here.house, role_code=role_code)
    entry = acting(here.town.system, datetime.now(UTC)).do(
        start_session, account_id=account.id, end="console", way="password"
    )
    client = Client()
    client.cookies["anjia_session"] = entry.token
    return client


def book(desk: Client, here: OpenTown, resident: Any) -> str:
    """Book the first time that the page shows; return the visit's id."""
    page = f"/console/dispatch/book/{resident.id}"
    shown = desk.get(
        page, {"service_code": "wound", "first_day": here.at(12).date().isoformat(), "note": "三楼"}
    ).content.decode()
    slot = re.search(r'name="slot" value="([^"]+)"', shown)
    assert slot, shown
    address = re.search(r'name="address_id" value="([^"]+)"', shown)
    assert address
    held = desk.post(
        f"{page}/hold",
        {
            "service_code": "wound",
            "address_id": address.group(1),
            "slot": slot.group(1).replace("&#x2B;", "+"),
            "note": "三楼",
            "idempotency_key": str(uuid4()),
        },
    )
    assert held.status_code == 303
    assert "约好" in desk.get(held["Location"]).content.decode()
    hold_id = held["Location"].rsplit("/", 1)[1]
    confirmed = desk.post(f"/console/dispatch/held/{hold_id}/confirm")
    assert confirmed.status_code == 303
    deliver_events(here.town.desk, now=here.at(0))
    return hold_id


class TestBooking:
    def test_books_for_a_caller(self, here: OpenTown) -> None:
        (nurse, _), resident = here.nurse(), here.town.resident()
        visit_id = book(browser(here, "service_desk"), here, resident)
        [card] = offers(nurse, now=here.at(0))
        assert str(card.visit_id) == visit_id

    def test_says_only_what_somebody_must_look_at(self, here: OpenTown) -> None:
        here.nurse()
        resident = here.town.resident()
        visit_id = book(browser(here, "service_desk"), here, resident)
        dispatcher = browser(here, "dispatcher")
        found = dispatcher.get(f"/console/dispatch/visits/{visit_id}/suitability").content.decode()
        assert "没有在地图上定位" not in found

    def test_says_why_a_day_is_empty(self, here: OpenTown) -> None:
        resident = here.town.resident()
        shown = browser(here, "service_desk").get(
            f"/console/dispatch/book/{resident.id}", {"service_code": "wound"}
        )
        assert "没有人当班" in shown.content.decode()

    @pytest.mark.parametrize("day", ["x", "9999-12-31", "0001-01-01"])
    def test_is_of_today_for_a_day_that_is_none(self, here: OpenTown, day: str) -> None:
        page = f"/console/dispatch/book/{here.town.resident().id}"

        assert browser(here, "service_desk").get(page, {"first_day": day}).status_code == 200

    def test_answers_htmx_with_the_times_alone(self, here: OpenTown) -> None:
        here.nurse()
        resident = here.town.resident()
        shown = browser(here, "service_desk").get(
            f"/console/dispatch/book/{resident.id}",
            {"service_code": "wound"},
            headers={"HX-Request": "true"},
        )
        assert shown.status_code == 200
        assert "<html" not in shown.content.decode()

    def test_refuses_in_words_what_is_gone(self, here: OpenTown) -> None:
        (nurse, _), resident = here.nurse(), here.town.resident()
        body = {
            "service_code": "wound",
            "address_id": str(here.town.address(resident).id),
            "slot": f"{here.at(10).isoformat()}|{nurse.staff_id}",
        }
        desk, page = browser(here, "service_desk"), f"/console/dispatch/book/{resident.id}/hold"
        assert desk.post(page, body).status_code == 303
        again = desk.post(page, body)
        assert again.status_code == 409
        assert "刚刚被别人约走" in again.content.decode()
        assert desk.post(page, body | {"slot": "tomorrow"}).status_code == 422

    def test_is_not_for_everybody(self, here: OpenTown) -> None:
        resident = here.town.resident()
        for role_code in ("nurse", "quality_manager", "ward_nurse"):
            assert browser(here, role_code).get(f"/console/dispatch/book/{resident.id}").status_code == 403
        stranger = browser(open_town(), "service_desk")
        assert stranger.get(f"/console/dispatch/book/{resident.id}").status_code == 404


class TestChanging:
    def test_moves_and_cancels(self, here: OpenTown) -> None:
        (nurse, _), resident, desk = here.nurse(), here.town.resident(), browser(here, "service_desk")
        visit_id = book(desk, here, resident)
        page = f"/console/dispatch/visits/{visit_id}"
        assert (
            "改到什么时候"
            in desk.get(f"{page}/move", {"first_day": here.at(12).date().isoformat()}).content.decode()
        )
        slot = f"{here.at(14).isoformat()}|{nurse.staff_id}"
        assert desk.post(f"{page}/move/now", {"slot": slot, "why": "家里来人"}).status_code == 303
        assert desk.post(f"{page}/cancel/now", {"why": "住院"}).status_code == 422
        assert "取消这次上门" in desk.get(f"{page}/cancel").content.decode()
        assert desk.post(f"{page}/cancel/now", {"reason": "in_hospital", "why": "住院"}).status_code == 303
        assert "已取消" in desk.get(f"{page}/cancel").content.decode()


class TestAssigning:
    def test_shows_why_and_sends(self, here: OpenTown) -> None:
        (other, _), (_, _), resident = here.nurse("甲"), here.nurse("乙"), here.town.resident()
        here.town.nurse("新人", title="护士")
        dispatcher = browser(here, "dispatcher")
        visit_id = book(dispatcher, here, resident)
        page = f"/console/dispatch/visits/{visit_id}"
        shown = dispatcher.get(f"{page}/suitability").content.decode()
        for words in ("现在是这位", "不能派", "职称要", "在等回话", "派甲"):
            assert words in shown
        sent = dispatcher.post(f"{page}/assign", {"staff_id": str(id_of(other)), "part": "1"})
        assert sent.status_code == 303
        assert "已接单" in dispatcher.get(sent["Location"]).content.decode()

    def test_sends_who_only_keeps_the_place_and_then_asks_nobody_else(self, here: OpenTown) -> None:
        (nurse, _), dispatcher = here.nurse("甲"), browser(here, "dispatcher")
        page = f"/console/dispatch/visits/{book(dispatcher, here, here.town.resident())}"
        before = dispatcher.get(f"{page}/suitability").content.decode()
        dispatcher.post(f"{page}/assign", {"staff_id": str(id_of(nurse)), "part": "1"})
        after = dispatcher.get(f"{page}/suitability").content.decode()

        assert all(words in before for words in ("还没答应", "派甲", "接着问下一位"))
        assert not any(words in after for words in ("还没答应", "派甲", "接着问下一位"))

    def test_costs_the_same_for_many_candidates(
        self, here: OpenTown, django_assert_max_num_queries: Any
    ) -> None:
        here.nurse("甲")
        dispatcher = browser(here, "dispatcher")
        visit_id = book(dispatcher, here, here.town.resident())
        page = f"/console/dispatch/visits/{visit_id}/suitability"
        for name in "乙丙丁":
            here.town.nurse(name)
            with django_assert_max_num_queries(45):
                assert dispatcher.get(page).status_code == 200

    def test_is_for_dispatchers(self, here: OpenTown) -> None:
        here.nurse()
        desk = browser(here, "service_desk")
        visit_id = book(desk, here, here.town.resident())
        assert desk.get(f"/console/dispatch/visits/{visit_id}/suitability").status_code == 403


class TestTheLaboratory:
    def test_is_filled_in_with_our_defaults_saved_and_taken_away(self, here: OpenTown) -> None:
        dispatcher = browser(here, "dispatcher")
        page = "/console/dispatch/laboratory"
        form = {"name": "市一院检验科", "latitude": "39.9", "longitude": "116.4"}
        hours = {"opens_0": "08:10", "closes_0": "09:50", "closed_on": "2026-10-01", "handover_minutes": "7"}
        shown = dispatcher.get(page).content.decode()
        assert 'value="10:30"' in shown
        assert "还没有检验科" in shown

        assert dispatcher.post(f"{page}/set", form | hours).status_code == 303

        shown = dispatcher.get(page).content.decode()
        assert "08:10–09:50" in shown
        assert "不收样" in shown
        [laboratory_id] = re.findall(r'name="laboratory_id" value="([^"]+)"', shown)
        shown = dispatcher.get(f"{page}?which={laboratory_id}").content.decode()
        assert "2026-10-01" in shown
        assert all(f'value="{value}"' in shown for value in (*form.values(), "08:10", "09:50", "7"))
        assert dispatcher.post(f"{page}/remove", {"laboratory_id": laboratory_id}).status_code == 303
        assert "还没有检验科" in dispatcher.get(page).content.decode()

    def test_is_not_saved_with_what_is_no_place(self, here: OpenTown) -> None:
        dispatcher = browser(here, "dispatcher")
        said = {
            "name": "检验科",
            "latitude": "nan",
            "longitude": "116.4",
            "opens_0": "08:00",
            "closes_0": "25:00",
        }

        refused = dispatcher.post("/console/dispatch/laboratory/set", said)

        shown = refused.content.decode()
        assert refused.status_code == 422
        assert "填纬度" in shown
        assert "收样要写从几点到几点" in shown
        assert 'value="116.4"' in shown

    def test_is_not_for_whoever_does_not_assign(self, here: OpenTown) -> None:
        assert browser(here, "nurse").get("/console/dispatch/laboratory").status_code == 403
