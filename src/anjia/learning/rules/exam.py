"""The exam: which questions in which order, what is right, when it may be sat again. Pure: the seed comes in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.calendar import local
from anjia.kernel.errors import DomainError, Words

GRACE: Final = timedelta(minutes=2)  # so that an answer that was given in time arrives in time [ENG]


class WaitBeforeNext(DomainError):
    code = "learning.wait_before_next"
    words = _("上次没过，要隔一段时间再考。先把课程再看一遍。")


class NotReadYet(DomainError):
    code = "learning.not_read_yet"
    words = _("还有几页没看完，看完每一页再考。")


class NothingDue(DomainError):
    code = "learning.nothing_due"
    words = _("合格证还有效，到期前 30 天起可以再考。")


class AttemptOver(DomainError):
    code = "learning.attempt_over"
    words = _("这一次考试已经交卷或者过了时间，不能再答。到课程页看结果。")


class AnswersWanting(DomainError):
    code = "learning.answers_wanting"
    status = 422
    words = _("还有题没答，答完再交卷。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One question of a paper: which, and its options in the order in which they stand there."""

    key: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    right: int
    of: int
    passed: bool
    wrong: tuple[str, ...]  # keys of the questions


def drawn(questions: Sequence[Mapping[str, Any]], *, count: int, seed: int) -> list[Drawn]:
    """Return the paper that this seed draws: the same seed always draws the same."""
    dice = Random(seed)
    chosen = dice.sample(list(questions), min(count, len(questions)))
    paper = []
    for question in chosen:
        keys = [option["key"] for option in question["options"]]
        dice.shuffle(keys)
        paper.append(Drawn(key=question["key"], options=tuple(keys)))
    return paper


def result_of(
    questions: Sequence[Mapping[str, Any]],
    paper: Sequence[Drawn],
    answers: Mapping[str, Sequence[str]],
    *,
    pass_percent: int,
) -> Result:
    """Return how it went. A question counts if exactly what is right was chosen; half right is wrong."""
    right_of = {question["key"]: set(question["right"]) for question in questions}
    wrong = tuple(one.key for one in paper if set(answers.get(one.key, ())) != right_of[one.key])
    right = len(paper) - len(wrong)
    return Result(right=right, of=len(paper), passed=right * 100 >= pass_percent * len(paper), wrong=wrong)


def check_answers(paper: Sequence[Drawn], answers: Mapping[str, Sequence[str]]) -> None:
    """:raises AnswersWanting: if a question has no answer, or one that it does not offer"""
    for one in paper:
        given = set(answers.get(one.key, ()))
        if not given or not given <= set(one.options):
            raise AnswersWanting


def again_at(failed_at: datetime, wait_hours: int) -> datetime:
    return failed_at + timedelta(hours=wait_hours)


def check_wait(failed_at: datetime | None, wait_hours: int, now: datetime) -> None:
    """:raises WaitBeforeNext: naming when it may be sat again"""
    if failed_at is None:
        return
    then = again_at(failed_at, wait_hours)
    if now < then:
        words: Words = _("上次没过，{when} 以后可以再考。先把课程再看一遍。").format(
            when=f"{local(then):%Y-%m-%d %H:%M}"
        )
        raise WaitBeforeNext(words)


def is_over(started_at: datetime, minutes: int, now: datetime) -> bool:
    """Return whether the time for this attempt is over."""
    return now > started_at + timedelta(minutes=minutes) + GRACE
