import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from anjia.identity.commands import add_organization, start_session
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


def add_part(house: Organization, name: str, kind: str = "station") -> UUID:
    """Add a station or a ward to the house."""
    unit = acting(system(house.id), timezone.now())
    return unit.do(add_organization, parent_id=house.id, kind=kind, name=name).id


def hidden(page: Any, action: str) -> dict[str, str]:
    """Return what a form of the page, sent to this address, carries along unseen."""
    [form] = re.findall(rf"<form[^>]*{action}[^>]*>(.*?)</form>", page.content.decode(), re.DOTALL)
    return dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', form))


class TestStation:
    """The first of the list is the one that is shown when nothing says which."""

    def test_stays_the_one_that_a_refused_form_was_meant_for(self, house: Organization) -> None:
        add_part(house, "一站")
        keeper = sign_in(house, "manager")
        nurse = workforce.staff(of=system(house.id))
        keeper.post(f"{STOCK}items/take")
        item = kit(house)

        came = {"item_id": item, "station_id": house.id, "quantity": "4", "expires_on": "2199-01-01"}
        received = keeper.post(f"{STOCK}receive", came)
        handed_out = keeper.post(
            f"{STOCK}bags/{nurse.id}/hand-out?station={add_part(house, '二站')}",
            {"station_id": house.id, f"wanted-{item}": "1"},
        )

        assert (received.status_code, handed_out.status_code) == (422, 409)
        for page in (received, handed_out):
            assert re.findall(r'<option value="([\w-]+)" selected>', page.content.decode())[0] == str(
                house.id
            )
        assert f'name="station_id" value="{house.id}"' in handed_out.content.decode()

    def test_is_looked_at_on_after_a_thing_is_changed(self, house: Organization) -> None:
        add_part(house, "一站")
        keeper = sign_in(house, "manager")
        keeper.post(f"{STOCK}items/take")
        page = keeper.get(f"{STOCK}items/{kit(house)}?station={house.id}").content.decode()
        [action] = re.findall(r'action="([^"]*/change[^"]*)"', page)

        said = {"item_name": "急救盒", "unit": "盒", "item_kind": "first_aid", "expires": "1"}
        changed = keeper.post(action, said)

        assert changed.status_code == 302
        assert changed["Location"].endswith(f"?station={house.id}")


class TestBag:
    @pytest.mark.parametrize("kind", ["station", "ward"])
    def test_is_filled_where_she_belongs_or_at_the_house_if_no_store_is_there(
        self, house: Organization, kind: str
    ) -> None:
        part = add_part(house, "一处", kind)
        her = workforce.staff(of=system(house.id), station_id=part)
        keeper = sign_in(house, "manager")
        keeper.post(f"{STOCK}items/take")
        came = {"item_id": kit(house), "quantity": "4", "lot_number": "JJ-1", "expires_on": "2199-01-01"}
        store = part if kind == "station" else house.id
        keeper.post(f"{STOCK}receive", came | {"station_id": store})

        page = keeper.get(f"{STOCK}bags/{her.id}")

        assert page.status_code == 200
        assert hidden(page, "hand-out")["station_id"] == str(store)


class TestFormSentTwice:
    """The answer did not come, so she goes back and sends the same form again."""

    @pytest.fixture
    def keeper(self, house: Organization) -> Client:
        keeper = sign_in(house, "manager")
        keeper.post(f"{STOCK}items/take")
        came = {"item_id": kit(house), "station_id": house.id, "quantity": "10", "lot_number": "JJ-1"}
        keeper.post(f"{STOCK}receive", came | {"expires_on": "2199-01-01"})
        return keeper

    def changes(self, keeper: Client, house: Organization) -> list[str]:
        rows = keeper.get(f"{STOCK}ledger/?item_id={kit(house)}&place_id={house.id}").content.decode()
        return re.findall(r'<td class="n nowrap">([+-]?\d+)</td>', rows)

    def test_counts_once(self, keeper: Client, house: Organization) -> None:
        form = hidden(keeper.get(f"{STOCK}count/?station={house.id}"), "count/")
        [lot] = {name.removeprefix("seen-") for name in form if name.startswith("seen-")}
        counted = form | {f"counted-{lot}": "8", f"why-{lot}": "摔坏两盒"}

        for _ in range(2):
            assert keeper.post(f"{STOCK}count/", counted).status_code == 302

        assert self.changes(keeper, house) == ["-2", "+10"]

    def test_gives_back_once(self, keeper: Client, house: Organization) -> None:
        bag = f"{STOCK}bags/{workforce.staff(of=system(house.id)).id}"
        keeper.post(f"{bag}/hand-out", {"station_id": house.id, f"wanted-{kit(house)}": "4"})
        form = hidden(keeper.get(f"{bag}?station={house.id}"), "give-back") | {"quantity": "1"}

        for _ in range(2):
            assert keeper.post(f"{bag}/give-back", form).status_code == 302

        assert self.changes(keeper, house) == ["+1", "-4", "+10"]

    def test_corrects_once(self, keeper: Client, house: Organization) -> None:
        item = f"{STOCK}items/{kit(house)}"
        form = hidden(keeper.get(item), "correct") | {"quantity": "8", "why": "多记了"}
        nurse = workforce.staff(of=system(house.id))

        keeper.post(f"{STOCK}correct", form)
        keeper.post(f"{STOCK}bags/{nurse.id}/hand-out", {"station_id": house.id, f"wanted-{kit(house)}": "3"})
        keeper.post(f"{STOCK}correct", form)

        assert self.changes(keeper, house) == ["-3", "-2", "+10"]

    def test_counts_against_what_she_saw_though_the_first_was_refused(
        self, keeper: Client, house: Organization
    ) -> None:
        """Ten lay there when she counted nine and gave no reason; four were handed out meanwhile."""
        form = hidden(keeper.get(f"{STOCK}count/?station={house.id}"), "count/")
        [lot] = {name.removeprefix("seen-") for name in form if name.startswith("seen-")}
        nurse = workforce.staff(of=system(house.id))
        keeper.post(f"{STOCK}bags/{nurse.id}/hand-out", {"station_id": house.id, f"wanted-{kit(house)}": "4"})

        refused = keeper.post(f"{STOCK}count/", form | {f"counted-{lot}": "9"})
        assert refused.status_code == 422
        again = hidden(refused, "count/") | {f"counted-{lot}": "9", f"why-{lot}": "摔坏一盒"}
        assert keeper.post(f"{STOCK}count/", again).status_code == 302

        assert self.changes(keeper, house) == ["-1", "-4", "+10"]

    def test_of_which_more_is_gone_than_was_counted_is_counted_anew_and_the_rest_is_kept(
        self, keeper: Client, house: Organization
    ) -> None:
        """Ten lay there when she counted two; six were handed out meanwhile."""
        form = hidden(keeper.get(f"{STOCK}count/?station={house.id}"), "count/")
        [lot] = {name.removeprefix("seen-") for name in form if name.startswith("seen-")}
        nurse = workforce.staff(of=system(house.id))
        keeper.post(f"{STOCK}bags/{nurse.id}/hand-out", {"station_id": house.id, f"wanted-{kit(house)}": "6"})

        again = keeper.post(f"{STOCK}count/", form | {f"counted-{lot}": "2", f"why-{lot}": "找不到"})

        assert again.status_code == 422
        assert "请再数一次这一样" in again.content.decode()
        form = hidden(again, "count/")
        assert float(form[f"seen-{lot}"]) == 4
        assert (
            keeper.post(f"{STOCK}count/", form | {f"counted-{lot}": "2", f"why-{lot}": "找不到"}).status_code
            == 302
        )
        assert self.changes(keeper, house) == ["-2", "-6", "+10"]


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
