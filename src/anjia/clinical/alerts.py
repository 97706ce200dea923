"""When one value alone is a reason to act: now, or today. The software advises; a clinician decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from anjia.clinical.tables import Source, source_of, table
from anjia.clinical.targets import Band


class Grade(StrEnum):
    RED = "red"  # somebody has to look now
    AMBER = "amber"  # somebody has to look today


class Scale(StrEnum):
    """How low an oxygen saturation is low: usually, and for whom a clinician has set a target of 88-92 %."""

    USUAL = "usual"
    HYPERCAPNIC = "hypercapnic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`is_target` gives way to a target that a clinician has set for this one person."""

    code: str
    grade: Grade
    at_least: Decimal | None
    at_most: Decimal | None
    age_from: int
    age_below: int | None
    scale: Scale | None
    at_home: bool
    is_target: bool
    source: Source

    def is_crossed_by(self, value: Decimal) -> bool:
        if self.at_least is not None:
            return value >= self.at_least
        return self.at_most is not None and value <= self.at_most

    def is_for_age(self, age: int | None) -> bool:
        """Of an age that nobody knows only what holds for every adult."""
        if age is None:
            return self.age_from <= ADULT and self.age_below is None
        return self.age_from <= age and (self.age_below is None or age < self.age_below)


def line_of(row: Mapping[str, Any], source: Source) -> Line:
    return Line(
        code=row["code"],
        grade=Grade(row["grade"]),
        at_least=Decimal(row["at_least"]) if "at_least" in row else None,
        at_most=Decimal(row["at_most"]) if "at_most" in row else None,
        age_from=row.get("age_from", 0),
        age_below=row.get("age_below"),
        scale=Scale(row["scale"]) if "scale" in row else None,
        at_home=row.get("at_home", False),
        is_target=row.get("is_target", False),
        source=source,
    )


ADULT: Final = 18
LINES: Final = tuple(
    line_of(row, source_of(rule)) for rule in table("alerts")["rules"] for row in rule["lines"]
)
HYPERCAPNIC: Final = table("alerts")["hypercapnic_target"]
FRESH: Final = timedelta(hours=table("alerts")["fresh"]["hours"])
SOURCE_OF_FRESH: Final = source_of(table("alerts")["fresh"])


def alert_for(
    code: str,
    value: Decimal,
    *,
    on: date,
    age: int | None = None,
    own: Band | None = None,
    at_home: bool = False,
) -> Line | None:
    """
    Return the worst line that the value crosses, if any. `value` is rounded (see `measures`).

    `own` is where a clinician says that this person's value should lie; `at_home` that she measured it herself.
    """
    scale = scale_of(code, own)
    crossed = [
        line
        for line in LINES
        if line.code == code and line.source.holds_on(on) and line.is_for_age(age)
        if line.scale in {None, scale} and (at_home or not line.at_home)
        if crosses(line, value, own)
    ]
    return next((line for line in crossed if line.grade is Grade.RED), crossed[0] if crossed else None)


def scale_of(code: str, own: Band | None) -> Scale:
    is_set_low = own is not None and own.high is not None and own.high <= Decimal(HYPERCAPNIC["high"])
    return Scale.HYPERCAPNIC if code == HYPERCAPNIC["code"] and is_set_low else Scale.USUAL


def crosses(line: Line, value: Decimal, own: Band | None) -> bool:
    if line.is_target and own is not None:
        return own.is_above(value)
    return line.is_crossed_by(value)


def is_fresh(at: datetime, *, now: datetime) -> bool:
    """Say whether a value is new enough to ask for something to be done now, or today."""
    return now - at <= FRESH
