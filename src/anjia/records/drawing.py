"""Where things stand in the chart of a trend, in the chart's own units. The template draws them as SVG."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from anjia.records import words
from anjia.records.charts import BandView, PointView, TrendView

WIDTH: Final = 720
HEIGHT: Final = 280
LEFT, RIGHT, TOP, BOTTOM = 48, 20, 18, 34
GAP: Final = timedelta(days=3)  # days without a value are a gap, never a joined line
# Values outside are written beside their ring, the latest first, where there is room.
LABELS_APART: Final = 46


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    x: float
    y: float
    is_out: bool
    label: str  # "" for those that need none
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    name: str
    style: str  # "one" solid, "two" dotted
    lines: Sequence[str]  # points of polylines
    dots: Sequence[Dot]


@dataclass(frozen=True, slots=True, kw_only=True)
class BandBox:
    y: float
    height: float
    edges: Sequence[float]
    label: str
    label_y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    width: int
    height: int
    left: int
    right: int
    bottom: int
    inner: int  # the width between left and right
    series: Sequence[Series]
    bands: Sequence[BandBox]
    y_ticks: Sequence[Tick]
    x_ticks: Sequence[Tick]


def drawn(trend: TrendView) -> Chart | None:
    """Return the chart of the trend, or None when there is nothing to draw: then words say so."""
    if not trend.points:
        return None
    parts = parts_of(trend)
    low, high = domain([value for part in parts for _at, value in part.values], [part.band for part in parts])
    y = scale(high, low, TOP, HEIGHT - BOTTOM)
    begin, end = trend.since.timestamp(), trend.until.timestamp()
    across = scale(Decimal(begin), Decimal(end), LEFT, WIDTH - RIGHT)

    def x(at: datetime) -> float:
        return across(Decimal(min(max(at.timestamp(), begin), end)))

    return Chart(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        bottom=HEIGHT - BOTTOM,
        inner=WIDTH - RIGHT - LEFT,
        series=[series_of(part, x, y) for part in parts],
        bands=boxes_of(parts, y),
        y_ticks=[Tick(at=y(value), label=f"{value:f}") for value in ticks(low, high)],
        x_ticks=[
            Tick(at=x(at), label=words.day(at))
            for at in (trend.since, trend.since + (trend.until - trend.since) / 2, trend.until)
        ],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    name: str
    style: str
    band: BandView | None
    values: Sequence[tuple[PointView, Decimal]]

    def is_out(self, value: Decimal) -> bool:
        return self.band is not None and not self.band.band.holds(value)


def parts_of(trend: TrendView) -> list[Part]:
    if trend.bands is None:
        values = [(point, point.value) for point in trend.points if point.value is not None]
        return [Part(name=trend.name, style="one", band=trend.band, values=values)]
    high = [(point, point.systolic) for point in trend.points if point.systolic is not None]
    low = [(point, point.diastolic) for point in trend.points if point.diastolic is not None]
    return [
        Part(name=_("高压"), style="one", band=trend.bands.get("systolic"), values=high),
        Part(name=_("低压"), style="two", band=trend.bands.get("diastolic"), values=low),
    ]


def domain(values: Iterable[Decimal], bands: Iterable[BandView | None]) -> tuple[Decimal, Decimal]:
    """Return lowest and highest value to show: all values and the edges of the bands, with some air."""
    edges = [edge for band in bands if band for edge in (band.low, band.high) if edge is not None]
    shown = [*values, *edges]
    low, high = min(shown), max(shown)
    air = (high - low) * Decimal("0.12") or Decimal(1)
    return low - air, high + air


def scale(low: Decimal, high: Decimal, first: float, last: float) -> Callable[[Decimal], float]:
    """Return the function that puts `low` at `first` and `high` at `last`."""
    width = high - low or Decimal(1)
    return lambda value: round(first + float((value - low) / width) * (last - first), 1)


def series_of(part: Part, x: Callable[[datetime], float], y: Callable[[Decimal], float]) -> Series:
    runs: list[list[str]] = []
    before: datetime | None = None
    for point, value in part.values:
        if before is None or point.at - before > GAP:
            runs.append([])
        runs[-1].append(f"{x(point.at)},{y(value)}")
        before = point.at
    labelled: list[float] = []
    for point, value in reversed(part.values):
        if part.is_out(value) and (not labelled or labelled[-1] - x(point.at) >= LABELS_APART):
            labelled.append(x(point.at))
    return Series(
        name=part.name,
        style=part.style,
        lines=[" ".join(run) for run in runs if len(run) > 1],
        dots=[
            Dot(
                x=x(point.at),
                y=y(value),
                is_out=part.is_out(value),
                label=f"{value.normalize():f}" if part.is_out(value) and x(point.at) in labelled else "",
                title=point.shown,
            )
            for point, value in part.values
        ],
    )


def boxes_of(parts: Sequence[Part], y: Callable[[Decimal], float]) -> list[BandBox]:
    """Return the bands as boxes; of two, the upper one ends above the lower, so that each lies with its own line."""
    lower = parts[-1].band if len(parts) == 2 else None
    floor = y(lower.high) - 6 if lower is not None and lower.high is not None else float(HEIGHT - BOTTOM)
    return [
        box_of(part.band, part.name, y, floor if part is not parts[-1] else float(HEIGHT - BOTTOM))
        for part in parts
        if part.band
    ]


def box_of(band: BandView, name: str, y: Callable[[Decimal], float], floor: float) -> BandBox:
    """Return the band as a box on the good side: an open end reaches the edge of the chart, or `floor`."""
    top = y(band.high) if band.high is not None else float(TOP)
    foot = y(band.low) if band.low is not None else max(floor, top)
    edges = [edge for edge, is_set in ((top, band.high), (foot, band.low)) if is_set is not None]
    return BandBox(
        y=top,
        height=round(foot - top, 1),
        edges=edges,
        label=_("{name}目标 {band}").format(name=name, band=band.words),
        label_y=round(min(top + 16, HEIGHT - BOTTOM - 4), 1),
    )


def ticks(low: Decimal, high: Decimal) -> list[Decimal]:
    """Return three to six round values between low and high."""
    step = next(
        step
        for power in range(-2, 6)
        for step in (Decimal(digit).scaleb(power) for digit in (1, 2, 5))
        if (high - low) / step <= 6
    )
    first = (low / step).to_integral_value(rounding="ROUND_CEILING") * step
    values = []
    while first <= high:
        values.append(first.quantize(Decimal(1)) if first == first.to_integral_value() else first.normalize())
        first += step
    return values
