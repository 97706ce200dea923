"""Licences and certificates."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound
from anjia.kernel.work import acting
from anjia.workforce import commands, queries
from anjia.workforce.models import Qualification
from anjia.workforce.rules import OwnPaper, SameReader, ScanChanged, ScanMissing, StaffInvalid
from tests import make
from tests.make import NOON
from tests.workforce.make import SCAN, confirmed, cover, paper, sheet, staff

pytestmark = pytest.mark.usefixtures("database")


class TestQualifications:
    def add(self, actor: Actor, staff_id: UUID, **changes: Any) -> Any:
        sound: dict[str, Any] = {
            "code": "picc",
            "number": "P-1",
            "valid_until": date(2030, 1, 1),
            "scan": SCAN,
            "content_type": "image/png",
        }
        return acting(actor, NOON).do(commands.add_qualification, staff_id=staff_id, **sound | changes)

    def reader(self, manager: Actor, **who: Any) -> Actor:
        return make.actor("workforce.confirm", organization_id=manager.organization_id, **who)

    def verify(self, actor: Actor, paper: Any) -> Any:
        return acting(actor, NOON).do(commands.verify_qualification, qualification_id=paper.id)

    def test_count_once_a_second_person_has_read_the_scan(self, manager: Actor) -> None:
        member, second = staff(of=manager), self.reader(manager)
        added = self.add(manager, member.id)
        before = sheet(of=manager, staff_id=member.id)

        read = self.verify(second, added)

        after = sheet(of=manager, staff_id=member.id)
        assert (before.qualifications, before.unverified) == ({}, frozenset({"picc"}))
        assert (after.qualifications, after.unverified) == ({"picc": date(2030, 1, 1)}, frozenset())
        assert (read.added_by, read.verified_by, read.verified_at) == (manager.user_id, second.user_id, NOON)

    def test_are_not_read_by_who_entered_them_whatever_she_may_do(self, manager: Actor) -> None:
        both = make.actor(
            "workforce.change", "workforce.confirm", "files.store", organization_id=manager.organization_id
        )
        added = self.add(both, staff(of=manager).id)

        with pytest.raises(SameReader):
            self.verify(both, added)

    def test_are_not_read_by_who_added_the_scan(self, manager: Actor) -> None:
        both = make.actor(
            "workforce.change", "workforce.confirm", "files.store", organization_id=manager.organization_id
        )
        added = self.add(manager, staff(of=manager).id, scan=b"")
        acting(both, NOON).do(
            commands.attach_scan, qualification_id=added.id, scan=SCAN, content_type="image/png"
        )

        with pytest.raises(SameReader):
            self.verify(both, added)

    def test_are_not_read_by_who_wrote_them_down_when_another_has_added_the_scan(
        self, manager: Actor
    ) -> None:
        """Or the days that she has typed would count with nobody having read them but she."""
        both = make.actor(
            "workforce.change", "workforce.confirm", "files.store", organization_id=manager.organization_id
        )
        added = self.add(both, staff(of=manager).id, scan=b"")
        self.scan(manager, added)

        with pytest.raises(SameReader):
            self.verify(both, added)
        assert self.verify(self.reader(manager), added).is_verified

    def test_do_not_count_by_a_scan_that_nobody_has_read(self, manager: Actor) -> None:
        """Her page shows one, and meanwhile another lies beside what was entered."""
        added, second = self.add(manager, staff(of=manager).id), self.reader(manager)
        self.scan(manager, added)

        with pytest.raises(ScanChanged):
            acting(second, NOON).do(
                commands.verify_qualification, qualification_id=added.id, scan_id=added.file_id
            )

    def scan(self, by: Actor, paper: Any) -> None:
        acting(by, NOON).do(
            commands.attach_scan, qualification_id=paper.id, scan=SCAN + b"2", content_type="image/png"
        )

    def test_do_not_count_without_a_scan(self, manager: Actor) -> None:
        member = staff(of=manager)
        added = self.add(manager, member.id, scan=b"")

        with pytest.raises(ScanMissing):
            self.verify(self.reader(manager), added)
        assert sheet(of=manager, staff_id=member.id).qualifications == {}

    def test_wait_again_when_a_better_scan_has_come(self, manager: Actor) -> None:
        member = staff(of=manager)
        read = paper(of=manager, staff_id=member.id, code="picc")
        acting(manager, NOON).do(
            commands.attach_scan, qualification_id=read.id, scan=SCAN, content_type="image/png"
        )

        assert sheet(of=manager, staff_id=member.id).unverified == {"picc"}

    def test_cannot_be_checked_by_their_holder(self, manager: Actor) -> None:
        member = staff(of=manager)
        added = self.add(manager, member.id)

        with pytest.raises(OwnPaper):
            self.verify(self.reader(manager, staff_id=member.id), added)

    def test_wait_on_the_list_until_they_have_been_read(self, manager: Actor) -> None:
        member = staff(of=manager)
        added = self.add(manager, member.id)
        self.add(manager, member.id, code="nurse_licence", valid_until=date(2026, 3, 1))  # lapsed anyway

        def waiting() -> list[UUID]:
            found = acting(manager, NOON).ask(queries.papers_waiting, Purpose.CONTRACT, today=NOON.date())
            return [one.id for one in found]

        before = waiting()
        self.verify(self.reader(manager), added)
        assert (before, waiting()) == ([added.id], [])

    def test_are_kept_by_the_database_from_having_one_reader(self, manager: Actor) -> None:
        added = self.add(manager, staff(of=manager).id)

        def cheat(_actor: Actor) -> None:
            rows = Qualification.objects.filter(id=added.id)
            rows.update(verified_by=manager.user_id, verified_at=NOON)

        with pytest.raises(IntegrityError, match="qualification_second_reader"):
            acting(manager, NOON).ask(cheat)

    def test_that_were_taken_back_count_no_more(self, manager: Actor) -> None:
        member = staff(of=manager)
        added = paper(of=manager, staff_id=member.id, code="picc")

        acting(manager, NOON).do(commands.take_back_qualification, qualification_id=added.id)

        assert sheet(of=manager, staff_id=member.id).qualifications == {}
        with pytest.raises(NotFound):
            self.verify(self.reader(manager), added)

    def test_insure_nobody_without_who_insures_which_policy_and_when(self, manager: Actor) -> None:
        with pytest.raises(StaffInvalid) as refusal:
            self.add(manager, staff(of=manager).id, code="accident_insurance", number="", valid_until=None)

        assert list(refusal.value.fields) == ["issuer", "paper_number", "valid_from", "valid_until"]

    def test_keep_the_number_of_a_policy_unreadable_in_the_database(self, manager: Actor) -> None:
        kept = cover(of=manager, staff_id=staff(of=manager).id, number="PA-SECRET-7")

        def stored(_actor: Actor) -> str:
            with connection.cursor() as cursor:
                cursor.execute("SELECT number FROM workforce_qualification WHERE id = %s", [kept.id])
                return bytes(cursor.fetchone()[0]).decode("latin-1")

        assert "SECRET" not in acting(manager, NOON).ask(stored)
        assert kept.number == "PA-SECRET-7"

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
            self.verify(self.reader(manager), theirs)


class TestALicenceWithoutItsLastDay:
    def test_is_not_read_until_somebody_says_which(self, manager: Actor) -> None:
        member = staff(of=manager)
        waiting = paper(of=manager, staff_id=member.id, valid_until=None, is_confirmed=False)
        with pytest.raises(StaffInvalid) as refusal:
            confirmed(waiting)

        confirmed(waiting, valid_until=date(2030, 6, 30))

        assert list(refusal.value.fields) == ["valid_until"]
        assert sheet(of=manager, staff_id=member.id).qualifications == {"nurse_licence": date(2030, 6, 30)}
