"""The live board: a day's visits by state, and each caregiver's day as a line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds
from anjia.kernel.paging import page_of
from anjia.residents.queries import resident_names
from anjia.visits.boards import Bar, bar_of, check_may_read_all, row_of, visits_of_day
from anjia.visits.boards import BoardRow as BoardRow
from anjia.visits.models import LIVE_STATES, Assignment
from anjia.visits.rules.lifecycle import BoardState
from anjia.visits.showing import cards_of, live_crew
from anjia.workforce.queries import caregivers_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    rows: Sequence[BoardRow]
    next: str | None
    counts: dict[BoardState, int]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One caregiver's day."""

    staff_id: UUID
    name: str
    title: str
    shifts: Sequence[tuple[datetime, datetime]]
    leave: Sequence[tuple[datetime, datetime]]
    bars: Sequence[Bar]


def board(
    actor: Actor,
    purpose: Purpose,
    *,
    day: date,
    now: datetime,
    after: str | None = None,
    size: int = 100,
    state: str | None = None,
) -> Board:
    """
    Return a page of the day's visits, soonest first, and how many there are in each state.

    :raises NotAllowed: if the actor may not read visits
    """
    check_may_read_all(actor)
    visits = visits_of_day(actor, day, now=now)
    counted = visits.order_by().values("state").annotate(number=Count("id"))
    counts = {BoardState(row["state"]): row["number"] for row in counted}
    wanted = visits.filter(state=state) if state else visits
    page = page_of(wanted.prefetch_related(live_crew()), order=("starts_at", "id"), after=after, size=size)
    cards = cards_of(actor, purpose, page.items)
    names = resident_names(actor, purpose, resident_ids={visit.resident_id for visit in page.items})
    return Board(
        rows=[row_of(visit, names, cards, now=now) for visit in page.items],
        next=page.next,
        counts={state: counts.get(state, 0) for state in BoardState},
        total=sum(counts.values()),
    )


def timelines(
    actor: Actor, purpose: Purpose, *, day: date, now: datetime, staff_ids: Iterable[UUID] | None = None
) -> list[Row]:
    """
    Return each caregiver's day: shifts, leave, and what she is promised for, by name.

    :raises NotAllowed: if the actor may not read visits
    """
    check_may_read_all(actor)
    start, end = day_bounds(day)
    sheets = caregivers_on(
        actor, purpose, start=start, end=end, staff_ids=list(staff_ids) if staff_ids else None
    )
    crews = Assignment.objects.filter(
        organization_id=actor.organization_id, state__in=LIVE_STATES, starts_at__gte=start, starts_at__lt=end
    ).filter(staff_id__in=[sheet.id for sheet in sheets])
    shown = visits_of_day(actor, day, now=now).filter(id__in=crews.values("visit_id"))
    visits = {visit.id: visit for visit in shown}
    names = resident_names(actor, purpose, resident_ids={visit.resident_id for visit in visits.values()})
    bars: dict[UUID, list[Bar]] = {}
    for one in crews.order_by("starts_at"):
        if one.visit_id in visits:
            bars.setdefault(one.staff_id, []).append(bar_of(one, visits[one.visit_id], names))
    return [
        Row(
            staff_id=sheet.id,
            name=sheet.name,
            title=sheet.title_words,
            shifts=sheet.shifts,
            leave=sheet.leave,
            bars=bars.get(sheet.id, []),
        )
        for sheet in sorted(sheets, key=lambda sheet: sheet.name)
    ]
