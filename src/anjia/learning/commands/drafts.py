"""The next version of a course: begun, written part by part, published by somebody who has not written in it."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any
from uuid import UUID

from anjia.kernel import audit
from anjia.kernel.actors import Actor
from anjia.kernel.database import refuse_if_broken
from anjia.kernel.errors import NotFound
from anjia.kernel.files import keep
from anjia.kernel.ids import new_id
from anjia.kernel.work import command
from anjia.learning.models import Course, CourseDraft, CourseVersion
from anjia.learning.rules.content import (
    MOST_PAGES,
    MOST_QUESTIONS,
    CourseInvalid,
    check_about,
    check_content,
    check_page,
    check_question,
    empty,
)
from anjia.learning.rules.drafting import CodeTaken, DraftState, SecondPersonNeeded
from anjia.learning.starting import CODE, TOO_MANY, WRONG_CODE, built_in
from anjia.learning.writing import (
    append_version,
    course_for_update,
    one_at_a_time,
    open_draft,
    save_draft,
)


@command("learning.manage")
def seed_courses(actor: Actor, now: datetime) -> int:
    """Offer the courses that come with Anjia and that the institution has not; return how many."""
    one_at_a_time(actor)
    there = set(Course.objects.filter(organization_id=actor.organization_id).values_list("code", flat=True))
    fresh = {code: content for code, content in built_in().items() if code not in there}
    for code, content in fresh.items():
        course = Course.objects.create(organization_id=actor.organization_id, code=code)
        append_version(actor, now, course=course, content=content, written_by=None)
    return len(fresh)


@command("learning.write")
def start_course(actor: Actor, now: datetime, *, code: str, title: str, topic: str) -> CourseDraft:
    """
    Begin a course that there is not: a draft, until it is published.

    :raises CourseInvalid: if the code or the title is none
    :raises CodeTaken: if there is a course of this code
    """
    content = empty(title, topic)
    if not CODE.fullmatch(code):
        raise CourseInvalid(fields={"code": WRONG_CODE})
    check_about(content | {"issuer": "-"})
    with refuse_if_broken({"course_code_once": CodeTaken}):
        course = Course.objects.create(organization_id=actor.organization_id, code=code)
    return _begin(actor, now, course, content)


@command("learning.write")
def start_draft(actor: Actor, now: datetime, *, code: str) -> CourseDraft:
    """
    Begin the next version from the one that is offered; return the one that is begun already.

    :raises NotFound: if the institution has no such course
    """
    course = course_for_update(actor, code=code)
    begun = CourseDraft.objects.filter(course=course, state=DraftState.OPEN.value).first()
    if begun:
        return begun
    if course.current is None:
        raise NotFound
    return _begin(actor, now, course, deepcopy(course.current.content))


def _begin(actor: Actor, now: datetime, course: Course, content: dict[str, Any]) -> CourseDraft:
    draft = CourseDraft.objects.create(
        organization_id=actor.organization_id,
        course=course,
        content=content,
        writers=[] if course.current else [actor.user_id],
        started_by=actor.user_id,
        started_at=now,
        saved_at=now,
    )
    audit.record("learning.course_draft.begun", actor=actor, at=now, subject_id=draft.id)
    return draft


@command("learning.write")
def save_about(
    actor: Actor, now: datetime, *, draft_id: UUID, seen: int, about: Mapping[str, Any]
) -> CourseDraft:
    """
    Write its title, what it is about, how long its certificate holds and how its exam goes.

    :raises CourseInvalid: naming what is wrong
    :raises DraftTouched, DraftClosed: if it is not as she has seen it
    """
    draft = open_draft(actor, draft_id=draft_id, seen=seen)
    content = draft.content | dict(about)
    check_about(content)
    return save_draft(actor, now, draft, content, "about")


@command("learning.write")
def save_page(
    actor: Actor,
    now: datetime,
    *,
    draft_id: UUID,
    seen: int,
    place: int | None,
    page: Mapping[str, str],
    picture: bytes = b"",
    content_type: str = "",
) -> CourseDraft:
    """
    Write a page: the one at this place, or with None one more at the end. A picture takes the place of the one there.

    :raises CourseInvalid: naming what is wrong
    :raises FileNotKnown, FileTooLarge: if what was sent is no picture
    """
    draft = open_draft(actor, draft_id=draft_id, seen=seen)
    pages = list(draft.content["pages"])
    if place is not None and not 0 <= place < len(pages):
        raise NotFound
    before = pages[place] if place is not None else {"key": str(new_id()), "file_id": None}
    written = before | dict(page)
    if picture:
        written["file_id"] = str(keep(actor, now, content=picture, content_type=content_type).id)
    check_page(written)
    if place is None:
        pages.append(written)
    else:
        pages[place] = written
    if len(pages) > MOST_PAGES:
        raise CourseInvalid(fields={"title": TOO_MANY.format(most=MOST_PAGES)})
    return save_draft(actor, now, draft, draft.content | {"pages": pages}, "pages")


@command("learning.write")
def save_question(
    actor: Actor, now: datetime, *, draft_id: UUID, seen: int, place: int | None, question: Mapping[str, Any]
) -> CourseDraft:
    """
    Write a question: the one at this place, or with None one more.

    :raises CourseInvalid: naming what is wrong
    """
    draft = open_draft(actor, draft_id=draft_id, seen=seen)
    questions = list(draft.content["questions"])
    if place is not None and not 0 <= place < len(questions):
        raise NotFound
    check_question(question)
    if place is None:
        questions.append({"key": str(new_id())} | dict(question))
    else:
        questions[place] = {"key": questions[place]["key"]} | dict(question)
    if len(questions) > MOST_QUESTIONS:
        raise CourseInvalid(fields={"text": TOO_MANY.format(most=MOST_QUESTIONS)})
    return save_draft(actor, now, draft, draft.content | {"questions": questions}, "questions")


@command("learning.write")
def remove_part(
    actor: Actor, now: datetime, *, draft_id: UUID, seen: int, part: str, place: int
) -> CourseDraft:
    """
    Take a page or a question out of the draft.

    :raises NotFound: if there is none at this place
    """
    draft = open_draft(actor, draft_id=draft_id, seen=seen)
    if part not in {"pages", "questions"} or not 0 <= place < len(draft.content[part]):
        raise NotFound
    left = [one for number, one in enumerate(draft.content[part]) if number != place]
    return save_draft(actor, now, draft, draft.content | {part: left}, part)


@command("learning.write")
def discard_draft(actor: Actor, now: datetime, *, draft_id: UUID, seen: int) -> None:
    """Give the draft up. Nothing that was published changes."""
    draft = open_draft(actor, draft_id=draft_id, seen=seen)
    _close(actor, now, draft, DraftState.DISCARDED)
    audit.record(
        "learning.course_draft.discarded", actor=actor, at=now, subject_id=draft.id, fields=["state"]
    )


@command("learning.manage")
def publish_draft(actor: Actor, now: datetime, *, draft_id: UUID, seen: int) -> CourseVersion:
    """
    Offer the course as the draft says. Certificates that were earned before hold on.

    :raises SecondPersonNeeded: if she has written in it herself; the database says so too
    :raises CourseInvalid: naming everything that keeps it from being published
    """
    one_at_a_time(actor)
    draft = open_draft(actor, draft_id=draft_id, seen=seen)
    if actor.user_id in draft.writers:
        raise SecondPersonNeeded
    check_content(draft.content)
    writer = draft.writers[-1] if draft.writers else None
    with refuse_if_broken({"course_version_second_person": SecondPersonNeeded}):
        version = append_version(actor, now, course=draft.course, content=draft.content, written_by=writer)
    _close(actor, now, draft, DraftState.PUBLISHED)
    return version


@command("learning.manage")
def withdraw_course(actor: Actor, now: datetime, *, code: str) -> None:
    """Offer the course no more: it binds nobody while it is withdrawn, and what was earned stays readable."""
    course = course_for_update(actor, code=code)
    if course.current is None:
        raise NotFound
    if course.withdrawn_at is None:
        course.withdrawn_at = now
        course.save(update_fields=["withdrawn_at"])
        audit.record(
            "learning.course.withdrawn", actor=actor, at=now, subject_id=course.id, fields=["withdrawn_at"]
        )


def _close(actor: Actor, now: datetime, draft: CourseDraft, state: DraftState) -> None:
    draft.state, draft.closed_by, draft.closed_at = state.value, actor.user_id, now
    draft.save(update_fields=["state", "closed_by", "closed_at"])
