"""A course in class: put on the calendar, signed in to, and the list signed by somebody."""

import secrets
from datetime import datetime
from uuid import UUID

from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.learning.certifying import certify_if_earned
from anjia.learning.events import SessionSigned
from anjia.learning.models import Attendance, Session
from anjia.learning.rules.sessions import (
    NotInTime,
    NotOver,
    OwnAttendance,
    SessionClosed,
    WordWrong,
    check_session,
    may_sign_in,
)
from anjia.learning.writing import offered_for_update, own_staff_id
from anjia.workforce.queries import get_staff_member


@command("learning.manage")
def plan_session(
    actor: Actor,
    now: datetime,
    *,
    code: str,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    teacher: str,
) -> Session:
    """
    Put a session of the course on the calendar, with a word of six digits for those who come.

    :raises SessionInvalid: naming what is wrong
    """
    course, _version = offered_for_update(actor, code=code)
    check_session(place=place, teacher=teacher, starts_at=starts_at, ends_at=ends_at, now=now)
    row = Session.objects.create(
        organization_id=actor.organization_id,
        course=course,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place,
        teacher=teacher,
        word=f"{secrets.randbelow(1_000_000):06d}",
        made_by=actor.user_id,
        made_at=now,
    )
    audit.record("learning.class.planned", actor=actor, at=now, subject_id=row.id)
    return row


@command("learning.learn")
def sign_in(actor: Actor, now: datetime, *, word: str) -> Attendance:
    """
    Say that she is in class now, by the word on the board. Twice is as once.

    :raises WordWrong: if no session here has this word about now
    :raises NotInTime: if the session with this word is not held now
    :raises SessionClosed: if its list is signed
    """
    staff_id = own_staff_id(actor)
    rows = Session.objects.filter(organization_id=actor.organization_id, word=word)
    found = list(rows.select_for_update().order_by("-starts_at")[:5])
    if not found:
        raise WordWrong
    session = next((one for one in found if may_sign_in(one.starts_at, one.ends_at, now)), None)
    if session is None:
        raise NotInTime
    return _write(actor, now, session, staff_id, by_herself=True)


@command("learning.manage")
def put_on_list(actor: Actor, now: datetime, *, session_id: UUID, staff_id: UUID) -> Attendance:
    """
    Write somebody down who was there and has not signed in herself.

    :raises NotFound: if she does not work here, or there is no such session
    :raises SessionClosed: if the list is signed
    """
    get_staff_member(actor, Purpose.CONTRACT, staff_id=staff_id)
    return _write(actor, now, _session_for_update(actor, session_id), staff_id, by_herself=False)


@command("learning.manage")
def take_off_list(actor: Actor, now: datetime, *, session_id: UUID, staff_id: UUID) -> None:
    """
    Take somebody off the list who was not there.

    :raises SessionClosed: if the list is signed
    """
    session = _session_for_update(actor, session_id)
    if session.signed_at is not None:
        raise SessionClosed
    Attendance.objects.filter(session=session, staff_id=staff_id).delete()
    audit.record("learning.class.taken_off", actor=actor, at=now, subject_id=session.id)


@command("learning.manage")
def sign_session(actor: Actor, now: datetime, *, session_id: UUID) -> Session:
    """
    Sign that those on the list were there. From now on it stands; whoever has passed the exam gets her certificate.

    :raises NotOver: while it is being held
    :raises OwnAttendance: if who signs is on the list herself
    """
    session = _session_for_update(actor, session_id)
    if session.signed_at is not None:
        return session
    if now < session.ends_at:
        raise NotOver
    there = list(session.attendances.order_by("staff_id").values_list("staff_id", flat=True))
    if actor.staff_id in there:
        raise OwnAttendance
    session.signed_by, session.signed_at = actor.user_id, now
    session.save(update_fields=["signed_by", "signed_at"])
    for staff_id in there:
        certify_if_earned(actor, now, course=session.course, staff_id=staff_id)
    audit.record("learning.class.signed", actor=actor, at=now, subject_id=session.id, fields=["signed_by"])
    events.publish(SessionSigned(session_id=session.id, at=now), actor=actor)
    return session


def _session_for_update(actor: Actor, session_id: UUID) -> Session:
    rows = Session.objects.filter(organization_id=actor.organization_id, id=session_id)
    found = rows.select_for_update(of=("self",)).select_related("course").first()
    if found is None:
        raise NotFound
    return found


def _write(actor: Actor, now: datetime, session: Session, staff_id: UUID, *, by_herself: bool) -> Attendance:
    before = Attendance.objects.filter(session=session, staff_id=staff_id).first()
    if before:
        return before
    if session.signed_at is not None:
        raise SessionClosed
    row = Attendance.objects.create(
        organization_id=actor.organization_id,
        session=session,
        staff_id=staff_id,
        at=now,
        by=actor.user_id,
        by_herself=by_herself,
    )
    audit.record("learning.class.attended", actor=actor, at=now, subject_id=session.id)
    return row
