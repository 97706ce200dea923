from typing import Any
from uuid import UUID

import pytest

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.models import RecordAccess
from anjia.kernel.work import acting
from anjia.visits.commands import accept_assignment
from anjia.visits.queries import caregiver_day, get_visit_page, get_work_visit
from anjia.visits.rules.door import area_of
from tests.make import NOON, person
from tests.visits.make import OWN, Town, at, fact, say

pytestmark = pytest.mark.usefixtures("database")


class TestWhatCameOfAVisit:
    PULSE: Any = {"code": "8867-4", "value": 71, "unit": "/min"}

    def test_is_read_by_whom_she_lets_see_her_record_and_noted(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        visit = here.visit(nurse, resident=resident)
        say(
            nurse,
            fact(visit, "measured", readings=[self.PULSE]),
            fact(visit, "note", words="伤口长好了"),
            fact(visit, "done", record={"site": "右臂"}),
        )

        def look(who: Actor) -> Any:
            return acting(who, NOON).ask(get_visit_page, Purpose.ACCESS, visit_id=visit.id, now=NOON).result

        says = {"resident_id": resident.id, "organization_id": here.organization_id}
        sees_visits, sees_record = person(*OWN, **says), person(*OWN, "records.read", **says)
        assert look(sees_visits).readings == []
        assert "伤口" not in look(sees_visits).words
        assert [one["value"] for one in look(sees_record).readings] == [71]
        assert look(sees_record).words == "伤口长好了"
        noted = here.look(lambda _: list(RecordAccess.objects.filter(resident_id=resident.id)))
        assert {one.actor_id for one in noted} == {sees_record.user_id}


class TestTheDoor:
    def look(self, nurse: Actor, visit_id: UUID) -> str:
        """Return all that the nurse is shown of the visit, in each place that shows it to her."""
        unit = acting(nurse, NOON)
        day = at(10).date()
        shown = (
            unit.ask(caregiver_day, Purpose.CONTRACT, day=day).stops,
            unit.ask(get_work_visit, Purpose.CONTRACT, visit_id=visit_id, day=day),
            unit.ask(get_visit_page, Purpose.CONTRACT, visit_id=visit_id, now=NOON),
        )
        return repr(shown)

    def test_is_known_to_her_who_has_taken_it_and_not_before(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident("张桂芳")
        visit = here.visit(nurse, resident=resident, wishes={"note": "三楼没电梯"})
        address = here.address(resident).text
        secrets = [resident.name, address, "三楼没电梯", f"'{visit.visit_word}'"]
        before = self.look(nurse, visit.id)
        assert [secret for secret in secrets if secret in before] == []
        assert area_of(address) in before
        assert "伤口换药" in before

        acting(nurse, NOON).do(accept_assignment, visit_id=visit.id)

        after = self.look(nurse, visit.id)
        assert [secret for secret in secrets if secret not in after] == []

    @pytest.mark.parametrize(
        ("address", "area"),
        [
            ("和平里七区12号楼3单元201", "和平里七区"),
            ("柳荫街三号院二单元", "柳荫街"),
            ("东单三条十二号", "东单三条"),
            ("12号楼201", ""),
        ],
    )
    def test_is_not_in_the_area(self, address: str, area: str) -> None:
        assert area_of(address) == area
