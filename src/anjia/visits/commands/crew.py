"""Who comes: put in by dispatch, taken by the caregiver herself."""

from datetime import datetime
from uuid import UUID

from anjia.kernel import audit, live
from anjia.kernel.actors import Actor
from anjia.kernel.errors import NotAllowed
from anjia.kernel.work import command
from anjia.visits.models import Assignment
from anjia.visits.rules.because import Decided, How
from anjia.visits.rules.lifecycle import (
    NOT_YET_OUT,
    AlreadyAccepted,
    AlreadyOnTheWay,
    IllegalMove,
    State,
    Status,
    What,
)
from anjia.visits.writing import (
    crew_of,
    follow_crew,
    part_to_change,
    put_in_place_of,
    visit_to_change,
    wait_for_caregivers,
    write_change,
    write_crew_change,
)


@command("visits.assign")
def assign(
    actor: Actor,
    now: datetime,
    *,
    visit_id: UUID,
    part: int,
    staff_id: UUID,
    state: str = State.TENTATIVE.value,
    why: str = "",
    how: How = How.HAND,
    minutes: int | None = None,
) -> Assignment:
    """
    Put a caregiver in for a part, in the place of whoever is there. Never is there nobody. `minutes` she takes there.

    :raises NotFound: if there is no such visit, or no such part of it
    :raises IllegalMove: if the visit is not waiting to begin
    :raises AlreadyOnTheWay: if whoever is there has departed
    :raises CaregiverBusy: if she is promised elsewhere at that time
    :raises SameCaregiverTwice: if she has another part of it
    """
    wait_for_caregivers(staff_id, *crew_of(actor, visit_id=visit_id))
    visit = visit_to_change(actor, visit_id=visit_id)
    return put_in_place_of(
        actor,
        now,
        visit=visit,
        part=part,
        staff_id=staff_id,
        state=State(state),
        decided=Decided(how=how, minutes={staff_id: minutes}, why=why),
    )


@command("visits.accept")
def accept_assignment(
    actor: Actor, now: datetime, *, visit_id: UUID, part: int = 1, minutes: int | None = None
) -> Assignment:
    """
    Take the part: the actor comes, in the place of whoever's time was kept for it. One takes it, no second.

    Whether she was asked at all is for `dispatch` to check.

    :raises NotAllowed: if the actor is no caregiver
    :raises NotFound: if there is no such visit, or no such part of it
    :raises AlreadyAccepted: if somebody has taken it, herself included
    :raises CaregiverBusy: if she is promised elsewhere at that time
    :raises IllegalMove: if the visit is no longer to come
    """
    if actor.staff_id is None:
        raise NotAllowed
    wait_for_caregivers(actor.staff_id, *crew_of(actor, visit_id=visit_id))
    visit = visit_to_change(actor, visit_id=visit_id)
    there = part_to_change(actor, visit_id=visit_id, part=part)
    if there.state != State.TENTATIVE:
        raise AlreadyAccepted
    if there.staff_id != actor.staff_id:
        return put_in_place_of(
            actor,
            now,
            visit=visit,
            part=part,
            staff_id=actor.staff_id,
            state=State.ACCEPTED,
            decided=Decided(how=How.TOOK_IT, minutes={actor.staff_id: minutes}),
        )
    if visit.status != Status.BOOKED:
        raise IllegalMove
    there.unclaimed_at = None
    there.state = State.ACCEPTED.value
    there.save(update_fields=["state", "unclaimed_at"])
    follow_crew(visit, now)
    write_crew_change(actor, now, visit=visit, assignment=there, before=there, why="")
    return there


@command("visits.assign")
def mark_unclaimed(actor: Actor, now: datetime, *, visit_id: UUID, part: int) -> Assignment:
    """
    Say that everybody suitable was asked and nobody took the part: a dispatcher has to decide.

    :raises NotFound: if there is no such visit, or no such part of it
    """
    visit = visit_to_change(actor, visit_id=visit_id)
    there = part_to_change(actor, visit_id=visit_id, part=part)
    if there.state == State.TENTATIVE and there.unclaimed_at is None:
        there.unclaimed_at = now
        there.save(update_fields=["unclaimed_at"])
        follow_crew(visit, now)
        write_change(actor, now, visit=visit, what=What.NOBODY_TOOK_IT)
        audit.record(
            "visits.assignment.unclaimed", actor=actor, at=now, subject_id=there.id, fields=["unclaimed_at"]
        )
        live.tell(topic="board", subject_id=visit_id)
    return there


@command("visits.assign")
def stand_down(actor: Actor, now: datetime, *, visit_id: UUID, part: int) -> Assignment:
    """
    Say that whoever is in for the part cannot come. Until somebody takes her place it stays hers, tentatively.

    :raises NotFound: if there is no such visit, or no such part of it
    :raises IllegalMove: if the visit is not waiting to begin
    :raises AlreadyOnTheWay: if she has departed
    """
    visit = visit_to_change(actor, visit_id=visit_id)
    there = part_to_change(actor, visit_id=visit_id, part=part)
    if there.state not in NOT_YET_OUT:
        raise AlreadyOnTheWay
    if visit.status != Status.BOOKED:
        raise IllegalMove
    there.state = State.TENTATIVE.value
    there.save(update_fields=["state"])
    follow_crew(visit, now)
    write_change(actor, now, visit=visit, what=What.DECLINED, staff_id=there.staff_id)
    audit.record("visits.assignment.declined", actor=actor, at=now, subject_id=there.id, fields=["state"])
    live.tell(topic="board", subject_id=visit_id)
    return there
