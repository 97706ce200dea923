"""Objecting to a figure of one's own: who answers, by when, and what may come of it. Pure: no database, no clock."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.calendar import day_bounds, day_of, is_working_day
from anjia.kernel.errors import DomainError, Invalid, NotAllowed, Words
from anjia.quality.rules.performance import GROUPS_OF_MEASURES, month_of

_RULE: Final[Mapping[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "performance.json").read_text("utf-8")
)["objection"]
ANSWER_WORKING_DAYS: Final[int] = _RULE["answer_working_days"]
OBJECT_WITHIN: Final = timedelta(days=_RULE["within_days"])
OBJECTION_SOURCE: Final[Mapping[str, str]] = {"zh": _RULE["source"], "en": _RULE["source_en"]}
LONGEST_OBJECTION: Final = 1_000
# What is made of courses or of whole days has no row that could be left out.
WITHOUT_ROWS: Final = frozenset({"training"})


class ObjectionState(StrEnum):
    OPEN = "open"
    LEFT_OUT = "left_out"  # the row does not count for her figure
    STAYS = "stays"


class ObjectionStepKind(StrEnum):
    RAISED = "raised"
    HANDED_OVER = "handed_over"
    LEFT_OUT = "left_out"
    STAYS = "stays"


OBJECTION_WORDS: Final[Mapping[ObjectionState, Words]] = {
    ObjectionState.OPEN: _("等答复"),
    ObjectionState.LEFT_OUT: _("不计入了"),
    ObjectionState.STAYS: _("照旧计入"),
}
OBJECTION_STEP_WORDS: Final[Mapping[ObjectionStepKind, Words]] = {
    ObjectionStepKind.RAISED: _("提出异议"),
    ObjectionStepKind.HANDED_OVER: _("转给别人答复"),
    ObjectionStepKind.LEFT_OUT: _("决定：不计入"),
    ObjectionStepKind.STAYS: _("决定：照旧计入"),
}


class ObjectionUnsound(Invalid):
    code = "quality.objection_unsound"
    words = _("还差一两项，没有记下。补上再交一次。")


class ObjectedAlready(DomainError):
    code = "quality.objected_already"
    words = _("这一条您已经提过异议了。答复在这一页下面看。")


class ObjectionTooLate(DomainError):
    code = "quality.objection_too_late"
    words = _("这个月的数过了提异议的期限，还没到的月份也提不了。有话想说，请直接找质量管理员。")


class ObjectionOver(DomainError):
    code = "quality.objection_over"
    words = _("这件异议已经答复了。刷新看看结果。")


class OwnObjection(NotAllowed):
    code = "quality.own_objection"
    words = _("自己的数不能由自己定。请转给另一位管质量的同事。")


def answer_due(now: datetime) -> datetime:
    """Return the end of the last working day on which it has to be answered; the day it comes does not count."""
    day, left = day_of(now), ANSWER_WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return day_bounds(day)[1]


def may_object(month: date, *, today: date) -> bool:
    """Return whether somebody may still object to figures of this month."""
    first, last = month_of(month)
    return first <= today <= last + OBJECT_WITHIN


def check_objection(*, group: str, words: str) -> str:
    """:raises ObjectionUnsound: naming what is wrong or missing"""
    wrong: dict[str, Words] = {}
    said = words.strip()
    if group not in GROUPS_OF_MEASURES:
        wrong["group"] = _("请从页面上的数里选一个。")
    if not said or len(said) > LONGEST_OBJECTION:
        wrong["words"] = _("请写哪里不对、为什么，最多 1000 个字。")
    if wrong:
        raise ObjectionUnsound(fields=wrong)
    return said


def check_decision(*, outcome: str, reason: str, group: str, has_row: bool) -> ObjectionState:
    """:raises ObjectionUnsound: naming what is wrong or missing"""
    wrong: dict[str, Words] = {}
    if outcome not in {ObjectionState.LEFT_OUT, ObjectionState.STAYS}:
        wrong["outcome"] = _("请选不计入，还是照旧计入。")
    elif outcome == ObjectionState.LEFT_OUT and group in WITHOUT_ROWS:
        wrong["outcome"] = _("这个数没有可以拿掉的一行。培训记录不对，请到培训页更正，数会跟着变。")
    elif outcome == ObjectionState.LEFT_OUT and not has_row:
        wrong["row_id"] = _("请选哪一行不计入。")
    if not reason.strip() or len(reason) > LONGEST_OBJECTION:
        wrong["reason"] = _("请写理由，她看得到，最多 1000 个字。")
    if wrong:
        raise ObjectionUnsound(fields=wrong)
    return ObjectionState(outcome)
