"""How a name is cut up to be found: by its characters, its pinyin and its initials, from any beginning."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Final

LAST_CHARACTER: Final = "\U0010ffff"
LONGEST: Final = 60
# Surnames that are read otherwise than the character is elsewhere.
SURNAMES: Final[Mapping[str, str]] = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "任": "ren", "朴": "piao",
    "盖": "ge", "种": "chong", "缪": "miao", "乐": "yue", "覃": "qin", "华": "hua", "宁": "ning", "万": "wan",
    "长": "zhang", "召": "shao", "尉": "wei", "卜": "bu", "燕": "yan", "葛": "ge", "翟": "zhai",
}  # fmt: skip


@cache
def reader() -> ModuleType:
    """Load pypinyin when the first name is read: it takes half a second and 50 MB."""
    return import_module("pypinyin")


def syllables_of(name: str) -> list[str]:
    said: list[str] = [syllable.casefold() for syllable in reader().lazy_pinyin(plain(name))]
    if name[:1] in SURNAMES:
        said[0] = SURNAMES[name[:1]]
    return said


def pinyin_of(name: str) -> str:
    """Return what a list is sorted by: "zhang gui fang" for 张桂芳."""
    return " ".join(syllables_of(name))[:120]


def tokens_of(name: str, number: str = "") -> list[str]:
    """Return the words by which somebody is found; a search finds whatever begins with what was typed."""
    said, syllables = plain(name), syllables_of(name)
    words = {said[start:] for start in range(len(said))} | {"".join(syllable[0] for syllable in syllables)}
    words |= {"".join(syllables[start:]) for start in range(len(syllables))} | {plain(number)}
    return sorted({word[:LONGEST] for word in words if word})


def range_of(beginning: str) -> tuple[str, str]:
    """Return the first and the last of the tokens with this beginning, in the order of "C"."""
    first = plain(beginning)[:LONGEST]
    return first, first + LAST_CHARACTER


def plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def plain_phone(text: str) -> str:
    """Return the digits of a phone number, without +86, so that one number is one text."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", text))
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits
