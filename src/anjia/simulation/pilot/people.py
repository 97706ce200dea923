"""Who is in the pilot: its nurses, and as many elders as are asked for. Names and numbers are made up."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from typing import Any, Final

from anjia.simulation.town import Colleague, Neighbour, Relative, read_one

_DATA: Final = read_one("pilot.json")
PRAISE: Final[Sequence[str]] = _DATA["praise"]
BLAME: Final[Sequence[str]] = _DATA["blame"]
ANSWERS: Final[Sequence[Mapping[str, str]]] = _DATA["calls"]
MOST: Final = 60  # elders that four nurses can come to
# For these the law asks that somebody has looked at her at home first.
NEED_A_LOOK: Final = {"wound_dressing", "picc_care", "catheter_change"}
ON_LINE: Final = 3  # one of so many uses a telephone of her own to book and to rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What somebody is come to for, how often, and about when."""

    service: str
    repeat: Mapping[str, Any]
    chronic: Sequence[str]
    clock: str
    worsens: float = 0  # mmHg a week
    discharged: str = ""  # with what the ward sends her home

    @property
    def time(self) -> time:
        return time.fromisoformat(self.clock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Elder:
    number: int
    home: Neighbour
    course: Course
    pressure: float

    @property
    def key(self) -> str:
        return self.home.key

    @property
    def needs_a_look(self) -> bool:
        return self.course.service in NEED_A_LOOK

    @property
    def is_on_line(self) -> bool:
        return self.number % ON_LINE == 0 and not self.course.discharged

    def values(self, week: float) -> dict[str, float]:
        """Return what is measured of her so many weeks on."""
        systolic = self.pressure + self.course.worsens * week
        return {"8480-6": systolic, "8462-4": 55 + systolic / 5}


@lru_cache(maxsize=1)
def nurses() -> Sequence[Colleague]:
    return [Colleague(**{**row, "started": date.fromisoformat(row["started"])}) for row in _DATA["staff"]]


def elders(count: int, seed: int) -> list[Elder]:
    """Return so many, the same for a seed; of more, the first are those of fewer."""
    return [elder(number, random.Random(f"{seed}/elder/{number}")) for number in range(min(count, MOST))]


def elder(number: int, dice: random.Random) -> Elder:
    surnames, streets = _DATA["surnames"], _DATA["streets"]
    course = Course(**_DATA["courses"][number % len(_DATA["courses"])])
    street, sex = streets[number % len(streets)], "male" if dice.random() < 0.35 else "female"
    surname = surnames[number % len(surnames)]
    name = surname + dice.choice(_DATA["men" if sex == "male" else "women"])
    door = f"{dice.randint(1, 9)}栋{dice.randint(1, 4)}单元{dice.randint(1, 6)}0{dice.randint(1, 3)}"
    address = f"云杉市清溪区{street['street']}{100 + number}号{door}"
    child = Relative(name=f"{surname}晓", relation="daughter", phone=f"199000{41000 + number * 7}")
    home = Neighbour(
        key=f"pilot{number:02d}",
        name=name,
        sex=sex,
        born=date(dice.randint(1938, 1956), dice.randint(1, 12), dice.randint(1, 28)),
        phone=f"199000{31000 + number * 13}",
        address=address,
        note=dice.choice(_DATA["notes"]),
        latitude=street["latitude"] + dice.uniform(-0.0015, 0.0015),
        longitude=street["longitude"] + dice.uniform(-0.0015, 0.0015),
        zone=street["zone"],
        chronic=course.chronic,
        lives_alone=dice.random() < 0.3,
        family=[child],
    )
    return Elder(number=number, home=home, course=course, pressure=dice.uniform(128, 152))
