"""Who works when."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.kernel import audit, events
from anjia.kernel.actors import Actor
from anjia.kernel.calendar import day_of, is_working_day
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.workforce.events import RotaChanged, ShiftRemoved
from anjia.workforce.models import Shift, WeeklyPattern
from anjia.workforce.rules import (
    MOST_DAYS,
    NeverPlanned,
    PatternPart,
    ShiftInvalid,
    Span,
    check_pattern,
    check_shift,
)
from anjia.workforce.rules.rota import SATURDAY
from anjia.workforce.writing import (
    one_rota_at_a_time,
    patterns_from,
    staff_for_update,
    wait_for_caregivers,
    write_shift,
    write_shifts_by_pattern,
)


@command("workforce.change")
def set_weekly_pattern(
    actor: Actor,
    now: datetime,
    *,
    staff_id: UUID,
    parts: Sequence[PatternPart],
    works_holidays: bool = False,
) -> WeeklyPattern:
    """
    Say how her weeks usually are. Shifts that have been made stay; the next `generate_shifts` goes by it.

    :raises NotFound: if she does not work here
    :raises PatternInvalid: if two parts of the week overlap
    """
    staff = staff_for_update(actor, staff_id=staff_id)
    check_pattern(parts)
    pattern, _is_new = WeeklyPattern.objects.update_or_create(
        staff=staff,
        defaults={
            "organization_id": actor.organization_id,
            "parts": [part.content for part in parts],
            "works_holidays": works_holidays,
        },
    )
    audit.record("workforce.pattern.set", actor=actor, at=now, subject_id=staff.id, fields=["parts"])
    events.publish(RotaChanged(staff_id=staff.id, at=now), actor=actor)
    return pattern


@command("workforce.change")
def generate_shifts(
    actor: Actor,
    now: datetime,
    *,
    first_day: date,
    days: int,
    staff_ids: Sequence[UUID] | None = None,
    by_a_person: bool = True,
) -> int:
    """
    Make the shifts of these days by the weekly patterns, holidays and swapped working days minded; return how many.

    What is on the rota already stays, and nothing is made twice. Somebody who makes the rota gets back what was taken
    off it, and the weekends worked in exchange. What goes on by itself leaves both to a person.

    :raises ShiftInvalid: for no days at all, or more than three months
    """
    if not 1 <= days <= MOST_DAYS:
        raise ShiftInvalid(fields={"days": _("一次排 1 到 92 天。")})
    one_rota_at_a_time(actor)
    patterns = patterns_from(actor, first_day)
    if staff_ids is not None:
        patterns = patterns.filter(staff_id__in=set(staff_ids))
    made = write_shifts_by_pattern(
        actor,
        patterns=list(patterns),
        first_day=first_day,
        days=days,
        removed_too=by_a_person,
        swapped_too=by_a_person,
    )
    if made:
        audit.record(
            "workforce.shifts.generated",
            actor=actor,
            at=now,
            subject_id=actor.organization_id,
            fields=["shifts"],
        )
        events.publish(RotaChanged(staff_id=actor.organization_id, at=now), actor=actor)
    return made


@command("workforce.change")
def settle_swapped_day(actor: Actor, now: datetime, *, day: date, works: bool) -> int:
    """
    Say whether a Saturday or Sunday that is worked in exchange is worked here too; return of how many shifts.

    It is then worked as a Monday is, by the weekly patterns. If not, nobody is asked about it again. What is on the
    rota stays, and what was taken off it stays off.

    :raises ShiftInvalid: if the day is no weekend that is worked in exchange
    """
    if not (is_working_day(day) and day.weekday() >= SATURDAY):
        raise ShiftInvalid(fields={"day": _("这一天不是调休上班的周末。")})
    one_rota_at_a_time(actor)
    written = write_shifts_by_pattern(
        actor,
        patterns=list(patterns_from(actor, day).filter(works_holidays=False)),
        first_day=day,
        days=1,
        removed_too=False,
        swapped_too=True,
        removed_at=None if works else now,
    )
    if works:
        events.publish(RotaChanged(staff_id=actor.organization_id, at=now), actor=actor)
    action = "workforce.swapped.worked" if works else "workforce.swapped.kept"
    audit.record(action, actor=actor, at=now, subject_id=actor.organization_id, fields=["shifts"])
    return written


@command("workforce.change")
def put_shift(
    actor: Actor, now: datetime, *, staff_id: UUID, starts_at: datetime, ends_at: datetime
) -> Shift:
    """
    Put a shift on the rota.

    :raises NotFound: if she does not work here
    :raises ShiftInvalid: if it ends before it starts, is longer than a day, or begins after her last day
    :raises ShiftOverlaps: if she works then already
    """
    return _put(actor, now, staff_id=staff_id, starts_at=starts_at, ends_at=ends_at)


@command("workforce.standby")
def put_standby(
    actor: Actor, now: datetime, *, staff_id: UUID, starts_at: datetime, ends_at: datetime
) -> Shift:
    """
    Put a shift on the rota in which she is on standby: nothing is booked into it, she stands in for others.

    :raises NotFound: if she does not work here
    :raises ShiftInvalid: if it ends before it starts, is longer than a day, is over, or begins after her last day
    :raises ShiftOverlaps: if she works then already: that shift can be made one
    """
    if ends_at <= now:
        raise ShiftInvalid(fields={"ends_at": _("这段时间已经过去了。")})
    return _put(actor, now, staff_id=staff_id, starts_at=starts_at, ends_at=ends_at, is_standby=True)


@command("workforce.standby")
def set_standby(actor: Actor, now: datetime, *, shift_id: UUID, is_standby: bool) -> Shift:
    """
    Make a shift one of standby, or an ordinary one again. What she has promised in it she keeps.

    :raises NotFound: if there is no such shift on the rota
    :raises ShiftInvalid: if it is over
    :raises NeverPlanned: if it was put there as standby: to make it an ordinary one is to make the rota
    """
    rows = Shift.objects.filter(organization_id=actor.organization_id, id=shift_id, removed_at=None)
    wait_for_caregivers(*rows.values_list("staff_id", flat=True))
    shift = rows.select_for_update().first()
    if shift is None:
        raise NotFound
    if shift.ends_at <= now:
        raise ShiftInvalid(fields={"ends_at": _("这段时间已经过去了。")})
    if shift.is_standby != is_standby:
        if shift.began_as_standby and not actor.may("workforce.change"):
            raise NeverPlanned
        shift.is_standby = is_standby
        shift.began_as_standby = shift.began_as_standby and is_standby
        shift.save(update_fields=["is_standby", "began_as_standby"])
        action = "workforce.shift.on_standby" if is_standby else "workforce.shift.ordinary"
        audit.record(action, actor=actor, at=now, subject_id=shift.staff_id, fields=["shifts"])
        events.publish(RotaChanged(staff_id=shift.staff_id, at=now), actor=actor)
    return shift


@command("workforce.change")
def remove_shift(actor: Actor, now: datetime, *, shift_id: UUID) -> Shift:
    """
    Take a shift off the rota. What she has promised in it needs somebody else: those above hear of it.

    :raises NotFound: if there is no such shift on the rota
    """
    rows = Shift.objects.filter(organization_id=actor.organization_id, id=shift_id, removed_at=None)
    wait_for_caregivers(*rows.values_list("staff_id", flat=True))
    shift = rows.select_for_update().first()
    if shift is None:
        raise NotFound
    _take_off(actor, now, shift)
    audit.record("workforce.shift.removed", actor=actor, at=now, subject_id=shift.staff_id, fields=["shifts"])
    return shift


@command("workforce.change")
def settle_holiday_shifts(
    actor: Actor, now: datetime, *, shift_ids: Collection[UUID], works: bool
) -> list[Shift]:
    """
    Say what is to become of shifts that were made for a day before it was known to be a holiday.

    Those that are worked all the same are from now on as if put on the rota by hand. The others are taken off it.

    :raises NotFound: if one of them is not on the rota any more
    """
    one_rota_at_a_time(actor)
    rows = Shift.objects.filter(organization_id=actor.organization_id, id__in=set(shift_ids), removed_at=None)
    wait_for_caregivers(*rows.values_list("staff_id", flat=True))
    shifts = list(rows.select_for_update().order_by("starts_at", "id"))
    if not shifts or len(shifts) < len(set(shift_ids)):
        raise NotFound
    if works:
        rows.update(by_pattern=False)
        events.publish(RotaChanged(staff_id=actor.organization_id, at=now), actor=actor)
    else:
        for shift in shifts:
            _take_off(actor, now, shift)
    action = "workforce.holiday.worked" if works else "workforce.holiday.kept"
    audit.record(action, actor=actor, at=now, subject_id=actor.organization_id, fields=["shifts"])
    return shifts


def _put(
    actor: Actor,
    now: datetime,
    *,
    staff_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    is_standby: bool = False,
) -> Shift:
    check_shift(starts_at, ends_at)
    one_rota_at_a_time(actor)
    staff = staff_for_update(actor, staff_id=staff_id)
    if staff.left_on and day_of(starts_at) > staff.left_on:
        raise ShiftInvalid(fields={"starts_at": _("她那天已经不在这里上班了。")})
    shift = write_shift(actor, staff=staff, span=Span(starts_at, ends_at), is_standby=is_standby)
    audit.record("workforce.shift.put", actor=actor, at=now, subject_id=staff.id, fields=["shifts"])
    events.publish(RotaChanged(staff_id=staff.id, at=now), actor=actor)
    return shift


def _take_off(actor: Actor, now: datetime, shift: Shift) -> None:
    shift.removed_at = now
    shift.save(update_fields=["removed_at"])
    events.publish(
        ShiftRemoved(
            shift_id=shift.id,
            staff_id=shift.staff_id,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            at=now,
        ),
        actor=actor,
    )
