"""
How a name is cut up to be found: by its characters, its pinyin, or the initials of its pinyin.

Beginnings are looked for as ranges of COLLATE "C": under row-level security LIKE uses no index.
"""

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import import_module
from types import ModuleType
from typing import Final

LAST_CHARACTER: Final = "\U0010ffff"
LONGEST_TOKEN: Final = 60

# Surnames that are read otherwise than the character is elsewhere.
SURNAMES: Final[Mapping[str, str]] = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "任": "ren", "朴": "piao",
    "翟": "zhai", "盖": "ge", "种": "chong", "缪": "miao", "乐": "yue", "覃": "qin", "华": "hua", "宁": "ning",
    "冼": "xian", "尹": "yin", "繁": "po", "秘": "bi", "员": "yun", "折": "she", "召": "shao", "黑": "he",
    "尉": "wei", "万": "wan", "长": "zhang", "祭": "zhai", "洗": "xian", "卜": "bu", "燕": "yan", "葛": "ge",
}  # fmt: skip
TWO_CHARACTER_SURNAMES: Final[Mapping[str, tuple[str, str]]] = {
    "尉迟": ("yu", "chi"), "万俟": ("mo", "qi"), "长孙": ("zhang", "sun"), "令狐": ("ling", "hu"),
    "澹台": ("tan", "tai"), "单于": ("chan", "yu"),
}  # fmt: skip


@cache
def reader() -> ModuleType:
    """Load pypinyin when the first name is read: it takes half a second and 50 MB."""
    return import_module("pypinyin")


@lru_cache(maxsize=20_000)  # a list of thousands asks for each name several times
def syllables_of(name: str) -> tuple[str, ...]:
    """Return the pinyin of each character ("lv" for 吕), and words in Latin letters as they are."""
    said: list[str] = [part.casefold() for part in reader().lazy_pinyin(bare(name))]
    if name[:2] in TWO_CHARACTER_SURNAMES:
        said[:2] = TWO_CHARACTER_SURNAMES[name[:2]]
    elif name[:1] in SURNAMES:
        said[0] = SURNAMES[name[:1]]
    return tuple(syllable for part in said for syllable in part.split())


def pinyin_of(name: str) -> str:
    """Return what names are sorted by: "zhang gui fang"."""
    return " ".join(syllables_of(name))[:200]


def tokens_of(name: str) -> list[str]:
    """
    Return the words that a name is found by the beginnings of.

    The whole name and, for those who know only the given one, the name from each later character on.
    """
    syllables = syllables_of(name)
    letters = bare(name).casefold()
    pieces = letters.split() if " " in letters else [letters]
    found = {letters.replace(" ", ""), "".join(syllables), "".join(part[0] for part in syllables)}
    if len(pieces) == 1 and not letters.isascii():
        found |= {letters[start:] for start in range(1, len(letters))}
    else:
        found |= set(pieces)
    if len(syllables) > 1:
        found.add("".join(syllables[1:]))
    return sorted(token[:LONGEST_TOKEN] for token in found if token)


def range_of(beginning: str) -> tuple[str, str]:
    """Return the first and the last of the tokens with this beginning, in the order of "C"."""
    first = bare(beginning).casefold().replace(" ", "").replace("ü", "v")[:LONGEST_TOKEN]
    return first, first + LAST_CHARACTER


def bare(name: str) -> str:
    """Return the name without the marks between its parts."""
    return " ".join("".join(" " if mark in "'’-." else mark for mark in name if mark != "·").split())
