"""What dispatch names as a way out is gone, and leads out: by booking, by the page of changes, by sending somebody."""

import random
import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from anjia.dispatch.commands import move_booking
from anjia.dispatch.queries import TryPage, suitability, try_page
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import local
from anjia.kernel.work import acting
from anjia.residents.models import Resident
from anjia.visits.models import Visit
from tests.dispatch.make import TOMORROW, booking, hold, slots, times
from tests.dispatch.plans import FAR, visit
from tests.make import NOON
from tests.visits.make import PLACE, Town, at, id_of, town
from tests.workforce import make as workforce

pytestmark = pytest.mark.usefixtures("database")

OTHER_TIME = re.compile(r"改到 (\d\d):(\d\d) 开始就可以")
PLACES = [PLACE, FAR, (39.95, 116.42), (39.88, 116.36)]


def clocks(way_out: str) -> list[tuple[int, int]]:
    return [(int(hour), int(minute)) for hour, minute in OTHER_TIME.findall(way_out)]


def tried(here: Town, one: Visit, to: Actor, clock: tuple[int, int], *, part: int = 1) -> TryPage:
    return acting(here.desk, NOON).ask(
        try_page,
        Purpose.CONTRACT,
        visit_id=one.id,
        part=part,
        staff_id=id_of(to),
        clock=clock,
        now=NOON,
    )


class TestAWishThatGivesWay:
    """ "不限男女的话，有 4 个时间": so many there are, and one of them can be had."""

    @pytest.mark.parametrize(
        ("wishes", "named", "relaxed"),
        [
            ({"caregiver_sex": "male", "period": "morning"}, "不限男女", {"period": "morning"}),
            ({"caregiver_sex": "female", "period": "afternoon"}, "不限上午下午", {"caregiver_sex": "female"}),
        ],
    )
    def test_opens_as_many_times_as_are_named(
        self, wishes: dict[str, str], named: str, relaxed: dict[str, str]
    ) -> None:
        here = town()
        nurse, resident = here.nurse(sex="female", shifts=[(8, 12)]), here.resident()

        [day] = slots(here, resident, wishes=wishes).days

        assert day.slots == []
        found = re.search(rf"{named}的话，有 (\d+) 个时间", day.reason_if_empty or "")
        assert found, day.reason_if_empty
        open_then = times(slots(here, resident, wishes=relaxed))
        assert len(open_then) == int(found[1]) > 0
        assert hold(here, resident, nurse, starts_at=open_then[0], wishes=relaxed).starts_at == open_then[0]


class TestAnotherTime:
    def test_that_is_named_of_a_candidate_can_be_moved_to(self) -> None:
        here = town()
        other, busy, resident = here.nurse("先来"), here.nurse("有事"), here.resident()
        here.visit(busy, starts_at=at(10), ends_at=at(11))
        visit_id = booking(here, resident, other)
        found = acting(here.desk, NOON).ask(suitability, Purpose.CONTRACT, visit_id=visit_id, now=NOON)
        [hers] = [one for one in found if one.staff_id == id_of(busy)]
        [clock] = [clock for one in hers.reasons if not one.is_met for clock in clocks(one.way_out)]

        then = at_clock(clock)
        acting(here.desk, NOON).do(
            move_booking, visit_id=visit_id, starts_at=then, staff_ids=[id_of(busy)], why="说好了"
        )

        assert then != at(10)

    @pytest.mark.parametrize("seed", range(6))
    def test_that_is_named_of_a_change_breaks_nothing(self, seed: int) -> None:
        """Of everybody for every visit of a full day, at its time and at others."""
        dice, here = random.Random(seed), town()
        nurses = [
            here.nurse(name, base=dice.choice(PLACES), shifts=[dice.choice([(8, 17), (8, 12), (12, 20)])])
            for name in "甲乙丙丁"
        ]
        workforce.leave(of=here.desk, staff_id=id_of(nurses[3]), starts_at=at(9), ends_at=at(11))
        ones = full_day(here, dice, nurses)
        named = 0
        for one in ones:
            for nurse in nurses:
                for hour in (local(one.starts_at).hour, dice.randrange(8, 18)):
                    for broken in tried(here, one, nurse, (hour, 0)).effect.broken:
                        for clock in clocks(broken.way_out):
                            named += 1
                            then = tried(here, one, nurse, clock).effect.broken
                            assert then == [], (one, nurse, hour, broken, clock)
        assert named > 5


def full_day(here: Town, dice: random.Random, nurses: list[Actor]) -> list[Visit]:
    """
    Return visits of which no two of one caregiver overlap, some wished for in a half of the day; one for which two come
    together, and another one at the same home.
    """
    pair = visit(here, *nurses[:2], hour=16, long=0.5)
    resident = here.look(lambda _: Resident.objects.get(id=pair.resident_id))
    found = [pair, visit(here, nurses[2], hour=17, long=0.5, resident=resident)]
    for number, nurse in enumerate(nurses):
        for hour in (8.5 + number * 0.25, 11, 14.5):
            wishes: dict[str, Any] = dice.choice([{}, {"period": "morning" if hour < 12 else "afternoon"}])
            found.append(visit(here, nurse, hour=hour, place=dice.choice(PLACES), long=0.5, wishes=wishes))
    return found


def at_clock(clock: tuple[int, int]) -> datetime:
    return at(0) + timedelta(hours=clock[0], minutes=clock[1])


def test_the_day_is_the_one_that_is_looked_at() -> None:
    assert local(at_clock((10, 0))).date() == TOMORROW
