"""What is being made better, by whom, and whether it helped."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q

from anjia.identity.queries import account_names, who_may
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.calendar import day_bounds, day_of
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.paging import Page, page_of
from anjia.quality.models import Improvement, ImprovementStep, Rating
from anjia.quality.rules import (
    DEFINITIONS,
    SATISFIED_FROM,
    Figure,
    ImprovementState,
    figure,
    points_between,
    window_after,
)

MANAGES = "quality.manage"
Window = tuple[str, date, date]  # of an aspect, from which day to which


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """An aspect's share in some days: its rows are those of the indicator in the same days."""

    first: date
    last: date
    figure: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementLine:
    improvement: Improvement
    owner_name: str
    before: Share
    after: Share | None  # once the measure is in place
    days_left: int  # until the effect can be told
    points: Decimal | None  # by how many the share has risen
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementPage:
    line: ImprovementLine
    steps: Sequence[ImprovementStep]
    names: Mapping[UUID, str]
    owners: Mapping[UUID, str]


def improvements(
    actor: Actor,
    purpose: Purpose,
    *,
    now: datetime,
    show: str = "open",
    after: str | None = None,
    size: int = 30,
) -> Page[ImprovementLine]:
    """
    Return what is being made better, or what was, the latest first.

    :raises NotAllowed: for persons, and without `quality.manage`
    """
    _check_manages(actor)
    rows = Improvement.objects.filter(organization_id=actor.organization_id)
    closed = Q(state=ImprovementState.CLOSED.value)
    page = page_of(
        rows.filter(closed if show == "closed" else ~closed),
        order=("-opened_at", "id"),
        after=after,
        size=size,
    )
    return Page(_lines(actor, purpose, page.items, now=now), page.next)


def improvement_page(
    actor: Actor, purpose: Purpose, *, improvement_id: UUID, now: datetime
) -> ImprovementPage:
    """
    Return one improvement with its steps and its effect.

    :raises NotAllowed: for persons, and without `quality.manage`
    :raises NotFound: if there is none
    """
    _check_manages(actor)
    rows = Improvement.objects.filter(organization_id=actor.organization_id, id=improvement_id)
    line = next(iter(_lines(actor, purpose, list(rows), now=now)), None)
    if line is None:
        raise NotFound
    steps = list(ImprovementStep.objects.filter(improvement=line.improvement).order_by("at", "id"))
    accounts = {one for step in steps for one in (step.by, step.owner_id) if one}
    return ImprovementPage(
        line=line,
        steps=steps,
        names=account_names(actor, purpose, account_ids=accounts),
        owners=who_may(actor, purpose, permission=MANAGES),
    )


def aspect_counts(actor: Actor, purpose: Purpose, *, aspect: str, first: date, last: date) -> tuple[int, int]:
    """Return how many ratings of visits of these days call the aspect good, of how many that rate it."""
    asked = (aspect, first, last)
    return _counts(actor, {asked})[asked]


def houses_rated(actor: Actor, purpose: Purpose, *, since: datetime) -> list[UUID]:
    """Return the institutions whose visits since then have been rated."""
    rows = Rating.objects.filter(visit_starts_at__gte=since).order_by("organization_id")
    return list(rows.values_list("organization_id", flat=True).distinct())


def _lines(
    actor: Actor, purpose: Purpose, rows: Sequence[Improvement], *, now: datetime
) -> list[ImprovementLine]:
    owners = account_names(actor, purpose, account_ids={one.owner_id for one in rows if one.owner_id})
    befores = {(one.aspect, one.first, one.last) for one in rows}
    afters = {(one.aspect, *window_after(one.in_place_on)) for one in rows if one.in_place_on}
    counts = _counts(actor, befores | afters)
    return [_line(one, counts, owners, day_of(now)) for one in rows]


def _line(
    one: Improvement, counts: Mapping[Window, tuple[int, int]], owners: Mapping[UUID, str], today: date
) -> ImprovementLine:
    before = _share((one.aspect, one.first, one.last), counts)
    after, days_left = None, 0
    if one.in_place_on:
        first, last = window_after(one.in_place_on)
        after, days_left = _share((one.aspect, first, last), counts), max(0, (last - today).days + 1)
    is_running = one.state in {ImprovementState.OPEN, ImprovementState.PLANNED}
    return ImprovementLine(
        improvement=one,
        owner_name=owners.get(one.owner_id, "") if one.owner_id else "",
        before=before,
        after=after,
        days_left=days_left,
        points=points_between(before.figure.value, after.figure.value) if after else None,
        is_late=is_running and one.due_on is not None and one.due_on < today,
    )


def _counts(actor: Actor, windows: Collection[Window]) -> dict[Window, tuple[int, int]]:
    """Return of each window how many ratings are good, of how many: in one statement for however many."""
    asked: dict[str, Count] = {}
    bounds = {window: (day_bounds(window[1])[0], day_bounds(window[2])[1]) for window in windows}
    for number, (window, (start, end)) in enumerate(bounds.items()):
        rated = Q((f"{window[0]}__isnull", False), visit_starts_at__gte=start, visit_starts_at__lt=end)
        asked[f"of_{number}"] = Count("id", filter=rated)
        asked[f"good_{number}"] = Count("id", filter=rated & Q((f"{window[0]}__gte", SATISFIED_FROM)))
    if not asked:
        return {}
    found = Rating.objects.filter(
        organization_id=actor.organization_id,
        visit_starts_at__gte=min(start for start, _end in bounds.values()),
        visit_starts_at__lt=max(end for _start, end in bounds.values()),
    ).aggregate(**asked)
    return {window: (found[f"good_{number}"], found[f"of_{number}"]) for number, window in enumerate(bounds)}


def _share(window: Window, counts: Mapping[Window, tuple[int, int]]) -> Share:
    aspect, first, last = window
    good, of = counts[window]
    return Share(first=first, last=last, figure=figure(DEFINITIONS[f"aspect_{aspect}"], counted=good, of=of))


def _check_manages(actor: Actor) -> None:
    if actor.kind is Kind.PERSON or not actor.may(MANAGES):
        raise NotAllowed
