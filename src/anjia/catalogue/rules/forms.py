"""A record form as its builder shows it: the kinds of fields that a phone can show, and the JSON Schema of each."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import zip_longest
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import Words

SHORT: Final = 80
LONG: Final = 1000


class FieldKind(StrEnum):
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    YES_NO = "yes_no"
    NUMBER = "number"
    WHOLE_NUMBER = "whole_number"
    DAY = "day"


WORDS_OF_KIND: Final[Mapping[FieldKind, Words]] = {
    FieldKind.SHORT_TEXT: _("一行字"),
    FieldKind.LONG_TEXT: _("一段字"),
    FieldKind.CHOICE: _("几选一"),
    FieldKind.YES_NO: _("是或否"),
    FieldKind.NUMBER: _("数字"),
    FieldKind.WHOLE_NUMBER: _("整数"),
    FieldKind.DAY: _("日期"),
}
NUMBERS: Final = {FieldKind.NUMBER: "number", FieldKind.WHOLE_NUMBER: "integer"}
TYPES: Final = frozenset({"string", "number", "integer", "boolean"})
KNOWN: Final = frozenset(
    {
        "type",
        "title",
        "title_en",
        "enum",
        "labels_en",
        "minimum",
        "maximum",
        "maxLength",
        "format",
        "description",
        "description_en",
    }
)


def kind_of(field: Mapping[str, Any]) -> FieldKind:
    """Return the kind of a field that is in our subset."""
    if "enum" in field:
        return FieldKind.CHOICE
    match field.get("type"):
        case "boolean":
            return FieldKind.YES_NO
        case "number":
            return FieldKind.NUMBER
        case "integer":
            return FieldKind.WHOLE_NUMBER
    if field.get("format") == "date":
        return FieldKind.DAY
    return FieldKind.SHORT_TEXT if field.get("maxLength", LONG) <= SHORT else FieldKind.LONG_TEXT


def field_of(
    kind: FieldKind,
    *,
    title: str,
    title_en: str = "",
    choices: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    before: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the schema of a field; what the builder does not show stays as it was `before`."""
    kept = {name: value for name, value in (before or {}).items() if name.startswith("description")}
    field: dict[str, Any] = {"type": "string", "title": title}
    if title_en:
        field["title_en"] = title_en
    match kind:
        case FieldKind.CHOICE:
            field |= choices_from(choices)
        case FieldKind.YES_NO:
            field["type"] = "boolean"
        case FieldKind.NUMBER | FieldKind.WHOLE_NUMBER:
            bounds = {"minimum": minimum, "maximum": maximum}
            field |= {"type": NUMBERS[kind]} | {k: v for k, v in bounds.items() if v is not None}
        case FieldKind.DAY:
            field["format"] = "date"
        case FieldKind.SHORT_TEXT | FieldKind.LONG_TEXT:
            same = before is not None and "maxLength" in before and kind_of(before) is kind
            field["maxLength"] = (
                before["maxLength"] if same and before else {FieldKind.SHORT_TEXT: SHORT}.get(kind, LONG)
            )
    return field | kept


def choices_from(words: str) -> dict[str, Any]:
    """Return the choices that are written one a line, "少 | Little"."""
    lines = [line.partition("|") for line in words.splitlines() if line.strip(" |")]
    chinese = [before.strip() for before, _bar, _after in lines]
    english = [after.strip() for _before, _bar, after in lines]
    return {"enum": chinese} | ({"labels_en": english} if any(english) else {})


def choices_said(field: Mapping[str, Any]) -> str:
    """Return the choices as they are written in the builder."""
    pairs = zip_longest(field.get("enum", ()), field.get("labels_en", ()), fillvalue="")
    return "\n".join(f"{one} | {english}" if english else str(one) for one, english in pairs)


def wrong_fields(properties: Mapping[str, Any]) -> Iterator[tuple[str, Words]]:
    """Yield what no phone could show, or nobody could fill in."""
    for name, field in properties.items():
        where = f"record_form.properties.{name}"
        if field.get("type") not in TYPES:
            yield f"{where}.type", _("记录单的一项只能是文字、数字、是否、日期或几选一。")
        if unknown := sorted(set(field) - KNOWN):
            yield where, _("记录单不认识：{names}。").format(names=" ".join(unknown))
        if "enum" in field:
            yield from wrong_choices(where, field)
        if field.get("minimum", float("-inf")) > field.get("maximum", float("inf")):
            yield f"{where}.minimum", _("最小值比最大值还大，谁也填不进去。")


def wrong_choices(where: str, field: Mapping[str, Any]) -> Iterator[tuple[str, Words]]:
    choices = field["enum"]
    if len(choices) < 2:
        yield f"{where}.enum", _("几选一至少要有两个选项，一行写一个。")
    if len(set(choices)) < len(choices):
        yield f"{where}.enum", _("有两个选项一样。")
    if "labels_en" in field and len(field["labels_en"]) != len(choices):
        yield f"{where}.labels_en", _("选项的英文要和中文一一对应。")
