"""What the nurse's phone says of a value, without a signal, is what the tables say."""

import re
from decimal import Decimal
from typing import Final

import pytest

from anjia.clinical.alerts import LINES, Grade, Scale
from anjia.machine.environment import CHECKOUT

VITALS: Final = CHECKOUT / "clients" / "src" / "work" / "vitals.ts"
LINE: Final = r"code: '([\d-]+)'.*%s: \[(null|[\d.]+), (null|[\d.]+)\]"

Bounds = tuple[Decimal | None, Decimal | None]


def number(said: str) -> Decimal | None:
    return None if said == "null" else Decimal(said)


def in_table(age: int | None) -> dict[str, Bounds]:
    found: dict[str, Bounds] = {}
    for line in LINES:
        if line.grade is Grade.RED and line.scale in {None, Scale.USUAL} and line.is_for_age(age):
            low, high = found.get(line.code, (None, None))
            found[line.code] = (line.at_most or low, line.at_least or high)
    return found


@pytest.mark.parametrize(
    ("name", "age"), [("red", None), ("red", 16), ("red", 80), ("child", 15), ("child", 0)]
)
class TestRedLinesOnThePhone:
    def test_are_those_of_the_table(self, name: str, age: int | None) -> None:
        lines = re.findall(LINE % name, VITALS.read_text())

        assert {code: (number(low), number(high)) for code, low, high in lines} == in_table(age)
