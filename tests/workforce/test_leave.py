"""Being away."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from anjia.kernel.actors import Actor
from anjia.kernel.calendar import day_bounds
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.workforce import commands
from anjia.workforce.models import StaffMember
from anjia.workforce.rules import (
    DayOff,
    LeaveKind,
    LeaveOverlaps,
    NotYours,
)
from tests import make
from tests.make import NOON
from tests.workforce.make import MONDAY, leave, sheet, staff, told

pytestmark = pytest.mark.usefixtures("database")


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
