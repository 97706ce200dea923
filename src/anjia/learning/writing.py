"""The writes and look-ups that several of learning's commands share."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from anjia.kernel import audit, events
from anjia.kernel.actors import Actor
from anjia.kernel.database import wait_turn
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.learning.events import CoursePublished
from anjia.learning.models import Course, CourseDraft, CourseVersion
from anjia.learning.rules.drafting import DraftClosed, DraftState, DraftTouched


def one_at_a_time(actor: Actor) -> None:
    """Two who publish at once would both write the next number."""
    wait_turn(f"learning/{actor.organization_id}")


def course_for_update(actor: Actor, *, code: str) -> Course:
    """:raises NotFound: if the institution has no such course"""
    rows = Course.objects.filter(organization_id=actor.organization_id, code=code)
    found = rows.select_for_update(of=("self",)).select_related("current").first()
    if found is None:
        raise NotFound
    return found


def offered_for_update(actor: Actor, *, code: str) -> tuple[Course, CourseVersion]:
    """:raises NotFound: if the course is not published, or withdrawn"""
    course = course_for_update(actor, code=code)
    if course.current is None or course.withdrawn_at is not None:
        raise NotFound
    return course, course.current


def open_draft(actor: Actor, *, draft_id: UUID, seen: int) -> CourseDraft:
    """
    Return the draft to be written in; `seen` is the revision that she has before her.

    :raises DraftClosed: if it is no longer being written
    :raises DraftTouched: if somebody has saved in it since
    """
    rows = CourseDraft.objects.filter(organization_id=actor.organization_id, id=draft_id)
    draft = rows.select_for_update(of=("self",)).select_related("course__current").first()
    if draft is None:
        raise NotFound
    if draft.state != DraftState.OPEN.value:
        raise DraftClosed
    if draft.revision != seen:
        raise DraftTouched
    return draft


def save_draft(
    actor: Actor, now: datetime, draft: CourseDraft, content: dict[str, Any], part: str
) -> CourseDraft:
    """Keep what she has written, and that it was she."""
    if content == draft.content:
        return draft
    draft.content, draft.saved_at = content, now
    draft.revision += 1
    if actor.user_id not in draft.writers:
        draft.writers = [*draft.writers, actor.user_id]
    draft.save(update_fields=["content", "saved_at", "revision", "writers"])
    audit.record("learning.course_draft.saved", actor=actor, at=now, subject_id=draft.id, fields=[part])
    return draft


def append_version(
    actor: Actor, now: datetime, *, course: Course, content: Mapping[str, Any], written_by: UUID | None
) -> CourseVersion:
    """Offer the course as `content` says. Certificates that were earned by earlier versions hold on."""
    newest = course.versions.order_by("-version").first()
    version = CourseVersion.objects.create(
        organization_id=actor.organization_id,
        course=course,
        version=newest.version + 1 if newest else 1,
        content=dict(content),
        written_by=written_by,
        published_by=actor.user_id,
        published_at=now,
    )
    course.current, course.withdrawn_at = version, None
    course.save(update_fields=["current", "withdrawn_at"])
    audit.record("learning.course.published", actor=actor, at=now, subject_id=course.id, fields=["current"])
    events.publish(CoursePublished(course_id=course.id, version_id=version.id, at=now), actor=actor)
    return version


def own_staff_id(actor: Actor) -> UUID:
    """:raises NotAllowed: if the account is no member of staff's"""
    if actor.staff_id is None:
        raise NotAllowed
    return actor.staff_id
