"""
Days of cities, of any size, that a seed decides: as dense in a town of 1,000 visits as in one of 20,000.

Times are minutes. Quarters of some hundred homes lie scattered over a square; a caregiver for ten visits begins and
ends at home, in one of the quarters. Fifteen of a hundred visits need two: ten together, five one after the other.
"""

import math
import random
from dataclasses import dataclass
from typing import Final

from anjia.planning.problem import (
    ALONE,
    IN_SEQUENCE,
    TOGETHER,
    Break,
    Caregiver,
    Part,
    Shift,
    Visit,
    Weights,
    Window,
)
from anjia.planning.region import Region, Spot, asked_of

PER_CAREGIVER: Final = 10  # visits
PER_QUARTER: Final = 150
SPREAD: Final = 1.6  # minutes: how far from a quarter's middle most of its homes lie
APART: Final = 6.0  # minutes from one quarter to the next, if they lay on a grid
DETOUR: Final = 1.3
ACCESS: Final = 2.0  # minutes from the street to the door
# what caregivers may do, of twenty so many
KINDS: Final = (
    *((("care",),) * 9),
    *((("care", "nursing"),) * 6),
    *((("care", "nursing", "wound"),) * 3),
    *((("care", "rehab"),) * 2),
)
NEEDS: Final = (("care", 68), ("nursing", 20), ("wound", 6), ("rehab", 6))
TWO_TOGETHER: Final = 0.10
ONE_AFTER_THE_OTHER: Final = 0.05
WEIGHTS: Final = Weights(travel=1, lateness=3, waiting=0.1, overtime=3, unassigned=400)


@dataclass(frozen=True, slots=True)
class Streets:
    """How long a way takes; nothing is held of it but where the places are."""

    spots: dict[str, Spot]

    def __call__(self, one: str, two: str) -> float:
        if one == two:
            return 0.0
        (a, b), (c, d) = self.spots[one], self.spots[two]
        return round(ACCESS + DETOUR * math.hypot(a - c, b - d), 1)


def city(visits: int, seed: int = 1) -> Region:
    dice = random.Random(seed * 1_000_003 + visits)
    quarters = quarters_of(visits, dice)
    people = [f"nurse{number:05}" for number in range(visits // PER_CAREGIVER)]
    spots = {f"at {one}": around(dice.choice(quarters), dice) for one in people}
    homes = {f"visit{number:05}": around(dice.choice(quarters), dice) for number in range(visits)}
    spots |= homes
    return Region(
        tuple(caregiver(one, KINDS[number % len(KINDS)], dice) for number, one in enumerate(people)),
        tuple(visit(name, dice) for name in sorted(homes)),
        tuple(sorted(spots)),
        asked_of(sorted(spots), {"": Streets(spots)}),
        WEIGHTS,
        spots=spots,
    )


def quarters_of(visits: int, dice: random.Random) -> list[Spot]:
    number = max(1, round(visits / PER_QUARTER))
    side = APART * math.sqrt(number)
    return [(dice.uniform(0, side), dice.uniform(0, side)) for _ in range(number)]


def around(quarter: Spot, dice: random.Random) -> Spot:
    return dice.gauss(quarter[0], SPREAD), dice.gauss(quarter[1], SPREAD)


def one_of(shares: "tuple[tuple[str, int], ...]", dice: random.Random) -> str:
    return dice.choices([name for name, _ in shares], [share for _, share in shares])[0]


def caregiver(name: str, skills: tuple[str, ...], dice: random.Random) -> Caregiver:
    opens = dice.choice((7.5, 8.0, 9.0)) * 60.0
    rest = Break(opens + 180.0, opens + 330.0, 30.0, price=60.0)
    home = f"at {name}"
    shift = Shift("day", opens, opens + 510.0, home, home, (rest,), may_run_over=False)
    return Caregiver(name, (shift,), dict.fromkeys(skills, 0))


def visit(name: str, dice: random.Random) -> Visit:
    drawn = dice.random()
    kind = (
        TOGETHER
        if drawn < TWO_TOGETHER
        else IN_SEQUENCE
        if drawn < TWO_TOGETHER + ONE_AFTER_THE_OTHER
        else ALONE
    )
    parts = [Part(one_of(NEEDS, dice), float(dice.choice((20, 25, 30, 35, 45))))]
    if kind != ALONE:
        parts.append(Part("care", parts[0].minutes if kind == TOGETHER else 15.0))
    opens = dice.randint(16, 30) * 30.0  # each half hour from 8 to 3
    gap = (parts[0].minutes, parts[0].minutes + 45.0) if kind == IN_SEQUENCE else (0.0, 0.0)
    return Visit(
        name,
        name,
        tuple(parts),
        (Window(opens, opens + dice.choice((60.0, 120.0, 180.0))),),
        kind=kind,
        gap=gap,
    )
