"""A house learns from its own ways how long they take: from the phones to what can be booked."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from anjia.dispatch import jobs
from anjia.dispatch.commands import keep_paces
from anjia.dispatch.models import TravelPace
from anjia.dispatch.pacing import Learnt
from anjia.dispatch.queries import trips_made
from anjia.dispatch.rules.travel import HOURS, Basis
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import acting
from anjia.residents.models import Resident
from tests.dispatch.make import hold, slots, times
from tests.make import NOON
from tests.visits.make import PLACE, Town, at, fact, picture, say, town

pytestmark = pytest.mark.usefixtures("database")

NEAR = (PLACE[0] + 0.018, PLACE[1])  # 2 km north


@pytest.fixture
def here() -> Town:
    return town()


def learnt(factor: float, *, basis: Basis = Basis.LINE, mode: str = "ebike") -> Learnt:
    return Learnt(
        mode=mode,
        basis=basis,
        factors=(factor,) * len(HOURS),
        trips=60,
        people=3,
        trips_by_hour=(0,) * 8 + (6,) * 10 + (0,) * 6,
    )


def keep(here: Town, *what: Learnt, now: datetime = NOON) -> int:
    found: int = acting(here.system, now).do(keep_paces, learnt=what)
    return found


def versions(here: Town) -> list[tuple[float, datetime, datetime | None]]:
    rows = here.look(
        lambda _: list(TravelPace.objects.order_by("from_at").values_list("factors", "from_at", "until_at"))
    )
    return [(factors[10], from_at, until_at) for factors, from_at, until_at in rows]


def go_round(here: Town, nurse: Actor, homes: Sequence[Resident], *, day: int, way: float) -> None:
    """She goes from home to home all day, two kilometres each, and each way takes her so many minutes."""
    for number, begins in enumerate((8.5, 10, 11, 12, 13, 14)):
        home, latitude = homes[number % 2], (PLACE, NEAR)[number % 2][0]
        starts_at = at(begins, day=day)
        visit = here.visit(
            nurse, resident=home, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=30)
        )
        position = {"latitude": latitude, "longitude": PLACE[1], "accuracy_m": 20}
        say(
            nurse,
            fact(visit, "departed", at=starts_at - timedelta(minutes=way)),
            fact(visit, "arrived", proof="photo", position=position, file_id=picture(visit, by=nurse)),
            fact(visit, "done", at=starts_at + timedelta(minutes=30), record={"site": "足"}),
        )


class TestVersions:
    def test_decide_what_can_be_booked(self, here: Town) -> None:
        nurse, resident, near = here.nurse(shifts=[(8, 12)]), here.resident(), here.resident(place=NEAR)
        hold(here, near, nurse, starts_at=at(10))
        before = times(slots(here, resident))

        keep(here, learnt(2.4))

        assert set(times(slots(here, resident))) < set(before)

    def test_of_another_house_change_nothing(self, here: Town) -> None:
        nurse, resident, near = here.nurse(shifts=[(8, 12)]), here.resident(), here.resident(place=NEAR)
        hold(here, near, nurse, starts_at=at(10))
        before = times(slots(here, resident))

        keep(town(), learnt(2.4))

        assert times(slots(here, resident)) == before

    def test_end_when_the_next_begins(self, here: Town) -> None:
        later = NOON + timedelta(days=1)
        assert keep(here, learnt(1.2)) == 1
        assert keep(here, learnt(1.4), now=later) == 1
        assert versions(here) == [(1.2, NOON, later), (1.4, later, None)]

    def test_are_not_made_of_next_to_nothing(self, here: Town) -> None:
        keep(here, learnt(1.2))
        assert keep(here, learnt(1.21)) == 0
        assert len(versions(here)) == 1


class TestLearning:
    def test_goes_from_the_phones_to_what_can_be_booked(self, here: Town) -> None:
        """Two kilometres should take nine minutes and five to set up; they take half an hour, day after day."""
        nurse = here.nurse()
        homes = [here.resident(), here.resident(place=NEAR)]
        for day in range(4):
            go_round(here, nurse, homes, day=day, way=29)
        after = at(20, day=3)
        assert len(acting(here.system, after).ask(trips_made, Purpose.CONTRACT, now=after)) == 20

        jobs.learn_of(here.organization_id, after)
        jobs.learn_of(here.organization_id, after + timedelta(days=1))

        [(factor, since, until)] = versions(here)
        assert 1.4 < factor < 2.5
        assert (since, until) == (after, None)

    def test_of_a_house_where_nobody_goes_out_is_nothing(self, here: Town) -> None:
        here.nurse()
        jobs.learn_the_ways(NOON)
        assert versions(here) == []
