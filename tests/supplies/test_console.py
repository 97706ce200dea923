import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from anjia.identity.commands import start_session
from anjia.identity.models import Organization
from anjia.kernel.actors import Purpose, system
from anjia.kernel.calendar import day_of
from anjia.kernel.work import acting
from anjia.supplies import queries
from tests.identity import make as make_identity
from tests.workforce import make as workforce

pytestmark = pytest.mark.usefixtures("database")

STOCK = "/console/supplies/"


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


def kit(house: Organization) -> UUID:
    found = acting(system(house.id), timezone.now()).ask(
        queries.stock_at, Purpose.CONTRACT, station_id=house.id, today=day_of(timezone.now())
    )
    return next(line.item.id for line in found if line.item.code == "first_aid_kit")


class TestStore:
    def test_is_filled_counted_and_opened_line_by_line(self, house: Organization) -> None:
        keeper = sign_in(house, "manager")
        nurse = workforce.staff(of=system(house.id))
        assert "放进规程里的品目" in keeper.get(STOCK).content.decode()
        assert "急救盒" in keeper.post(f"{STOCK}items/take", follow=True).content.decode()
        item = kit(house)
        until = (timezone.now() + timedelta(days=20)).date()
        came = {
            "item_id": item,
            "station_id": house.id,
            "quantity": "4",
            "lot_number": "JJ-1",
            "expires_on": until,
        }

        assert "JJ-1" in keeper.post(f"{STOCK}receive", came, follow=True).content.decode()
        given = {"station_id": house.id, f"wanted-{item}": "1", "idempotency_key": "once"}
        for _ in "twice":
            page = keeper.post(f"{STOCK}bags/{nurse.id}/hand-out", given, follow=True)

        assert "JJ-1" in page.content.decode()
        assert "快到期" in keeper.get(f"{STOCK}bags/").content.decode()
        assert "30 天内到期" in keeper.get(f"{STOCK}warnings/").content.decode()
        [lot] = set(re.findall(r'name="counted-([\w-]+)"', keeper.get(f"{STOCK}count/").content.decode()))
        wrong = {"station_id": house.id, f"counted-{lot}": "2", f"seen-{lot}": "3"}
        assert "请写明原因" in keeper.post(f"{STOCK}count/", wrong).content.decode()
        keeper.post(f"{STOCK}count/", wrong | {f"why-{lot}": "摔坏一盒"})
        rows = keeper.get(f"{STOCK}ledger/?item_id={item}&place_id={house.id}").content.decode()
        assert re.findall(r'<td class="n nowrap">([+-]?\d+)</td>', rows) == ["-1", "-1", "+4"]
        assert "摔坏一盒" in rows

    def test_says_in_words_what_is_not_there(self, house: Organization) -> None:
        keeper = sign_in(house, "manager")
        nurse = workforce.staff(of=system(house.id))
        keeper.post(f"{STOCK}items/take")

        answer = keeper.post(
            f"{STOCK}bags/{nurse.id}/hand-out", {"station_id": house.id, f"wanted-{kit(house)}": "1"}
        )

        assert answer.status_code == 409
        assert "少 1 盒" in answer.content.decode()

    def test_is_looked_at_by_quality_and_changed_by_keepers_only(self, house: Organization) -> None:
        sign_in(house, "manager").post(f"{STOCK}items/take")
        looker = sign_in(house, "quality_manager")

        assert "入库</button>" not in looker.get(f"{STOCK}items/{kit(house)}").content.decode()
        assert looker.post(f"{STOCK}items/take").status_code == 403
        assert sign_in(house, "nurse").get(STOCK).status_code == 403

    @pytest.mark.parametrize("wrong", ["x", "NaN", "1e99", "-1", ""])
    def test_refuses_what_is_no_quantity(self, house: Organization, wrong: str) -> None:
        keeper = sign_in(house, "manager")
        keeper.post(f"{STOCK}items/take")
        came = {"item_id": kit(house), "station_id": house.id, "quantity": wrong, "lot_number": "1"}
        came["expires_on"] = "2199-01-01"

        assert keeper.post(f"{STOCK}receive", came).status_code == 422
