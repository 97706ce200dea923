"""Promises: made, held, moved, taken back."""

from datetime import timedelta
from typing import Any

import pytest

from anjia.catalogue.models import ServiceVersion
from anjia.kernel.actors import Actor
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.models import AuditEntry, Event
from anjia.kernel.work import acting
from anjia.residents.models import Address
from anjia.visits.commands import (
    cancel_visit,
    confirm_visit,
    hold_visit,
    move_visit,
    promise_visit,
    release_visit,
)
from anjia.visits.models import Visit, VisitChange
from anjia.visits.rules.lifecycle import (
    CaregiverBusy,
    HoldExpired,
    IllegalMove,
    SameCaregiverTwice,
    Status,
    TooLateToChange,
    WrongCrew,
)
from tests.make import NOON
from tests.visits.make import Town, at

pytestmark = pytest.mark.usefixtures("database")


def planned(*nurses: Actor, start: float, end: float) -> list[Any]:
    return [(part, nurse.staff_id, at(start), at(end)) for part, nurse in enumerate(nurses, start=1)]


class TestPromiseVisit:
    def test_gives_each_part_a_caregiver_and_both_sides_a_word(self, here: Town) -> None:
        crew = [here.nurse("甲"), here.nurse("乙")]

        visit = here.visit(*crew)

        assert visit.status == Status.BOOKED
        assert len(visit.visit_word) == 4
        assert visit.visit_word.isdigit()
        assert [(one.part, one.staff_id, one.state) for one in here.crew(visit)] == [
            (1, crew[0].staff_id, "tentative"),
            (2, crew[1].staff_id, "tentative"),
        ]

    def test_says_who_did_it_and_that_it_has_happened(self, here: Town) -> None:
        visit = here.visit(here.nurse())

        entry = here.look(lambda _: AuditEntry.objects.get(subject_id=visit.id))
        assert (entry.action, entry.actor_id) == ("visits.visit.promised", here.desk.user_id)
        event = here.look(
            lambda _: Event.objects.get(organization_id=here.organization_id, name="visits.VisitPromised")
        )
        assert event.content["visit_id"] == str(visit.id)
        changes = here.look(lambda _: list(VisitChange.objects.filter(visit=visit)))
        assert [(one.what, one.status) for one in changes] == [("promised", "booked")]

    def test_keeps_the_service_as_it_was_that_day(self, here: Town) -> None:
        visit = here.visit(here.nurse())
        assert (visit.service_code, visit.service_name, visit.service_name_en) == (
            "wound",
            "伤口换药",
            "Wound dressing",
        )
        assert visit.price_fen == 12000

    def test_refuses_who_may_not_book(self, here: Town) -> None:
        nurse = here.nurse()
        with pytest.raises(NotAllowed):
            acting(nurse, NOON).do(promise_visit, **here.plan(nurse))

    def test_does_not_say_that_another_persons_home_exists(self, here: Town) -> None:
        mine, other, nurse = here.resident(), here.resident("王秀英"), here.nurse()
        with pytest.raises(NotFound):
            acting(here.person(mine), NOON).do(promise_visit, **here.plan(nurse, resident=other))

    def test_refuses_a_strangers_address(self, here: Town) -> None:
        mine, other, nurse = here.resident(), here.resident("王秀英"), here.nurse()
        plan = here.plan(nurse, resident=mine, address_id=here.address(other).id)
        with pytest.raises(NotFound):
            acting(here.desk, NOON).do(promise_visit, **plan)

    def test_refuses_too_few_and_one_twice(self, here: Town) -> None:
        nurse = here.nurse()
        with pytest.raises(WrongCrew):
            here.visit(nurse, service_version_id=here.pair_version_id)
        with pytest.raises(SameCaregiverTwice):
            here.visit(nurse, nurse)

    def test_refuses_to_promise_one_caregiver_twice_for_one_time(self, here: Town) -> None:
        nurse = here.nurse()
        here.visit(nurse)
        with pytest.raises(CaregiverBusy):
            here.visit(nurse, starts_at=at(10.5), ends_at=at(11))
        assert here.look(lambda _: Visit.objects.count()) == 1

    def test_lets_a_visit_begin_when_the_last_one_ends(self, here: Town) -> None:
        nurse = here.nurse()
        first = here.visit(nurse)
        here.visit(nurse, starts_at=first.ends_at, ends_at=first.ends_at + timedelta(hours=1))

    def test_knows_no_midnight(self, here: Town) -> None:
        nurse = here.nurse()
        here.visit(nurse, starts_at=at(23.5), ends_at=at(24.5))
        with pytest.raises(CaregiverBusy):
            here.visit(nurse, starts_at=at(0, day=2), ends_at=at(1, day=2))
        here.visit(nurse, starts_at=at(0.5, day=2), ends_at=at(1, day=2))


class TestHold:
    def hold(self, here: Town, nurse: Actor, **changes: Any) -> Visit:
        plan = here.plan(nurse, **changes) | {"held_until": NOON + timedelta(minutes=10)}
        address_id, version_id = plan.pop("address_id"), plan.pop("service_version_id")
        plan["address"] = here.look(lambda _: Address.objects.get(id=address_id))
        plan["service"] = here.look(lambda _: ServiceVersion.objects.get(id=version_id))
        return acting(here.desk, NOON).do(hold_visit, **plan)

    def test_keeps_the_time_from_everybody(self, here: Town) -> None:
        nurse = here.nurse()
        self.hold(here, nurse)
        with pytest.raises(CaregiverBusy):
            here.visit(nurse)

    def test_becomes_a_promise(self, here: Town) -> None:
        held = self.hold(here, here.nurse())
        visit = acting(here.desk, NOON + timedelta(minutes=9)).do(confirm_visit, visit_id=held.id)
        assert visit.status == Status.BOOKED
        assert [one.held_until for one in here.crew(visit)] == [None]

    def test_becomes_a_promise_once(self, here: Town) -> None:
        held = self.hold(here, here.nurse())
        acting(here.desk, NOON).do(confirm_visit, visit_id=held.id)
        with pytest.raises(IllegalMove):
            acting(here.desk, NOON).do(confirm_visit, visit_id=held.id)

    def test_is_over_after_ten_minutes_to_the_second(self, here: Town) -> None:
        held = self.hold(here, here.nurse())
        with pytest.raises(HoldExpired):
            acting(here.desk, NOON + timedelta(minutes=10)).do(confirm_visit, visit_id=held.id)

    def test_gives_the_time_to_the_next_when_it_is_over(self, here: Town) -> None:
        nurse = here.nurse()
        held = self.hold(here, nurse)
        later = NOON + timedelta(minutes=10)
        acting(here.desk, later).do(promise_visit, **here.plan(nurse))
        with pytest.raises(HoldExpired):
            acting(here.desk, NOON).do(confirm_visit, visit_id=held.id)

    def test_is_taken_over_though_the_next_cannot_see_whose_it_was(self, here: Town) -> None:
        nurse, other = here.nurse(), here.resident("王秀英")
        self.hold(here, nurse)
        plan = here.plan(nurse, resident=other) | {"source": "resident"}
        acting(here.person(other), NOON + timedelta(minutes=11)).do(promise_visit, **plan)

    def test_gives_the_time_back_when_it_is_released_and_once(self, here: Town) -> None:
        nurse = here.nurse()
        held = self.hold(here, nurse)
        for _ in range(2):
            acting(here.desk, NOON).do(release_visit, visit_id=held.id)
        here.visit(nurse)


class TestCancelVisit:
    def test_gives_the_caregiver_the_time_back(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        acting(here.desk, NOON).do(cancel_visit, visit_id=visit.id, reason="in_hospital")
        here.visit(nurse)

    def test_refuses_to_cancel_twice(self, here: Town) -> None:
        visit = here.visit(here.nurse())
        acting(here.desk, NOON).do(cancel_visit, visit_id=visit.id, reason="in_hospital")
        with pytest.raises(IllegalMove):
            acting(here.desk, NOON).do(cancel_visit, visit_id=visit.id, reason="in_hospital")

    def test_sends_persons_to_the_desk_when_it_is_too_late(self, here: Town) -> None:
        resident = here.resident()
        visit, late = here.visit(here.nurse(), resident=resident), at(7)
        with pytest.raises(TooLateToChange):
            acting(here.person(resident), late).do(cancel_visit, visit_id=visit.id, reason="other")
        acting(here.desk, late).do(cancel_visit, visit_id=visit.id, reason="other")

    def test_does_not_say_that_another_persons_visit_exists(self, here: Town) -> None:
        visit, other = here.visit(here.nurse()), here.resident("王秀英")
        with pytest.raises(NotFound):
            acting(here.person(other), NOON).do(cancel_visit, visit_id=visit.id, reason="other")


class TestMoveVisit:
    def test_promises_another_time_and_frees_the_old_one(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        moved = acting(here.desk, NOON).do(
            move_visit,
            visit_id=visit.id,
            starts_at=at(14),
            ends_at=at(14.75),
            assignments=planned(nurse, start=14, end=14.75),
        )
        assert (moved.starts_at, moved.version) == (at(14), 2)
        assert [(one.state, one.plan_version) for one in here.crew(visit)] == [
            ("withdrawn", 1),
            ("tentative", 2),
        ]
        here.visit(nurse)

    def test_may_overlap_its_own_old_time(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        acting(here.desk, NOON).do(
            move_visit,
            visit_id=visit.id,
            starts_at=at(10.5),
            ends_at=at(11.25),
            assignments=planned(nurse, start=10.5, end=11.25),
        )

    def test_refuses_a_time_that_is_taken_and_keeps_the_old_promise(self, here: Town) -> None:
        nurse = here.nurse()
        visit = here.visit(nurse)
        here.visit(nurse, starts_at=at(14), ends_at=at(15))
        with pytest.raises(CaregiverBusy):
            acting(here.desk, NOON).do(
                move_visit,
                visit_id=visit.id,
                starts_at=at(14),
                ends_at=at(14.75),
                assignments=planned(nurse, start=14, end=14.75),
            )
        assert [one.state for one in here.crew(visit)] == ["tentative"]
