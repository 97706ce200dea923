"""Somebody cannot come: her leave, and a line for each visit that she had promised. Only commands call it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from anjia.exceptions.models import AbsenceLine, VisitException
from anjia.exceptions.opening import Report, heard_before, open_exception
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds, day_of
from anjia.visits.queries import Busy, get_promises, live_assignments
from anjia.visits.rules.exceptions import ExceptionKind
from anjia.visits.rules.lifecycle import NOT_YET_OUT, State
from anjia.workforce.commands import be_away
from anjia.workforce.queries import get_staff_member
from anjia.workforce.rules import LeaveKind


def open_absence(
    actor: Actor,
    now: datetime,
    *,
    staff_id: UUID,
    form: Mapping[str, Any],
    since: datetime,
    origin: str,
    fact_id: UUID | None = None,
) -> VisitException:
    """
    Write down that she is away, and list what she had promised for that time: nobody is put in her place here.

    Why she is away stays with the rota, which keeps it encrypted; it is no reason to ask whether she may be.
    """
    if known := heard_before(actor, fact_id):
        return known  # she may have taken it back since
    get_staff_member(actor, Purpose.CONTRACT, staff_id=staff_id)
    first = day_of(min(since, now))
    until = day_bounds(first + timedelta(days=form.get("days", 1) - 1))[1]
    report = Report(
        kind=ExceptionKind.CAREGIVER_ILL,
        origin=origin,
        happened_at=since,
        staff_id=staff_id,
        form=form,
        fact_id=fact_id,
        away_until=until,
    )
    is_over = until <= now  # a phone may say it days later: today she comes
    if not is_over:
        _be_away(actor, now, staff_id=staff_id, until=until, form=form)
    exception = open_exception(actor, now, report)
    if exception.is_open and not is_over:
        write_lines(actor, exception, promised_by(actor, staff_id=staff_id, start=now, end=until, now=now))
    return exception


def _be_away(
    actor: Actor, now: datetime, *, staff_id: UUID, until: datetime, form: Mapping[str, Any]
) -> None:
    """That somebody cannot come is a fact, and no question to whoever makes the rota."""
    kind = LeaveKind.SICK if form.get("cause") in {"ill", "injured"} else LeaveKind.PERSONAL
    writer = replace(actor, permissions=actor.permissions | {"workforce.change"})
    be_away(writer, now, staff_id=staff_id, kind=kind, starts_at=now, ends_at=until)


def promised_by(actor: Actor, *, staff_id: UUID, start: datetime, end: datetime, now: datetime) -> list[Busy]:
    """Return what she has promised and has not begun: where she is already, she is asked whether she can finish."""
    found = live_assignments(actor, Purpose.CONTRACT, staff_ids=[staff_id], start=start, end=end, now=now)
    waiting = NOT_YET_OUT | {State.DEPARTED}
    return [one for one in found if one.state in waiting and one.held_until is None]


def write_lines(actor: Actor, exception: VisitException, promised: Iterable[Busy]) -> None:
    rows = list(promised)
    promises = get_promises(actor, Purpose.CONTRACT, visit_ids={one.visit_id for one in rows})
    AbsenceLine.objects.bulk_create(
        (
            AbsenceLine(
                organization_id=actor.organization_id,
                exception=exception,
                visit_id=one.visit_id,
                resident_id=promises[one.visit_id].resident_id,
                part=one.part,
                starts_at=one.starts_at,
            )
            for one in rows
            if one.visit_id in promises
        ),
        ignore_conflicts=True,
    )
