"""What the console's pages of staff and rota say, in the language of whoever looks."""

from collections.abc import Iterable
from datetime import date, time

from django.utils.translation import get_language

from anjia.clinical.professions import PAPERS, PROFESSIONS, words_of_kind, words_of_paper, words_of_title
from anjia.workforce.models import Leave
from anjia.workforce.rules import LeaveKind, LeaveState, PatternPart, days_from
from anjia.workforce.rules.rota import WORDS_OF_LEAVE, WORDS_OF_LEAVE_STATE
from anjia.workforce.rules.staff import WORDS_OF_SEX, WORDS_OF_TRAVEL


def choices() -> dict[str, list[tuple[str, str]]]:
    """Return what the forms offer, in the language of whoever looks."""
    language = (get_language() or "zh")[:2]
    return {
        "kinds": [(str(kind), words_of_kind(kind, language)) for kind in PROFESSIONS],
        "titles": [("", "—")]
        + [(title, words_of_title(title, language)) for one in PROFESSIONS.values() for title in one.ladder],
        "papers_known": [(code, words_of_paper(code, language)) for code in PAPERS],
        "sexes": [(str(sex), str(words)) for sex, words in WORDS_OF_SEX.items()],
        "travel_modes": [(str(mode), str(words)) for mode, words in WORDS_OF_TRAVEL.items()],
        "leave_kinds": [(str(kind), str(words)) for kind, words in WORDS_OF_LEAVE.items()],
    }


def leave_shown(leave: Iterable[Leave]) -> list[tuple[Leave, str, str]]:
    """Return each with its kind and its state in words."""
    return [
        (one, str(WORDS_OF_LEAVE[LeaveKind(one.kind)]), str(WORDS_OF_LEAVE_STATE[LeaveState(one.state)]))
        for one in leave
    ]


def week_of(parts: list[PatternPart]) -> list[tuple[date, list[tuple[int, time | None, time | None]]]]:
    """Return, for each weekday, its two places for a part; any Monday stands for Mondays."""
    monday = date(2024, 1, 1)
    return [
        (day, places_of([part for part in parts if part.weekday == day.weekday()]))
        for day in days_from(monday, 7)
    ]


def places_of(parts: list[PatternPart]) -> list[tuple[int, time | None, time | None]]:
    return [
        (place, parts[place - 1].starts, parts[place - 1].ends)
        if place <= len(parts)
        else (place, None, None)
        for place in (1, 2)
    ]
