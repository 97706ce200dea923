"""What can honestly be said about a row of values: a mean, a comparison, or that there are too few."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from anjia.clinical.tables import Source, source_of, table
from anjia.clinical.targets import Band

_TABLE: Final = table("categories")["trend"]
SOURCE: Final[Source] = source_of(_TABLE)
RECENT: Final = timedelta(days=_TABLE["recent_days"])
BEFORE_FROM: Final = timedelta(days=_TABLE["before_from_days"])
BEFORE_TO: Final = timedelta(days=_TABLE["before_to_days"])
LEAST: Final[int] = _TABLE["least"]
COUNTED: Final[int] = _TABLE["counted"]


class Say(StrEnum):
    """What there is to say."""

    NEVER = "never"  # nothing was ever measured in the time asked for
    TOO_FEW = "too_few"  # measured, but not often enough lately to speak of a mean
    MEAN = "mean"
    COMPARED = "compared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    say: Say
    recent: int  # how many values lie in the last days
    mean: Decimal | None = None
    change: Decimal | None = None  # against about a month before
    counted: int = 0  # of the last so many ...
    inside: int | None = None  # ... so many lie in the band; None without a band


def trend(
    points: Sequence[tuple[datetime, Decimal]], *, now: datetime, band: Band | None, decimals: int
) -> Trend:
    """Return what can be said about the points, which come oldest first."""
    if not points:
        return Trend(say=Say.NEVER, recent=0)
    recent = [value for at, value in points if now - RECENT < at <= now]
    before = [value for at, value in points if now - BEFORE_FROM < at <= now - BEFORE_TO]
    last = [value for _, value in points[-COUNTED:]]
    inside = None if band is None else sum(band.holds(value) for value in last)
    if len(recent) < LEAST:
        return Trend(say=Say.TOO_FEW, recent=len(recent), counted=len(last), inside=inside)
    mean = average(recent, decimals)
    if len(before) < LEAST:
        return Trend(say=Say.MEAN, recent=len(recent), mean=mean, counted=len(last), inside=inside)
    change = mean - average(before, decimals)
    return Trend(
        say=Say.COMPARED,
        recent=len(recent),
        mean=mean,
        change=change,
        counted=len(last),
        inside=inside,
    )


def average(values: Sequence[Decimal], decimals: int) -> Decimal:
    return round(sum(values, Decimal(0)) / len(values), decimals)
