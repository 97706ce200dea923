"""Where the hours of a way of travelling stand in its chart, in the chart's own units. The template draws them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from anjia.dispatch.queries import PaceKnown

DAY: Final = range(6, 22)  # hours in which people go out
WIDTH, HEIGHT, LEFT, TOP, FOOT = 640, 150, 34, 14, 22
LEAST_TOP: Final = 1.6  # the highest that the scale reaches at least
STEP: Final = (WIDTH - LEFT) / len(DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    hour: int
    x: float
    y: float
    width: float
    height: float
    middle: float
    first_y: float  # what the rule alone says
    factor: float
    trips: int

    @property
    def right(self) -> float:
        return round(self.x + self.width, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceChart:
    """One way of travelling, drawn: how many minutes become of ten that are reckoned."""

    known: PaceKnown
    bars: Sequence[Bar]
    one_y: float  # where as long as reckoned lies
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    foot_y: int = HEIGHT - 6

    @property
    def fastest(self) -> Bar:
        return min(self.bars, key=lambda bar: bar.factor)

    @property
    def slowest(self) -> Bar:
        return max(self.bars, key=lambda bar: bar.factor)

    @property
    def is_even(self) -> bool:
        return self.slowest.factor == self.fastest.factor


def chart_of(known: PaceKnown) -> PaceChart:
    hours = [known.hours[hour] for hour in DAY]
    top = max(LEAST_TOP, *(max(one.factor, one.first) for one in hours))
    ground = HEIGHT - FOOT

    def y_of(factor: float) -> float:
        return round(ground - factor / top * (ground - TOP), 1)

    bars = [
        Bar(
            hour=one.hour,
            x=round(LEFT + at * STEP + 3, 1),
            y=y_of(one.factor),
            width=round(STEP - 6, 1),
            height=round(ground - y_of(one.factor), 1),
            middle=round(LEFT + (at + 0.5) * STEP, 1),
            first_y=y_of(one.first),
            factor=one.factor,
            trips=one.trips,
        )
        for at, one in enumerate(hours)
    ]
    return PaceChart(known=known, bars=bars, one_y=y_of(1.0))
