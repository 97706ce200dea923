"""A visit that does not end: she is asked first, quietly, and only who does not answer is looked for."""

from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db.models import Value
from django.db.models.functions import Coalesce

from anjia.dispatch.queries import contact_of, house_of
from anjia.emergencies.events import CaseClosed, CheckInAsked
from anjia.emergencies.hearing import house_of as rules_of
from anjia.emergencies.models import Case, CheckIn
from anjia.emergencies.places import place_of_visit
from anjia.emergencies.rules.cases import Outcome, What
from anjia.emergencies.rules.house import FINE_FOR_MINUTES
from anjia.emergencies.rules.kinds import Kind
from anjia.emergencies.writing import open_case, say_changed, write_step
from anjia.kernel import audit, events, live
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import local
from anjia.kernel.database import wait_turn
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.messaging.commands import send
from anjia.messaging.rules import moment_words
from anjia.visits.queries import get_promise, who_is_out_again
from anjia.visits.rules.lifecycle import Status
from anjia.workforce.queries import get_staff_member

OUT = frozenset({Status.DEPARTED, Status.ARRIVED})


@command("emergencies.watch_over")
def ask_whether_fine(actor: Actor, now: datetime, *, visit_id: UUID) -> int:
    """
    Ask everybody of the visit whether all is well who was not asked yet, or of whom nobody knows any more: her answer
    is used up, or somebody closed the alarm about her a while ago. Who has said that she is out again is left alone.
    """
    wait_turn(f"check-in/{visit_id}")
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    rules = rules_of(actor)
    due = promise.ends_at + timedelta(minutes=rules.overdue_minutes)
    if promise.status not in OUT or due > now:
        return 0
    asked = 0
    inside = {one.staff_id for one in promise.crew}
    for staff_id in sorted(inside - who_is_out_again(actor, Purpose.CONTRACT, visit_id=visit_id)):
        rows = CheckIn.objects.filter(visit_id=visit_id, staff_id=staff_id).select_related("case")
        if not _is_due(rows.order_by("-asked_at").first(), now):
            continue
        row = CheckIn.objects.create(
            organization_id=actor.organization_id,
            visit_id=visit_id,
            staff_id=staff_id,
            asked_at=now,
            answer_by=now + timedelta(minutes=rules.answer_minutes),
        )
        _tell_her(actor, now, row, ends_at=promise.ends_at)
        audit.record("emergencies.check_in.sent", actor=actor, at=now, subject_id=row.id)
        event = CheckInAsked(check_in_id=row.id, visit_id=visit_id, staff_id=staff_id, at=now)
        events.publish(event, actor=actor)
        asked += 1
    return asked


@command("emergencies.sos")
def answer_fine(actor: Actor, now: datetime, *, check_in_id: UUID) -> CheckIn:
    """
    Say that all is well, for another half hour. An alarm that was raised meanwhile is over by it.

    :raises NotFound: if she was not asked this
    """
    rows = CheckIn.objects.filter(organization_id=actor.organization_id, id=check_in_id)
    if actor.staff_id is None:
        raise NotFound
    visit_id = rows.filter(staff_id=actor.staff_id).values_list("visit_id", flat=True).first()
    if visit_id is None:
        raise NotFound
    wait_turn(f"check-in/{visit_id}")
    row = rows.get()
    if row.fine_until is not None:
        return row
    row.fine_until = now + timedelta(minutes=FINE_FOR_MINUTES)
    row.closed_at = row.closed_at or now
    row.save(update_fields=["fine_until", "closed_at"])
    if row.case_id:
        _look_for_the_others(actor, now, case_id=row.case_id, what=What.FINE)
    audit.record("emergencies.check_in.fine", actor=actor, at=now, subject_id=row.id, fields=["fine_until"])
    live.tell(topic="emergencies.CheckInAsked", subject_id=row.id)
    return row


@command("emergencies.watch_over")
def raise_overdue(actor: Actor, now: datetime, *, check_in_id: UUID) -> Case | None:
    """Look for whoever has not answered: raise an alarm with the place. None where it is answered by now."""
    rows = CheckIn.objects.filter(organization_id=actor.organization_id, id=check_in_id)
    visit_id = rows.values_list("visit_id", flat=True).first()
    if visit_id is None:
        return None
    wait_turn(f"check-in/{visit_id}")
    row = rows.get()
    if row.closed_at is not None or row.answer_by > now:
        return None
    case = open_case(
        actor,
        now,
        kind=Kind.OVERDUE,
        about_id=visit_id,
        client_id=row.id,
        pressed_at=now,
        first=What.ASKED,
        staff_id=row.staff_id,
        visit_id=visit_id,
        place=place_of_visit(actor, visit_id=visit_id),
    )
    row.closed_at, row.case = now, case
    row.save(update_fields=["closed_at", "case"])
    return case


@command("emergencies.watch_over")
def clear_after_visit(actor: Actor, now: datetime, *, visit_id: UUID, staff_id: UUID | None = None) -> int:
    """
    Let what was asked and raised be over; return how much it was. About `staff_id` alone, who is out again: of two at a
    visit the other may still be inside. Without her it is about all: there is no visit any more.
    """
    wait_turn(f"check-in/{visit_id}")
    rows = CheckIn.objects.filter(organization_id=actor.organization_id, visit_id=visit_id, fine_until=None)
    if staff_id is not None:
        rows = rows.filter(staff_id=staff_id)
    case_ids = sorted({row.case_id for row in rows if row.case_id})
    over = rows.update(closed_at=Coalesce("closed_at", Value(now)), fine_until=now)
    if over:
        audit.record("emergencies.check_in.over", actor=actor, at=now, subject_id=visit_id)
        live.tell(topic="emergencies.CheckInAsked", subject_id=visit_id)
    for case_id in case_ids:
        _look_for_the_others(actor, now, case_id=case_id, what=What.CHECKED_OUT)
    return over


def _is_due(last: CheckIn | None, now: datetime) -> bool:
    """Say whether she is to be asked (again), given what she was asked last."""
    if last is None:
        return True
    if last.fine_until is not None:
        return last.fine_until <= now
    if last.case is None or last.case.closed_at is None:
        return False  # asked already, or looked for already
    # Somebody has closed the alarm, and she has not said a word: that holds no longer than her own answer would.
    return last.case.closed_at + timedelta(minutes=FINE_FOR_MINUTES) <= now


def _look_for_the_others(actor: Actor, now: datetime, *, case_id: UUID, what: What) -> None:
    """The alarm is over when everybody who was looked for is found; until then it is about who is still silent."""
    case = Case.objects.select_for_update().filter(id=case_id, closed_at=None).first()
    if case is None:
        return  # a supervisor has closed it; another one about the visit is another's
    silent = CheckIn.objects.filter(case_id=case_id, fine_until=None).order_by("asked_at", "id").first()
    if silent is None:
        _clear(actor, now, case, what)
        return
    case.staff_id = silent.staff_id
    case.save(update_fields=["staff_id"])
    write_step(actor, now, case, what)
    audit.record("emergencies.case.one_fine", actor=actor, at=now, subject_id=case.id, fields=["staff_id"])
    say_changed(actor, now, case)


def _clear(actor: Actor, now: datetime, case: Case, what: What) -> None:
    """Close the alarm: there is nobody left to look for. Its course says why."""
    case.closed_at, case.closed_by, case.outcome, case.calls_at = (
        now, actor.user_id, Outcome.CLEARED.value, None,
    )  # fmt: skip
    changed = ["closed_at", "closed_by", "outcome", "calls_at"]
    case.save(update_fields=changed)
    write_step(actor, now, case, what)
    audit.record("emergencies.case.cleared", actor=actor, at=now, subject_id=case.id, fields=changed)
    events.publish(CaseClosed(case_id=case.id, resident_id=None, at=now), actor=actor)


def _tell_her(actor: Actor, now: datetime, row: CheckIn, *, ends_at: datetime) -> None:
    staff = get_staff_member(actor, Purpose.CONTRACT, staff_id=row.staff_id)
    name, phone = house_of(actor, Purpose.CONTRACT)
    send(
        actor,
        now,
        party_id=staff.account_id or staff.id,
        template_code="are_you_fine",
        event_id=uuid5(NAMESPACE_OID, f"are_you_fine/{row.id}"),
        about_kind="visit",
        about_id=row.visit_id,
        values={
            "clock": f"{local(ends_at):%H:%M}",
            "deadline": f"{local(row.answer_by):%H:%M}",
            "institution": name,
            "phone": phone,
            "moment": moment_words(ends_at),
        },
        contact=contact_of(
            actor, Purpose.CONTRACT, name=staff.name, account_id=staff.account_id, phone=staff.phone
        ),
        urgent=True,
        needed_by=row.answer_by,
    )
