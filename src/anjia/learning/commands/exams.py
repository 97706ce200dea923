"""Reading a course and sitting its exam. What is right is known to the server alone until it is handed in."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.database import wait_turn
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.learning.certifying import certify_if_earned
from anjia.learning.events import ExamSat
from anjia.learning.exam_paper import Outcome, Paper, outcome_of, paper_of
from anjia.learning.models import Attempt, Course, CourseVersion, Reading
from anjia.learning.rules.binding import paper_code
from anjia.learning.rules.exam import (
    AttemptOver,
    NothingDue,
    NotReadYet,
    check_answers,
    check_wait,
    drawn,
    result_of,
)
from anjia.learning.writing import offered_for_update, own_staff_id
from anjia.workforce.queries import papers_of
from anjia.workforce.rules import PaperState


@command("learning.learn")
def mark_read(actor: Actor, now: datetime, *, code: str, pages: Collection[int]) -> Reading:
    """
    Write down which pages she has read. Those that there are not are left out; twice is as once.

    :raises NotFound: if the course is not offered
    """
    staff_id = own_staff_id(actor)
    _course, version = offered_for_update(actor, code=code)
    reading, _is_new = Reading.objects.get_or_create(
        version=version,
        staff_id=staff_id,
        defaults={"organization_id": actor.organization_id, "started_at": now},
    )
    there = set(range(len(version.pages)))
    read = sorted(there & {*reading.pages, *pages})
    if read != reading.pages:
        reading.pages = read
        reading.finished_at = now if len(read) == len(there) else None
        reading.save(update_fields=["pages", "finished_at"])
        if reading.finished_at:
            audit.record("learning.course.read", actor=actor, at=now, subject_id=version.course_id)
    return reading


@command("learning.learn")
def begin_exam(actor: Actor, now: datetime, *, code: str) -> Paper:
    """
    Draw her a paper; return the one that she has before her already while its time is not over.

    What comes back says nothing of what is right.

    :raises NotReadYet: if she has not read every page
    :raises NothingDue: if her certificate holds for longer than 30 days
    :raises WaitBeforeNext: if she has failed a short while ago
    """
    staff_id = own_staff_id(actor)
    wait_turn(f"exam/{staff_id}")
    course, version = offered_for_update(actor, code=code)
    before = Attempt.objects.filter(course=course, staff_id=staff_id).select_related("version")
    last = before.order_by("-number").first()
    if last and last.submitted_at is None:
        if not last.is_over(now):
            return paper_of(last)
        _hand_in(actor, last, at=last.ends_at, answers={})
    _check_may_begin(actor, now, course, version, staff_id, last)
    seed = secrets.randbelow(2**62)
    paper = drawn(version.questions, count=version.exam["draw"], seed=seed)
    attempt = Attempt.objects.create(
        organization_id=actor.organization_id,
        course=course,
        version=version,
        staff_id=staff_id,
        number=last.number + 1 if last else 1,
        seed=seed,
        paper=[{"key": one.key, "options": list(one.options)} for one in paper],
        started_at=now,
        of=len(paper),
    )
    audit.record("learning.exam.drawn", actor=actor, at=now, subject_id=attempt.id)
    return paper_of(attempt)


def _check_may_begin(
    actor: Actor, now: datetime, course: Course, version: CourseVersion, staff_id: UUID, last: Attempt | None
) -> None:
    if not Reading.objects.filter(version=version, staff_id=staff_id, finished_at__isnull=False).exists():
        raise NotReadYet
    papers = papers_of(actor, Purpose.CONTRACT, staff_ids=[staff_id], today=day_of(now))[staff_id]
    mine = [one for one in papers if one.paper.code == paper_code(course.code)]
    if any(one.state is PaperState.VALID for one in mine):
        raise NothingDue
    if last and last.passed is False:
        check_wait(last.submitted_at, version.exam["wait_hours"], now)


@command("learning.learn")
def hand_in(
    actor: Actor, now: datetime, *, attempt_id: UUID, answers: Mapping[str, Sequence[str]]
) -> Outcome:
    """
    Hand the exam in: the server says how it went, and gives the certificate if it was passed and nothing else is asked.

    The same answers sent twice are handed in once.

    :raises NotFound: if the attempt is not hers
    :raises AttemptOver: if other answers were handed in, or its time is over
    :raises AnswersWanting: if a question has no answer
    """
    staff_id = own_staff_id(actor)
    wait_turn(f"exam/{staff_id}")
    rows = Attempt.objects.filter(
        organization_id=actor.organization_id, id=attempt_id, staff_id=staff_id
    ).select_related("version", "course")
    attempt = rows.first()
    if attempt is None:
        raise NotFound
    given = {key: sorted(set(chosen)) for key, chosen in answers.items()}
    if attempt.submitted_at is not None and attempt.answers == given:
        return outcome_of(attempt, now)
    if attempt.is_over(now):
        raise AttemptOver
    check_answers(attempt.drawn, given)
    _hand_in(actor, attempt, at=now, answers=given)
    if attempt.passed:
        certify_if_earned(actor, now, course=attempt.course, staff_id=staff_id)
    return outcome_of(attempt, now)


def _hand_in(actor: Actor, attempt: Attempt, *, at: datetime, answers: Mapping[str, Any]) -> None:
    """Work the result out and keep it; of one whose time ran out nothing counts."""
    result = result_of(
        attempt.version.questions,
        attempt.drawn,
        answers,
        pass_percent=attempt.version.exam["pass_percent"],
    )
    attempt.answers, attempt.submitted_at = dict(answers), at
    attempt.score, attempt.passed = result.right, result.passed
    attempt.save(update_fields=["answers", "submitted_at", "score", "passed"])
    audit.record("learning.exam.handed_in", actor=actor, at=at, subject_id=attempt.id, fields=["passed"])
    events.publish(ExamSat(attempt_id=attempt.id, staff_id=attempt.staff_id, at=at), actor=actor)
