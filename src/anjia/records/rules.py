"""Which readings are taken, and which pairs are one measurement. Pure: no database, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.clinical.measures import DIASTOLIC, SYSTOLIC, Fault, Unsound, normalised
from anjia.kernel.errors import DomainError, Invalid, Words

MEASURED_HERSELF: Final = "self"  # the source of a value that she took at home
PRESSURE: Final = "bp"  # what people call one measurement is two readings
CLOCKS_DIFFER_BY: Final = timedelta(minutes=10)
MOST_AT_ONCE: Final = 500

FAULTS: Final[Mapping[Fault, Words]] = {
    Fault.CODE: _("这一项不认识，没有记下。"),
    Fault.UNIT: _("单位不对。请用表里的单位。"),
    Fault.NUMBER: _("不是一个数。"),
    Fault.TOO_LOW: _("数字太小了，不像真的。请看看有没有少打一位。"),
    Fault.TOO_HIGH: _("数字太大了，不像真的。请看看有没有多打一位。"),
}


class ReadingsUnsound(Invalid):
    code = "records.readings_unsound"
    words = _("有几个数没有记下，因为不像真的。请看一眼再改。")


class TooManyReadings(DomainError):
    code = "records.too_many_readings"
    status = 422
    words = _("一次最多记 500 个数。请分几次送。")


class TargetUnsound(Invalid):
    code = "records.target_unsound"
    words = _("目标填得不对。下限要比上限低。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A reading as it is kept."""

    code: str
    value: Decimal
    unit: str
    at: datetime
    source: str
    visit_id: UUID | None
    device: str

    @property
    def key(self) -> tuple[str, datetime, str]:
        return self.code, self.at, self.source


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A reading that was not kept, by its place in the list, and why."""

    position: int
    why: Words


def sort_out(
    readings: Iterable[Mapping[str, Any]], *, now: datetime, source: str
) -> tuple[list[Sound], list[Refused]]:
    """Return what can be kept, in the measures' own units, and what cannot; `source` is for those that name none."""
    sound, refused = [], []
    for position, reading in enumerate(readings):
        try:
            sound.append(taken(reading, now=now, source=source))
        except Unsound as error:
            refused.append(Refused(position=position, why=FAULTS[error.fault]))
        except NotYet:
            refused.append(Refused(position=position, why=_("时间还没到。请看看手机的时钟。")))
    return sound, refused


class NotYet(ValueError):
    """It says it was measured in the future."""


def taken(reading: Mapping[str, Any], *, now: datetime, source: str) -> Sound:
    try:
        number = Decimal(str(reading["value"]))
    except InvalidOperation:
        raise Unsound(Fault.NUMBER) from None
    value = normalised(reading["code"], number, reading["unit"])
    at: datetime = reading["at"]
    if at > now + CLOCKS_DIFFER_BY:
        raise NotYet
    return Sound(
        code=value.code,
        value=value.value,
        unit=value.unit,
        at=at,
        source=plain(reading.get("source") or source),
        visit_id=reading.get("visit_id"),
        device=plain(reading.get("device") or ""),
    )


def plain(name: str) -> str:
    """Return the name as it can be kept: short, and without signs that nobody sees."""
    return "".join(char for char in name if char.isprintable())[:60]


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """One measurement of pressure."""

    at: datetime
    source: str
    systolic: Decimal
    diastolic: Decimal
    device: str
    visit_id: UUID | None


def pairs(readings: Iterable[Any]) -> list[Both]:
    """Return the measurements of pressure, oldest first. A number whose other half is missing is none."""
    halves: dict[tuple[datetime, str], dict[str, Any]] = {}
    for reading in readings:
        halves.setdefault((reading.at, reading.source), {})[reading.code] = reading
    return [
        Both(
            at=at,
            source=source,
            systolic=half[SYSTOLIC].value,
            diastolic=half[DIASTOLIC].value,
            device=half[SYSTOLIC].device,
            visit_id=half[SYSTOLIC].visit_id,
        )
        for (at, source), half in sorted(halves.items())
        if SYSTOLIC in half and DIASTOLIC in half
    ]


def check_target(low: Decimal | None, high: Decimal | None) -> None:
    """:raises TargetUnsound: if there is neither end, or they are the wrong way round"""
    if (low is None and high is None) or (low is not None and high is not None and low >= high):
        raise TargetUnsound(fields={"high": _("上限要比下限高，至少填一个。")})
