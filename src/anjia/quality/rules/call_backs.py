"""Calling back after a visit: when it is due, and what an answer must say. Pure: no database, no clock."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError, Invalid, Words
from anjia.quality.rules.aftercare import TABLE

CALL_WITHIN: Final = timedelta(hours=TABLE["call_back"]["within_hours"])
LONGEST_CALL_WORDS: Final = 1_000


class CallState(StrEnum):
    """A call-back is over when she has answered or does not want to be asked: never by itself."""

    OPEN = "open"
    ANSWERED = "answered"
    DECLINED = "declined"


class Reached(StrEnum):
    """What came of one attempt."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    REFUSED = "refused"


class Solved(StrEnum):
    YES = "yes"
    PARTLY = "partly"
    NO = "no"


AFTER_ATTEMPT: Final[Mapping[Reached, CallState]] = {
    Reached.REACHED: CallState.ANSWERED,
    Reached.NO_ANSWER: CallState.OPEN,
    Reached.WRONG_NUMBER: CallState.OPEN,
    Reached.REFUSED: CallState.DECLINED,
}
REACHED_WORDS: Final[Mapping[Reached, Words]] = {
    Reached.REACHED: _("打通了"),
    Reached.NO_ANSWER: _("没人接"),
    Reached.WRONG_NUMBER: _("号码不对"),
    Reached.REFUSED: _("不想说"),
}
SOLVED_WORDS: Final[Mapping[Solved, Words]] = {
    Solved.YES: _("解决了"),
    Solved.PARTLY: _("解决了一部分"),
    Solved.NO: _("没解决"),
}


class CallBackOver(DomainError):
    code = "quality.call_back_over"
    words = _("这个回访已经有结果了。刷新看看是谁打的。")


class CallBackUnsound(Invalid):
    code = "quality.call_back_unsound"
    words = _("还差一两项，没有记下。补上再记一次。")


def due_at(done_at: datetime) -> datetime:
    """Return until when she is to be called."""
    return done_at + CALL_WITHIN


def check_attempt(*, reached: str, solved: str, words: str, new_need: str) -> tuple[Reached, Solved | None]:
    """
    Return what came of the attempt, and whether her need was met if she was reached.

    :raises CallBackUnsound: if it is not said; a wrong number asks for the next step
    """
    wrong: dict[str, Words] = {}
    if reached not in set(Reached):
        wrong["reached"] = _("请选这个电话打得怎么样。")
    if reached == Reached.REACHED and solved not in set(Solved):
        wrong["solved"] = _("请问一句“解决了吗？”，选一个。")
    if reached == Reached.WRONG_NUMBER and not words.strip():
        wrong["words"] = _("号码不对，请写下一步：问谁、怎么找到人。")
    for field, text in {"words": words, "new_need": new_need}.items():
        if len(text) > LONGEST_CALL_WORDS:
            wrong[field] = _("最多写 1000 个字。")
    if wrong:
        raise CallBackUnsound(fields=wrong)
    said = Reached(reached)
    return said, Solved(solved) if said is Reached.REACHED else None
