"""
What comes from the editor's forms, as commands take it: a part of a draft, row by row.

A row's inputs carry its number ("title-3"). One button moves, takes out or adds a row, and saves what is typed with it.
"""

import re
from collections.abc import Mapping
from datetime import date
from math import isfinite
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from anjia.catalogue.rules import Evidence, ServiceInvalid
from anjia.catalogue.rules.drafting import FIELDS_OF, Part, fresh_keys
from anjia.catalogue.rules.forms import FieldKind, field_of
from anjia.kernel.errors import Words

NUMBERED: Final = re.compile(r"key-(\d{1,4})")
MOVES: Final = re.compile(r"(\d{1,4}):(up|down|out)")
TOO_BIG: Final = 1_000_000
NOT_A_NUMBER: Final = gettext_lazy("请填数字。")

Row = dict[str, Any]


def part_said(part: Part, said: QueryDict, before: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return what the form says of the part; `before` is the draft as it is.

    :raises ServiceInvalid: where a number is none
    """
    if part is Part.TEXTS:
        return texts(said) | assessment(said, before)
    [name] = FIELDS_OF[part]
    rows = ROWS[part](said, before)
    rows = moved(rows, said.get("move", ""))
    if said.get("move") == "add":
        with override("zh-hans"):  # what is written into the Chinese of the content
            rows.append(NEW[part]({str(row[KEYS[part]]) for row in rows}))
    return {name: form_of(rows) if part is Part.FORM else rows}


def texts(said: QueryDict) -> dict[str, Any]:
    plain = [name for name in FIELDS_OF[Part.TEXTS] if not name.endswith("_minutes") and name != "assessment"]
    found: dict[str, Any] = {name: words(said, name) for name in plain}
    found = {name: value for name, value in found.items() if value or not name.endswith("_en")}
    found["duration_minutes"] = whole(said, "duration_minutes")
    for name in ("observe_minutes", "deliver_minutes"):
        if words(said, name):
            found[name] = whole(said, name)
    return found


def assessment(said: QueryDict, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return for how many days what this service assesses holds; nothing where it assesses nothing."""
    if "assessment" not in before:
        return {}
    return {"assessment": before["assessment"] | {"valid_days": whole(said, "valid_days")}}


def step_rows(said: QueryDict, before: Mapping[str, Any]) -> list[Row]:
    rows = []
    for number in numbers(said):
        evidence = words(said, f"evidence-{number}")
        row: Row = {
            "key": words(said, f"key-{number}"),
            **both(said, "title", number),
            **optional(both(said, "prompt", number)),
            "critical": said.get(f"critical-{number}") == "1",
            "evidence": evidence,
        }
        if evidence == Evidence.READING:
            row["codes"] = [code for code in said.getlist(f"codes-{number}") if code]
        rows.append(row)
    return rows


def supply_rows(said: QueryDict, before: Mapping[str, Any]) -> list[Row]:
    return [
        {
            "code": words(said, f"key-{number}"),
            **both(said, "name", number),
            "quantity": a_number(said, f"quantity-{number}", where=f"supplies.{place}.quantity"),
            **both(said, "unit", number),
        }
        for place, number in enumerate(numbers(said))
    ]


def point_rows(said: QueryDict, before: Mapping[str, Any]) -> list[Row]:
    return [{"key": words(said, f"key-{number}"), **both(said, "text", number)} for number in numbers(said)]


def field_rows(said: QueryDict, before: Mapping[str, Any]) -> list[Row]:
    known = before["record_form"].get("properties", {})
    rows = []
    for number in numbers(said):
        key = words(said, f"key-{number}")
        where = f"record_form.properties.{key}"
        kind = words(said, f"kind-{number}")
        title = words(said, f"title-{number}")
        if not title:
            raise refused(f"{where}.title", _("每一项都要有名字。"))
        if kind not in tuple(FieldKind):
            raise refused(f"{where}.type", _("请选这一项怎么填。"))
        field = field_of(
            FieldKind(kind),
            title=title,
            title_en=words(said, f"title_en-{number}"),
            choices=said.get(f"choices-{number}", ""),
            minimum=number_or_none(said, f"minimum-{number}", where=f"{where}.minimum"),
            maximum=number_or_none(said, f"maximum-{number}", where=f"{where}.maximum"),
            before=known.get(key),
        )
        rows.append({"key": key, "field": field, "required": said.get(f"required-{number}") == "1"})
    return rows


def form_of(rows: list[Row]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {row["key"]: row["field"] for row in rows},
        "required": [row["key"] for row in rows if row["required"]],
    }


def new_step(taken: set[str]) -> Row:
    key = next(fresh_keys("step", taken))
    return {"key": key, "title": _("新的一步"), "critical": False, "evidence": "none"}


def new_supply(taken: set[str]) -> Row:
    return {"code": next(fresh_keys("item", taken)), "name": _("新的物料"), "quantity": 1, "unit": _("个")}


def new_point(taken: set[str]) -> Row:
    return {"key": next(fresh_keys("point", taken)), "text": _("新的要点")}


def new_field(taken: set[str]) -> Row:
    key = next(fresh_keys("field", taken))
    return {"key": key, "field": field_of(FieldKind.SHORT_TEXT, title=_("新的一项")), "required": False}


ROWS: Final = {
    Part.STEPS: step_rows,
    Part.SUPPLIES: supply_rows,
    Part.TEACHING: point_rows,
    Part.FORM: field_rows,
}
NEW: Final = {
    Part.STEPS: new_step,
    Part.SUPPLIES: new_supply,
    Part.TEACHING: new_point,
    Part.FORM: new_field,
}
KEYS: Final = {Part.STEPS: "key", Part.SUPPLIES: "code", Part.TEACHING: "key", Part.FORM: "key"}


def numbers(said: QueryDict) -> list[int]:
    found = [NUMBERED.fullmatch(name) for name in said]
    return sorted(int(match[1]) for match in found if match)


def moved(rows: list[Row], move: str) -> list[Row]:
    asked = MOVES.fullmatch(move)
    if asked is None or int(asked[1]) >= len(rows):
        return rows
    place, way = int(asked[1]), asked[2]
    one = rows.pop(place)
    if way != "out":
        rows.insert(max(0, place - 1) if way == "up" else place + 1, one)
    return rows


def both(said: QueryDict, name: str, number: int) -> Row:
    """Return the words in Chinese, and in English if there are any."""
    english = words(said, f"{name}_en-{number}")
    return {name: words(said, f"{name}-{number}")} | ({f"{name}_en": english} if english else {})


def optional(row: Row) -> Row:
    return {name: value for name, value in row.items() if value}


def words(said: QueryDict, name: str) -> str:
    return said.get(name, "").strip()[:2000]


def whole(said: QueryDict, name: str) -> int:
    found = a_number(said, name, where=name)
    if found != int(found):
        raise refused(name, NOT_A_NUMBER)
    return int(found)


def whole_or_none(said: QueryDict, name: str) -> int | None:
    text = words(said, name)
    return int(text) if text.isdecimal() and len(text) < 10 else None


def a_number(said: QueryDict, name: str, *, where: str) -> float | int:
    found = number_or_none(said, name, where=where)
    if found is None:
        raise refused(where, NOT_A_NUMBER)
    return found


def number_or_none(said: QueryDict, name: str, *, where: str) -> float | int | None:
    written = words(said, name)
    if not written:
        return None
    try:
        found = float(written)
    except ValueError:
        raise refused(where, NOT_A_NUMBER) from None
    if not isfinite(found) or abs(found) > TOO_BIG:
        raise refused(where, NOT_A_NUMBER)
    return int(found) if found == int(found) else found


def refused(where: str, why: Words) -> ServiceInvalid:
    return ServiceInvalid(_("有几处填得不对，还没有存。改好再存一次。"), fields={where: why})


def day_or_none(said: QueryDict, name: str) -> date | None:
    """:raises ServiceInvalid: if it is no day"""
    written = words(said, name)
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise refused(name, _("日期写成 2026-03-02 这样。")) from None
