"""How often a page of the console asks the database: as often for twenty rows as for two."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anjia.dispatch.commands import hold_slot
from anjia.identity.commands import add_role, start_session
from anjia.identity.roles import permissions_of
from anjia.imports.commands import upload_list
from anjia.imports.lists import read_list
from anjia.imports.rules import Kind
from anjia.kernel.actors import Actor
from anjia.kernel.work import acting
from anjia.quality.commands import raise_concern
from anjia.quality.models import CallBack
from anjia.residents.commands import add_address
from anjia.series.commands import begin_series
from anjia.transitions.commands import refer
from anjia.visits.commands import promise_visit
from anjia.visits.models import Visit
from tests import make
from tests.catalogue import make as catalogue
from tests.dispatch.signed_in import OpenTown, open_town
from tests.identity import make as identity
from tests.quality import make as quality
from tests.records import make as records
from tests.residents import make as residents
from tests.visits.make import fact, id_of, say

pytestmark = pytest.mark.usefixtures("database")

Grow = Callable[[Any, int], Any]
CONSOLE: Final = "/console/"


class HerTown(OpenTown):
    """A town with one resident of whom there is more and more to see."""

    def __init__(self) -> None:
        opened = open_town()
        super().__init__(opened.town, opened.house)
        self.her = residents.resident(served_by=self.town.desk)
        residents.consent(of=self.her)


def reading(here: HerTown, number: int) -> None:
    at = datetime.now(UTC) - timedelta(days=number + 1)
    records.record(*records.pressure(138, 78, at=at), of=here.her, now=datetime.now(UTC))


def grant(here: HerTown, number: int) -> None:
    account = identity.person(here.house, name=f"王{chr(0x4E00 + number)}")
    residents.holder(of=here.her, account_id=account.id)


def address(here: HerTown, number: int) -> None:
    acting(here.town.system, datetime.now(UTC)).do(
        add_address, resident_id=here.her.id, text=f"和平里七区{number}号楼201"
    )


def her_visit(here: HerTown, number: int) -> None:
    visit(here, number, resident=here.her)


def rating(here: HerTown, number: int) -> None:
    nurse = here.town.nurse(shifts=[(0, 24)])
    one = visit(here, number, day=-3, nurse=nurse)
    say(nurse, fact(one, "done", at=one.ends_at, record={"site": "右臂"}))
    quality.rate(quality.herself(one.resident_id, here.town), one, words="很好", now=one.ends_at)


def service(here: OpenTown, number: int) -> None:
    catalogue.version(published_by=here.town.desk, code=f"service_{number}")


def resident(here: OpenTown, number: int) -> None:
    residents.consent(of=residents.resident(served_by=here.town.desk, name=f"王{chr(0x4E00 + number)}"))


def referral(here: OpenTown, number: int) -> None:
    ward = make.actor("transitions.refer", organization_id=identity.house(kind="hospital").id)
    acting(ward, datetime.now(UTC)).do(
        refer,
        organization_id=here.house.id,
        organization_name=here.house.name,
        from_name="市第一医院",
        sent_by_name="周敏",
        name=f"王{chr(0x4E00 + number)}",
        phone="13812345678",
        address="和平里七区3号楼201",
        discharge_on=(datetime.now(UTC) + timedelta(days=1)).date(),
        diagnosis="术后",
        agreed=True,
    )


def visit(here: OpenTown, number: int, *, day: int = 1, nurse: Actor | None = None, **says: Any) -> Visit:
    starts_at = here.at(8 + number / 4, day=day)
    plan = here.town.plan(
        nurse or here.town.nurse(shifts=[(0, 24)]),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=15),
        **says,
    )
    return acting(here.town.desk, starts_at - timedelta(days=2)).do(promise_visit, **plan)


def series(here: OpenTown, number: int) -> None:
    resident = residents.resident(served_by=here.town.desk)
    residents.agreement(of=resident, on=here.at(0, day=0))
    records.assessed(of=resident, on=here.at(0, day=0))
    nurse, unit = here.town.nurse(shifts=[(0, 24)]), acting(here.town.desk, datetime.now(UTC))
    held = unit.do(
        hold_slot,
        service_code="wound",
        resident_id=resident.id,
        address_id=here.town.address(resident).id,
        starts_at=here.at(10),
        staff_ids=[id_of(nurse)],
    )
    unit.do(begin_series, hold_id=held.id, repeat={"count": 2})


def call_back(here: OpenTown, number: int) -> None:
    promised, now = visit(here, number), datetime.now(UTC)

    def done(_: Actor) -> None:
        CallBack.objects.create(
            organization_id=here.house.id,
            visit_id=promised.id,
            visit_starts_at=promised.starts_at,
            resident_id=promised.resident_id,
            done_at=now,
            due_at=now + timedelta(hours=number),
        )

    acting(here.town.system, now).ask(done)


def concern(here: OpenTown, number: int) -> None:
    desk = make.actor("quality.raise", "visits.read", organization_id=here.house.id)
    acting(desk, datetime.now(UTC)).do(
        raise_concern, kind="complaint", words="来晚了", visit_id=visit(here, number).id, is_caller=True
    )


def account(here: OpenTown, number: int) -> None:
    identity.staff(here.house, name=f"王{chr(0x4E00 + number)}")


def role(here: OpenTown, number: int) -> None:
    boss = make.actor("identity.manage", organization_id=here.house.id)
    acting(boss, datetime.now(UTC)).do(add_role, name=f"夜班{number}", permissions=["visits.read"])


def batch(here: OpenTown, number: int) -> None:
    boss = Actor(user_id=uuid4(), organization_id=here.house.id, permissions=permissions_of("administrator"))
    listed = f"姓名,电话\n王{chr(0x4E00 + number)},138000012{number:02d}\n".encode()
    table = read_list(Kind.RESIDENTS, listed)
    acting(boss, datetime.now(UTC)).do(
        upload_list, kind="residents", file_name=f"{number}.csv", content=listed, table=table
    )


# The page, who opens it, what is posted to it, and what there is more and more of.
PAGES: Final[dict[str, tuple[str, str, dict[str, str] | None, Grow]]] = {
    "residents found": ("residents/", "service_desk", {"text": "wang"}, resident),
    "callers found": ("desk/bookings", "service_desk", {"q": "wang"}, resident),
    "referrals": ("transitions/", "service_desk", None, referral),
    "the doctor's list": ("desk/worklist", "family_doctor", None, resident),
    "audit": ("desk/audit", "administrator", None, resident),
    "users": ("identity/users/", "administrator", None, account),
    "roles": ("identity/roles/", "administrator", None, role),
    "call-backs": ("quality/call-backs", "service_desk", None, call_back),
    "concerns": ("quality/concerns", "quality_manager", None, concern),
    "indicators": ("quality/indicators", "administrator", None, rating),
    "series": ("series/", "service_desk", None, series),
    "imports": ("imports/", "administrator", None, batch),
    "services": ("catalogue/", "administrator", None, service),
    "ratings": ("quality/indicators/satisfaction_resident/counted", "administrator", None, rating),
    "her record": ("records/{her}/", "family_doctor", None, reading),
    "her trend": ("records/{her}/trends/bp", "family_doctor", None, reading),
    "her family": ("residents/{her}/", "service_desk", None, grant),
    "her addresses": ("residents/{her}/", "service_desk", None, address),
    "her visits": ("desk/bookings/{her}", "service_desk", None, her_visit),
}


AS_LONG_AS_BEFORE: Final = {"indicators"}  # they count


def browser(here: OpenTown, role_code: str) -> Client:
    someone = identity.staff(here.house, role_code=role_code)
    entry = acting(here.town.system, datetime.now(UTC)).do(
        start_session, account_id=someone.id, end="console", way="password"
    )
    client = Client()
    client.cookies["anjia_session"] = entry.token
    return client


class TestPages:
    @pytest.mark.parametrize("what", PAGES)
    def test_ask_the_database_as_often_for_twenty_rows_as_for_two(self, what: str) -> None:
        path, role_code, form, grow = PAGES[what]
        here = HerTown()
        path, client = path.format(her=here.her.id), browser(here, role_code)

        def look() -> tuple[int, int]:
            """Return how many statements it took, and how much came."""
            with CaptureQueriesContext(connection) as captured:
                page = client.get(CONSOLE + path) if form is None else client.post(CONSOLE + path, form)
            assert page.status_code == 200, page.content.decode()[:500]
            return len(captured), len(page.content)

        for number in range(2):
            grow(here, number)
        look()  # what is asked once and then kept
        few, little = look()
        for number in range(2, 20):
            grow(here, number)
        look()  # that the session is still in use is noted every few minutes
        many, much = look()

        assert many == few
        # There is more to see, or this says nothing.
        assert what in AS_LONG_AS_BEFORE or much > little + 18 * 20
