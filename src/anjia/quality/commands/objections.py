"""Objecting to a figure of one's own, and answering: never she who objects."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from anjia.identity.queries import who_may
from anjia.kernel import audit, events, live
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.database import refuse_if_broken, wait_turn
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import command
from anjia.quality.events import ObjectionMoved
from anjia.quality.models import Objection
from anjia.quality.queries import open_objections_by_owner, rows_of_group
from anjia.quality.rules import (
    ObjectedAlready,
    ObjectionOver,
    ObjectionState,
    ObjectionStepKind,
    ObjectionTooLate,
    OnlyOwner,
    OwnObjection,
    answer_due,
    check_decision,
    check_objection,
    may_object,
)

MANAGES: Final = "quality.manage"
ONCE: Final = {
    "objection_once_per_row": ObjectedAlready,
    "objection_one_open_per_figure": ObjectedAlready,
    "objection_row_left_out_once": ObjectionOver,
}


@command("quality.mine")
def raise_objection(
    actor: Actor, now: datetime, *, month: date, group: str, words: str, row_id: UUID | None = None
) -> Objection:
    """
    Object to a figure of one's own, or to a row behind it. Somebody else has to answer, and is named at once.

    :raises NotAllowed: if she is no member of staff
    :raises ObjectionUnsound: naming what is wrong or missing
    :raises ObjectionTooLate: for a month to come, or long past
    :raises NotFound: if the row is none of hers
    :raises ObjectedAlready: a second time to the same
    """
    if actor.kind is not Kind.STAFF or actor.staff_id is None:
        raise NotAllowed
    said = check_objection(group=group, words=words)
    month = month.replace(day=1)
    if not may_object(month, today=day_of(now)):
        raise ObjectionTooLate
    if row_id:
        rows = rows_of_group(
            actor,
            Purpose.CONTRACT,
            staff_id=actor.staff_id,
            group=group,
            month=month,
            as_of=now,
            is_own=True,
        )
        if row_id not in {row.row_id for row in rows}:
            raise NotFound
    # Owners are shared out by how many wait for each: two at once would both see the same number.
    wait_turn(f"objections/{actor.organization_id}")
    with refuse_if_broken(ONCE):
        objection = Objection.objects.create(
            organization_id=actor.organization_id,
            staff_id=actor.staff_id,
            month=month,
            group=group,
            row_id=row_id,
            words=said,
            raised_by=actor.user_id,
            raised_at=now,
            owner_id=_next_owner(actor),
            due_at=answer_due(now),
        )
    objection.write_step(ObjectionStepKind.RAISED, actor=actor, now=now, words=said)
    return _told(actor, now, objection, "raised", fields=["group", "month", "owner_id", "row_id", "words"])


@command(MANAGES)
def hand_objection_over(
    actor: Actor, now: datetime, *, objection_id: UUID, owner_id: UUID, words: str
) -> Objection:
    """
    Let somebody else answer it (oneself, too), and say why.

    :raises NotFound: if there is none, or the one who is named may not manage quality here
    :raises OwnObjection: if she who objects would answer, or hands it on
    :raises ObjectionUnsound: if it is not said why
    :raises ObjectionOver: if it has been answered
    """
    objection = _held(actor, objection_id)
    if owner_id == objection.raised_by:
        raise OwnObjection
    if owner_id not in _managers(actor):
        raise NotFound
    said = check_objection(group=objection.group, words=words)
    objection.owner_id = owner_id
    objection.save(update_fields=["owner_id"])
    objection.write_step(ObjectionStepKind.HANDED_OVER, actor=actor, now=now, words=said)
    return _told(actor, now, objection, "handed_over", fields=["owner_id"])


@command(MANAGES)
def decide_objection(
    actor: Actor,
    now: datetime,
    *,
    objection_id: UUID,
    outcome: str,
    reason: str,
    row_id: UUID | None = None,
) -> Objection:
    """
    Answer it: the row counts no longer for her figure, or stays. Of a whole figure, `row_id` says which row.

    :raises NotFound: if there is none, or the row is none of that figure
    :raises OwnObjection: if it is one's own
    :raises OnlyOwner: if somebody else is to answer
    :raises ObjectionUnsound: naming what is wrong or missing
    :raises ObjectionOver: if it, or the row, has been decided on
    """
    objection = _held(actor, objection_id)
    if objection.owner_id != actor.user_id:
        raise OnlyOwner
    row = objection.row_id or row_id
    state = check_decision(outcome=outcome, reason=reason, group=objection.group, has_row=row is not None)
    if state is ObjectionState.LEFT_OUT:
        _check_row(actor, now, objection, row)
        objection.left_out_id = row
    objection.state, objection.reason = state.value, reason.strip()
    objection.decided_by, objection.decided_at = actor.user_id, now
    with refuse_if_broken(ONCE):
        objection.save()
    objection.write_step(ObjectionStepKind(state.value), actor=actor, now=now, words=objection.reason)
    return _told(actor, now, objection, state.value, fields=["left_out_id", "reason", "state"])


def _check_row(actor: Actor, now: datetime, objection: Objection, row_id: UUID | None) -> None:
    rows = rows_of_group(
        actor,
        Purpose.CONTRACT,
        staff_id=objection.staff_id,
        group=objection.group,
        month=objection.month,
        as_of=now,
        is_own=False,
    )
    if row_id not in {row.row_id for row in rows}:
        raise NotFound


def _managers(actor: Actor) -> Mapping[UUID, str]:
    return who_may(actor, Purpose.CONTRACT, permission=MANAGES)


def _next_owner(actor: Actor) -> UUID | None:
    """Return who has fewest to answer, but never she herself; none where there is nobody else."""
    waiting = open_objections_by_owner(actor, Purpose.CONTRACT)
    others = sorted(
        _managers(actor).keys() - {actor.user_id}, key=lambda one: (waiting.get(one, 0), str(one))
    )
    return next(iter(others), None)


def _held(actor: Actor, objection_id: UUID) -> Objection:
    rows = Objection.objects.select_for_update().filter(
        id=objection_id, organization_id=actor.organization_id
    )
    objection = rows.first()
    if objection is None:
        raise NotFound
    if actor.user_id == objection.raised_by or actor.staff_id == objection.staff_id:
        raise OwnObjection
    if objection.state != ObjectionState.OPEN:
        raise ObjectionOver
    return objection


def _told(actor: Actor, now: datetime, objection: Objection, deed: str, *, fields: list[str]) -> Objection:
    audit.record(
        f"quality.objection.{deed}", actor=actor, at=now, subject_id=objection.id, fields=sorted(fields)
    )
    events.publish(
        ObjectionMoved(objection_id=objection.id, staff_id=objection.staff_id, state=objection.state, at=now),
        actor=actor,
    )
    live.tell(topic="quality.objections", subject_id=objection.id)
    return objection
