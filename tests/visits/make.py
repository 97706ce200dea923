"""A small town to visit in: an institution with two services, nurses on duty, residents with a door."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from anjia.kernel.actors import Actor, Kind, system
from anjia.kernel.work import acting
from anjia.residents.models import Address, Resident
from anjia.simulation.pictures import scribble
from anjia.visits.commands import keep_evidence, promise_visit, record_facts
from anjia.visits.listening import Receipt
from anjia.visits.models import Assignment, Visit
from anjia.workforce.commands import register_staff_member
from anjia.workforce.models import StaffMember
from tests.catalogue import make as catalogue
from tests.make import NOON, actor, person
from tests.records import make as records
from tests.residents import make as residents
from tests.workforce import make as workforce

DESK = [
    "visits.read",
    "visits.book",
    "visits.cancel",
    "visits.assign",
    "visits.settle",
    "dispatch.read",
    "dispatch.book",
    "dispatch.assign",
    "dispatch.offer",
    "residents.read",
    "catalogue.read",
    "workforce.read",
]
FIELD = [
    "files.store",
    "visits.record",
    "visits.accept",
    "dispatch.read",
    "dispatch.accept",
    "records.write",
    "catalogue.read",
    "residents.read",
]
OWN = [
    "visits.read",
    "visits.book",
    "visits.cancel",
    "dispatch.read",
    "dispatch.book",
    "catalogue.read",
    "residents.read",
]
PLACE = (39.9042, 116.4074)
PNG = scribble(7)
STEPS = [
    {"key": "identify", "title": "核对姓名", "critical": True, "evidence": "none"},
    {"key": "dress", "title": "换敷料", "critical": True, "evidence": "none"},
    {"key": "tidy", "title": "收拾", "critical": False, "evidence": "none"},
]
FORM = {
    "type": "object",
    "properties": {"site": {"type": "string", "title": "部位"}},
    "required": ["site"],
}
MORNING = NOON + timedelta(hours=20)  # tomorrow, 8 in Shanghai


def at(hour: float, *, day: int = 1, today: datetime = NOON) -> datetime:
    """Return a time of tomorrow (or so many days ahead), by the clock in Shanghai."""
    return today.replace(hour=0) + timedelta(days=day, hours=hour - 8)


@dataclass
class Town:
    desk: Actor
    today: datetime = NOON
    service_code: str = "wound"
    version_id: UUID = field(default_factory=uuid4)
    pair_version_id: UUID = field(default_factory=uuid4)

    @property
    def organization_id(self) -> UUID:
        return self.desk.organization_id

    @property
    def system(self) -> Actor:
        return system(self.organization_id)

    def colleague(self) -> Actor:
        """Return another of the desk."""
        return actor(*DESK, organization_id=self.organization_id)

    def nurse(
        self, name: str = "李秋萍", *, shifts: Sequence[tuple[float, float]] = ((8, 17),), **says: Any
    ) -> Actor:
        """Return a nurse who may do everything here, on duty tomorrow and the days after."""
        unit = acting(self.system, NOON)
        account_id = says.pop("account_id", uuid4())
        sound: dict[str, Any] = {
            "name": name,
            "kind": "nurse",
            "title": "护师",
            "sex": "female",
            "phone": "13800000001",
            "started_on": date(2015, 1, 1),
            "base": PLACE,
            "account_id": account_id,
        }
        staff: StaffMember = unit.do(register_staff_member, **sound | says)
        on_duty = [
            (at(begins, day=day, today=self.today), at(ends, day=day, today=self.today))
            for day in range(4)
            for begins, ends in shifts
        ]
        workforce.ready(of=self.desk, staff_id=staff.id, on_duty=on_duty)
        return actor(
            *FIELD,
            organization_id=self.organization_id,
            user_id=account_id or uuid4(),
            staff_id=staff.id,
            kind=Kind.STAFF,
        )

    def resident(
        self, name: str = "张桂芳", *, place: tuple[float, float] | None = PLACE, phones: Sequence[str] = ()
    ) -> Resident:
        latitude, longitude = place or (None, None)
        resident = residents.resident(
            served_by=self.desk, name=name, latitude=latitude, longitude=longitude, phones=phones
        )
        residents.consent(of=resident)
        residents.agreement(of=resident, on=at(0, day=0, today=self.today))
        records.assessed(of=resident, on=at(0, day=0, today=self.today))
        return resident

    def person(self, resident: Resident) -> Actor:
        return person(*OWN, resident_id=resident.id, organization_id=self.organization_id)

    def address(self, resident: Resident) -> Address:
        found: Address = self.look(
            lambda _: Address.objects.filter(resident=resident).order_by("id")[:1].get()
        )
        return found

    def look(self, at_what: Any) -> Any:
        """Read as the system does: for what a test asserts."""
        return acting(self.system, NOON).ask(at_what)

    def plan(self, *nurses: Actor, **changes: Any) -> dict[str, Any]:
        """Return what to ask of `promise_visit`: nothing is wrong with it, but for `changes`."""
        resident = changes.pop("resident", None) or self.resident()
        sound: dict[str, Any] = {
            "resident_id": resident.id,
            "address_id": self.address(resident).id,
            "service_version_id": self.version_id if len(nurses) < 2 else self.pair_version_id,
            "starts_at": at(10),
            "ends_at": at(10.75),
            "source": "desk",
        }
        planned = sound | changes
        if "assignments" not in planned:
            planned["assignments"] = [
                (part, nurse.staff_id, planned["starts_at"], planned["ends_at"])
                for part, nurse in enumerate(nurses, start=1)
            ]
        return planned

    def visit(self, *nurses: Actor, **changes: Any) -> Visit:
        return acting(self.desk, NOON).do(promise_visit, **self.plan(*nurses, **changes))

    def now(self, visit: Visit) -> Visit:
        found: Visit = self.look(lambda _: Visit.objects.get(id=visit.id))
        return found

    def crew(self, visit: Visit) -> list[Assignment]:
        def everybody(_: Actor) -> list[Assignment]:
            return list(Assignment.objects.filter(visit=visit).order_by("part", "plan_version"))

        return acting(self.system, NOON).ask(everybody)


def town(*, organization_id: UUID | None = None, today: datetime = NOON) -> Town:
    made = Town(desk=actor(*DESK, organization_id=organization_id), today=today)
    common = {"steps": STEPS, "record_form": FORM}
    made.version_id = catalogue.version(published_by=made.desk, code="wound", **common).id
    made.pair_version_id = catalogue.version(
        published_by=made.desk, code="bath", name="助浴", name_en="Bath", people_needed=2, **common
    ).id
    workforce.institution_papers(of=made.desk)
    return made


def fact(visit: Visit, kind: str, *, at: datetime | None = None, **content: Any) -> dict[str, Any]:
    return {
        "client_id": uuid4(),
        "visit_id": visit.id,
        "kind": kind,
        "occurred_at": at or visit.starts_at,
        "content": content,
    }


def picture(visit: Visit, *, by: Actor, **says: Any) -> str:
    """Return the id of a photo or a signature that she has sent, as a fact names it."""
    sound: dict[str, Any] = {"visit_id": visit.id, "content": PNG, "content_type": "image/png"}
    return str(acting(by, NOON).do(keep_evidence, **sound | says).id)


def say(nurse: Actor, *facts: dict[str, Any], now: datetime | None = None) -> Receipt:
    when = now or max(fact["occurred_at"] for fact in facts)
    return acting(nurse, when).do(record_facts, facts=list(facts))


def id_of(nurse: Actor) -> UUID:
    assert nurse.staff_id is not None
    return nurse.staff_id
