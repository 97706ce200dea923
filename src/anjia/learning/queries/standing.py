"""How one member of staff stands to what she has to learn: for figures of hers."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from anjia.kernel.actors import Actor, Purpose
from anjia.learning.models import Certificate, Course
from anjia.learning.queries.binding import bindings_of
from anjia.learning.reading import check_may_read
from anjia.learning.showing import held
from anjia.workforce.queries import get_staff_member, papers_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """A course that is due (`passed_at` is none), or that she passed."""

    course_id: UUID
    title: str
    words: str
    passed_at: datetime | None = None


def learnt_by(
    actor: Actor, purpose: Purpose, *, staff_id: UUID, today: date, start: datetime, end: datetime
) -> list[Learnt]:
    """
    Return what is due of her today, and what she passed in [start, end). Her own she may always see.

    :raises NotAllowed: for another's without `learning.read`
    :raises NotFound: if she does not work here
    """
    if actor.staff_id != staff_id:
        check_may_read(actor)
    her = get_staff_member(actor, purpose, staff_id=staff_id)
    house = actor.organization_id
    rows = Course.objects.filter(organization_id=house, current__isnull=False, withdrawn_at=None)
    courses = {course.id: course for course in rows.select_related("current").order_by("code")[:60]}
    bindings = bindings_of(actor, purpose, course_ids=list(courses))
    papers = papers_of(actor, purpose, staff_ids=[staff_id], today=today)[staff_id]
    found = []
    for course in courses.values():
        its = [one for one in bindings if one.course_id == course.id]
        stands = held(course.code, her, papers, its)
        if stands.is_due and course.current:
            found.append(Learnt(course_id=course.id, title=course.current.title, words=stands.words))
    passed = Certificate.objects.filter(
        organization_id=house, staff_id=staff_id, issued_at__gte=start, issued_at__lt=end
    )
    found.extend(
        Learnt(course_id=one.course_id, title=one.version.title, words=one.number, passed_at=one.issued_at)
        for one in passed.select_related("version").order_by("issued_at", "id")
    )
    return found
