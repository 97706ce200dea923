"""Makers of readings."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from anjia.clinical.measures import DIASTOLIC, SYSTOLIC
from anjia.kernel.actors import Actor, system
from anjia.kernel.work import acting
from anjia.records import commands
from anjia.records.commands import Recorded
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
