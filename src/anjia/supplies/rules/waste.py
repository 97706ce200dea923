"""
Medical waste from visits: its classes, the steps to its end, and how long it may wait.

Numbers and their sources are in `data/waste.json` (rule WASTE). The two days are counted from when a bag was closed at
the visit, which is never later than when it was put into the store: the stricter reading.
"""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.calendar import day_of
from anjia.kernel.errors import DomainError, Words

RULE: Final[Mapping[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "waste.json").read_text("utf-8")
)
STORED_AT_MOST: Final = timedelta(hours=RULE["storage_hours"])
LONGEST_SEAL: Final = 40
WARN_AFTER: Final = timedelta(hours=RULE["warn_hours"])


class WasteClass(StrEnum):
    INFECTIOUS = "infectious"
    SHARPS = "sharps"
    PATHOLOGICAL = "pathological"
    PHARMACEUTICAL = "pharmaceutical"
    CHEMICAL = "chemical"


WORDS_OF_CLASS: Final[Mapping[WasteClass, Words]] = {
    WasteClass.INFECTIOUS: _("感染性"),
    WasteClass.SHARPS: _("损伤性"),
    WasteClass.PATHOLOGICAL: _("病理性"),
    WasteClass.PHARMACEUTICAL: _("药物性"),
    WasteClass.CHEMICAL: _("化学性"),
}


class WasteMove(StrEnum):
    HANDED_OVER = "handed_over"  # whoever carried it says so
    TAKEN_IN = "taken_in"  # whoever keeps the store says so
    TAKEN_AWAY = "taken_away"  # by the central disposer


class WasteState(StrEnum):
    CARRIED = "carried"
    HALF = "half"  # one of the two has said so
    STORED = "stored"
    GONE = "gone"


WORDS_OF_WASTE: Final[Mapping[WasteState, Words]] = {
    WasteState.CARRIED: _("还在护士手里"),
    WasteState.HALF: _("等另一方确认"),
    WasteState.STORED: _("暂存在站里"),
    WasteState.GONE: _("已交处置单位"),
}


class OnlyOnce(DomainError):
    code = "supplies.waste_only_once"
    words = _("这一步已经记过了。记错了就加一条更正，写明原因。")


class NotStored(DomainError):
    code = "supplies.waste_not_stored"
    words = _("交接双方还没有都确认，不能交给处置单位。")


class SamePerson(DomainError):
    code = "supplies.waste_same_person"
    words = _("交的人和收的人不能是同一个人，请另一位同事来收。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How it stands with the time: a tone and words, nothing where there is time enough."""

    tone: str
    words: Words


def seal_of(text: str) -> str:
    """Return the number as it is printed on a seal: what nobody sees, or wide letters, make no other."""
    wide = unicodedata.normalize("NFKC", text)
    return "".join(char for char in wide if char.isprintable() and not char.isspace())[:LONGEST_SEAL]


def state_after(moves: frozenset[WasteMove]) -> WasteState:
    """Return how far a bag of waste has come."""
    if WasteMove.TAKEN_AWAY in moves:
        return WasteState.GONE
    both = {WasteMove.HANDED_OVER, WasteMove.TAKEN_IN} & moves
    return (WasteState.CARRIED, WasteState.HALF, WasteState.STORED)[len(both)]


def waiting(state: WasteState, *, closed_at: datetime, now: datetime) -> Waiting | None:
    """Return what its time says: over, nearly over, or not handed over on its own day."""
    if state is WasteState.GONE:
        return None
    waited = now - closed_at
    if waited > STORED_AT_MOST:
        return Waiting(tone="bad", words=_("超过两天了，马上联系处置单位来收"))
    if waited >= WARN_AFTER:
        return Waiting(tone="warn", words=_("快到两天了，今天要交给处置单位"))
    if state in {WasteState.CARRIED, WasteState.HALF} and day_of(closed_at) < day_of(now):
        return Waiting(tone="warn", words=_("当天没有交回站里"))
    return None


def kept_until(closed_on: date) -> date:
    """Return until when the register must be kept at least."""
    year = closed_on.year + int(RULE["keep_years"])
    try:
        return closed_on.replace(year=year)
    except ValueError:  # the 29th of February
        return date(year, 3, 1)
