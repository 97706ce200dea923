"""Series over the API and in the console, as her family, a neighbour and the desk use them."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from anjia.identity.commands import start_session
from anjia.kernel.actors import Actor
from anjia.kernel.models import AuditEntry
from anjia.kernel.work import acting
from anjia.residents.models import Resident
from anjia.series.models import Occurrence
from tests.dispatch.signed_in import OpenTown, client, open_town
from tests.identity import make as identity
from tests.residents import make as residents
from tests.visits.make import id_of

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def here() -> OpenTown:
    return open_town()


def family(here: OpenTown, of: Resident, *allows: str) -> tuple[UUID, Client]:
    """Return her daughter's account, whom she lets do this, and the phone that the daughter acts for her with."""
    account = identity.person(here.house, name="李小梅")
    residents.holder(of=of, account_id=account.id, allows=list(allows))
    return account.id, client(here.token(account.id), **{"X-Acting-For": str(of.id)})


def post(phone: Client, path: str, body: dict[str, Any]) -> Any:
    return phone.post(f"/api/v1/{path}", data=body, content_type="application/json")


def held(here: OpenTown, phone: Client, of: Resident, nurse: Actor) -> str:
    said = {
        "service_code": "wound",
        "address_id": str(here.town.address(of).id),
        "starts_at": here.at(10).isoformat(),
        "staff_ids": [str(id_of(nurse))],
    }
    found: str = post(phone, "holds", said).json()["id"]
    return found


class TestFamily:
    def test_sees_the_days_begins_skips_and_ends_it_and_the_audit_says_who_for_whom(
        self, here: OpenTown
    ) -> None:
        hers = here.town.resident()
        nurse, _token = here.nurse()
        account_id, phone = family(here, hers, "visits", "book")
        hold_id = held(here, phone, hers, nurse)
        repeat: dict[str, Any] = {"unit": "days", "every": 1, "count": 2, "holidays": "keep"}

        foreseen = phone.get(f"/api/v1/holds/{hold_id}/series", repeat).json()
        begun = post(phone, "series", {"hold_id": hold_id, "repeat": repeat}).json()

        assert [one["day"] for one in foreseen["days"]] == [one["day"] for one in begun["occurrences"]]
        assert [one["starts_at"] for one in foreseen["days"]] == [
            one["starts_at"] for one in begun["occurrences"]
        ]
        assert foreseen["days"][0]["who"] == ["李秋萍"]
        assert [one["id"] for one in phone.get("/api/v1/series").json()] == [begun["id"]]
        first = begun["occurrences"][0]["id"]
        assert post(phone, f"occurrences/{first}/skip", {}).status_code == 201
        assert post(phone, f"series/{begun['id']}/end", {"why": "好了"}).json()["ended_at"]

        def entries(_: Actor) -> set[tuple[str, UUID, UUID | None]]:
            rows = AuditEntry.objects.filter(
                organization_id=here.house.id, action__in=["series.series.promised", "series.series.stopped"]
            )
            return {(row.action, row.actor_id, row.for_resident) for row in rows}

        assert acting(here.town.system, datetime.now(UTC)).ask(entries) == {
            ("series.series.promised", account_id, hers.id),
            ("series.series.stopped", account_id, hers.id),
        }

    def test_who_may_only_see_her_visits_changes_nothing(self, here: OpenTown) -> None:
        hers = here.town.resident()
        nurse, _token = here.nurse()
        _account, daughter = family(here, hers, "book")
        hold_id = held(here, daughter, hers, nurse)
        begun = post(daughter, "series", {"hold_id": hold_id, "repeat": {}}).json()
        _account, son = family(here, hers, "visits")

        assert son.get(f"/api/v1/series/{begun['id']}").json()["words"] == begun["words"]
        for path in (
            f"series/{begun['id']}/end",
            f"occurrences/{begun['occurrences'][0]['id']}/skip",
        ):
            assert post(son, path, {}).status_code == 403


class TestDesk:
    def test_begins_one_for_a_caller_and_finds_a_time_for_what_has_none(self, here: OpenTown) -> None:
        hers = here.town.resident("王建国")
        here.nurse()
        here.nurse("王晓燕")
        desk = browser(here, "dispatcher")
        page = f"/console/dispatch/book/{hers.id}"
        asked = {"service_code": "wound", "first_day": here.at(12).date().isoformat()}
        slot = first(r'name="slot" value="([^"]+)"', desk.get(page, asked).content.decode())
        hold = desk.post(
            f"{page}/hold",
            asked | {"address_id": str(here.town.address(hers).id), "slot": slot.replace("&#x2B;", "+")},
        )
        hold_id = hold["Location"].rsplit("/", 1)[1]
        repeat = {"unit": "weeks", "every": "1", "gap_days": "1", "count": "2", "holidays": "keep"}

        shown = desk.get(f"/console/series/begin/{hold_id}", repeat).content.decode()
        begun = desk.post(f"/console/series/begin/{hold_id}/now", repeat | {"idempotency_key": str(uuid4())})

        assert "还没有空" in shown  # nobody is on duty in a week
        day = here.at(12).weekday()  # of the time that is held: it is one of them
        assert re.search(rf'name="weekdays" value="{day}" checked', shown)
        series = desk.get(begun["Location"]).content.decode()
        assert "一共 2 次" in series
        listed = desk.get("/console/series/").content.decode()
        assert "王建国" in listed
        place = first(r'href="(/console/series/occurrences/[^"]+/place)"', listed)
        times = desk.get(place, {"first_day": here.at(12, day=2).date().isoformat()}).content.decode()
        other = first(r'name="slot" value="([^"]+)"', times)
        put = desk.post(f"{place}-now", {"slot": other.replace("&#x2B;", "+")})
        assert put["Location"] == begun["Location"]
        assert place not in desk.get("/console/series/").content.decode()

    def test_may_choose_no_weekday_yet(self, here: OpenTown) -> None:
        hers = here.town.resident()
        nurse, _token = here.nurse()
        _account, phone = family(here, hers, "visits", "book")
        hold_id = held(here, phone, hers, nurse)

        shown = browser(here, "dispatcher").get(f"/console/series/begin/{hold_id}", {"weekdays": ["", "01"]})

        assert shown.status_code == 200

    def test_keeps_what_was_filled_in_when_it_is_refused(self, here: OpenTown) -> None:
        hers = here.town.resident()
        nurse, _token = here.nurse()
        _account, phone = family(here, hers, "visits", "book")
        begun = post(phone, "series", {"hold_id": held(here, phone, hers, nurse), "repeat": {}}).json()
        desk, page = browser(here, "dispatcher"), f"/console/series/{begun['id']}"
        today = here.at(12).date().isoformat()

        change = {
            "unit": "weeks",
            "every": "2",
            "weekdays": ["1", "4"],
            "until": "2020-01-01",
            "clock": "14:30",
        }
        refused = desk.post(
            f"{page}/change", change | {"gap_days": "1", "holidays": "skip", "from_day": today}
        )
        assert refused.status_code == 422
        shown = refused.content.decode()
        assert "结束的日期要在第一次之后" in shown
        assert 'name="every" type="number" min="1" max="30" value="2"' in shown
        assert 'value="14:30"' in shown
        assert re.search(r'name="weekdays" value="4" checked', shown)

        paused = desk.post(f"{page}/pause", {"until": "2020-01-01", "why": "去女儿家住"})
        assert paused.status_code == 422
        assert "去女儿家住" in paused.content.decode()
        assert 'value="2020-01-01"' in paused.content.decode()

    def test_pages_through_all_that_have_no_place(self, here: OpenTown) -> None:
        hers = here.town.resident()
        nurse, _token = here.nurse()
        _account, phone = family(here, hers, "visits", "book")
        begun = post(phone, "series", {"hold_id": held(here, phone, hers, nurse), "repeat": {}}).json()
        far = here.at(12, day=40).date()

        def add(_actor: Actor) -> set[str]:
            rows = [
                Occurrence(
                    organization_id=here.house.id,
                    resident_id=hers.id,
                    series_id=begun["id"],
                    on=far + timedelta(days=number),
                    day=far + timedelta(days=number),
                    made_at=here.at(12),
                )
                for number in range(51)
            ]
            return {str(one.id) for one in Occurrence.objects.bulk_create(rows)}

        known = acting(here.town.system, datetime.now(UTC)).ask(add)
        desk = browser(here, "dispatcher")
        listed = desk.get("/console/series/").content.decode()
        cursor = unescape(first(r'rel="next" href="([^"]+)"', listed))
        after = desk.get(f"/console/series/{cursor}").content.decode()

        shown = re.findall(r"occurrences/([^/]+)/place", listed + after)
        assert known <= set(shown)
        assert len(shown) == len(set(shown))


def first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found[1]


def browser(here: OpenTown, role_code: str) -> Client:
    account = identity.staff(here.house, role_code=role_code)
    entry = acting(here.town.system, datetime.now(UTC)).do(
        start_session, account_id=account.id, end="console", way="password"
    )
    found = Client()
    found.cookies["anjia_session"] = entry.token
    return found
