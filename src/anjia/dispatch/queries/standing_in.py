"""Who comes instead of somebody who falls out: of a whole day of hers, and of what she had promised for days."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from anjia.dispatch.days import Key
from anjia.dispatch.queries.standing import standing_of, standing_of_days
from anjia.dispatch.standing_in import AllOfHers, Instead, for_all_of_hers, stand_ins
from anjia.dispatch.strokes import Caregiver, Shown, Stroke, shown, strokes_of
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class AllPage:
    """All that somebody who falls out was promised for that day."""

    day: date
    caregiver: Caregiver
    all: AllOfHers
    lines: Sequence[tuple[Shown, Sequence[Stroke], Instead]]
    is_on_leave: bool  # for all or a part of that day

    @property
    def has_somebody_for_all(self) -> bool:
        return not self.with_nobody

    @property
    def with_nobody(self) -> int:
        return sum(not line.proposal for line in self.all.lines)


def all_page(actor: Actor, purpose: Purpose, *, staff_id: UUID, day: date, now: datetime) -> AllPage:
    """
    Return who could come instead of somebody for all that she is promised for that day, together.

    :raises NotFound: if nobody of that name works or is promised there that day
    :raises NotAllowed: if the actor does not assign
    """
    standing = standing_of(actor, purpose, day=day, now=now)
    sheet = standing.day.by_id.get(staff_id)
    if sheet is None:
        raise NotFound
    found = for_all_of_hers(standing, staff_id)
    return AllPage(
        day=day,
        caregiver=Caregiver(id=staff_id, name=sheet.name),
        all=found,
        is_on_leave=bool(sheet.leave),
        lines=[
            (
                shown(standing, line.piece),
                strokes_of(standing, line.proposal.puts) if line.proposal else [],
                line,
            )
            for line in found.lines
        ],
    )


def stand_ins_for(
    actor: Actor,
    purpose: Purpose,
    *,
    parts: Collection[Key],
    days: Collection[date],
    but: UUID,
    now: datetime,
) -> dict[Key, Instead]:
    """
    Return who could stand in for somebody at these parts of visits, of those that are on these days: as her whole day
    is arranged anew, day by day. As many questions for many days as for one.

    :raises NotAllowed: if the actor does not assign
    """
    found = standing_of_days(actor, purpose, days=days, now=now)
    return {
        line.piece.key: line for standing in found.values() for line in stand_ins(standing, parts, but=but)
    }
