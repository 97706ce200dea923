"""A house's day as it is planned: who works, what is promised, and what of that may still be otherwise. Pure."""

import hashlib
import json
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Final
from uuid import UUID

from anjia.dispatch.matching import (
    Job,
    Travel,
    minutes_there,
    qualification_reasons,
    timelines_of,
    wish_reasons,
)
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
        return {piece.key: self.qualified[piece.key] - self.unwanted[piece.key] for piece in self.free}

    @property
    def free(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.is_free]

    @cached_property
    def qualified(self) -> Mapping[Key, frozenset[UUID]]:
        """Who may come by law and house. What asks the same is looked at once: large houses ask it a thousand times."""
        known: dict[str, frozenset[UUID]] = {}
        found = {}
        for piece in self.free:
            job = piece.job
            level = (job.level.level, job.level.rule_id) if job.level else None
            asked = repr((bool(piece.closed), job.requires, job.legal_line, job.courses, level))
            if asked not in known:
                known[asked] = frozenset(
                    sheet.id
                    for sheet in self.sheets
                    if not piece.closed and not qualification_reasons(job, sheet, self.day)
                )
            found[piece.key] = known[asked]
        return found

    @cached_property
    def unwanted(self) -> Mapping[Key, frozenset[UUID]]:
        """Who may not come by what she wishes and where they go, and who has said no."""
        known: dict[Hashable, frozenset[UUID]] = {}
        have_areas = any(sheet.cells is not None for sheet in self.sheets)
        found = {}
        for piece in self.free:
            wishes = piece.job.wishes
            asked = wishes.caregiver_sex, wishes.refused, piece.job.cell if have_areas else ""
            if asked not in known:
                known[asked] = frozenset(sheet.id for sheet in self.sheets if wish_reasons(piece.job, sheet))
            found[piece.key] = known[asked] | piece.said_no
        return found

    @cached_property
    def in_for(self) -> Mapping[UUID, Sequence[Piece]]:
        """What each is in for, in the order of the day."""
        found: dict[UUID, list[Piece]] = {}
        for piece in self.pieces:
            found.setdefault(piece.staff_id, []).append(piece)
        return found

    @cached_property
    def busy_elsewhere(self) -> Mapping[UUID, Sequence[Busy]]:
        found: dict[UUID, list[Busy]] = {}
        for one in self.elsewhere:
            found.setdefault(one.staff_id, []).append(one)
        return found

    @cached_property
    def places(self) -> Mapping[Key, int]:
        """The place of each piece in the day's order."""
        return {piece.key: number for number, piece in enumerate(self.pieces)}

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

    def timelines_if(self, moves: Iterable[tuple[Piece, Piece]]) -> dict[UUID, Timeline]:
        """Return the time of those who come, if these pieces are so and all else is as it is."""
        moves = list(moves)
        people = {new.staff_id for _old, new in moves}
        here = {piece.key: piece for one in people for piece in self.in_for.get(one, ())}
        here |= {old.key: new for old, new in moves}
        busy = [busy for one in people for busy in self.busy_elsewhere.get(one, ())]
        busy += [busy_of(here[key]) for key in sorted(here, key=self.places.__getitem__)]
        return timelines_of(
            [self.by_id[one] for one in people if one in self.by_id],
            busy,
            ways=self.ways,
            is_booking=True,
            laboratory=self.laboratory,
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
        access_minutes=piece.job.access_minutes,
    )


def stop_of(piece: Piece) -> Stop:
    return Stop(
        starts_at=piece.starts_at,
        ends_at=piece.ends_at,
        place=piece.job.place,
        deliver_minutes=piece.job.deliver_minutes,
        access_minutes=piece.job.access_minutes,
    )


def without(timeline: Timeline, piece: Piece) -> Timeline:
    """Return her time without this piece, if it is hers; another one like it stays."""
    hers = stop_of(piece)
    stops = list(timeline.stops)
    if hers in stops:
        stops.remove(hers)
    return replace(timeline, stops=tuple(stops))


def minutes_to(piece: Piece, timeline: Timeline | None) -> int | None:
    """Return in how many minutes she gets there on such a day of hers; none where that is not known."""
    return minutes_there(without(timeline, piece), piece.job.ask(piece.starts_at)) if timeline else None


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
