"""Taking people on, and what is known of them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.identity.commands import take_all_roles
from anjia.identity.queries import managers_of_house, unheard_without
from anjia.identity.rules import LastAdministrator, NobodyHears
from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds
from anjia.kernel.work import command
from anjia.workforce.events import StaffChanged, StaffLeaves, StaffLeft, StaffRegistered
from anjia.workforce.models import ServiceArea, Shift, StaffMember
from anjia.workforce.rules import Sex, StaffInvalid, TravelMode, plain_phone
from anjia.workforce.writing import (
    cells_around,
    one_rota_at_a_time,
    staff_for_update,
    wait_for_caregivers,
    write_staff,
)

UNSAID: Any = object()


@command("workforce.change")
def register_staff_member(
    actor: Actor,
    now: datetime,
    *,
    name: str,
    kind: str,
    title: str = "",
    number: str = "",
    sex: str = Sex.UNKNOWN,
    phone: str = "",
    started_on: date | None = None,
    station_id: UUID | None = None,
    account_id: UUID | None = None,
    travel_mode: str = TravelMode.EBIKE,
    base: tuple[float, float] | None = None,
) -> StaffMember:
    """
    Take somebody on. `base` is latitude and longitude of where she starts from.

    :raises StaffInvalid: naming every field that is wrong
    """
    staff = StaffMember(organization_id=actor.organization_id)
    said = {
        "name": name.strip(),
        "kind": str(kind),
        "title": title.strip(),
        "number": number.strip(),
        "sex": str(sex),
        "phone": plain_phone(phone),
        "started_on": started_on,
        "station_id": station_id,
        "account_id": account_id,
        "travel_mode": str(travel_mode),
        "base": {"lat": base[0], "lon": base[1]} if base else None,
    }
    fields = write_staff(actor, staff, said)
    audit.record("workforce.staff.registered", actor=actor, at=now, subject_id=staff.id, fields=fields)
    events.publish(StaffRegistered(staff_id=staff.id, at=now), actor=actor)
    return staff


@command("workforce.change")
def change_staff_member(
    actor: Actor,
    now: datetime,
    *,
    staff_id: UUID,
    name: str = UNSAID,
    kind: str = UNSAID,
    title: str = UNSAID,
    number: str = UNSAID,
    sex: str = UNSAID,
    phone: str = UNSAID,
    started_on: date | None = UNSAID,
    station_id: UUID | None = UNSAID,
    travel_mode: str = UNSAID,
    base: tuple[float, float] | None = UNSAID,
) -> StaffMember:
    """
    Change what is known of somebody; what is not said stays.

    :raises NotFound: if she does not work here
    :raises StaffInvalid: naming every field that is wrong
    """
    wait_for_caregivers(staff_id)
    staff = staff_for_update(actor, staff_id=staff_id)
    said: dict[str, Any] = {
        "name": name, "kind": kind, "title": title, "number": number, "sex": sex, "started_on": started_on,
        "station_id": station_id, "travel_mode": travel_mode,
        "phone": phone if phone is UNSAID else plain_phone(phone),
        "base": {"lat": base[0], "lon": base[1]} if base is not UNSAID and base else base,
    }  # fmt: skip
    fields = write_staff(actor, staff, {name: value for name, value in said.items() if value is not UNSAID})
    if fields:
        audit.record("workforce.staff.changed", actor=actor, at=now, subject_id=staff.id, fields=fields)
        events.publish(StaffChanged(staff_id=staff.id, at=now), actor=actor)
    return staff


@command("workforce.change")
def link_account(actor: Actor, now: datetime, *, staff_id: UUID, account_id: UUID | None) -> StaffMember:
    """
    Say with which account she signs in, or with none.

    :raises NotFound: if she does not work here
    :raises StaffInvalid: if the account is another's
    """
    staff = staff_for_update(actor, staff_id=staff_id)
    fields = write_staff(actor, staff, {"account_id": account_id})
    if fields:
        audit.record("workforce.account.linked", actor=actor, at=now, subject_id=staff.id, fields=fields)
    return staff


@command("workforce.change")
def set_last_day(
    actor: Actor, now: datetime, *, staff_id: UUID, last_day: date | None, knowingly: bool = False
) -> StaffMember:
    """
    Say on which day she works here for the last time. She stays in the records; with None she stays on.

    Her shifts after that day leave the rota, and what she has promised for then needs somebody else: those above hear
    of it. Whoever stays on after all gets her shifts again from `generate_shifts`. When the day is over her account
    opens nothing here any more: see `lock_out`.

    :raises NotFound: if she does not work here
    :raises LastAdministrator: if nobody would be left to manage the house
    :raises NobodyHears: if nobody would hear calls for help then, and the actor has not said that she knows
    """
    one_rota_at_a_time(actor)
    wait_for_caregivers(staff_id)
    staff = staff_for_update(actor, staff_id=staff_id)
    if last_day is not None and managers_of_house(actor, Purpose.LEGAL) == {staff.account_id}:
        raise LastAdministrator
    if last_day is not None and staff.left_on is None and staff.account_id:
        words = unheard_without(actor, Purpose.LEGAL, account_id=staff.account_id, now=now)
        if words and not knowingly:
            raise NobodyHears(words)
        if words:
            audit.record("workforce.staff.unheard", actor=actor, at=now, subject_id=staff.id)
    fields = write_staff(actor, staff, {"left_on": last_day})
    if not fields:
        return staff
    happened: StaffChanged | StaffLeaves = StaffChanged(staff_id=staff.id, at=now)
    if last_day is not None:
        ends_at = day_bounds(last_day)[1]
        later = Shift.objects.filter(organization_id=actor.organization_id, staff=staff, removed_at=None)
        if later.filter(starts_at__gte=ends_at).update(removed_at=now):
            fields = [*fields, "shifts"]
        events.publish(StaffLeft(staff_id=staff.id, at=max(ends_at, now)), actor=actor)
        happened = StaffLeaves(staff_id=staff.id, ends_at=ends_at, at=now)
    audit.record("workforce.staff.leaves", actor=actor, at=now, subject_id=staff.id, fields=fields)
    events.publish(happened, actor=actor)
    return staff


@command("workforce.lock_out")
def lock_out(actor: Actor, now: datetime, *, staff_id: UUID) -> None:
    """
    Take the roles of somebody who has left, and end her sessions. Nothing happens to whoever has stayed on after all.

    :raises NotFound: if nobody here has this id
    :raises LastAdministrator: if nobody would be left to manage the house
    """
    staff = staff_for_update(actor, staff_id=staff_id)
    if staff.account_id and staff.left_on and day_bounds(staff.left_on)[1] <= now:
        take_all_roles(actor, now, account_id=staff.account_id)


@command("workforce.change")
def set_area(
    actor: Actor,
    now: datetime,
    *,
    staff_id: UUID,
    cells: Sequence[str] | None = None,
    radius_km: float | None = None,
) -> ServiceArea:
    """
    Say where she goes: these map cells, or those within a radius of where she starts from; with neither, anywhere.

    :raises NotFound: if she does not work here
    :raises StaffInvalid: if a radius is asked for and nobody knows where she starts from, or it is out of all reason
    """
    staff = staff_for_update(actor, staff_id=staff_id)
    if radius_km is not None:
        cells = _cells_within(staff, radius_km)
    area, _is_new = ServiceArea.objects.update_or_create(
        staff=staff,
        defaults={
            "organization_id": actor.organization_id,
            "cells": None if cells is None else sorted(cells),
            "radius_km": radius_km,
        },
    )
    audit.record("workforce.area.set", actor=actor, at=now, subject_id=staff.id, fields=["cells"])
    events.publish(StaffChanged(staff_id=staff.id, at=now), actor=actor)
    return area


def _cells_within(staff: StaffMember, radius_km: float) -> list[str]:
    if staff.base is None:
        raise StaffInvalid(fields={"base": _("还不知道她从哪里出发。先填出发点，再画范围。")})
    if not 0 < radius_km <= 50:
        raise StaffInvalid(fields={"radius_km": _("半径请填 1 到 50 公里。")})
    return cells_around(staff.base, radius_km)
