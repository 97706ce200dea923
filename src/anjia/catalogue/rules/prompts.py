"""What to say and do when a visit turns out otherwise: one text for each situation, in versions."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError, Invalid, Words

BUILT_IN: Final = Path(__file__).parents[1] / "data" / "prompts.json"
MOST_LINES: Final = 12
LONGEST: Final = 400


class PromptInvalid(Invalid):
    code = "catalogue.prompt_invalid"
    words = _("还没有存。标出来的几处改好，再存一次。")


class PromptTouched(DomainError):
    code = "catalogue.prompt_touched"
    words = _("你打开以后，别人发布了新的一版。你写的还在下面，没有存：对照着看，再发布一次。")


@cache
def built_in() -> Mapping[str, Mapping[str, Any]]:
    """Return the texts that come with Anjia, by situation: version 0 of each house's own."""
    found: dict[str, Mapping[str, Any]] = json.loads(BUILT_IN.read_text("utf-8"))
    return found


def lines_from(words: str) -> tuple[list[str], list[str]]:
    """Return the lines, in Chinese and in English, that are written one a line: "您先别动 | Stay where you are"."""
    rows = [line.partition("|") for line in words.splitlines() if line.strip(" |")]
    chinese = [before.strip() for before, _bar, _after in rows]
    english = [after.strip() for _before, _bar, after in rows]
    return chinese, english if all(english) else []


def lines_said(content: Mapping[str, Any], name: str) -> str:
    """Return the lines as they are written in the form."""
    english = content.get(f"{name}_en") or []
    pairs = [
        f"{line} | {english[number]}" if number < len(english) else line
        for number, line in enumerate(content[name])
    ]
    return "\n".join(pairs)


def check_prompt(content: Mapping[str, Any]) -> None:
    """:raises PromptInvalid: naming every field that is wrong"""
    wrong: dict[str, Words] = {}
    if not content["title"]:
        wrong["title"] = _("请写是什么情况。")
    if not content["do"]:
        wrong["do"] = _("至少写一句怎么做。")
    for name in ("say", "do"):
        lines = content[name]
        if len(lines) > MOST_LINES or any(len(line) > LONGEST for line in lines):
            wrong[name] = _("最多 12 句，一句不超过 400 个字：到了现场没有时间读。")
        if lines and f"{name}_en" not in content:
            wrong.setdefault(name, _("每一句后面用竖线写上英文。"))
    if wrong:
        raise PromptInvalid(fields=wrong)
