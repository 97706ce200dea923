"""The courses of a house: what they say, their drafts and versions, whom they bind."""

from dataclasses import dataclass
from uuid import UUID

from anjia.catalogue.queries import services_offered
from anjia.identity.queries import account_names
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.files import content_of
from anjia.learning.models import Binding, Course, CourseDraft, CourseVersion
from anjia.learning.queries.binding import bindings_of
from anjia.learning.reading import check_may_read
from anjia.workforce.queries import staff_names


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseLine:
    course: Course
    version: CourseVersion | None
    draft: CourseDraft | None
    bindings: list[Binding]

    @property
    def title(self) -> str:
        if self.version:
            return self.version.title
        return str(self.draft.content["title"]) if self.draft else self.course.code


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePage:
    line: CourseLine
    versions: list[CourseVersion]
    names: dict[UUID, str]  # of accounts
    staff: dict[UUID, str]
    services: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPage:
    draft: CourseDraft
    names: dict[UUID, str]


def courses(actor: Actor, purpose: Purpose) -> list[CourseLine]:
    """
    Return every course with what is asked of whom, in order of its code; at most 200.

    :raises NotAllowed: without `learning.read`
    """
    check_may_read(actor)
    return _lines(actor, purpose)


def _lines(actor: Actor, purpose: Purpose, code: str = "") -> list[CourseLine]:
    rows = Course.objects.filter(organization_id=actor.organization_id).select_related("current")
    found = list((rows.filter(code=code) if code else rows).order_by("code")[:200])
    drafts = CourseDraft.objects.filter(organization_id=actor.organization_id, course__in=found, state="open")
    draft_of = {draft.course_id: draft for draft in drafts}
    bindings: dict[UUID, list[Binding]] = {}
    for one in bindings_of(actor, purpose, course_ids=[course.id for course in found]):
        bindings.setdefault(one.course_id, []).append(one)
    return [
        CourseLine(
            course=course,
            version=course.current,
            draft=draft_of.get(course.id),
            bindings=bindings.get(course.id, []),
        )
        for course in found
    ]


def course_page(actor: Actor, purpose: Purpose, *, code: str) -> CoursePage:
    """
    Return all there is of a course.

    :raises NotAllowed: without `learning.read`
    :raises NotFound: if the institution has no such course
    """
    check_may_read(actor)
    line = next(iter(_lines(actor, purpose, code)), None)
    if line is None:
        raise NotFound
    versions = list(line.course.versions.order_by("-version")[:50])
    accounts = {one.published_by for one in versions} | {one.set_by for one in line.bindings}
    accounts |= {one.written_by for one in versions if one.written_by}
    people = {one.staff_id for one in line.bindings if one.staff_id}
    return CoursePage(
        line=line,
        versions=versions,
        names=account_names(actor, purpose, account_ids=accounts),
        staff=staff_names(actor, purpose, staff_ids=people),
        services={one.code: one.name for one in services_offered(actor, purpose)},
    )


def draft_page(actor: Actor, purpose: Purpose, *, draft_id: UUID) -> DraftPage:
    """
    Return a draft as it was saved last, and who has written in it.

    :raises NotAllowed: if she may neither write nor publish
    """
    if not (actor.may("learning.write") or actor.may("learning.manage")):
        raise NotAllowed
    rows = CourseDraft.objects.filter(organization_id=actor.organization_id, id=draft_id)
    draft = rows.select_related("course__current").first()
    if draft is None:
        raise NotFound
    return DraftPage(draft=draft, names=account_names(actor, purpose, account_ids=draft.writers))


def version_page(actor: Actor, purpose: Purpose, *, code: str, version: int) -> CourseVersion:
    """
    Return one version, current or not, with its questions and what is right.

    :raises NotFound: if there is none
    """
    check_may_read(actor)
    rows = CourseVersion.objects.filter(
        organization_id=actor.organization_id, course__code=code, version=version
    )
    found = rows.select_related("course").first()
    if found is None:
        raise NotFound
    return found


def picture(actor: Actor, purpose: Purpose, *, code: str, file_id: UUID) -> tuple[str, bytes]:
    """
    Return a picture of the course: its content type and bytes. Of a draft only to those who write or publish.

    :raises NotFound: if no page of the course shows it
    """
    if not any(actor.may(f"learning.{what}") for what in ("learn", "read", "write", "manage")):
        raise NotAllowed
    rows = CourseVersion.objects.filter(organization_id=actor.organization_id, course__code=code)
    contents = list(rows.values_list("content", flat=True))
    if actor.may("learning.write") or actor.may("learning.manage"):
        drafts = CourseDraft.objects.filter(organization_id=actor.organization_id, course__code=code)
        contents += list(drafts.filter(state="open").values_list("content", flat=True))
    if not any(str(file_id) == page.get("file_id") for said in contents for page in said["pages"]):
        raise NotFound
    return content_of(actor, purpose, file_id=file_id)
