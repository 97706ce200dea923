"""A house's day as it is planned: who works, what is promised, and what of that may still be otherwise. Pure."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Final
from uuid import UUID

from anjia.dispatch.matching import Job, Travel, may_do, timelines_of
from anjia.dispatch.rules import SHORTEST_NOTICE, Reason, Stop, Timeline
from anjia.dispatch.rules.delivering import Laboratory
from anjia.visits.queries import Busy, Known
from anjia.visits.rules.lifecycle import State, Status
from anjia.workforce.rules import CaregiverSheet

MOST_TOGETHER: Final = 2  # of those whose time is moved: the engine knows no three who come together

Key = tuple[UUID, int]  # a visit, and a part of it
Row = tuple[str, int, str, str, str, str]  # the same, who, from when to when, and how it stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """
    One part of a visit: who is in for it, and when.

    `is_free`: nobody has taken it yet, so that somebody else may be put in. `gates` is what the law has against the
    visit, whoever came; `closed` is that of what could be free but for it; `said_no` are those who were asked and will
    not.
    """

    visit_id: UUID
    part: int
    parts: int
    resident_id: UUID
    service: str
    staff_id: UUID
    state: State
    status: Status
    starts_at: datetime
    ends_at: datetime
    job: Job
    is_free: bool
    said_no: frozenset[UUID] = frozenset()
    closed: Sequence[Reason] = ()
    gates: Sequence[Reason] = ()

    @property
    def key(self) -> Key:
        return self.visit_id, self.part

    @property
    def row(self) -> Row:
        when = self.starts_at.isoformat(), self.ends_at.isoformat()
        return str(self.visit_id), self.part, str(self.staff_id), *when, self.state.value


@dataclass(frozen=True)
class Day:
    """
    All that a run knows. `elsewhere` is time that is taken and no part of this plan: what is only held, other days.

    `known` is who has been at whose before, by resident.
    """

    day: date
    now: datetime
    sheets: Sequence[CaregiverSheet]
    pieces: Sequence[Piece]
    elsewhere: Sequence[Busy]
    ways: Travel
    known: Mapping[UUID, Mapping[UUID, Known]]
    laboratory: Laboratory | None = None

    @cached_property
    def by_id(self) -> Mapping[UUID, CaregiverSheet]:
        return {sheet.id: sheet for sheet in self.sheets}

    @cached_property
    def able(self) -> Mapping[Key, frozenset[UUID]]:
        """Who may come, by law, house and wish, whatever the time; of those who have not said no."""
        return {
            piece.key: frozenset(
                sheet.id
                for sheet in self.sheets
                if not piece.closed and sheet.id not in piece.said_no and may_do(piece.job, sheet, self.day)
            )
            for piece in self.pieces
            if piece.is_free
        }

    @cached_property
    def whole(self) -> frozenset[UUID]:
        """The visits of which nobody has taken anything, and that two at most come for: their time may be moved."""
        free, not_free = set[UUID](), set[UUID]()
        for piece in self.pieces:
            (free if piece.is_free and piece.parts <= MOST_TOGETHER else not_free).add(piece.visit_id)
        return frozenset(free - not_free)

    def timelines(self, pieces: Iterable[Piece], *, is_booking: bool = True) -> dict[UUID, Timeline]:
        """Return everybody's time, if these pieces are so."""
        busy = [*self.elsewhere, *(busy_of(piece) for piece in pieces)]
        return timelines_of(
            self.sheets, busy, ways=self.ways, is_booking=is_booking, laboratory=self.laboratory
        )

    @property
    def version(self) -> str:
        """Return a name for who comes when: another plan has another one."""
        rows = [row[:5] for row in sorted(piece.row for piece in self.pieces)]
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]


def busy_of(piece: Piece) -> Busy:
    return Busy(
        assignment_id=piece.visit_id,
        visit_id=piece.visit_id,
        part=piece.part,
        staff_id=piece.staff_id,
        starts_at=piece.starts_at,
        ends_at=piece.ends_at,
        cell=piece.job.cell,
        state=piece.state,
        deliver_minutes=piece.job.deliver_minutes,
    )


def stop_of(piece: Piece) -> Stop:
    return Stop(
        starts_at=piece.starts_at,
        ends_at=piece.ends_at,
        place=piece.job.place,
        deliver_minutes=piece.job.deliver_minutes,
    )


def without(timeline: Timeline, piece: Piece) -> Timeline:
    """Return her time without this piece, if it is hers; another one like it stays."""
    hers = stop_of(piece)
    stops = list(timeline.stops)
    if hers in stops:
        stops.remove(hers)
    return replace(timeline, stops=tuple(stops))


def is_free(
    status: Status, state: State, starts_at: datetime, closed: Collection[Reason], now: datetime
) -> bool:
    """Say whether somebody else may be put in: nobody has taken it, there is time to ask, and the law lets it be."""
    is_open = status is Status.BOOKED and state is State.TENTATIVE
    return is_open and not closed and starts_at - now >= SHORTEST_NOTICE


def with_stuck(day: Day, stuck: Collection[Key]) -> Day:
    """Return the day in which these stay with whoever is in for them: nobody else can."""
    pieces = [replace(piece, is_free=False) if piece.key in stuck else piece for piece in day.pieces]
    return replace(day, pieces=pieces)
