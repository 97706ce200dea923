"""
What a doctor may answer at a distance, who is asked, and how long it may take.

医师法 30 lets a doctor treat by internet only what is known and followed up; 24 makes her examine in person. So she
says first whether it is a known condition. If it is not, she can only say where the resident is to be seen.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anjia.kernel.errors import DomainError, Invalid, Words
from anjia.orders.rules.orders import LONGEST_TEXT, limits, source_words


class AnswerKind(StrEnum):
    ADVICE = "advice"
    CHANGED = "changed"
    IN_PERSON = "in_person"
    REFERRAL = "referral"
    EMERGENCY = "emergency"


WORDS_OF_ANSWER: Final[Mapping[AnswerKind, Words]] = {
    AnswerKind.ADVICE: gettext_lazy("照现在的医嘱做，给些建议"),
    AnswerKind.CHANGED: gettext_lazy("改医嘱"),
    AnswerKind.IN_PERSON: gettext_lazy("要医生当面看"),
    AnswerKind.REFERRAL: gettext_lazy("转诊去医院"),
    AnswerKind.EMERGENCY: gettext_lazy("急症，马上打 120"),
}
TONES: Final[Mapping[AnswerKind, str]] = {
    AnswerKind.ADVICE: "ok",
    AnswerKind.CHANGED: "info",
    AnswerKind.IN_PERSON: "warn",
    AnswerKind.REFERRAL: "warn",
    AnswerKind.EMERGENCY: "bad",
}
# What is only for a condition that is known.
ADVISING: Final = (AnswerKind.ADVICE, AnswerKind.CHANGED)


class Handed(StrEnum):
    """Why a question is whose it is."""

    FAMILY = "family"
    ON_DUTY = "on_duty"
    NEXT = "next"
    NOBODY = "nobody"


WORDS_OF_HANDED: Final[Mapping[Handed, Words]] = {
    Handed.FAMILY: gettext_lazy("她的家庭医生"),
    Handed.ON_DUTY: gettext_lazy("当班的医生"),
    Handed.NEXT: gettext_lazy("上一位没有及时回，转给下一位"),
    Handed.NOBODY: gettext_lazy("没有医生当班，请调度员找人"),
}


class NotAtADistance(Invalid):
    code = "orders.not_at_a_distance"

    def __init__(self) -> None:
        words = _(
            "这不是她已知的病：远程不能诊断，也不能给新的治疗（依据：{source}）。请选“要医生当面看”“转诊”或“急症”。"
        ).format(source=source_words("distance"))
        super().__init__(words, fields={"kind": words})


class FollowsNothing(Invalid):
    code = "orders.follows_nothing"
    words = gettext_lazy("请选这是哪一条医嘱、哪一个已登记的病的复诊。")


class AnsweredAlready(DomainError):
    code = "orders.answered_already"
    words = gettext_lazy("已经有医生回答了。请刷新看看。")


class NothingSaid(Invalid):
    code = "orders.nothing_said"
    words = gettext_lazy("请写清楚要护士做什么。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor:
    """A doctor who could be asked: whether she is hers, and whether she is on duty now."""

    staff_id: UUID
    is_hers: bool
    is_on_duty: bool
    waiting: int = 0  # how many questions she has not answered


def answer_within() -> timedelta:
    return timedelta(minutes=limits()["answer"]["minutes"])


def whom_to_ask(doctors: Sequence[Doctor], asked: Collection[UUID]) -> tuple[UUID | None, Handed]:
    """
    Return who is to be asked next, and why: her family doctor if she is on duty, else who is on duty and has least to
    answer; nobody twice. None, if there is none.
    """
    left = [one for one in doctors if one.is_on_duty and one.staff_id not in asked]
    best = min(left, key=lambda one: (not one.is_hers, one.waiting, str(one.staff_id)), default=None)
    if best is None:
        return None, Handed.NOBODY
    if asked:
        return best.staff_id, Handed.NEXT
    return best.staff_id, Handed.FAMILY if best.is_hers else Handed.ON_DUTY


def check_answer(
    *, kind: str, is_known: bool, follows_order_id: UUID | None, follows_problem: str, words: str
) -> AnswerKind:
    """
    :raises NotAtADistance: if it is advice or treatment for what is no known condition
    :raises FollowsNothing: if it is not said which
    :raises NothingSaid: if the nurse is told nothing
    """
    if kind not in set(AnswerKind):
        raise NothingSaid(fields={"kind": NothingSaid.words})
    chosen = AnswerKind(kind)
    if chosen in ADVISING and not is_known:
        raise NotAtADistance
    if chosen in ADVISING and follows_order_id is None and not follows_problem:
        raise FollowsNothing(fields={"follows": FollowsNothing.words})
    if not words.strip() or len(words) > 4 * LONGEST_TEXT:
        raise NothingSaid(fields={"words": NothingSaid.words})
    return chosen


def is_late(due_at: datetime | None, now: datetime) -> bool:
    return due_at is not None and now >= due_at
