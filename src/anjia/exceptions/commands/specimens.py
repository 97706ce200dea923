"""What was taken and has not reached the laboratory in time: by the clock, and by what the field says."""

from datetime import datetime
from uuid import UUID

from anjia.dispatch.queries import specimen_of
from anjia.exceptions.models import VisitException
from anjia.exceptions.opening import Report, open_exception, tell_pages
from anjia.exceptions.rules.closing import FollowUp, Outcome
from anjia.kernel import audit
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import command
from anjia.visits.queries import get_promise
from anjia.visits.rules.exceptions import ExceptionKind

DELIVERED = "delivered"


@command("exceptions.report")
def say_specimen_late(actor: Actor, now: datetime, *, visit_id: UUID) -> VisitException | None:
    """Open it for what has not been handed over by its latest time, or was after it; once per visit."""
    specimen = specimen_of(actor, Purpose.CONTRACT, visit_id=visit_id, now=now)
    if specimen is None or specimen.is_in_time(now):
        return None
    known = VisitException.objects.filter(
        organization_id=actor.organization_id, visit_id=visit_id, kind=ExceptionKind.SPECIMEN_LATE.value
    )
    if known.exists():
        return None
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    crew = [one.staff_id for one in promise.crew]
    report = Report(
        kind=ExceptionKind.SPECIMEN_LATE,
        origin="clock",
        happened_at=specimen.due_at,
        promise=promise,
        staff_id=crew[0] if crew else None,
    )
    return open_exception(actor, now, report)


@command("exceptions.report")
def note_delivery(actor: Actor, now: datetime, *, visit_id: UUID) -> VisitException | None:
    """
    Note that it has been handed over. What was in time after all, and heard of late, is over by that; of what was late
    the laboratory has yet to say whether it can be used.
    """
    rows = VisitException.objects.filter(
        organization_id=actor.organization_id,
        visit_id=visit_id,
        kind=ExceptionKind.SPECIMEN_LATE.value,
        closed_at=None,
    )
    found = rows.select_for_update().first()
    specimen = specimen_of(actor, Purpose.CONTRACT, visit_id=visit_id, now=now)
    if found is None or specimen is None or specimen.delivered_at is None:
        return None
    if not found.steps.filter(what=DELIVERED).exists():
        found.write_step(DELIVERED, actor=actor, now=now)
        audit.record("exceptions.exception.delivered", actor=actor, at=now, subject_id=found.id)
    if specimen.is_in_time(now) and not found.promised_at:
        found.closed_at, found.goes_on_at = now, None
        found.outcome, found.follow_up = Outcome.DELIVERED.value, FollowUp.NOT_NEEDED.value
        found.save()
        found.write_step("closed", actor=actor, now=now)
    tell_pages(found)
    return found
