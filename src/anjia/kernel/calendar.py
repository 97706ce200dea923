"""Time outside: Asia/Shanghai, its days, and which of them people work. Inside, everything is UTC."""

from datetime import UTC, date, datetime, time, timedelta
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
    year yet, Monday to Friday; `is_calendar_known` says so.
    """
    return chinese_calendar.is_workday(day) if is_calendar_known(day) else day.weekday() < 5


def is_calendar_known(day: date) -> bool:
    """Return whether the official notice for the day's year is in the table."""
    years = {known.year for known in chinese_calendar.holidays}
    return day.year in years


def holiday_name(day: date) -> str | None:
    """Return the holiday's name, or None on a day that is none."""
    if not is_calendar_known(day):
        return None
    is_off, name = chinese_calendar.get_holiday_detail(day)
    return HOLIDAYS.get(name, name) if is_off and name else None
