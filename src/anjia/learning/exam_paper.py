"""An exam as it is shown: before it is handed in nothing says what is right, and after it not which option was."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anjia.learning.models import Attempt, Certificate, said
from anjia.learning.rules.exam import again_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    key: str
    kind: str
    text: str
    options: list[Option]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    attempt_id: UUID
    number: int
    ends_at: datetime
    pass_percent: int
    questions: list[Question]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    text: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an exam went: which questions were wrong and where to read on, not which option was right."""

    attempt_id: UUID
    passed: bool
    right: int
    of: int
    wrong: list[Wrong]
    again_at: datetime | None
    certificate_id: UUID | None
    waits_for_class: bool


def paper_of(attempt: Attempt) -> Paper:
    """Return the questions in the order that was drawn."""
    by_key = {one["key"]: one for one in attempt.version.questions}
    questions = []
    for one in attempt.drawn:
        asked = by_key[one.key]
        options = {option["key"]: option for option in asked["options"]}
        questions.append(
            Question(
                key=one.key,
                kind=asked["kind"],
                text=said(asked, "text"),
                options=[Option(key=key, text=said(options[key], "text")) for key in one.options],
            )
        )
    return Paper(
        attempt_id=attempt.id,
        number=attempt.number,
        ends_at=attempt.ends_at,
        pass_percent=attempt.version.exam["pass_percent"],
        questions=questions,
    )


def outcome_of(attempt: Attempt, now: datetime) -> Outcome:
    """Return how an exam that was handed in went."""
    by_key = {one["key"]: one for one in attempt.version.questions}
    answers = attempt.answers or {}
    wrong = [
        Wrong(text=said(by_key[one.key], "text"), why=said(by_key[one.key], "why"))
        for one in attempt.drawn
        if set(answers.get(one.key, ())) != set(by_key[one.key]["right"])
    ]
    given = Certificate.objects.filter(attempt=attempt).first()
    return Outcome(
        attempt_id=attempt.id,
        passed=bool(attempt.passed),
        right=attempt.score or 0,
        of=attempt.of,
        wrong=wrong,
        again_at=waits_until(attempt, now),
        certificate_id=given.id if given else None,
        waits_for_class=bool(attempt.passed) and given is None,
    )


def waits_until(last: Attempt | None, now: datetime) -> datetime | None:
    """Return from when on she may sit it again, if that is still to come."""
    if last is None or last.passed is not False or last.submitted_at is None:
        return None
    then = again_at(last.submitted_at, last.version.exam["wait_hours"])
    return then if then > now else None
