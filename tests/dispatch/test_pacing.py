"""What is learnt of the ways: a truth is made up, people travel by it and press as people do, and it is to be found."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anjia.dispatch.matching import cell_of, place_of
from anjia.dispatch.pacing import SETUP, Learnt, Trip, is_news, learnt, learnt_paces, trips_of
from anjia.dispatch.rules.travel import EVEN, FACTORS, LEARNING, Basis
from anjia.visits.queries import Journey
from tests.visits.make import PLACE, at

PEOPLE: Final = [uuid4() for _ in range(8)]
DAY: Final = range(8, 18)
HER: Final = uuid4()
HERE, THERE = cell_of(PLACE), cell_of((PLACE[0] + 0.027, PLACE[1]))  # 3 km


def travelled(
    number: int,
    truth: Callable[[int], float],
    *,
    seed: int = 1,
    mode: str = "ebike",
    noise: float = 0.2,
    people: Sequence[UUID] = PEOPLE,
) -> list[Trip]:
    """Return so many ways that take as much longer as the truth of the hour says, give or take."""
    rng = random.Random(seed)
    found = []
    for count in range(number):
        hour, line = rng.choice(DAY), rng.uniform(5, 30)
        found.append(
            Trip(
                staff_id=people[count % len(people)],
                mode=mode,
                hour=hour,
                address_id=uuid4(),
                grade="dynamic_qr",
                minutes=line * truth(hour) * rng.lognormvariate(0, noise) + SETUP,
                line=line,
            )
        )
    return found


def by_line(trips: Sequence[Trip]) -> Learnt | None:
    return next((one for one in learnt_paces(trips) if one.basis is Basis.LINE), None)


def factor(trips: Sequence[Trip], hour: int = 10) -> float:
    found = by_line(trips)
    return found.factors[hour] if found else FACTORS[trips[0].mode][hour]


class TestLearntPaces:
    @pytest.mark.parametrize("truth", [0.7, 1.0, 1.4, 1.9])
    @pytest.mark.parametrize("seed", range(5))
    def test_are_near_the_truth_of_many_ways(self, truth: float, seed: int) -> None:
        found = factor(travelled(400, lambda _: truth, seed=seed))
        assert found == pytest.approx(truth, rel=0.07)

    @pytest.mark.parametrize("seed", range(5))
    def test_tell_the_slow_hours_from_the_others(self, seed: int) -> None:
        found = by_line(travelled(1500, lambda hour: 1.6 if hour in {8, 17} else 1.1, seed=seed))
        assert found is not None
        assert [found.factors[hour] for hour in (8, 17)] == pytest.approx([1.6, 1.6], rel=0.1)
        assert [found.factors[hour] for hour in (10, 14)] == pytest.approx([1.1, 1.1], rel=0.1)

    def test_say_nothing_of_few_ways(self) -> None:
        assert learnt_paces(travelled(LEARNING.fewest - 1, lambda _: 2.0)) == []

    def test_of_few_ways_stay_near_the_rule(self) -> None:
        assert 1 < factor(travelled(LEARNING.fewest, lambda _: 2.0, noise=0)) < 1.5

    def test_of_an_hour_with_few_ways_is_that_of_the_day(self) -> None:
        trips = travelled(300, lambda _: 1.3)
        few = [replace(trip, hour=20, minutes=5 * trip.line + SETUP) for trip in trips[:5]]
        assert factor([*trips, *few], 20) == pytest.approx(factor([*trips, *few], 3))

    @pytest.mark.parametrize("minutes", [1.0, 110.0])
    def test_are_not_moved_by_who_forgets_to_press(self, minutes: float) -> None:
        trips = travelled(300, lambda _: 1.2)
        wrong = [replace(trip, minutes=minutes) for trip in trips[::7]]
        assert factor([*trips, *wrong]) == pytest.approx(factor(trips), rel=0.05)

    def test_are_not_moved_by_one_who_always_presses_late(self) -> None:
        """A third of all ways are hers, and by them she would be twice as fast as the others."""
        trips = travelled(300, lambda _: 1.2)
        hers = [
            replace(trip, staff_id=HER, minutes=(trip.minutes - SETUP) / 2 + SETUP) for trip in trips[::2]
        ]
        assert factor([*trips, *hers]) == pytest.approx(factor(trips), rel=0.1)

    @given(st.lists(st.floats(0, 600), min_size=20, max_size=60), st.integers(0, 9))
    def test_keep_within_bounds_whatever_is_said(self, minutes: list[float], seed: int) -> None:
        trips = travelled(len(minutes), lambda _: 1, seed=seed)
        said = [replace(trip, minutes=took) for trip, took in zip(trips, minutes, strict=True)]
        least, most = LEARNING.bounds
        for one in learnt_paces(said):
            assert all(least <= factor <= most for factor in one.factors)

    def test_begin_with_what_the_rule_says_of_the_hour(self) -> None:
        """The rule says that cars take longer at eight: who confirms it changes nothing."""
        trips = travelled(600, lambda hour: FACTORS["car"][hour], mode="car", noise=0)
        found = by_line(trips)
        assert found is not None
        assert found.factors == pytest.approx(FACTORS["car"])

    def test_are_those_of_each_way_of_travelling_and_basis(self) -> None:
        ride = [replace(trip, roads=trip.line / 2) for trip in travelled(300, lambda _: 1.2)]
        walk = travelled(300, lambda _: 0.9, mode="walk")
        found = {(one.mode, one.basis): one.factors[10] for one in learnt_paces([*ride, *walk])}
        assert found == pytest.approx(
            {("ebike", Basis.LINE): 1.2, ("ebike", Basis.ROADS): 2.4, ("walk", Basis.LINE): 0.9}, rel=0.1
        )

    def test_say_on_how_much_they_rest(self) -> None:
        found = by_line(travelled(200, lambda _: 1.2, noise=0))
        assert found is not None
        assert (found.trips, found.people, sum(found.trips_by_hour)) == (200, len(PEOPLE), 200)

    def test_are_news_only_if_they_are_otherwise(self) -> None:
        found = by_line(travelled(400, lambda _: 1.4))
        assert found is not None
        assert is_news(EVEN, found)
        assert not is_news(tuple(factor + 0.01 for factor in found.factors), found)


def journey(begins: float, *, cell: str = HERE, **says: Any) -> Journey:
    """Return a visit of half an hour that began at that hour, set out for ten minutes before."""
    sound: dict[str, Any] = {
        "visit_id": uuid4(),
        "staff_id": HER,
        "address_id": uuid4(),
        "is_alone": True,
        "departed_at": at(begins) - timedelta(minutes=10),
        "arrived_at": at(begins),
        "done_at": at(begins + 0.5),
        "grade": "dynamic_qr",
    }
    return Journey(cell=cell, **sound | says)


def trips(*made: Journey) -> list[Trip]:
    return list(trips_of(made, {HER: "ebike"}, {}))


class TestTrips:
    def test_lead_from_the_home_before(self) -> None:
        [found] = trips(journey(8), journey(9, cell=THERE))
        assert (found.minutes, found.hour, found.mode) == (10, 9, "ebike")
        assert found.line == pytest.approx(3 * 1.35 / 18 * 60, rel=0.1)
        assert found.roads is None

    def test_are_none_while_a_sample_may_be_with_her(self) -> None:
        """The way from a draw, and that from the home after it, may lead by way of the laboratory."""
        drawn = journey(8, deliver_minutes=120)
        [found] = trips(drawn, journey(9, cell=THERE), journey(9.75), journey(11, cell=THERE))
        assert found.hour == 11

    def test_know_the_roads_where_they_are_known(self) -> None:
        ends = place_of(HERE), place_of(THERE)
        [found] = trips_of(
            [journey(8), journey(9, cell=THERE)],
            {HER: "ebike"},
            {"ebike": {ends: timedelta(minutes=7)}},  # type: ignore[dict-item]  # both are places
        )
        assert found.roads == 7

    @pytest.mark.parametrize(
        "wrong",
        [
            {"departed_at": None},
            {"cell": ""},
            {"cell": HERE},
            {"grade": "stated"},
            {"grade": "photo_and_reason"},
            {"is_alone": False},
            {"departed_at": at(8.4)},  # before she was done
            {"departed_at": at(9)},
            {"departed_at": at(9) - timedelta(minutes=1)},  # 3 km in a minute
            {"arrived_at": at(11), "done_at": at(12)},  # two hours on the way
            {
                "departed_at": at(10),
                "arrived_at": at(10.2),
                "done_at": at(11),
            },  # an hour and a half in between
        ],
    )
    def test_are_none_where_it_is_not_plain(self, wrong: dict[str, Any]) -> None:
        assert trips(journey(8), journey(9, **{"cell": THERE} | wrong)) == []

    @pytest.mark.parametrize("wrong", [{"done_at": None}, {"cell": ""}, {"grade": ""}, {"is_alone": False}])
    def test_are_none_from_where_nobody_knows(self, wrong: dict[str, Any]) -> None:
        assert trips(journey(8, **wrong), journey(9, cell=THERE)) == []

    def test_are_those_of_one_day_and_person(self) -> None:
        assert trips(journey(8), journey(33, cell=THERE)) == []
        assert trips(journey(8, staff_id=uuid4()), journey(9, cell=THERE)) == []

    def test_do_not_lead_past_a_home_between(self) -> None:
        """She was at somebody's with a colleague between the two: from there nobody knows when she left."""
        between = journey(8.7, is_alone=False, done_at=at(8.8))
        assert trips(journey(8), between, journey(9, cell=THERE)) == []


STAIRS: Final = [uuid4() for _ in range(3)]
LEVEL: Final = [uuid4() for _ in range(27)]


def visited(number: int, *, stairs: float, truth: float = 1.3, grade: str = "dynamic_qr") -> list[Trip]:
    """Return ways to thirty homes, three of which are up many stairs."""
    rng = random.Random(3)
    homes = [*STAIRS, *LEVEL]
    found = []
    for count, trip in enumerate(travelled(number, lambda _: truth, noise=0.1, seed=4)):
        home = homes[count % len(homes)]
        up = stairs if home in STAIRS and grade == "dynamic_qr" else 0.0
        found.append(
            replace(
                trip,
                address_id=home,
                grade=grade,
                minutes=trip.minutes + max(0.0, up + rng.gauss(0, 1) * (up > 0)),
            )
        )
    return found


class TestDoors:
    @pytest.mark.parametrize("stairs", [6, 12])
    def test_that_take_long_are_found_and_not_taken_for_slow_streets(self, stairs: int) -> None:
        paces, doors = learnt(visited(900, stairs=stairs), {})
        found = {door.address_id: door.minutes for door in doors}
        assert [found[home] for home in STAIRS] == pytest.approx([stairs] * 3, abs=2)
        assert max(found[home] for home in LEVEL) <= 2
        assert paces[0].factors[10] == pytest.approx(1.3, rel=0.07)

    def test_that_somebody_has_spoken_of_are_not_learnt(self) -> None:
        _paces, doors = learnt(visited(900, stairs=8), {STAIRS[0]: 3})
        assert STAIRS[0] not in {door.address_id for door in doors}

    def test_need_arrivals_that_were_at_the_door(self) -> None:
        assert learnt(visited(900, stairs=8, grade="position_and_photo"), {})[1] == []

    def test_need_some_arrivals(self) -> None:
        trips = visited(900, stairs=8)
        few = [trip for trip in trips if trip.address_id == STAIRS[0]][: LEARNING.fewest_at_door - 1]
        rest = [trip for trip in trips if trip.address_id != STAIRS[0]]
        assert STAIRS[0] not in {door.address_id for door in learnt([*few, *rest], {})[1]}

    @given(st.lists(st.floats(0, 600), min_size=30, max_size=60))
    def test_keep_within_bounds_whatever_is_said(self, minutes: list[float]) -> None:
        trips = visited(len(minutes), stairs=0)
        said = [
            replace(trip, minutes=took, address_id=STAIRS[0])
            for trip, took in zip(trips, minutes, strict=True)
        ]
        assert all(0 <= door.minutes <= LEARNING.most_at_door for door in learnt(said, {})[1])
