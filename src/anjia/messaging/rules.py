"""How people are told: ways, states, quiet hours, templates, calls. Pure: no database, no clock, no settings."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.calendar import at, day_of, local
from anjia.kernel.errors import DomainError, Invalid, Words

DATA: Final = Path(__file__).parent / "data"

QUIET_FROM: Final = time(21, 0)
QUIET_UNTIL: Final = time(7, 0)
CALLS_BEGIN: Final = time(9, 0)
LEASE: Final = timedelta(minutes=2)  # how long one claim may take before another worker takes over
WAITS: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))  # between tries of one way
REPORT_WITHIN: Final = timedelta(hours=72)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """When somebody is not to be woken: from `begins` on, up to but not at `ends`."""

    begins: time = QUIET_FROM
    ends: time = QUIET_UNTIL


USUAL_QUIET: Final = Quiet()


class Channel(StrEnum):
    """A way to reach somebody. The last resort is a person who picks up the telephone."""

    WECHAT = "wechat"
    SMS = "sms"
    THROUGH = "through"  # somebody else is asked to pass it on
    PHONE = "phone"


class State(StrEnum):
    QUEUED = "queued"
    SENT = "sent"  # the vendor took it
    DELIVERED = "delivered"  # the vendor says it arrived, or a person said that it was said
    FAILED = "failed"  # this way will not do: the next one is tried
    GAVE_UP = "gave_up"  # too late to be of use, or nobody left to ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What the caller knows of a party: used where nobody has said how she wants to be reached."""

    name: str
    phone: str = ""
    wechat_openid: str = ""
    language: str = "zh"


MOVES: Final[Mapping[State, frozenset[State]]] = {
    State.QUEUED: frozenset({State.SENT, State.DELIVERED, State.FAILED, State.GAVE_UP}),
    State.SENT: frozenset({State.DELIVERED, State.FAILED}),
    State.DELIVERED: frozenset(),
    # Queued again when somebody asks to try once more.
    State.FAILED: frozenset({State.QUEUED, State.GAVE_UP}),
    State.GAVE_UP: frozenset({State.QUEUED}),
}


class Outcome(StrEnum):
    """What came of one try."""

    SENT = "sent"
    LATER = "later"  # it may work later
    REFUSED = "refused"  # it never will
    UNSURE = "unsure"  # we were cut off before we heard


class CallState(StrEnum):
    OPEN = "open"
    REACHED = "reached"
    WRONG_NUMBER = "wrong_number"
    DROPPED = "dropped"  # it was no longer of use


class CallOutcome(StrEnum):
    REACHED = "reached"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    LATER = "later"


CALL_WORDS: Final[Mapping[CallOutcome, Words]] = {
    CallOutcome.REACHED: _("打通了，说到了"),
    CallOutcome.NO_ANSWER: _("没人接"),
    CallOutcome.WRONG_NUMBER: _("号码不对"),
    CallOutcome.LATER: _("让晚点再打"),
}
AFTER_CALL: Final[Mapping[CallOutcome, CallState]] = {
    CallOutcome.REACHED: CallState.REACHED,
    CallOutcome.NO_ANSWER: CallState.OPEN,
    CallOutcome.WRONG_NUMBER: CallState.WRONG_NUMBER,
    CallOutcome.LATER: CallState.OPEN,
}


class TemplateUnknown(DomainError):
    code = "messaging.template_unknown"
    status = 422
    words = _("没有这个模板。")


class TemplateIncomplete(DomainError):
    code = "messaging.template_incomplete"
    status = 422
    words = _("这条消息还缺内容，没有发出去。")


class WayUnsound(Invalid):
    code = "messaging.way_unsound"
    words = _("联系方式填得不对。请至少选一种能用的。")


class CannotSendAgain(DomainError):
    code = "messaging.cannot_send_again"
    words = _("这一条已经发出，或者正在发，不用再发。")


class CallClosed(DomainError):
    code = "messaging.call_closed"
    words = _("这个电话已经有结果了。请看记录里是谁打的。")


class CallUnsound(Invalid):
    code = "messaging.call_unsound"
    words = _("还少一项。晚点再打要写哪天；号码不对要写下一步怎么办。")


def check_move(old: State, new: State) -> None:
    """:raises CannotSendAgain: if a notification in `old` cannot become `new`"""
    if new not in MOVES[old]:
        raise CannotSendAgain


# --- templates ---------------------------------------------------------------------------------------------------

BY_HAND: Final = "by_hand"  # why somebody is called: a person wants to be sure that she knows
TO_BE_ASKED: Final = "to_be_asked"  # why somebody is called: no message can ask it


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    title: str
    words: str
    call: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    code: str
    version: int
    texts: Mapping[str, Text]
    wechat: Mapping[str, str]
    urgent: bool
    is_worth_a_call: bool  # if no other way works: "arrived" is not
    is_only_a_call: bool  # to be asked, which no message can: on today's list, and no other way

    def text(self, language: str) -> Text:
        return self.texts["en" if language.startswith("en") else "zh"]

    @property
    def asked(self) -> frozenset[str]:
        """The names of the values that it needs."""
        parts = [part for text in self.texts.values() for part in (text.title, text.words, text.call)]
        return frozenset(
            name for part in [*parts, *self.wechat.values()] for name in re.findall(r"{(\w+)}", part)
        )


def _templates() -> dict[str, Template]:
    rows = json.loads((DATA / "templates.json").read_text("utf-8"))["templates"]
    return {
        row["code"]: Template(
            code=row["code"],
            version=row["version"],
            texts={language: Text(**row[language]) for language in ("zh", "en")},
            wechat=row["wechat"],
            urgent=row.get("urgent", False),
            is_worth_a_call=not row.get("inbox_only_when_unreachable", False),
            is_only_a_call=row.get("only_a_call", False),
        )
        for row in rows
    }


TEMPLATES: Final[Mapping[str, Template]] = _templates()
REVEALING: Final[tuple[str, ...]] = tuple(
    word.casefold() for word in json.loads((DATA / "revealing.json").read_text("utf-8"))["words"]
)


def template(code: str) -> Template:
    """:raises TemplateUnknown: if there is none of that code"""
    try:
        return TEMPLATES[code]
    except KeyError:
        raise TemplateUnknown from None


def reveals(text: str) -> bool:
    """Say whether the text would tell a stranger who sees the screen what somebody suffers from."""
    folded = text.casefold()
    return any(word in folded for word in REVEALING)


def check_values(found: Template, values: Mapping[str, object]) -> None:
    """:raises TemplateIncomplete: if the template asks for a value that is not there"""
    if not found.asked <= values.keys():
        raise TemplateIncomplete


def filled(pattern: str, values: Mapping[str, str]) -> str:
    """:raises TemplateIncomplete: if a value is missing"""
    try:
        return pattern.format_map(values).strip()
    except KeyError:
        raise TemplateIncomplete from None


def spelled(values: Mapping[str, str | datetime], language: str) -> dict[str, str]:
    """Return the values in her language: a time as people say it."""
    return {
        name: when_words(value, language) if isinstance(value, datetime) else value
        for name, value in values.items()
    }


# --- when ----------------------------------------------------------------------------------------------------------


def is_quiet(moment: datetime, quiet: Quiet) -> bool:
    clock = local(moment).time()
    if quiet.begins <= quiet.ends:
        return quiet.begins <= clock < quiet.ends
    return clock >= quiet.begins or clock < quiet.ends


def due_at(moment: datetime, quiet: Quiet, *, urgent: bool) -> datetime:
    """Return when it may go out: at once, or when her quiet hours are over."""
    if urgent or not is_quiet(moment, quiet):
        return moment
    today = day_of(moment)
    wakes = at(today, quiet.ends)
    return wakes if wakes > moment else at(today + timedelta(days=1), quiet.ends)


def call_day(moment: datetime, *, needed_by: datetime | None) -> date:
    """Return whose list the call goes on: tomorrow's, or today's when tomorrow would be too late."""
    today = day_of(moment)
    tomorrow = today + timedelta(days=1)
    if needed_by is not None and needed_by <= at(tomorrow, CALLS_BEGIN):
        return today
    return tomorrow


def next_way(ways: Sequence[str], tried: Sequence[str], able: Sequence[str]) -> Channel | None:
    """Return the next way to try: in her order, those that can be used; at the end always the telephone."""
    for way in [*ways, Channel.PHONE]:
        if way not in tried and way in able:
            return Channel(way)
    return None


def wait_after(tries: int) -> timedelta | None:
    """Return how long to wait before the next try, or None when it was tried often enough."""
    return WAITS[tries - 1] if tries <= len(WAITS) else None


MONTHS: Final = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
WEEKDAYS: Final = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


def when_words(moment: datetime, language: str) -> str:
    """Say day and time as people say them: 11月24日 周二 上午 9:00."""
    here = local(moment)
    if language.startswith("en"):
        return f"{WEEKDAYS['en'][here.weekday()]} {here.day} {MONTHS[here.month - 1]} {here:%H:%M}"
    hour, half = here.hour, "上午"
    if hour >= 18:
        half = "晚上"
    elif hour >= 13:
        half = "下午"
    elif hour == 12:
        half = "中午"
    elif hour < 6:
        half = "凌晨"
    shown = hour - 12 if hour > 12 else hour
    return f"{here.month}月{here.day}日 周{WEEKDAYS['zh'][here.weekday()]} {half} {shown}:{here:%M}"


def moment_words(moment: datetime) -> str:
    """Return day and time as WeChat's fields of a time take them, in any language: 2026年3月3日 09:00."""
    here = local(moment)
    return f"{here.year}年{here.month}月{here.day}日 {here:%H:%M}"
