"""What the people of the demo town have measured at home, ninety days of it."""

import random
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from anjia.clinical.measures import MEASURES
from anjia.kernel.actors import Actor
from anjia.kernel.calendar import at, day_of
from anjia.records import commands as records
from anjia.simulation.founding import Founder, resident_id_of
from anjia.simulation.phones import MINUTES

PRESSURES: Final = (
    ("r03", 146.0),
    ("r04", 133.0),
    ("r10", 158.0),
    ("r11", 139.0),
    ("r21", 150.0),
    ("r37", 136.0),
)


@dataclass(slots=True)
class Homes:
    """Lets people measure, and a nurse enter it from the books that they keep."""

    founder: Founder
    now: datetime
    dice: random.Random

    def measure(self) -> None:
        readings = [
            reading
            for day in range(90, 0, -1)
            if day % 11 != 4  # now and then she forgets
            for reading in self.pressure(
                day, systolic=151 - (90 - day) * 0.16, diastolic=88 - (90 - day) * 0.07
            )
        ]
        readings += [
            self.reading("14771-0", 7.9 - (90 - day) * 0.012 + self.dice.uniform(-0.5, 0.5), day, time(6, 50))
            for day in range(88, 0, -4)
        ]
        nurse = self.founder.member("nurse")
        own_book = [reading | {"source": "self"} for reading in readings]  # copied from the book she keeps
        for begin in range(0, len(own_book), 400):
            self.keep(nurse, "zhang", own_book[begin : begin + 400])
        for key, systolic in PRESSURES:
            rows = [
                one for day in range(28, 0, -2) for one in self.pressure(day, systolic=systolic, diastolic=84)
            ]
            self.keep(nurse, key, rows)
        self.keep(nurse, "r10", self.at_once("8480-6", 186) + self.at_once("8462-4", 112))
        self.keep(nurse, "r37", self.at_once("8480-6", 166) + self.at_once("8462-4", 94))

    def measure_again(self) -> None:
        """Zhang has gone on measuring, the day before another day begins."""
        again = self.pressure(1, systolic=137, diastolic=82)
        self.keep(self.founder.member("nurse"), "zhang", [one | {"source": "self"} for one in again])

    def pressure(self, day: int, *, systolic: float, diastolic: float) -> list[dict[str, Any]]:
        swing = self.dice.uniform(-6, 6)
        clock = time(7, self.dice.randint(5, 50))
        return [
            self.reading("8480-6", systolic + swing, day, clock),
            self.reading("8462-4", diastolic + swing * 0.5, day, clock),
            self.reading("8867-4", 72 + self.dice.uniform(-5, 6), day, clock),
        ]

    def reading(self, code: str, value: float, days_ago: int, clock: time) -> dict[str, Any]:
        measure = MEASURES[code]
        when = at(day_of(self.now) - timedelta(days=days_ago), clock)
        return {"code": code, "value": round(value, measure.decimals), "unit": measure.unit, "at": when}

    def at_once(self, code: str, value: float) -> list[dict[str, Any]]:
        return [{"code": code, "value": value, "unit": MEASURES[code].unit, "at": self.now - 95 * MINUTES}]

    def keep(self, actor: Actor, key: str, readings: list[dict[str, Any]]) -> None:
        resident_id = resident_id_of(key)
        self.founder.do(
            actor,
            records.record_readings,
            when=self.now - MINUTES,
            resident_id=resident_id,
            readings=readings,
        )
