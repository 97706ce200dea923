"""When one value alone is a reason to act: now, or today. The software advises; a clinician decides."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from anjia.clinical.tables import Source, source_of, table


class Grade(StrEnum):
    RED = "red"  # somebody has to look now
    AMBER = "amber"  # somebody has to look today


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    code: str
    grade: Grade
    at_least: Decimal | None
    at_most: Decimal | None
    source: Source

    def is_crossed_by(self, value: Decimal) -> bool:
        if self.at_least is not None:
            return value >= self.at_least
        return self.at_most is not None and value <= self.at_most


LINES: Final = tuple(
    Line(
        code=line["code"],
        grade=Grade(line["grade"]),
        at_least=Decimal(line["at_least"]) if "at_least" in line else None,
        at_most=Decimal(line["at_most"]) if "at_most" in line else None,
        source=source_of(rule),
    )
    for rule in table("alerts")["rules"]
    for line in rule["lines"]
)


def alert_for(code: str, value: Decimal, *, on: date) -> Line | None:
    """Return the worst line that the value crosses, if any. `value` is rounded (see `measures`)."""
    crossed = [
        line for line in LINES if line.code == code and line.source.holds_on(on) and line.is_crossed_by(value)
    ]
    return next((line for line in crossed if line.grade is Grade.RED), crossed[0] if crossed else None)
