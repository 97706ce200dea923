"""What the nurse's phone says of a value, without a signal, is what the tables say."""

import re
from decimal import Decimal
from typing import Final

from anjia.clinical.alerts import LINES, Grade, Scale
from anjia.machine.environment import CHECKOUT

VITALS: Final = CHECKOUT / "clients" / "src" / "work" / "vitals.ts"
RED: Final = re.compile(r"code: '([\d-]+)'.*red: \[(null|[\d.]+), (null|[\d.]+)\]")

Bounds = tuple[Decimal | None, Decimal | None]


def number(said: str) -> Decimal | None:
    return None if said == "null" else Decimal(said)


class TestRedLinesOnThePhone:
    def test_are_those_of_the_table_that_hold_for_every_adult(self) -> None:
        in_table: dict[str, Bounds] = {}
        for line in LINES:
            if line.grade is Grade.RED and line.scale in {None, Scale.USUAL} and line.is_for_age(None):
                low, high = in_table.get(line.code, (None, None))
                in_table[line.code] = (line.at_most or low, line.at_least or high)

        on_phone = {code: (number(low), number(high)) for code, low, high in RED.findall(VITALS.read_text())}

        assert on_phone == in_table
