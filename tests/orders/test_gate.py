"""A service that is done on an order is promised to nobody without one."""

from datetime import datetime, time, timedelta
from uuid import UUID

import pytest

from anjia.dispatch.commands import accept_offer, assign_by_hand, move_booking
from anjia.dispatch.queries import suitability
from anjia.dispatch.rules import GateClosed, NotSuitable
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import acting
from anjia.orders.commands import end_order
from anjia.series.commands import change_series, place_by_hand
from tests.catalogue import make as catalogue
from tests.dispatch.make import booking, hold, offers, slots, visit_of
from tests.make import NOON
from tests.orders.make import TODAY, Clinic
from tests.records import make as records
from tests.residents import make as residents
from tests.series import make as weekly
from tests.visits.make import PLACE, at, id_of

pytestmark = pytest.mark.usefixtures("database")


def move(here: Clinic, visit_id: UUID, nurse: Actor, starts_at: datetime, *, by: Actor | None = None) -> None:
    acting(by or here.town.desk, NOON).do(
        move_booking, visit_id=visit_id, starts_at=starts_at, staff_ids=[id_of(nurse)]
    )


class TestAServiceThatNeedsAnOrder:
    def test_is_not_held_without_one_and_the_rule_its_source_and_the_way_out_are_named(
        self, here: Clinic
    ) -> None:
        nurse, resident = here.nurse(), here.town.resident()

        with pytest.raises(GateClosed) as by_desk:
            hold(here.town, resident, nurse)
        with pytest.raises(GateClosed) as by_her:
            hold(here.town, resident, nurse, by=here.town.person(resident))

        assert list(by_desk.value.fields) == ["GATE-IN-ORDER"]
        assert "国卫办医函〔2019〕80号" in by_desk.value.detail
        assert "“医嘱”拍下原件录入" in by_desk.value.detail
        assert "拍给服务台" in by_her.value.detail

    def test_is_not_held_on_one_that_no_doctor_has_confirmed(self, here: Clinic) -> None:
        nurse, resident = here.nurse(), here.town.resident()
        here.entered(resident)

        with pytest.raises(GateClosed) as refusal:
            hold(here.town, resident, nurse)

        assert "还要本机构的医生确认" in refusal.value.detail

    def test_is_held_on_one_that_a_doctor_has_confirmed(self, here: Clinic) -> None:
        nurse, resident = here.nurse(), here.town.resident()
        here.confirmed(resident, here.doctor())

        assert hold(here.town, resident, nurse).service.code == "wound"

    def test_is_not_held_on_one_for_another_service_or_another_resident(self, here: Clinic) -> None:
        nurse, doctor = here.nurse(), here.doctor()
        resident, other = here.town.resident(), here.town.resident()
        here.confirmed(resident, doctor, service_code="bath")
        here.confirmed(other, doctor)

        with pytest.raises(GateClosed):
            hold(here.town, resident, nurse)

    def test_is_not_held_after_its_last_day(self, here: Clinic) -> None:
        nurse, resident = here.nurse(), here.town.resident()
        here.confirmed(resident, here.doctor(), valid_until=TODAY)

        with pytest.raises(GateClosed) as refusal:
            hold(here.town, resident, nurse)

        assert "2026-03-02 为止" in refusal.value.detail

    def test_shows_times_on_the_days_that_the_order_covers_and_why_not_on_others(self, here: Clinic) -> None:
        here.nurse()
        resident = here.town.resident()
        here.confirmed(resident, here.doctor(), valid_until=TODAY + timedelta(days=1))

        first, second = slots(here.town, resident, days=2).days

        assert first.slots
        assert second.slots == []
        assert "2026-03-03 为止" in (second.reason_if_empty or "")

    def test_is_taken_by_nobody_who_was_asked_before_the_order_was_ended(self, here: Clinic) -> None:
        nurse, doctor, resident = here.nurse(), here.doctor(), here.town.resident()
        order = here.confirmed(resident, doctor)
        visit_id = booking(here.town, resident, nurse)
        [offer] = offers(nurse)
        acting(doctor, NOON).do(end_order, order_id=order.id, why="伤口长好了")

        with pytest.raises(GateClosed):
            acting(nurse, NOON).do(accept_offer, offer_id=offer.id)
        found = acting(here.town.desk, NOON).ask(suitability, Purpose.CONTRACT, visit_id=visit_id, now=NOON)
        assert not any(one.may_be_overruled for one in found)
        assert all("GATE-IN-ORDER" in {reason.rule_id for reason in one.reasons} for one in found)


class TestOneThatIsMovedOrGivenAway:
    """What is promised is asked again wherever its day or its caregiver changes: as when it is booked."""

    def test_is_not_moved_to_a_day_after_the_orders_last(self, here: Clinic) -> None:
        nurse, resident = here.nurse(), here.town.resident()
        here.confirmed(resident, here.doctor(), valid_until=TODAY + timedelta(days=1))
        visit_id = booking(here.town, resident, nurse)

        with pytest.raises(GateClosed) as refusal:
            move(here, visit_id, nurse, at(10, day=2))

        assert list(refusal.value.fields) == ["GATE-IN-ORDER"]
        assert "2026-03-03 为止" in refusal.value.detail
        assert "国卫办医函〔2019〕80号" in refusal.value.detail
        assert visit_of(here.town, visit_id).starts_at == at(10)
        move(here, visit_id, nurse, at(14))  # the same day is covered
        assert visit_of(here.town, visit_id).starts_at == at(14)

    def test_is_not_moved_when_the_order_was_ended_meanwhile_whoever_asks(self, here: Clinic) -> None:
        nurse, doctor, resident = here.nurse(), here.doctor(), here.town.resident()
        order = here.confirmed(resident, doctor)
        visit_id = booking(here.town, resident, nurse)
        acting(doctor, NOON).do(end_order, order_id=order.id, why="伤口长好了")

        for by in (here.town.desk, here.town.person(resident)):
            with pytest.raises(GateClosed) as refusal:
                move(here, visit_id, nurse, at(14), by=by)
            assert list(refusal.value.fields) == ["GATE-IN-ORDER"]

    def test_is_not_moved_past_the_last_day_of_the_first_assessment(self, here: Clinic) -> None:
        nurse, resident = here.nurse(), here.town.resident()
        here.confirmed(resident, here.doctor())
        visit_id = booking(here.town, resident, nurse)
        records.assessed(of=resident, on=NOON + timedelta(minutes=1), valid_until=TODAY + timedelta(days=1))

        with pytest.raises(GateClosed) as refusal:
            move(here, visit_id, nurse, at(10, day=2))

        assert list(refusal.value.fields) == ["GATE-IN-FIRST-ASSESSMENT"]
        assert "首次评估只到 2026-03-03" in refusal.value.detail
        assert "国卫办医函〔2019〕80号" in refusal.value.detail

    def test_is_given_to_nobody_by_hand_without_an_order_whatever_reason_is_named(self, here: Clinic) -> None:
        nurse, other, doctor = here.nurse(), here.nurse("王芳"), here.doctor()
        resident = here.town.resident()
        order = here.confirmed(resident, doctor)
        visit_id = booking(here.town, resident, nurse)
        acting(doctor, NOON).do(end_order, order_id=order.id, why="伤口长好了")

        with pytest.raises(NotSuitable) as refusal:
            acting(here.town.desk, NOON).do(
                assign_by_hand, visit_id=visit_id, staff_id=id_of(other), why="打过电话了"
            )

        assert list(refusal.value.fields) == ["GATE-IN-ORDER"]
        assert "国卫办医函〔2019〕80号" in refusal.value.detail
        assert "“医嘱”拍下原件录入" in refusal.value.detail
        assert [one.staff_id for one in here.town.crew(visit_of(here.town, visit_id))] == [id_of(nurse)]

    def test_is_given_to_nobody_by_hand_on_an_assessment_that_says_no(self, here: Clinic) -> None:
        nurse, other, resident = here.nurse(), here.nurse("王芳"), here.town.resident()
        here.confirmed(resident, here.doctor())
        visit_id = booking(here.town, resident, nurse)
        records.assessed(of=resident, on=NOON + timedelta(minutes=1), is_suitable=False, against=["place"])

        with pytest.raises(NotSuitable) as refusal:
            acting(here.town.desk, NOON).do(assign_by_hand, visit_id=visit_id, staff_id=id_of(other))

        assert list(refusal.value.fields) == ["GATE-IN-FIRST-ASSESSMENT"]

    def test_shows_no_times_on_days_that_the_agreement_does_not_reach(self, here: Clinic) -> None:
        """Each day is asked for itself, and not the first for all of them."""
        here.nurse()
        resident = residents.resident(served_by=here.town.desk, latitude=PLACE[0], longitude=PLACE[1])
        residents.agreement(of=resident, on=NOON - timedelta(days=363))  # for a year: through the 3rd
        records.assessed(of=resident)
        here.confirmed(resident, here.doctor())

        first, second = slots(here.town, resident, days=2).days

        assert first.slots
        assert second.slots == []
        assert "满一年" in (second.reason_if_empty or "")


class TestASeries:
    def test_has_no_place_on_days_that_the_order_does_not_cover_and_says_why(self, here: Clinic) -> None:
        nurse, resident = weekly.nurse(here.town), here.town.resident()
        here.confirmed(resident, here.doctor(), valid_until=TODAY + timedelta(days=10))

        found = weekly.series(here.town, resident, nurse)

        tuesdays = [TODAY + timedelta(days=1 + 7 * week) for week in range(4)]
        assert weekly.days(found) == tuesdays[:2]
        assert weekly.days(found, "wanted") == tuesdays[2:]
        why = weekly.on(found, tuesdays[2]).why
        assert "2026-03-12 为止" in why
        assert "国卫办医函〔2019〕80号" in why

    def test_is_placed_by_hand_no_more_than_by_itself(self, here: Clinic) -> None:
        nurse, resident = weekly.nurse(here.town), here.town.resident()
        here.confirmed(resident, here.doctor(), valid_until=TODAY + timedelta(days=3))
        found = weekly.series(here.town, resident, nurse)
        late = weekly.on(found, TODAY + timedelta(days=8))

        with pytest.raises(GateClosed) as refusal:
            acting(here.town.desk, NOON).do(
                place_by_hand, occurrence_id=late.id, starts_at=at(10, day=7), staff_ids=[id_of(nurse)]
            )

        assert list(refusal.value.fields) == ["GATE-IN-ORDER"]

    def test_moved_as_a_whole_is_asked_anew_of_each_day(self, here: Clinic) -> None:
        nurse, doctor, resident = weekly.nurse(here.town), here.doctor(), here.town.resident()
        order = here.confirmed(resident, doctor)
        found = weekly.series(here.town, resident, nurse)
        acting(doctor, NOON).do(end_order, order_id=order.id, why="伤口长好了")

        changed = acting(here.town.desk, NOON).do(
            change_series, series_id=found.id, scope="all", repeat={}, clock=time(14)
        )

        assert weekly.days(changed) == []
        wanted = [one for one in changed.occurrences if one.state == "wanted"]
        assert len(wanted) == 4
        assert all("医嘱" in one.why and "国卫办医函〔2019〕80号" in one.why for one in wanted)


class TestWhatIsForbiddenAtHome:
    @pytest.mark.parametrize("name", ["静脉输液", "PICC置管", "上门输血"])
    def test_is_held_for_nobody_whatever_is_ordered(self, here: Clinic, name: str) -> None:
        nurse, doctor, resident = here.nurse(), here.doctor(), here.town.resident()
        catalogue.version(published_by=here.town.desk, code="drip", name=name, needs_order=True)
        here.confirmed(resident, doctor, service_code="drip")

        with pytest.raises(GateClosed) as refusal:
            hold(here.town, resident, nurse, service_code="drip")

        assert "GATE-FORBIDDEN" in refusal.value.fields
        assert "不" in refusal.value.fields["GATE-FORBIDDEN"]
