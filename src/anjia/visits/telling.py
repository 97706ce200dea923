"""
What is said of a promise that has become another: in the audit, to whoever listens, to open boards.

Only commands call it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from anjia.kernel import audit, events, live
from anjia.kernel.actors import Actor
from anjia.visits.events import AssignmentChanged, VisitMoved
from anjia.visits.models import Assignment, Visit
from anjia.visits.rules.lifecycle import State, What


def what_of(assignment: Assignment) -> What:
    return What.ACCEPTED if assignment.state == State.ACCEPTED else What.ASSIGNED


def tell_crew_change(
    actor: Actor,
    now: datetime,
    *,
    visit: Visit,
    assignment: Assignment,
    before: Assignment,
    is_told_of: bool = False,
) -> None:
    """Say that somebody else is in for a part."""
    what = what_of(assignment)
    audit.record(
        f"visits.assignment.{what}",
        actor=actor,
        at=now,
        subject_id=assignment.id,
        fields=["staff_id", "state"],
    )
    events.publish(
        AssignmentChanged(
            visit_id=visit.id,
            resident_id=visit.resident_id,
            assignment_id=assignment.id,
            part=assignment.part,
            staff_id=assignment.staff_id,
            staff_id_before=before.staff_id if before.staff_id != assignment.staff_id else None,
            state=assignment.state,
            at=now,
            is_by_hand=assignment.state == State.ACCEPTED and actor.staff_id != assignment.staff_id,
            was_accepted=before.state == State.ACCEPTED and before.staff_id != assignment.staff_id,
            is_told_of=is_told_of,
        ),
        actor=actor,
    )
    live.tell(topic="board", subject_id=visit.id)


def tell_moved(
    actor: Actor,
    now: datetime,
    *,
    visit: Visit,
    before: tuple[datetime, datetime],
    crew_before: Iterable[Assignment],
    staff_ids: Sequence[UUID],
    is_told_of: bool = False,
) -> None:
    """Say that a visit is promised for another time than `before`, and who is in for it now."""
    audit.record(
        "visits.visit.moved", actor=actor, at=now, subject_id=visit.id, fields=["starts_at", "ends_at"]
    )
    events.publish(
        VisitMoved(
            visit_id=visit.id,
            resident_id=visit.resident_id,
            at=now,
            starts_at_before=before[0],
            ends_at_before=before[1],
            taken_by_before=tuple(one.staff_id for one in crew_before if one.state == State.ACCEPTED),
            staff_ids_after=tuple(staff_ids),
            is_told_of=is_told_of,
        ),
        actor=actor,
    )
    live.tell(topic="board", subject_id=visit.id)
