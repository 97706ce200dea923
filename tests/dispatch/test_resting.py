"""Who works through noon has her break: by hand, and against a count of every minute."""

import random
from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from anjia.dispatch.insertion import GreedyInsertion
from anjia.dispatch.rules import Ask, Block, Point, Stop, Timeline, TravelRule
from anjia.kernel.calendar import local
from anjia.workforce.rules.breaks import Break
from tests.visits.make import at

HOME: Point = (39.90, 116.40)
RULE = GreedyInsertion(TravelRule(detour=1, setup=timedelta(0), least_kmh=1, unknown=timedelta(minutes=30)))
NOON_BREAK = Break(time(11), time(13, 30), 40)
MINUTE = timedelta(minutes=1)
WAY = 10  # minutes from any home to any other


def stop(hour: float, minutes: int = 30) -> Stop:
    return Stop(starts_at=at(hour), ends_at=at(hour) + MINUTE * minutes, place=HOME)


def ask(hour: float, minutes: int = 30) -> Ask:
    return Ask(starts_at=at(hour), ends_at=at(hour) + MINUTE * minutes, place=HOME)


def her(
    *stops: Stop, breaks: tuple[Break, ...] = (NOON_BREAK,), since: float = 8, until: float = 17
) -> Timeline:
    return Timeline(
        staff_id=uuid4(),
        shifts=((at(since), at(until)),),
        stops=stops,
        base=HOME,
        ways={(HOME, HOME): MINUTE * WAY},
        breaks=breaks,
    )


def block(timeline: Timeline, asked: Ask) -> Block | None:
    trouble = RULE.trouble(timeline, asked)
    return trouble.block if trouble else None


def rests(timeline: Timeline) -> list[str]:
    found = RULE.rests(timeline, since=at(0), until=at(23))
    return [f"{local(at):%H:%M}-{local(at + due.length):%H:%M}" for due, at in found if at]


class TestABreak:
    def test_is_wherever_there_is_room_for_it(self) -> None:
        assert rests(her()) == ["11:00-11:40"]
        assert rests(her(stop(11, 45))) == ["11:45-12:25"]

    def test_is_before_the_way_or_after_it_and_not_on_it(self) -> None:
        # Done at a quarter to one, there at twenty-five to two: she rests before she sets out, or not at all.
        assert rests(her(stop(10, 170), stop(13.75))) == ["12:50-13:30"]
        assert rests(her(stop(10, 165), stop(12.75 + 49 / 60, 60))) == []
        assert rests(her(stop(10, 165), stop(12.75 + 50 / 60, 60))) == ["12:45-13:25"]
        # There at half past ten, and due inside at twenty to twelve: at the door.
        assert rests(her(stop(9, 80), stop(11 + 2 / 3, 110))) == ["11:00-11:40"]

    def test_is_nothing_that_a_new_visit_may_take(self) -> None:
        full = her(stop(10, 60), stop(12 + 1 / 6, 80))  # between them seventy minutes, ten of them the way

        assert block(full, ask(11.25, 15)) is Block.NO_BREAK
        assert block(replace(full, breaks=()), ask(11.25, 15)) is None
        trouble = RULE.trouble(full, ask(11.25, 15))
        assert trouble is not None
        assert "11:00–13:30" in trouble.words
        assert "40" in trouble.words
        assert block(full, ask(14)) is None

    def test_that_is_missed_already_is_held_against_nothing_else(self) -> None:
        agreed = her(stop(11, 150))

        assert rests(agreed) == []
        assert block(agreed, ask(9)) is None
        assert block(agreed, ask(14)) is None

    def test_is_hers_where_her_shift_covers_its_window_and_not_otherwise(self) -> None:
        assert rests(her(since=11, until=13.5)) == ["11:00-11:40"]
        assert rests(her(since=11.5)) == []
        assert rests(her(until=13)) == []
        assert block(her(stop(12, 90), until=13), ask(11, 50)) is None

    def test_is_not_the_way_to_the_first_home(self) -> None:
        assert block(her(since=11), ask(11.75, 100)) is Block.NO_BREAK  # out at 11:35
        assert block(her(since=11), ask(11 + 50 / 60, 100)) is None

    def test_leaves_room_for_another(self) -> None:
        two = (NOON_BREAK, Break(time(17), time(19), 30))

        assert rests(her(breaks=two, until=20)) == ["11:00-11:40", "17:00-17:30"]
        assert block(her(breaks=two, until=20), ask(17, 95)) is Block.NO_BREAK

    def test_several_changes_together_may_spoil_it(self) -> None:
        was, then = her(stop(9)), her(stop(9), stop(11, 60), stop(12.25, 75))

        assert [one.block for one in RULE.spoiled(was, then)] == [Block.NO_BREAK]
        assert RULE.spoiled(then, was) == []
        assert RULE.spoiled(then, then) == []


def can_rest(timeline: Timeline, one: Break) -> bool:
    """Try every minute: nothing else may be then, and the way has to fit before the rest, or after it."""
    [shift] = timeline.shifts
    opens, closes = one.on(local(at(12)).date())
    begins = opens
    while begins + MINUTE * one.minutes <= closes:
        if fits(timeline, shift[0], begins, begins + MINUTE * one.minutes):
            return True
        begins += MINUTE
    return False


def fits(timeline: Timeline, on_duty: datetime, begins: datetime, ends: datetime) -> bool:
    if any(stop.starts_at < ends and begins < stop.ends_at for stop in timeline.stops):
        return False
    before = max([on_duty, *(stop.ends_at for stop in timeline.stops if stop.ends_at <= begins)])
    after = [stop.starts_at for stop in timeline.stops if stop.starts_at >= ends]
    return not after or begins - before >= MINUTE * WAY or min(after) - ends >= MINUTE * WAY


@given(st.randoms(use_true_random=False))
def test_a_count_of_every_minute_says_the_same(dice: random.Random) -> None:
    one = Break(time(11), time(13, 30), dice.choice([20, 40, 60, 100, 150]))
    timeline = her(breaks=(one,), since=dice.choice([8, 10.5, 11]))
    for _ in range(dice.randint(0, 12)):
        asked = ask(8 + dice.randrange(0, 108) / 12, dice.choice([5, 20, 30, 45, 90]))
        trouble = RULE.trouble(timeline, asked)
        if trouble and trouble.block is not Block.NO_BREAK:
            continue
        taken = Stop(starts_at=asked.starts_at, ends_at=asked.ends_at, place=HOME)
        then = replace(timeline, stops=tuple(sorted([*timeline.stops, taken], key=lambda it: it.starts_at)))
        is_spoiled = can_rest(timeline, one) and not can_rest(then, one)
        assert (trouble is not None) == is_spoiled
        timeline = then
        assert bool(rests(timeline)) == can_rest(timeline, one)
