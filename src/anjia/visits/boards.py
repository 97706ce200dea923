"""A day's visits as a board sorts and shows them. Queries and pages of several kinds are made of these."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import h3
from django.db.models import Case, CharField, QuerySet, Value, When

from anjia.kernel.actors import Actor, Kind
from anjia.kernel.calendar import day_bounds
from anjia.kernel.errors import NotAllowed
from anjia.visits.models import PROMISED_STATUSES, Assignment, Visit
from anjia.visits.rules.lifecycle import LATE_AFTER, PROMISED, BoardState, CrewState, Status
from anjia.visits.showing import name_of_service
from anjia.visits.words import WORDS_OF_BOARD
from anjia.workforce.queries import StaffCard


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """A visit on the board. Its point is the middle of its cell: the door itself is not for a map of everybody."""

    id: UUID
    resident_id: UUID
    resident_name: str
    service_name: str
    starts_at: datetime
    ends_at: datetime
    state: BoardState
    state_words: str
    minutes_late: int
    caregivers: Sequence[str]
    latitude: float | None
    longitude: float | None
    people_needed: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    visit_id: UUID
    resident_name: str
    service_name: str
    starts_at: datetime
    ends_at: datetime
    state: BoardState
    state_words: str


def check_may_read_all(actor: Actor) -> None:
    if actor.kind is Kind.PERSON or not actor.may("visits.read"):
        raise NotAllowed


def visits_of_day(actor: Actor, day: date, *, now: datetime) -> QuerySet[Any, Any]:
    start, end = day_bounds(day)
    visits = Visit.objects.filter(organization_id=actor.organization_id, status__in=PROMISED_STATUSES)
    return visits.filter(starts_at__gte=start, starts_at__lt=end).annotate(state=board_state(now))


def board_state(now: datetime) -> Case:
    """Return the state as an expression over the visit's own columns: one scan, however big the day is."""
    told = [
        When(status=status.value, then=Value(status.value))
        for status in PROMISED - {Status.BOOKED, Status.DEPARTED}
    ]
    return Case(
        *told,
        When(starts_at__lt=now - LATE_AFTER, then=Value(BoardState.LATE.value)),
        When(status=Status.DEPARTED.value, then=Value(BoardState.DEPARTED.value)),
        When(crew_state=CrewState.UNCLAIMED.value, then=Value(BoardState.UNASSIGNED.value)),
        When(crew_state=CrewState.TENTATIVE.value, then=Value(BoardState.TENTATIVE.value)),
        default=Value(BoardState.ACCEPTED.value),
        output_field=CharField(),
    )


def row_of(
    visit: Any, names: Mapping[UUID, str], cards: Mapping[UUID, StaffCard], *, now: datetime
) -> BoardRow:
    state = BoardState(visit.state)
    point = h3.cell_to_latlng(visit.cell) if visit.cell else None
    late = (now - visit.starts_at).total_seconds() // 60 if state is BoardState.LATE else 0
    return BoardRow(
        id=visit.id,
        resident_id=visit.resident_id,
        resident_name=names.get(visit.resident_id, ""),
        service_name=name_of_service(visit),
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        state=state,
        state_words=str(WORDS_OF_BOARD[state]),
        minutes_late=int(late),
        caregivers=[cards[one.staff_id].name for one in visit.crew if one.staff_id in cards],
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
        people_needed=visit.people_needed,
        version=visit.version,
    )


def bar_of(assignment: Assignment, visit: Any, names: Mapping[UUID, str]) -> Bar:
    state = BoardState(visit.state)
    return Bar(
        visit_id=visit.id,
        resident_name=names.get(visit.resident_id, ""),
        service_name=name_of_service(visit),
        starts_at=assignment.starts_at,
        ends_at=assignment.ends_at,
        state=state,
        state_words=str(WORDS_OF_BOARD[state]),
    )
