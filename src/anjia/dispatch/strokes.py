"""How a change of a day is shown, line by line: whose visit, who came and comes, when it was and is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anjia.dispatch.days import Piece
from anjia.dispatch.rules.changes import Put
from anjia.dispatch.standing import Standing, may_be_changed, real_puts
from anjia.visits.rules.lifecycle import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A part of a visit as the pages of changes name it."""

    visit_id: UUID
    part: int
    parts: int
    resident: str
    service: str
    staff_id: UUID
    caregiver: str
    starts_at: datetime
    ends_at: datetime
    may_be_changed: bool
    is_open: bool  # she keeps the place and has not said yes


@dataclass(frozen=True, slots=True, kw_only=True)
class Caregiver:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """One line of a change, before and after, in words."""

    visit_id: UUID
    part: int
    resident: str
    comes: str
    comes_then: str
    starts_at: datetime
    starts_then: datetime

    @property
    def is_moved(self) -> bool:
        return self.starts_at != self.starts_then


def strokes_of(standing: Standing, puts: Sequence[Put]) -> list[Stroke]:
    found = []
    for one in real_puts(standing, puts):
        old = standing.by_key.get(one.key)
        if old is not None:
            found.append(
                Stroke(
                    visit_id=one.visit_id,
                    part=one.part,
                    resident=standing.names.get(old.resident_id, ""),
                    comes=standing.name_of(old.staff_id),
                    comes_then=standing.name_of(one.staff_id),
                    starts_at=old.starts_at,
                    starts_then=one.starts_at,
                )
            )
    return found


def shown(standing: Standing, piece: Piece) -> Shown:
    return Shown(
        visit_id=piece.visit_id,
        part=piece.part,
        parts=piece.parts,
        resident=standing.names.get(piece.resident_id, ""),
        service=piece.service,
        staff_id=piece.staff_id,
        caregiver=standing.name_of(piece.staff_id),
        starts_at=piece.starts_at,
        ends_at=piece.ends_at,
        may_be_changed=may_be_changed(piece),
        is_open=piece.state == State.TENTATIVE,
    )


def caregivers(standing: Standing) -> list[Caregiver]:
    """Return who works that day, by name."""
    sheets = [sheet for sheet in standing.day.sheets if sheet.shifts]
    return [Caregiver(id=one.id, name=one.name) for one in sorted(sheets, key=lambda one: (one.name, one.id))]
