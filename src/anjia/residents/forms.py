"""What the console's forms say, in the arguments of commands."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.kernel.calendar import SHANGHAI
from anjia.kernel.console import LONGEST_NUMBER
from anjia.kernel.errors import Invalid
from anjia.residents.models import Resident
from anjia.residents.queries import ResidentSheet
from anjia.residents.rules import CHRONIC_WORDS, RelativeRow
from anjia.residents.rules.access import AccessInvalid
from anjia.spreadsheets.cleaning import date_of, text_of
from anjia.spreadsheets.words import Unclean

MOST_RELATIVES: Final = 50
YES_NO: Final = {"yes": True, "no": False}


def person(said: Mapping[str, str]) -> dict[str, Any]:
    """
    Return what the form says of a resident; of her conditions None, if it did not show them.

    :raises Invalid: if a day is none
    """
    return {
        "name": said.get("name", ""),
        "sex": said.get("sex") or None,
        "birth_date": day_of(said, "birth_date"),
        "id_number": said.get("id_number", ""),
        "phones": [part for part in re.split(r"[\n、;；]+", said.get("phones", "")) if part.strip()],
        "filed_on": day_of(said, "filed_on"),
        "chronic": conditions(said["chronic"]) if "chronic" in said else None,
        "lives_alone": YES_NO.get(said.get("lives_alone", "")),
        "relatives": relatives(said),
        "station_id": id_of(said.get("station_id")),
    }


def access_minutes(text: str) -> int | None:
    """
    Return the whole number that stands there, None where nothing does.

    :raises AccessInvalid: if it is none
    """
    if not text.strip():
        return None
    if not (text.strip().isdigit() and text.strip().isascii() and len(text.strip()) < LONGEST_NUMBER):
        raise AccessInvalid(fields={"minutes": AccessInvalid.words})
    return int(text)


def conditions(text: str) -> list[str]:
    """Return the conditions, those by their code that stand there as they are shown, in whatever language that is."""
    shown_as = {str(words).casefold(): code for code, words in CHRONIC_WORDS.items()}
    found: list[str] = []
    for part in map(str.strip, re.split(r"[、,，;；\n]+", text)):
        known = shown_as.get(part.casefold())
        found += [known] if known else part.split()
    return found


def relatives(said: Mapping[str, str]) -> list[RelativeRow]:
    found = []
    for line in range(MOST_RELATIVES):
        name, relation, phone = (
            text_of(said.get(f"relative_{part}_{line}")) for part in ("name", "relation", "phone")
        )
        if name or phone:
            found.append(RelativeRow(name=name, relation=relation, phone=phone))
    return found


def shown(sheet: ResidentSheet, *, may_read: bool, is_revealed: bool = False) -> dict[str, Any]:
    """
    Return the form that shows her as she is kept now.

    Numbers are covered until somebody uncovers them; of her conditions it says nothing while they may not be read.
    """
    resident = sheet.resident
    form: dict[str, Any] = {
        "name": resident.name,
        "sex": resident.sex,
        "birth_date": resident.birth_date,
        "phones": "\n".join(
            f"{number}（{phone.label}）" if phone.label else number
            for phone in sheet.phones
            for number in [phone.number if is_revealed else phone.masked]
        ),
        "filed_on": resident.filed_on.isoformat() if resident.filed_on else "",
        "lives_alone": {True: "yes", False: "no", None: ""}[resident.lives_alone],
        "station_id": str(resident.station_id or ""),
    }
    if may_read:
        form["chronic"] = "、".join(chronic_words(resident))
    for line, relative in enumerate(sheet.relatives):
        form |= {
            f"relative_name_{line}": relative.name,
            f"relative_relation_{line}": relative.relation,
            f"relative_phone_{line}": relative.phone if is_revealed else relative.masked,
        }
    return form


def chronic_words(resident: Resident) -> list[str]:
    return [str(CHRONIC_WORDS.get(code, code)) for code in resident.chronic]


def day_of(said: Mapping[str, str], name: str) -> date | None:
    """:raises Invalid: if it is no day"""
    try:
        return date_of(said.get(name, ""))
    except Unclean:
        raise Invalid(fields={name: _("日期看不懂。请写成 1945-03-02 这样。")}) from None


def end_of_day(said: Mapping[str, str], name: str) -> datetime | None:
    """Return the last moment of the day that the form names."""
    day = day_of(said, name)
    return datetime.combine(day, time(23, 59, 59), SHANGHAI) if day else None


def pin(said: Mapping[str, str]) -> dict[str, float | None]:
    """
    Return the pin, both parts or neither.

    :raises Invalid: if they are no numbers, or one is missing
    """
    written = [said.get(name, "").strip() for name in ("latitude", "longitude")]
    if not any(written):
        return {"latitude": None, "longitude": None}
    try:
        latitude, longitude = map(float, written)
    except ValueError:
        raise Invalid(
            fields={"latitude": _("经纬度要两个数字都填，像 39.95 和 116.42；不知道就都留空。")}
        ) from None
    return {"latitude": latitude, "longitude": longitude}


def whole(said: Mapping[str, str], name: str) -> int:
    """Return the number of a hidden field, 0 where somebody has changed it."""
    written = said.get(name, "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < LONGEST_NUMBER else 0


def id_of(said: str | None) -> UUID | None:
    try:
        return UUID(said) if said else None
    except ValueError:
        return None
