"""Indicators: every number can be asked for its rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils.translation import get_language

from anjia.kernel import access
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds
from anjia.kernel.database import TookTooLong, at_most
from anjia.kernel.errors import NotFound
from anjia.kernel.paging import Page
from anjia.quality.queries.sources import SOURCE_OF, SOURCES, Asked, Counts, Part, Row, Source
from anjia.quality.reading import check_reads
from anjia.quality.rules import DEFINITIONS, Definition, Figure, figure, timed_out

PATIENCE: Final = 5.0  # seconds for what one source counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A figure with its written definition, for a period, as of a moment."""

    definition: Definition
    figure: Figure
    first: date
    last: date
    as_of: datetime

    def said(self, part: str) -> str:
        return self.definition.said(part, get_language() or "zh")

    @property
    def code(self) -> str:
        return self.definition.code

    @property
    def name(self) -> str:
        return self.said("name")

    @property
    def counts(self) -> str:
        return self.said("counts")

    @property
    def excludes(self) -> str:
        return self.said("excludes")

    @property
    def period(self) -> str:
        return self.said("period")

    @property
    def source(self) -> str:
        return self.said("source")


def indicators(
    actor: Actor, purpose: Purpose, *, first: date, last: date, as_of: datetime
) -> list[Indicator]:
    """
    Return all indicators of the days from `first` to `last`, as things stand; what takes too long says so.

    :raises NotAllowed: without `quality.read`
    """
    check_reads(actor)
    asked = _asked(actor, purpose, first, last, as_of)
    figures: dict[str, Figure] = {}
    for source in SOURCES:
        counts = _counts(source, asked)
        figures |= {code: _figure(code, counts) for code in source.codes}
    return [
        Indicator(definition=definition, figure=figures[code], first=first, last=last, as_of=as_of)
        for code, definition in DEFINITIONS.items()
    ]


def rows_of_indicator(
    actor: Actor,
    purpose: Purpose,
    *,
    code: str,
    part: str,
    first: date,
    last: date,
    as_of: datetime,
    after: str | None = None,
    size: int = 50,
) -> Page[Row]:
    """
    Return the rows behind a number: those that were counted, those missing to the whole, or those left out.

    :raises NotAllowed: without `quality.read`
    :raises NotFound: if there is no such indicator or part
    """
    check_reads(actor)
    if code not in SOURCE_OF or part not in set(Part):
        raise NotFound
    return SOURCE_OF[code].rows(_asked(actor, purpose, first, last, as_of), code, Part(part), after, size)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillDown:
    indicator: Indicator
    page: Page[Row]


def drill_down(
    actor: Actor,
    purpose: Purpose,
    *,
    code: str,
    part: str,
    first: date,
    last: date,
    as_of: datetime,
    after: str | None = None,
    size: int = 50,
) -> DrillDown:
    """
    Return a number with its rows, read at one moment; whose words are read is noted.

    :raises NotFound: if there is no such indicator or part
    """
    page = rows_of_indicator(
        actor, purpose, code=code, part=part, first=first, last=last, as_of=as_of, after=after, size=size
    )
    counts = _counts(SOURCE_OF[code], _asked(actor, purpose, first, last, as_of))
    rated = {row.rating.resident_id for row in page.items if row.rating}
    access.note(actor, purpose, resident_ids=rated, what="quality.ratings")
    indicator = Indicator(
        definition=DEFINITIONS[code], figure=_figure(code, counts), first=first, last=last, as_of=as_of
    )
    return DrillDown(indicator=indicator, page=page)


def _asked(actor: Actor, purpose: Purpose, first: date, last: date, as_of: datetime) -> Asked:
    start, end = day_bounds(first)[0], day_bounds(last)[1]
    return Asked(actor=actor, purpose=purpose, start=start, end=end, as_of=as_of)


def _counts(source: Source, asked: Asked) -> Mapping[str, Counts] | None:
    try:
        with at_most(PATIENCE):
            return source.count(asked)
    except TookTooLong:
        return None


def _figure(code: str, counts: Mapping[str, Counts] | None) -> Figure:
    if counts is None:
        return timed_out()
    found = counts[code]
    return figure(
        DEFINITIONS[code],
        counted=found.counted,
        of=found.counted + found.missing,
        excluded=found.excluded,
    )
