"""How a series is spoken of: when it comes, how long, and who comes this time."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from anjia.kernel.errors import Words
from anjia.series.rules.pattern import Holidays, Pattern, Unit
from anjia.visits.rules.lifecycle import Status

WEEKDAYS: Final[Sequence[Words]] = (
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
)
WORDS_OF_HOLIDAYS: Final[Mapping[Holidays, Words]] = {
    Holidays.MOVE: gettext_lazy("碰上假期，挪到最近的工作日"),
    Holidays.SKIP: gettext_lazy("碰上假期就不来"),
    Holidays.KEEP: gettext_lazy("假期也来"),
}
WORDS_OF_STATUS: Final[Mapping[Status, Words]] = {
    Status.BOOKED: pgettext_lazy("series", "排好了"),
    Status.DEPARTED: gettext_lazy("正在路上"),
    Status.ARRIVED: gettext_lazy("服务中"),
    Status.DONE: gettext_lazy("完成"),
    Status.CANCELLED: gettext_lazy("已取消"),
    Status.MISSED: gettext_lazy("没有上门"),
}


def words_of_pattern(pattern: Pattern, clock: time) -> str:
    """Return when it comes: "每周四 10:00" """
    return _("{days} {clock}").format(days=words_of_days(pattern), clock=f"{clock:%H:%M}")


def words_of_days(pattern: Pattern) -> str:
    if pattern.unit is Unit.DAYS:
        if pattern.every == 1:
            return _("每天")
        return _("每 {number} 天一次").format(number=pattern.every)
    days = _("、").join(str(WEEKDAYS[day]) for day in pattern.weekdays)
    if pattern.every == 1:
        return _("每{days}").format(days=days)
    return _("每 {number} 周的{days}").format(number=pattern.every, days=days)


def words_of_end(pattern: Pattern) -> str:
    said = []
    if pattern.count is not None:
        said.append(_("一共 {number} 次").format(number=pattern.count))
    if pattern.until is not None:
        said.append(_("到 {day} 为止").format(day=words_of_day(pattern.until)))
    return _("，").join(said) or _("一直来，不要了随时说")


def words_of_day(day: date) -> str:
    return _("{month}月{number}日").format(month=day.month, number=day.day)


def words_of_next(when: str) -> str:
    """Return the sentence that says when the next one is, or that it has no time yet."""
    return _("下一次 {when}。").format(when=when) if when else _("下一次的时间还没排上，排好了告诉你。")


def words_about_moment(when: object) -> str:
    """Return what the time is that stands beside it: the next one's, or where there is none, that of the news."""
    return _("这是下一次") if when else _("下一次还没排上")


def words_of_left(template: str, stays: Sequence[str]) -> str:
    """Return the sentence on what lies before a pause or after an end: called off, but for those too near for it."""
    which = _("、").join(stays)
    if template == "series_changed":
        return _("{which} 那次太近，改不了，照常来。").format(which=which) if stays else ""
    if stays:
        return _("{which} 那次太近，取消不了，照常来；其余的都取消了。").format(which=which)
    if template == "series_paused":
        return _("这中间的都取消了，不收钱。")
    return _("还没来的都取消了。")


def words_of_who(names: Sequence[str], usual: str, is_usual: bool, why: str, *, is_settled: bool) -> str:
    """Return whether it is who usually comes, if not, why, and whether she has said yes: from what decides it."""
    said = _words_of_who(_("、").join(names), usual, is_usual, why)
    return said if is_settled else _("{said}，还在等答复").format(said=said)


def _words_of_who(who: str, usual: str, is_usual: bool, why: str) -> str:
    if is_usual:
        return _("这次还是{name}").format(name=who)
    if not why:
        return _("这次换了{name}").format(name=who)
    return _("这次换了{name}：{usual}{why}").format(name=who, usual=usual, why=why)
