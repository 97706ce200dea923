"""How a name is cut up to be found: by its characters, its pinyin and its initials, from any beginning."""

import re
import unicodedata
from typing import Final

from pypinyin import Style, lazy_pinyin

LAST_CHARACTER: Final = "\U0010ffff"
LONGEST: Final = 60


def pinyin_of(name: str) -> str:
    """Return what a list is sorted by: "zhang guifang" for 张桂芳."""
    syllables = [syllable.casefold() for syllable in lazy_pinyin(plain(name))]
    return " ".join([syllables[0], "".join(syllables[1:])]).strip() if syllables else ""


def tokens_of(name: str, number: str = "") -> list[str]:
    """Return the words by which somebody is found; a search finds whatever begins with what was typed."""
    said = plain(name)
    syllables = lazy_pinyin(said)
    initials = "".join(lazy_pinyin(said, style=Style.FIRST_LETTER))
    words = {said[start:] for start in range(len(said))} | {initials}
    words |= {"".join(syllables[start:]) for start in range(len(syllables))}
    words |= {plain(number)}
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
