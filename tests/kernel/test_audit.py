from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import ProgrammingError, connections

from anjia.kernel import audit, sealing
from anjia.kernel.actors import Purpose, system
from anjia.kernel.models import AuditEntry, AuditSeal
from anjia.kernel.work import acting
from tests import make
from tests.kernel.test_work import write_note
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("apart", "database")

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


def epoch_now() -> int:
    epoch, _ = acting(system(), NOON).ask(lambda _: audit.epoch_and_oldest_open_transaction())
    return epoch


@contextmanager
def in_epoch(monkeypatch: pytest.MonkeyPatch, epoch: int, below: int = 0) -> Iterator[None]:
    """Let the database be another one, as it is after a restore."""
    with monkeypatch.context() as patch:
        patch.setattr(audit, "epoch_and_oldest_open_transaction", lambda: (epoch, below))
        yield


def last_seal() -> AuditSeal:
    last = acting(system(), NOON).ask(lambda _: AuditSeal.objects.order_by("number").last())
    assert last is not None
    return last


def ids_in(seal: AuditSeal) -> list[UUID]:
    kept = bytes(seal.entries)
    return [UUID(bytes=kept[at : at + 16]) for at in range(0, len(kept), audit.LINE)]


@pytest.fixture
def owner() -> Iterator[object]:
    """Let the test act as whoever owns the database, triggers and policies out of the way."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(TAMPER)
        yield cursor
        cursor.execute(MEND)
    connections["owner"].close()


@pytest.fixture
def seals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file of the test's own for the seals that are kept outside."""
    monkeypatch.setattr(settings, "SEALS", tmp_path / "seals" / "newest.jsonl")
    return tmp_path / "seals" / "newest.jsonl"


def seal(number: int) -> AuditSeal:
    return AuditSeal(number=number, hash=str(number), sealed_at=NOON)


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

    def test_finds_the_newest_also_behind_half_a_line(self, seals: Path) -> None:
        for number in range(100):
            sealing.keep_outside(seal(number))
        with seals.open("a") as file:
            file.write('{"number": 7, "ha')

        assert sealing.newest_outside() == (99, "99")

    def test_keeps_no_more_outside_than_it_needs(self, seals: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sealing, "LARGEST", 5_000)

        sizes = []
        for number in range(200):
            sealing.keep_outside(seal(number))
            sizes.append(seals.stat().st_size)
            assert sealing.newest_outside() == (number, str(number))

        assert max(sizes) <= 5_000
        assert [path.name for path in seals.parent.iterdir()] == [seals.name]

    def test_misses_the_seal_that_is_no_longer_kept_outside(self) -> None:
        entry_by("a")
        assert sealing.seal_now(NOON)
        assert sealing.verify_all(NOON).broken is None

        Path(settings.SEALS).rename(Path(settings.SEALS).with_name("elsewhere"))
        try:
            assert "no seal is kept outside" in str(sealing.verify_all(NOON).broken)
        finally:
            Path(settings.SEALS).with_name("elsewhere").rename(settings.SEALS)


class TestCloseEpochs:
    """
    As after a restore, where transaction ids begin anew. Other tests share the chain, so each invents an epoch
    of its own; what it seals there stays.
    """

    def test_seals_what_the_old_database_left_unsealed_and_chains_on(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old, here = entry_by("a"), epoch_now()
        acting(system(), NOON).do(audit.seal)
        late = entry_by("b")
        ends = last_seal()

        with in_epoch(monkeypatch, here + 1):
            assert verdict().broken == f"entry {late} is in no seal"
            [closing] = acting(system(), NOON).do(audit.close_epochs)

            assert (closing.number, closing.epoch, closing.since) == (ends.number + 1, here, ends.below)
            assert verdict().broken is None
            assert ids_in(closing) == [late]
            assert old not in ids_in(closing)
            assert acting(system(), NOON).do(audit.close_epochs) == []

    def test_lets_the_epoch_go_on_where_it_was_closed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As when a backup goes back to where it came from."""
        entry_by("a")
        here = epoch_now()
        with in_epoch(monkeypatch, here + 1):
            acting(system(), NOON).do(audit.close_epochs)
        later = entry_by("b")

        sealed = acting(system(), NOON).do(audit.seal)

        assert sealed is not None
        assert ids_in(sealed) == [later]
        assert verdict().broken is None

    def test_keeps_its_seals_outside_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        entry_by("a")
        with in_epoch(monkeypatch, epoch_now() + 1):
            sealing.close_epochs(NOON)

            assert sealing.newest_outside() == (last_seal().number, last_seal().hash)
            assert sealing.verify_all(NOON).broken is None

    def test_is_followed_by_seals_of_the_new_epoch_from_its_beginning(
        self, monkeypatch: pytest.MonkeyPatch, owner: object
    ) -> None:
        entry_by("a")
        newer = uuid4().int >> 66
        with in_epoch(monkeypatch, newer, below=1_000):
            acting(system(), NOON).do(audit.close_epochs)
            entry_id = entry_by("b")
            run = owner.execute  # type: ignore[attr-defined]
            run(
                "UPDATE kernel_auditentry SET epoch = %s, transaction_id = 7 WHERE id = %s", [newer, entry_id]
            )

            first = acting(system(), NOON).do(audit.seal)

            assert first is not None
            assert (first.epoch, first.since, ids_in(first)) == (newer, 0, [entry_id])
            assert verdict().broken is None


class TestAuditEntry:
    def test_cannot_be_changed_by_the_application(self) -> None:
        entry_by("a")

        with pytest.raises(ProgrammingError, match="permission denied"):
            acting(system(), NOON).ask(lambda _: AuditEntry.objects.update(action="nothing"))

    def test_cannot_be_changed_by_its_owner_without_disabling_the_trigger(self) -> None:
        with pytest.raises(ProgrammingError, match="append-only"):
            AuditEntry.objects.using("owner").update(action="nothing")
        connections["owner"].close()

    def test_says_whom_a_person_spoke_for_and_nobody_changes_that_unseen(self, owner: object) -> None:
        mother = uuid4()
        daughter = make.person("notes.write", resident_id=mother, organization_id=uuid4())
        acting(daughter, NOON).do(write_note, words="a")
        acting(system(), NOON).do(audit.seal)

        [entry] = acting(daughter, NOON).ask(lambda _: list(AuditEntry.objects.all()))

        assert entry.for_resident == mother
        run = owner.execute  # type: ignore[attr-defined]
        for other in (None, uuid4()):
            run("UPDATE kernel_auditentry SET for_resident = %s WHERE id = %s", [other, entry.id])
            assert verdict().broken == f"entry {entry.id} has been changed"
        run("UPDATE kernel_auditentry SET for_resident = %s WHERE id = %s", [mother, entry.id])
        assert verdict().broken is None

    def test_of_nobody_is_sealed_as_it_was_before_it_could_say_so(self) -> None:
        entry = AuditEntry(
            id=UUID(int=1),
            epoch=2,
            transaction_id=3,
            occurred_at=NOON,
            actor_id=UUID(int=4),
            organization_id=UUID(int=5),
            action="notes.note.written",
            subject_id=UUID(int=6),
            fields=["words"],
        )

        assert (
            audit.line_of(entry).hex()[32:]
            == "c35a062def57344e12bdb0cf498361757b301337bedbfadaada4908025de5f28"
        )

    def test_is_not_shown_to_another_organization(self) -> None:
        entry_id = entry_by("a")
        stranger = make.actor("audit.read")

        page = acting(stranger, NOON).ask(audit.entries_found, Purpose.LEGAL)

        assert entry_id not in [entry.id for entry in page.items]
