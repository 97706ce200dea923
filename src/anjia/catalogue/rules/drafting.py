"""
The next version of a service while it is being written: parts that are edited by themselves, and how it catches up.

A part is saved whole, and only by who has seen what is there: nobody writes over what another has just written.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from anjia.catalogue.rules.content import ServiceInvalid, digest_of, wrong_sense, wrong_shape
from anjia.kernel.errors import DomainError, Words


class Part(StrEnum):
    TEXTS = "texts"
    STEPS = "steps"
    SUPPLIES = "supplies"
    TEACHING = "teaching"
    FORM = "form"


FIELDS_OF: Final[Mapping[Part, tuple[str, ...]]] = {
    Part.TEXTS: (
        "name",
        "name_en",
        "summary",
        "summary_en",
        "preparation",
        "preparation_en",
        "duration_minutes",
        "observe_minutes",
        "deliver_minutes",
        "assessment",
    ),
    Part.STEPS: ("steps",),
    Part.SUPPLIES: ("supplies",),
    Part.TEACHING: ("teaching_points",),
    Part.FORM: ("record_form",),
}
WORDS_OF_PART: Final[Mapping[Part, Words]] = {
    Part.TEXTS: _("名称和准备"),
    Part.STEPS: _("步骤"),
    Part.SUPPLIES: _("物料"),
    Part.TEACHING: _("健康教育要点"),
    Part.FORM: _("记录单"),
}


class DraftState(StrEnum):
    OPEN = "open"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class DraftTouched(DomainError):
    code = "catalogue.draft_touched"
    words = _("你打开以后，别人改过这一段。你写的还在下面，没有存：对照现在的内容改好，再存一次。")


class DraftChanged(DomainError):
    code = "catalogue.draft_changed"
    words = _("你看过以后，有人又改了草稿，还没有发布。请对照改动再看一遍。")


class DraftClosed(DomainError):
    code = "catalogue.draft_closed"
    words = _("这份草稿已经发布、定了生效日或者不要了，不能再改。请回到服务页看现在的样子。")


class SecondPersonNeeded(DomainError):
    code = "catalogue.second_person_needed"
    words = _("你自己改过这份草稿，要由另一位有发布权限的人看过再发布。")


class NothingChanged(DomainError):
    code = "catalogue.nothing_changed"
    words = _("草稿和现用的版本一样，没有可以发布的。")


class BaseMovedOn(DomainError):
    code = "catalogue.base_moved_on"
    words = _("写这份草稿的时候，这项服务发布了新的版本。请先点“接上现用版”，看过再发布。")


class DayInvalid(ServiceInvalid):
    words = _("生效日要在今天或以后，一年以内。")


def part_of(content: Mapping[str, Any], part: Part) -> dict[str, Any]:
    """Return what the part says of the content."""
    return {name: content[name] for name in FIELDS_OF[part] if name in content}


def with_part(content: Mapping[str, Any], part: Part, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content with the part as it is said; what the part does not name is as it was."""
    kept = {name: value for name, value in content.items() if name not in FIELDS_OF[part] or name in said}
    return kept | {name: said[name] for name in FIELDS_OF[part] if name in said}


def check_part(content: Mapping[str, Any], part: Part) -> None:
    """:raises ServiceInvalid: naming every place of the part that is wrong"""
    wrong = dict(wrong_shape(content)) or dict(wrong_sense(content))
    found = {name: words for name, words in wrong.items() if name.partition(".")[0] in FIELDS_OF[part]}
    if found:
        raise ServiceInvalid(_("有几处填得不对，还没有存。改好再存一次。"), fields=found)


def seen_as(content: Mapping[str, Any], part: Part) -> str:
    """Return what tells the part as it is now from the part as it was."""
    return digest_of(part_of(content, part))


def catch_up(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Part]]:
    """
    Return the draft `mine` of `base`, after `theirs` was published meanwhile, and the parts that both have changed.

    Of those the draft's stay, for a person to look at. What no part names (price, who may do it) is as published.
    """
    content, both = dict(theirs), []
    for part in Part:
        before, now, published = (part_of(one, part) for one in (base, mine, theirs))
        if now == before:
            continue
        content = with_part(content, part, now)
        if published not in (before, now):
            both.append(part)
    return content, both


def fresh_keys(prefix: str, taken: set[str]) -> Iterator[str]:
    """Yield keys that nothing has yet."""
    number = 0
    while True:
        number += 1
        if (key := f"{prefix}_{number}") not in taken:
            yield key
