"""Orders: read off a paper by one, confirmed by a doctor, never overwritten."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection

from anjia.kernel.actors import Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.orders.commands import confirm_order, correct_order, end_order, enter_order, refuse_order
from anjia.orders.models import Order
from anjia.orders.queries import order_page, orders_of_resident, orders_waiting, original_of
from anjia.orders.rules.orders import (
    ForbiddenAtHome,
    NoDoctor,
    OrderInvalid,
    OrderSettled,
    PhotoMissing,
    SameReader,
    WhyMissing,
)
from tests.make import NOON, actor
from tests.orders.make import PHOTO, TODAY, Clinic, clinic, drug, procedure, together

pytestmark = pytest.mark.usefixtures("database")


class TestEnterOrder:
    def test_keeps_what_the_original_says_with_its_photo_and_waits_for_a_doctor(self, here: Clinic) -> None:
        resident, doctor = here.town.resident(), here.doctor()
        order = here.entered(resident, drug())

        [waiting] = acting(doctor, NOON).ask(orders_waiting, Purpose.CONTRACT).items
        kind, content = acting(doctor, NOON).ask(original_of, Purpose.CONTRACT, order_id=order.id)

        assert waiting.id == order.id
        assert waiting.said == drug()
        assert (kind, content) == ("image/png", PHOTO)

    def test_keeps_it_encrypted(self, here: Clinic) -> None:
        order = here.entered(here.town.resident(), drug())

        def row(_: Any) -> bytes:
            with connection.cursor() as cursor:
                cursor.execute("SELECT said FROM orders_order WHERE id = %s", [order.id])
                return bytes(cursor.fetchone()[0])

        assert "肝素".encode() not in here.town.look(row)

    def test_names_every_field_that_is_missing(self, here: Clinic) -> None:
        empty = drug(name="", dose=" ", lot="", origin="", route="", skin_test="", written_on=None)

        with pytest.raises(OrderInvalid) as refusal:
            here.entered(here.town.resident(), replace(empty, drug_expires_on=None), valid_until=None)

        assert set(refusal.value.fields) == {
            "name",
            "dose",
            "lot",
            "origin",
            "route",
            "skin_test",
            "written_on",
            "drug_expires_on",
            "valid_until",
        }

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"valid_until": TODAY - timedelta(days=1)}, "valid_until"),
            ({"valid_until": TODAY + timedelta(days=85)}, "valid_until"),  # a prescription: 12 weeks
            ({"said": drug(drug_expires_on=TODAY)}, "drug_expires_on"),
            ({"said": drug(had_before=None)}, "had_before"),
            ({"said": drug(name="很" * 301)}, "name"),
            ({"said": drug(written_on=TODAY + timedelta(days=1))}, "written_on"),
            ({"service_code": "nothing"}, "service_code"),
        ],
    )
    def test_refuses_what_makes_no_sense(self, here: Clinic, changes: dict[str, Any], field: str) -> None:
        with pytest.raises(OrderInvalid) as refusal:
            here.entered(here.town.resident(), **{"said": drug()} | changes)

        assert field in refusal.value.fields

    @pytest.mark.parametrize(
        ("said", "rule"),
        [
            (drug(route="iv_infusion"), "HOME-FORBID-IV"),
            (drug(route="iv_push"), "HOME-FORBID-IV"),
            (drug(name="注射用青霉素钠"), "HOME-FORBID-SKIN-TEST"),
            (drug(skin_test="positive"), "HOME-FORBID-SKIN-TEST"),
            (drug(had_before=False), "HOME-FORBID-FIRST"),
            (drug(name="盐酸吗啡注射液"), "HOME-FORBID-NARCOTIC"),
            (drug(name="Morphine injection"), "HOME-FORBID-NARCOTIC"),
            (drug(name="地西泮片", route="oral"), "HOME-FORBID-NARCOTIC"),
            (drug(name="顺铂"), "HOME-FORBID-CHEMO"),
            (drug(origin="other"), "HOME-FORBID-SOURCE"),
            (drug(origin="unknown"), "HOME-FORBID-SOURCE"),
            (procedure(name="PICC 拔管"), "HOME-FORBID-CATHETER"),
            (procedure(name="输血"), "HOME-FORBID-BLOOD"),
        ],
    )
    def test_refuses_what_is_not_done_at_home_by_rule_and_source(
        self, here: Clinic, said: Any, rule: str
    ) -> None:
        with pytest.raises(ForbiddenAtHome) as refusal:
            here.entered(here.town.resident(), said)

        assert rule in refusal.value.fields
        assert "5.1" in refusal.value.detail

    def test_takes_what_only_sounds_like_it(self, here: Clinic) -> None:
        assert here.entered(here.town.resident(), procedure(name="PICC 维护，化疗间歇期")).state == "draft"

    def test_refuses_one_without_a_photo(self, here: Clinic) -> None:
        with pytest.raises(PhotoMissing):
            here.entered(here.town.resident(), photo=b"")

    def test_knows_nobody_of_another_institution(self, here: Clinic) -> None:
        stranger = clinic().town.resident()

        with pytest.raises(NotFound):
            here.entered(stranger)

    def test_is_not_for_everybody(self, here: Clinic) -> None:
        with pytest.raises(NotAllowed):
            here.entered(here.town.resident(), by=actor(organization_id=here.town.organization_id))


class TestConfirmOrder:
    def test_is_done_by_a_doctor_who_is_named_and_only_once(self, here: Clinic) -> None:
        doctor = here.doctor()
        order = here.confirmed(here.town.resident(), doctor)

        line = acting(doctor, NOON).ask(order_page, Purpose.CONTRACT, order_id=order.id).order

        assert (line.state, order.decided_staff_id) == ("confirmed", doctor.staff_id)
        with pytest.raises(OrderSettled):
            acting(doctor, NOON).do(confirm_order, order_id=order.id)

    def test_is_not_done_by_who_has_entered_it(self, here: Clinic) -> None:
        doctor = here.doctor()
        order = here.entered(here.town.resident(), by=doctor)

        with pytest.raises(SameReader):
            acting(doctor, NOON).do(confirm_order, order_id=order.id)

    def test_is_refused_to_one_reader_by_the_database_too(self, here: Clinic) -> None:
        doctor = here.doctor()
        order = here.entered(here.town.resident(), by=doctor)

        def both(_: Any) -> None:
            Order.objects.filter(id=order.id).update(
                state="confirmed", decided_by=order.entered_by, decided_staff_id=doctor.staff_id
            )

        with pytest.raises(IntegrityError, match="order_second_reader"):
            here.town.look(both)

    def test_needs_a_doctor_with_a_licence(self, here: Clinic) -> None:
        order = here.entered(here.town.resident())
        nurse = here.nurse()
        with_the_permission = replace(nurse, permissions=nurse.permissions | {"orders.confirm"})

        for who in (with_the_permission, here.doctor("林青", licensed=False), here.desk):
            with pytest.raises((NoDoctor, NotAllowed)):
                acting(who, NOON).do(confirm_order, order_id=order.id)
        assert here.order(order.id).state == "draft"

    def test_is_one_when_two_doctors_do_it_at_once(self, here: Clinic) -> None:
        one, other = here.doctor(), here.doctor("林青")
        order = here.entered(here.town.resident())

        outcomes = together(
            *(lambda who=who: acting(who, NOON).do(confirm_order, order_id=order.id) for who in (one, other))
        )

        assert sum(isinstance(outcome, OrderSettled) for outcome in outcomes) == 1

    def test_is_refused_with_a_reason(self, here: Clinic) -> None:
        doctor, order = here.doctor(), here.entered(here.town.resident())
        with pytest.raises(WhyMissing):
            acting(doctor, NOON).do(refuse_order, order_id=order.id, why=" ")

        refused = acting(doctor, NOON).do(refuse_order, order_id=order.id, why="照片看不清日期")

        assert (refused.state, refused.closed_why) == ("refused", "照片看不清日期")


class TestCorrectOrder:
    def correction(self, here: Clinic, order: Order, **changes: Any) -> Order:
        sound: dict[str, Any] = {
            "said": procedure(frequency="每日 1 次"),
            "valid_from": TODAY,
            "valid_until": TODAY + timedelta(days=10),
            "why": "次数抄错了",
        }
        return acting(here.desk, NOON).do(correct_order, order_id=order.id, **sound | changes)

    def test_leaves_the_one_before_in_force_until_a_doctor_has_read_the_new_one(self, here: Clinic) -> None:
        doctor = here.doctor()
        order = here.confirmed(here.town.resident(), doctor)

        new = self.correction(here, order)
        assert here.order(order.id).state == "confirmed"
        acting(doctor, NOON).do(confirm_order, order_id=new.id)

        page = acting(doctor, NOON).ask(order_page, Purpose.CONTRACT, order_id=new.id)
        assert [(one.number, one.state) for one in page.versions] == [(2, "confirmed"), (1, "changed")]
        assert page.versions[1].said == procedure()

    def test_says_why(self, here: Clinic) -> None:
        order = here.entered(here.town.resident())

        with pytest.raises(WhyMissing):
            self.correction(here, order, why="")

    def test_is_not_made_of_what_has_a_later_version(self, here: Clinic) -> None:
        order = here.entered(here.town.resident())
        self.correction(here, order)

        with pytest.raises(OrderSettled):
            self.correction(here, order)

    def test_is_not_made_by_two_who_have_not_read_each_others(self, here: Clinic) -> None:
        """Both read version 1: the second would put back what the first has put right."""
        order = here.confirmed(here.town.resident(), here.doctor())
        first = self.correction(here, order)

        with pytest.raises(OrderSettled):
            self.correction(here, order, said=procedure(name="另一种敷料"))

        assert here.order(first.id).state == "draft"
        assert self.correction(here, first).number == 3

    def test_cannot_be_done_by_writing_over_the_row(self, here: Clinic) -> None:
        order = here.entered(here.town.resident())

        def overwrite(_: Any) -> None:
            Order.objects.filter(id=order.id).update(valid_until=TODAY + timedelta(days=80))

        with pytest.raises(IntegrityError, match="not changed"):
            here.town.look(overwrite)

    def test_ends_with_who_ends_it(self, here: Clinic) -> None:
        doctor = here.doctor()
        order = here.confirmed(here.town.resident(), doctor)

        ended = acting(doctor, NOON).do(end_order, order_id=order.id, why="伤口长好了")

        assert (ended.state, ended.closed_why, ended.closed_by) == ("ended", "伤口长好了", doctor.user_id)
        with pytest.raises(OrderSettled):
            acting(doctor, NOON).do(end_order, order_id=order.id, why="再停一次")


class TestWhoReads:
    def test_she_reads_hers_and_whoever_books_for_her_only_that_there_is_one(self, here: Clinic) -> None:
        resident = here.town.resident()
        here.confirmed(resident, here.doctor())
        person = here.town.person(resident)
        herself = replace(person, permissions=person.permissions | {"orders.read"})
        asked: dict[str, Any] = {"resident_id": resident.id, "now": NOON}

        [hers] = acting(herself, NOON).ask(orders_of_resident, Purpose.ACCESS, **asked).page.items
        [desks] = acting(here.desk, NOON).ask(orders_of_resident, Purpose.CONTRACT, **asked).page.items

        assert hers.said == procedure()
        assert (desks.said, desks.facts, desks.state) == (None, (), "confirmed")
        with pytest.raises(NotAllowed):
            acting(person, NOON).ask(orders_of_resident, Purpose.ACCESS, **asked)

    def test_nobody_reads_a_strangers(self, here: Clinic) -> None:
        order = here.confirmed(here.town.resident(), here.doctor())

        with pytest.raises(NotFound):
            acting(clinic().doctor(), NOON).ask(order_page, Purpose.CONTRACT, order_id=order.id)

    def test_enter_order_leaves_nothing_behind_when_it_is_refused(self, here: Clinic) -> None:
        resident = here.town.resident()
        with pytest.raises(OrderInvalid):
            acting(here.desk, NOON).do(
                enter_order,
                resident_id=resident.id,
                service_code="wound",
                said=procedure(name=""),
                valid_from=TODAY,
                valid_until=TODAY,
                photo=PHOTO,
                content_type="image/png",
            )

        assert here.town.look(lambda _: Order.objects.filter(resident=resident).count()) == 0
