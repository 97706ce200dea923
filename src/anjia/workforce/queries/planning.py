"""What those who plan a day need to know of everybody, in one question to the database however many there are."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import DateTimeRangeField
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Func, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds, day_of
from anjia.kernel.prepared import Prepared
from anjia.workforce.models import DailyBreak, Leave, Qualification, Shift, StaffMember
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
from anjia.workforce.rules.breaks import Break


@dataclass(frozen=True, slots=True)
class Paper:
    """As much of a licence or certificate as says until when it counts."""

    code: str
    valid_from: date | None
    valid_until: date | None
    is_verified: bool


# What of her own row a sheet is made of. Her telephone is none of it, and stays sealed.
OF_HERS: Final = (
    "name",
    "sex",
    "kind",
    "title",
    "started_on",
    "left_on",
    "station_id",
    "base",
    "travel_mode",
)


def _sheets(asked: Any) -> QuerySet[StaffMember, Any]:
    """All that is asked of a day, each caregiver's own rows gathered beside hers: one question for any number."""
    hers = {"organization_id": asked.house, "staff": OuterRef("pk")}
    # The one before too: who is on duty from before on does not come from home at the start of the next.
    shifts = Shift.objects.filter(
        **hers, removed_at=None, starts_at__gte=asked.since, starts_at__lt=asked.end
    )
    leave = Leave.objects.filter(
        **hers, state=LeaveState.GRANTED.value, ends_at__gt=asked.start, starts_at__lt=asked.end
    )
    papers = Qualification.objects.filter(**hers, taken_back_at=None)
    time = Func("starts_at", "ends_at", function="tstzrange", output_field=DateTimeRangeField())
    breaks = DailyBreak.objects.filter(organization_id=asked.house, removed_at=None)
    rest = JSONObject(opens="opens", closes="closes", minutes="minutes")
    paper = JSONObject(
        code="code",
        valid_from="valid_from",
        valid_until="valid_until",
        is_verified=Q(verified_at__isnull=False),
    )
    return (
        StaffMember.objects.filter(Q(left_on=None) | Q(left_on__gte=asked.day), organization_id=asked.house)
        .select_related("area")
        .only(*OF_HERS, "area__cells")
        .annotate(
            shifts_then=ArraySubquery(shifts.order_by("starts_at").values(time=time)),
            bookable_then=ArraySubquery(
                shifts.filter(is_standby=False).order_by("starts_at").values(time=time)
            ),
            leave_then=ArraySubquery(leave.order_by("starts_at").values(time=time)),
            breaks_then=ArraySubquery(breaks.order_by("opens").values(rest=rest)),
            papers_then=ArraySubquery(papers.order_by("code", "id").values(paper=paper)),
        )
        .order_by("pinyin", "id")
    )


EVERYBODY: Final[Prepared[Any]] = Prepared(_sheets)
NAMED: Final[Prepared[Any]] = Prepared(lambda asked: _sheets(asked).filter(id__any_of=asked.staff_ids))


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
    asked: dict[str, Any] = {
        "house": actor.organization_id,
        "day": day_of(start),
        "since": start - LONGEST_SHIFT,
        "start": start,
        "end": end,
    }
    found = EVERYBODY.rows(**asked) if staff_ids is None else NAMED.rows(**asked, staff_ids=list(staff_ids))
    return [_sheet_of(one, start, end) for one in found]


def caregivers_on_each(
    actor: Actor, purpose: Purpose, *, days: Collection[date]
) -> dict[date, list[CaregiverSheet]]:
    """Return of each day what `caregivers_on` says of it, of everybody, in one question for any number of days."""
    bounds = {day: day_bounds(day) for day in days}
    start, end = bounds[min(days)][0], bounds[max(days)][1]
    found = EVERYBODY.rows(
        house=actor.organization_id, day=min(days), since=start - LONGEST_SHIFT, start=start, end=end
    )
    return {
        day: [_sheet_of(one, *bounds[day]) for one in found if one.left_on is None or one.left_on >= day]
        for day in days
    }


def _sheet_of(one: Any, start: datetime, end: datetime) -> CaregiverSheet:
    """Return as much of hers as `start` to `end` is about; more may have been read."""
    papers = list(map(_paper_of, one.papers_then))
    return CaregiverSheet(
        id=one.id,
        name=one.name,
        sex=one.sex,
        kind=one.kind,
        title=one.title,
        title_words=one.title_words,
        started_on=one.started_on,
        station_id=one.station_id,
        qualifications=last_days_of(papers, day_of(start)),
        unverified=frozenset(paper.code for paper in papers if not counts(paper)),
        shifts=_stretches_in(start, end, one, one.shifts_then),
        bookable=_stretches_in(start, end, one, one.bookable_then),
        leave=tuple(
            (away.lower, away.upper) for away in one.leave_then if away.lower < end and start < away.upper
        ),
        base=(one.base["lat"], one.base["lon"]) if one.base else None,
        speed_kmh=SPEED_KMH[TravelMode(one.travel_mode)],
        travel_mode=one.travel_mode,
        cells=_cells_of(one),
        breaks=tuple(map(_break_of, one.breaks_then)),
    )


def _stretches_in(
    start: datetime, end: datetime, staff: StaffMember, shifts: Iterable[DateTimeTZRange]
) -> tuple[tuple[datetime, datetime], ...]:
    near = (shift for shift in shifts if start - LONGEST_SHIFT <= shift.lower < end)
    return tuple(on for on in stretches(_while_employed(staff, near)) if start < on[1])


def _paper_of(said: Mapping[str, Any]) -> Paper:
    return Paper(
        code=said["code"],
        valid_from=date.fromisoformat(said["valid_from"]) if said["valid_from"] else None,
        valid_until=date.fromisoformat(said["valid_until"]) if said["valid_until"] else None,
        is_verified=said["is_verified"],
    )


def _break_of(said: Mapping[str, Any]) -> Break:
    opens, closes = time.fromisoformat(said["opens"]), time.fromisoformat(said["closes"])
    return Break(opens, closes, said["minutes"])


def _while_employed(
    staff: StaffMember, shifts: Iterable[DateTimeTZRange]
) -> Iterator[tuple[datetime, datetime]]:
    """Yield her shifts up to the midnight after her last day: who leaves is not there for the rest of a night."""
    until = day_bounds(staff.left_on)[1] if staff.left_on else None
    for shift in shifts:
        if until is None or shift.lower < until:
            yield shift.lower, min(shift.upper, until or shift.upper)


def _cells_of(staff: StaffMember) -> frozenset[str] | None:
    cells = staff.area.cells if hasattr(staff, "area") else None
    return None if cells is None else frozenset(cells)
