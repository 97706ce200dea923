"""How often a list of the API asks the database: as often for twenty rows as for two."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anjia.dispatch.commands import hold_slot, offer_visit
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import acting
from anjia.quality.commands import raise_concern
from anjia.records.queries import record_page
from anjia.residents.commands import add_address
from anjia.residents.models import Resident
from anjia.series.commands import begin_series
from tests import make
from tests.catalogue import make as catalogue
from tests.dispatch.signed_in import OpenTown, get, open_town
from tests.identity import make as identity
from tests.messaging import make as messages
from tests.records import make as records
from tests.residents import make as residents
from tests.visits.make import id_of

pytestmark = pytest.mark.usefixtures("database")


@dataclass(frozen=True, slots=True)
class House:
    """A resident with her account, and a nurse with hers."""

    here: OpenTown
    resident: Resident
    account_id: UUID
    person: str
    nurse: Actor
    caregiver: str

    @classmethod
    def open(cls) -> "House":
        here = open_town()
        resident = here.town.resident()
        residents.consent(of=resident)
        account = identity.person(here.house, name=resident.name)
        residents.holder(of=resident, relation="self", account_id=account.id)
        nurse, caregiver = here.nurse(shifts=[(0, 24)])
        return cls(here, resident, account.id, here.token(account.id), nurse, caregiver)

    def visit(self, number: int, *nurses: Actor, of: Resident) -> UUID:
        starts_at = self.here.at(1 + number)
        ends_at = starts_at + timedelta(minutes=45)
        return self.here.town.visit(*nurses, resident=of, starts_at=starts_at, ends_at=ends_at).id


def visit_by_another(house: House, number: int) -> None:
    house.visit(number, house.here.town.nurse(f"护士{number}", shifts=[(0, 24)]), of=house.resident)


def visit_of_another(house: House, number: int) -> UUID:
    return house.visit(number, house.nurse, of=house.here.town.resident(f"居民{chr(0x4E00 + number)}"))


def offer(house: House, number: int) -> None:
    visit_id = visit_of_another(house, number)
    acting(house.here.town.system, datetime.now(UTC)).do(offer_visit, visit_id=visit_id)


def series(house: House, number: int) -> None:
    unit = acting(house.here.town.desk, datetime.now(UTC))
    held = unit.do(
        hold_slot,
        service_code="wound",
        resident_id=house.resident.id,
        address_id=house.here.town.address(house.resident).id,
        starts_at=house.here.at(1 + number),
        staff_ids=[id_of(house.nurse)],
    )
    unit.do(begin_series, hold_id=held.id, repeat={"count": 2})


def message(house: House, number: int) -> None:
    messages.message(
        sent_by=house.here.town.system,
        now=datetime.now(UTC),
        party_id=house.account_id,
        resident_id=house.resident.id,
    )


def session(house: House, number: int) -> None:
    house.here.token(house.account_id)


def grant(house: House, number: int) -> None:
    account = identity.person(house.here.house, name=f"家人{number}")
    residents.holder(of=house.resident, account_id=account.id)


def reader(house: House, number: int) -> None:
    account = identity.staff(house.here.house, role_code="family_doctor", name=f"医生{number}")
    doctor = Actor(
        user_id=account.id,
        organization_id=house.here.house.id,
        permissions=frozenset({"records.read", "residents.read"}),
    )
    now = datetime.now(UTC)
    acting(doctor, now).ask(
        record_page, Purpose.CARE, resident_id=house.resident.id, code="", now=now, days=90
    )


def address(house: House, number: int) -> None:
    acting(house.here.town.system, datetime.now(UTC)).do(
        add_address, resident_id=house.resident.id, text=f"和平里七区{number}号楼201"
    )


def service(house: House, number: int) -> None:
    catalogue.version(published_by=house.here.town.desk, code=f"service_{number}")


def answer(house: House, number: int) -> None:
    for agrees in (False, True):  # the others go on reading her record
        residents.consent(of=house.resident, agrees=agrees)


def pressure(house: House, number: int) -> None:
    at = datetime.now(UTC) - timedelta(days=number + 1)
    records.record(*records.pressure(138, 78, at=at), of=house.resident, now=datetime.now(UTC))


def concern(house: House, number: int) -> None:
    she = make.person(
        "quality.raise",
        organization_id=house.here.house.id,
        resident_id=house.resident.id,
        user_id=house.account_id,
    )
    acting(she, datetime.now(UTC)).do(
        raise_concern, kind="suggestion", words="早点来", resident_id=house.resident.id
    )


# Who asks, and what there is more and more of.
LISTS: Final[dict[str, tuple[str, Callable[[House, int], Any]]]] = {
    "addresses": ("person", address),
    "services": ("person", service),
    "consents": ("person", answer),
    "concerns": ("person", concern),
    "record/summary": ("person", pressure),
    "record/trends/bp": ("person", pressure),
    "visits": ("person", visit_by_another),
    "series": ("person", series),
    "inbox": ("person", message),
    "grants": ("person", grant),
    "record/readers": ("person", reader),
    "me/sessions": ("person", session),
    "work/offers": ("caregiver", offer),
    "work/days/{day}": ("caregiver", visit_of_another),
}
AS_LONG_AS_BEFORE: Final = {"consents", "record/summary"}  # of much that was said, they tell the last


@pytest.mark.parametrize("path", LISTS)
class TestLists:
    def test_ask_the_database_as_often_for_twenty_rows_as_for_two(self, path: str) -> None:
        who, grow = LISTS[path]
        house = House.open()
        day = house.here.at(12).date().isoformat()

        def look() -> tuple[int, int]:
            """Return how many statements it took, and how much came."""
            with CaptureQueriesContext(connection) as captured:
                answer = get(getattr(house, who), path.format(day=day))
            assert answer.status_code == 200, answer.json()
            return len(captured), len(answer.content)

        for number in range(2):
            grow(house, number)
        look()  # what is asked once and then kept
        few, little = look()
        for number in range(2, 20):
            grow(house, number)
        look()  # that the session is still in use is noted every few minutes
        many, much = look()

        assert many == few
        assert path in AS_LONG_AS_BEFORE or much > 3 * little  # there is more to see, or this says nothing
