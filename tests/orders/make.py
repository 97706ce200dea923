"""A town with a service that is done on an order, and the doctors who confirm one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

from django.db import connections

from anjia.kernel.actors import Actor
from anjia.kernel.errors import DomainError
from anjia.kernel.work import acting
from anjia.orders.commands import confirm_order, enter_order
from anjia.orders.models import Order, Question
from anjia.orders.rules.orders import OrderKind, Said
from anjia.residents.models import Resident
from anjia.visits.models import Visit
from tests.catalogue import make as catalogue
from tests.make import NOON, deliver_events
from tests.visits.make import STEPS, Town, fact, say, town
from tests.workforce import make as workforce

PHOTO = b"\x89PNG\r\n\x1a\n an order on paper"
TODAY = date(2026, 3, 2)
DOCTOR = ("orders.read", "orders.enter", "orders.confirm", "workforce.read")


def procedure(**changes: Any) -> Said:
    """Return what an order for a dressing says: nothing is wrong with it, but for `changes`."""
    sound = Said(
        kind=OrderKind.PROCEDURE,
        name="碘伏消毒换药",
        frequency="隔日 1 次",
        problem="左小腿伤口",
        institution="市第一人民医院",
        doctor="孙医生",
        written_on=TODAY,
    )
    return replace(sound, **changes)


def drug(**changes: Any) -> Said:
    sound = Said(
        kind=OrderKind.DRUG,
        name="低分子肝素钠注射液",
        dose="4000 IU",
        route="subcutaneous",
        frequency="每日 1 次",
        problem="骨科术后",
        institution="市第一人民医院",
        doctor="孙医生",
        written_on=TODAY,
        origin="house",
        origin_proof="FY20260302-11",
        lot="2511A",
        drug_expires_on=date(2027, 1, 1),
        had_before=True,
        skin_test="not_needed",
    )
    return replace(sound, **changes)


@dataclass
class Clinic:
    """The town as orders look at it: `wound` is done on an order."""

    town: Town

    @property
    def desk(self) -> Actor:
        return replace(self.town.desk, permissions=self.town.desk.permissions | {"orders.enter"})

    def nurse(self, name: str = "李秋萍") -> Actor:
        made = self.town.nurse(name)
        return replace(made, permissions=made.permissions | {"orders.read", "orders.enter"})

    def doctor(self, name: str = "陈立", *, licensed: bool = True, shifts: Any = ((8, 17),)) -> Actor:
        """Return a doctor of the institution, on duty in the day."""
        made = self.town.nurse(name, kind="doctor", title="主治医师", shifts=shifts)
        assert made.staff_id
        if licensed:
            workforce.paper(
                of=self.town.desk, staff_id=made.staff_id, code="doctor_licence", valid_until=date(2030, 1, 1)
            )
        return replace(made, permissions=made.permissions | set(DOCTOR))

    def entered(self, resident: Resident, said: Said | None = None, **changes: Any) -> Order:
        by = changes.pop("by", self.desk)
        sound: dict[str, Any] = {
            "resident_id": resident.id,
            "service_code": "wound",
            "said": said or procedure(),
            "valid_from": TODAY,
            "valid_until": TODAY + timedelta(days=30),
            "photo": PHOTO,
            "content_type": "image/png",
        }
        return acting(by, changes.pop("now", NOON)).do(enter_order, **sound | changes)

    def confirmed(self, resident: Resident, doctor: Actor, said: Said | None = None, **changes: Any) -> Order:
        order = self.entered(resident, said, **changes)
        return acting(doctor, NOON).do(confirm_order, order_id=order.id)

    def order(self, order_id: UUID) -> Order:
        found: Order = self.town.look(lambda _: Order.objects.get(id=order_id))
        return found

    def question(self, visit: Visit, nurse: Actor, *, now: datetime | None = None, **says: Any) -> Question:
        """Have the nurse ask in the visit, and let it be heard."""
        when = now or visit.starts_at
        sound: dict[str, Any] = {"words": "伤口边上有点红，要不要改药？"}
        asked = fact(visit, "question", at=when, **sound | says)
        say(nurse, asked, now=when)
        deliver_events(self.town.desk, now=when)
        return self.questions(visit)[-1]

    def questions(self, visit: Visit) -> list[Question]:
        found: list[Question] = self.town.look(
            lambda _: list(Question.objects.filter(visit_id=visit.id).order_by("received_at", "id"))
        )
        return found


def together(*works: Callable[[], Any]) -> list[Any]:
    """Begin them all at one moment; return what came of each, or what refused it."""
    begin = Barrier(len(works))

    def once(work: Callable[[], Any]) -> Any:
        begin.wait(timeout=20)
        try:
            return work()
        except DomainError as refusal:
            return refusal
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(once, works))


def clinic(*, today: datetime = NOON) -> Clinic:
    made = Clinic(town(organization_id=uuid4(), today=today))
    catalogue.version(published_by=made.town.desk, code="wound", tier="T2", needs_order=True, steps=STEPS)
    return made
