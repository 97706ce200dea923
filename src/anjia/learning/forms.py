"""What comes from the console's forms, as commands take it. What cannot be read is said beside its field."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any, Final
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from anjia.kernel import calendar
from anjia.kernel.errors import Invalid, NotFound, Words
from anjia.learning.rules.binding import BindingInvalid
from anjia.learning.rules.content import MOST_OPTIONS
from anjia.learning.rules.sessions import SessionInvalid

Said = Mapping[str, str]
LONGEST: Final = 4000


def text(said: Said, name: str, *, longest: int = 200) -> str:
    return said.get(name, "").strip().replace("\r\n", "\n")[:longest]


def number(said: Said, name: str) -> int:
    """Return the number, or -1 where there is none: the rules say which are meant."""
    written = text(said, name, longest=9)
    return int(written) if written.isdecimal() and written.isascii() else -1


def seen(said: Said) -> int:
    return number(said, "seen")


def place(said: Said) -> int | None:
    """Return which page or question is meant; none for one more."""
    found = number(said, "place")
    return found if found >= 0 else None


def id_or_none(said: Said, name: str) -> UUID | None:
    """:raises NotFound: if it is no id"""
    if not text(said, name):
        return None
    try:
        return UUID(text(said, name))
    except ValueError:
        raise NotFound from None


def day(said: Said, name: str, refused: type[Invalid]) -> date:
    """:raises Invalid: of this kind, if it is no day"""
    try:
        found = date.fromisoformat(text(said, name))
    except ValueError:
        raise refused(fields={name: _("日期写成 2026-03-02 这样。")}) from None
    if not 2000 <= found.year <= 2200:
        raise refused(fields={name: _("日期写成 2026-03-02 这样。")})
    return found


def about(said: Said) -> dict[str, Any]:
    exam = {name: number(said, name) for name in ("draw", "pass_percent", "wait_hours", "minutes")}
    words = {name: text(said, name, longest=60) for name in ("title", "title_en", "topic", "issuer")}
    more = {name: text(said, name, longest=401) for name in ("summary", "summary_en")}
    return (
        words
        | more
        | {
            "valid_months": number(said, "valid_months"),
            "in_class": said.get("in_class") == "1",
            "exam": exam,
        }
    )


def page(said: Said) -> dict[str, str]:
    words = {name: text(said, name, longest=61) for name in ("title", "title_en")}
    return words | {
        "text": text(said, "text", longest=LONGEST + 1),
        "text_en": text(said, "text_en", longest=2 * LONGEST),
        "alt": text(said, "alt", longest=100),
    }


def question(said: QueryDict) -> dict[str, Any]:
    """Return the question; options that are empty are left out, their keys are where they stand."""
    options = [
        {
            "key": str(n),
            "text": text(said, f"option-{n}", longest=200),
            "text_en": text(said, f"option_en-{n}", longest=300),
        }
        for n in range(1, MOST_OPTIONS + 1)
        if text(said, f"option-{n}")
    ]
    return {
        "kind": "multiple" if said.get("kind") == "multiple" else "single",
        "text": text(said, "text", longest=401),
        "text_en": text(said, "text_en", longest=800),
        "why": text(said, "why", longest=400),
        "why_en": text(said, "why_en", longest=800),
        "options": options,
        "right": [one["key"] for one in options if said.get(f"right-{one['key']}") == "1"],
    }


def binding(said: Said) -> dict[str, Any]:
    """:raises BindingInvalid: if there is no day"""
    return {
        "since": day(said, "since", BindingInvalid),
        "kind": text(said, "kind", longest=20),
        "service_code": text(said, "service_code", longest=60),
        "staff_id": id_or_none(said, "staff_id"),
        "why": text(said, "why"),
    }


def session(said: Said) -> dict[str, Any]:
    """:raises SessionInvalid: if there is no day or time"""
    on = day(said, "day", SessionInvalid)
    return {
        "code": text(said, "course", longest=30),
        "starts_at": calendar.at(on, clock(said, "starts")),
        "ends_at": calendar.at(on, clock(said, "ends")),
        "place": text(said, "where", longest=80),
        "teacher": text(said, "teacher", longest=60),
    }


def clock(said: Said, name: str) -> time:
    """:raises SessionInvalid: if it is no time of day"""
    try:
        found = time.fromisoformat(text(said, name))
    except ValueError:
        words: Words = _("时间写成 14:00 这样。")
        raise SessionInvalid(fields={name: words}) from None
    return found.replace(tzinfo=None)
