"""What a house sets for its cases, what holds while it has set nothing, and when its desk is there."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.calendar import local
from anjia.kernel.errors import Invalid, Words

AMBULANCE: Final = "120"
NUMBER: Final = re.compile(r"[0-9][0-9 -]{2,18}")
WATCHED_FOR_SECONDS: Final = 45  # a page that is seen says every 15 seconds that it is there
DAY: Final = 24 * 60  # minutes
EVERY_DAY: Final = tuple(range(7))
WEEKDAYS: Final = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Default:
    """A number that holds until the house says another, how sure we are of it, and where it comes from."""

    value: int
    low: int
    high: int
    tag: str  # V read in the source, ENG our own choice
    source: Words


DEFAULTS: Final[Mapping[str, Default]] = {
    "unanswered_seconds": Default(
        value=60, low=20, high=900, tag="ENG",
        source=_("120 调度台的接听以秒计；一分钟没有人接，就当没有人听见。"),
    ),
    "overdue_minutes": Default(
        value=30, low=5, high=240, tag="ENG",
        source=_("上门常会拖一会儿；半小时以后问一句不算打扰。"),
    ),
    "answer_minutes": Default(
        value=10, low=3, high=60, tag="ENG",
        source=_("手上有活，十分钟里总能点一下。"),
    ),
}  # fmt: skip
FINE_FOR_MINUTES: Final = 30  # what "all is well" lasts; then she is asked again


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What holds in a house. The desk's hours pass midnight where they end before they begin; equal is all day."""

    first_number: str = AMBULANCE
    opens_at: time = time(8)
    closes_at: time = time(18)
    weekdays: tuple[int, ...] = EVERY_DAY
    unanswered_seconds: int = DEFAULTS["unanswered_seconds"].value
    overdue_minutes: int = DEFAULTS["overdue_minutes"].value
    answer_minutes: int = DEFAULTS["answer_minutes"].value

    def is_open(self, now: datetime) -> bool:
        here = local(now)
        clock, day = here.time(), here.weekday()
        if self.opens_at == self.closes_at:
            return day in self.weekdays
        if self.opens_at < self.closes_at:
            return day in self.weekdays and self.opens_at <= clock < self.closes_at
        if clock >= self.opens_at:
            return day in self.weekdays
        return clock < self.closes_at and (day - 1) % 7 in self.weekdays

    @property
    def hours(self) -> str:
        if self.opens_at == self.closes_at:
            return "24 h"
        return f"{self.opens_at:%H:%M}–{self.closes_at:%H:%M}"


def minutes_of_week(house: House) -> frozenset[int]:
    """Return the minutes of the week, counted from Monday's midnight, at which the desk is there."""
    begins = house.opens_at.hour * 60 + house.opens_at.minute
    lasts = (house.closes_at.hour * 60 + house.closes_at.minute - begins) % DAY or DAY
    if house.opens_at == house.closes_at:
        begins = 0
    return frozenset(
        (day * DAY + begins + minute) % (7 * DAY) for day in house.weekdays for minute in range(lasts)
    )


def hours_given_up(before: House, after: House) -> dict[tuple[int, ...], list[str]]:
    """Return when the desk was there and will not be: of the days on which it is the same, from when to when."""
    lost = minutes_of_week(before) - minutes_of_week(after)
    found: dict[tuple[str, ...], list[int]] = {}
    for day in EVERY_DAY:
        of_day = [minute for minute in range(DAY) if day * DAY + minute in lost]
        starts = [minute for minute in of_day if minute - 1 not in of_day]
        ends = [minute + 1 for minute in of_day if minute + 1 not in of_day]
        spans = tuple(f"{_said(start)}–{_said(end)}" for start, end in zip(starts, ends, strict=True))
        if spans:
            found.setdefault(spans, []).append(day)
    return {tuple(days): list(spans) for spans, days in found.items()}


def _said(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


class HouseUnsound(Invalid):
    code = "emergencies.house_unsound"


def is_attended(house: House, *, is_watched: bool, now: datetime) -> bool:
    """
    Say whether a case would be heard now.

    Both are needed: a screen that was left on overnight is nobody, and hours on paper are nobody either. Watched is a
    page that can be seen and whose sound is on: a muted one, or one behind other windows, calls nobody.
    """
    return is_watched and house.is_open(now)


def checked(said: Mapping[str, Any], weekdays: Iterable[int]) -> House:
    """:raises HouseUnsound: naming every field that is wrong"""
    wrong: dict[str, Words] = {}
    number = str(said.get("first_number", "")).strip()
    if not NUMBER.fullmatch(number):
        wrong["first_number"] = _("写一个电话号码，比如 120。")
    minutes = {name: _whole(said.get(name)) for name in DEFAULTS}
    for name, default in DEFAULTS.items():
        if not default.low <= minutes[name] <= default.high:
            words = str(_("要在 {low} 到 {high} 之间。"))
            wrong[name] = words.format(low=default.low, high=default.high)
    opens_at, closes_at = _clock(said.get("opens_at")), _clock(said.get("closes_at"))
    for name, clock in (("opens_at", opens_at), ("closes_at", closes_at)):
        if clock is None:
            wrong[name] = _("时间写成 08:00 这样。")
    days = tuple(sorted(set(weekdays)))
    if not days or set(days) - set(EVERY_DAY):
        wrong["weekdays"] = _("至少选一天。")
    if wrong or opens_at is None or closes_at is None:
        raise HouseUnsound(fields=wrong)
    return House(
        first_number=number,
        opens_at=opens_at,
        closes_at=closes_at,
        weekdays=days,
        unanswered_seconds=minutes["unanswered_seconds"],
        overdue_minutes=minutes["overdue_minutes"],
        answer_minutes=minutes["answer_minutes"],
    )


def _whole(written: object) -> int:
    try:
        return int(str(written))
    except ValueError:
        return -1


def _clock(written: object) -> time | None:
    try:
        found = time.fromisoformat(str(written))
    except ValueError:
        return None
    return found if found.tzinfo is None else None
