"""Help on the phone, over HTTP."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from anjia.residents.models import Resident
from tests.client import Phone
from tests.identity import make as identity
from tests.make import actor
from tests.residents import make as residents

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def resident() -> Resident:
    house = identity.house(duty_phone="0000-8612320")
    return residents.resident(
        served_by=actor(organization_id=house.id), name="张桂芳", phones=[identity.phone()]
    )


@pytest.fixture
def phone(resident: Resident) -> Phone:
    return Phone(resident)


def pressed(**says: Any) -> dict[str, Any]:
    return {"client_id": str(uuid4()), "pressed_at": timezone.now().isoformat()} | says


class TestHelp:
    def test_says_whom_to_call_and_that_nobody_listens(self, phone: Phone) -> None:
        said = phone.get("help").json()

        assert (said["first_number"], said["desk_phone"]) == ("120", "0000-8612320")
        assert (said["attended"], said["case"], said["tells_family"]) == (False, None, False)

    def test_is_sent_and_says_no_more_than_that(self, phone: Phone) -> None:
        case = phone.post("help/cases", pressed())

        assert (case.status_code, case.json()["is_late"]) == (201, False)
        stands = phone.get(f"help/cases/{case.json()['id']}").json()
        assert (stands["stands"], stands["attended"], stands["taker"]) == ("sent", False, "")

    def test_sent_twice_under_one_key_is_one_case(self, phone: Phone) -> None:
        body = pressed()

        answers = [
            phone.post("help/cases", body, **{"Idempotency-Key": body["client_id"]}).json() for _ in range(2)
        ]

        assert answers[0] == answers[1]

    def test_of_a_phone_with_a_clock_of_its_own_is_late_and_not_refused(self, phone: Phone) -> None:
        case = phone.post("help/cases", pressed(pressed_at="2001-01-01T00:00:00+08:00"))

        assert (case.status_code, case.json()["is_late"]) == (201, True)

    @pytest.mark.parametrize(
        "says",
        [
            {"client_id": "x"},
            {"client_id": None},
            {"pressed_at": "gestern"},
            {"pressed_at": "2026-03-02T12:00:00"},
            {"position": {"latitude": 91, "longitude": 0}},
            {"position": {"latitude": 30}},
        ],
    )
    def test_refuses_in_words_what_no_phone_of_ours_sends(self, phone: Phone, says: dict[str, Any]) -> None:
        answer = phone.post("help/cases", pressed(**says))

        assert (answer.status_code, bool(answer.json()["fields"])) == (422, True)

    def test_is_nobody_elses(self, phone: Phone) -> None:
        case = phone.post("help/cases", pressed()).json()
        house = identity.house()
        stranger = Phone(
            residents.resident(served_by=actor(organization_id=house.id), phones=[identity.phone()])
        )

        assert stranger.get(f"help/cases/{case['id']}").status_code == 404

    def test_under_an_id_that_somebody_else_has_used_is_not_taken_for_it(
        self, phone: Phone, resident: Resident
    ) -> None:
        body = pressed()
        first = phone.post("help/cases", body).json()
        neighbour = Phone(
            residents.resident(
                served_by=actor(organization_id=resident.organization_id),
                name="王桂兰",
                phones=[identity.phone()],
            )
        )

        answer = neighbour.post("help/cases", body)

        assert answer.status_code == 404
        assert phone.get(f"help/cases/{first['id']}").json()["client_id"] == body["client_id"]

    def test_tells_family_once_she_says_so(self, phone: Phone) -> None:
        assert phone.post("help/family", {"tells_family": True}).status_code == 201

        assert phone.get("help").json()["tells_family"] is True
