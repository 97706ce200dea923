"""Who must hold a course's certificate, and that nobody is sent without."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from anjia.dispatch.commands import accept_offer
from anjia.dispatch.queries import suitability
from anjia.dispatch.rules import GateClosed, SlotGone
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.learning import commands, queries
from anjia.learning.models import Binding, CourseVersion
from anjia.learning.rules import BindingInvalid, BoundAlready
from tests.dispatch.make import TOMORROW, booking, hold, offers, slots, states, times
from tests.learning import make
from tests.make import NOON, deliver_events
from tests.visits.make import Town, id_of

pytestmark = pytest.mark.usefixtures("database")


def bind(town: Town, **changes: Any) -> Binding:
    sound: dict[str, Any] = {"code": "basics", "service_code": "wound", "since": NOON.date()}
    made: Binding = acting(make.manager(town), NOON).do(commands.bind_course, **sound | changes)
    return made


class TestWhoHasNoCertificate:
    def test_is_not_found_for_the_service_and_the_day_says_why(
        self, town: Town, course: CourseVersion
    ) -> None:
        town.nurse()
        bind(town)

        found = slots(town, town.resident())

        assert times(found) == []
        assert "基础" in str(found.days[0].reason_if_empty) or "合格证" in str(found.days[0].reason_if_empty)

    def test_is_found_again_when_she_has_passed(self, town: Town, course: CourseVersion) -> None:
        nurse = town.nurse()
        bind(town)
        make.passed(nurse, course)

        assert times(slots(town, town.resident()))

    def test_is_not_held_nor_takes_what_she_was_asked_before_it_bound_her(
        self, town: Town, course: CourseVersion
    ) -> None:
        nurse, resident = town.nurse(), town.resident()
        booking(town, resident, nurse)
        [offer] = offers(nurse)
        bind(town)

        with pytest.raises(GateClosed) as refusal:
            acting(nurse, NOON).do(accept_offer, offer_id=offer.id)
        assert list(refusal.value.fields) == ["COURSE-BASICS"]
        assert "本机构规定" in str(refusal.value)
        with pytest.raises(SlotGone):
            hold(town, resident, nurse)

    def test_reads_on_the_list_of_who_suits_which_rule_keeps_her_and_what_to_do(
        self, town: Town, course: CourseVersion
    ) -> None:
        trained = town.nurse()
        town.nurse("新来的")
        make.passed(trained, course)
        bind(town)
        visit_id = booking(town, town.resident(), trained)

        found = acting(town.desk, NOON).ask(suitability, Purpose.CONTRACT, visit_id=visit_id, now=NOON)

        [reason] = [one for one in next(x for x in found if x.name == "新来的").reasons if not one.is_met]
        assert reason.rule_id == "COURSE-BASICS"
        assert "培训" in reason.way_out

    def test_is_sent_on_what_it_does_not_bind(self, town: Town, course: CourseVersion) -> None:
        nurse = town.nurse()
        bind(town, service_code="bath")
        bind(town, service_code="", kind="doctor")

        assert hold(town, town.resident(), nurse).service.code == "wound"

    def test_is_bound_by_her_kind_whatever_she_does(self, town: Town, course: CourseVersion) -> None:
        nurse = town.nurse()
        bind(town, service_code="", kind="nurse")

        with pytest.raises(SlotGone):
            hold(town, town.resident(), nurse)

    def test_is_sent_until_the_day_on_which_it_binds(self, town: Town, course: CourseVersion) -> None:
        nurse = town.nurse()
        bind(town, since=TOMORROW + timedelta(days=1))

        assert hold(town, town.resident(), nurse).service.code == "wound"

    def test_is_not_kept_from_anything_by_what_is_asked_of_one_person(
        self, town: Town, course: CourseVersion
    ) -> None:
        nurse = town.nurse()
        bind(town, service_code="", staff_id=id_of(nurse))

        assert hold(town, town.resident(), nurse).service.code == "wound"
        [mine] = acting(make.learner(nurse), NOON).ask(queries.my_courses, Purpose.CONTRACT, now=NOON)
        assert (mine.is_due, mine.is_bound) == (True, True)


class TestABinding:
    def test_lets_somebody_else_be_found_for_what_was_promised(
        self, town: Town, course: CourseVersion
    ) -> None:
        nurse, trained = town.nurse("甲"), town.nurse("乙")
        make.passed(trained, course)
        visit_id = booking(town, town.resident(), nurse)
        [offer] = offers(nurse)
        acting(nurse, NOON).do(accept_offer, offer_id=offer.id)
        deliver_events(town.desk, now=NOON)

        bind(town)
        deliver_events(town.desk, now=NOON)

        assert id_of(trained) in states(town, visit_id)

    def test_that_is_ended_asks_for_nothing(self, town: Town, course: CourseVersion) -> None:
        nurse = town.nurse()
        row = bind(town)
        acting(make.manager(town), NOON).do(commands.end_binding, binding_id=row.id)

        assert hold(town, town.resident(), nurse).service.code == "wound"

    def test_of_a_course_that_is_withdrawn_asks_for_nothing(self, town: Town, course: CourseVersion) -> None:
        nurse = town.nurse()
        bind(town)
        acting(make.manager(town), NOON).do(commands.withdraw_course, code="basics")

        assert hold(town, town.resident(), nurse).service.code == "wound"

    def test_is_said_once(self, town: Town, course: CourseVersion) -> None:
        bind(town)

        with pytest.raises(BoundAlready):
            bind(town)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"service_code": ""}, "kind"),
            ({"kind": "plumber"}, "kind"),
            ({"service_code": "magic"}, "service_code"),
            ({"service_code": "", "staff_id": uuid4()}, "staff_id"),
            ({"staff_id": uuid4()}, "staff_id"),
            ({"since": date(2026, 3, 1)}, "since"),
        ],
    )
    def test_is_refused_where_it_makes_no_sense(
        self, town: Town, course: CourseVersion, changes: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(BindingInvalid) as refusal:
            bind(town, **changes)
        assert field in refusal.value.fields

    def test_is_the_managers_to_set(self, town: Town, course: CourseVersion) -> None:
        with pytest.raises(NotAllowed):
            acting(town.desk, NOON).do(
                commands.bind_course, code="basics", service_code="wound", since=NOON.date()
            )
        with pytest.raises(NotFound):
            bind(town, code="nothing")


class TestWhoLacksWhat:
    def matrix(self, town: Town, **asked: Any) -> queries.Matrix:
        found: queries.Matrix = acting(make.manager(town), NOON).ask(
            queries.matrix, Purpose.CONTRACT, today=NOON.date(), **asked
        )
        return found

    def test_is_shown_by_person_and_course_in_pages(self, town: Town, course: CourseVersion) -> None:
        trained, other = town.nurse("甲"), town.nurse("乙")
        make.passed(trained, course)
        bind(town)

        first = self.matrix(town, size=1)
        second = self.matrix(town, size=1, after=first.next)

        shown = {row.staff.id: row.cells[0].standing.value for row in (*first.people, *second.people)}
        assert shown == {trained.staff_id: "holds", other.staff_id: "lacks"}
        assert second.next is None

    def test_is_not_for_everybody(self, town: Town, course: CourseVersion) -> None:
        nurse: Actor = town.nurse()
        with pytest.raises(NotAllowed):
            acting(make.learner(nurse), NOON).ask(queries.matrix, Purpose.CONTRACT, today=NOON.date())
