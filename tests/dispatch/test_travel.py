"""Travel times by the roads: what their server says decides what can be booked, and its silence holds nobody up."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anjia.dispatch import jobs
from anjia.dispatch.matching import place_of
from anjia.dispatch.models import TravelTime
from anjia.dispatch.queries import roads_known, roads_to_ask, silent_roads
from anjia.dispatch.rules import ROADS_AGAIN
from anjia.integrations.osrm import standin
from anjia.integrations.osrm.standin import Standin
from anjia.kernel.actors import Purpose
from anjia.kernel.work import acting
from tests.dispatch.make import hold, slots, times
from tests.make import NOON, actor
from tests.visits.make import PLACE, Town, at, town

pytestmark = pytest.mark.usefixtures("database")

NEAR = (PLACE[0] + 0.018, PLACE[1])  # 2 km north


@pytest.fixture
def osrm(settings: Any) -> Iterator[Standin]:
    """Have a server for bicycles, which is what the tests' nurses ride: their straight line is at 18 km/h."""
    with Standin(kmh=18) as standin:
        settings.ROADS = {"bicycle": standin.url}
        yield standin


@pytest.fixture
def here() -> Town:
    return town()


def ask(here: Town, now: Any = NOON) -> None:
    jobs.ask_for(here.organization_id, now)


def known(here: Town) -> list[tuple[int, int]]:
    manager = actor("identity.manage", organization_id=here.organization_id)
    return [
        (one.pairs, one.missing) for one in acting(manager, NOON).ask(roads_known, Purpose.CONTRACT, now=NOON)
    ]


def silent(here: Town) -> list[tuple[str, Any]]:
    found = acting(here.desk, NOON).ask(silent_roads, Purpose.CONTRACT)
    return [(one.profile.value, one.silent_since) for one in found]


class TestADemo:
    def test_asks_a_stand_in_and_says_so(self, here: Town, settings: Any, client: Client) -> None:
        settings.ROADS, settings.STAND_INS = {"bicycle": standin.HERE}, ["roads"]
        hold(here, here.resident(place=NEAR), here.nurse(), starts_at=at(10))
        with mock.patch.object(standin.ComesAndGoes, "is_away", return_value=False):
            ask(here)

        assert known(here)[0][0] > 0
        assert "路程是替身答的" in client.get("/console/", follow=True).content.decode()


class TestRoads:
    def test_decide_what_can_be_booked(self, here: Town, osrm: Standin) -> None:
        nurse, resident, near = here.nurse(shifts=[(8, 12)]), here.resident(), here.resident(place=NEAR)
        hold(here, near, nurse, starts_at=at(10))
        here.visit(nurse, resident=resident, starts_at=at(13, day=2), ends_at=at(13.5, day=2))
        by_the_line = times(slots(here, resident))
        osrm.kmh = 3  # the bridge is closed

        ask(here)

        assert set(times(slots(here, resident))) < set(by_the_line)

    def test_that_lead_nowhere_are_reckoned_by_the_line(self, here: Town, osrm: Standin) -> None:
        nurse, resident, near = here.nurse(shifts=[(8, 12)]), here.resident(), here.resident(place=NEAR)
        hold(here, near, nurse, starts_at=at(10))
        before = times(slots(here, resident))
        osrm.no_road_to |= {(longitude, latitude) for latitude, longitude in osrm_places(here)}

        ask(here)

        assert times(slots(here, resident)) == before

    def test_to_a_home_that_is_by_no_road_hold_up_no_other(self, here: Town, osrm: Standin) -> None:
        nurse, near, sea = (
            here.nurse(),
            here.resident(place=NEAR),
            here.resident(place=(PLACE[0] + 0.5, PLACE[1])),
        )
        here.visit(nurse, resident=near)
        before = osrm_places(here)
        here.visit(nurse, resident=sea, starts_at=at(14), ends_at=at(15))
        osrm.nowhere |= {(longitude, latitude) for latitude, longitude in osrm_places(here) - before}
        assert len(osrm.nowhere) == 1

        ask(here)

        assert known(here) == [(6, 0)]
        assert here.look(lambda _: TravelTime.objects.filter(seconds=None).count()) == 4

    def test_are_asked_for_once_and_again_when_they_are_old(self, here: Town, osrm: Standin) -> None:
        nurse, near = here.nurse(shifts=[(8, 12)]), here.resident(place=NEAR)
        here.visit(nurse, resident=near)
        ask(here)
        first = len(osrm.asked)
        ask(here)
        assert len(osrm.asked) == first > 0

        later = NOON + ROADS_AGAIN + timedelta(minutes=1)
        here.visit(
            nurse,
            resident=near,
            starts_at=later + timedelta(days=1),
            ends_at=later + timedelta(days=1, hours=1),
        )
        ask(here, later)
        assert len(osrm.asked) > first

    def test_of_another_house_are_not_seen(self, here: Town, osrm: Standin) -> None:
        nurse, near = here.nurse(shifts=[(8, 12)]), here.resident(place=NEAR)
        here.visit(nurse, resident=near)
        ask(here)

        assert rows(here)
        assert rows(town()) == 0


class TestSilence:
    @pytest.mark.parametrize("what", ["answers_html", "answers_short", "most_places"])
    def test_leaves_the_straight_line_and_says_so(self, here: Town, osrm: Standin, what: str) -> None:
        nurse, resident, near = here.nurse(shifts=[(8, 12)]), here.resident(), here.resident(place=NEAR)
        here.visit(nurse, resident=near)
        before = times(slots(here, resident))
        setattr(osrm, what, True)

        ask(here)

        assert times(slots(here, resident)) == before
        assert known(here) == [(0, 2)]

    def test_is_kept_from_its_first_time_on_and_ends_with_an_answer(self, here: Town, osrm: Standin) -> None:
        nurse, near = here.nurse(shifts=[(8, 12)]), here.resident(place=NEAR)
        here.visit(nurse, resident=near)
        ask(here)
        assert silent(here) == []

        osrm.answers_html = True
        other = here.resident(place=(NEAR[0] + 0.02, NEAR[1]))
        here.visit(nurse, resident=other, starts_at=at(11), ends_at=at(11.5))
        for minutes in (10, 20):
            ask(here, NOON + timedelta(minutes=minutes))
        assert silent(here) == [("bicycle", NOON + timedelta(minutes=10))]
        assert silent(town()) == []

        osrm.answers_html = False
        ask(here, NOON + timedelta(minutes=30))
        assert silent(here) == []

    def test_ends_by_itself(self, here: Town, osrm: Standin) -> None:
        nurse, near = here.nurse(shifts=[(8, 12)]), here.resident(place=NEAR)
        here.visit(nurse, resident=near)
        osrm.answers_html = True
        ask(here)
        osrm.answers_html = False
        ask(here)

        assert known(here) == [(2, 0)]


class TestWithoutAServer:
    def test_nothing_is_asked_and_nothing_is_said(self, here: Town) -> None:
        here.visit(here.nurse(), resident=here.resident(place=NEAR))

        jobs.ask_the_roads(NOON)

        assert known(here) == []
        assert rows(here) == 0

    def test_no_question_is_asked_that_a_house_with_one_asks(self, here: Town, settings: Any) -> None:
        here.nurse()
        resident = here.resident()
        counts = []
        for settings.ROADS in ({}, {"bicycle": "http://127.0.0.1:1"}):
            slots(here, resident)
            with CaptureQueriesContext(connection) as asked:
                slots(here, resident)
            counts.append(len(asked))

        assert counts[1] == counts[0] + 1


def rows(here: Town) -> int:
    found: int = here.look(lambda _: TravelTime.objects.count())
    return found


def osrm_places(here: Town) -> set[tuple[float, float]]:
    """Return the middles of all cells that the house asks for, as OSRM is told them."""
    found = acting(here.system, NOON).ask(roads_to_ask, Purpose.CONTRACT, now=NOON)
    places = (place_of(cell) for one in found for cell in one.all)
    return {(round(place[0], 5), round(place[1], 5)) for place in places if place}
