"""What has happened to series. Ids, days and times only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesBegun:
    series_id: UUID
    resident_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesChanged:
    """It comes otherwise from now on: `series_id` is the one that goes on, `staying` as of a pause."""

    series_id: UUID
    resident_id: UUID
    at: datetime
    staying: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPaused:
    """`staying` are the visits that could not be called off any more: too near, or under way."""

    series_id: UUID
    resident_id: UUID
    at: datetime
    staying: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseEnds:
    """It goes on: by itself in some days, or because somebody has said so."""

    series_id: UUID
    resident_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesEnded:
    """`staying` as of a pause."""

    series_id: UUID
    resident_id: UUID
    at: datetime
    staying: tuple[UUID, ...] = ()
