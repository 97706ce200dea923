"""Who works when."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import at, day_of
from anjia.kernel.errors import NotFound
from anjia.kernel.work import acting
from anjia.workforce import commands, queries
from anjia.workforce.jobs import keep_rotas_ahead
from anjia.workforce.models import Shift, StaffMember
from anjia.workforce.rules import (
    PatternInvalid,
    ShiftInvalid,
    ShiftOverlaps,
)
from tests import make
from tests.make import NOON
from tests.workforce.make import MONDAY, clock, sheet, shift, staff, told, week

pytestmark = pytest.mark.usefixtures("apart", "database")


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

    def test_leaves_to_a_person_whether_a_weekend_is_worked_in_exchange(self, manager: Actor) -> None:
        """By the notice for 2025, Sunday 28 September and Saturday 11 October are worked for the national days."""
        office, weekend = self.pattern(manager, 0, 1, 2, 3, 4), self.pattern(manager, 5, 6)
        sunday, saturday = date(2025, 9, 28), date(2025, 10, 11)
        keep_rotas_ahead(at(date(2025, 9, 20), time(4)))
        rest = [one for one in self.days(manager, office) if one not in {sunday, saturday}]
        assert self.days(manager, office) == rest != []
        assert self.asked(manager) == [(sunday, [office.name]), (saturday, [office.name])]

        settle = commands.settle_swapped_day
        acting(manager, NOON).do(settle, day=sunday, works=True)
        acting(manager, NOON).do(settle, day=saturday, works=False)
        keep_rotas_ahead(at(date(2025, 9, 21), time(4)))

        assert self.asked(manager) == []
        assert [day for day in self.days(manager, office) if day.weekday() >= 5] == [sunday]
        assert sunday not in self.days(manager, weekend)
        with pytest.raises(ShiftInvalid):
            acting(manager, NOON).do(settle, day=date(2025, 9, 27), works=True)

    def days(self, manager: Actor, member: StaffMember) -> list[date]:
        rows = Shift.objects.filter(staff_id=member.id, removed_at=None).order_by("starts_at")
        return acting(manager, NOON).ask(lambda _actor: [day_of(row.starts_at) for row in rows])

    def asked(self, manager: Actor) -> list[tuple[date, list[str]]]:
        found = acting(manager, NOON).ask(
            queries.swapped_days, Purpose.CONTRACT, today=date(2025, 9, 20)
        )  # fmt: skip
        return [(one.day.day, one.names) for one in found]

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


def test_a_shift_put_by_hand_shows_its_hours(database: None) -> None:
    manager = make.actor()
    member = staff(of=manager)
    shift(of=manager, staff_id=member.id)

    assert sheet(of=manager, staff_id=member.id).shifts == ((clock(MONDAY, 8), clock(MONDAY, 12)),)
