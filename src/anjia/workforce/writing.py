"""The writes that several of workforce's commands share. They assume that whoever calls them has been allowed to."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import h3
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from anjia.clinical.professions import PAPERS
from anjia.kernel import calendar
from anjia.kernel.actors import Actor
from anjia.kernel.database import refuse_if_broken, wait_turn
from anjia.kernel.encryption import blind
from anjia.kernel.errors import DomainError, NotFound, Words
from anjia.workforce.models import Qualification, Shift, StaffMember, StaffToken, WeeklyPattern
from anjia.workforce.rules import (
    LONGEST_SHIFT,
    RotaDay,
    ShiftOverlaps,
    Span,
    StaffInvalid,
    check_staff,
    days_from,
    pinyin_of,
    shifts_by_pattern,
    tokens_of,
)

CELL_RESOLUTION: Final = 8
KM_BETWEEN_CELLS: Final = 0.92  # of middles of neighbouring cells at this resolution

BROKEN_STAFF: Final[Mapping[str, Callable[[], DomainError]]] = {
    "staff_number_once": partial(StaffInvalid, fields={"number": _("这个工号已经有人用了。")}),
    "staff_account_once": partial(StaffInvalid, fields={"account_id": _("这个账号已经是另一位员工的了。")}),
}


def wait_for_caregivers(*staff_ids: UUID) -> None:
    """
    Wait until nobody is just promising their time; whoever promises it next sees what is written here.

    Whoever has promised it just before is seen by those above, who hear that she is away. Call before rows are held.
    """
    wait_turn(*(f"caregiver/{staff_id}" for staff_id in staff_ids))


def staff_for_update(actor: Actor, *, staff_id: UUID) -> StaffMember:
    """:raises NotFound: also when she works for another institution"""
    rows = StaffMember.objects.filter(organization_id=actor.organization_id, id=staff_id)
    found = rows.select_for_update().first()
    if found is None:
        raise NotFound
    return found


def write_staff(actor: Actor, staff: StaffMember, said: Mapping[str, Any]) -> list[str]:
    """
    Give the member of staff these fields and save her; return the names of those that are new.

    :raises StaffInvalid: naming every field that is wrong
    """
    is_new = staff._state.adding
    changed = [name for name, value in said.items() if getattr(staff, name) != value]
    for name in changed:
        setattr(staff, name, said[name])
    check_staff(
        name=staff.name,
        kind=staff.kind,
        title=staff.title,
        sex=staff.sex,
        travel_mode=staff.travel_mode,
        phone=staff.phone,
    )
    staff.pinyin = pinyin_of(staff.name)
    staff.phone_index = blind("phone", staff.phone) if staff.phone else None
    staff.base_cell = cell_of(staff.base) if staff.base else ""
    with refuse_if_broken(BROKEN_STAFF):
        staff.save()
    if is_new or {"name", "number"} & set(changed):
        write_tokens(staff)
    return changed


def write_tokens(staff: StaffMember) -> None:
    StaffToken.objects.filter(organization_id=staff.organization_id, staff=staff).delete()
    StaffToken.objects.bulk_create(
        StaffToken(organization_id=staff.organization_id, staff=staff, token=token)
        for token in tokens_of(staff.name, staff.number)
    )


def cell_of(point: Mapping[str, float]) -> str:
    return str(h3.latlng_to_cell(point["lat"], point["lon"], CELL_RESOLUTION))


def cells_around(point: Mapping[str, float], radius_km: float) -> list[str]:
    """Return the cells whose middle lies within the radius, and the point's own."""
    rings = max(1, int(radius_km / KM_BETWEEN_CELLS) + 1)
    here = (point["lat"], point["lon"])
    near = [
        cell
        for cell in h3.grid_disk(cell_of(point), rings)
        if h3.great_circle_distance(here, h3.cell_to_latlng(cell), unit="km") <= radius_km
    ]
    return sorted({*near, cell_of(point)})


def write_paper(
    actor: Actor,
    now: datetime,
    *,
    staff: StaffMember,
    code: str,
    number: str = "",
    issuer: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
    file_id: UUID | None = None,
) -> Qualification:
    """
    Write it down. It does not count before a second person has read its scan.

    :raises StaffInvalid: if the code is none, or the days are in the wrong order
    """
    if code not in PAPERS:
        raise StaffInvalid(fields={"code": _("请从清单里选证书。")})
    check_days(valid_from, valid_until)
    return Qualification.objects.create(
        organization_id=actor.organization_id,
        staff=staff,
        code=code,
        number=number,
        issuer=issuer,
        valid_from=valid_from,
        valid_until=valid_until,
        entered_by=actor.user_id,
        added_by=actor.user_id,
        added_at=now,
        file_id=file_id,
    )


def check_policy(number: str, issuer: str, valid_from: date | None, valid_until: date | None) -> None:
    """:raises StaffInvalid: naming each of the things that make a policy one and are not there"""
    wanting: dict[str, Words] = {}
    if not issuer.strip():
        wanting["issuer"] = _("请填承保的保险公司。")
    if not number.strip():
        wanting["paper_number"] = _("请填保单号。")
    if valid_from is None:
        wanting["valid_from"] = _("请照保单写上保险从哪天开始。")
    if valid_until is None:
        wanting["valid_until"] = _("请照保单写上保险到哪天为止。")
    if wanting:
        raise StaffInvalid(fields=wanting)


def check_days(valid_from: date | None, valid_until: date | None) -> None:
    """:raises StaffInvalid: if it would end before it begins"""
    if valid_from and valid_until and valid_until < valid_from:
        raise StaffInvalid(fields={"valid_until": _("到期日早于起始日。")})


def one_rota_at_a_time(actor: Actor) -> None:
    """Shifts are written by one at a time: what one generates, another would put by hand."""
    wait_turn(f"rota/{actor.organization_id}")


def write_shift(actor: Actor, *, staff: StaffMember, span: Span, is_standby: bool = False) -> Shift:
    """:raises ShiftOverlaps: if she works then already"""
    with refuse_if_broken({"shift_not_twice": ShiftOverlaps}):
        return Shift.objects.create(
            organization_id=actor.organization_id,
            staff=staff,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            is_standby=is_standby,
            began_as_standby=is_standby,
        )


def patterns_from(actor: Actor, day: date) -> QuerySet[WeeklyPattern]:
    """Return the weekly patterns of those who work here on that day or later."""
    return WeeklyPattern.objects.filter(
        Q(staff__left_on=None) | Q(staff__left_on__gte=day), organization_id=actor.organization_id
    ).select_related("staff")


def write_shifts_by_pattern(
    actor: Actor,
    *,
    patterns: Sequence[WeeklyPattern],
    first_day: date,
    days: int,
    removed_too: bool,
    swapped_too: bool,
    removed_at: datetime | None = None,
) -> int:
    """
    Write the shifts that these patterns make and that do not touch one that is there; return how many.

    Without `removed_too`, nor one that was there and has been taken off; without `swapped_too`, none on a weekend
    worked in exchange. With `removed_at` they are written as taken off: nobody is asked about them again.
    """
    rota_days = [
        RotaDay(day=day, is_working=calendar.is_working_day(day), holiday=calendar.holiday_name(day))
        for day in days_from(first_day, days)
    ]
    start, end = calendar.day_bounds(first_day)[0], calendar.day_bounds(rota_days[-1].day)[1]
    there = Shift.objects.filter(
        organization_id=actor.organization_id,
        staff_id__in=[pattern.staff_id for pattern in patterns],
        starts_at__gte=start - LONGEST_SHIFT,
        starts_at__lt=end + timedelta(days=1),
    )
    if removed_too:
        there = there.filter(removed_at=None)
    taken: dict[UUID, list[Span]] = {}
    for shift in there:
        taken.setdefault(shift.staff_id, []).append(Span(shift.starts_at, shift.ends_at))
    fresh = [
        Shift(
            organization_id=actor.organization_id,
            staff_id=pattern.staff_id,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            by_pattern=True,
            removed_at=removed_at,
        )
        for pattern in patterns
        for span in shifts_by_pattern(
            pattern.week,
            rota_days,
            works_holidays=pattern.works_holidays,
            moment=calendar.at,
            swapped_too=swapped_too,
        )
        if pattern.staff.left_on is None or calendar.day_of(span.starts_at) <= pattern.staff.left_on
        if not any(span.overlaps(other) for other in taken.get(pattern.staff_id, ()))
    ]
    Shift.objects.bulk_create(fresh, batch_size=1000)
    return len(fresh)
