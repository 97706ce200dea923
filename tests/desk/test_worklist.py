"""Whom a doctor looks at first."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from anjia.clinical.measures import SYSTOLIC
from anjia.desk import console
from anjia.desk.people import Case, tells_least_first
from anjia.desk.queries import worklist
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import acting
from anjia.records.commands import set_target
from anjia.residents.models import Resident
from tests import make
from tests.make import NOON
from tests.pages import open_page
from tests.records import make as records
from tests.residents import make as residents
from tests.workforce import make as workforce

pytestmark = pytest.mark.usefixtures("database")

OXYGEN = "59408-5"


@pytest.fixture
def doctor() -> Actor:
    house = make.actor()
    return make.actor(
        "desk.worklist",
        "board.read",
        "visits.read",
        "residents.read",
        "records.read",
        "records.set_target",
        organization_id=house.organization_id,
        staff_id=workforce.staff(of=house, kind="doctor", title="主治医师").id,
    )


def patient(doctor: Actor, name: str = "张桂芳") -> Resident:
    her = residents.resident(served_by=doctor, name=name, birth_date=date(1948, 5, 1))
    residents.consent(of=her)
    return her


def measured(of: Resident, value: float, *, code: str = OXYGEN, unit: str = "%", **says: Any) -> None:
    records.record(records.reading(value, code=code, unit=unit, at=NOON - timedelta(hours=2), **says), of=of)


def aim(doctor: Actor, of: Resident, low: str, high: str, *, code: str = OXYGEN, days_ago: int = 1) -> None:
    unit = acting(doctor, NOON - timedelta(days=days_ago))
    unit.do(set_target, resident_id=of.id, code=code, low=Decimal(low), high=Decimal(high))


def cases(doctor: Actor) -> dict[str, Case]:
    found = acting(doctor, NOON).ask(worklist, Purpose.CARE, now=NOON)
    return {case.name: case for case in found.items}


class TestWorklist:
    def test_judges_oxygen_by_the_target_that_was_set_for_her(self, doctor: Actor) -> None:
        usual, copd = patient(doctor), patient(doctor, "王秀英")
        aim(doctor, copd, "88", "92")
        for one in (usual, copd):
            measured(one, 90)

        found = cases(doctor)

        assert (found["张桂芳"].tone, found["王秀英"].tone) == ("bad", "ok")

    def test_calls_for_a_look_where_too_much_is_the_danger(self, doctor: Actor) -> None:
        usual, copd = patient(doctor), patient(doctor, "王秀英")
        aim(doctor, copd, "88", "92")
        for one in (usual, copd):
            measured(one, 97)

        found = cases(doctor)

        assert (found["张桂芳"].tone, found["王秀英"].tone) == ("ok", "warn")

    def test_goes_by_the_last_target_that_holds_by_now(self, doctor: Actor) -> None:
        her = patient(doctor)
        measured(her, 150, code=SYSTOLIC, unit="mm[Hg]")
        before = cases(doctor)["张桂芳"].words
        aim(doctor, her, "100", "160", code=SYSTOLIC, days_ago=1)
        aim(doctor, her, "100", "120", code=SYSTOLIC, days_ago=2)
        aim(doctor, her, "100", "110", code=SYSTOLIC, days_ago=-1)

        assert (before, cases(doctor)["张桂芳"].words) == ("今天看", "平稳")

    def test_does_not_judge_by_the_targets_of_others(self, doctor: Actor) -> None:
        her, other = patient(doctor), patient(doctor, "王秀英")
        aim(doctor, other, "88", "92")
        measured(her, 90)

        assert cases(doctor)["张桂芳"].tone == "bad"

    def test_tells_of_two_visits_on_a_day_the_one_where_somebody_is_then_the_one_to_read(self) -> None:
        said = [SimpleNamespace(state=state) for state in ("arrived", "done", "tentative", "cancelled")]

        assert sorted(said, key=tells_least_first)[-2:] == [said[1], said[0]]

    def test_goes_on_where_there_are_more_than_one_page_holds(self, doctor: Actor) -> None:
        first, second, third = patient(doctor, "安平"), patient(doctor, "白兰"), patient(doctor, "陈英")
        measured(second, 80)
        asking = acting(doctor, NOON)

        page = asking.ask(worklist, Purpose.CARE, now=NOON, size=2)
        rest = asking.ask(worklist, Purpose.CARE, now=NOON, size=2, after=page.next)

        assert [case.id for case in page.items] == [second.id, first.id]
        assert ([case.id for case in rest.items], rest.next) == ([third.id], None)

    def test_says_that_there_are_more(self, doctor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
        patient(doctor, "安平")
        assert "越线的在前；由你定夺" in open_page(console.worklist, doctor)
        patient(doctor, "白兰")
        monkeypatch.setattr("anjia.kernel.paging.LARGEST", 1)

        page = open_page(console.worklist, doctor)

        assert "后面几页也要看" in page
        assert "下一页" in page

    def test_shows_nothing_of_who_has_not_agreed(self, doctor: Actor) -> None:
        her = residents.resident(served_by=doctor, birth_date=date(1948, 5, 1))
        measured(her, 80)

        assert [case.latest for case in cases(doctor).values()] == [""]
