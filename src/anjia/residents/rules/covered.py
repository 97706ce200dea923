"""Numbers that stand covered in a form: what comes back still covered means the number that is kept."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final, Protocol

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import Invalid
from anjia.residents.rules.people import RelativeRow, masked_phone

COVERED: Final = "****"


class Relative(Protocol):
    """One who is kept."""

    @property
    def name(self) -> str: ...
    @property
    def phone(self) -> str: ...


class CoveredAlike(Invalid):
    code = "residents.covered_alike"
    words = _("有几个号码遮住以后看起来一样，分不清要留哪个。请先点“看全号码”，再改。")


def uncovered(lines: Sequence[str], kept: Sequence[str]) -> list[str]:
    """
    Return the lines with the kept numbers instead of the covered ones; the first of two alike for the first.

    :raises CoveredAlike: if two look alike, and not both are there
    """
    numbers: dict[str, list[str]] = {}
    for number in kept:
        numbers.setdefault(masked_phone(number), []).append(number)
    if not numbers:
        return list(lines)
    longest_first = sorted(map(re.escape, numbers), key=len, reverse=True)
    covered = re.compile(rf"(?<![\d*])(?:{'|'.join(longest_first)})(?!\d)")
    said = Counter(hit for line in lines for hit in covered.findall(line))
    if any(len(numbers[one]) > 1 and len(numbers[one]) != times for one, times in said.items()):
        raise CoveredAlike
    return [covered.sub(lambda hit: _next(numbers[hit[0]]), line) for line in lines]


def relatives_uncovered(said: Sequence[RelativeRow], kept: Iterable[Relative]) -> list[RelativeRow]:
    """
    Return the relatives with the kept numbers instead of the covered ones: her own, where one of that name is kept.

    :raises CoveredAlike: if it cannot be told which of two is meant
    """
    known = list(kept)
    return [replace(one, phone=_phone_of(one, known)) for one in said]


def _phone_of(said: RelativeRow, kept: Iterable[Relative]) -> str:
    if COVERED not in said.phone:
        return said.phone
    alike = [one for one in kept if one.phone and masked_phone(one.phone) == said.phone.strip()]
    numbers = {one.phone for one in alike if one.name == said.name} or {one.phone for one in alike}
    if len(numbers) > 1:
        raise CoveredAlike
    return numbers.pop() if numbers else said.phone


def _next(numbers: list[str]) -> str:
    return numbers.pop(0) if len(numbers) > 1 else numbers[0]
