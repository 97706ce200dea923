import pytest
from django.test import Client
from django.utils import timezone

from anjia.identity.commands import start_session
from anjia.identity.models import Organization
from anjia.kernel.actors import system
from anjia.kernel.work import acting
from tests.identity import make as make_identity

pytestmark = pytest.mark.usefixtures("database")

BUTTON = "放进自带的服务</button>"


@pytest.fixture
def house() -> Organization:
    return make_identity.house()


def sign_in(house: Organization, role_code: str) -> Client:
    account = make_identity.staff(house, role_code=role_code)
    entry = acting(system(), timezone.now()).do(
        start_session, account_id=account.id, end="console", way="card"
    )
    browser = Client()
    browser.cookies["anjia_session"] = entry.token
    return browser


class TestEmptyCatalogue:
    def test_is_filled_by_the_administrator_with_one_press(self, house: Organization) -> None:
        browser = sign_in(house, "administrator")
        assert BUTTON in browser.get("/console/catalogue/").content.decode()
        page = browser.post("/console/catalogue/seed/", follow=True).content.decode()
        assert "伤口换药" in page
        assert BUTTON not in page

    def test_is_not_filled_by_others(self, house: Organization) -> None:
        browser = sign_in(house, "dispatcher")
        assert BUTTON not in browser.get("/console/catalogue/").content.decode()
        assert browser.post("/console/catalogue/seed/").status_code == 403


class TestGates:
    def test_are_read_with_their_sources_and_say_that_the_citys_list_is_not_there(
        self, house: Organization
    ) -> None:
        browser = sign_in(house, "administrator")
        browser.post("/console/catalogue/seed/")

        gates = browser.get("/console/catalogue/gates/").content.decode()
        service = browser.get("/console/catalogue/oral_care").content.decode()
        other = browser.get("/console/catalogue/bp_follow_up").content.decode()

        for page in (gates, service):
            assert "国卫办医函〔2019〕80号" in page
            assert "本市目录未导入" in page
        assert "GATE-IN-NURSE-YEARS" not in other
        assert "护士条例" in other
