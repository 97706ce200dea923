"""The bag on the phone."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from anjia.identity.commands import start_session
from anjia.identity.models import Organization
from anjia.kernel.actors import system
from anjia.kernel.work import acting
from anjia.supplies import commands
from anjia.supplies.models import Lot
from tests.identity import make as make_identity
from tests.workforce import make as workforce

pytestmark = pytest.mark.usefixtures("database")


class Phone:
    """A nurse's phone, with one first-aid kit in her bag that is good for ten days."""

    def __init__(self, house: Organization) -> None:
        now, keeper = timezone.now(), system(house.id)
        account = make_identity.staff(house, role_code="nurse")
        staff = workforce.staff(of=keeper, account_id=account.id)
        item = acting(keeper, now).do(
            commands.add_item,
            code="first_aid_kit",
            said={
                "name": "急救盒",
                "unit": "盒",
                "kind": "first_aid",
                "in_bag": Decimal(1),
                "low_below": Decimal(0),
            },
        )
        self.lot: Lot = acting(keeper, now).do(
            commands.receive,
            station_id=house.id,
            item_id=item.id,
            quantity=Decimal(1),
            number="JJ-1",
            expires_on=timezone.localdate() + timedelta(days=10),
        )
        acting(keeper, now).do(
            commands.hand_out, station_id=house.id, staff_id=staff.id, wanted={item.id: Decimal(1)}
        )
        entry = acting(system(), now).do(
            start_session, account_id=account.id, end="phone", way="card", device="t"
        )
        self.client = Client(headers={"Authorization": f"Bearer {entry.token}"})

    def bag(self) -> Any:
        return self.client.get("/api/v1/work/bag").json()

    def check(self, *seen: dict[str, Any]) -> Any:
        said = {"client_id": str(uuid4()), "checked_at": timezone.now().isoformat(), "seen": list(seen)}
        return self.client.post("/api/v1/work/bag/checks", said, content_type="application/json")


@pytest.fixture
def phone() -> Phone:
    return Phone(make_identity.house())


class TestBag:
    def test_is_carried_along_with_lots_and_days(self, phone: Phone) -> None:
        bag = phone.bag()

        [line] = bag["lines"]
        assert (line["code"], line["needed"], line["usable"], line["is_checked"]) == (
            "first_aid_kit",
            1,
            1,
            True,
        )
        assert [(lot["number"], lot["state"]) for lot in line["lots"]] == [("JJ-1", "soon")]
        assert (bag["check"], bag["waste"]) == (None, [])

    def test_once_checked_says_so(self, phone: Phone) -> None:
        answer = phone.check({"lot_id": str(phone.lot.id), "quantity": 1})

        assert (answer.status_code, answer.json()["lacking"]) == (201, [])
        assert phone.bag()["check"]["id"] == answer.json()["id"]

    def test_says_what_is_missing_and_what_to_do(self, phone: Phone) -> None:
        [lacking] = phone.check().json()["lacking"]

        assert lacking["words"] == "急救盒少 1 盒：到站里领了再出门。"

    @pytest.mark.parametrize("quantity", [-1, "x", 1e9])
    def test_refuses_what_nobody_can_have_seen(self, phone: Phone, quantity: Any) -> None:
        assert phone.check({"lot_id": str(phone.lot.id), "quantity": quantity}).status_code == 422

    @pytest.mark.parametrize(
        "when", ["0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
    )
    def test_refuses_a_time_that_no_clock_shows(self, phone: Phone, when: str) -> None:
        said = {"client_id": str(uuid4()), "checked_at": when, "seen": []}

        answer = phone.client.post("/api/v1/work/bag/checks", said, content_type="application/json")

        assert (answer.status_code, phone.bag()["check"]) == (422, None)

    def test_is_emptied_of_what_was_set_aside(self, phone: Phone) -> None:
        said = {"lot_id": str(phone.lot.id)}
        phone.client.post("/api/v1/work/bag/set-aside", said, content_type="application/json")

        assert phone.bag()["lines"][0]["lots"] == []

    def test_is_not_anybody_elses(self, phone: Phone) -> None:
        other = Phone(make_identity.house())
        said = {"lot_id": str(phone.lot.id)}

        answer = other.client.post("/api/v1/work/bag/set-aside", said, content_type="application/json")

        assert answer.status_code == 404
        assert phone.bag()["lines"][0]["usable"] == 1
