"""Who has learnt what: people by courses, paged; and the sessions in class."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from anjia.identity.queries import account_names
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound
from anjia.kernel.paging import Page, page_of
from anjia.learning.models import Attempt, Attendance, Binding, Certificate, Course, Session
from anjia.learning.queries.binding import bindings_of
from anjia.learning.reading import check_may_read
from anjia.learning.showing import Held, Person, held
from anjia.workforce.queries import get_staff_member, papers_of, staff_found, staff_names


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    staff: Person
    cells: list[Held]
    lacks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    courses: list[Course]
    people: list[PersonRow]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    staff: Person
    cells: list[tuple[Course, Held]]
    attempts: list[Attempt]
    certificates: list[Certificate]
    attendances: list[Attendance]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPage:
    session: Session
    there: list[tuple[Attendance, str]]
    names: dict[UUID, str]


def matrix(
    actor: Actor,
    purpose: Purpose,
    *,
    today: date,
    text: str = "",
    kind: str = "",
    after: str | None = None,
    size: int = 50,
) -> Matrix:
    """
    Return a page of staff, each with how she stands to every course that is offered.

    Asks the database as often for many as for one.

    :raises NotAllowed: without `learning.read`
    """
    check_may_read(actor)
    courses = _offered(actor)
    page = staff_found(actor, purpose, today=today, text=text, kind=kind, after=after, size=size)
    papers = papers_of(actor, purpose, staff_ids=[one.id for one in page.items], today=today)
    bindings = bindings_of(actor, purpose, course_ids=[course.id for course in courses])
    rows = []
    for one in page.items:
        cells = [held(course.code, one, papers[one.id], _its(bindings, course)) for course in courses]
        rows.append(PersonRow(staff=one, cells=cells, lacks=sum(cell.is_due for cell in cells)))
    return Matrix(courses=courses, people=rows, next=page.next)


def person_page(actor: Actor, purpose: Purpose, *, staff_id: UUID, today: date) -> PersonPage:
    """
    Return what somebody has learnt: how she stands, her exams with their results, certificates and classes.

    :raises NotFound: if she does not work here
    """
    check_may_read(actor)
    staff = get_staff_member(actor, purpose, staff_id=staff_id)
    courses = _offered(actor)
    papers = papers_of(actor, purpose, staff_ids=[staff_id], today=today)[staff_id]
    bindings = bindings_of(actor, purpose, course_ids=[course.id for course in courses])
    house = actor.organization_id
    attempts = Attempt.objects.filter(organization_id=house, staff_id=staff_id).defer("answers")
    certificates = Certificate.objects.filter(organization_id=house, staff_id=staff_id)
    attendances = Attendance.objects.filter(organization_id=house, staff_id=staff_id)
    return PersonPage(
        staff=staff,
        cells=[(one, held(one.code, staff, papers, _its(bindings, one))) for one in courses],
        attempts=list(attempts.select_related("version").order_by("-started_at", "-id")[:50]),
        certificates=list(certificates.select_related("version").order_by("-issued_at", "-id")[:50]),
        attendances=list(attendances.select_related("session__course__current").order_by("-at", "-id")[:50]),
    )


def sessions(actor: Actor, purpose: Purpose, *, after: str | None = None, size: int = 50) -> Page[Session]:
    """
    Return the sessions in class, the latest first.

    :raises NotAllowed: without `learning.read`
    """
    check_may_read(actor)
    rows = Session.objects.filter(organization_id=actor.organization_id).select_related("course__current")
    return page_of(rows, order=("-starts_at", "-id"), after=after, size=size)


def session_page(actor: Actor, purpose: Purpose, *, session_id: UUID) -> SessionPage:
    """
    Return a session with who was there, in order of signing in.

    :raises NotFound: if there is none
    """
    check_may_read(actor)
    rows = Session.objects.filter(organization_id=actor.organization_id, id=session_id)
    session = rows.select_related("course__current").first()
    if session is None:
        raise NotFound
    there = list(session.attendances.order_by("at", "id")[:500])
    staff = staff_names(actor, purpose, staff_ids=[one.staff_id for one in there])
    accounts = {one.by for one in there} | {session.made_by}
    accounts |= {session.signed_by} if session.signed_by else set()
    return SessionPage(
        session=session,
        there=[(one, staff.get(one.staff_id, "")) for one in there],
        names=account_names(actor, purpose, account_ids=accounts),
    )


def _offered(actor: Actor) -> list[Course]:
    rows = Course.objects.filter(
        organization_id=actor.organization_id, current__isnull=False, withdrawn_at=None
    )
    return list(rows.select_related("current").order_by("code")[:60])


def _its(bindings: Sequence[Binding], course: Course) -> list[Binding]:
    return [one for one in bindings if one.course_id == course.id]
