"""The work of staff in figures, which open their visits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds
from anjia.kernel.errors import NotFound
from anjia.kernel.paging import Page
from anjia.quality.queries.sources import Asked, Row
from anjia.quality.reading import check_reads
from anjia.quality.rules import mean_minutes, per_day, share_on_the_way
from anjia.visits.queries.effort import StaffWork, visits_done_by, work_of_staff
from anjia.workforce.queries import Duty, duty_of_staff, staff_names


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLine:
    """What one caregiver did in a period; a figure is none where there is nothing to work it out from."""

    staff_id: UUID
    name: str
    visits: int
    days: int  # on duty
    hours: Decimal
    visits_per_day: Decimal | None
    way_share: Decimal | None  # per cent
    service_minutes: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffVisits:
    line: StaffLine
    page: Page[Row]


def staff_lines(
    actor: Actor, purpose: Purpose, *, first: date, last: date, as_of: datetime
) -> list[StaffLine]:
    """
    Return the work of the days from `first` to `last`, as far as they have passed, who did most first.

    :raises NotAllowed: without `quality.read`
    """
    check_reads(actor)
    start, end = day_bounds(first)[0], min(day_bounds(last)[1], as_of)
    work = {one.staff_id: one for one in work_of_staff(actor, purpose, start=start, end=end)}
    duty = duty_of_staff(actor, purpose, start=start, end=end)
    names = staff_names(actor, purpose, staff_ids=work.keys() | duty.keys())
    lines = [
        _line(staff_id, name, work.get(staff_id), duty.get(staff_id)) for staff_id, name in names.items()
    ]
    return sorted(lines, key=lambda line: (-line.visits, line.name, line.staff_id))


def staff_visits(
    actor: Actor,
    purpose: Purpose,
    *,
    staff_id: UUID,
    first: date,
    last: date,
    as_of: datetime,
    after: str | None = None,
    size: int = 50,
) -> StaffVisits:
    """
    Return the visits behind one caregiver's figures, soonest first.

    :raises NotAllowed: without `quality.read`
    :raises NotFound: if she has neither worked nor been on duty in these days
    """
    lines: Sequence[StaffLine] = staff_lines(actor, purpose, first=first, last=last, as_of=as_of)
    line = next((line for line in lines if line.staff_id == staff_id), None)
    if line is None:
        raise NotFound
    start, end = day_bounds(first)[0], min(day_bounds(last)[1], as_of)
    asked = Asked(actor=actor, purpose=purpose, start=start, end=end, as_of=as_of)
    page = visits_done_by(actor, purpose, staff_id=staff_id, start=start, end=end, after=after, size=size)
    return StaffVisits(line=line, page=asked.rows_of(page))


def _line(staff_id: UUID, name: str, work: StaffWork | None, duty: Duty | None) -> StaffLine:
    visits = work.visits if work else 0
    days, seconds = (duty.days, duty.hours.total_seconds()) if duty else (0, 0.0)
    return StaffLine(
        staff_id=staff_id,
        name=name,
        visits=visits,
        days=days,
        hours=Decimal(seconds / 3600).quantize(Decimal("0.1")),
        visits_per_day=per_day(visits, days),
        way_share=share_on_the_way(work.way, work.service_after_way) if work else None,
        service_minutes=mean_minutes(work.service, work.served) if work else None,
    )
