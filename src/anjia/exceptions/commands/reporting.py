"""How we hear of it: from the field, from the desk, by the clock, by what was measured."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from anjia.exceptions.absence import open_absence
from anjia.exceptions.models import VisitException
from anjia.exceptions.opening import Report, open_exception, tell_pages
from anjia.exceptions.reading import is_red
from anjia.exceptions.rules.closing import FollowUp, Outcome
from anjia.exceptions.rules.forms import FormUnsound, check_form, sound_part
from anjia.kernel import audit
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import command
from anjia.visits.queries import facts_said, get_promise
from anjia.visits.rules.exceptions import ExceptionKind
from anjia.visits.rules.facts import FactKind
from anjia.visits.rules.lifecycle import LATE_AFTER, MISSED_AFTER, Status

RED: Final = "red_reading"  # among the signs


@command("exceptions.report")
def report_exception(
    actor: Actor, now: datetime, *, visit_id: UUID, kind: str, form: Mapping[str, Any]
) -> VisitException:
    """
    Write down what came in between at a visit: the desk, for whoever rings.

    What is being dealt with already is noted with it. That somebody cannot come at all is said by `report_absence`.

    :raises NotFound: if there is no such visit
    :raises FormUnsound: naming each field that is empty or wrong
    """
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    if kind not in set(ExceptionKind) - {ExceptionKind.CAREGIVER_ILL} or promise.status in {
        Status.HELD,
        Status.RELEASED,
    }:
        raise FormUnsound
    sound = check_form(ExceptionKind(kind), form)
    report = Report(kind=ExceptionKind(kind), origin="desk", happened_at=now, promise=promise, form=sound)
    return open_exception(actor, now, report)


@command("exceptions.report")
def take_reports(actor: Actor, now: datetime, *, visit_id: UUID) -> list[VisitException]:
    """Open what the field has said of a visit, each once, however late and often it comes."""
    said = facts_said(actor, Purpose.CONTRACT, visit_id=visit_id, kind=FactKind.EXCEPTION.value)
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    made = []
    for fact in said:
        kind = ExceptionKind(fact.content["exception"])
        form = sound_part(kind, fact.content.get("form") or {})
        if kind is ExceptionKind.CAREGIVER_ILL:
            made.append(
                open_absence(
                    actor,
                    now,
                    staff_id=fact.staff_id,
                    form=form,
                    since=fact.at,
                    fact_id=fact.id,
                    origin="field",
                )
            )
            continue
        report = Report(
            kind=kind,
            origin="field",
            happened_at=fact.at,
            promise=promise,
            staff_id=fact.staff_id,
            form=form,
            fact_id=fact.id,
        )
        made.append(open_exception(actor, now, report))
    return made


@command("exceptions.report")
def look_at_readings(actor: Actor, now: datetime, *, visit_id: UUID) -> VisitException | None:
    """
    Open it for the doctor where something measured at the visit crosses a red line; once per visit. What somebody has
    said before of how she is becomes urgent by it.
    """
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    rows = VisitException.objects.filter(
        organization_id=actor.organization_id, visit_id=visit_id, kind=ExceptionKind.WORSENING.value
    )
    known = list(rows.order_by("opened_at", "id"))
    seen = [sign for one in known if one.is_open for sign in one.form.get("signs", ())]
    if any(RED in one.form.get("signs", ()) for one in known):
        return None
    said = facts_said(actor, Purpose.VITAL, visit_id=visit_id, kind=FactKind.MEASURED.value)
    red = next(
        (fact for fact in said if is_red(actor, now, resident_id=promise.resident_id, fact=fact)), None
    )
    if red is None:
        return None
    report = Report(
        kind=ExceptionKind.WORSENING,
        origin="readings",
        happened_at=red.at,
        promise=promise,
        staff_id=red.staff_id,
        form={"signs": [*seen, RED]},
    )
    return open_exception(actor, now, report)


@command("exceptions.report")
def say_late(actor: Actor, now: datetime, *, visit_id: UUID) -> VisitException | None:
    """Open it for whoever has not come by the time promised and has not said so; once per promise."""
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    is_awaited = promise.status in {Status.BOOKED, Status.DEPARTED}
    if not is_awaited or promise.starts_at > now - LATE_AFTER or promise.ends_at <= now - MISSED_AFTER:
        return None
    known = VisitException.objects.filter(
        organization_id=actor.organization_id,
        visit_id=visit_id,
        kind=ExceptionKind.LATE.value,
        visit_starts_at=promise.starts_at,
    )
    if known.exists():
        return None
    crew = [one.staff_id for one in promise.crew]
    report = Report(
        kind=ExceptionKind.LATE,
        origin="clock",
        happened_at=promise.starts_at,
        promise=promise,
        staff_id=crew[0] if crew else None,
    )
    return open_exception(actor, now, report)


@command("exceptions.report")
def note_arrival(actor: Actor, now: datetime, *, visit_id: UUID) -> VisitException | None:
    """
    Close what said that somebody is late, since she is there: the household has heard of it by the visit's own news.

    What the household was promised meanwhile is still to be done: that one stays open, and the arrival is noted.
    """
    rows = VisitException.objects.filter(
        organization_id=actor.organization_id,
        visit_id=visit_id,
        kind=ExceptionKind.LATE.value,
        closed_at=None,
    )
    late = rows.select_for_update().first()
    if late is None:
        return None
    if late.steps.filter(what="arrived").exists():
        return late
    late.write_step("arrived", actor=actor, now=now)
    if not late.promised_at:
        late.closed_at, late.goes_on_at = now, None
        late.outcome, late.follow_up = Outcome.WENT_ON.value, FollowUp.NOT_NEEDED.value
        late.save()
        late.write_step("closed", actor=actor, now=now)
    audit.record("exceptions.exception.arrived", actor=actor, at=now, subject_id=late.id)
    tell_pages(late)
    return late
