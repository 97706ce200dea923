"""A service that is done on an order is promised to nobody without one."""

from datetime import timedelta

import pytest

from anjia.dispatch.commands import accept_offer
from anjia.dispatch.queries import suitability
from anjia.dispatch.rules import GateClosed
from anjia.kernel.actors import Purpose
from anjia.kernel.work import acting
from anjia.orders.commands import end_order
from tests.catalogue import make as catalogue
from tests.dispatch.make import booking, hold, offers, slots
from tests.make import NOON
from tests.orders.make import TODAY, Clinic

pytestmark = pytest.mark.usefixtures("database")


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
