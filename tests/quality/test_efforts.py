"""What caregivers did, in figures written beforehand; each opens the visits it was made of."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.quality import queries
from anjia.workforce.commands import ask_leave, grant_leave
from anjia.workforce.rules.rota import LeaveKind
from tests.make import NOON, actor
from tests.quality import make
from tests.quality.make import EVENING
from tests.visits import make as visits
from tests.visits.make import Town, at, fact, id_of, say

DAY = date(2026, 3, 3)
PERIOD: dict[str, Any] = {"first": DAY, "last": DAY, "as_of": EVENING}


@pytest.fixture
def town(database: None) -> Town:
    return visits.town()


def manager(town: Town) -> Actor:
    return actor("quality.read", "visits.read", "workforce.read", organization_id=town.organization_id)


def lines(town: Town, **changes: Any) -> dict[str, queries.StaffLine]:
    found = acting(manager(town), EVENING).ask(queries.staff_lines, Purpose.CONTRACT, **PERIOD | changes)
    return {line.name: line for line in found}


def went(town: Town, nurse: Actor, *, hour: float, way: int, service: int) -> Any:
    """Depart, arrive and be done: so many minutes on the way, so many there."""
    visit = town.visit(nurse, starts_at=at(hour), ends_at=at(hour + 0.75))
    there, over = at(hour), at(hour) + timedelta(minutes=service)
    say(
        nurse,
        fact(visit, "departed", at=there - timedelta(minutes=way)),
        fact(visit, "arrived", at=there, proof="photo", reason="在"),
        fact(visit, "done", at=over, record={"site": "右臂"}),
    )
    return visit


class TestStaffLines:
    def test_say_visits_per_day_share_on_the_way_and_length_of_service(self, town: Town) -> None:
        nurse = town.nurse("李秋萍")
        went(town, nurse, hour=9, way=10, service=30)
        went(town, nurse, hour=11, way=20, service=40)

        line = lines(town)["李秋萍"]

        assert (line.visits, line.days, line.hours) == (2, 1, Decimal("9.0"))  # on duty from 8 to 17
        assert line.visits_per_day == Decimal("2.0")
        assert line.way_share == Decimal("30.0")  # 30 of 100 minutes
        assert line.service_minutes == Decimal("35.0")

    def test_have_no_figure_where_there_is_nothing_to_work_it_out_from(self, town: Town) -> None:
        town.nurse("王敏")
        off_duty = town.nurse("陈静", shifts=())
        make.finish(off_duty, town.visit(off_duty, starts_at=at(9), ends_at=at(9.5)))

        idle, unplanned = lines(town)["王敏"], lines(town)["陈静"]

        assert (idle.visits, idle.visits_per_day, idle.way_share) == (0, Decimal("0.0"), None)
        assert (unplanned.visits, unplanned.visits_per_day, unplanned.service_minutes) == (1, None, None)

    def test_do_not_count_granted_leave_as_duty(self, town: Town) -> None:
        nurse = town.nurse("李秋萍")
        unit = acting(town.system, NOON)
        leave = unit.do(
            ask_leave,
            staff_id=id_of(nurse),
            kind=LeaveKind.ANNUAL,
            starts_at=at(12),
            ends_at=at(24),
            reason="",
        )
        assert lines(town)["李秋萍"].hours == Decimal("9.0")
        unit.do(grant_leave, leave_id=leave.id)

        assert lines(town)["李秋萍"].hours == Decimal("4.0")

    def test_count_duty_up_to_now(self, town: Town) -> None:
        town.nurse("李秋萍")
        assert lines(town, as_of=at(10))["李秋萍"].hours == Decimal("2.0")

    def test_open_the_visits_they_were_made_of(self, town: Town) -> None:
        nurse, other = town.nurse("李秋萍"), town.nurse("王敏")
        hers = {went(town, nurse, hour=hour, way=5, service=20).id for hour in (9, 11)}
        went(town, other, hour=9, way=5, service=20)

        found = acting(manager(town), EVENING).ask(
            queries.staff_visits, Purpose.CONTRACT, staff_id=id_of(nurse), **PERIOD
        )

        assert {row.outcome.visit_id for row in found.page.items if row.outcome} == hers
        assert found.line.visits == len(hers)

    def test_are_of_ones_own_house_and_for_who_may(self, town: Town) -> None:
        nurse = town.nurse("李秋萍")
        stranger = actor("quality.read", "visits.read", "workforce.read")
        assert acting(stranger, EVENING).ask(queries.staff_lines, Purpose.CONTRACT, **PERIOD) == []
        with pytest.raises(NotFound):
            acting(stranger, EVENING).ask(
                queries.staff_visits, Purpose.CONTRACT, staff_id=id_of(nurse), **PERIOD
            )
        with pytest.raises(NotAllowed):
            acting(nurse, EVENING).ask(queries.staff_lines, Purpose.CONTRACT, **PERIOD)
