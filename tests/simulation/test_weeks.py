"""
Weeks with sickness, visits that last longer, people who have to be seen today, and a plan each evening: what is
promised to nurses and households holds. `script/proof weeks` asks the same of four weeks and thirty elders.
"""

import os
from collections.abc import Iterator
from typing import Final

import pytest
from pytest_django import DjangoDbBlocker

from tests.dispatch.plans import quickly
from tests.simulation.pilots import Lived, pilot
from tests.simulation.promises import broken, promised_at_noon, without_a_break

pytestmark = [pytest.mark.usefixtures("database"), pytest.mark.long]
DAYS, SIZE = map(int, os.environ.get("ANJIA_WEEKS", "7,14").split(","))
HAPPENS: Final = ("went home ill", "rang, and is seen today", "plans published")


@pytest.fixture(scope="module")
def lived(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Lived]:
    with django_db_blocker.unblock(), pilot("test_anjia_weeks", days=DAYS, size=SIZE, solve=quickly) as lived:
        yield lived


class TestWeeksOfTrouble:
    def test_break_no_promise(self, lived: Lived) -> None:
        found = lived.look(lambda: broken(lived.world.now))

        assert found == {promise: [] for promise in found}

    def test_leave_everybody_her_break(self, lived: Lived) -> None:
        assert lived.look(without_a_break) == []
        if DAYS >= 14:  # in a week with few elders nobody may ask for noon
            assert lived.look(promised_at_noon)

    def test_are_weeks_of_trouble(self, lived: Lived) -> None:
        did = lived.world.did
        assert all(did[name] for name in HAPPENS), did
        assert any(name.startswith("late: ") for name in did), did
