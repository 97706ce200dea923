"""The learning's makers: a house with a course, a nurse who reads and sits its exam."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from typing import Any

from anjia.kernel.actors import Actor
from anjia.kernel.work import acting
from anjia.learning import commands
from anjia.learning.exam_paper import Outcome, Paper
from anjia.learning.models import CourseDraft, CourseVersion
from anjia.learning.starting import built_in
from tests.make import NOON, actor
from tests.visits.make import Town

MANAGER = [
    "learning.read",
    "learning.write",
    "learning.manage",
    "workforce.earn",
    "workforce.read",
    "catalogue.read",
]
LEARNER = ["learning.learn", "workforce.earn", "workforce.read", "catalogue.read"]


def content(**changes: Any) -> dict[str, Any]:
    """Return a course with which nothing is wrong, but for `changes`."""
    return deepcopy(dict(built_in()["privacy"])) | changes


def manager(town: Town) -> Actor:
    return actor(*MANAGER, organization_id=town.organization_id)


def learner(nurse: Actor) -> Actor:
    """Return the nurse as she may learn beside what else she may."""
    return replace(nurse, permissions=nurse.permissions | set(LEARNER))


def draft(by: Actor, *, code: str = "basics", **changes: Any) -> CourseDraft:
    """Begin a course and write all of it."""
    unit = acting(by, NOON)
    made: CourseDraft = unit.do(commands.start_course, code=code, title="课程", topic="privacy")
    said = content(**changes)
    about = {name: value for name, value in said.items() if name not in {"pages", "questions"}}
    made = unit.do(commands.save_about, draft_id=made.id, seen=made.revision, about=about)
    for page in said["pages"]:
        made = unit.do(commands.save_page, draft_id=made.id, seen=made.revision, place=None, page=page)
    for question in said["questions"]:
        made = unit.do(
            commands.save_question, draft_id=made.id, seen=made.revision, place=None, question=question
        )
    return made


def course(town: Town, *, code: str = "basics", **changes: Any) -> CourseVersion:
    """Publish a course: one has written it, another lets it out."""
    made = draft(manager(town), code=code, **changes)
    found: CourseVersion = acting(manager(town), NOON).do(
        commands.publish_draft, draft_id=made.id, seen=made.revision
    )
    return found


def read(nurse: Actor, *, code: str = "basics", now: datetime = NOON) -> None:
    acting(learner(nurse), now).do(commands.mark_read, code=code, pages=range(40))


def begin(nurse: Actor, *, code: str = "basics", now: datetime = NOON) -> Paper:
    found: Paper = acting(learner(nurse), now).do(commands.begin_exam, code=code)
    return found


def right_answers(version: CourseVersion, paper: Paper) -> dict[str, list[str]]:
    right = {one["key"]: one["right"] for one in version.questions}
    return {one.key: right[one.key] for one in paper.questions}


def wrong_answers(version: CourseVersion, paper: Paper) -> dict[str, list[str]]:
    right = {one["key"]: set(one["right"]) for one in version.questions}
    return {
        one.key: [next(option.key for option in one.options if {option.key} != right[one.key])]
        for one in paper.questions
    }


def hand_in(
    nurse: Actor, paper: Paper, answers: Mapping[str, Sequence[str]], *, now: datetime = NOON
) -> Outcome:
    found: Outcome = acting(learner(nurse), now).do(
        commands.hand_in, attempt_id=paper.attempt_id, answers=answers
    )
    return found


def passed(nurse: Actor, version: CourseVersion, *, code: str = "basics", now: datetime = NOON) -> Outcome:
    """Read it, sit the exam and pass."""
    read(nurse, code=code, now=now)
    paper = begin(nurse, code=code, now=now)
    return hand_in(nurse, paper, right_answers(version, paper), now=now)
