"""A promise of another time is told alike, whoever makes it."""

from typing import Any

import pytest

from anjia.kernel.models import Event
from anjia.kernel.work import acting
from anjia.visits.arranging import Arranged
from anjia.visits.commands import assign, move_visit, rearrange
from anjia.visits.models import Visit
from tests.make import NOON
from tests.visits.make import Town, at, id_of

pytestmark = pytest.mark.usefixtures("database")


def said_of(here: Town, visit: Visit) -> dict[str, Any]:
    """Return what those who listen hear of the move."""
    moves = Event.objects.filter(name="visits.VisitMoved", content__visit_id=str(visit.id))
    content: dict[str, Any] = here.look(lambda _: moves.get().content)
    return content


class TestAnotherTime:
    def test_is_said_as_of_one_visit_where_many_are_arranged(self, here: Town) -> None:
        """Of two who come a quarter of an hour apart; the visit's own time is said, whichever part is named first."""
        heard = []
        for is_arranged in (False, True):
            first, second = here.nurse("甲"), here.nurse("乙")
            parts = [(1, id_of(first), at(10), at(10.5)), (2, id_of(second), at(10.25), at(10.75))]
            visit = here.visit(first, second, assignments=parts)
            acting(here.desk, NOON).do(
                assign, visit_id=visit.id, part=2, staff_id=id_of(second), state="accepted"
            )
            then = [(part, who, at(14), at(14.75)) for part, who, _starts, _ends in reversed(parts)]
            if is_arranged:
                puts = [
                    Arranged(visit_id=visit.id, part=part, staff_id=who, starts_at=starts, ends_at=ends)
                    for part, who, starts, ends in then
                ]
                acting(here.desk, NOON).do(rearrange, arranged=puts)
            else:
                acting(here.desk, NOON).do(
                    move_visit, visit_id=visit.id, starts_at=at(14), ends_at=at(14.75), assignments=then
                )
            said = said_of(here, visit)
            names = {str(id_of(first)): "甲", str(id_of(second)): "乙"}
            heard.append(
                (
                    said["starts_at_before"],
                    said["ends_at_before"],
                    [names[one] for one in said["taken_by_before"]],
                    [names[one] for one in said["staff_ids_after"]],
                )
            )
        one, many = heard
        assert one == many
        assert one[0] == at(10).isoformat().replace("+00:00", "Z")
