"""When somebody is to be expected at the door: by hand, from departures and ways that are plain to reckon."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from anjia.dispatch.forecast import Expected, forecast
from anjia.dispatch.matching import cell_of, place_of
from anjia.dispatch.rules import Point, Timeline
from anjia.dispatch.rules.delivering import Laboratory, Site
from anjia.visits.queries import Errand
from tests.make import NOON

HER, HIM = uuid4(), uuid4()
HOME, FAR = cell_of((30.0, 112.0)), cell_of((30.1, 112.0))
WAY = timedelta(minutes=20)  # by the roads, from anywhere to anywhere
SETUP = timedelta(minutes=5)
SITE = Site(name="检验科", place=place_of(FAR) or (0, 0), cell=FAR, hours=((time(0), time(18)),) * 7)
LABORATORY = Laboratory((SITE,))


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def errand(
    starts: float, *, by: UUID = HER, visit_id: UUID | None = None, lasts: float = 30, **says: Any
) -> Errand:
    sound: dict[str, Any] = {"departed_at": None, "arrived_at": None, "done_at": None, "cell": HOME}
    return Errand(
        visit_id=visit_id or uuid4(),
        staff_id=by,
        starts_at=at(starts),
        ends_at=at(starts + lasts),
        **sound | says,
    )


def look(*errands: Errand, now: float = 0, laboratory: Laboratory | None = None) -> list[Expected | None]:
    """Return what is to be expected of each, where the way is twenty minutes and five to set up."""
    places = [place for cell in (HOME, FAR) if (place := place_of(cell))]
    ways: Mapping[tuple[Point, Point], timedelta] = {(one, two): WAY for one in places for two in places}
    timelines = {
        who: Timeline(
            staff_id=who, shifts=((at(-240), at(300)),), base=places[0], ways=ways, laboratory=laboratory
        )
        for who in (HER, HIM)
    }
    found = forecast(errands, timelines, now=at(now))
    return [found.get(one.visit_id) for one in errands]


def minutes(one: Expected | None) -> tuple[float, float]:
    assert one is not None
    return (one.arrives_at - NOON) / timedelta(minutes=1), (one.ends_at - NOON) / timedelta(minutes=1)


class TestForecast:
    def test_who_has_departed_is_there_after_the_way(self) -> None:
        found = look(errand(10, departed_at=at(-5)))[0]
        assert minutes(found) == (20, 50)
        assert found is not None
        assert (found.minutes_late, found.is_at_risk, found.has_departed) == (10, False, True)

    def test_who_should_be_there_by_now_comes_any_moment(self) -> None:
        assert minutes(look(errand(10, departed_at=at(-60)), now=15)[0]) == (15, 45)

    def test_who_has_time_is_nowhere_too_early(self) -> None:
        found = look(errand(120))[0]
        assert minutes(found) == (120, 150)
        assert found is not None
        assert (found.minutes_late, found.is_at_risk) == (0, False)

    def test_one_that_goes_on_longer_makes_the_next_ones_late(self) -> None:
        """Half past twelve was promised; she is still with the first at one, and has 25 minutes to go."""
        now = 60
        first, second, third = look(
            errand(-10, arrived_at=at(0), departed_at=at(-30)), errand(55), errand(100), now=now
        )
        assert minutes(first) == (0, 60)
        assert minutes(second) == (85, 115)
        assert minutes(third) == (140, 170)
        assert [one.is_at_risk for one in (first, second, third) if one] == [False, True, True]

    def test_what_is_done_frees_her_when_it_was_done(self) -> None:
        before = errand(-60, departed_at=at(-90), arrived_at=at(-62), done_at=at(-20))
        found, after = look(before, errand(30))
        assert minutes(found) == (-62, -20)
        assert minutes(after) == (30, 60)
        assert found is not None
        assert not found.is_at_risk

    def test_two_who_come_together_wait_for_the_later(self) -> None:
        both = uuid4()
        hers, his = errand(30, visit_id=both, cell=FAR), errand(30, by=HIM, visit_id=both, cell=FAR)
        late = errand(-10, by=HIM, arrived_at=at(0), departed_at=at(-20), lasts=50)  # until ten to one
        assert minutes(look(late, hers, his)[1]) == (75, 105)

    def test_of_whom_nothing_was_heard_nothing_is_known(self) -> None:
        """The first should be over; whether it ever was, nobody said. The next is not late for that."""
        silent, after = look(errand(-60), errand(40))
        assert silent is None
        assert minutes(after) == (40, 70)

    def test_nobody_is_at_risk_who_is_there(self) -> None:
        found = look(errand(-30, lasts=60, departed_at=at(-40), arrived_at=at(-5)))[0]
        assert found is not None
        assert (found.minutes_late, found.is_at_risk) == (25, False)

    def test_who_has_taken_blood_is_expected_after_the_laboratory(self) -> None:
        """Twenty minutes and five there, five to hand over, and as long on again: an hour less five."""
        drawn = errand(0, arrived_at=at(0), departed_at=at(-30), deliver_minutes=120)
        late, after = errand(95), errand(60)

        assert minutes(look(drawn, late, now=60, laboratory=LABORATORY)[1]) == (115, 145)
        assert minutes(look(drawn, late, now=60)[1]) == (95, 125)
        # There is no time for it before this one: it is brought after that.
        assert minutes(look(drawn, after, now=30, laboratory=LABORATORY)[1]) == (60, 90)

    @given(st.lists(st.tuples(st.integers(-120, 240), st.sampled_from([HER, HIM])), max_size=8))
    def test_nobody_is_in_two_homes_at_once(self, starts: list[tuple[int, UUID]]) -> None:
        errands = [errand(minute, by=who) for minute, who in starts]
        for who in (HER, HIM):
            hers = sorted(
                (
                    one
                    for one, said in zip(look(*errands), errands, strict=True)
                    if one and said.staff_id == who
                ),
                key=lambda one: one.arrives_at,
            )
            for one, two in pairwise(hers):
                assert one.ends_at + WAY + SETUP <= two.arrives_at

    @given(st.lists(st.integers(0, 240), min_size=1, max_size=6), st.integers(1, 60))
    def test_a_later_hour_makes_nothing_earlier(self, starts: list[int], more: int) -> None:
        errands = [errand(minute, lasts=120) for minute in starts]
        for one, later in zip(look(*errands), look(*errands, now=more), strict=True):
            if one and later:
                assert one.arrives_at <= later.arrives_at

    def test_order_of_what_comes_in_changes_nothing(self) -> None:
        errands = [errand(minute, by=who) for minute in (10, 50, 90) for who in (HER, HIM)]
        assert forecastable(errands) == forecastable(list(reversed(errands)))


def forecastable(errands: list[Errand]) -> dict[UUID, Expected | None]:
    return dict(zip((one.visit_id for one in errands), look(*errands), strict=True))
