"""A rush on what only one can have: one gets it, the others are told so in words, nothing else happens."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections

from anjia.dispatch.commands import accept_offer, assign_by_hand, confirm_hold, hold_slot
from anjia.dispatch.models import Offer
from anjia.kernel import work
from anjia.kernel.actors import Actor
from anjia.kernel.errors import DomainError
from anjia.kernel.work import acting
from anjia.visits.models import LIVE_STATES, Assignment
from tests.dispatch.make import booking, hold, states
from tests.make import NOON
from tests.visits.make import Town, at, id_of, town

pytestmark = pytest.mark.usefixtures("database")

RUSH, ATTEMPTS = 64, 1_000
TOGETHER_WITHIN = 60  # seconds; one that does not come fails the test, and holds up nobody


@pytest.fixture(autouse=True)
def no_second_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "ATTEMPTS", 1)  # so that a deadlock would be an error


def rush(attempt: Callable[[int], object], *, attempts: int = ATTEMPTS) -> Counter[str]:
    """Let many try at once, again and again; return what became of them. What is no refusal fails the test."""
    together, numbers = Barrier(RUSH, timeout=TOGETHER_WITHIN), count()

    def runner(_: int) -> list[str]:
        connection.ensure_connection()
        together.wait()
        found = []
        while (number := next(numbers)) < attempts:
            try:
                attempt(number)
            except DomainError as error:
                found.append(error.code if error.detail else "speechless")
            else:
                found.append("won")
        connections.close_all()
        return found

    with ThreadPoolExecutor(RUSH) as pool:
        return Counter(word for words in pool.map(runner, range(RUSH)) for word in words)


def live(here: Town) -> list[Assignment]:
    def everybody(_: Actor) -> list[Assignment]:
        return list(Assignment.objects.filter(state__in=LIVE_STATES).order_by("staff_id", "starts_at"))

    return acting(here.system, NOON).ask(everybody)


class TestOneSlot:
    def test_is_held_by_one_of_a_thousand(self) -> None:
        here = town()
        nurse, residents = here.nurse(), [here.resident(name) for name in ("赵一", "钱二", "孙三", "李四")]
        asked: list[dict[str, Any]] = [
            {
                "service_code": "wound",
                "resident_id": resident.id,
                "address_id": here.address(resident).id,
                "starts_at": at(10),
                "staff_ids": [id_of(nurse)],
            }
            for resident in residents
        ]

        found = rush(
            lambda number: acting(here.person(residents[number % 4]), NOON).do(hold_slot, **asked[number % 4])
        )

        assert found == {"won": 1, "dispatch.slot_gone": ATTEMPTS - 1}
        assert len(live(here)) == 1

    def test_of_two_is_held_by_one_however_they_ask_for_them(self) -> None:
        here = town()
        crew = [id_of(here.nurse("甲")), id_of(here.nurse("乙"))]
        resident = here.resident()
        asked: dict[str, Any] = {
            "service_code": "bath",
            "resident_id": resident.id,
            "address_id": here.address(resident).id,
            "starts_at": at(10),
        }
        found = rush(
            lambda number: acting(here.desk, NOON).do(
                hold_slot, **asked, staff_ids=crew if number % 2 else crew[::-1]
            ),
            attempts=200,
        )
        assert found == {"won": 1, "dispatch.slot_gone": 199}

    def test_that_is_held_is_confirmed_once(self) -> None:
        here = town()
        held = hold(here, here.resident(), here.nurse())
        found = rush(lambda _: acting(here.desk, NOON).do(confirm_hold, hold_id=held.id), attempts=200)
        assert found == {"won": 1, "visits.illegal_move": 199}


class TestOneOffer:
    def test_is_taken_once_in_a_thousand(self) -> None:
        here = town()
        nurse = here.nurse()
        visit_id = booking(here, here.resident(), nurse)
        offer_id = self.offers(here, visit_id)[id_of(nurse)]
        found = rush(lambda _: acting(nurse, NOON).do(accept_offer, offer_id=offer_id))
        assert found == {"won": 1, "dispatch.offer_taken": ATTEMPTS - 1}
        assert [one.state for one in live(here)] == ["accepted"]

    def test_is_taken_by_one_of_many_who_are_asked(self) -> None:
        here = town()
        nurses = [here.nurse(name) for name in "甲乙丙丁"]
        visit_id = booking(here, here.resident(), nurses[0])
        acting(here.system, NOON).ask(lambda _: self.ask_everybody(visit_id, nurses[1:]))
        offers = self.offers(here, visit_id)

        def attempt(number: int) -> object:
            nurse = nurses[number % len(nurses)]
            if number % 50 == 49:  # and the dispatcher joins in
                return acting(here.desk, NOON).do(
                    assign_by_hand, visit_id=visit_id, staff_id=id_of(nurses[0])
                )
            return acting(nurse, NOON).do(accept_offer, offer_id=offers[id_of(nurse)])

        found = rush(attempt, attempts=400)

        assert found.keys() <= {"won", "dispatch.offer_taken", "dispatch.offer_over"}
        assert len(live(here)) == 1
        assert Counter(states(here, visit_id).values())["accepted"] <= 1

    def offers(self, here: Town, visit_id: UUID) -> dict[UUID, UUID]:
        def ids(_: Actor) -> dict[UUID, UUID]:
            return dict(Offer.objects.filter(visit_id=visit_id).values_list("staff_id", "id"))

        return acting(here.system, NOON).ask(ids)

    def ask_everybody(self, visit_id: UUID, nurses: list[Actor]) -> None:
        first = Offer.objects.get(visit_id=visit_id)
        for nurse in nurses:
            Offer.objects.create(
                organization_id=first.organization_id,
                visit_id=visit_id,
                part=1,
                staff_id=id_of(nurse),
                wave=1,
                made_at=NOON,
                deadline=first.deadline,
            )
