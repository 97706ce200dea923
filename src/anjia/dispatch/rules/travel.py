"""How much longer a way takes than it is reckoned by itself: by way of travelling and hour. Data first, then learnt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

HOURS: Final = range(24)  # by the clock in Shanghai, of when she is to be at the door
Factors = tuple[float, ...]  # one for each hour


class Basis(StrEnum):
    """What a way is reckoned from, before the factor of the hour."""

    LINE = "line"
    ROADS = "roads"


EVEN: Final[Factors] = (1.0,) * len(HOURS)


def rush(factor: float) -> Factors:
    """Return what is slower while people drive to work and home, and as reckoned otherwise."""
    return tuple(factor if hour in {7, 8, 17, 18} else 1.0 for hour in HOURS)


# What is reckoned with until a house has enough ways of its own. Source: ours [ENG].
FACTORS: Final[Mapping[str, Factors]] = {
    "walk": EVEN,
    "bicycle": EVEN,
    "ebike": EVEN,
    "bus": rush(1.2),
    "car": rush(1.3),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How much longer her ways take than reckoned: by the straight line, and by the roads."""

    line: Factors = EVEN
    roads: Factors = EVEN

    def of(self, basis: Basis) -> Factors:
        return self.roads if basis is Basis.ROADS else self.line


USUAL: Final = Pace()


FIRST: Final[Mapping[str, Pace]] = {
    mode: Pace(line=factors, roads=factors) for mode, factors in FACTORS.items()
}


def first_pace(mode: str) -> Pace:
    """Return what is reckoned with for a way of travelling of which a house has learnt nothing."""
    return FIRST.get(mode, USUAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningRule:
    """From which ways something is learnt, and how little it takes to believe the rule more than them."""

    looks_back: timedelta
    longest_wait: timedelta  # between two homes: who stayed longer has been somewhere else
    longest: timedelta  # a way on which somebody had lunch
    least_m: float  # of the straight line: below that the middle of a cell says too little
    fastest_kmh: float  # nobody is faster: she has pressed late
    believed: tuple[float, float]  # how much more or less than reckoned a single way may take
    bounds: tuple[float, float]  # what may become of a factor
    fewest: int  # ways, before anything is learnt
    fewest_in_hour: int
    weight: float  # how many ways the rule itself counts for
    weight_in_hour: float
    most_of_one: float  # how many times as much as the middle one somebody's ways may weigh
    step: float  # how much a factor changes before there is a new version
    fewest_at_door: int  # arrivals, before anything is learnt of a door
    weight_at_door: float
    least_at_door: int  # minutes: less is nothing to speak of
    most_at_door: int


# Service rules of this installation [ENG]: no document gives them.
LEARNING: Final = LearningRule(
    looks_back=timedelta(days=56),
    longest_wait=timedelta(minutes=45),
    longest=timedelta(minutes=120),
    least_m=800,
    fastest_kmh=60,
    believed=(0.3, 4.0),
    bounds=(0.5, 2.5),
    fewest=20,
    fewest_in_hour=10,
    weight=20,
    weight_in_hour=15,
    most_of_one=2,
    step=0.03,
    fewest_at_door=4,
    weight_at_door=3,
    least_at_door=2,
    most_at_door=20,
)
