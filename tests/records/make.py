"""Makers of readings."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from anjia.clinical.measures import DIASTOLIC, SYSTOLIC
from anjia.kernel.actors import Actor, system
from anjia.kernel.work import acting
from anjia.records import commands
from anjia.records.commands import Recorded
from anjia.records.models import Assessment
from anjia.residents.models import Resident
from tests.make import NOON


def reading(
    value: float | str = 138, *, code: str = SYSTOLIC, unit: str = "mm[Hg]", **says: Any
) -> dict[str, Any]:
    return {"code": code, "value": value, "unit": unit, "at": NOON, "source": "cuff"} | says


def pressure(systolic: int, diastolic: int, *, at: datetime = NOON, **says: Any) -> list[dict[str, Any]]:
    return [
        reading(systolic, code=SYSTOLIC, at=at, **says),
        reading(diastolic, code=DIASTOLIC, at=at, **says),
    ]


def record(
    *readings: dict[str, Any], of: Resident, by: Actor | None = None, now: datetime = NOON
) -> Recorded:
    unit = acting(by or system(of.organization_id), now)
    return unit.do(commands.record_readings, resident_id=of.id, readings=readings)


def days(*pressures: tuple[float, int, int]) -> list[dict[str, Any]]:
    """Return measurements by how many days ago they were taken."""
    return [one for ago, high, low in pressures for one in pressure(high, low, at=NOON - timedelta(days=ago))]


def numbers(*values: str) -> list[Decimal]:
    return [Decimal(value) for value in values]


ANSWERS = {
    "place": "安全，可以在家做",
    "place_note": "床边有空，灯亮",
    "mobility": "只能在家里走动",
    "condition": "平稳",
    "condition_note": "糖尿病足，无过敏",
    "needs": "换药，每周两次",
    "verdict": "适合上门护理",
    "why": "家属在，伤口不深",
    "nurse_level": "护师",
}


def assessed(*, of: Resident, on: datetime = NOON, **says: Any) -> None:
    """Let her have been found suitable, without a visit: the tests of assessments make one."""
    sound: dict[str, Any] = {
        "organization_id": of.organization_id,
        "resident_id": of.id,
        "visit_id": uuid4(),
        "fact_id": uuid4(),
        "service_version_id": uuid4(),
        "staff_id": uuid4(),
        "made_at": on,
        "recorded_at": on,
        "recorded_by": uuid4(),
        "is_suitable": True,
        "place": "safe",
        "mobility": "indoors",
        "condition": "stable",
        "nurse_level": "senior",
        "valid_until": on.date() + timedelta(days=90),
    }
    acting(system(of.organization_id), on).ask(lambda _: Assessment.objects.create(**sound | says))
