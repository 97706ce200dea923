"""What a form or a request says of a pattern, made into one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from anjia.series.rules.pattern import BadPattern, Holidays, Pattern, Unit, sound, spread


def pattern_from(said: Mapping[str, Any], *, starts_on: date, has_first: bool = True) -> Pattern:
    """
    Return the pattern; where it begins with a day that was chosen, that day's weekday is one of its days.

    :raises BadPattern: naming what is wrong
    """
    try:
        unit, holidays = Unit(said.get("unit") or "weeks"), Holidays(said.get("holidays") or "move")
    except ValueError:
        raise BadPattern from None
    weekdays, gap = set(said.get("weekdays") or ()), said.get("gap_days") or 1
    if said.get("times_a_week") == 2 and not weekdays:
        weekdays, gap = set(spread(starts_on.weekday(), 2)), max(gap, 2)
    if has_first or not weekdays:
        weekdays |= {starts_on.weekday()}
    return sound(
        Pattern(
            starts_on=starts_on,
            unit=unit,
            every=said.get("every") or 1,
            weekdays=tuple(weekdays),
            gap_days=gap,
            count=said.get("count"),
            until=said.get("until"),
            holidays=holidays,
        )
    )
