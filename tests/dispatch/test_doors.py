"""How long it takes from the street to a door: who has said so is believed, and every way to it is reckoned so."""

from typing import Any

import pytest

from anjia.dispatch.commands import keep_doors
from anjia.dispatch.pacing import Door
from anjia.dispatch.queries import expected_today
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound
from anjia.kernel.work import acting
from anjia.residents.commands import set_access
from anjia.residents.models import Address, Resident
from anjia.residents.queries import access_said
from anjia.residents.rules.access import AccessInvalid
from anjia.visits.models import Assignment, Visit
from tests.dispatch.make import booking, hold, slots, times
from tests.dispatch.plans import day_of
from tests.make import NOON, actor, deliver_events
from tests.visits.make import PLACE, Town, at, town

pytestmark = pytest.mark.usefixtures("database")

NEAR = (PLACE[0] + 0.018, PLACE[1])  # 2 km north


@pytest.fixture
def here() -> Town:
    return town()


def clerk(here: Town) -> Actor:
    return actor("residents.read", "residents.add_address", organization_id=here.organization_id)


def learn(here: Town, resident: Resident, minutes: int, trips: int = 9) -> None:
    door = Door(address_id=here.address(resident).id, minutes=minutes, trips=trips)
    acting(here.system, NOON).do(keep_doors, doors=[door])


def say(here: Town, resident: Resident, minutes: int | None, **says: Any) -> None:
    sound = {"resident_id": resident.id, "address_id": here.address(resident).id, "minutes": minutes}
    acting(clerk(here), NOON).do(set_access, **sound | says)
    deliver_events(here.desk, now=NOON)


def reckoned(here: Town, visit_id: Any) -> set[int]:
    def all_of(_: Actor) -> set[int]:
        rows = Assignment.objects.filter(visit_id=visit_id).values_list("access_minutes", flat=True)
        return {Visit.objects.get(id=visit_id).access_minutes, *rows}

    found: set[int] = here.look(all_of)
    return found


class TestADoor:
    def test_decides_what_can_be_booked(self, here: Town) -> None:
        nurse, resident, near = here.nurse(shifts=[(8, 12)]), here.resident(), here.resident(place=NEAR)
        hold(here, near, nurse, starts_at=at(10))
        before = times(slots(here, resident))
        say(here, resident, 25)
        assert set(times(slots(here, resident))) < set(before)

    def test_of_who_is_next_decides_it_too(self, here: Town) -> None:
        nurse, resident, near = here.nurse(shifts=[(8, 12)]), here.resident(), here.resident(place=NEAR)
        say(here, near, 25)
        hold(here, near, nurse, starts_at=at(10.5))
        found = times(slots(here, resident))
        assert at(9) in found  # over at a quarter to ten
        assert at(9.5) not in found  # over at a quarter past: nine minutes, five, and twenty-five to the door

    def test_is_what_somebody_says_whatever_arrivals_show(self, here: Town) -> None:
        resident = here.resident()
        say(here, resident, 3)
        learn(here, resident, 12)
        address: Address = here.address(resident)
        assert (address.access_minutes, address.access_learnt, address.access_trips) == (3, 12, 9)
        say(here, resident, None)
        assert here.address(resident).access_minutes == 12

    def test_is_nothing_at_first(self, here: Town) -> None:
        assert here.address(here.resident()).access_minutes == 0

    @pytest.mark.parametrize("minutes", [-1, 31])
    def test_takes_nobody_so_long(self, here: Town, minutes: int) -> None:
        with pytest.raises(AccessInvalid):
            say(here, here.resident(), minutes)

    def test_of_another_is_not_hers(self, here: Town) -> None:
        resident, other = here.resident(), here.resident()
        with pytest.raises(NotFound):
            say(here, resident, 3, address_id=here.address(other).id)


class TestWhatIsPromised:
    def test_takes_it_up_when_it_is_booked_and_when_it_changes(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident()
        say(here, resident, 4)
        visit_id = booking(here, resident, nurse)
        assert reckoned(here, visit_id) == {4}
        say(here, resident, 7)
        assert reckoned(here, visit_id) == {7}
        say(here, resident, None)
        learn(here, resident, 5)
        assert reckoned(here, visit_id) == {5}

    def test_keeps_its_time(self, here: Town) -> None:
        nurse, resident, near = here.nurse(), here.resident(), here.resident(place=NEAR)
        one = here.visit(nurse, resident=resident, starts_at=at(9), ends_at=at(9.5))
        two = here.visit(nurse, resident=near, starts_at=at(10), ends_at=at(10.5))
        say(here, near, 30)
        assert [here.now(visit).starts_at for visit in (one, two)] == [at(9), at(10)]
        assert [here.now(visit).status for visit in (one, two)] == ["booked", "booked"]

    def test_is_planned_and_expected_with_it(self, here: Town) -> None:
        nurse, resident = here.nurse(), here.resident(place=NEAR)
        say(here, resident, 20)
        visit = here.visit(nurse, resident=resident, starts_at=at(8.25), ends_at=at(9))
        [piece] = day_of(here).pieces
        assert piece.job.access_minutes == 20
        found = acting(here.desk, at(8)).ask(expected_today, Purpose.CONTRACT, now=at(8))
        # nine minutes, five to set up, and twenty to the door
        assert found[visit.id].arrives_at == at(8 + 34 / 60)


class TestAccessSaid:
    def test_is_of_those_of_whom_somebody_has(self, here: Town) -> None:
        one, two = here.resident(), here.resident()
        say(here, one, 0)
        learn(here, two, 9)
        ids = [here.address(one).id, here.address(two).id]
        assert acting(here.system, NOON).ask(access_said, Purpose.CONTRACT, address_ids=ids) == {ids[0]: 0}
