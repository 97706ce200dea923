"""Indicators: every number can be asked for its rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language

from anjia.kernel import access
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds
from anjia.kernel.errors import NotFound
from anjia.kernel.paging import Page, page_of
from anjia.quality.counting import (
    call_back_parts,
    call_backs_between,
    complained_of,
    complaints,
    complaints_without_visit,
    ratings_between,
)
from anjia.quality.models import CallBack, Concern, Rating
from anjia.quality.reading import check_reads
from anjia.quality.rules import (
    ASPECTS,
    DEFINITIONS,
    OUR_REASONS,
    SATISFIED_FROM,
    Definition,
    Figure,
    RaterKind,
    figure,
)
from anjia.residents.queries import resident_names
from anjia.visits.queries.outcomes import Group, Ids, Outcome, count_outcomes, outcomes, outcomes_of


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row behind a number: a visit, and where that is what is counted its rating, call-back or complaints."""

    outcome: Outcome | None  # a complaint may name no visit
    resident_name: str
    rating: Rating | None = None
    call_back: CallBack | None = None
    concerns: Sequence[Concern] = ()


def indicators(
    actor: Actor, purpose: Purpose, *, first: date, last: date, as_of: datetime
) -> list[Indicator]:
    """
    Return all indicators of the days from `first` to `last`, as things stand.

    :raises NotAllowed: without `quality.read`
    """
    check_reads(actor)
    start, end = day_bounds(first)[0], day_bounds(last)[1]
    visits = count_outcomes(actor, purpose, start=start, end=end, as_of=as_of, our_reasons=OUR_REASONS)
    ratings = ratings_between(actor, start, end).aggregate(
        all_ratings=Count("id"),
        rated_visits=Count("visit_id", distinct=True),
        **{f"{code}_of": Count("id", filter=condition) for code, condition in COUNTED.items()},
        **{f"{code}_good": Count("id", filter=condition & GOOD[code]) for code, condition in COUNTED.items()},
    )
    figures: dict[str, Figure] = {
        "completion": figure(
            DEFINITIONS["completion"],
            counted=visits[Group.DONE],
            of=visits[Group.DONE] + visits[Group.NOT_DONE],
            excluded=visits[Group.TAKEN_BACK] + visits[Group.NOT_YET],
        ),
        "rated": figure(
            DEFINITIONS["rated"],
            counted=ratings["rated_visits"],
            of=visits[Group.DONE],
            excluded=sum(visits[group] for group in NOT_RATEABLE),
        ),
        "call_back": _call_back_figure(call_backs_between(actor, start, end), as_of),
        "complaint": _complaint_figure(actor, purpose, start, end, as_of, visits),
    }
    for code in COUNTED:
        figures[code] = figure(
            DEFINITIONS[code],
            counted=ratings[f"{code}_good"],
            of=ratings[f"{code}_of"],
            excluded=ratings["all_ratings"] - ratings[f"{code}_of"],
        )
    return [
        Indicator(definition=definition, figure=figures[code], first=first, last=last, as_of=as_of)
        for code, definition in DEFINITIONS.items()
    ]


COUNTED: Final[dict[str, Q]] = {
    "satisfaction_resident": Q(rater_kind=RaterKind.RESIDENT.value),
    "satisfaction_family": Q(rater_kind=RaterKind.FAMILY.value),
    **{f"aspect_{aspect}": Q((f"{aspect}__isnull", False)) for aspect in ASPECTS},
}
GOOD: Final[dict[str, Q]] = {
    "satisfaction_resident": Q(stars__gte=SATISFIED_FROM),
    "satisfaction_family": Q(stars__gte=SATISFIED_FROM),
    **{f"aspect_{aspect}": Q((f"{aspect}__gte", SATISFIED_FROM)) for aspect in ASPECTS},
}
PARTS: Final = ("counted", "missing", "excluded")


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
    if code not in DEFINITIONS or part not in PARTS:
        raise NotFound
    start, end = day_bounds(first)[0], day_bounds(last)[1]
    if code == "completion":
        return _visit_rows(actor, purpose, start, end, as_of, GROUPS[part], after, size)
    if code == "rated" and part != "counted":
        return _unrated_rows(actor, purpose, start, end, as_of, part, after, size)
    if code == "call_back":
        calls = call_backs_between(actor, start, end).filter(call_back_parts(as_of)[part])
        return _call_back_rows(actor, purpose, calls, after, size)
    if code == "complaint":
        return _complaint_rows(actor, purpose, start, end, as_of, part, after, size)
    rows = ratings_between(actor, start, end)
    if code == "rated":
        return _rating_rows(actor, purpose, rows, after, size)
    if part == "excluded":
        rows = rows.exclude(COUNTED[code])
    else:
        good = GOOD[code] if part == "counted" else ~GOOD[code]
        rows = rows.filter(COUNTED[code], good)
    return _rating_rows(actor, purpose, rows, after, size)


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
    found = indicators(actor, purpose, first=first, last=last, as_of=as_of)
    rated = {row.rating.resident_id for row in page.items if row.rating}
    access.note(actor, purpose, resident_ids=rated, what="quality.ratings")
    return DrillDown(indicator=next(one for one in found if one.code == code), page=page)


GROUPS: Final[dict[str, Sequence[Group]]] = {
    "counted": (Group.DONE,),
    "missing": (Group.NOT_DONE,),
    "excluded": (Group.TAKEN_BACK, Group.NOT_YET),
}
NOT_RATEABLE: Final = (Group.NOT_DONE, Group.TAKEN_BACK, Group.NOT_YET)


def _visit_rows(
    actor: Actor,
    purpose: Purpose,
    start: datetime,
    end: datetime,
    as_of: datetime,
    groups: Sequence[Group],
    after: str | None,
    size: int,
    *,
    among: Ids | None = None,
    apart_from: Ids = (),
) -> Page[Row]:
    page = outcomes(
        actor,
        purpose,
        start=start,
        end=end,
        as_of=as_of,
        our_reasons=OUR_REASONS,
        groups=groups,
        among=among,
        apart_from=apart_from,
        after=after,
        size=size,
    )
    names = resident_names(actor, purpose, resident_ids={row.resident_id for row in page.items})
    return Page(
        [Row(outcome=row, resident_name=names.get(row.resident_id, "")) for row in page.items], page.next
    )


def _unrated_rows(
    actor: Actor,
    purpose: Purpose,
    start: datetime,
    end: datetime,
    as_of: datetime,
    part: str,
    after: str | None,
    size: int,
) -> Page[Row]:
    """Return done visits without a rating; "excluded" are those that were not done."""
    if part == "excluded":
        return _visit_rows(actor, purpose, start, end, as_of, NOT_RATEABLE, after, size)
    rated = ratings_between(actor, start, end).values_list("visit_id", flat=True)
    return _visit_rows(actor, purpose, start, end, as_of, [Group.DONE], after, size, apart_from=rated)


def _rating_rows(
    actor: Actor, purpose: Purpose, rows: QuerySet[Rating, Rating], after: str | None, size: int
) -> Page[Row]:
    page = page_of(rows, order=("visit_starts_at", "id"), after=after, size=size)
    visits = outcomes_of(actor, purpose, visit_ids={rating.visit_id for rating in page.items})
    names = resident_names(actor, purpose, resident_ids={rating.resident_id for rating in page.items})
    return Page(
        [
            Row(
                outcome=visits[rating.visit_id],
                resident_name=names.get(rating.resident_id, ""),
                rating=rating,
            )
            for rating in page.items
        ],
        page.next,
    )


def _call_back_figure(rows: QuerySet[CallBack, CallBack], as_of: datetime) -> Figure:
    parts = call_back_parts(as_of)
    found = rows.aggregate(**{part: Count("id", filter=condition) for part, condition in parts.items()})
    return figure(
        DEFINITIONS["call_back"],
        counted=found["counted"],
        of=found["counted"] + found["missing"],
        excluded=found["excluded"],
    )


def _call_back_rows(
    actor: Actor, purpose: Purpose, rows: QuerySet[CallBack, CallBack], after: str | None, size: int
) -> Page[Row]:
    page = page_of(rows, order=("visit_starts_at", "id"), after=after, size=size)
    visits = outcomes_of(actor, purpose, visit_ids={one.visit_id for one in page.items})
    names = resident_names(actor, purpose, resident_ids={one.resident_id for one in page.items})
    return Page(
        [
            Row(outcome=visits[one.visit_id], resident_name=names.get(one.resident_id, ""), call_back=one)
            for one in page.items
        ],
        page.next,
    )


DUE: Final = (Group.DONE, Group.NOT_DONE)


def _complaint_figure(
    actor: Actor, purpose: Purpose, start: datetime, end: datetime, as_of: datetime, visits: dict[Group, int]
) -> Figure:
    complained = count_outcomes(
        actor,
        purpose,
        start=start,
        end=end,
        as_of=as_of,
        our_reasons=OUR_REASONS,
        among=complained_of(actor, start, end),
    )
    return figure(
        DEFINITIONS["complaint"],
        counted=sum(complained[group] for group in DUE),
        of=sum(visits[group] for group in DUE),
        excluded=complaints_without_visit(actor, start, end).count(),
    )


def _complaint_rows(
    actor: Actor,
    purpose: Purpose,
    start: datetime,
    end: datetime,
    as_of: datetime,
    part: str,
    after: str | None,
    size: int,
) -> Page[Row]:
    if part == "excluded":
        page = page_of(
            complaints_without_visit(actor, start, end), order=("raised_at", "id"), after=after, size=size
        )
        ids = {one.resident_id for one in page.items if one.resident_id}
        names = resident_names(actor, purpose, resident_ids=ids)
        return Page(
            [
                Row(
                    outcome=None,
                    resident_name=names.get(one.resident_id, "") if one.resident_id else "",
                    concerns=[one],
                )
                for one in page.items
            ],
            page.next,
        )
    complained = complained_of(actor, start, end)
    which = {"among": complained} if part == "counted" else {"apart_from": complained}
    rows = _visit_rows(actor, purpose, start, end, as_of, DUE, after, size, **which)
    by_visit: dict[UUID | None, list[Concern]] = {}
    for one in complaints(actor).filter(visit_id__in=complained).order_by("raised_at", "id"):
        by_visit.setdefault(one.visit_id, []).append(one)
    return Page(
        [
            replace(row, concerns=by_visit.get(row.outcome.visit_id, [])) if row.outcome else row
            for row in rows.items
        ],
        rows.next,
    )
