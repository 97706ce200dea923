"""What of a series is still to be booked, given what has been; what an edit takes back; who usually comes."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError, Invalid, Words
from anjia.series.rules.pattern import LONGEST, OFFICIAL, BadPattern, Calendar, Due, Pattern, dues

# Service rules of this installation [ENG]: no document gives them.
AHEAD: Final = timedelta(days=27)  # so far ahead visits are booked: the rota is made for as long
LONGEST_PAUSE: Final = timedelta(days=366)
TELL_BEFORE: Final = timedelta(days=3)  # a pause is over
USUAL_OF: Final = 5  # the last so many visits say who usually comes


class State(StrEnum):
    """
    The life of an occurrence. `wanted` has no visit yet; `placed` has one, which says how it goes on.

    `skipped` was called off by itself, `holiday` left out by the calendar; for `lapsed` no place was found until its
    day was over. None of them is made again. `paused` and `replaced` are history: their day may come again.
    """

    WANTED = "wanted"
    PLACED = "placed"
    SKIPPED = "skipped"
    HOLIDAY = "holiday"
    LAPSED = "lapsed"
    PAUSED = "paused"
    REPLACED = "replaced"


LIVE: Final = frozenset({State.WANTED, State.PLACED})
STANDING: Final = LIVE | {State.SKIPPED, State.HOLIDAY, State.LAPSED}  # a day has one of these at most

WORDS_OF_STATE: Final[Mapping[State, Words]] = {
    State.WANTED: _("还没排上"),
    State.PLACED: _("排好了"),
    State.SKIPPED: _("这次不来"),
    State.HOLIDAY: _("假期不来"),
    State.LAPSED: _("没能排上"),
    State.PAUSED: _("暂停"),
    State.REPLACED: _("改掉了"),
}


class SeriesOver(DomainError):
    code = "series.over"
    words = _("这个定期上门已经结束了，改不了。要再来，重新约一个。")


class NothingToChange(DomainError):
    code = "series.nothing_to_change"
    words = _("这一次已经开始、做完或取消了，改不了。")


class BadPause(Invalid):
    code = "series.bad_pause"
    words = _("暂停要到明天以后、一年以内的一天。")


def check_pause(until: date, *, today: date) -> None:
    """:raises BadPause: if it would be over today, or last for more than a year"""
    if not today < until <= today + LONGEST_PAUSE:
        raise BadPause(fields={"until": BadPause.words})


def check_since(since: date, *, today: date) -> None:
    """:raises BadPattern: if it is so far away that nobody means it"""
    if since > today + LONGEST:
        raise BadPattern(fields={"from_day": _("从哪天起改，要在三年之内。")})


def to_make(
    pattern: Pattern,
    standing: Mapping[date, bool],
    *,
    today: date,
    paused: tuple[date, date] | None = None,
    known: Calendar = OFFICIAL,
    ahead: timedelta = AHEAD,
    last: date | None = None,
) -> list[Due]:
    """
    Return what is to be made up to the horizon: those left out for a holiday too, so that it is said.

    `standing` are the days, by the pattern, that have an occurrence already, and whether it counts as one of the
    course. What has been called off does not count, nor what lies in a pause: a course goes on until it is complete.
    `last` is the day of the one before the pattern began.
    """
    made, found = 0, []
    for due in dues(pattern, through=today + ahead, known=known, last=last):
        if pattern.count is not None and made >= pattern.count:
            break
        if due.on in standing:
            made += standing[due.on]
        elif (due.day or due.on) > today and not is_paused(due.day or due.on, paused):
            made += due.day is not None
            found.append(due)
    return found


def is_paused(day: date, paused: tuple[date, date] | None) -> bool:
    return paused is not None and paused[0] <= day < paused[1]


def is_complete(pattern: Pattern, *, live: int, today: date) -> bool:
    """Return whether nothing more will come of it: `live` are those that count."""
    if pattern.count is not None and live >= pattern.count:
        return True
    return pattern.until is not None and pattern.until < today


def usual_of(crews: Sequence[Collection[UUID]], seed: Sequence[UUID]) -> list[UUID]:
    """
    Return who usually comes: who came most often of the last few, the latest first among equals.

    `crews` are those of the visits before, the latest first. Who was chosen in the beginning counts as one more: who
    stands in once has not taken her place.
    """
    latest = [one for crew in [*crews[:USUAL_OF], seed] for one in crew]
    often = Counter(latest)
    ranked = sorted(often, key=lambda one: (-often[one], latest.index(one)))
    return ranked[: max(len(seed), 1)]
