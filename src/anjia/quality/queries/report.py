"""A month in figures, beside the month before; and the rows of a number in one piece, to be taken away."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from anjia.identity.queries import get_organization
from anjia.kernel import access
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.paging import LARGEST
from anjia.quality.queries.efforts import StaffLine, staff_lines
from anjia.quality.queries.indicators import Indicator, indicators, rows_of_indicator
from anjia.quality.queries.sources import Row

MOST_ROWS: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    house: str
    first: date
    last: date
    as_of: datetime
    month: list[Indicator]
    month_before: list[Indicator]
    staff: list[StaffLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The rows of a number; `is_cut` where there are more than anybody gets at once."""

    rows: list[Row]
    is_cut: bool


def month_in_figures(actor: Actor, purpose: Purpose, *, month: date, as_of: datetime) -> Report:
    """
    Return the figures of the month that the day is in, and of the one before.

    :raises NotAllowed: without `quality.read`
    """
    first = month.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    before = first - timedelta(days=1)
    return Report(
        house=get_organization(actor, purpose, organization_id=actor.organization_id).name,
        first=first,
        last=last,
        as_of=as_of,
        month=indicators(actor, purpose, first=first, last=last, as_of=as_of),
        month_before=indicators(actor, purpose, first=before.replace(day=1), last=before, as_of=as_of),
        staff=staff_lines(actor, purpose, first=first, last=last, as_of=as_of),
    )


def rows_to_take_away(
    actor: Actor, purpose: Purpose, *, code: str, part: str, first: date, last: date, as_of: datetime
) -> Rows:
    """
    Return all the rows behind a number, up to `MOST_ROWS`; that they were taken is noted with each resident.

    :raises NotAllowed: without `quality.read`
    :raises NotFound: if there is no such indicator or part
    """
    found: list[Row] = []
    after: str | None = None
    while True:
        page = rows_of_indicator(
            actor,
            purpose,
            code=code,
            part=part,
            first=first,
            last=last,
            as_of=as_of,
            after=after,
            size=LARGEST,
        )
        found += page.items
        after = page.next
        if after is None or len(found) >= MOST_ROWS:
            break
    resident_ids = {row.resident_id for row in found if row.resident_id}
    access.note(actor, purpose, resident_ids=resident_ids, what="quality.rows")
    return Rows(rows=found[:MOST_ROWS], is_cut=after is not None or len(found) > MOST_ROWS)
