"""What is said of visits that nobody has booked yet. No questions asked."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from anjia.dispatch.queries import Place
from anjia.kernel.calendar import day_of
from anjia.series.rules.pattern import Due, Pattern
from anjia.series.rules.planning import AHEAD
from anjia.series.shapes import Foreseen
from anjia.series.showing import in_this_language
from anjia.series.words import words_of_day
from anjia.workforce.rules.rota import HOLIDAY_WORDS


def words_after(pattern: Pattern, seen: int, first: date, now: datetime) -> str:
    """Return what comes after the days that are shown: their times are looked for four weeks ahead."""
    if pattern.count is not None and seen >= pattern.count:
        return ""
    last = max(day_of(now) + AHEAD, first)
    if pattern.until is not None and pattern.until <= last:
        return ""
    return _("{day}以后的，提前四周排，排好了这里看得到。").format(day=words_of_day(last))


def foreseen(due: Due, place: Place | None) -> Foreseen:
    words, holiday = "", str(HOLIDAY_WORDS.get(due.holiday, due.holiday))
    if due.day is None:
        words = _("{holiday}，这次不来").format(holiday=holiday)
    elif place is None or place.starts_at is None:
        words = _("还没有空，我们会想办法：{why}").format(why=in_this_language(place.why) if place else "")
    elif due.day != due.on:
        words = _("{holiday}，从{day}挪过来").format(holiday=holiday, day=words_of_day(due.on))
    return Foreseen(
        on=due.on,
        day=due.day,
        holiday=due.holiday,
        starts_at=place.starts_at if place else None,
        who=[one.name for one in place.crew] if place else [],
        words=words,
    )
