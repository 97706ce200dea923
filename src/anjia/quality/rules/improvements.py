"""When an aspect of the ratings opens an improvement task, and what its effect is. Pure: no database, no clock."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError, Invalid, Words
from anjia.quality.rules.aftercare import TABLE

_RULE: Final = TABLE["improvement"]
BELOW_PERCENT: Final[int] = _RULE["below_percent"]
LEAST_TO_JUDGE: Final[int] = _RULE["least_ratings"]
LOOKED_AT: Final = timedelta(days=_RULE["days"])
DUE_IN: Final = timedelta(days=_RULE["due_days"])
EFFECT_AFTER: Final = timedelta(days=_RULE["effect_days"])
LONGEST_MEASURE: Final = 2_000


class ImprovementState(StrEnum):
    OPEN = "open"  # nobody has said yet what to do
    PLANNED = "planned"  # who does what until when
    IN_PLACE = "in_place"  # done; its effect is being waited for
    CLOSED = "closed"


IMPROVEMENT_MOVES: Final[Mapping[ImprovementState, frozenset[ImprovementState]]] = {
    ImprovementState.OPEN: frozenset({ImprovementState.PLANNED}),
    ImprovementState.PLANNED: frozenset({ImprovementState.PLANNED, ImprovementState.IN_PLACE}),
    ImprovementState.IN_PLACE: frozenset({ImprovementState.PLANNED, ImprovementState.CLOSED}),
    ImprovementState.CLOSED: frozenset(),
}
IMPROVEMENT_WORDS: Final[Mapping[ImprovementState, Words]] = {
    ImprovementState.OPEN: _("还没人管"),
    ImprovementState.PLANNED: _("有办法，在做"),
    ImprovementState.IN_PLACE: _("做好了，等看效果"),
    ImprovementState.CLOSED: _("结束了"),
}


class ImprovementUnsound(Invalid):
    code = "quality.improvement_unsound"
    words = _("还差一两项，没有记下。补上再记一次。")


class ImprovementGoneOn(DomainError):
    code = "quality.improvement_gone_on"
    words = _("这件改进已经往前走了。刷新看看最新的情况。")


class EffectNotKnown(DomainError):
    code = "quality.effect_not_known"
    words = _("做好后要满 30 天才看得出效果。到时候再结束。")


def is_low(*, good: int, of: int) -> bool:
    """Return whether so few call it good that something has to be done: the exact share, not the rounded one."""
    return of >= LEAST_TO_JUDGE and 100 * good < BELOW_PERCENT * of


def window_before(day: date, *, since: date | None) -> tuple[date, date]:
    """Return the days that are judged on `day`: the last thirty, but none before the last measure was in place."""
    first = day - LOOKED_AT + timedelta(days=1)
    return max(first, window_after(since)[0]) if since else first, day


def window_after(in_place_on: date) -> tuple[date, date]:
    """Return the days in which the measure shows its effect: from the morrow on, so that no day is in both."""
    return in_place_on + timedelta(days=1), in_place_on + EFFECT_AFTER


def check_plan(*, measure: str, due_on: date | None, today: date) -> date:
    """:raises ImprovementUnsound: naming what is wrong or missing"""
    wrong: dict[str, Words] = {}
    if not measure.strip() or len(measure) > LONGEST_MEASURE:
        wrong["measure"] = _("请写上怎么改，最多 2000 个字。")
    if due_on is None or due_on < today:
        wrong["due_on"] = _("请选今天或以后的一天。")
    if wrong or due_on is None:
        raise ImprovementUnsound(fields=wrong)
    return due_on


def check_improvement_move(old: ImprovementState, new: ImprovementState) -> None:
    """:raises ImprovementGoneOn: if an improvement in `old` cannot become `new`"""
    if new not in IMPROVEMENT_MOVES[old]:
        raise ImprovementGoneOn


def points_between(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """Return by how many percentage points the share has risen; None where one of them cannot be told."""
    return None if before is None or after is None else after - before
