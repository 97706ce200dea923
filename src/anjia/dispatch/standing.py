"""
A day as things stand: what is promised, how far it has come, and how it would be if something were changed. Pure.

Whoever is out is taken to be done when she is expected to be, not when she was planned to be: so a visit that takes an
hour longer moves the hour at which she is free.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final
from uuid import UUID

from anjia.dispatch.days import Day, Key, Piece, Row, busy_of
from anjia.dispatch.forecast import Expected
from anjia.dispatch.matching import timelines_of
from anjia.dispatch.rules import Timeline
from anjia.dispatch.rules.changes import Put
from anjia.visits.rules.lifecycle import NOT_YET_OUT, Status

UNDER_WAY: Final = frozenset({Status.DEPARTED, Status.ARRIVED, Status.DONE})


@dataclass(frozen=True)
class Standing:
    """`names` are the residents'."""

    day: Day
    expected: Mapping[UUID, Expected]
    names: Mapping[UUID, str]

    @cached_property
    def by_key(self) -> Mapping[Key, Piece]:
        return {piece.key: piece for piece in self.day.pieces}

    @cached_property
    def by_staff(self) -> Mapping[UUID, Sequence[Piece]]:
        found: dict[UUID, list[Piece]] = {}
        for piece in self.day.pieces:
            found.setdefault(piece.staff_id, []).append(piece)
        return found

    @cached_property
    def _times(self) -> dict[UUID, Timeline]:
        return {}

    def time_of(self, staff_id: UUID) -> Timeline:
        """
        Return her time as it goes, standby with it: a person may send whoever is there. Hers alone: of hundreds of
        changes that are weighed each concerns two.
        """
        if staff_id not in self._times:
            pieces = [self.as_it_goes(piece) for piece in self.by_staff.get(staff_id, ())]
            busy = [one for one in self.day.elsewhere if one.staff_id == staff_id]
            self._times.update(
                timelines_of(
                    [self.day.by_id[staff_id]],
                    [*busy, *(busy_of(piece) for piece in pieces)],
                    ways=self.day.ways,
                    laboratory=self.day.laboratory,
                )
            )
        return self._times[staff_id]

    def as_it_goes(self, piece: Piece) -> Piece:
        """Return a piece that has begun with the times that it really takes."""
        expected = self.expected.get(piece.visit_id)
        if expected is None or piece.status not in UNDER_WAY:
            return piece
        return replace(piece, starts_at=expected.arrives_at, ends_at=expected.ends_at)

    def put(self, puts: Iterable[Put]) -> "Standing":
        """Return the day with these changes made."""
        return replace(self, day=replace(self.day, pieces=self.after(puts)))

    def after(self, puts: Iterable[Put]) -> list[Piece]:
        then = {one.key: one for one in puts}
        return [as_put(piece, then[piece.key]) if piece.key in then else piece for piece in self.day.pieces]

    def pieces_of(self, visit_id: UUID) -> list[Piece]:
        return [piece for piece in self.day.pieces if piece.visit_id == visit_id]

    def name_of(self, staff_id: UUID) -> str:
        sheet = self.day.by_id.get(staff_id)
        return sheet.name if sheet else ""

    def is_at_risk(self, piece: Piece) -> bool:
        expected = self.expected.get(piece.visit_id)
        return may_be_changed(piece) and expected is not None and expected.is_at_risk


def may_be_changed(piece: Piece) -> bool:
    """Say whether nobody has set out for it."""
    return piece.status is Status.BOOKED and piece.state in NOT_YET_OUT


def as_put(piece: Piece, put: Put) -> Piece:
    return replace(
        piece,
        staff_id=put.staff_id,
        starts_at=put.starts_at,
        ends_at=put.starts_at + (piece.ends_at - piece.starts_at),
    )


def real_puts(standing: Standing, puts: Iterable[Put]) -> list[Put]:
    """
    Return what of this is otherwise than it is; of a visit whose time would be another, all that it consists of.

    A part that the change does not name keeps who is in for it.
    """
    then = {one.key: one for one in puts}
    for one in list(then.values()):
        for piece in standing.pieces_of(one.visit_id):
            then.setdefault(
                piece.key,
                Put(
                    visit_id=piece.visit_id, part=piece.part, staff_id=piece.staff_id, starts_at=one.starts_at
                ),
            )
    moved = {
        one.visit_id
        for one in then.values()
        if one.key in standing.by_key and standing.by_key[one.key].starts_at != one.starts_at
    }
    return [
        one
        for one in then.values()
        if one.key not in standing.by_key
        or one.visit_id in moved
        or standing.by_key[one.key].staff_id != one.staff_id
    ]


def people_of(day: Day, puts: Collection[Put]) -> set[UUID]:
    """Return whose days a change concerns: who is in for it now, and who would be."""
    keys = {one.key for one in puts}
    return {one.staff_id for one in puts} | {piece.staff_id for piece in day.pieces if piece.key in keys}


def seen(day: Day, puts: Collection[Put]) -> str:
    """
    Return a name for what a change was weighed against: who is where of all whom it concerns, and how what it changes
    stands. If it is another one when the change is made, somebody has been faster.
    """
    people, keys = people_of(day, puts), {one.key for one in puts}
    rows: Sequence[Row] = sorted(
        piece.row for piece in day.pieces if piece.key in keys or piece.staff_id in people
    )
    said = [list(row) if (UUID(row[0]), row[1]) in keys else list(row[:5]) for row in rows]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:24]
