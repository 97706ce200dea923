"""Complaints, suggestions, disputes and adverse events: their clocks, and the steps from hearing to closing. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError, Invalid, NotAllowed, Words
from anjia.quality.rules.aftercare import TABLE

LONGEST_CONCERN: Final = 2_000


class ConcernKind(StrEnum):
    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    DISPUTE = "dispute"
    ADVERSE_EVENT = "adverse_event"


class RaisedBy(StrEnum):
    RESIDENT = "resident"
    FAMILY = "family"
    CALLER = "caller"  # the desk wrote down what somebody said by telephone or at the counter
    STAFF = "staff"
    ANONYMOUS = "anonymous"


class ConcernState(StrEnum):
    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"  # somebody owns it, and whoever raised it has been told so
    INVESTIGATED = "investigated"
    TOLD = "told"  # the outcome
    APPEALED = "appealed"  # it waits for an owner who is somebody else
    CLOSED = "closed"


class StepKind(StrEnum):
    """What is written down of a concern. The first six are its states."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    INVESTIGATED = "investigated"
    TOLD = "told"
    APPEALED = "appealed"
    CLOSED = "closed"
    HANDED_OVER = "handed_over"


class Finding(StrEnum):
    """Whether a complaint was right: what her figure counts, who is complained of."""

    UPHELD = "upheld"
    PARTLY = "partly"
    NOT_UPHELD = "not_upheld"


class ToldBy(StrEnum):
    """How the outcome was told."""

    TELEPHONE = "telephone"
    IN_PERSON = "in_person"
    APP = "app"
    NOBODY_TO_TELL = "nobody_to_tell"


CONCERN_MOVES: Final[Mapping[ConcernState, frozenset[ConcernState]]] = {
    ConcernState.RECEIVED: frozenset({ConcernState.ACKNOWLEDGED}),
    ConcernState.ACKNOWLEDGED: frozenset({ConcernState.INVESTIGATED}),
    ConcernState.INVESTIGATED: frozenset({ConcernState.TOLD}),
    ConcernState.TOLD: frozenset({ConcernState.APPEALED, ConcernState.CLOSED}),
    ConcernState.APPEALED: frozenset({ConcernState.ACKNOWLEDGED}),
    ConcernState.CLOSED: frozenset({ConcernState.APPEALED}),
}
# What runs against a clock of ours: an outcome that was told waits for her, not for us.
OURS_TO_DO: Final = frozenset(
    {
        ConcernState.RECEIVED,
        ConcernState.ACKNOWLEDGED,
        ConcernState.INVESTIGATED,
        ConcernState.APPEALED,
    }
)
BY_PERSONS: Final = frozenset({ConcernKind.COMPLAINT, ConcernKind.SUGGESTION, ConcernKind.DISPUTE})
COMPLAINED: Final = frozenset({ConcernKind.COMPLAINT, ConcernKind.DISPUTE})  # what the indicator counts
TOLD_TO_HER: Final = frozenset(
    {StepKind.RECEIVED, StepKind.ACKNOWLEDGED, StepKind.TOLD, StepKind.APPEALED, StepKind.CLOSED}
)

KIND_WORDS: Final[Mapping[ConcernKind, Words]] = {
    ConcernKind.COMPLAINT: _("投诉"),
    ConcernKind.SUGGESTION: _("建议"),
    ConcernKind.DISPUTE: _("纠纷"),
    ConcernKind.ADVERSE_EVENT: _("不良事件"),
}
RAISED_BY_WORDS: Final[Mapping[RaisedBy, Words]] = {
    RaisedBy.RESIDENT: _("居民本人"),
    RaisedBy.FAMILY: _("家人"),
    RaisedBy.CALLER: _("来电或来访"),
    RaisedBy.STAFF: _("员工报告"),
    RaisedBy.ANONYMOUS: _("没有署名"),
}
CONCERN_WORDS: Final[Mapping[ConcernState, Words]] = {
    ConcernState.RECEIVED: _("收到了，还没人接"),
    ConcernState.ACKNOWLEDGED: _("有人在办"),
    ConcernState.INVESTIGATED: _("查清了，还没答复"),
    ConcernState.TOLD: _("答复了"),
    ConcernState.APPEALED: _("申诉了，换人再办"),
    ConcernState.CLOSED: _("办结了"),
}
STEP_WORDS: Final[Mapping[StepKind, Words]] = {
    StepKind.RECEIVED: _("收到"),
    StepKind.ACKNOWLEDGED: _("接下，并告诉了对方"),
    StepKind.INVESTIGATED: _("查明"),
    StepKind.TOLD: _("答复"),
    StepKind.APPEALED: _("申诉"),
    StepKind.CLOSED: _("办结"),
    StepKind.HANDED_OVER: _("转给别人办"),
}
FINDING_WORDS: Final[Mapping[Finding, Words]] = {
    Finding.UPHELD: _("属实"),
    Finding.PARTLY: _("部分属实"),
    Finding.NOT_UPHELD: _("不属实"),
}
TOLD_BY_WORDS: Final[Mapping[ToldBy, Words]] = {
    ToldBy.TELEPHONE: _("电话里说的"),
    ToldBy.IN_PERSON: _("当面说的"),
    ToldBy.APP: _("对方在手机上看"),
    ToldBy.NOBODY_TO_TELL: _("没有署名，没法告诉"),
}


@dataclass(frozen=True, slots=True)
class Clock:
    acknowledge_within: timedelta
    answer_within: timedelta


CLOCKS: Final[Mapping[ConcernKind, Clock]] = {
    ConcernKind(kind): Clock(timedelta(hours=row["acknowledge_hours"]), timedelta(days=row["answer_days"]))
    for kind, row in TABLE["concern"]["clocks"].items()
}
APPEAL_WITHIN: Final = timedelta(days=TABLE["concern"]["appeal_days"])


class ConcernUnsound(Invalid):
    code = "quality.concern_unsound"
    words = _("还差一两项，没有记下。补上再交一次。")


class ConcernGoneOn(DomainError):
    code = "quality.concern_gone_on"
    words = _("这件事已经往前走了。刷新看看最新的情况。")


class AboutThemselves(DomainError):
    code = "quality.about_themselves"
    words = _("被说到的人不能记、也不能办这件事。请换一位同事。")


class AnotherOwnerNeeded(DomainError):
    code = "quality.another_owner_needed"
    words = _("申诉要由没办过这件事的人来办。请换一位。")


class OnlyOwner(NotAllowed):
    code = "quality.only_owner"
    words = _("这件事是别人在办。先转给自己，再往下记。")


class AppealOver(DomainError):
    code = "quality.appeal_over"
    words = _("只能申诉一次，而且要在答复后的期限里。还有话想说，请打电话给服务台。")


class AppealStillOpen(DomainError):
    code = "quality.appeal_still_open"
    words = _("对方还可以申诉。对方认可了，或者期限过了，才能办结。")


def check_concern(*, kind: str, words: str, wants: str, raised_by: RaisedBy, can_be_answered: bool) -> None:
    """:raises ConcernUnsound: naming what is wrong or missing"""
    wrong: dict[str, Words] = {}
    if kind not in set(ConcernKind):
        wrong["kind"] = _("请选是哪一类。")
    elif kind == ConcernKind.ADVERSE_EVENT and raised_by is not RaisedBy.STAFF:
        wrong["kind"] = _("不良事件由员工报告。您的话请选“投诉”。")
    elif not can_be_answered and kind != ConcernKind.SUGGESTION:
        wrong["caller_name"] = _("请写上是谁、怎么联系，才答复得了。")
    for field, text, needed in (("words", words, True), ("wants", wants, False)):
        if needed and not text.strip():
            wrong[field] = _("请写上是什么事。")
        elif len(text) > LONGEST_CONCERN:
            wrong[field] = _("最多写 2000 个字。")
    if wrong:
        raise ConcernUnsound(fields=wrong)


def check_words(words: str) -> str:
    """:raises ConcernUnsound: if nothing is said, or too much"""
    said = words.strip()
    if not said or len(said) > LONGEST_CONCERN:
        raise ConcernUnsound(fields={"words": _("请写几句，最多 2000 个字。")})
    return said


def check_finding(kind: str, finding: str) -> str:
    """:raises ConcernUnsound: if it is not said of a complaint whether it is right"""
    if kind in COMPLAINED and finding not in set(Finding):
        raise ConcernUnsound(fields={"finding": _("请选查下来属实不属实。")})
    return finding if kind in COMPLAINED else ""


def check_concern_move(old: ConcernState, new: ConcernState) -> None:
    """:raises ConcernGoneOn: if a concern in `old` cannot become `new`"""
    if new not in CONCERN_MOVES[old]:
        raise ConcernGoneOn


def check_owner(owner_id: UUID, *, about: Collection[UUID], had: Collection[UUID]) -> None:
    """
    :raises AboutThemselves: if it is about her
    :raises AnotherOwnerNeeded: if an appeal would come before her again
    """
    if owner_id in about:
        raise AboutThemselves
    if owner_id in had:
        raise AnotherOwnerNeeded


def may_appeal(state: str, *, told_at: datetime | None, appealed_at: datetime | None, now: datetime) -> bool:
    """Return whether she may have it looked at again, by somebody else: once, within the time for it."""
    waits = state in {ConcernState.TOLD, ConcernState.CLOSED}
    return waits and appealed_at is None and told_at is not None and now < told_at + APPEAL_WITHIN


def due_of(
    state: ConcernState, kind: ConcernKind, *, since: datetime, told_at: datetime | None
) -> datetime | None:
    """Return when the next step is due: `since` it was raised, or raised again by an appeal."""
    clock = CLOCKS[kind]
    match state:
        case ConcernState.RECEIVED | ConcernState.APPEALED:
            return since + clock.acknowledge_within
        case ConcernState.ACKNOWLEDGED | ConcernState.INVESTIGATED:
            return since + clock.answer_within
        case ConcernState.TOLD:
            return (told_at or since) + APPEAL_WITHIN
        case ConcernState.CLOSED:
            return None
