from datetime import timedelta
from typing import Any

import pytest

from anjia.emergencies import queries
from anjia.emergencies.models import Case
from anjia.kernel.access import readers_of
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.work import acting
from anjia.records.commands import record_readings
from tests.emergencies.make import SOON, House, member
from tests.make import NOON
from tests.residents import make as residents

MEASURED = (("8480-6", 197, "mm[Hg]"), ("59408-5", 88, "%"), ("29463-7", 61, "kg"))


@pytest.fixture
def case(here: House) -> Case:
    readings = [
        {"code": code, "value": value, "unit": unit, "at": NOON - timedelta(hours=1), "source": "self"}
        for code, value, unit in MEASURED
    ]
    acting(system(here.id), NOON).do(record_readings, resident_id=here.resident.id, readings=readings)
    return here.press()


def look(who: Actor, *, now: Any = SOON, with_readings: bool = True) -> list[list[str]]:
    found = acting(who, now).ask(queries.open_lines, Purpose.VITAL, now=now, with_readings=with_readings)
    return [[one.value for one in shown.readings] for shown in found]


def readers(here: House) -> list[Any]:
    found = acting(here.she, SOON).ask(readers_of, Purpose.ACCESS, resident_id=here.resident.id)
    return [(one.actor_id, one.purpose, one.what) for one in found.items]


class TestReadingsOnTheBoard:
    def test_are_those_that_say_how_urgent_it_is(self, here: House, case: Case) -> None:
        [shown] = look(here.desk)

        assert sorted(shown) == ["197 mmHg", "88 %"]

    def test_say_the_upper_pressure_before_the_lower_whatever_was_sent_first(self, here: House) -> None:
        readings = [
            {"code": code, "value": value, "unit": unit, "at": NOON - timedelta(hours=1), "source": "self"}
            for code, value, unit in (
                ("59408-5", 97, "%"),
                ("8462-4", 84, "mm[Hg]"),
                ("8480-6", 142, "mm[Hg]"),
            )
        ]
        acting(system(here.id), NOON).do(record_readings, resident_id=here.resident.id, readings=readings)
        here.press()

        assert look(here.desk) == [["142 mmHg", "84 mmHg", "97 %"]]

    def test_are_noted_once_of_each_who_looks_however_often(self, here: House, case: Case) -> None:
        for seconds in range(3):
            look(here.desk, now=SOON + timedelta(seconds=seconds))
        look(here.dispatcher)

        assert sorted(readers(here)) == sorted(
            (who.user_id, "vital", "records.latest") for who in (here.desk, here.dispatcher)
        )

    def test_are_not_on_the_strip_of_every_page(self, here: House, case: Case) -> None:
        assert look(here.desk, with_readings=False) == [[]]
        assert readers(here) == []

    @pytest.mark.parametrize("role", ["manager", "administrator"])
    def test_are_not_shown_to_who_runs_the_house(self, here: House, case: Case, role: str) -> None:
        assert look(member(here.founded, role, name="院长")) == [[]]
        assert readers(here) == []

    def test_are_shown_to_nobody_else_once_somebody_has_it(self, here: House, case: Case) -> None:
        here.take(case)

        assert look(here.dispatcher) == [[]]

    def test_are_not_shown_of_who_has_withdrawn_her_consent(self, here: House, case: Case) -> None:
        residents.consent(of=here.resident, agrees=False, on=NOON + timedelta(seconds=1))

        assert look(here.desk) == [[]]
        assert readers(here) == []
