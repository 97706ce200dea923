import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from anjia.emergencies.commands import call_for_help, set_house
from anjia.identity.commands import start_session
from anjia.identity.models import Organization
from anjia.identity.roles import permissions_of
from anjia.kernel.actors import system
from anjia.kernel.work import acting
from tests.identity import make as identity
from tests.make import actor, person
from tests.residents import make as residents

pytestmark = pytest.mark.usefixtures("database")

BOARD = "/console/emergencies/"


@pytest.fixture
def house() -> Organization:
    """Give a house whose desk is there at any hour."""
    founded = identity.house()
    said = {
        "first_number": "120",
        "opens_at": "00:00",
        "closes_at": "00:00",
        "unanswered_seconds": "60",
        "overdue_minutes": "30",
        "answer_minutes": "10",
    }
    acting(system(founded.id), timezone.now()).do(set_house, said=said, weekdays=range(7))
    return founded


def sign_in(house: Organization, role_code: str, name: str = "何晓") -> Client:
    account = identity.staff(house, role_code=role_code, name=name)
    entry = acting(system(), timezone.now()).do(
        start_session, account_id=account.id, end="console", way="card"
    )
    browser = Client()
    browser.cookies["anjia_session"] = entry.token
    return browser


def press(house: Organization) -> Any:
    resident = residents.resident(served_by=actor(organization_id=house.id), name="张桂芳")
    she = person(*permissions_of("resident"), resident_id=resident.id, organization_id=house.id)
    now = timezone.now()
    return acting(she, now).do(call_for_help, client_id=uuid4(), pressed_at=now)


class TestStrip:
    def test_on_every_page_rings_with_who_and_where(self, house: Organization) -> None:
        press(house)
        desk = sign_in(house, "service_desk")

        page = desk.get("/console/desk/bookings").content.decode()
        strip = desk.post(f"{BOARD}watch", {"hears": "1", "visible": "1"}).content.decode()

        assert 'id="alarm"' in page
        assert "<audio" in page
        assert 'data-rings="1"' in strip
        assert "张桂芳" in strip
        assert "和平里七区12号楼3单元201" in strip

    def test_rings_on_a_cases_own_page_and_says_there_only_what_the_page_does_not(
        self, house: Organization
    ) -> None:
        case, desk = press(house), sign_in(house, "service_desk")

        def strip(path: str) -> str:
            seen = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{path}"}
            return desk.post(f"{BOARD}watch", {"hears": "1", "visible": "1"}, headers=seen).content.decode()

        alone = strip(f"{BOARD}{case.id}")
        press(house)
        with_another = strip(f"{BOARD}{case.id}")

        assert 'data-rings="1"' in alone
        assert alone.count("data-case=") == 0
        assert 'data-rings="2"' in with_another
        assert with_another.count("data-case=") == 1
        assert strip(BOARD).count("data-case=") == 2

    def test_is_silent_where_nobody_calls(self, house: Organization) -> None:
        assert "data-rings" not in sign_in(house, "service_desk").post(f"{BOARD}watch").content.decode()

    @pytest.mark.parametrize("role_code", ["ward_nurse", "quality_manager"])
    def test_is_not_on_the_pages_of_who_takes_no_cases(self, house: Organization, role_code: str) -> None:
        browser = sign_in(house, role_code)

        assert browser.post(f"{BOARD}watch").status_code == 403
        assert 'id="alarm"' not in browser.get("/console/identity/mine").content.decode()

    def test_is_of_ones_own_institution(self, house: Organization) -> None:
        press(house)

        assert (
            "张桂芳" not in sign_in(identity.house(), "administrator").post(f"{BOARD}watch").content.decode()
        )


class TestBoard:
    def test_says_that_nobody_looks_until_somebody_does(self, house: Organization) -> None:
        desk = sign_in(house, "service_desk")
        assert "没有人在听" in desk.get(BOARD).content.decode()
        desk.post(f"{BOARD}watch", {"hears": "1", "visible": "0"})
        hidden = desk.get(BOARD).content.decode()
        assert "没有人在听" in hidden
        assert "不算有人" in hidden

        desk.post(f"{BOARD}watch", {"hears": "1", "visible": "1"})

        page = desk.get(BOARD).content.decode()
        assert "有人在" in page
        assert "声音开着" in page

    def test_lets_one_take_it_and_tells_the_other_who_has_it(self, house: Organization) -> None:
        case = press(house)
        first, second = sign_in(house, "service_desk"), sign_in(house, "dispatcher", "郑调度")

        assert first.post(f"{BOARD}{case.id}/take").status_code == 302
        refused = second.post(f"{BOARD}{case.id}/take")

        assert refused.status_code == 409
        assert re.search(r"何晓 \d\d:\d\d 已经接手了。", refused.content.decode())

    def test_keeps_a_form_that_was_refused(self, house: Organization) -> None:
        case = press(house)
        desk = sign_in(house, "service_desk")
        desk.post(f"{BOARD}{case.id}/take")

        refused = desk.post(f"{BOARD}{case.id}/close", {"outcome": "other", "words": ""})

        assert refused.status_code == 422
        assert "请写明：怎么样了，交给了谁。" in refused.content.decode()

    def test_shows_what_is_over_with_what_came_of_it(self, house: Organization) -> None:
        case = press(house)
        desk = sign_in(house, "service_desk")
        desk.post(f"{BOARD}{case.id}/take")
        desk.post(f"{BOARD}{case.id}/close", {"outcome": "by_phone"})

        past = desk.get(f"{BOARD}?show=past").content.decode()

        assert "电话里处理好了" in past
        assert "张桂芳" in past


class TestSettings:
    SAID = {
        "first_number": "120",
        "opens_at": "08:00",
        "closes_at": "20:00",
        "weekdays": ["0", "1"],
        "unanswered_seconds": "45",
        "overdue_minutes": "20",
        "answer_minutes": "5",
    }

    def test_are_set_by_who_runs_the_house(self, house: Organization) -> None:
        manager = sign_in(house, "manager")

        warned = manager.post(f"{BOARD}settings/set", self.SAID)
        assert warned.status_code == 409
        assert "不再值守" in warned.content.decode()
        knowing = self.SAID | {"knowingly": "1"}
        assert manager.post(f"{BOARD}settings/set", knowing).status_code == 302

        page = manager.get(f"{BOARD}settings").content.decode()
        assert 'name="overdue_minutes" type="number" min="5" max="240" required value="20"' in page

    @pytest.mark.parametrize("role_code", ["service_desk", "dispatcher", "nurse"])
    def test_are_nobody_elses(self, house: Organization, role_code: str) -> None:
        assert sign_in(house, role_code).post(f"{BOARD}settings/set", self.SAID).status_code == 403

    def test_say_beside_the_field_what_is_wrong_and_keep_the_rest(self, house: Organization) -> None:
        refused = sign_in(house, "manager").post(
            f"{BOARD}settings/set", self.SAID | {"answer_minutes": "999", "weekdays": []}
        )

        page = refused.content.decode()
        assert refused.status_code == 422
        assert "要在 3 到 60 之间。" in page
        assert "至少选一天。" in page
        assert 'value="20"' in page
