"""How one caregiver's month is put into figures, by their written definitions. Pure: no database, no clock."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Protocol
from uuid import UUID

_TABLE: Final[Mapping[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "performance.json").read_text("utf-8")
)
LEAST_ROWS: Final[int] = _TABLE["least"]
MONTHS_BACK: Final[int] = _TABLE["months"]
PERFORMANCE_EVIDENCE: Final[str] = _TABLE["evidence"]


class Shape(StrEnum):
    COUNT = "count"
    PER_DAY = "per_day"
    SHARE = "share"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonMeasure:
    """A figure of one person: what it counts and leaves out, in words. An objection is against its `group`."""

    code: str
    group: str
    shape: Shape
    texts: Mapping[str, Mapping[str, str]]

    def said(self, part: str, language: str) -> str:
        return self.texts["en" if language.startswith("en") else "zh"][part]


PERSON_MEASURES: Final[Mapping[str, PersonMeasure]] = {
    row["code"]: PersonMeasure(
        code=row["code"],
        group=row["group"],
        shape=Shape(row["kind"]),
        texts={
            "zh": row["zh"] | {"source": _TABLE["source"]},
            "en": row["en"] | {"source": _TABLE["source_en"]},
        },
    )
    for row in _TABLE["measures"]
}
# The first figure of each group: its rows are what can be objected to.
FIRST_OF_GROUP: Final[Mapping[str, str]] = {
    one.group: one.code for one in list(PERSON_MEASURES.values())[::-1]
}
GROUPS_OF_MEASURES: Final[Sequence[str]] = list(dict.fromkeys(one.group for one in PERSON_MEASURES.values()))


class Saying(StrEnum):
    """What can be said of a person's figure."""

    SAID = "said"
    NO_DATA = "no_data"
    TOO_FEW = "too_few"  # counted, but of so few it would mislead
    NOT_YOURS = "not_yours"  # who asks may not read what it is made of


class Side(StrEnum):
    """How a row counts."""

    FOR = "for"
    AGAINST = "against"
    PARTLY = "partly"
    OUTSIDE = "outside"  # excluded by the definition
    OPEN = "open"  # nobody has found yet whether it counts


class Counted(Protocol):
    @property
    def row_id(self) -> UUID: ...
    @property
    def side(self) -> Side: ...
    @property
    def amount(self) -> int: ...
    @property
    def whole(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFigure:
    """A number of one person, and how many rows it is made of."""

    saying: Saying
    counted: int = 0
    of: int = 0
    rows: int = 0
    excluded: int = 0
    open: int = 0
    left_out: int = 0
    value: Decimal | None = None


def figure_of_rows(
    shape: Shape, rows: Iterable[Counted], *, left_out: Collection[UUID], days: int = 0
) -> PersonFigure:
    """Return the figure that its rows make, without those that a decision has left out. Never zero for nothing."""
    listed = list(rows)
    stays = [row for row in listed if row.row_id not in left_out]
    counted = [row for row in stays if row.side not in {Side.OUTSIDE, Side.OPEN}]
    amount, whole = sum(row.amount for row in counted), sum(row.whole for row in counted)
    value: Decimal | None = None
    match shape:
        case Shape.COUNT:
            saying, value = Saying.SAID, Decimal(amount)
        case Shape.PER_DAY:
            saying, whole = _saying(days), days
            value = _rounded(Decimal(amount) / days) if saying is Saying.SAID else None
        case Shape.SHARE:
            saying = _saying(len(counted) if whole else 0)
            value = _rounded(Decimal(100) * amount / whole) if saying is Saying.SAID else None
    return PersonFigure(
        saying=saying,
        counted=amount,
        of=whole,
        rows=len(counted),
        excluded=sum(row.side is Side.OUTSIDE for row in stays),
        open=sum(row.side is Side.OPEN for row in stays),
        left_out=len(listed) - len(stays),
        value=value,
    )


def month_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of the month that the day is in."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def months_before(day: date) -> list[date]:
    """Return the months that can be looked at on this day, this one first."""
    found = [day.replace(day=1)]
    while len(found) < MONTHS_BACK:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found


def _saying(count: int) -> Saying:
    if count == 0:
        return Saying.NO_DATA
    return Saying.SAID if count >= LEAST_ROWS else Saying.TOO_FEW


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
