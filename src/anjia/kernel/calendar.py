"""Time outside: Asia/Shanghai, its days, and which of them people work. Inside, everything is UTC."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import chinese_calendar
from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import Invalid

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2999, 12, 31)

HOLIDAYS: Final = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


class NoSuchDay(Invalid):
    words = _("日期要在 1900 年到 2999 年之间。")


# Off by law each year, whatever the yearly notice adds. Source: 全国年节及纪念日放假办法 (2024, from 2025 on) 第二条.
FIXED: Final = {
    (1, 1): "元旦",
    **dict.fromkeys([(5, 1), (5, 2)], "劳动节"),
    **dict.fromkeys([(10, 1), (10, 2), (10, 3)], "国庆节"),
}
# Those that go by the moon or the sun, as expected: nobody has announced these years. 除夕 to 初三, 清明, 端午,
# 中秋 by the almanac (GB/T 33661-2017 农历的编算和颁行). The notice, once it is in the table, takes their place.
EXPECTED: Final = {
    **{date(2027, 2, day): "春节" for day in (5, 6, 7, 8)},
    date(2027, 4, 5): "清明节",
    date(2027, 6, 9): "端午节",
    date(2027, 9, 15): "中秋节",
    **{date(2028, 1, day): "春节" for day in (25, 26, 27, 28)},
    date(2028, 4, 4): "清明节",
    date(2028, 5, 28): "端午节",
    date(2028, 10, 3): "中秋节",
}


def statutory_holiday(day: date) -> str | None:
    """Return the holiday that the law itself makes of the day, or None."""
    return EXPECTED.get(day) or FIXED.get((day.month, day.day))


def local(moment: datetime) -> datetime:
    """Return the moment as people here read it off the clock."""
    return moment.astimezone(SHANGHAI)


def day_of(moment: datetime) -> date:
    """Return the day here that the moment falls on."""
    return local(moment).date()


def at(day: date, clock: time) -> datetime:
    """Return, in UTC, the moment of the day when the clock here shows this."""
    return datetime.combine(day, clock, SHANGHAI).astimezone(UTC)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """
    Return, in UTC, the first moment of the day here and that of the next.

    :raises NoSuchDay: if it is none that anybody means
    """
    if not FIRST_DAY <= day <= LAST_DAY:
        raise NoSuchDay
    return at(day, time()), at(day + timedelta(days=1), time())


def is_working_day(day: date) -> bool:
    """
    Return whether the day is worked: swapped Saturdays and Sundays are, holidays are not.

    Source: the State Council's yearly notices, as kept by the package chinesecalendar. Where it does not know the
    year yet, Monday to Friday but for what the law itself lets off; `is_calendar_known` says so.
    """
    if is_calendar_known(day):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5 and statutory_holiday(day) is None


def is_calendar_known(day: date) -> bool:
    """Return whether the official notice for the day's year is in the table."""
    return day.year in _known_years()


@cache
def _known_years() -> frozenset[int]:
    return frozenset(known.year for known in chinese_calendar.holidays)


def is_only_expected(day: date) -> bool:
    """Return whether the day is a holiday that no notice has announced yet: days off and swapped days may be added."""
    return not is_calendar_known(day) and statutory_holiday(day) is not None


def holiday_name(day: date) -> str | None:
    """Return the holiday's name, or None on a day that is none."""
    if not is_calendar_known(day):
        return statutory_holiday(day)
    is_off, name = chinese_calendar.get_holiday_detail(day)
    return HOLIDAYS.get(name, name) if is_off and name else None
