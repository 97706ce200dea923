"""When a certificate is earned, and how it is given. Only commands call it."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from anjia.kernel import audit, events
from anjia.kernel.actors import Actor
from anjia.kernel.calendar import day_of
from anjia.kernel.database import wait_turn
from anjia.learning.events import CertificateEarned
from anjia.learning.models import Attempt, Attendance, Certificate, Course
from anjia.learning.rules.binding import after_months, paper_code
from anjia.workforce.commands import certify

DAY: Final = timedelta(days=1)


def certify_if_earned(actor: Actor, now: datetime, *, course: Course, staff_id: UUID) -> Certificate | None:
    """
    Give her the certificate if she has passed since the last one, and was in class if the course is taught there.

    The exam may have come first, or the class. A class counts for as long as the certificate would.
    """
    passed = (
        Attempt.objects.filter(course=course, staff_id=staff_id, passed=True, certificate=None)
        .select_related("version")
        .order_by("-number")
        .first()
    )
    if passed is None or (passed.version.content["in_class"] and not _was_in_class(passed, now)):
        return None
    return _give(actor, now, course, passed)


def _was_in_class(passed: Attempt, now: datetime) -> bool:
    months = passed.version.content["valid_months"]
    since = now - timedelta(days=31 * months)
    rows = Attendance.objects.filter(staff_id=passed.staff_id, session__course_id=passed.course_id)
    return rows.filter(session__signed_at__isnull=False, session__starts_at__gte=since).exists()


def _give(actor: Actor, now: datetime, course: Course, passed: Attempt) -> Certificate:
    wait_turn(f"certificate/{actor.organization_id}")
    content, today = passed.version.content, day_of(now)
    given = Certificate.objects.filter(organization_id=actor.organization_id).count()
    number = f"{course.code.upper().replace('_', '-')}-{today:%Y}-{given + 1:05d}"
    valid_until = after_months(today, content["valid_months"]) - DAY
    paper = certify(
        actor,
        now,
        staff_id=passed.staff_id,
        code=paper_code(course.code),
        named={"zh": content["title"], "en": content["title_en"] or content["title"]},
        number=number,
        issuer=content["issuer"],
        valid_from=today,
        valid_until=valid_until,
    )
    certificate = Certificate.objects.create(
        organization_id=actor.organization_id,
        course=course,
        version=passed.version,
        attempt=passed,
        staff_id=passed.staff_id,
        number=number,
        issued_at=now,
        valid_from=today,
        valid_until=valid_until,
        paper_id=paper.id,
    )
    audit.record("learning.certificate.earned", actor=actor, at=now, subject_id=certificate.id)
    events.publish(
        CertificateEarned(certificate_id=certificate.id, staff_id=passed.staff_id, at=now), actor=actor
    )
    return certificate
