from collections.abc import Iterator
from uuid import UUID

import pytest
from django.db import ProgrammingError, connections

from anjia.kernel import audit, sealing
from anjia.kernel.actors import Purpose, system
from anjia.kernel.models import AuditEntry, AuditSeal
from anjia.kernel.work import acting
from tests import make
from tests.kernel.test_work import write_note
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("database")

TAMPER = """
    ALTER TABLE kernel_auditentry DISABLE TRIGGER append_only;
    ALTER TABLE kernel_auditentry NO FORCE ROW LEVEL SECURITY
"""
MEND = """
    ALTER TABLE kernel_auditentry ENABLE TRIGGER append_only;
    ALTER TABLE kernel_auditentry FORCE ROW LEVEL SECURITY
"""


def verdict(newest: tuple[int, str] | None = None) -> audit.Verdict:
    return acting(system(), NOON).ask(audit.verify, Purpose.LEGAL, newest=newest)


def entry_by(clerk_words: str) -> UUID:
    clerk = make.actor("notes.write")
    acting(clerk, NOON).do(write_note, words=clerk_words)
    [entry] = acting(clerk, NOON).ask(lambda _: list(AuditEntry.objects.all()))
    return entry.id


@pytest.fixture
def owner() -> Iterator[object]:
    """Let the test act as whoever owns the database, triggers and policies out of the way."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(TAMPER)
        yield cursor
        cursor.execute(MEND)
    connections["owner"].close()


class TestSeal:
    def test_holds_what_has_committed_and_the_chain_is_whole(self) -> None:
        entry_by("a")
        assert acting(system(), NOON).do(audit.seal) is not None

        found = verdict()

        assert found.broken is None
        assert found.seals >= 1
        assert found.unsealed == 0

    def test_is_not_made_of_nothing(self) -> None:
        entry_by("a")
        acting(system(), NOON).do(audit.seal)

        assert acting(system(), NOON).do(audit.seal) is None

    def test_is_kept_outside_the_database_too(self) -> None:
        entry_by("a")
        assert sealing.seal_now(NOON)

        newest = sealing.newest_outside()

        last = acting(system(), NOON).ask(lambda _: AuditSeal.objects.order_by("number").last())
        assert last is not None
        assert newest == (last.number, last.hash)
        assert verdict(newest).broken is None
        assert verdict((last.number, "0" * 64)).broken == f"seal {last.number} is not the one kept outside"
        assert (
            verdict((last.number + 1, last.hash)).broken
            == f"seal {last.number + 1} is kept outside and missing here"
        )


class TestVerify:
    def test_names_the_entry_that_was_changed(self, owner: object) -> None:
        entry_id = entry_by("a")
        acting(system(), NOON).do(audit.seal)

        run = owner.execute  # type: ignore[attr-defined]
        run("UPDATE kernel_auditentry SET action = 'nothing' WHERE id = %s", [entry_id])
        assert verdict().broken == f"entry {entry_id} has been changed"
        run("UPDATE kernel_auditentry SET action = 'notes.note.written' WHERE id = %s", [entry_id])
        assert verdict().broken is None

    def test_names_the_entry_that_was_removed(self, owner: object) -> None:
        entry_id = entry_by("a")
        acting(system(), NOON).do(audit.seal)
        run = owner.execute  # type: ignore[attr-defined]
        run("CREATE TEMP TABLE kept AS SELECT * FROM kernel_auditentry WHERE id = %s", [entry_id])

        run("DELETE FROM kernel_auditentry WHERE id = %s", [entry_id])
        assert verdict().broken == f"entry {entry_id} is missing"
        run("INSERT INTO kernel_auditentry SELECT * FROM kept")
        run("DROP TABLE kept")
        assert verdict().broken is None

    def test_begins_a_new_chain_in_another_epoch_that_names_the_old_one(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As after a restore: transaction ids begin anew. Here the seals of the old epoch stay verifiable."""
        entry_by("a")
        acting(system(), NOON).do(audit.seal)
        before = acting(system(), NOON).ask(lambda _: AuditSeal.objects.order_by("number").last())
        assert before is not None

        epoch, below = acting(system(), NOON).ask(lambda _: audit.epoch_and_oldest_open_transaction())
        assert before.epoch == epoch
        assert before.below <= below
        assert audit.chained(before.hash, epoch + 1, 0, 5, b"") != audit.chained("", epoch + 1, 0, 5, b"")


class TestAuditEntry:
    def test_cannot_be_changed_by_the_application(self) -> None:
        entry_by("a")

        with pytest.raises(ProgrammingError, match="permission denied"):
            acting(system(), NOON).ask(lambda _: AuditEntry.objects.update(action="nothing"))

    def test_cannot_be_changed_by_its_owner_without_disabling_the_trigger(self) -> None:
        with pytest.raises(ProgrammingError, match="append-only"):
            AuditEntry.objects.using("owner").update(action="nothing")
        connections["owner"].close()

    def test_is_not_shown_to_another_organization(self) -> None:
        entry_id = entry_by("a")
        stranger = make.actor("audit.read")

        page = acting(stranger, NOON).ask(audit.entries_found, Purpose.LEGAL)

        assert entry_id not in [entry.id for entry in page.items]
