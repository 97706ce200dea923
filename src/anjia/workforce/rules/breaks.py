"""Breaks that everybody of a house has within a day's shift: how long, and between when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.calendar import at
from anjia.kernel.errors import Invalid, Words

SHORTEST: Final = 10  # minutes
LONGEST: Final = 180
MOST: Final = 4  # of a day


class BreakInvalid(Invalid):
    code = "workforce.break_invalid"
    words = _("这段休息写得不对。")


@dataclass(frozen=True, slots=True, order=True)
class Break:
    """So many minutes of rest, in one piece, all of it between `opens` and `closes` by the clock here."""

    opens: time
    closes: time
    minutes: int

    def on(self, day: date) -> tuple[datetime, datetime]:
        """Return, in UTC, between which moments of that day it has to lie."""
        return window_on(day, self.opens, self.closes)


@lru_cache(maxsize=1024)  # asked for each time that somebody could come
def window_on(day: date, opens: time, closes: time) -> tuple[datetime, datetime]:
    return at(day, opens), at(day, closes)


def check_break(new: Break, others: Sequence[Break]) -> None:
    """:raises BreakInvalid: if it does not fit between its times, into another one's, or is one too many"""
    wrong: dict[str, Words] = {}
    if not SHORTEST <= new.minutes <= LONGEST:
        wrong["minutes"] = _("一次休息 10 到 180 分钟。")
    if not new.opens < new.closes:
        wrong["closes"] = _("最晚结束要晚于最早开始，都在同一天。")
    elif "minutes" not in wrong and length_of(new) < timedelta(minutes=new.minutes):
        wrong["closes"] = _("这段时间里放不下这么长的休息。")
    if any(one.opens < new.closes and new.opens < one.closes for one in others):
        wrong["opens"] = _("和已经有的一段休息叠在一起。先去掉那一段。")
    if len(others) >= MOST:
        wrong["opens"] = _("一天最多 4 段休息。先去掉一段。")
    if wrong:
        raise BreakInvalid(fields=wrong)


def length_of(one: Break) -> timedelta:
    day = date(2024, 1, 1)  # any: one zone without summer time
    return datetime.combine(day, one.closes) - datetime.combine(day, one.opens)
