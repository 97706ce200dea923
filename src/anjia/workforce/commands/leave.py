"""Being away: asked for, granted or not, taken back."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from anjia.kernel import audit, events
from anjia.kernel.actors import Actor
from anjia.kernel.database import refuse_if_broken
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.workforce.events import LeaveGranted, LeaveWithdrawn
from anjia.workforce.models import Leave
from anjia.workforce.rules import (
    LIVE_LEAVE,
    LeaveKind,
    LeaveOverlaps,
    LeaveState,
    NotYours,
    check_leave,
)
from anjia.workforce.writing import staff_for_update, wait_for_caregivers


@command("workforce.ask_leave")
def ask_leave(
    actor: Actor,
    now: datetime,
    *,
    staff_id: UUID,
    kind: LeaveKind,
    starts_at: datetime,
    ends_at: datetime,
    reason: str = "",
) -> Leave:
    """
    Ask to be away. Until it is granted she is expected to come.

    :raises NotYours: if it is for somebody else and the actor does not make the rota
    :raises NotFound: if she does not work here
    :raises LeaveInvalid: if it ends before it starts, or is longer than a year
    :raises LeaveOverlaps: if she has asked for some of that time already
    """
    _check_own(actor, staff_id)
    leave = _write_leave(
        actor, now, staff_id=staff_id, kind=kind, starts_at=starts_at, ends_at=ends_at, reason=reason
    )
    audit.record("workforce.leave.asked", actor=actor, at=now, subject_id=leave.staff_id, fields=["leave"])
    return leave


@command("workforce.change")
def put_leave(
    actor: Actor,
    now: datetime,
    *,
    staff_id: UUID,
    kind: LeaveKind,
    starts_at: datetime,
    ends_at: datetime,
    reason: str = "",
) -> Leave:
    """
    Write down that somebody is away, asked for and granted at once: sickness, by telephone.

    :raises NotFound: if she does not work here
    :raises LeaveInvalid: if it ends before it starts, or is longer than a year
    :raises LeaveOverlaps: if she is away or has asked to be in some of that time
    """
    wait_for_caregivers(staff_id)
    leave = _write_leave(
        actor, now, staff_id=staff_id, kind=kind, starts_at=starts_at, ends_at=ends_at, reason=reason
    )
    _grant(actor, now, leave)
    return leave


@command("workforce.change")
def be_away(
    actor: Actor, now: datetime, *, staff_id: UUID, kind: LeaveKind, starts_at: datetime, ends_at: datetime
) -> None:
    """
    Write down that somebody does not come in all of this time: a fact, whatever she had asked for or had off before.

    Leave that she has stays as it is, and what lies between is added. What she had asked for is granted by it, unless
    it lasts for longer.

    :raises NotFound: if she does not work here
    :raises LeaveInvalid: if it ends before it starts, or is longer than a year
    """
    check_leave(starts_at, ends_at)
    wait_for_caregivers(staff_id)
    staff_for_update(actor, staff_id=staff_id)
    live = Leave.objects.filter(
        organization_id=actor.organization_id,
        staff=staff_id,
        state__in=[state.value for state in LIVE_LEAVE],
        starts_at__lt=ends_at,
        ends_at__gt=starts_at,
    )
    begins = starts_at
    for leave in live.select_for_update().order_by("starts_at"):
        if leave.starts_at > begins:
            put_leave(actor, now, staff_id=staff_id, kind=kind, starts_at=begins, ends_at=leave.starts_at)
        if leave.state == LeaveState.ASKED and leave.ends_at <= ends_at:
            _grant(actor, now, leave)
        begins = leave.ends_at
    if begins < ends_at:
        put_leave(actor, now, staff_id=staff_id, kind=kind, starts_at=begins, ends_at=ends_at)


@command("workforce.change")
def grant_leave(actor: Actor, now: datetime, *, leave_id: UUID) -> Leave:
    """
    Let her be away. What she has promised for that time needs somebody else: those above hear of it.

    :raises NotFound: if there is no such leave here
    :raises DayOff: if it has been settled
    """
    wait_for_caregivers(*_leaves(actor, leave_id).values_list("staff_id", flat=True))
    leave = _leave_for_update(actor, leave_id)
    _grant(actor, now, leave)
    return leave


@command("workforce.change")
def refuse_leave(actor: Actor, now: datetime, *, leave_id: UUID) -> Leave:
    """
    Do not let her be away.

    :raises NotFound: if there is no such leave here
    :raises DayOff: if it has been settled
    """
    leave = _leave_for_update(actor, leave_id)
    leave.move_to(LeaveState.REFUSED, by=actor.user_id, at=now)
    audit.record("workforce.leave.refused", actor=actor, at=now, subject_id=leave.staff_id, fields=["leave"])
    return leave


@command("workforce.ask_leave")
def withdraw_leave(actor: Actor, now: datetime, *, leave_id: UUID) -> Leave:
    """
    Come after all.

    :raises NotYours: if it is somebody else's and the actor does not make the rota
    :raises NotFound: if there is no such leave here
    :raises DayOff: if it has been refused or withdrawn
    """
    leave = _leave_for_update(actor, leave_id)
    _check_own(actor, leave.staff_id)
    leave.move_to(LeaveState.WITHDRAWN, by=actor.user_id, at=now)
    audit.record(
        "workforce.leave.withdrawn", actor=actor, at=now, subject_id=leave.staff_id, fields=["leave"]
    )
    events.publish(LeaveWithdrawn(leave_id=leave.id, staff_id=leave.staff_id, at=now), actor=actor)
    return leave


def _check_own(actor: Actor, staff_id: UUID) -> None:
    if actor.staff_id != staff_id and not actor.may("workforce.change"):
        raise NotYours


def _write_leave(
    actor: Actor,
    now: datetime,
    *,
    staff_id: UUID,
    kind: LeaveKind,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
) -> Leave:
    check_leave(starts_at, ends_at)
    staff = staff_for_update(actor, staff_id=staff_id)
    with refuse_if_broken({"leave_not_twice": LeaveOverlaps}):
        return Leave.objects.create(
            organization_id=actor.organization_id,
            staff=staff,
            kind=LeaveKind(kind).value,
            starts_at=starts_at,
            ends_at=ends_at,
            reason=reason,
            asked_by=actor.user_id,
            asked_at=now,
        )


def _grant(actor: Actor, now: datetime, leave: Leave) -> None:
    leave.move_to(LeaveState.GRANTED, by=actor.user_id, at=now)
    audit.record("workforce.leave.granted", actor=actor, at=now, subject_id=leave.staff_id, fields=["leave"])
    events.publish(
        LeaveGranted(
            leave_id=leave.id,
            staff_id=leave.staff_id,
            starts_at=leave.starts_at,
            ends_at=leave.ends_at,
            at=now,
        ),
        actor=actor,
    )


def _leaves(actor: Actor, leave_id: UUID) -> QuerySet[Leave]:
    return Leave.objects.filter(organization_id=actor.organization_id, id=leave_id)


def _leave_for_update(actor: Actor, leave_id: UUID) -> Leave:
    found = _leaves(actor, leave_id).select_for_update().first()
    if found is None:
        raise NotFound
    return found
