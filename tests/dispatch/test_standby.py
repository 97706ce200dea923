"""Who is on standby works, and her time is not for sale: a person sends her where somebody drops out."""

from typing import Any

import pytest

from anjia.dispatch.commands import assign_by_hand
from anjia.dispatch.queries import suitability
from anjia.dispatch.rules import SlotGone
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.kernel.work import acting
from anjia.visits.queries.work import caregiver_day
from anjia.workforce.commands import put_leave, put_standby, set_standby
from anjia.workforce.models import Shift
from anjia.workforce.rules import LeaveKind, NeverPlanned, ShiftInvalid, ShiftOverlaps
from tests import make
from tests.dispatch.make import booking, hold, slots, states, times, visit_of
from tests.make import NOON, deliver_events
from tests.visits.make import Town, at, id_of, town

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def here() -> Town:
    return town()


def dispatcher(here: Town) -> Actor:
    return make.actor("workforce.standby", organization_id=here.organization_id)


def shift_of(here: Town, nurse: Actor) -> Shift:
    found: Shift = here.look(lambda _: Shift.objects.get(staff_id=id_of(nurse), starts_at=at(8)))
    return found


def on_standby(here: Town, nurse: Actor) -> None:
    acting(dispatcher(here), NOON).do(set_standby, shift_id=shift_of(here, nurse).id, is_standby=True)


class TestStandby:
    def test_is_not_offered_to_who_looks_for_a_time(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        assert times(slots(here, resident))

        on_standby(here, nurse)

        found = slots(here, resident).days[0]
        assert found.slots == []
        assert "没有人当班" in (found.reason_if_empty or "")

    def test_cannot_be_held_by_who_names_her(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        on_standby(here, nurse)

        with pytest.raises(SlotGone):
            hold(here, resident, nurse)

    def test_keeps_what_was_promised_before(self, here: Town) -> None:
        nurse = here.nurse()
        visit_id = booking(here, here.resident(), nurse)

        on_standby(here, nurse)
        deliver_events(here.desk, now=NOON)

        crew = here.crew(visit_of(here, visit_id))
        assert [(one.staff_id, one.state) for one in crew] == [(id_of(nurse), "tentative")]

    def test_is_not_asked_when_somebody_is_away_and_can_be_sent_by_hand(self, here: Town) -> None:
        ill, free = here.nurse("李秋萍"), here.nurse("王芳")
        on_standby(here, free)
        visit_id = booking(here, here.resident(), ill)
        away: dict[str, Any] = {
            "staff_id": id_of(ill),
            "kind": LeaveKind.SICK,
            "starts_at": at(0),
            "ends_at": at(0, day=2),
        }

        acting(here.system, NOON).do(put_leave, **away)
        deliver_events(here.desk, now=NOON)

        assert id_of(free) not in states(here, visit_id)
        found = acting(here.desk, NOON).ask(suitability, Purpose.CONTRACT, visit_id=visit_id, now=NOON)
        assert (found[0].name, found[0].is_standby, found[0].is_suitable) == ("王芳", True, True)
        acting(here.desk, NOON).do(assign_by_hand, visit_id=visit_id, staff_id=id_of(free))
        crew = [one for one in here.crew(visit_of(here, visit_id)) if one.state == "accepted"]
        assert [one.staff_id for one in crew] == [id_of(free)]

    def test_is_what_the_nurse_sees_of_her_day(self, here: Town) -> None:
        nurse = here.nurse(shifts=((8, 12), (13, 17)))
        on_standby(here, nurse)

        day = acting(nurse, NOON).ask(caregiver_day, Purpose.CONTRACT, day=at(8).date())

        assert [(one.starts_at, one.ends_at, one.is_standby) for one in day.shift] == [
            (at(8), at(12), True),
            (at(13), at(17), False),
        ]

    def test_can_be_taken_back(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        on_standby(here, nurse)

        acting(dispatcher(here), NOON).do(set_standby, shift_id=shift_of(here, nurse).id, is_standby=False)

        assert times(slots(here, resident))

    def test_put_on_the_rota_is_no_way_round_to_an_ordinary_shift(self, here: Town) -> None:
        nurse, resident = here.nurse(shifts=()), here.resident()
        who = dispatcher(here)
        acting(who, NOON).do(put_standby, staff_id=id_of(nurse), starts_at=at(8), ends_at=at(17))
        shift_id = shift_of(here, nurse).id

        with pytest.raises(NeverPlanned, match="管排班的人"):
            acting(who, NOON).do(set_standby, shift_id=shift_id, is_standby=False)

        assert not times(slots(here, resident))
        planner = make.actor("workforce.standby", "workforce.change", organization_id=here.organization_id)
        acting(planner, NOON).do(set_standby, shift_id=shift_id, is_standby=False)
        assert times(slots(here, resident))
        on_standby(here, nurse)  # what is an ordinary shift now is lent and given back as any other
        acting(who, NOON).do(set_standby, shift_id=shift_id, is_standby=False)

    def test_of_a_day_on_which_she_is_off_is_a_shift_of_its_own(self, here: Town) -> None:
        nurse = here.nurse(shifts=())
        says: dict[str, Any] = {"staff_id": id_of(nurse), "starts_at": at(8), "ends_at": at(17)}

        acting(dispatcher(here), NOON).do(put_standby, **says)

        assert shift_of(here, nurse).is_standby
        with pytest.raises(ShiftOverlaps):
            acting(dispatcher(here), NOON).do(put_standby, **says)

    def test_is_not_for_the_past_nor_for_who_makes_no_dispatch(self, here: Town) -> None:
        nurse = here.nurse()
        shift = shift_of(here, nurse)

        with pytest.raises(ShiftInvalid):
            acting(dispatcher(here), at(18)).do(set_standby, shift_id=shift.id, is_standby=True)
        with pytest.raises(NotAllowed):
            acting(nurse, NOON).do(set_standby, shift_id=shift.id, is_standby=True)
