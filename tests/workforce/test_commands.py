from datetime import date, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from anjia.identity.queries import actor_of_session
from anjia.identity.rules import LastAdministrator, NotAMember
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.calendar import day_bounds
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.models import AuditEntry, Event
from anjia.kernel.work import acting
from anjia.workforce import commands, queries
from anjia.workforce.jobs import keep_rotas_ahead
from anjia.workforce.models import Shift, StaffMember
from anjia.workforce.queries import changes_of_rows, get_staff_member
from anjia.workforce.rules import (
    Changes,
    DayOff,
    LeaveKind,
    LeaveOverlaps,
    NotYours,
    OwnPaper,
    PaperRow,
    PatternInvalid,
    ShiftInvalid,
    ShiftOverlaps,
    StaffInvalid,
    StaffRow,
)
from tests import make
from tests.identity import make as identity
from tests.make import NOON
from tests.workforce.make import MONDAY, clock, leave, paper, sheet, shift, staff, week

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def manager() -> Actor:
    return make.actor("workforce.change", "workforce.read", "workforce.ask_leave")


def actions(actor: Actor) -> list[str]:
    def read(actor: Actor) -> list[str]:
        rows = AuditEntry.objects.filter(organization_id=actor.organization_id).order_by("id")
        return list(rows.values_list("action", flat=True))

    return acting(actor, NOON).ask(read)


def told(actor: Actor) -> list[str]:
    def read(actor: Actor) -> list[str]:
        rows = Event.objects.filter(organization_id=actor.organization_id).order_by("id")
        return list(rows.values_list("name", flat=True))

    return acting(actor, NOON).ask(read)


class TestRegisterStaffMember:
    def test_keeps_what_was_said_and_says_who_did_it(self, manager: Actor) -> None:
        member = acting(manager, NOON).do(
            commands.register_staff_member, name="李秀兰", kind="nurse", title="护师", phone="138 0013 8000"
        )

        found = acting(manager, NOON).ask(get_staff_member, Purpose.CONTRACT, staff_id=member.id)
        assert (found.name, found.phone, found.pinyin) == ("李秀兰", "13800138000", "li xiu lan")
        assert actions(manager) == ["workforce.staff.registered"]
        assert told(manager) == ["workforce.StaffRegistered"]

    def test_keeps_phone_and_place_unreadable_in_the_database(self, manager: Actor) -> None:
        member = staff(of=manager)

        def raw(actor: Actor) -> tuple[bytes, bytes, bytes]:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT phone, base, phone_index FROM workforce_staffmember WHERE id = %s", [member.id]
                )
                phone, base, index = cursor.fetchone()
                return bytes(phone), bytes(base), bytes(index)

        phone, base, index = acting(manager, NOON).ask(raw)
        assert b"13800138000" not in phone
        assert b"31.23" not in base
        assert len(index) == 16

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"name": "  "}, "name"),
            ({"kind": "wizard"}, "kind"),
            ({"title": "主治医师"}, "title"),
            ({"phone": "123"}, "phone"),
        ],
    )
    def test_refuses_by_field(self, manager: Actor, changes: dict[str, Any], field: str) -> None:
        with pytest.raises(StaffInvalid) as refusal:
            staff(of=manager, **changes)

        assert field in refusal.value.fields

    def test_refuses_a_number_that_somebody_has(self, manager: Actor) -> None:
        staff(of=manager, number="N001")

        with pytest.raises(StaffInvalid) as refusal:
            staff(of=manager, number="N001", name="王芳")

        assert list(refusal.value.fields) == ["number"]
        staff(of=make.actor(), number="N001")  # another institution counts for itself

    def test_refuses_who_may_not(self) -> None:
        with pytest.raises(NotAllowed):
            acting(make.actor("workforce.read"), NOON).do(
                commands.register_staff_member, name="李秀兰", kind="nurse"
            )


class TestChangeStaffMember:
    def test_changes_what_is_said_and_leaves_the_rest(self, manager: Actor) -> None:
        member = staff(of=manager)

        changed = acting(manager, NOON).do(
            commands.change_staff_member, staff_id=member.id, name="李秀岚", title="主管护师"
        )

        assert (changed.name, changed.title, changed.phone) == ("李秀岚", "主管护师", "13800138000")
        assert changed.base == {"lat": 31.2304, "lon": 121.4737}

    def test_does_not_say_that_another_institutions_member_exists(self, manager: Actor) -> None:
        stranger = staff(of=make.actor())

        with pytest.raises(NotFound):
            acting(manager, NOON).do(commands.change_staff_member, staff_id=stranger.id, name="x")

    def test_gives_an_account_to_one_member_only(self, manager: Actor) -> None:
        account_id = uuid4()
        first, second = staff(of=manager), staff(of=manager)
        acting(manager, NOON).do(commands.link_account, staff_id=first.id, account_id=account_id)

        with pytest.raises(StaffInvalid):
            acting(manager, NOON).do(commands.link_account, staff_id=second.id, account_id=account_id)


class TestQualifications:
    def add(self, actor: Actor, staff_id: UUID, **changes: Any) -> Any:
        sound: dict[str, Any] = {"code": "picc", "number": "P-1", "valid_until": date(2030, 1, 1)}
        return acting(actor, NOON).do(commands.add_qualification, staff_id=staff_id, **sound | changes)

    def test_count_once_somebody_else_has_seen_the_original(self, manager: Actor) -> None:
        member = staff(of=manager)
        added = self.add(manager, member.id)
        before = sheet(of=manager, staff_id=member.id)

        acting(manager, NOON).do(commands.verify_qualification, qualification_id=added.id)

        after = sheet(of=manager, staff_id=member.id)
        assert (before.qualifications, before.unverified) == ({}, frozenset({"picc"}))
        assert (after.qualifications, after.unverified) == ({"picc": date(2030, 1, 1)}, frozenset())

    def test_cannot_be_checked_by_their_holder(self, manager: Actor) -> None:
        member = staff(of=manager)
        herself = make.actor(
            "workforce.change", organization_id=manager.organization_id, staff_id=member.id
        )  # fmt: skip
        added = self.add(herself, member.id)

        with pytest.raises(OwnPaper):
            acting(herself, NOON).do(commands.verify_qualification, qualification_id=added.id)
        with pytest.raises(OwnPaper):
            self.add(herself, member.id, original_seen=True)

    def test_that_were_taken_back_count_no_more(self, manager: Actor) -> None:
        member = staff(of=manager)
        added = self.add(manager, member.id, original_seen=True)

        acting(manager, NOON).do(commands.take_back_qualification, qualification_id=added.id)

        assert sheet(of=manager, staff_id=member.id).qualifications == {}
        with pytest.raises(NotFound):
            acting(manager, NOON).do(commands.verify_qualification, qualification_id=added.id)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [({"code": "magic"}, "code"), ({"valid_from": date(2031, 1, 1)}, "valid_until")],
    )
    def test_are_refused_where_they_make_no_sense(
        self, manager: Actor, changes: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(StaffInvalid) as refusal:
            self.add(manager, staff(of=manager).id, **changes)

        assert list(refusal.value.fields) == [field]

    def test_of_another_institution_are_not_there(self, manager: Actor) -> None:
        other = make.actor()
        theirs = paper(of=other, staff_id=staff(of=other).id)

        with pytest.raises(NotFound):
            acting(manager, NOON).do(commands.verify_qualification, qualification_id=theirs.id)


class TestShifts:
    def test_do_not_overlap(self, manager: Actor) -> None:
        member = staff(of=manager)
        shift(of=manager, staff_id=member.id, begins=8, ends=12)

        with pytest.raises(ShiftOverlaps):
            shift(of=manager, staff_id=member.id, begins=11, ends=15)
        shift(of=manager, staff_id=member.id, begins=12, ends=15)  # the end belongs to the next
        shift(of=manager, staff_id=staff(of=manager).id, begins=8, ends=12)

    def test_that_were_removed_are_in_nobodys_way_and_stay_as_rows(self, manager: Actor) -> None:
        member = staff(of=manager)
        put = shift(of=manager, staff_id=member.id)

        acting(manager, NOON).do(commands.remove_shift, shift_id=put.id)

        assert sheet(of=manager, staff_id=member.id).shifts == ()
        shift(of=manager, staff_id=member.id)
        with pytest.raises(NotFound):
            acting(manager, NOON).do(commands.remove_shift, shift_id=put.id)

    def test_that_end_before_they_start_are_refused(self, manager: Actor) -> None:
        with pytest.raises(ShiftInvalid):
            shift(of=manager, staff_id=staff(of=manager).id, begins=12, ends=8)


class TestGenerateShifts:
    def generate(self, manager: Actor, first: date = MONDAY, days: int = 7, **changes: Any) -> int:
        return acting(manager, NOON).do(
            commands.generate_shifts, first_day=first, days=days, **changes
        )  # fmt: skip

    def pattern(self, manager: Actor, *days: int, **changes: Any) -> StaffMember:
        member = staff(of=manager)
        acting(manager, NOON).do(
            commands.set_weekly_pattern, staff_id=member.id, parts=week(*days), **changes
        )  # fmt: skip
        return member

    def test_goes_on_by_itself_and_leaves_off_what_was_taken_off(self, manager: Actor) -> None:
        member = self.pattern(manager, 0, 1, 2, 3, 4)
        keep_rotas_ahead(NOON)

        def shifts() -> list[Shift]:
            found: list[Shift] = acting(manager, NOON).ask(
                lambda _actor: list(Shift.objects.filter(staff=member, removed_at=None).order_by("starts_at"))
            )
            return found

        made = shifts()
        acting(manager, NOON).do(commands.remove_shift, shift_id=made[0].id)
        keep_rotas_ahead(NOON)

        assert len(made) > 15
        assert [one.id for one in shifts()] == [one.id for one in made[1:]]

    def test_makes_none_after_somebodys_last_day(self, manager: Actor) -> None:
        member = self.pattern(manager, 0, 1, 2, 3, 4)
        acting(manager, NOON).do(
            commands.set_last_day, staff_id=member.id, last_day=MONDAY + timedelta(days=2)
        )  # fmt: skip

        assert self.generate(manager) == 3
        with pytest.raises(ShiftInvalid):
            shift(of=manager, staff_id=member.id, day=MONDAY + timedelta(days=3))

    def test_takes_the_shifts_of_who_leaves_off_the_rota(self, manager: Actor) -> None:
        member = self.pattern(manager, 0, 1, 2, 3, 4)
        self.generate(manager)

        acting(manager, NOON).do(commands.set_last_day, staff_id=member.id, last_day=MONDAY)

        unit = acting(manager, NOON)
        left = unit.ask(lambda _actor: list(Shift.objects.filter(staff=member, removed_at=None)))
        assert [one.starts_at for one in left] == [clock(MONDAY, 8)]
        assert told(manager)[-1] == "workforce.StaffLeaves"

    def test_makes_a_week_once(self, manager: Actor) -> None:
        self.pattern(manager, 0, 1, 2, 3, 4)

        assert [self.generate(manager), self.generate(manager)] == [5, 0]

    def test_minds_holidays_and_swapped_days(self, manager: Actor) -> None:
        member = self.pattern(manager, 0, 1, 2, 3, 4)

        made = self.generate(manager, first=date(2025, 9, 28), days=14)  # Sunday 28 worked, 1 to 8 free

        def days(actor: Actor) -> list[date]:
            rows = Shift.objects.filter(staff_id=member.id).order_by("starts_at")
            return [row.starts_at.date() for row in rows]

        assert made == 6
        assert acting(manager, NOON).ask(days) == [
            date(2025, 9, 28),
            date(2025, 9, 29),
            date(2025, 9, 30),
            date(2025, 10, 9),
            date(2025, 10, 10),
            date(2025, 10, 11),
        ]

    def test_leaves_to_a_person_what_was_made_for_a_day_that_has_become_a_holiday(
        self, manager: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        at_work, on_duty = self.pattern(manager, 2, 3), self.pattern(manager, 2, 3)
        acting(manager, NOON).do(
            commands.set_weekly_pattern, staff_id=on_duty.id, parts=week(3), works_holidays=True
        )
        with monkeypatch.context() as before_the_notice:
            before_the_notice.setattr("anjia.kernel.calendar.holiday_name", lambda _day: None)
            self.generate(manager, first=date(2025, 9, 29), days=7)  # 1 October is a Wednesday

        found = self.on_holidays(manager)

        assert [(one.day.day, [shift.staff_id for shift in one.shifts]) for one in found] == [
            (date(2025, 10, 1), [at_work.id]),
            (date(2025, 10, 2), [at_work.id]),
        ]
        worked, taken = ([shift.id for shift in one.shifts] for one in found)
        settle = commands.settle_holiday_shifts
        acting(manager, NOON).do(settle, shift_ids=worked, works=True)
        acting(manager, NOON).do(settle, shift_ids=taken, works=False)
        assert self.on_holidays(manager) == []
        theirs = acting(manager, NOON).ask(
            lambda _: list(Shift.objects.filter(staff_id=at_work.id, removed_at=None))
        )
        assert [shift.id for shift in theirs] == worked
        assert told(manager).count("workforce.ShiftRemoved") == 1
        with pytest.raises(NotFound):
            acting(manager, NOON).do(settle, shift_ids=taken, works=True)

    def on_holidays(self, manager: Actor) -> list[queries.HolidayShifts]:
        return acting(manager, NOON).ask(
            queries.shifts_on_holidays, Purpose.CONTRACT, today=date(2025, 9, 20)
        )

    def test_leaves_what_was_put_by_hand(self, manager: Actor) -> None:
        member = self.pattern(manager, 0)
        shift(of=manager, staff_id=member.id, begins=16, ends=20)

        assert self.generate(manager) == 0

    def test_can_be_for_some_only(self, manager: Actor) -> None:
        first, _second = self.pattern(manager, 0), self.pattern(manager, 0)

        assert self.generate(manager, staff_ids=[first.id]) == 1

    @pytest.mark.parametrize("days", [0, 93])
    def test_refuses_no_days_and_too_many(self, manager: Actor, days: int) -> None:
        with pytest.raises(ShiftInvalid):
            self.generate(manager, days=days)

    def test_refuses_a_week_that_nobody_can_work(self, manager: Actor) -> None:
        twice = [*week(0), *week(0, begins=time(9), ends=time(10))]

        with pytest.raises(PatternInvalid):
            acting(manager, NOON).do(
                commands.set_weekly_pattern, staff_id=staff(of=manager).id, parts=twice
            )  # fmt: skip


class TestLeave:
    @pytest.fixture
    def member(self, manager: Actor) -> StaffMember:
        return staff(of=manager)

    @pytest.fixture
    def herself(self, manager: Actor, member: StaffMember) -> Actor:
        return make.actor(
            "workforce.ask_leave", organization_id=manager.organization_id, staff_id=member.id
        )  # fmt: skip

    def ask(self, actor: Actor, staff_id: UUID, first: date = MONDAY) -> Any:
        start, end = day_bounds(first)
        return acting(actor, NOON).do(
            commands.ask_leave,
            staff_id=staff_id,
            kind=LeaveKind.SICK,
            starts_at=start,
            ends_at=end,
            reason="发烧",
        )

    def test_counts_once_it_is_granted(self, manager: Actor, herself: Actor, member: StaffMember) -> None:
        asked = self.ask(herself, member.id)
        before = sheet(of=manager, staff_id=member.id).leave

        acting(manager, NOON).do(commands.grant_leave, leave_id=asked.id)

        after = sheet(of=manager, staff_id=member.id).leave
        assert (before, after) == ((), ((asked.starts_at, asked.ends_at),))
        assert told(manager)[-1] == "workforce.LeaveGranted"

    def test_is_asked_for_by_herself(self, herself: Actor, manager: Actor) -> None:
        with pytest.raises(NotYours):
            self.ask(herself, staff(of=manager).id)

    def test_is_not_granted_by_herself(self, herself: Actor, member: StaffMember) -> None:
        asked = self.ask(herself, member.id)

        with pytest.raises(NotAllowed):
            acting(herself, NOON).do(commands.grant_leave, leave_id=asked.id)

    def test_does_not_overlap(self, manager: Actor, herself: Actor, member: StaffMember) -> None:
        self.ask(herself, member.id)

        with pytest.raises(LeaveOverlaps):
            leave(of=manager, staff_id=member.id, first=MONDAY - timedelta(days=1), days=3)

    def test_that_was_withdrawn_or_refused_is_in_nobodys_way(
        self, manager: Actor, herself: Actor, member: StaffMember
    ) -> None:
        refused = self.ask(herself, member.id)
        acting(manager, NOON).do(commands.refuse_leave, leave_id=refused.id)
        withdrawn = self.ask(herself, member.id)
        acting(herself, NOON).do(commands.withdraw_leave, leave_id=withdrawn.id)

        leave(of=manager, staff_id=member.id)
        with pytest.raises(DayOff):
            acting(manager, NOON).do(commands.grant_leave, leave_id=refused.id)

    def test_of_another_institution_is_not_there(self, manager: Actor) -> None:
        other = make.actor()
        theirs = leave(of=other, staff_id=staff(of=other).id)

        with pytest.raises(NotFound):
            acting(manager, NOON).do(commands.withdraw_leave, leave_id=theirs.id)


class TestSetArea:
    def test_draws_a_circle_round_where_she_starts(self, manager: Actor) -> None:
        member = staff(of=manager)
        everywhere = sheet(of=manager, staff_id=member.id).cells

        acting(manager, NOON).do(commands.set_area, staff_id=member.id, radius_km=3)

        cells = sheet(of=manager, staff_id=member.id).cells
        assert everywhere is None
        assert cells is not None
        assert member.base_cell in cells
        assert 30 < len(cells) < 50  # 28 km² of cells of 0.74 km²

    def test_with_neither_lets_her_go_anywhere_again(self, manager: Actor) -> None:
        member = staff(of=manager)
        acting(manager, NOON).do(commands.set_area, staff_id=member.id, cells=[])
        nowhere = sheet(of=manager, staff_id=member.id).cells

        acting(manager, NOON).do(commands.set_area, staff_id=member.id)

        assert (nowhere, sheet(of=manager, staff_id=member.id).cells) == (frozenset(), None)

    def test_asks_where_she_starts(self, manager: Actor) -> None:
        with pytest.raises(StaffInvalid):
            acting(manager, NOON).do(
                commands.set_area, staff_id=staff(of=manager, base=None).id, radius_km=3
            )  # fmt: skip


class TestALicenceWithoutItsLastDay:
    def test_is_not_seen_until_somebody_says_which(self, manager: Actor) -> None:
        member = staff(of=manager)
        with pytest.raises(StaffInvalid) as refusal:
            paper(of=manager, staff_id=member.id, valid_until=None)
        waiting = paper(of=manager, staff_id=member.id, valid_until=None, original_seen=False)
        with pytest.raises(StaffInvalid):
            acting(manager, NOON).do(commands.verify_qualification, qualification_id=waiting.id)

        acting(manager, NOON).do(
            commands.verify_qualification, qualification_id=waiting.id, valid_until=date(2030, 6, 30)
        )

        assert list(refusal.value.fields) == ["valid_until"]
        assert sheet(of=manager, staff_id=member.id).qualifications == {"nurse_licence": date(2030, 6, 30)}


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

    def test_takes_over_papers_week_and_years(self, manager: Actor) -> None:
        self.do(manager, *self.ROWS)
        made = acting(manager, NOON).do(commands.generate_shifts, first_day=MONDAY, days=7)

        def member(actor: Actor) -> StaffMember:
            return StaffMember.objects.get(number="N001")

        one = acting(manager, NOON).ask(member)
        assert one.kind == "nurse"
        assert one.started_on == date(2020, 3, 2)
        assert sheet(of=manager, staff_id=one.id).qualifications == {
            "nurse_licence": date(2029, 6, 30),
            "picc": None,
        }
        assert made == 5

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

        assert sheet(of=manager, staff_id=member.id).qualifications == {"picc": None}

    def test_does_not_let_her_own_papers_count_whom_the_list_is_from(self, manager: Actor) -> None:
        member = staff(of=manager, name="李秀兰")
        herself = make.actor(
            "workforce.change", organization_id=manager.organization_id, staff_id=member.id
        )  # fmt: skip

        acting(herself, NOON).do(
            commands.register_staff_list, rows=[StaffRow(name="李秀兰", papers=(PaperRow(code="picc"),))]
        )

        assert sheet(of=manager, staff_id=member.id).unverified == {"picc"}


def test_a_shift_put_by_hand_shows_its_hours(database: None) -> None:
    manager = make.actor()
    member = staff(of=manager)
    shift(of=manager, staff_id=member.id)

    assert sheet(of=manager, staff_id=member.id).shifts == ((clock(MONDAY, 8), clock(MONDAY, 12)),)


class TestSetLastDay:
    def test_keeps_her_out_when_the_day_is_over_and_not_before(self) -> None:
        house = identity.house()
        account = identity.staff(house, role_code="nurse")
        boss = make.actor("workforce.change", organization_id=house.id)
        member = staff(of=boss, account_id=account.id)
        phone = identity.session(account)

        acting(boss, NOON).do(commands.set_last_day, staff_id=member.id, last_day=MONDAY)
        midnight = day_bounds(MONDAY)[1]
        make.deliver_events(boss, now=midnight - timedelta(seconds=1))
        on_her_last_day = is_let_in(phone.token)
        make.deliver_events(boss, now=midnight)

        assert on_her_last_day
        assert not is_let_in(phone.token)
        with pytest.raises(NotAMember):
            identity.session(account)

    def test_lets_who_stays_on_after_all_stay_in(self) -> None:
        house = identity.house()
        account = identity.staff(house, role_code="nurse")
        boss = make.actor("workforce.change", organization_id=house.id)
        member = staff(of=boss, account_id=account.id)

        for day in (MONDAY, None):
            acting(boss, NOON).do(commands.set_last_day, staff_id=member.id, last_day=day)
        make.deliver_events(boss)

        assert is_let_in(identity.session(account).token)

    def test_does_not_leave_a_house_without_an_administrator(self) -> None:
        house = identity.house()
        chief = identity.administrator(house)
        member = staff(of=chief, account_id=chief.user_id)

        with pytest.raises(LastAdministrator):
            acting(system(house.id), NOON).do(commands.set_last_day, staff_id=member.id, last_day=MONDAY)


def is_let_in(token: str) -> bool:
    return acting(system(), NOON).ask(actor_of_session, Purpose.LEGAL, token=token, now=NOON) is not None
