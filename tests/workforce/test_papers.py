"""Licences and certificates."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from anjia.kernel.actors import Actor
from anjia.kernel.errors import NotFound
from anjia.kernel.work import acting
from anjia.workforce import commands
from anjia.workforce.rules import (
    OwnPaper,
    StaffInvalid,
)
from tests import make
from tests.make import NOON
from tests.workforce.make import paper, sheet, staff

pytestmark = pytest.mark.usefixtures("database")


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
