"""A day as things stand, read in as many questions for a hundred visits as for one; and what could be otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from anjia.dispatch.days import Piece
from anjia.dispatch.forecast import forecast
from anjia.dispatch.matching import timelines_of
from anjia.dispatch.queries.days import read_day
from anjia.dispatch.repairing import AllOfHers, Found, Line, for_all_of_hers, ways_out
from anjia.dispatch.rules.changes import Effect, Put
from anjia.dispatch.standing import Standing, may_be_changed, real_puts, seen
from anjia.dispatch.weighing import effect_of
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds, day_of, local
from anjia.kernel.errors import NotFound
from anjia.residents.queries import resident_names
from anjia.visits.queries import errands, get_promise


def standing_of(actor: Actor, purpose: Purpose, *, day: date, now: datetime) -> Standing:
    """
    Return a day of the house as things stand; of today also when who is out will be done.

    :raises NotAllowed: if the actor does not assign, or may not read visits
    """
    read = read_day(actor, purpose, day=day, now=now)
    expected = {}
    if day == day_of(now):
        start, end = day_bounds(day)
        out = errands(actor, purpose, start=start, end=end)
        timelines = timelines_of(read.sheets, [], ways=read.ways, laboratory=read.laboratory)
        expected = forecast(out, timelines, now=now)
    ids = {piece.resident_id for piece in read.pieces}
    return Standing(day=read, expected=expected, names=resident_names(actor, purpose, resident_ids=ids))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairPage:
    """A promise in danger: what is wrong, the ways out, and who there is to give it to by hand."""

    day: date
    crew: Sequence[Shown]
    found: Found
    strokes: Sequence[Sequence[Stroke]]
    caregivers: Sequence[Caregiver]

    @property
    def visit(self) -> Shown:
        return self.crew[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllPage:
    """All that somebody who falls out was promised for that day."""

    day: date
    caregiver: Caregiver
    all: AllOfHers
    lines: Sequence[tuple[Shown, Sequence[Stroke], Line]]

    @property
    def has_somebody_for_all(self) -> bool:
        return all(line.proposal for line in self.all.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class TryPage:
    """What breaks, and what it costs, if a visit is given to somebody, at some time."""

    day: date
    visit: Shown
    puts: Sequence[Put]
    effect: Effect
    strokes: Sequence[Stroke]
    seen: str
    caregivers: Sequence[Caregiver]
    staff_id: UUID
    starts_at: datetime


def repair_page(actor: Actor, purpose: Purpose, *, visit_id: UUID, now: datetime) -> RepairPage:
    """
    Return the ways out for a visit, and what each costs.

    :raises NotFound: if there is no such visit, or it is called off
    :raises NotAllowed: if the actor does not assign
    """
    standing, crew = _with_visit(actor, purpose, visit_id=visit_id, now=now)
    found = ways_out(standing, visit_id)
    return RepairPage(
        day=standing.day.day,
        crew=[_shown(standing, piece) for piece in crew],
        found=found,
        strokes=[_strokes_of(standing, one.puts) for one in found.proposals],
        caregivers=_caregivers(standing),
    )


def try_page(
    actor: Actor,
    purpose: Purpose,
    *,
    visit_id: UUID,
    part: int = 0,
    instead_of: UUID | None = None,
    staff_id: UUID | None,
    clock: tuple[int, int] | None,
    now: datetime,
) -> TryPage:
    """
    Return what breaks and what it costs if a part of the visit is given to somebody, at that time of its day; whoever
    is in for it, and when it is, where nothing else is said. The part is that number, or that of whom it is taken from.

    :raises NotFound: if there is no such part of such a visit
    :raises NotAllowed: if the actor does not assign
    """
    standing, crew = _with_visit(actor, purpose, visit_id=visit_id, now=now)
    piece = next((one for one in crew if instead_of == one.staff_id or part == one.part), None)
    if piece is None:
        raise NotFound
    hour, minute = clock or (local(piece.starts_at).hour, local(piece.starts_at).minute)
    starts_at = local(piece.starts_at).replace(hour=hour, minute=minute, second=0, microsecond=0)
    if clock is None:
        starts_at = piece.starts_at
    who = staff_id or piece.staff_id
    puts = real_puts(
        standing,
        [
            Put(
                visit_id=visit_id,
                part=piece.part,
                staff_id=who,
                starts_at=starts_at.astimezone(piece.starts_at.tzinfo),
            )
        ],
    )
    return TryPage(
        day=standing.day.day,
        visit=_shown(standing, piece),
        puts=puts,
        effect=effect_of(standing, puts),
        strokes=_strokes_of(standing, puts),
        seen=seen(standing.day, puts),
        caregivers=_caregivers(standing),
        staff_id=who,
        starts_at=starts_at,
    )


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
        lines=[
            (
                _shown(standing, line.piece),
                _strokes_of(standing, line.proposal.puts) if line.proposal else [],
                line,
            )
            for line in found.lines
        ],
    )


def _strokes_of(standing: Standing, puts: Sequence[Put]) -> list[Stroke]:
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


def _with_visit(
    actor: Actor, purpose: Purpose, *, visit_id: UUID, now: datetime
) -> tuple[Standing, list[Piece]]:
    promise = get_promise(actor, purpose, visit_id=visit_id)
    standing = standing_of(actor, purpose, day=local(promise.starts_at).date(), now=now)
    crew = standing.pieces_of(visit_id)
    if not crew:
        raise NotFound
    return standing, crew


def _shown(standing: Standing, piece: Piece) -> Shown:
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
    )


def _caregivers(standing: Standing) -> list[Caregiver]:
    """Return who works that day, by name."""
    sheets = [sheet for sheet in standing.day.sheets if sheet.shifts]
    return [Caregiver(id=one.id, name=one.name) for one in sorted(sheets, key=lambda one: (one.name, one.id))]
