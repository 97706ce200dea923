"""The chart of how people get on: what is slower stands higher, and nothing stands outside of it."""

import random

import pytest
from django.template.loader import render_to_string

from anjia.desk.paces import DAY, HEIGHT, WIDTH, chart_of
from anjia.dispatch.queries import PaceKnown
from anjia.dispatch.queries.paces import Hour
from anjia.dispatch.rules.travel import HOURS, Basis
from anjia.workforce.rules import TravelMode


def known(factors: list[float], first: float = 1.0) -> PaceKnown:
    hours = [
        Hour(hour=hour, factor=factor, first=first, trips=hour)
        for hour, factor in zip(HOURS, factors, strict=True)
    ]
    return PaceKnown(mode=TravelMode.CAR, basis=Basis.LINE, hours=hours, trips=60, people=3, since=None)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_slower_stands_higher_and_all_stands_inside(seed: int) -> None:
    dice = random.Random(seed)
    chart = chart_of(known([dice.uniform(0.5, 2.5) for _ in HOURS], dice.uniform(0.5, 2.5)))
    assert [bar.hour for bar in chart.bars] == list(DAY)
    by_factor = sorted(chart.bars, key=lambda bar: bar.factor)
    assert [bar.height for bar in by_factor] == sorted(bar.height for bar in by_factor)
    for bar in chart.bars:
        assert 0 < bar.y < bar.y + bar.height < HEIGHT
        assert 0 < bar.x < bar.x + bar.width <= WIDTH
        assert 0 < bar.first_y < HEIGHT
    assert (chart.slowest, chart.fastest) == (by_factor[-1], by_factor[0])


def test_a_day_that_is_even_is_said_to_be() -> None:
    assert chart_of(known([1.2] * 24)).is_even
    assert not chart_of(known([1.2] * 8 + [1.3] * 16)).is_even


def test_a_day_that_is_even_is_a_sentence_and_any_other_a_chart() -> None:
    even, other = (chart_of(known(factors)) for factors in ([1.0] * 24, [1.0] * 8 + [1.3] * 16))
    shown = [render_to_string("desk/_paces.html", {"page": {"paces": [one]}}) for one in (even, other)]
    assert ["<svg viewBox" in html for html in shown] == [False, True]
    assert "每个钟点都一样" in shown[0]
