"""What those who plan a day need to know of everybody, in four questions to the database however many there are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Q

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds, day_of
from anjia.workforce.models import Leave, Qualification, Shift, StaffMember
from anjia.workforce.rules import (
    LONGEST_SHIFT,
    SPEED_KMH,
    CaregiverSheet,
    LeaveState,
    TravelMode,
    counts,
    last_days_of,
    stretches,
)

OfStaff = TypeVar("OfStaff", Shift, Leave, Qualification)


def caregivers_on(
    actor: Actor,
    purpose: Purpose,
    *,
    start: datetime,
    end: datetime,
    staff_ids: Sequence[UUID] | None = None,
) -> list[CaregiverSheet]:
    """
    Return the sheets of those employed between `start` and `end`, of all or of those asked for, in order of name.

    Somebody without a shift in that time is among them: why she cannot come is for others to say.
    """
    of = Q(organization_id=actor.organization_id)
    first_day = day_of(start)
    staff = StaffMember.objects.filter(of, Q(left_on=None) | Q(left_on__gte=first_day)).select_related("area")
    theirs = of
    if staff_ids is not None:
        staff = staff.filter(id__in=set(staff_ids))
        theirs &= Q(staff_id__in=set(staff_ids))
    # The one before too: who is on duty from before on does not come from home at the start of the next.
    shifts = Shift.objects.filter(
        theirs, removed_at=None, starts_at__gte=start - LONGEST_SHIFT, starts_at__lt=end
    )
    leave = Leave.objects.filter(
        theirs, state=LeaveState.GRANTED.value, ends_at__gt=start, starts_at__lt=end
    )  # fmt: skip
    papers = Qualification.objects.filter(theirs, taken_back_at=None).defer("number")
    shifts_by, leave_by = _by_staff(shifts.order_by("starts_at")), _by_staff(leave.order_by("starts_at"))
    papers_by = _by_staff(papers.order_by("code", "id"))
    return [
        CaregiverSheet(
            id=one.id,
            name=one.name,
            sex=one.sex,
            kind=one.kind,
            title=one.title,
            title_words=one.title_words,
            started_on=one.started_on,
            station_id=one.station_id,
            qualifications=last_days_of(papers_by[one.id], first_day),
            unverified=frozenset(paper.code for paper in papers_by[one.id] if not counts(paper)),
            shifts=tuple(on for on in stretches(_while_employed(one, shifts_by[one.id])) if start < on[1]),
            leave=tuple((away.starts_at, away.ends_at) for away in leave_by[one.id]),
            base=(one.base["lat"], one.base["lon"]) if one.base else None,
            speed_kmh=SPEED_KMH[TravelMode(one.travel_mode)],
            travel_mode=one.travel_mode,
            cells=_cells_of(one),
        )
        for one in staff.order_by("pinyin", "id")
    ]


def _while_employed(staff: StaffMember, shifts: Iterable[Shift]) -> Iterator[tuple[datetime, datetime]]:
    """Yield her shifts up to the midnight after her last day: who leaves is not there for the rest of a night."""
    until = day_bounds(staff.left_on)[1] if staff.left_on else None
    for shift in shifts:
        if until is None or shift.starts_at < until:
            yield shift.starts_at, min(shift.ends_at, until or shift.ends_at)


def _cells_of(staff: StaffMember) -> frozenset[str] | None:
    cells = staff.area.cells if hasattr(staff, "area") else None
    return None if cells is None else frozenset(cells)


def _by_staff(rows: Iterable[OfStaff]) -> dict[UUID, list[OfStaff]]:
    found: dict[UUID, list[OfStaff]] = defaultdict(list)
    for row in rows:
        found[row.staff_id].append(row)
    return found
