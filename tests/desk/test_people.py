from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from anjia.clinical.measures import DIASTOLIC, SYSTOLIC
from anjia.desk.people import Case, case_of

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
FASTING = "14771-0"


def reading(code: str, value: str, *, hours_ago: int) -> Any:
    return SimpleNamespace(
        code=code, value=Decimal(value), at=NOW - timedelta(hours=hours_ago), source="staff"
    )


def case(*readings: Any, consents: bool = True) -> Case:
    resident = SimpleNamespace(
        id=uuid4(),
        name="张桂芳",
        sex="female",
        lives_alone=True,
        chronic=["hypertension", "diabetes"],
        age_on=lambda day: 70,
    )
    return case_of(resident, readings=readings, own={}, consents=consents, visit=None, now=NOW)


class TestCase:
    def test_shows_the_value_that_its_reason_speaks_of(self) -> None:
        pressure = [reading(SYSTOLIC, "128", hours_ago=1), reading(DIASTOLIC, "76", hours_ago=1)]
        said = case(*pressure, reading(FASTING, "7.6", hours_ago=90))
        assert (said.words, said.latest) == ("要留意", "空腹血糖 7.6 mmol/L")
        assert said.at == NOW - timedelta(hours=90)

    def test_shows_what_crossed_a_line_before_what_is_merely_off(self) -> None:
        pressure = [reading(SYSTOLIC, "186", hours_ago=2), reading(DIASTOLIC, "112", hours_ago=2)]
        said = case(reading(FASTING, "7.6", hours_ago=1), *pressure)
        assert (said.words, said.latest) == ("现在看", "血压 186/112")
        assert said.at == NOW - timedelta(hours=2)

    def test_shows_a_pressure_where_all_is_well_and_nothing_without_consent(self) -> None:
        pressure = [reading(SYSTOLIC, "128", hours_ago=1), reading(DIASTOLIC, "76", hours_ago=1)]
        assert case(*pressure).latest == "血压 128/76"
        silent = case(*pressure, consents=False)
        assert (silent.latest, silent.at) == ("", None)
