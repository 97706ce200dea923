import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connections

from anjia.identity.models import Account
from anjia.kernel import encryption, files, rotation, storage
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.folders import held
from anjia.kernel.work import acting
from anjia.machine.home import REAL, Home
from anjia.records.models import PersonalTarget
from tests import make
from tests.kernel.test_edges import PNG
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("apart", "database")


@pytest.fixture(autouse=True)
def old_keys_are_kept_for_other_tests(database: None) -> Iterator[None]:
    before = json.loads(Path(settings.KEYRING).read_text())
    finish()
    yield
    connections["owner"].close()

    def put_back(kept: dict[str, dict[str, str]]) -> None:
        kept["keys"] = before["keys"] | kept["keys"]
        kept["ciphers"] = before.get("ciphers", {}) | kept.get("ciphers", {})

    rotation.change_keyring(put_back)


def finish() -> None:
    while rotation.old_keys():
        call_command("rotate_keys")


@pytest.fixture
def clerk() -> Actor:
    return make.actor("files.store")


def target(actor: Actor) -> UUID:
    """Keep a secret in a table to which the application may only append."""
    made = PersonalTarget.objects.create(
        organization_id=actor.organization_id,
        resident_id=uuid4(),
        code="systolic",
        reason="头晕",
        set_by=actor.user_id,
        set_at=NOON,
    )
    return made.id


def reason(actor: Actor, target_id: UUID) -> tuple[str, bytes]:
    [raw] = PersonalTarget.objects.filter(id=target_id).values_list("reason", flat=True)
    return PersonalTarget.objects.get(id=target_id).reason, memoryview(raw).tobytes()  # type: ignore[arg-type]  # the raw column


@pytest.mark.parametrize("cipher", ["aes-256-gcm", "sm4-gcm"])
def test_seals_values_and_files_by_a_new_key_and_then_takes_the_old_one_away(
    clerk: Actor, cipher: str
) -> None:
    target_id = acting(clerk, NOON).ask(target)
    stored = acting(clerk, NOON).do(files.store, content=PNG, content_type="image/png")
    _, before = acting(clerk, NOON).ask(reason, target_id)
    old = encryption.keyring().current
    call_command("rotate_keys", cipher=cipher)
    finish()

    words, after = acting(clerk, NOON).ask(reason, target_id)

    ring = encryption.keyring()
    assert list(ring.keys) == [ring.current]
    assert ring.current != old
    assert words == "头晕"
    assert before != after
    assert after.startswith(ring.beginning(ring.current))
    assert after[0] == encryption.CIPHERS[cipher].byte
    assert storage.folder().path_of(stored.id).read_bytes().startswith(ring.beginning(ring.current))
    assert acting(clerk, NOON).ask(files.content_of, Purpose.CARE, file_id=stored.id)[1] == PNG


class TestFilesInABucket:
    """A backup carries keys and no file of the bucket, and the bucket keeps none of what lay under an old key."""

    @pytest.fixture
    def bucket(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> storage.Folder:
        bucket = storage.Folder(tmp_path)
        monkeypatch.setattr(storage, "bucket", lambda: bucket)
        return bucket

    def test_are_sealed_again_and_a_backup_is_asked_for(self, bucket: storage.Folder, clerk: Actor) -> None:
        stored = acting(clerk, NOON).do(files.store, content=PNG, content_type="image/png")
        said = StringIO()

        call_command("rotate_keys", stdout=said)

        ring = encryption.keyring()
        assert bucket.get(stored.id).startswith(ring.beginning(ring.current))
        assert "no backup made before now carries: make one" in said.getvalue()

    def test_keep_the_old_key_while_it_is_silent(
        self, bucket: storage.Folder, clerk: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stored = acting(clerk, NOON).do(files.store, content=PNG, content_type="image/png")

        def silent(*_: object) -> None:
            raise storage.FilesAway

        with monkeypatch.context() as patch:
            patch.setattr(storage.Folder, "put", silent)
            with pytest.raises(CommandError, match="does not answer"):
                call_command("rotate_keys")

        assert acting(clerk, NOON).ask(files.content_of, Purpose.CARE, file_id=stored.id)[1] == PNG
        finish()
        assert acting(clerk, NOON).ask(files.content_of, Purpose.CARE, file_id=stored.id)[1] == PNG


def test_leaves_the_guards_standing(clerk: Actor) -> None:
    target_id = acting(clerk, NOON).ask(target)

    call_command("rotate_keys")

    with pytest.raises(ProgrammingError, match="append-only"):
        PersonalTarget.objects.using("owner").update(code="x")
    assert PersonalTarget.objects.using("owner").filter(id=target_id).count() == 0  # row-level security holds


def test_goes_on_where_it_was_stopped_with_the_key_it_had(
    clerk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    target_id = acting(clerk, NOON).ask(target)

    class Killed(Exception):
        pass

    def die(*_: object) -> int:
        raise Killed

    monkeypatch.setattr(rotation, "seal_files_again", die)
    with pytest.raises(Killed):
        call_command("rotate_keys")
    monkeypatch.undo()
    begun = encryption.keyring().current

    with pytest.raises(CommandError):
        call_command("rotate_keys", cipher="sm4-gcm")
    call_command("rotate_keys")

    assert encryption.keyring().current == begun
    _, raw = acting(clerk, NOON).ask(reason, target_id)
    assert raw.startswith(encryption.keyring().beginning(begun))


def test_stops_at_a_value_that_does_not_open(clerk: Actor) -> None:
    """It would be lost with the old key."""
    table = next(table for table in rotation.sealed_tables() if table.name == Account._meta.db_table)
    old = encryption.keyring().beginning(encryption.keyring().current)

    with pytest.raises(InvalidTag):
        rotation.seal_row_again(
            connections["owner"].connection, table, (uuid4(), *[old + b"x" * 40] * len(table.columns)), [old]
        )


def test_adds_a_key_beside_those_that_a_data_folder_is_made_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    home.make(REAL)
    monkeypatch.setattr(settings, "KEYRING", home.keys / "keyring.json")
    first = encryption.keyring().current

    name = rotation.add_key(encryption.AES)

    assert rotation.old_keys() == [first]
    assert encryption.unseal(encryption.seal(b"x", bound_to="t|c|1"), bound_to="t|c|1") == b"x"
    assert encryption.keyring().current == name


def test_waits_until_a_backup_has_carried_its_keys() -> None:
    with held(Path(settings.KEYRING).parent, together=True), pytest.raises(CommandError, match="backup"):
        call_command("rotate_keys")
