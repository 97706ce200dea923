"""What can be measured: LOINC code, UCUM unit, how it is rounded and what is plausible."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, Final

from anjia.clinical.tables import table

SYSTOLIC: Final = "8480-6"
DIASTOLIC: Final = "8462-4"
HEART_RATE: Final = "8867-4"
BREATHS: Final = "9279-1"
SATURATION: Final = "59408-5"
TEMPERATURE: Final = "8310-5"
WEIGHT: Final = "29463-7"
GLUCOSE: Final = "15074-8"
CAPILLARY_GLUCOSE: Final = "14743-9"
FASTING_GLUCOSE: Final = "14771-0"


class Fault(StrEnum):
    """Why something that was sent is no sound measurement."""

    CODE = "code"
    UNIT = "unit"
    NUMBER = "number"
    TOO_LOW = "too_low"
    TOO_HIGH = "too_high"


class Unsound(ValueError):
    """What was sent is no measurement that we know, or one that nobody alive can have."""

    def __init__(self, fault: Fault, measure: "Measure | None" = None) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.measure = measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    code: str
    name: str
    name_en: str
    unit: str  # UCUM
    shown: str  # the unit, for people
    shown_en: str
    decimals: int
    low: Decimal  # what is lower or higher was mistyped
    high: Decimal
    factors: Mapping[str, Decimal]

    def rounded(self, value: Decimal) -> Decimal:
        """Bands are stated on rounded values, so round first; half goes up, as people do it."""
        return value.quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)


def measure_of(row: Mapping[str, Any]) -> Measure:
    factors = {row["unit"]: Decimal(1)}
    for other in row["accepts"]:
        factors[other["unit"]] = (
            Decimal(other["factor"]) if "factor" in other else Decimal(1) / Decimal(other["divisor"])
        )
    return Measure(
        code=row["code"],
        name=row["name"],
        name_en=row["name_en"],
        unit=row["unit"],
        shown=row["shown"],
        shown_en=row.get("shown_en", row["shown"]),
        decimals=row["decimals"],
        low=Decimal(row["low"]),
        high=Decimal(row["high"]),
        factors=factors,
    )


MEASURES: Final[Mapping[str, Measure]] = {
    row["code"]: measure_of(row) for row in table("measures")["measures"]
}
ALIASES: Final[Mapping[str, str]] = {
    alias: row["code"] for row in table("measures")["measures"] for alias in row.get("also_known_as", [])
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A measured value in the measure's own unit, rounded as it is kept."""

    code: str
    value: Decimal
    unit: str


def measure(code: str) -> Measure:
    """:raises Unsound: if no such thing is measured here"""
    try:
        return MEASURES[ALIASES.get(code, code)]
    except KeyError:
        raise Unsound(Fault.CODE) from None


def normalised(code: str, value: Decimal, unit: str) -> Value:
    """
    Return the value in the measure's own unit, rounded.

    :raises Unsound: if code or unit is not known, or the value is none that a person can have
    """
    known = measure(code)
    if unit not in known.factors:
        raise Unsound(Fault.UNIT, known)
    if not value.is_finite():
        raise Unsound(Fault.NUMBER, known)
    if abs(value) > 10**6:
        raise Unsound(Fault.TOO_HIGH if value > 0 else Fault.TOO_LOW, known)
    own = known.rounded(value * known.factors[unit])
    if own < known.low:
        raise Unsound(Fault.TOO_LOW, known)
    if own > known.high:
        raise Unsound(Fault.TOO_HIGH, known)
    return Value(code=known.code, value=own, unit=known.unit)
