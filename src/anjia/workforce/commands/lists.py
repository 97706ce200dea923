"""A staff list as institutions keep it, taken over in one command."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from anjia.kernel import audit, events
from anjia.kernel.actors import Actor
from anjia.kernel.calendar import day_of
from anjia.kernel.work import command
from anjia.workforce.comparison import Known, changes_to, known_staff, new_papers, said_by, whom_they_mean
from anjia.workforce.events import RotaChanged, StaffChanged
from anjia.workforce.models import StaffMember, WeeklyPattern
from anjia.workforce.rules import Changes, Sex, StaffRow, TravelMode, check_pattern
from anjia.workforce.writing import one_rota_at_a_time, wait_for_caregivers, write_paper, write_staff

DECIDE_WHAT_SHE_MAY_DO: Final = frozenset({"kind", "title", "started_on"})


@command("workforce.change")
def register_staff_list(actor: Actor, now: datetime, *, rows: Sequence[StaffRow]) -> Changes:
    """
    Take the list over: new people, changed fields, new papers, weekly patterns. The same list again changes nothing.

    A paper on a list is what somebody says: it counts once its scan is there and a second person has read it.

    :raises StaffInvalid: naming every field that is wrong
    :raises PatternInvalid: if two parts of somebody's week overlap
    """
    one_rota_at_a_time(actor)
    known = known_staff(actor)
    changes = changes_to(known, rows, today=day_of(now))
    if changes.is_empty:
        return changes
    meant = list(zip(rows, whom_they_mean(rows, known), strict=True))
    wait_for_caregivers(
        *(one.staff.id for row, one in meant if one and _new_of_her(row, one, now) & DECIDE_WHAT_SHE_MAY_DO)
    )
    for row, one in meant:
        _take_over(actor, now, row, one)
    audit.record(
        "workforce.staff.imported", actor=actor, at=now, subject_id=actor.organization_id, fields=["staff"]
    )
    events.publish(StaffChanged(staff_id=actor.organization_id, at=now), actor=actor)
    if any(row.pattern is not None for row in rows):
        events.publish(RotaChanged(staff_id=actor.organization_id, at=now), actor=actor)
    return changes


def _take_over(actor: Actor, now: datetime, row: StaffRow, one: Known | None) -> None:
    staff = one.staff if one else _fresh(actor.organization_id, row)
    said = said_by(row, one.staff if one else None, today=day_of(now))
    changed = _new_of_her(row, one, now) if one else set(said)
    if one is None or changed:
        write_staff(actor, staff, said)
    if one is not None and changed & DECIDE_WHAT_SHE_MAY_DO:  # what she has promised may need somebody else
        events.publish(StaffChanged(staff_id=staff.id, at=now), actor=actor)
    for paper in new_papers(row, one.papers if one else []):
        write_paper(
            actor,
            now,
            staff=staff,
            code=paper.code,
            number=paper.number,
            valid_from=paper.valid_from,
            valid_until=paper.valid_until,
        )
    week = None if row.pattern is None else [part.content for part in row.pattern]
    if row.pattern is not None and week != (one.week if one else None):
        check_pattern(row.pattern)
        WeeklyPattern.objects.update_or_create(
            staff=staff, defaults={"organization_id": actor.organization_id, "parts": week}
        )


def _new_of_her(row: StaffRow, one: Known, now: datetime) -> set[str]:
    """Return the names of her fields that the row says otherwise."""
    said = said_by(row, one.staff, today=day_of(now))
    return {name for name, value in said.items() if getattr(one.staff, name) != value}


def _fresh(organization_id: UUID, row: StaffRow) -> StaffMember:
    return StaffMember(
        organization_id=organization_id,
        name=row.name.strip(),
        kind="",
        sex=Sex.UNKNOWN.value,
        travel_mode=TravelMode.EBIKE.value,
    )
