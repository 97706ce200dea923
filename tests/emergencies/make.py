"""A house with a desk, a supervisor, a nurse and a resident, at a time at which it is open."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from anjia.emergencies import commands, queries
from anjia.emergencies.models import Case, CheckIn, Step
from anjia.identity.models import Organization
from anjia.identity.roles import permissions_of
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.work import acting
from anjia.residents.models import Resident
from tests.identity import make as identity
from tests.make import NOON, deliver_events, person
from tests.visits import make as visits

SOON = NOON + timedelta(seconds=5)


@dataclass
class House:
    founded: Organization
    town: visits.Town
    desk: Actor
    dispatcher: Actor
    nurse: Actor
    resident: Resident
    she: Actor

    @property
    def id(self) -> UUID:
        return self.desk.organization_id

    def watch(
        self, who: Actor | None = None, *, now: datetime = NOON, hears: bool = True, is_visible: bool = True
    ) -> list[UUID]:
        return acting(who or self.desk, now).do(commands.keep_watch, hears=hears, is_visible=is_visible)

    def press(self, who: Actor | None = None, *, now: datetime = NOON, **says: Any) -> Case:
        sound: dict[str, Any] = {"client_id": uuid4(), "pressed_at": now}
        return acting(who or self.she, now).do(commands.call_for_help, **sound | says)

    def sos(self, *, now: datetime = NOON, **says: Any) -> Case:
        sound: dict[str, Any] = {"client_id": uuid4(), "pressed_at": now}
        return acting(self.nurse, now).do(commands.call_sos, **sound | says)

    def take(self, case: Case, who: Actor | None = None, *, now: datetime = SOON) -> Case:
        return acting(who or self.desk, now).do(commands.take_case, case_id=case.id)

    def on_phone(self, case: Case, who: Actor | None = None, *, now: datetime = SOON) -> queries.OnPhone:
        return acting(who or self.she, now).ask(
            queries.case_on_phone, Purpose.VITAL, case_id=case.id, now=now
        )

    def on_board(self, who: Actor | None = None, *, now: datetime = SOON) -> list[queries.Shown]:
        return acting(who or self.desk, now).ask(queries.open_lines, Purpose.VITAL, now=now)

    def course(self, case: Case) -> list[str]:
        def read(_: Actor) -> list[str]:
            return [step.what for step in Step.objects.filter(case=case).order_by("at", "id")]

        return acting(system(self.id), NOON).ask(read)

    def check_ins(self) -> list[CheckIn]:
        def read(_: Actor) -> list[CheckIn]:
            return list(CheckIn.objects.filter(organization_id=self.id).order_by("asked_at", "id"))

        return acting(system(self.id), NOON).ask(read)

    def cases(self) -> list[Case]:
        def read(_: Actor) -> list[Case]:
            return list(Case.objects.filter(organization_id=self.id).order_by("received_at", "id"))

        return acting(system(self.id), NOON).ask(read)

    def hear(self, *, now: datetime = NOON) -> None:
        deliver_events(self.desk, now=now)


def member(of: Organization, role: str, *, name: str) -> Actor:
    account = identity.staff(of, role_code=role, name=name)
    return Actor(user_id=account.id, organization_id=of.id, permissions=permissions_of(role))


def house() -> House:
    founded = identity.house(duty_phone="0000-8612320")
    town = visits.town(organization_id=founded.id)
    nurse = town.nurse()
    resident = town.resident()
    return House(
        founded=founded,
        town=town,
        desk=member(founded, "service_desk", name="何晓"),
        dispatcher=member(founded, "dispatcher", name="郑调度"),
        nurse=Actor(
            user_id=nurse.user_id,
            organization_id=nurse.organization_id,
            permissions=permissions_of("nurse"),
            staff_id=nurse.staff_id,
        ),
        resident=resident,
        she=person(*permissions_of("resident"), resident_id=resident.id, organization_id=founded.id),
    )
