from typing import Any
from uuid import UUID, uuid4

import pytest

from anjia.residents.models import Resident
from tests import make as basics
from tests.client import Phone
from tests.identity.make import house, phone
from tests.messaging import make
from tests.residents import make as residents

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def resident() -> Resident:
    return residents.resident(served_by=basics.actor(organization_id=house().id), phones=[phone()])


class TestInbox:
    def test_is_read_page_by_page_and_marked_as_read(self, resident: Resident) -> None:
        her = Phone(resident)
        sender = basics.actor("messaging.send", organization_id=resident.organization_id)
        about: dict[str, Any] = {"party_id": UUID(her.account_id), "resident_id": resident.id}
        for _ in range(3):
            make.message(sent_by=sender, **about)

        first = her.get("inbox?size=2").json()
        rest = her.get(f"inbox?size=2&after={first['next']}").json()
        assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
        entry = first["items"][0]
        assert (entry["title"], entry["about"]["kind"], entry["read_at"]) == ("上门约好了", "visit", None)
        assert "4821" in entry["words"]

        shown = {"ids": [one["id"] for one in first["items"]]}
        assert [her.post("inbox/read", shown).json() for _ in range(2)] == [{"count": 2}, {"count": 0}]
        assert [one["read_at"] is None for one in her.get("inbox").json()["items"]] == [False, False, True]

    def test_is_nobody_elses(self, resident: Resident) -> None:
        her = Phone(resident)
        sender = basics.actor("messaging.send", organization_id=resident.organization_id)
        other = make.message(sent_by=sender, resident_id=resident.id)

        assert her.get("inbox").json()["items"] == []
        assert her.post("inbox/read", {"ids": [str(other.id), str(uuid4())]}).json() == {"count": 0}
        assert her.get("inbox?after=nonsense").status_code == 422
        assert Phone().get("inbox").status_code == 401
