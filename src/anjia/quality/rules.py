"""What a rating may say and when, and how an indicator is worked out. Pure: no database, no clock."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError, Invalid, Words

CHANGE_WITHIN: Final = timedelta(hours=24)
ASPECTS: Final = ("manner", "skill", "punctual", "explained")
ASPECT_WORDS: Final[Mapping[str, Words]] = {
    "manner": _("态度"),
    "skill": _("技术"),
    "punctual": _("准时"),
    "explained": _("讲清楚"),
}
LONGEST_WORDS: Final = 1_000


class RaterKind(StrEnum):
    RESIDENT = "resident"
    FAMILY = "family"


RATER_WORDS: Final[Mapping[RaterKind, Words]] = {
    RaterKind.RESIDENT: _("居民本人"),
    RaterKind.FAMILY: _("家人"),
}


class NotDoneYet(DomainError):
    code = "quality.not_done_yet"
    words = _("这次上门还没有做完，做完就可以评价。")


class ChangeTooLate(DomainError):
    code = "quality.change_too_late"
    words = _("评价满 24 小时，改不了了。还有话想说，请打电话给服务台。")


class RatingUnsound(Invalid):
    code = "quality.rating_unsound"
    words = _("星星请选 1 到 5 颗。")


def check_rating(*, stars: int, aspects: Mapping[str, int], words: str) -> None:
    """:raises RatingUnsound: if it is not one to five stars, or rates what nobody asks for"""
    wrong: dict[str, Words] = {}
    if not 1 <= stars <= 5:
        wrong["stars"] = _("请选 1 到 5 颗星。")
    for aspect, value in aspects.items():
        if aspect not in ASPECTS or not 1 <= value <= 5:
            wrong[f"aspects.{aspect}"] = _("请选 1 到 5 颗星。")
    if len(words) > LONGEST_WORDS:
        wrong["words"] = _("最多写 1000 个字。")
    if wrong:
        raise RatingUnsound(fields=wrong)


def check_change(*, rated_at: datetime, now: datetime) -> None:
    """:raises ChangeTooLate: from 24 hours after it was given on"""
    if now >= rated_at + CHANGE_WITHIN:
        raise ChangeTooLate


# --- indicators ----------------------------------------------------------------------------------------------------

_TABLE: Final[Mapping[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "indicators.json").read_text("utf-8")
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
    unit: str  # what its rows are: "visits" or "ratings"
    target: int | None  # per cent
    evidence: str
    texts: Mapping[str, Mapping[str, str]]

    def said(self, part: str, language: str) -> str:
        return self.texts["en" if language.startswith("en") else "zh"][part]


DEFINITIONS: Final[Mapping[str, Definition]] = {
    row["code"]: Definition(
        code=row["code"],
        version=row["version"],
        unit=row["unit"],
        target=row["target"],
        evidence=row["evidence"],
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number, how it came about, and whether it may be called one."""

    standing: Standing
    counted: int  # numerator
    of: int  # denominator
    excluded: int = 0
    value: Decimal | None = None  # per cent with one decimal


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
        standing = Standing.MET if 100 * counted >= definition.target * of else Standing.MISSED
    return Figure(standing=standing, counted=counted, of=of, excluded=excluded, value=value)
