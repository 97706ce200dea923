"""What is taken at a home reaches the laboratory in time: by hand, with ways that are plain to reckon."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from anjia.dispatch.insertion import GreedyInsertion
from anjia.dispatch.rules import Ask, Block, Point, Stop, Timeline, TravelRule
from anjia.dispatch.rules.delivering import Laboratory, Site
from anjia.kernel.calendar import local
from tests.visits.make import at

HOME: Point = (39.90, 116.40)
THERE: Point = (39.95, 116.40)
UNTIL = ((time(0), time(10, 30)),) * 7
SITE = Site(name="检验科", place=THERE, cell="x", hours=UNTIL)
LABORATORY = Laboratory((SITE,))
RULE = GreedyInsertion(TravelRule(detour=1, setup=timedelta(0), least_kmh=1, unknown=timedelta(minutes=30)))
TEN = timedelta(minutes=10)
WITHIN = st.sampled_from([0, 0, 60, 90, 120])
# From home to home ten minutes, and to the laboratory and back ten as well.
WAYS = {(HOME, HOME): TEN, (HOME, THERE): TEN, (THERE, HOME): TEN, (THERE, THERE): timedelta(0)}


def stop(hour: float, minutes: int = 30, *, within: int = 0) -> Stop:
    return Stop(
        starts_at=at(hour),
        ends_at=at(hour) + timedelta(minutes=minutes),
        place=HOME,
        deliver_minutes=within,
    )


def ask(hour: float, minutes: int = 30, *, within: int = 0) -> Ask:
    one = stop(hour, minutes, within=within)
    return Ask(
        starts_at=one.starts_at, ends_at=one.ends_at, place=one.place, deliver_minutes=one.deliver_minutes
    )


def her(*stops: Stop, laboratory: Laboratory | None = LABORATORY, until: float = 17) -> Timeline:
    return Timeline(
        staff_id=uuid4(),
        shifts=((at(7), at(until)),),
        stops=stops,
        base=HOME,
        ways=WAYS,
        laboratory=laboratory,
    )


def block(timeline: Timeline, asked: Ask) -> Block | None:
    trouble = RULE.trouble(timeline, asked)
    return trouble.block if trouble else None


def clocks(timeline: Timeline) -> list[tuple[str, tuple[int, ...]]]:
    """Return when she has handed over, and what."""
    return [(f"{local(one.done_at):%H:%M}", one.carries) for one in RULE.deliveries(timeline)]


class TestADraw:
    def test_is_possible_where_the_laboratory_is_reached_before_it_closes(self) -> None:
        # Done at ten past ten, ten minutes there, five to hand over.
        assert block(her(), ask(9 + 2 / 3, within=120)) is None
        assert block(her(), ask(9.75 + 1 / 60, within=120)) is Block.SPECIMEN_LATE

    def test_is_not_possible_where_the_way_there_takes_longer_than_it_may(self) -> None:
        assert block(her(), ask(8, within=45)) is None
        trouble = RULE.trouble(her(), ask(8, within=44))

        assert trouble is not None
        assert (trouble.block, trouble.minutes_short) == (Block.SPECIMEN_LATE, 1)
        assert "08:44" in trouble.words
        assert "44" in trouble.source
        assert "10:30" in trouble.source

    def test_is_not_possible_where_she_cannot_get_away_before_the_next_home(self) -> None:
        following = stop(8.75, 60)  # she is done at half past eight, and due there at a quarter to nine

        assert (
            block(her(following), ask(8, within=120)) is None
        )  # after that one: a quarter past ten at the latest
        assert block(her(following), ask(8, within=119)) is Block.SPECIMEN_LATE

    def test_is_not_possible_where_she_would_hand_over_after_her_shift(self) -> None:
        assert block(her(until=8.75), ask(8, within=120)) is None
        assert block(her(until=8.7), ask(8, within=120)) is Block.SPECIMEN_LATE

    def test_is_as_anything_else_where_the_house_has_no_laboratory(self) -> None:
        assert block(her(laboratory=None), ask(16, within=120)) is None
        assert clocks(her(stop(16, within=120), laboratory=None)) == []


class TestAnotherHome:
    def test_goes_between_if_what_she_carries_can_still_be_brought(self) -> None:
        drawn = stop(8, within=120)

        assert block(her(drawn), ask(8.75, 30)) is None  # done at a quarter past nine: there at half past
        assert block(her(drawn), ask(8.75, 60)) is None
        trouble = RULE.trouble(her(drawn), ask(8.75, 61))
        assert trouble is not None
        assert (trouble.block, trouble.minutes_short) == (Block.CARRIED_LATE, 1)

    def test_comes_after_the_way_there_however_long_it_is(self) -> None:
        assert block(her(stop(8, within=120)), ask(9, 240)) is None

    def test_is_not_to_blame_for_what_is_too_late_without_it(self) -> None:
        drawn = stop(10.25, within=120)  # a quarter of an hour late at the laboratory, whatever comes

        assert block(her(drawn), ask(11.25)) is None
        assert block(her(drawn), ask(11)) is Block.CARRIED_LATE  # that would make it later still

    def test_before_it_changes_nothing(self) -> None:
        assert block(her(stop(9, within=120)), ask(8)) is None


class TestTheWayThere:
    def test_serves_three_fasting_draws(self) -> None:
        draws = stop(8, 20, within=120), stop(8.5, 20, within=120), stop(9, 20, within=120)

        assert clocks(her(*draws)) == [("09:35", (0, 1, 2))]

    def test_is_gone_twice_where_once_would_be_too_late_for_the_first(self) -> None:
        draws = stop(8, within=90), stop(9, within=90)

        assert clocks(her(*draws)) == [("08:45", (0,)), ("09:45", (1,))]

    def test_is_gone_as_soon_as_it_may_be(self) -> None:
        assert clocks(her(stop(8, within=120), stop(9.5))) == [("08:45", (0,))]

    def test_costs_what_it_is_longer_than_the_way_straight_on(self) -> None:
        [between] = RULE.deliveries(her(stop(8, within=120), stop(9.5)))
        [at_the_end] = RULE.deliveries(her(stop(8, within=120)))

        assert (between.travel, at_the_end.travel) == (TEN, TEN)

    def test_says_by_how_much_it_is_late(self) -> None:
        [late] = RULE.deliveries(her(stop(10.25, within=120)))

        assert late.minutes_late == 30

    @given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from([15, 30, 60]), WITHIN), max_size=9))
    def test_is_in_time_and_keeps_every_promise_whatever_is_booked(
        self, asked: list[tuple[int, int, int]]
    ) -> None:
        """Whatever order they come in: what booking takes on reaches the laboratory, and she the next home."""
        timeline = her()
        for tens, minutes, within in asked:
            hour = 7.5 + tens / 6
            if RULE.trouble(timeline, ask(hour, minutes, within=within)) is None:
                stops = [*timeline.stops, stop(hour, minutes, within=within)]
                timeline = her(*sorted(stops, key=lambda one: one.starts_at))
        ways = RULE.deliveries(timeline)

        taken = [number for number, one in enumerate(timeline.stops) if one.deliver_minutes]
        assert sorted(one for way in ways for one in way.carries) == taken
        for way in ways:
            assert way.minutes_late == 0
            assert max(way.carries) <= way.after
            for number in way.carries:
                one = timeline.stops[number]
                assert way.done_at <= one.starts_at + timedelta(minutes=one.deliver_minutes)
            following = timeline.stops[way.after + 1 : way.after + 2]
            assert all(way.done_at + TEN <= one.starts_at for one in following)


class TestSeveralChangesTogether:
    def test_are_to_blame_together(self) -> None:
        drawn = stop(8, within=120)
        before, then = her(drawn), her(drawn, stop(8.75, 40), stop(9.6, 40))

        [trouble] = RULE.spoiled(before, then)

        assert trouble.block is Block.CARRIED_LATE
        assert RULE.spoiled(then, then) == []


class TestSeveralSites:
    """Tomorrow is what `at` says; what is taken goes to the nearest that still takes it then."""

    FAR: Point = (39.80, 116.40)

    def far(self, **says: Any) -> Site:
        return replace(SITE, name="远的", place=self.FAR, cell="y", **says)

    def test_the_nearest_takes_it(self) -> None:
        laboratory = Laboratory((self.far(), SITE))

        assert laboratory.site_for(HOME, at(8)) == SITE
        assert laboratory.site_for((39.81, 116.40), at(8)) == self.far()

    def test_one_that_is_still_open_goes_before_a_nearer_one(self) -> None:
        open_late = self.far(hours=((time(0), time(18)),) * 7)

        assert Laboratory((open_late, SITE)).site_for(HOME, at(11)) == open_late
        assert Laboratory((open_late, SITE)).site_for(HOME, at(10)) == SITE

    def test_one_that_is_closed_that_day_takes_nothing(self) -> None:
        tomorrow = local(at(8)).date()
        closed = replace(SITE, closed_on=frozenset({tomorrow}))
        not_on_that_weekday = replace(
            SITE, hours=tuple(None if one == tomorrow.weekday() else UNTIL[0] for one in range(7))
        )

        assert Laboratory((self.far(), closed)).site_for(HOME, at(8)) == self.far()
        assert Laboratory((self.far(), not_on_that_weekday)).site_for(HOME, at(8)) == self.far()
        assert Laboratory((closed,)).site_for(HOME, at(8)) is None
        assert Laboratory((closed,)).site_for(HOME, at(8, day=2)) == closed

    def test_nothing_is_drawn_on_a_day_on_which_nobody_takes_it(self) -> None:
        closed = Laboratory((replace(SITE, closed_on=frozenset({local(at(8)).date()})),))
        drawn = stop(8, within=120)

        assert block(her(laboratory=closed), ask(8, within=120)) is Block.LABORATORY_CLOSED
        assert (
            block(her(drawn, laboratory=closed), ask(9)) is None
        )  # what is so already is held against nothing
        assert clocks(her(drawn, laboratory=closed)) == []

    def test_nobody_hands_over_before_they_open(self) -> None:
        opens = Laboratory((replace(SITE, hours=((time(9), time(10, 30)),) * 7),))

        assert clocks(her(stop(8, within=120), laboratory=opens)) == [("09:05", (0,))]
        assert clocks(her(stop(8, within=120), stop(9.2), laboratory=opens)) == [("09:57", (0,))]
        assert clocks(her(stop(8, within=60), laboratory=opens)) == [("09:05", (0,))]

    def test_each_is_brought_where_it_belongs(self) -> None:
        near_the_far_one = replace(stop(9.5, within=60), place=(39.81, 116.40))
        ways = RULE.deliveries(
            her(stop(8, within=90), near_the_far_one, laboratory=Laboratory((self.far(), SITE)))
        )

        assert [(one.site.name, one.carries) for one in ways] == [("检验科", (0,)), ("远的", (1,))]
