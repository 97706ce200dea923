"""A list of staff, as communities keep it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from anjia.kernel import events
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.models import Event
from anjia.kernel.work import acting
from anjia.workforce import commands
from anjia.workforce.events import StaffChanged
from anjia.workforce.models import Qualification, StaffMember
from anjia.workforce.queries import changes_of_rows
from anjia.workforce.rules import (
    Changes,
    PaperRow,
    StaffInvalid,
    StaffRow,
)
from tests.make import NOON
from tests.workforce.make import MONDAY, SCAN, actions, confirmed, paper, sheet, staff, week

pytestmark = pytest.mark.usefixtures("database")


class TestRegisterStaffList:
    ROWS = (
        StaffRow(
            name="李秀兰",
            number="N001",
            title="护师",
            sex="female",
            phone="138 0013 8000",
            years=6,
            papers=(
                PaperRow(code="nurse_licence", number="2015310001", valid_until=date(2029, 6, 30)),
                PaperRow(code="picc", number="P-1"),
            ),
            pattern=tuple(week(0, 1, 2, 3, 4)),
        ),
        StaffRow(name="周明", title="主治医师", started_on=date(2010, 7, 1)),
        StaffRow(name="赵敏", kind="health_worker"),
    )

    def do(self, manager: Actor, *rows: StaffRow, now: Any = NOON) -> Changes:
        dry = acting(manager, now).ask(changes_of_rows, Purpose.CONTRACT, rows=rows, today=now.date())
        done = acting(manager, now).do(commands.register_staff_list, rows=rows)
        assert dry == done
        return done

    def test_changes_nothing_the_second_time_nor_the_next_day(self, manager: Actor) -> None:
        first = self.do(manager, *self.ROWS)
        second = self.do(manager, *self.ROWS)
        tomorrow = self.do(manager, *self.ROWS, now=NOON + timedelta(days=1))

        assert [change.name for change in first.added] == ["李秀兰", "周明", "赵敏"]
        assert (second.is_empty, second.same, tomorrow.is_empty) == (True, 3, True)
        assert actions(manager) == ["workforce.staff.imported"]

    def test_says_whose_promises_may_need_somebody_else(self, manager: Actor) -> None:
        self.do(manager, *self.ROWS)
        self.do(manager, replace(self.ROWS[0], title="护士"), replace(self.ROWS[1], phone="13800138001"))

        def changed(actor: Actor) -> set[str]:
            rows = Event.objects.filter(
                organization_id=actor.organization_id, name=events.name_of(StaffChanged)
            )
            ids = {row.content["staff_id"] for row in rows} - {str(actor.organization_id)}
            return {one.name for one in StaffMember.objects.filter(id__in=ids)}

        assert acting(manager, NOON).ask(changed) == {"李秀兰"}

    def test_takes_over_papers_week_and_years(self, manager: Actor) -> None:
        self.do(manager, *self.ROWS)
        made = acting(manager, NOON).do(commands.generate_shifts, first_day=MONDAY, days=7)

        def member(actor: Actor) -> StaffMember:
            return StaffMember.objects.get(number="N001")

        one = acting(manager, NOON).ask(member)
        assert one.kind == "nurse"
        assert one.started_on == date(2020, 3, 2)
        assert made == 5

    def test_takes_papers_as_what_somebody_says(self, manager: Actor) -> None:
        """A list shows no original: they wait for their scan and a second reader, then count as the list has them."""
        self.do(manager, *self.ROWS)

        def papers(actor: Actor) -> list[Qualification]:
            rows = Qualification.objects.filter(organization_id=actor.organization_id, staff__number="N001")
            return list(rows.order_by("code").select_related("staff"))

        listed = acting(manager, NOON).ask(papers)
        before = sheet(of=manager, staff_id=listed[0].staff_id)
        for one in listed:
            acting(manager, NOON).do(
                commands.attach_scan, qualification_id=one.id, scan=SCAN, content_type="image/png"
            )
            confirmed(one)

        assert (before.qualifications, before.unverified) == ({}, frozenset({"nurse_licence", "picc"}))
        assert sheet(of=manager, staff_id=listed[0].staff_id).qualifications == {
            "nurse_licence": date(2029, 6, 30),
            "picc": None,
        }

    def test_says_what_it_changes_and_no_secrets(self, manager: Actor) -> None:
        self.do(manager, *self.ROWS)

        changes = self.do(
            manager, StaffRow(name="李秀兰", number="N001", title="主管护师", phone="13900139000")
        )

        assert changes.changed[0].fields == {"title": ("护师", "主管护师"), "phone": ("•••", "•••")}

    def test_tells_two_of_one_name_apart(self, manager: Actor) -> None:
        self.do(manager, StaffRow(name="王芳", kind="nurse", phone="13800000001"))

        changes = self.do(
            manager,
            StaffRow(name="王芳", kind="nurse", phone="13800000001"),
            StaffRow(name="王芳", kind="nurse", number="N9", phone="13800000002"),
        )

        assert (changes.same, len(changes.added)) == (1, 1)

    def test_refuses_all_when_one_is_wrong(self, manager: Actor) -> None:
        with pytest.raises(StaffInvalid):
            acting(manager, NOON).do(
                commands.register_staff_list, rows=[StaffRow(name="好", kind="nurse"), StaffRow(name="坏")]
            )

        assert actions(manager) == []

    def test_leaves_a_paper_as_it_is_where_the_list_does_not_say_until_when(self, manager: Actor) -> None:
        member = staff(of=manager, name="李秀兰")
        paper(of=manager, staff_id=member.id, valid_until=date(2026, 1, 31))  # has lapsed
        paper(of=manager, staff_id=member.id, code="picc", valid_until=date(2027, 5, 1))

        changes = self.do(
            manager,
            StaffRow(
                name="李秀兰",
                papers=(PaperRow(code="nurse_licence", number="2015310001"), PaperRow(code="picc")),
            ),
        )

        assert changes.is_empty
        assert sheet(of=manager, staff_id=member.id).qualifications == {
            "nurse_licence": date(2026, 1, 31),
            "picc": date(2027, 5, 1),
        }

    def test_takes_no_licence_for_valid_of_which_it_does_not_say_until_when(self, manager: Actor) -> None:
        said = PaperRow(code="nurse_licence", number="2015310001")
        changes = self.do(manager, StaffRow(name="李秀兰", kind="nurse", phone="13800000001", papers=(said,)))

        [member] = acting(manager, NOON).ask(lambda _actor: list(StaffMember.objects.all()))
        found = sheet(of=manager, staff_id=member.id)
        assert changes.added[0].fields["papers.nurse_licence"] == ("", "?")
        assert found.qualifications == {}
        assert found.unverified == {"nurse_licence"}

    def test_takes_a_paper_that_is_said_to_have_no_end(self, manager: Actor) -> None:
        member = staff(of=manager, name="李秀兰")
        paper(of=manager, staff_id=member.id, code="picc", valid_until=date(2026, 1, 31))

        self.do(manager, StaffRow(name="李秀兰", papers=(PaperRow(code="picc", has_no_end=True),)))

        found = sheet(of=manager, staff_id=member.id)
        assert (found.qualifications, found.unverified) == ({"picc": date(2026, 1, 31)}, frozenset({"picc"}))
