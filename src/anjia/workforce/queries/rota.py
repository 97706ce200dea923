"""Who works when, and whose papers run out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from anjia.clinical.professions import PAPERS, needs_last_day
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds, day_of, holiday_name, is_only_expected, is_working_day
from anjia.kernel.errors import NotAllowed
from anjia.workforce.models import DailyBreak, Leave, Qualification, Shift, StaffMember, WeeklyPattern
from anjia.workforce.queries.staff import staff_found
from anjia.workforce.rules import LIVE_LEAVE, LONGEST_SHIFT, MOST_DAYS, LeaveKind, RotaDay, days_from
from anjia.workforce.rules.papers import WARN_DAYS
from anjia.workforce.rules.rota import MONDAY, WORDS_OF_LEAVE

WITH_LAST_DAY = [code for code in PAPERS if needs_last_day(code)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftShown:
    id: UUID
    starts_at: datetime
    ends_at: datetime
    by_pattern: bool
    is_standby: bool
    began_as_standby: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveShown:
    id: UUID
    kind: str
    state: str

    @property
    def words(self) -> str:
        return str(WORDS_OF_LEAVE[LeaveKind(self.kind)])


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaCell:
    """One person's one day."""

    day: date
    shifts: list[ShiftShown]
    leave: list[LeaveShown]


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaRow:
    staff: StaffMember
    cells: list[RotaCell]

    @property
    def hours(self) -> float:
        """What she works this week, leave not taken off."""
        lengths = [shift.ends_at - shift.starts_at for cell in self.cells for shift in cell.shifts]
        return round(sum(lengths, timedelta()).total_seconds() / 3600, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaWeek:
    """A week of a page of people."""

    days: list[RotaDay]
    rows: list[RotaRow]
    next: str | None
    breaks: list[DailyBreak]  # that everybody has within a shift which covers them


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayShifts:
    """Shifts that were made for a day before anybody knew that it is a holiday."""

    day: RotaDay
    shifts: list[Shift]

    @property
    def names(self) -> list[str]:
        return sorted({shift.staff.name for shift in self.shifts})


@dataclass(frozen=True, slots=True, kw_only=True)
class SwappedDay:
    """A Saturday or Sunday that is worked in exchange, and who usually works on a Monday."""

    day: RotaDay
    names: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapsing:
    """A paper that runs out, or has."""

    paper: Qualification
    staff: StaffMember
    last_day: date
    days_left: int


def rota_week(
    actor: Actor,
    purpose: Purpose,
    *,
    day: date,
    text: str = "",
    kind: str = "",
    station_id: UUID | None = None,
    after: str | None = None,
    size: int = 30,
) -> RotaWeek:
    """
    Return the week (Monday to Sunday) that the day is in, of a page of people in order of name.

    Three questions to the database however many they are.

    :raises NotAllowed: without `workforce.read`
    """
    days = days_from(day - timedelta(days=day.weekday()), 7)
    page = staff_found(
        actor, purpose, today=days[0], text=text, kind=kind, station_id=station_id, after=after, size=size
    )
    start, end = day_bounds(days[0])[0], day_bounds(days[-1])[1]
    theirs = Q(organization_id=actor.organization_id, staff_id__in=[one.id for one in page.items])
    shifts = Shift.objects.filter(
        theirs, removed_at=None, starts_at__gte=start - LONGEST_SHIFT, starts_at__lt=end, ends_at__gt=start
    ).order_by("starts_at")
    leave = Leave.objects.filter(
        theirs, state__in=[state.value for state in LIVE_LEAVE], ends_at__gt=start, starts_at__lt=end
    ).order_by("starts_at")
    shifts_by_day = _shifts_by_day(shifts)
    away = list(leave)
    rows = [
        RotaRow(
            staff=one,
            cells=[
                RotaCell(
                    day=day, shifts=shifts_by_day.get((one.id, day), []), leave=_leave_on(away, one.id, day)
                )
                for day in days
            ],
        )
        for one in page.items
    ]
    breaks = DailyBreak.objects.filter(organization_id=actor.organization_id, removed_at=None)
    return RotaWeek(
        days=[_rota_day(day) for day in days],
        rows=rows,
        next=page.next,
        breaks=list(breaks.order_by("opens")),
    )


def shifts_on_holidays(actor: Actor, purpose: Purpose, *, today: date) -> list[HolidayShifts]:
    """
    Return the coming shifts that the weekly patterns made and would not make now, since the day is a holiday.

    Those of whoever works holidays are right, and so is what somebody has put on the rota by hand.

    :raises NotAllowed: without `workforce.read`
    """
    if not actor.may("workforce.read"):
        raise NotAllowed
    holidays = [one for one in map(_rota_day, days_from(today + timedelta(days=1), MOST_DAYS)) if one.holiday]
    if not holidays:
        return []
    shifts = (
        Shift.objects.filter(
            organization_id=actor.organization_id,
            by_pattern=True,
            removed_at=None,
            starts_at__gte=day_bounds(holidays[0].day)[0],
            starts_at__lt=day_bounds(holidays[-1].day)[1],
        )
        .exclude(staff__pattern__works_holidays=True)
        .select_related("staff")
        .order_by("starts_at", "id")
    )
    found: dict[date, list[Shift]] = {}
    for shift in shifts:
        found.setdefault(day_of(shift.starts_at), []).append(shift)
    return [HolidayShifts(day=one, shifts=found[one.day]) for one in holidays if one.day in found]


def swapped_days(actor: Actor, purpose: Purpose, *, today: date) -> list[SwappedDay]:
    """
    Return the coming weekends that are worked in exchange and of which nobody has said whether they are worked here.

    Whoever has a shift on the day, or has had one that was taken off, is settled.

    :raises NotAllowed: without `workforce.read`
    """
    if not actor.may("workforce.read"):
        raise NotAllowed
    days = [one for one in map(_rota_day, days_from(today + timedelta(days=1), MOST_DAYS)) if one.is_swapped]
    if not days:
        return []
    patterns = WeeklyPattern.objects.filter(organization_id=actor.organization_id, works_holidays=False)
    on_mondays = [
        one
        for one in patterns.select_related("staff").order_by("staff__pinyin", "staff_id")
        if any(part.weekday == MONDAY for part in one.week)
    ]
    shifts = Shift.objects.filter(
        organization_id=actor.organization_id,
        starts_at__gte=day_bounds(days[0].day)[0],
        starts_at__lt=day_bounds(days[-1].day)[1],
    )
    settled = {(staff_id, day_of(at)) for staff_id, at in shifts.values_list("staff_id", "starts_at")}
    found = [
        SwappedDay(
            day=one,
            names=[
                who.staff.name
                for who in on_mondays
                if (who.staff_id, one.day) not in settled
                and (who.staff.left_on is None or who.staff.left_on >= one.day)
            ],
        )
        for one in days
    ]
    return [one for one in found if one.names]


def papers_lapsing(
    actor: Actor, purpose: Purpose, *, today: date, within_days: int = WARN_DAYS
) -> list[Lapsing]:
    """
    Return the papers that have run out or will within so many days and that no other replaces, the worst first.

    :raises NotAllowed: without `workforce.read`
    """
    if not actor.may("workforce.read"):
        raise NotAllowed
    latest = (
        Qualification.objects.filter(organization_id=actor.organization_id, taken_back_at=None)
        .filter(Q(staff__left_on=None) | Q(staff__left_on__gte=today))
        # Of a paper without its last day nobody knows whether it replaces another.
        .exclude(valid_until=None, code__in=WITH_LAST_DAY)
        .defer("number")
        .select_related("staff")
        .order_by("staff_id", "code", "-valid_until")  # what has no end comes first
        .distinct("staff_id", "code")
    )
    found = [
        Lapsing(
            paper=paper,
            staff=paper.staff,
            last_day=paper.valid_until,
            days_left=(paper.valid_until - today).days,
        )
        for paper in latest
        if paper.valid_until is not None and (paper.valid_until - today).days <= within_days
    ]
    return sorted(found, key=lambda one: (one.days_left, one.staff.pinyin))


def papers_waiting(actor: Actor, purpose: Purpose, *, today: date) -> list[Qualification]:
    """
    Return the papers that no second person has read yet and that have not run out, those entered longest ago first.

    :raises NotAllowed: without `workforce.read`
    """
    if not actor.may("workforce.read"):
        raise NotAllowed
    rows = (
        Qualification.objects.filter(
            organization_id=actor.organization_id, taken_back_at=None, verified_at=None
        )
        .filter(Q(valid_until=None) | Q(valid_until__gte=today))
        .filter(Q(staff__left_on=None) | Q(staff__left_on__gte=today))
        .defer("number")
        .select_related("staff")
    )
    return list(rows.order_by("added_at", "id")[:200])


def leave_asked(actor: Actor, purpose: Purpose) -> list[Leave]:
    """
    Return the leave that waits for an answer, the soonest first.

    :raises NotAllowed: without `workforce.read`
    """
    if not actor.may("workforce.read"):
        raise NotAllowed
    rows = Leave.objects.filter(organization_id=actor.organization_id, state="asked").select_related("staff")
    return list(rows.order_by("starts_at", "id")[:100])


def institutions_with_staff(actor: Actor, purpose: Purpose) -> list[UUID]:
    """Return the institutions for which somebody works. The system asks this in nobody's name."""
    rows = StaffMember.objects.values_list("organization_id", flat=True)
    return list(rows.order_by("organization_id").distinct())


def _rota_day(day: date) -> RotaDay:
    return RotaDay(
        day=day,
        is_working=is_working_day(day),
        holiday=holiday_name(day),
        is_expected=is_only_expected(day),
    )


def _shifts_by_day(shifts: Iterable[Shift]) -> dict[tuple[UUID, date], list[ShiftShown]]:
    found: dict[tuple[UUID, date], list[ShiftShown]] = {}
    for shift in shifts:
        shown = ShiftShown(
            id=shift.id,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            by_pattern=shift.by_pattern,
            is_standby=shift.is_standby,
            began_as_standby=shift.began_as_standby,
        )
        found.setdefault((shift.staff_id, day_of(shift.starts_at)), []).append(shown)
    return found


def _leave_on(leave: Iterable[Leave], staff_id: UUID, day: date) -> list[LeaveShown]:
    start, end = day_bounds(day)
    return [
        LeaveShown(id=away.id, kind=away.kind, state=away.state)
        for away in leave
        if away.staff_id == staff_id and away.starts_at < end and away.ends_at > start
    ]
