"""How the work of staff is put into figures, by their written definitions. Pure: no database, no clock."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Final

_TABLE: Final[Mapping[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "efficiency.json").read_text("utf-8")
)
EVIDENCE: Final[str] = _TABLE["evidence"]
VERSION: Final[int] = _TABLE["version"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What a figure of a caregiver's work counts and what it leaves out, in words, and where that comes from."""

    code: str
    texts: Mapping[str, Mapping[str, str]]

    def said(self, part: str, language: str) -> str:
        return self.texts["en" if language.startswith("en") else "zh"][part]


MEASURES: Final[Sequence[Measure]] = [
    Measure(
        code=row["code"],
        texts={
            "zh": row["zh"] | {"source": _TABLE["source"]},
            "en": row["en"] | {"source": _TABLE["source_en"]},
        },
    )
    for row in _TABLE["measures"]
]


def per_day(visits: int, days: int) -> Decimal | None:
    """Return how many on a day of duty, or none where there was none."""
    return _rounded(Decimal(visits) / days) if days else None


def share_on_the_way(way: timedelta, service: timedelta) -> Decimal | None:
    """Return the share of `way` in both, per cent, or none where there is neither."""
    both = way + service
    return _rounded(Decimal(100) * Decimal(way / both)) if both else None


def mean_minutes(whole: timedelta, count: int) -> Decimal | None:
    """Return the mean in minutes, or none of nothing."""
    return _rounded(Decimal(whole / timedelta(minutes=1)) / count) if count else None


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
