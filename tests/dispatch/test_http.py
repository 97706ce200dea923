"""The loop as the client walks it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.residents.models import Address
from tests.dispatch.signed_in import OpenTown, get, open_town, post
from tests.make import deliver_events
from tests.residents import make as residents

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def here() -> OpenTown:
    return open_town()


def address_of(here: OpenTown, resident: Any) -> Address:
    return here.town.address(resident)


def ask(here: OpenTown, resident: Any, **says: Any) -> dict[str, Any]:
    """Return the body of a hold: nothing is wrong with it, but for what it says."""
    return {
        "service_code": "wound",
        "address_id": str(address_of(here, resident).id),
        "starts_at": here.at(10).isoformat(),
        "wishes": {"period": "any", "caregiver_sex": "any", "who_is_present": "女儿在", "note": "三楼没电梯"},
    } | says


class TestSlots:
    @pytest.mark.parametrize("day", ["9999-12-31", "9999-12-20", "0001-01-01", "2999-12-31"])
    def test_of_a_day_that_nobody_means_are_refused_in_words(self, here: OpenTown, day: str) -> None:
        resident = here.town.resident()
        asked = {
            "service_code": "wound",
            "address_id": address_of(here, resident).id,
            "first_day": day,
            "days": 14,
        }

        refused = get(here.person(resident), "slots", **asked)

        assert refused.status_code == 422
        assert "1900" in refused.json()["detail"]


class TestTheLoop:
    def test_goes_from_a_free_time_to_a_visit_that_is_done(self, here: OpenTown) -> None:
        (nurse, her_token), resident = here.nurse(), here.town.resident()
        token = here.person(resident)
        day = here.at(12).date().isoformat()

        found = get(
            token,
            "slots",
            service_code="wound",
            address_id=address_of(here, resident).id,
            first_day=day,
            days=2,
        ).json()
        slot = found["days"][0]["slots"][0]
        assert [one["id"] for one in slot["people"]] == [str(nurse.staff_id)]
        body = ask(here, resident, starts_at=slot["starts_at"], staff_ids=[slot["caregiver"]["id"]])

        held = [post(token, "holds", body, key="k1").json() for _ in range(2)]
        assert held[0] == held[1]
        assert held[0]["heed"] == []  # her order is confirmed: nobody has to look at the paper first
        booked = post(token, f"holds/{held[0]['id']}/confirm", key="k2")
        assert (booked.status_code, booked.json()["status"]) == (201, "booked")
        deliver_events(here.town.desk, now=here.at(0))

        [line] = get(token, "visits", when="coming").json()["items"]
        assert (line["service"]["name"], line["can_move"], line["address_line"][:5]) == (
            "伤口换药",
            True,
            "和平里七区",
        )
        visit_id = line["id"]

        [card] = get(her_token, "work/offers").json()
        assert post(her_token, f"work/offers/{card['id']}/accept").status_code == 201
        again = post(her_token, f"work/offers/{card['id']}/accept")
        assert (again.status_code, again.json()["code"]) == (409, "dispatch.offer_taken")

        [stop] = get(her_token, f"work/days/{slot['starts_at'][:10]}").json()["stops"]
        assert (stop["resident"]["name"], stop["state"], stop["with"]) == ("张桂芳", "accepted", [])
        assert stop["wishes"]["note"] == "三楼没电梯"
        assert stop["visit_word"] == line["visit_word"]

        code = get(token, f"visits/{visit_id}/door-code").json()["payload"]
        here_and_now = code_time(code)
        facts = [
            self.fact(visit_id, "departed", here_and_now),
            self.fact(visit_id, "arrived", here_and_now, proof="dynamic_qr", payload=code),
            self.fact(visit_id, "step_done", here_and_now, key="identify"),
            self.fact(visit_id, "step_done", here_and_now, key="dress"),
            self.fact(
                visit_id,
                "measured",
                here_and_now,
                readings=[{"code": "8867-4", "value": 72, "unit": "/min"}],
            ),
            self.fact(visit_id, "signed", here_and_now, by="refused", reason="手抖"),
            self.fact(visit_id, "done", here_and_now, record={"site": "左小腿"}),
        ]
        receipt = post(her_token, "work/facts", {"facts": facts}).json()
        assert [one["conflict"] for one in receipt["accepted"]] == [None] * 7
        assert receipt["refused"] == []

        done = get(token, f"visits/{visit_id}").json()
        assert done["status"] == "done"
        assert {one["what"] for one in done["timeline"]} == {
            "promised",
            "accepted",
            "departed",
            "arrived",
            "done",
        }
        assert [one["value"] for one in done["result"]["readings"]] == [72.0]
        work = get(her_token, f"work/visits/{visit_id}").json()
        assert [step["key"] for step in work["version"]["steps"]] == ["identify", "dress", "tidy"]
        assert not work["version"]["needs_order"]
        assert len(work["facts"]) == 7

    def fact(self, visit_id: str, kind: str, at: str, **content: Any) -> dict[str, Any]:
        return {
            "client_id": str(uuid4()),
            "visit_id": visit_id,
            "kind": kind,
            "occurred_at": at,
            "content": content,
        }

    def test_ends_before_it_began(self, here: OpenTown) -> None:
        (nurse, _), resident = here.nurse(), here.town.resident()
        token = here.person(resident)
        held = post(token, "holds", ask(here, resident, staff_ids=[str(nurse.staff_id)])).json()
        assert post(token, f"holds/{held['id']}/release").json()["status"] == "released"
        over = post(token, f"holds/{held['id']}/confirm")
        assert (over.status_code, over.json()["code"]) == (409, "visits.hold_released")

    def test_moves_and_cancels_by_the_rule_shown(self, here: OpenTown) -> None:
        (nurse, _), resident = here.nurse(), here.town.resident()
        token = here.person(resident)
        held = post(token, "holds", ask(here, resident, staff_ids=[str(nurse.staff_id)])).json()
        assert "4 小时" in held["cancel_rule"]
        post(token, f"holds/{held['id']}/confirm")
        move = {"starts_at": here.at(14).isoformat(), "staff_ids": [str(nurse.staff_id)]}
        moved = post(token, f"visits/{held['id']}/move", move).json()
        assert moved["starts_at"].startswith(here.at(14).isoformat()[:13])
        assert (
            post(token, f"visits/{held['id']}/cancel", {"reason": "住院了"}).json()["status"] == "cancelled"
        )


def code_time(code: str) -> str:
    """Return a time within the minute of a door code."""
    return (datetime.fromtimestamp(int(code.split(".")[2]) * 60, tz=UTC) + timedelta(seconds=1)).isoformat()


class TestRefusals:
    def test_say_what_happened_and_what_to_do(self, here: OpenTown) -> None:
        (nurse, _), resident = here.nurse(), here.town.resident()
        token = here.person(resident)
        body = ask(here, resident, staff_ids=[str(nurse.staff_id)])
        assert post(token, "holds", body).status_code == 201
        gone = post(token, "holds", body)
        assert (gone.status_code, gone.json()["code"]) == (409, "dispatch.slot_gone")
        assert "再选" in gone.json()["detail"]

    @pytest.mark.parametrize(
        "changes",
        [
            {"staff_ids": []},
            {"starts_at": "tomorrow"},
            {"starts_at": "2026-03-03T10:00"},
            {"staff_ids": ["x"]},
        ],
    )
    def test_name_the_field(self, here: OpenTown, changes: dict[str, Any]) -> None:
        resident = here.town.resident()
        body = ask(here, resident, staff_ids=[str(uuid4())]) | changes
        response = post(here.person(resident), "holds", body)
        assert response.status_code == 422
        assert response.json()["fields"]

    def test_say_before_it_is_confirmed_that_the_same_is_booked_that_day(self, here: OpenTown) -> None:
        (nurse, _her_token), resident = here.nurse(), here.town.resident()
        token = here.person(resident)
        first, second, other_day = (
            ask(here, resident, starts_at=at.isoformat(), staff_ids=[str(nurse.staff_id)])
            for at in (here.at(9), here.at(15), here.at(9) + timedelta(days=1))
        )
        held = post(token, "holds", first).json()
        assert not any("同样的上门" in words for words in held["heed"])
        post(token, f"holds/{held['id']}/confirm")

        again = post(token, "holds", second).json()
        assert "09:00 已经约了一次同样的上门" in again["heed"][0]
        assert post(token, f"holds/{again['id']}/confirm").status_code == 201
        assert not any("同样的上门" in words for words in post(token, "holds", other_day).json()["heed"])

    def test_say_before_it_is_confirmed_that_something_else_comes_at_that_time(self, here: OpenTown) -> None:
        pair, resident = [here.nurse()[0], here.nurse()[0]], here.town.resident()
        (nurse, _her_token), token = here.nurse(), here.person(resident)
        here.town.visit(*pair, resident=resident, starts_at=here.at(9.5), ends_at=here.at(10.25))

        heeds = [
            post(token, "holds", ask(here, resident, starts_at=at, staff_ids=[str(nurse.staff_id)])).json()[
                "heed"
            ]
            for at in (here.at(10).isoformat(), here.at(15).isoformat())
        ]
        assert [any("09:30 已经约了助浴" in words for words in heed) for heed in heeds] == [True, False]

    def test_let_a_batch_of_facts_be_read_as_far_as_it_can_be(self, here: OpenTown) -> None:
        (nurse, token), resident = here.nurse(), here.town.resident()
        visit = here.town.visit(nurse, resident=resident, starts_at=here.at(10), ends_at=here.at(10.75))
        good = {
            "client_id": str(uuid4()),
            "visit_id": str(visit.id),
            "kind": "departed",
            "occurred_at": here.at(9).isoformat(),
        }
        unreadable, unknown = (
            good | {"client_id": str(uuid4()), "kind": kind} for kind in ("note", "danced")
        )
        receipt = post(token, "work/facts", {"facts": [good, unreadable, unknown]}).json()
        assert [one["client_id"] for one in receipt["accepted"]] == [good["client_id"]]
        assert {one["client_id"]: one["code"] for one in receipt["refused"]} == {
            unreadable["client_id"]: "visits.fact_unreadable",
            unknown["client_id"]: "visits.fact_of_unknown_kind",
        }
        assert post(token, "work/facts", {"facts": []}).status_code == 422

    @pytest.mark.parametrize(
        ("field", "said"),
        [
            ("client_id", "7"),
            ("visit_id", "today's"),
            ("occurred_at", "昨天"),
            ("occurred_at", "2026-03-02T09:00"),
        ],
    )
    def test_refuse_by_itself_a_fact_whose_id_or_time_cannot_be_read(
        self, here: OpenTown, field: str, said: str
    ) -> None:
        (nurse, token), resident = here.nurse(), here.town.resident()
        visit = here.town.visit(nurse, resident=resident, starts_at=here.at(10), ends_at=here.at(10.75))
        good = {
            "client_id": str(uuid4()),
            "visit_id": str(visit.id),
            "kind": "departed",
            "occurred_at": here.at(9).isoformat(),
        }
        bad = good | {"client_id": str(uuid4()), field: said}

        answer = post(token, "work/facts", {"facts": [bad, good]})

        assert answer.status_code == 201
        assert [one["client_id"] for one in answer.json()["accepted"]] == [good["client_id"]]
        (refused,) = answer.json()["refused"]
        assert (refused["client_id"], list(refused["fields"])) == (bad["client_id"], [field])
        assert refused["words"]


class TestStrangersAndInsiders:
    def test_see_what_is_theirs(self, here: OpenTown) -> None:
        (nurse, her_token), (_, other_nurse) = here.nurse("甲"), here.nurse("乙")
        resident, neighbour = here.town.resident(), here.town.resident("王秀英")
        visit = here.town.visit(nurse, resident=resident, starts_at=here.at(10), ends_at=here.at(10.75))
        elsewhere = open_town()
        tokens = {
            "herself": here.person(resident),
            "daughter": here.person(resident, "family"),
            "her nurse": her_token,
            "dispatcher": here.staff("dispatcher"),
            "another nurse": other_nurse,
            "neighbour": here.person(neighbour),
            "stranger": elsewhere.staff("administrator"),
        }
        found = {who: get(token, f"visits/{visit.id}").status_code for who, token in tokens.items()}
        assert found == {
            "herself": 200,
            "daughter": 200,
            "her nurse": 200,
            "dispatcher": 200,
            "another nurse": 403,
            "neighbour": 404,
            "stranger": 404,
        }
        work = {who: get(token, f"work/visits/{visit.id}").status_code for who, token in tokens.items()}
        assert work == {
            "herself": 403,
            "daughter": 403,
            "her nurse": 200,
            "dispatcher": 403,
            "another nurse": 403,
            "neighbour": 404,
            "stranger": 404,
        }
        codes = {who: get(token, f"visits/{visit.id}/door-code").status_code for who, token in tokens.items()}
        assert {who for who, status in codes.items() if status == 200} == {"herself", "daughter"}
        for who in ("another nurse", "neighbour", "stranger", "her nurse"):
            assert post(tokens[who], f"visits/{visit.id}/cancel", {"reason": "x"}).status_code in {403, 404}

    def test_withdrawn_consent_bites_at_once(self, here: OpenTown) -> None:
        (nurse, token), resident = here.nurse(), here.town.resident()
        visit = here.town.visit(nurse, resident=resident, starts_at=here.at(10), ends_at=here.at(10.75))
        assert get(token, f"work/visits/{visit.id}").status_code == 200
        residents.consent(of=resident, agrees=False)
        assert get(token, f"work/visits/{visit.id}").status_code == 403
        assert get(here.person(resident), f"visits/{visit.id}").status_code == 200


class TestCostOfReading:
    def test_does_not_grow_with_the_list(self, here: OpenTown, django_assert_num_queries: Any) -> None:
        (nurse, her_token), resident = here.nurse(), here.town.resident()
        token = here.person(resident)
        counted = []
        for number in range(1, 4):
            here.town.visit(
                nurse, resident=resident, starts_at=here.at(8 + number), ends_at=here.at(8.5 + number)
            )
            counted.append(
                (
                    self.queries_of(lambda: get(token, "visits", when="coming")),
                    self.queries_of(lambda: get(her_token, f"work/days/{here.at(12).date()}")),
                )
            )
        assert len(set(counted)) == 1

    def queries_of(self, call: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert call().status_code == 200
        return len(captured)
