"""A day as things stand, read in as many questions for a hundred visits as for one; and what could be otherwise."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from anjia.dispatch.days import Day, Piece
from anjia.dispatch.forecast import Expected, forecast
from anjia.dispatch.matching import timelines_of
from anjia.dispatch.queries.days import read_days
from anjia.dispatch.repairing import Found, ways_out
from anjia.dispatch.rules.changes import Effect, Put
from anjia.dispatch.standing import Standing, real_puts, seen
from anjia.dispatch.strokes import Caregiver, Shown, Stroke, caregivers, shown, strokes_of
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
    return standing_of_days(actor, purpose, days=[day], now=now)[day]


def standing_of_days(
    actor: Actor, purpose: Purpose, *, days: Collection[date], now: datetime
) -> dict[date, Standing]:
    """
    Return the same of several days, in as many questions as of one.

    :raises NotAllowed: if the actor does not assign, or may not read visits
    """
    read, today = read_days(actor, purpose, days=days, now=now), day_of(now)
    expected = _expected_on(actor, purpose, read[today]) if today in read else {}
    residents = {piece.resident_id for one in read.values() for piece in one.pieces}
    names = resident_names(actor, purpose, resident_ids=residents)
    return {
        day: Standing(day=one, expected=expected if day == today else {}, names=names)
        for day, one in read.items()
    }


def _expected_on(actor: Actor, purpose: Purpose, read: Day) -> dict[UUID, Expected]:
    start, end = day_bounds(read.day)
    out = errands(actor, purpose, start=start, end=end)
    timelines = timelines_of(read.sheets, [], ways=read.ways, laboratory=read.laboratory)
    return forecast(out, timelines, now=read.now)


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

    @property
    def is_open(self) -> bool:
        return any(one.is_open for one in self.crew)

    @property
    def why_nobody(self) -> Sequence[str]:
        """Return why nobody else can come, each reason once: what the law says is the same of everybody."""
        return list(dict.fromkeys(self.found.why_nobody))


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
        crew=[shown(standing, piece) for piece in crew],
        found=found,
        strokes=[strokes_of(standing, one.puts) for one in found.proposals],
        caregivers=caregivers(standing),
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
        visit=shown(standing, piece),
        puts=puts,
        effect=effect_of(standing, puts),
        strokes=strokes_of(standing, puts),
        seen=seen(standing.day, puts),
        caregivers=caregivers(standing),
        staff_id=who,
        starts_at=starts_at,
    )


def _with_visit(
    actor: Actor, purpose: Purpose, *, visit_id: UUID, now: datetime
) -> tuple[Standing, list[Piece]]:
    promise = get_promise(actor, purpose, visit_id=visit_id)
    standing = standing_of(actor, purpose, day=local(promise.starts_at).date(), now=now)
    crew = standing.pieces_of(visit_id)
    if not crew:
        raise NotFound
    return standing, crew
