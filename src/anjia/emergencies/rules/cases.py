"""How a case goes: what may be said of it, when it rings, how it ends."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.calendar import local
from anjia.kernel.errors import DomainError, Invalid, Words

LATE_AFTER: Final = timedelta(minutes=1)  # what was pressed longer ago than this had no signal
CLOCKS_DIFFER: Final = timedelta(minutes=2)  # so far ahead a phone's clock may be
MOST_ROUNDS: Final = 5  # of telling who manages; it goes on ringing
LONGEST_WORDS: Final = 1000


class What(StrEnum):
    """A line of a case's course."""

    PRESSED = "pressed"
    AGAIN = "again"
    SEEN = "seen"
    TAKEN = "taken"
    HANDED_BACK = "handed_back"
    NOTED = "noted"
    DONE = "done"
    UNANSWERED = "unanswered"
    AGAIN_TOLD = "again_told"
    NOBODY_TOLD = "nobody_told"
    FAMILY_TOLD = "family_told"
    ASKED = "asked"
    FINE = "fine"
    CHECKED_OUT = "checked_out"
    CLOSED = "closed"


WORDS_OF: Final[Mapping[What, Words]] = {
    What.PRESSED: _("求助发出"),
    What.AGAIN: _("又按了一次"),
    What.SEEN: _("出现在值守的屏幕上"),
    What.TAKEN: _("接手"),
    What.HANDED_BACK: _("交回，请别人接"),
    What.NOTED: _("记一条"),
    What.DONE: _("做了"),
    What.UNANSWERED: _("没有人接，告诉了负责人"),
    What.AGAIN_TOLD: _("又按了以后没有人处理，告诉了负责人"),
    What.NOBODY_TOLD: _("没有人处理，也没有负责人可以告诉"),
    What.FAMILY_TOLD: _("按她的意思告诉了家人"),
    What.ASKED: _("问护士好不好，没有回"),
    What.FINE: _("护士回了：都好"),
    What.CHECKED_OUT: _("护士结束了上门"),
    What.CLOSED: _("结束"),
}


class Outcome(StrEnum):
    """How a case ended. Those of `BY_ITSELF` nobody chooses."""

    AMBULANCE = "ambulance"
    POLICE = "police"
    SOMEBODY_CAME = "somebody_came"
    BY_PHONE = "by_phone"
    FALSE_ALARM = "false_alarm"
    NOT_REACHED = "not_reached"
    OTHER = "other"
    CLEARED = "cleared"


OUTCOME_WORDS: Final[Mapping[Outcome, Words]] = {
    Outcome.AMBULANCE: _("叫了 120，车到了"),
    Outcome.POLICE: _("报了 110，警察到了"),
    Outcome.SOMEBODY_CAME: _("派人到了，处理好了"),
    Outcome.BY_PHONE: _("电话里处理好了"),
    Outcome.FALSE_ALARM: _("按错了，人没事"),
    Outcome.NOT_REACHED: _("联系不上，已交给别处（写明交给谁）"),
    Outcome.OTHER: _("别的（写明）"),
    Outcome.CLEARED: _("她自己回了，或者结束了上门"),
}
BY_ITSELF: Final = frozenset({Outcome.CLEARED})
NEEDS_WORDS: Final = frozenset({Outcome.NOT_REACHED, Outcome.OTHER})


class AlreadyTaken(DomainError):
    code = "emergencies.already_taken"
    words = _("别人已经接手了。")


class NotTaken(DomainError):
    code = "emergencies.not_taken"
    words = _("还没有人接手。先点“我来接”，再写做了什么。")


class CaseIsClosed(DomainError):
    code = "emergencies.closed"
    words = _("这件事已经结束了。要补一句，写在“补记”里。")


class SomebodyElsesCase(DomainError):
    code = "emergencies.somebody_elses"


class CaseUnsound(Invalid):
    code = "emergencies.unsound"


def said_by(name: str, at: datetime) -> str:
    """Return the refusal for who comes second in the race for a case."""
    return str(_("{name} {clock} 已经接手了。")).format(name=name, clock=f"{local(at):%H:%M}")


def pressed_when(said: datetime, *, now: datetime) -> datetime:
    """Return when it was pressed: as the phone says, but not in the future. No clock is a reason to refuse help."""
    return min(said, now)


def is_late(pressed_at: datetime, *, now: datetime) -> bool:
    return now - pressed_at > LATE_AFTER


def rings(*, taken_at: datetime | None, closed_at: datetime | None, again_at: datetime | None,
          handled_at: datetime | None) -> bool:  # fmt: skip
    """Say whether it must be heard: nobody has taken it, or it was pressed anew since somebody did something."""
    if closed_at is not None:
        return False
    return taken_at is None or (again_at is not None and again_at > (handled_at or taken_at))


def check_outcome(outcome: str, words: str) -> Outcome:
    """:raises CaseUnsound: if it is none that a person may choose, or one that has to be explained and is not"""
    if outcome not in tuple(Outcome) or outcome in BY_ITSELF:
        raise CaseUnsound(fields={"outcome": _("请选一个结果。")})
    found = Outcome(outcome)
    if found in NEEDS_WORDS and not words.strip():
        raise CaseUnsound(fields={"words": _("请写明：怎么样了，交给了谁。")})
    return found


def check_words(words: str) -> str:
    """:raises CaseUnsound: if nothing is said, or too much"""
    found = words.strip()
    if not found or len(found) > LONGEST_WORDS:
        raise CaseUnsound(fields={"words": _("请写 1 到 1000 个字。")})
    return found
