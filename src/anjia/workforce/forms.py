"""What comes from the console's forms, as commands take it. What cannot be read is said beside its field."""

from collections.abc import Mapping
from datetime import date, datetime, time
from math import isfinite
from typing import Any, Final
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from anjia.kernel import calendar
from anjia.kernel.errors import Words
from anjia.workforce.rules import LeaveKind, PatternPart, StaffInvalid

Said = Mapping[str, str]

FIELDS: Final = ("name", "number", "kind", "title", "sex", "phone", "travel_mode")


def member(said: Said) -> dict[str, Any]:
    """Return what is said of a member of staff, as commands take it."""
    return {name: text(said, name, longest=60) for name in FIELDS} | {
        "started_on": day_or_none(said, "started_on"),
        "base": base(said),
        "station_id": key(said, "station_id") if text(said, "station_id") else None,
    }


def text(said: Said, name: str, *, longest: int = 200) -> str:
    return said.get(name, "").strip()[:longest]


def day(said: Said, name: str) -> date:
    """:raises StaffInvalid: if there is no day"""
    found = day_or_none(said, name)
    if found is None:
        raise refused(name, _("请选日期。"))
    return found


def day_or_none(said: Said, name: str) -> date | None:
    """:raises StaffInvalid: if it is no day"""
    written = text(said, name)
    try:
        found = date.fromisoformat(written) if written else None
    except ValueError:
        raise refused(name, _("日期写成 2026-03-02 这样。")) from None
    if found and not 1900 <= found.year <= 2200:
        raise refused(name, _("日期写成 2026-03-02 这样。"))
    return found


def clock(said: Said, name: str) -> time:
    """:raises StaffInvalid: if it is no time of day"""
    try:
        return time.fromisoformat(text(said, name))
    except ValueError:
        raise refused(name, _("时间写成 08:30 这样。")) from None


def number(said: Said, name: str) -> float:
    """:raises StaffInvalid: if it is no number"""
    try:
        found = float(text(said, name))
    except ValueError:
        raise refused(name, _("请填数字。")) from None
    if not isfinite(found):
        raise refused(name, _("请填数字。"))
    return found


def daily_break(said: Said) -> dict[str, Any]:
    """:raises StaffInvalid: if a time is none, or the minutes are no number"""
    minutes = number(said, "minutes")
    return {"opens": clock(said, "opens"), "closes": clock(said, "closes"), "minutes": round(minutes)}


def key(said: Said, name: str) -> UUID:
    """:raises StaffInvalid: if it is no id"""
    try:
        return UUID(text(said, name))
    except ValueError:
        raise refused(name, _("请从名单里选一位。")) from None


def leave_kind(said: Said) -> LeaveKind:
    """:raises StaffInvalid: if it is none"""
    try:
        return LeaveKind(text(said, "kind"))
    except ValueError:
        raise refused("kind", _("请选请假的种类。")) from None


def shift(said: Said) -> tuple[datetime, datetime]:
    """Return when the shift begins and ends; one that ends no later than it begins ends on the next day."""
    first, begins, ends = day(said, "day"), clock(said, "starts"), clock(said, "ends")
    last = first if ends > begins else date.fromordinal(first.toordinal() + 1)
    return calendar.at(first, begins), calendar.at(last, ends)


def leave(said: Said) -> tuple[datetime, datetime]:
    """Return the first moment of the first day, and that after the last."""
    first = day(said, "first_day")
    last = day_or_none(said, "last_day") or first
    return calendar.day_bounds(first)[0], calendar.day_bounds(last)[1]


def base(said: Said) -> tuple[float, float] | None:
    """Return latitude and longitude, or None where neither was filled in."""
    if not text(said, "latitude") and not text(said, "longitude"):
        return None
    latitude, longitude = number(said, "latitude"), number(said, "longitude")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise refused("latitude", _("纬度在 -90 到 90 之间，经度在 -180 到 180 之间。"))
    return latitude, longitude


def pattern(said: QueryDict) -> list[PatternPart]:
    """Return the week: for each weekday up to two parts, `starts-0-1` being Monday's first begin."""
    return [
        PatternPart(
            weekday=weekday,
            starts=clock(said, f"starts-{weekday}-{part}"),
            ends=clock(said, f"ends-{weekday}-{part}"),
        )
        for weekday in range(7)
        for part in (1, 2)
        if text(said, f"starts-{weekday}-{part}") or text(said, f"ends-{weekday}-{part}")
    ]


def refused(name: str, words: Words) -> StaffInvalid:
    return StaffInvalid(fields={name: words})
