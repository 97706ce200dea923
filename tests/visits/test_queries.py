from typing import Any

import pytest

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.models import RecordAccess
from anjia.kernel.work import acting
from anjia.visits.queries import get_visit_page
from tests.make import NOON, person
from tests.visits.make import OWN, Town, fact, say, town

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def here() -> Town:
    return town()


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
