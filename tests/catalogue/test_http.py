from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from anjia.identity.commands import start_session
from anjia.identity.models import Organization
from anjia.kernel.actors import Actor, system
from anjia.kernel.work import acting
from tests import make
from tests.catalogue.make import seeded, version
from tests.identity import make as make_identity

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def house() -> Organization:
    return make_identity.house()


@pytest.fixture
def manager(house: Organization) -> Actor:
    actor = make.actor("catalogue.change", "catalogue.read", organization_id=house.id)
    seeded(for_=actor)
    return actor


def session(house: Organization, role_code: str, end: str) -> str:
    account = make_identity.staff(house, role_code=role_code)
    unit = acting(system(), timezone.now())
    return unit.do(start_session, account_id=account.id, end=end, way="card").token


def services(house: Organization, *, role_code: str = "nurse", language: str = "zh", **asked: str) -> Any:
    token = session(house, role_code, "phone")
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}
    return Client().get("/api/v1/services", asked, headers=headers)


class TestListServices:
    def test_asks_who_you_are(self) -> None:
        assert Client().get("/api/v1/services").status_code == 401

    def test_says_what_a_resident_needs_to_choose(self, house: Organization, manager: Actor) -> None:
        listed = services(house, mode="home").json()

        picc = next(service for service in listed if service["code"] == "picc_care")
        assert picc.keys() >= {
            "code", "version_id", "name", "mode", "duration_minutes", "people_needed", "price_fen",
            "preparation", "legal_line", "summary",
        }  # fmt: skip
        assert (picc["name"], picc["price_fen"], picc["legal_line"]) == (
            "PICC 维护",
            18000,
            "internet_nursing",
        )
        assert {service["mode"] for service in listed} == {"home"}

    def test_speaks_english(self, house: Organization, manager: Actor) -> None:
        listed = services(house, mode="online", language="en").json()

        assert [service["name"] for service in listed] == ["Online follow-up"]

    def test_refuses_a_mode_that_is_none(self, house: Organization, manager: Actor) -> None:
        assert services(house, mode="moon").status_code == 422

    def test_shows_only_ones_own_institutions(self, house: Organization) -> None:
        seeded(for_=make.actor())

        assert services(house).json() == []


class TestConsole:
    def browser(self, house: Organization, role_code: str = "dispatcher") -> Client:
        browser = Client()
        browser.cookies["anjia_session"] = session(house, role_code, "console")
        return browser

    def test_lists_and_filters(self, house: Organization, manager: Actor) -> None:
        browser = self.browser(house)

        everything = browser.get("/console/catalogue/").content.decode()
        filtered = browser.get("/console/catalogue/", {"legal_line": "non_medical"}).content.decode()

        assert ("PICC 维护" in everything, "助浴" in everything) == (True, True)
        assert ("PICC 维护" in filtered, "助浴" in filtered) == (False, True)

    def test_shows_steps_requirements_price_and_sources(self, house: Organization, manager: Actor) -> None:
        shown = self.browser(house).get("/console/catalogue/picc_care").content.decode()

        for words in (
            "临床满 5 年",
            "护师或以上",
            "PICC 专科护士证书",
            "180 元",
            "国卫办医函",
            "关键",
            "收缩压",
        ):
            assert words in shown, words

    def test_shows_every_seeded_service(self, house: Organization, manager: Actor) -> None:
        browser = self.browser(house)

        for service in services(house).json():
            assert browser.get(f"/console/catalogue/{service['code']}").status_code == 200

    def test_shows_an_old_version_as_old(self, house: Organization, manager: Actor) -> None:
        old = version(published_by=manager)
        version(published_by=manager, price_fen=1)

        shown = self.browser(house).get(f"/console/catalogue/wound/{old.id}").content.decode()

        assert ("现在不用了" in shown, "120 元" in shown) == (True, True)

    def test_does_not_say_that_another_institution_has_it(self, house: Organization) -> None:
        version(published_by=make.actor())
        browser = self.browser(house)

        assert browser.get("/console/catalogue/wound").status_code == 404
        assert browser.get(f"/console/catalogue/wound/{uuid4()}").status_code == 404

    def test_asks_who_you_are(self) -> None:
        assert Client().get("/console/catalogue/").status_code == 302
