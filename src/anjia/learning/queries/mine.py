"""What a caregiver has to learn, reads, and has passed: her own, on her phone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from anjia.catalogue.queries import services_offered
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.learning.exam_paper import waits_until
from anjia.learning.models import Attempt, Binding, Certificate, Course, CourseVersion, Reading, said
from anjia.learning.queries.binding import bindings_of
from anjia.learning.rules.binding import Standing
from anjia.learning.showing import Held, Person, binds_for_service, held
from anjia.workforce.queries import PaperShown, get_staff_member, papers_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateLine:
    id: UUID
    number: str
    valid_from: date
    valid_until: date
    is_revoked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MyCourse:
    """One course as she stands to it."""

    code: str
    title: str
    topic: str
    summary: str
    version: int
    minutes: int
    in_class: bool
    standing: str
    standing_words: str
    tone: str
    until: date | None
    is_due: bool
    is_bound: bool  # whatever she does
    services: list[str]  # those that she may not do without it
    since: date | None
    read: int
    pages: int
    again_at: datetime | None
    may_sit: bool
    certificate: CertificateLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageShown:
    title: str
    text: str
    file_id: str | None
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MyCoursePage:
    course: MyCourse
    pages_read: list[int]
    contents: list[PageShown]
    exam: dict[str, int]
    attempts: list[Attempt]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that is hers, by course."""

    me: Person
    papers: list[PaperShown]
    bindings: dict[UUID, list[Binding]]
    attempts: dict[UUID, list[Attempt]]
    certificates: dict[UUID, list[Certificate]]
    read: dict[UUID, list[int]]  # by version
    services: dict[str, str]


def my_courses(actor: Actor, purpose: Purpose, *, now: datetime) -> list[MyCourse]:
    """
    Return every course that is offered, what is due first. Asks the database as often for many as for one.

    :raises NotAllowed: if she is no member of staff
    """
    found, known = _mine(actor, purpose, now)
    lines = [_line(course, known, now) for course in found]
    return sorted(lines, key=lambda one: (not (one.is_due and one.is_bound), not one.is_due, one.code))


def my_course(actor: Actor, purpose: Purpose, *, code: str, now: datetime) -> MyCoursePage:
    """
    Return a course with its pages, for her to read.

    :raises NotFound: if it is not offered
    """
    found, known = _mine(actor, purpose, now, code)
    if not found:
        raise NotFound
    course = found[0]
    version = _current(course)
    return MyCoursePage(
        course=_line(course, known, now),
        pages_read=known.read.get(version.id, []),
        contents=[
            PageShown(
                title=said(page, "title"),
                text=said(page, "text"),
                file_id=page.get("file_id"),
                alt=page.get("alt") or "",
            )
            for page in version.pages
        ],
        exam=version.exam,
        attempts=[one for one in known.attempts.get(course.id, []) if one.submitted_at],
    )


def _mine(actor: Actor, purpose: Purpose, now: datetime, code: str = "") -> tuple[list[Course], Known]:
    if actor.staff_id is None or not actor.may("learning.learn"):
        raise NotAllowed
    me = get_staff_member(actor, purpose, staff_id=actor.staff_id)
    rows = Course.objects.filter(
        organization_id=actor.organization_id, current__isnull=False, withdrawn_at=None
    )
    found = list((rows.filter(code=code) if code else rows).select_related("current").order_by("code")[:200])
    ids = [course.id for course in found]
    bindings = bindings_of(actor, purpose, course_ids=ids)
    attempts = Attempt.objects.filter(course_id__in=ids, staff_id=me.id).select_related("version")
    certificates = Certificate.objects.filter(course_id__in=ids, staff_id=me.id)
    readings = Reading.objects.filter(version__in=[course.current_id for course in found], staff_id=me.id)
    return found, Known(
        me=me,
        papers=papers_of(actor, purpose, staff_ids=[me.id], today=day_of(now))[me.id],
        bindings=_by_course(bindings),
        attempts=_by_course(attempts.order_by("-number")),
        certificates=_by_course(certificates.order_by("-issued_at", "-id")),
        read={one.version_id: list(one.pages) for one in readings},
        services={one.code: one.name for one in services_offered(actor, purpose)},
    )


def _by_course(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.course_id, []).append(row)
    return found


def _current(course: Course) -> CourseVersion:
    assert course.current is not None
    return course.current


def _line(course: Course, known: Known, now: datetime) -> MyCourse:
    version, bindings = _current(course), known.bindings.get(course.id, [])
    stands: Held = held(course.code, known.me, known.papers, bindings)
    asked_for = [one.service_code for one in bindings if binds_for_service(one, known.me)]
    again = waits_until(next(iter(known.attempts.get(course.id, [])), None), now)
    read = len(known.read.get(version.id, []))
    return MyCourse(
        code=course.code,
        title=version.title,
        topic=version.topic_words,
        summary=version.summary,
        version=version.version,
        minutes=version.minutes_to_read,
        in_class=bool(version.content["in_class"]),
        standing=stands.standing.value,
        standing_words=stands.words,
        tone=stands.tone,
        until=stands.until,
        is_due=stands.is_due,
        is_bound=stands.is_bound,
        services=sorted({known.services.get(code, code) for code in asked_for}),
        since=min((one.since for one in bindings), default=None),
        read=read,
        pages=len(version.pages),
        again_at=again,
        may_sit=read == len(version.pages) and again is None and stands.standing is not Standing.HOLDS,
        certificate=_certificate(course, known),
    )


def _certificate(course: Course, known: Known) -> CertificateLine | None:
    row = next(iter(known.certificates.get(course.id, [])), None)
    if row is None:
        return None
    return CertificateLine(
        id=row.id,
        number=row.number,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        is_revoked=row.paper_id not in {one.paper.id for one in known.papers},
    )
