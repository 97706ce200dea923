"""How an indicator is worked out, by its written definition. Pure: no database, no clock."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

_TABLE: Final[Mapping[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "indicators.json").read_text("utf-8")
)
LEAST_RATINGS: Final[int] = _TABLE["least"]["ratings"]
LEAST_SOURCE: Final[str] = _TABLE["least"]["source"]
OUR_REASONS: Final[tuple[str, ...]] = tuple(_TABLE["our_reasons"])
SATISFIED_FROM: Final[int] = _TABLE["satisfied_from"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What an indicator counts and what it leaves out, in words; its target, and where that comes from."""

    code: str
    version: int
    unit: str  # what its rows are: "visits", "ratings", "calls" or "exceptions"
    target: int | None  # per cent
    is_limit: bool  # the target is the most there may be, not the least
    evidence: str
    texts: Mapping[str, Mapping[str, str]]
    part_of: str = ""  # the indicator of which it counts a share of the rows

    def said(self, part: str, language: str) -> str:
        return self.texts["en" if language.startswith("en") else "zh"][part]


DEFINITIONS: Final[Mapping[str, Definition]] = {
    row["code"]: Definition(
        code=row["code"],
        version=row["version"],
        unit=row["unit"],
        target=row["target"],
        is_limit=row.get("is_limit", False),
        evidence=row["evidence"],
        part_of=row.get("part_of", ""),
        texts={
            "zh": row["zh"] | {"source": row["source"]},
            "en": row["en"] | {"source": row["source_en"]},
        },
    )
    for row in _TABLE["indicators"]
}


class Standing(StrEnum):
    """What can be said of a number."""

    NO_DATA = "no_data"  # nothing to count
    TOO_FEW = "too_few"  # counted, but a share of so few would mislead
    MET = "met"
    MISSED = "missed"
    NO_TARGET = "no_target"
    TIMED_OUT = "timed_out"  # counting took too long: nobody knows


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number, how it came about, and whether it may be called one."""

    standing: Standing
    counted: int  # numerator
    of: int  # denominator
    excluded: int = 0
    value: Decimal | None = None  # per cent with one decimal

    @property
    def missing(self) -> int:
        return self.of - self.counted


def figure(definition: Definition, *, counted: int, of: int, excluded: int = 0) -> Figure:
    """Return the share in per cent, or why there is none: never zero for nothing."""
    if of == 0:
        return Figure(standing=Standing.NO_DATA, counted=counted, of=of, excluded=excluded)
    if definition.unit == "ratings" and of < LEAST_RATINGS:
        return Figure(standing=Standing.TOO_FEW, counted=counted, of=of, excluded=excluded)
    value = (Decimal(100) * counted / of).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if definition.target is None:
        standing = Standing.NO_TARGET
    else:
        # The exact share is compared, not the one rounded for the eye.
        exact, target = 100 * counted, definition.target * of
        is_met = exact <= target if definition.is_limit else exact >= target
        standing = Standing.MET if is_met else Standing.MISSED
    return Figure(standing=standing, counted=counted, of=of, excluded=excluded, value=value)


def timed_out() -> Figure:
    """Return what can be said of a number that was not counted to its end: nothing, and never zero."""
    return Figure(standing=Standing.TIMED_OUT, counted=0, of=0)
