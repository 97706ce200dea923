"""What was taken and is not at the laboratory in time becomes somebody's to deal with."""

import pytest

from anjia.exceptions.jobs import say_what_is_not_delivered
from anjia.exceptions.models import VisitException
from anjia.exceptions.rules.closing import Outcome
from anjia.kernel.actors import Actor
from anjia.visits.models import Visit
from tests.dispatch.specimens import delivered, draw, drawn, laboratory
from tests.exceptions.conftest import House
from tests.exceptions.make import all_of, heard, page
from tests.visits.make import Town, at


@pytest.fixture
def here(house: House) -> Town:
    laboratory(house.town)
    return house.town


@pytest.fixture
def nurse(here: Town) -> Actor:
    return here.nurse()


@pytest.fixture
def taken(here: Town, nurse: Actor) -> Visit:
    """Return a draw at half past eight that is done; what was taken is due at half past ten."""
    one = draw(here, nurse)
    drawn(nurse, one)
    return one


def only(here: Town) -> VisitException:
    [made] = all_of(here)
    return made


class TestASpecimen:
    def test_that_is_not_delivered_in_time_is_somebody_s_once(
        self, house: House, here: Town, taken: Visit
    ) -> None:
        say_what_is_not_delivered(at(10.5))
        assert all_of(here) == []

        for hour in (10.6, 10.7, 12):
            say_what_is_not_delivered(at(hour))

        made = only(here)
        assert (made.kind, made.origin, made.visit_id) == ("specimen_late", "clock", taken.id)
        assert (made.owner_id, made.happened_at, made.step) == (house.dispatcher.user_id, at(10.5), "find")

    def test_that_was_delivered_in_time_is_nobody_s(self, here: Town, nurse: Actor, taken: Visit) -> None:
        delivered(nurse, taken, when=9.5)
        heard(here, now=at(9.5))

        say_what_is_not_delivered(at(11))

        assert all_of(here) == []

    def test_that_was_in_time_and_is_heard_of_late_is_over(
        self, here: Town, nurse: Actor, taken: Visit
    ) -> None:
        say_what_is_not_delivered(at(10.6))

        delivered(nurse, taken, when=10, now=at(11))
        heard(here, now=at(11))

        made = only(here)
        assert (made.is_open, made.outcome, made.closed_by) == (False, Outcome.DELIVERED, None)
        say_what_is_not_delivered(at(11.1))
        assert len(all_of(here)) == 1

    def test_that_came_late_stays_open_until_a_person_has_asked_the_laboratory(
        self, here: Town, nurse: Actor, taken: Visit
    ) -> None:
        say_what_is_not_delivered(at(10.6))

        delivered(nurse, taken, when=10.8)
        heard(here, now=at(10.8))
        delivered(nurse, taken, when=10.9)
        heard(here, now=at(10.9))

        made = only(here)
        assert made.is_open
        assert [one.what for one in page(here, made.id, now=at(11)).history] == ["opened", "delivered"]

    def test_that_came_late_is_somebody_s_though_the_clock_has_not_looked(
        self, here: Town, nurse: Actor, taken: Visit
    ) -> None:
        delivered(nurse, taken, when=10.55)
        heard(here, now=at(10.55))

        assert only(here).is_open
