"""
The resident ID number (公民身份号码), 18 digits.

Source: GB 11643-1999 (ISO 7064 MOD 11-2), reference/clinical.md 7.4, rule ID18.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from anjia.spreadsheets.words import Unclean, _

WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS: Final = "10X98765432"
LENGTH: Final = 18
OLD_LENGTH: Final = 15

# The first two digits of GB/T 2260 codes; 81, 82, 83 are residence permits of Hong Kong, Macau and Taiwan.
PROVINCES: Final = frozenset(
    str(code)
    for codes in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
    for code in codes
) | {"71", "81", "82", "83", "91"}


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A number whose arithmetic is right. Not `is_checked`: made from 15 digits, which had no check digit."""

    number: str
    born_on: date
    sex: Literal["male", "female"]
    is_checked: bool = True


def check_digit(first17: str) -> str:
    """Return the 18th character that belongs to the first 17."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True))
    return CHECK_DIGITS[total % 11]


def check_id_number(number: str, *, today: date) -> IdNumber:
    """
    Return what the number says, if its arithmetic is right. Takes the 15 digits of old cards too.

    :raises Unclean: in words that say what is wrong with it
    """
    number = number.strip().upper()
    if len(number) == OLD_LENGTH and is_digits(number):
        first17 = f"{number[:6]}19{number[6:]}"
        return IdNumber(
            first17 + check_digit(first17),
            birth_date_in(first17, today=today),
            sex_in(first17),
            is_checked=False,
        )
    for wrong in CHECKS:
        wrong(number)
    born_on = birth_date_in(number, today=today)
    if number[17] != check_digit(number[:17]):
        raise Unclean(
            "id_number.check_digit", _("身份证号的最后一位对不上，多半是抄错了一位。请照着身份证再核对一遍。")
        )
    return IdNumber(number, born_on, sex_in(number))


def check_length(number: str) -> None:
    if "*" in number:
        raise Unclean(
            "id_number.masked", _("身份证号有几位被星号盖住了，认不出是谁。请填完整的号码，或者先留空。")
        )
    if len(number) < LENGTH:
        raise Unclean(
            "id_number.length",
            _("身份证号只有 {length} 位，应该是 18 位。请看看漏了哪一位，第 7 到 14 位是生日。"),
            length=len(number),
        )
    if len(number) > LENGTH:
        raise Unclean(
            "id_number.length",
            _("身份证号有 {length} 位，应该是 18 位。请看看多了哪一位。"),
            length=len(number),
        )


def check_characters(number: str) -> None:
    if not (is_digits(number[:17]) and (is_digits(number[17]) or number[17] == "X")):
        raise Unclean(
            "id_number.characters", _("身份证号里有不该有的字。前 17 位是数字，最后一位是数字或 X。")
        )


def check_place(number: str) -> None:
    if number[:2] not in PROVINCES:
        raise Unclean(
            "id_number.place",
            _("身份证号开头的 {place} 不是哪个省的代码。请照着身份证再核对一遍。"),
            place=number[:2],
        )


CHECKS: Final[tuple[Callable[[str], None], ...]] = (check_length, check_characters, check_place)


def birth_date_in(number: str, *, today: date) -> date:
    """:raises Unclean: if digits 7 to 14 are no day, or one that has not come yet"""
    try:
        born_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        born_on = None
    if born_on is None or born_on.year < 1800:
        raise Unclean(
            "id_number.date",
            _("身份证号第 7 到 14 位是 {digits}，没有这一天。请照着身份证再核对一遍。"),
            digits=number[6:14],
        )
    if born_on > today:
        raise Unclean(
            "id_number.future",
            _("照身份证号算，生日是 {digits}，还没有到。请照着身份证再核对一遍。"),
            digits=number[6:14],
        )
    return born_on


def sex_in(number: str) -> Literal["male", "female"]:
    return "male" if int(number[16]) % 2 else "female"


def masked(number: str) -> str:
    """Return the first three and the last four characters, the rest covered."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}" if len(number) > 7 else "*" * len(number)


def is_digits(text: str) -> bool:
    """Unlike str.isdigit(), true for 0-9 only."""
    return text.isascii() and text.isdigit()
