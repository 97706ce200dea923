import base64
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from anjia.identity.commands import open_account, start_session
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.calendar import day_of
from anjia.kernel.work import acting
from anjia.residents.commands import make_activation_slip
from anjia.residents.models import Resident
from anjia.residents.queries import resident_sheet
from anjia.simulation.pictures import scribble
from tests import make
from tests.identity import make as make_identity
from tests.residents import make as make_residents

pytestmark = pytest.mark.usefixtures("database")


def call(client: Client, way: str, path: str, body: dict[str, Any] | None = None, *, token: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return getattr(client, way)(
        f"/api/v1/{path}", data=body or {}, content_type="application/json", headers=headers
    )


@pytest.fixture
def desk() -> Actor:
    return make.actor("residents.grant", organization_id=make_identity.house().id)


@pytest.fixture
def mother(desk: Actor) -> Resident:
    return make_residents.resident(served_by=desk, phones=[make_identity.phone()])


@pytest.fixture
def token(desk: Actor, mother: Resident, client: Client) -> str:
    """Come in as she does: by the slip from the desk."""
    slip = acting(desk, timezone.now()).do(make_activation_slip, resident_id=mother.id)
    body = {"slip": slip.code, "phone_last_four": slip.phone[-4:]}
    return str(call(client, "post", "sign-in/activation", body).json()["token"])


class TestSlip:
    def test_lets_her_in(self, desk: Actor, mother: Resident, client: Client) -> None:
        slip = acting(desk, timezone.now()).do(make_activation_slip, resident_id=mother.id)

        entered = call(
            client,
            "post",
            "sign-in/activation",
            {"slip": slip.code, "phone_last_four": slip.phone[-4:]},
        )

        assert entered.status_code == 201
        assert entered.json()["account"]["name"] == "张桂芳"

    def test_is_refused_in_the_same_words_whatever_is_wrong(
        self, desk: Actor, mother: Resident, client: Client
    ) -> None:
        slip = acting(desk, timezone.now()).do(make_activation_slip, resident_id=mother.id)
        wrong = [
            {"slip": "000000000000", "phone_last_four": slip.phone[-4:]},
            {"slip": slip.code, "phone_last_four": "----"},
        ]

        answers = [call(client, "post", "sign-in/activation", body) for body in wrong]

        assert [answer.status_code for answer in answers] == [422, 422]
        assert answers[0].json() == answers[1].json()


class TestAddresses:
    def test_begins_with_the_newest(self, client: Client, token: str) -> None:
        body = {"text": "女儿家：望京西园三区305", "note": "按 305", "latitude": 39.99, "longitude": 116.47}
        added = call(client, "post", "addresses", body, token=token)

        listed = call(client, "get", "addresses", token=token).json()

        assert added.status_code == 201
        assert [item["text"] for item in listed["items"]] == [
            "女儿家：望京西园三区305",
            "和平里七区12号楼3单元201",
        ]
        assert (listed["items"][0]["latitude"], listed["next"]) == (39.99, None)

    def test_are_not_for_strangers(self, client: Client) -> None:
        assert call(client, "get", "addresses").status_code == 401


class TestGrants:
    def test_are_given_shown_and_taken_back(self, client: Client, token: str) -> None:
        body = {
            "phone": make_identity.phone(),
            "name": "李小梅",
            "relation": "女儿",
            "allows": ["visits", "record"],
        }
        given = call(client, "post", "grants", body, token=token)

        assert given.status_code == 201
        assert (given.json()["relation"], given.json()["phone_masked"]) == (
            "女儿",
            f"{body['phone'][:3]}****{body['phone'][-4:]}",
        )
        listed = call(client, "get", "grants", token=token).json()["items"]
        assert [(one["name"], one["relation"]) for one in listed] == [("张桂芳", "self"), ("李小梅", "女儿")]
        call(client, "post", f"grants/{given.json()['id']}/withdraw", token=token)
        assert len(call(client, "get", "grants", token=token).json()["items"]) == 1

    def test_make_no_guardian(self, client: Client, token: str) -> None:
        body = {"phone": "13900005678", "name": "李小梅", "relation": "guardian", "allows": ["visits"]}

        refused = call(client, "post", "grants", body, token=token)

        assert refused.status_code == 422
        assert "服务台" in refused.json()["fields"]["relation"]


class TestConsents:
    def test_are_asked_answered_and_taken_back(self, client: Client, token: str) -> None:
        asked = call(client, "get", "consents", token=token).json()
        assert [(one["purpose"], one["state"]) for one in asked] == [
            ("contract", "not_asked"),
            ("care", "not_asked"),
            ("video", "not_asked"),
        ]
        body = {"purpose": "care", "text_version": asked[1]["text_version"], "agrees": True}

        given = call(client, "post", "consents", body, token=token)
        taken_back = call(client, "post", "consents", body | {"agrees": False}, token=token)

        assert (given.status_code, given.json()["state"]) == (201, "given")
        assert taken_back.json()["state"] == "withdrawn"

    def test_are_read_in_english_too(self, client: Client, token: str) -> None:
        asked = client.get(
            "/api/v1/consents", headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"}
        ).json()

        assert [one["title"] for one in asked[:2]] == [
            "Agreement on home visits",
            "Use of your health record",
        ]

    def test_of_being_visited_is_signed_and_kept_as_a_copy(self, client: Client, token: str) -> None:
        body = {"purpose": "contract", "text_version": 1, "agrees": True}
        drawn = base64.b64encode(scribble(1)).decode()

        ticked = call(client, "post", "consents", body, token=token)
        garbled = call(client, "post", "consents", body | {"signature": "no base64!"}, token=token)
        signed = call(client, "post", "consents", body | {"signature": drawn}, token=token)
        copy = call(client, "get", "consents/contract/copy", token=token).json()

        for refused in (ticked, garbled):
            assert (refused.status_code, list(refused.json()["fields"])) == (422, ["signature"])
        assert (signed.json()["state"], signed.json()["answered_version"]) == ("given", "1")
        assert base64.b64decode(copy["pdf"]).startswith(b"%PDF-")
        assert signed.json()["may_sign"] is False
        assert (signed.json()["signed_as"], signed.json()["signer"]) == ("self", "")

    def test_of_being_visited_is_signed_again_when_its_year_is_over(
        self, client: Client, mother: Resident, token: str
    ) -> None:
        last_year = timezone.now() - timedelta(days=400)
        make_residents.agreement(of=mother, on=last_year)
        body = {"purpose": "contract", "text_version": 1, "agrees": True}

        [over, *_others] = call(client, "get", "consents", token=token).json()
        drawn = base64.b64encode(scribble(1)).decode()
        signed = call(client, "post", "consents", body | {"signature": drawn}, token=token).json()

        ended_on = day_of(last_year) + timedelta(days=365)
        assert (over["state"], over["ends_on"], over["may_sign"]) == ("given", ended_on.isoformat(), True)
        assert signed["may_sign"] is False
        assert signed["ends_on"] > day_of(timezone.now()).isoformat()


class TestReaders:
    def test_names_who_has_looked(self, client: Client, mother: Resident, token: str) -> None:
        nurse = make.actor(
            "residents.read", organization_id=mother.organization_id, user_id=self.nurse_of(mother)
        )
        acting(nurse, timezone.now()).ask(resident_sheet, Purpose.CONTRACT, resident_id=mother.id)

        read = call(client, "get", "record/readers", token=token)

        [row] = read.json()["items"]
        assert (row["who"], row["purpose"], row["what"]) == ("王护士", "安排上门", "登记资料")

    def nurse_of(self, mother: Resident) -> Any:
        return (
            acting(system(mother.organization_id), timezone.now())
            .do(open_account, kind="staff", name="王护士", login=f"wang-{mother.id.hex[-12:]}")
            .id
        )


class TestStaff:
    def test_have_pages_of_their_own(self, client: Client, mother: Resident) -> None:
        house = make_identity.house()
        account = make_identity.staff(house)
        entry = acting(system(), timezone.now()).do(
            start_session, account_id=account.id, end="phone", way="password"
        )

        assert call(client, "get", "addresses", token=entry.token).status_code == 403
