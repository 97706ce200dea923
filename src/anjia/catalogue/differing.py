"""What one version says otherwise than another, line by line, in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anjia.catalogue.comparison import differences
from anjia.catalogue.rules import Evidence
from anjia.catalogue.rules.content import WORDS_OF_EVIDENCE
from anjia.catalogue.rules.drafting import WORDS_OF_PART, Part
from anjia.catalogue.rules.forms import WORDS_OF_KIND, choices_said, kind_of
from anjia.catalogue.showing import measures_of
from anjia.kernel.errors import Words

LABELS: Final[Mapping[str, Words]] = {
    "name": gettext_lazy("名称"),
    "summary": gettext_lazy("一句话介绍"),
    "preparation": gettext_lazy("请居民准备"),
    "duration_minutes": gettext_lazy("时长（分钟）"),
    "observe_minutes": gettext_lazy("留观（分钟）"),
    "deliver_minutes": gettext_lazy("采的标本几分钟内送到"),
    "price_fen": gettext_lazy("价格（分）"),
    "people_needed": gettext_lazy("人数"),
    "legal_line": gettext_lazy("法律路径"),
    "tier": gettext_lazy("风险"),
    "mode": gettext_lazy("方式"),
    "needs_order": gettext_lazy("医嘱"),
    "min_years": gettext_lazy("临床年限"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One line: where, what was there, and what comes. What is new has no `before`, what goes no `after`."""

    where: str
    before: str
    after: str


def compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return what `after` says otherwise than `before`, in the order of the page."""
    return [*plain_ones(before, after), *rows(before, after)]


def plain_ones(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name, (was, comes) in differences(before, after).items():
        yield Difference(where=str(LABELS.get(name, name)), before=was, after=comes)
    was, comes = (str(one.get("assessment", {}).get("valid_days", "")) for one in (before, after))
    if was != comes:
        yield Difference(where=_("评估有效几天"), before=was, after=comes)
    english = [name for name in {**before, **after} if name.endswith("_en")]
    for name in english:
        was, comes = str(before.get(name, "")), str(after.get(name, ""))
        if was != comes:
            label = _("{label}（英文）").format(label=LABELS.get(name.removesuffix("_en"), name))
            yield Difference(where=label, before=was, after=comes)


def rows(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for part, name, key, words in (
        (Part.STEPS, "steps", "key", step_words),
        (Part.SUPPLIES, "supplies", "code", supply_words),
        (Part.TEACHING, "teaching_points", "key", point_words),
    ):
        was = {row[key]: words(row) for row in before.get(name, ())}
        comes = {row[key]: words(row) for row in after.get(name, ())}
        yield from keyed(part, was, comes)
    yield from keyed(Part.FORM, fields(before), fields(after))


def keyed(part: Part, was: Mapping[str, str], comes: Mapping[str, str]) -> Iterator[Difference]:
    label = str(WORDS_OF_PART[part])
    order = list(comes)
    for number, key in enumerate(order, start=1):
        where = _("{part}第 {number} 项").format(part=label, number=number)
        if key not in was:
            yield Difference(where=where, before="", after=comes[key])
        elif was[key] != comes[key]:
            yield Difference(where=where, before=was[key], after=comes[key])
    for number, key in enumerate(was, start=1):
        if key not in comes:
            where = _("{part}原第 {number} 项").format(part=label, number=number)
            yield Difference(where=where, before=was[key], after="")
    kept_before = [key for key in was if key in comes]
    kept_after = [key for key in order if key in was]
    if kept_before != kept_after:
        yield Difference(
            where=_("{part}的先后").format(part=label),
            before=heads(kept_before, was),
            after=heads(kept_after, comes),
        )


def heads(keys: Sequence[str], words: Mapping[str, str]) -> str:
    return " → ".join(words[key].partition(" · ")[0] for key in keys)


def step_words(step: Mapping[str, Any]) -> str:
    measures = measures_of({"codes": step.get("codes", ())})
    said = [
        step["title"],
        _("关键") if step["critical"] else "",
        str(WORDS_OF_EVIDENCE[Evidence(step["evidence"])]),
        measures,
        _("提示：{words}").format(words=step["prompt"]) if step.get("prompt") else "",
        step.get("title_en", ""),
        step.get("prompt_en", ""),
    ]
    return " · ".join(filter(None, said))


def supply_words(row: Mapping[str, Any]) -> str:
    return " · ".join(
        filter(
            None,
            [row["name"], f"{row['quantity']} {row['unit']}", row.get("name_en", ""), row.get("unit_en", "")],
        )
    )


def point_words(row: Mapping[str, Any]) -> str:
    return " · ".join(filter(None, [row["text"], row.get("text_en", "")]))


def fields(content: Mapping[str, Any]) -> dict[str, str]:
    form = content.get("record_form", {})
    required = set(form.get("required", ()))
    return {
        name: field_words(name, field, is_required=name in required)
        for name, field in form.get("properties", {}).items()
    }


def field_words(name: str, field: Mapping[str, Any], *, is_required: bool) -> str:
    bounds = [str(field[each]) for each in ("minimum", "maximum") if each in field]
    said = [
        field.get("title", name),
        str(WORDS_OF_KIND[kind_of(field)]),
        choices_said(field).replace("\n", "、"),
        "–".join(bounds),
        _("必填") if is_required else "",
        field.get("title_en", ""),
    ]
    return " · ".join(filter(None, said))
