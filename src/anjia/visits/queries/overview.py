"""What the live board asks for beside its page: one row again, some rows by person or place, and the map."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import h3
from django.db.models import Count, Q, QuerySet

from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.paging import page_of
from anjia.residents.queries import resident_names
from anjia.visits.boards import BoardRow, check_may_read_all, row_of, visits_of_day
from anjia.visits.models import Assignment, Visit, VisitChange
from anjia.visits.rules.lifecycle import BoardState, What
from anjia.visits.showing import cards_of, live_crew

MOST_IN_A_CELL = 12  # more than these are drawn as one pile with a number


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What happens on a day in one cell of the map: the middle of it, how many in each state, and a few of them."""

    cell: str
    latitude: float
    longitude: float
    counts: dict[BoardState, int]
    visits: Sequence[tuple[UUID, BoardState]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A visit's time was changed: when, and by whom of the house, if it was somebody's hand."""

    id: UUID
    at: datetime
    by: UUID | None
    is_by_household: bool


def board_row(actor: Actor, purpose: Purpose, *, visit_id: UUID, day: date, now: datetime) -> BoardRow | None:
    """
    Return one visit as the board shows it, or None if it is not on that day's board.

    :raises NotAllowed: if the actor may not read visits
    """
    rows = board_rows(actor, purpose, day=day, now=now, visit_ids=[visit_id], size=1)
    return rows[0] if rows else None


def board_rows(
    actor: Actor,
    purpose: Purpose,
    *,
    day: date,
    now: datetime,
    visit_ids: Collection[UUID] | None = None,
    resident_ids: Collection[UUID] | None = None,
    cell: str | None = None,
    state: str | None = None,
    size: int = 100,
) -> list[BoardRow]:
    """
    Return those of the day's visits that are meant, soonest first.

    :raises NotAllowed: if the actor may not read visits
    """
    check_may_read_all(actor)
    visits = visits_of_day(actor, day, now=now)
    if visit_ids is not None:
        visits = visits.filter(id__in=list(visit_ids))
    if resident_ids is not None:
        visits = visits.filter(resident_id__in=list(resident_ids))
    if cell:
        visits = visits.filter(cell=cell)
    if state:
        visits = visits.filter(state=state)
    return _rows(actor, purpose, visits, now=now, size=size)


def rows_to_see_to(
    actor: Actor,
    purpose: Purpose,
    *,
    day: date,
    now: datetime,
    states: Collection[BoardState],
    visit_ids: Collection[UUID],
    size: int = 200,
) -> list[BoardRow]:
    """
    Return those of the day's visits that stand so, and those that are named whatever they stand at, soonest first.

    :raises NotAllowed: if the actor may not read visits
    """
    check_may_read_all(actor)
    meant = Q(state__in=[state.value for state in states]) | Q(id__in=list(visit_ids))
    return _rows(actor, purpose, visits_of_day(actor, day, now=now).filter(meant), now=now, size=size)


def _rows(
    actor: Actor, purpose: Purpose, visits: QuerySet[Any, Any], *, now: datetime, size: int
) -> list[BoardRow]:
    found = page_of(visits.prefetch_related(live_crew()), order=("starts_at", "id"), size=size).items
    cards = cards_of(actor, purpose, found)
    names = resident_names(actor, purpose, resident_ids={visit.resident_id for visit in found})
    return [row_of(visit, names, cards, now=now) for visit in found]


def last_moves(actor: Actor, purpose: Purpose, *, visit_ids: Collection[UUID]) -> dict[UUID, Move]:
    """
    Return who changed the time of these visits last; those that were never moved are not there.

    :raises NotAllowed: if the actor may not read visits
    """
    check_may_read_all(actor)
    rows = VisitChange.objects.filter(
        organization_id=actor.organization_id, visit_id__in=list(visit_ids), what=What.MOVED.value
    ).order_by("visit_id", "-at", "-id")
    last = rows.distinct("visit_id").values_list("visit_id", "id", "at", "by_user", "by_kind")
    return {
        visit_id: Move(
            id=change_id,
            at=at,
            by=by_user if by_kind == Kind.STAFF else None,
            is_by_household=by_kind == Kind.PERSON,
        )
        for visit_id, change_id, at, by_user, by_kind in last
    }


def times_promised(actor: Actor, purpose: Purpose, *, visit_id: UUID) -> list[datetime]:
    """
    Return when a visit was promised for, one time after the other; the last is when it is for now.

    :raises NotAllowed: if the actor may not read visits
    """
    check_may_read_all(actor)
    rows = Assignment.objects.filter(organization_id=actor.organization_id, visit_id=visit_id)
    starts = rows.order_by("made_at", "plan_version", "id").values_list("starts_at", flat=True)
    return [start for start, _same in groupby(starts)]


def cells_of_day(actor: Actor, purpose: Purpose, *, day: date, now: datetime) -> list[Cell]:
    """
    Return the day on a map, in cells: no names, and no door.

    :raises NotAllowed: if the actor may not read visits
    """
    check_may_read_all(actor)
    visits = visits_of_day(actor, day, now=now).exclude(cell="").order_by()  # no pin, no place on a map
    counts: dict[str, dict[BoardState, int]] = {}
    for row in visits.values("cell", "state").annotate(number=Count("id")):
        counts.setdefault(row["cell"], {})[BoardState(row["state"])] = row["number"]
    few = [cell for cell, states in counts.items() if sum(states.values()) <= MOST_IN_A_CELL]
    shown: dict[str, list[tuple[UUID, BoardState]]] = {}
    for cell, visit_id, state in (
        visits.filter(cell__in=few).order_by("starts_at", "id").values_list("cell", "id", "state")
    ):
        shown.setdefault(cell, []).append((visit_id, BoardState(state)))
    return [
        Cell(
            cell=cell,
            latitude=h3.cell_to_latlng(cell)[0],
            longitude=h3.cell_to_latlng(cell)[1],
            counts=states,
            visits=shown.get(cell, []),
        )
        for cell, states in sorted(counts.items())
    ]


def visits_with_ids(actor: Actor, purpose: Purpose, *, visit_ids: Collection[UUID]) -> dict[UUID, Visit]:
    """
    Return those of the visits that are the organization's, in one statement.

    :raises NotAllowed: if the actor may not read visits
    """
    check_may_read_all(actor)
    rows = Visit.objects.filter(organization_id=actor.organization_id, id__in=set(visit_ids))
    return {visit.id: visit for visit in rows}
