"""A file is kept whole or refused in words; carried to another place it is there before it is gone from the first."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test.utils import override_settings

from anjia.kernel import encryption, files, storage
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.models import AuditEntry, StoredFile
from anjia.kernel.moving import move
from anjia.kernel.storage import FilesAway, Folder
from anjia.kernel.work import acting
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("database")

PDF = b"%PDF-1.7 a page of hers"


class Shelf(Folder):
    """A place beside the folder that can fall silent."""

    silent_after: int | None = None

    def put(self, file_id: UUID, sealed: bytes) -> None:
        type(self).count()
        super().put(file_id, sealed)

    @classmethod
    def count(cls) -> None:
        if cls.silent_after is not None:
            cls.silent_after -= 1
            if cls.silent_after < 0:
                raise FilesAway


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """Have new files put on a shelf beside the folder."""
    shelf = Shelf(tmp_path / "shelf")
    Shelf.silent_after = None
    monkeypatch.setattr(storage, "bucket", lambda: shelf)
    with override_settings(FILES=tmp_path / "folder"):
        yield shelf


@pytest.fixture
def clerk() -> Actor:
    return make.actor("files.store")


def stored(clerk: Actor, content: bytes = PDF, file_id: UUID | None = None) -> StoredFile:
    unit = acting(clerk, NOON)
    return unit.do(files.store, content=content, content_type="application/pdf", file_id=file_id)


def read(clerk: Actor, file_id: UUID) -> bytes:
    return acting(clerk, NOON).ask(files.content_of, Purpose.CONTRACT, file_id=file_id)[1]


def in_folder(count: int) -> list[UUID]:
    """Keep so many sealed files in the folder, as before there was a bucket."""
    ids = [uuid4() for _ in range(count)]
    for file_id in ids:
        sealed = encryption.seal(file_id.bytes, bound_to=f"file||{file_id}")
        storage.folder().put(file_id, sealed)
    return ids


def said_of(*words: str) -> str:
    said = StringIO()
    call_command("move_files", *words, stdout=said)
    return said.getvalue()


class TestFiles:
    def test_go_into_the_bucket_sealed(self, shelf: Shelf, clerk: Actor) -> None:
        file = stored(clerk)

        assert list(storage.folder().ids()) == []
        assert PDF not in shelf.get(file.id)
        assert read(clerk, file.id) == PDF

    def test_are_refused_whole_while_it_is_silent(self, shelf: Shelf, clerk: Actor) -> None:
        file_id, Shelf.silent_after = uuid4(), 0
        with pytest.raises(FilesAway) as refusal:
            stored(clerk, file_id=file_id)

        assert refusal.value.status == 503
        assert "也没有丢" in refusal.value.detail
        entries = AuditEntry.objects.filter(subject_id=file_id)
        assert acting(clerk, NOON).ask(lambda actor: list(entries)) == []
        Shelf.silent_after = None
        assert read(clerk, stored(clerk, file_id=file_id).id) == PDF

    def test_are_not_lost_says_who_cannot_show_them(
        self, shelf: Shelf, clerk: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever looks at a photo has sent none: that hers was not taken in would be untrue."""
        file = stored(clerk)

        def silent(*_: object) -> bytes:
            raise FilesAway

        monkeypatch.setattr(Shelf, "get", silent)
        with pytest.raises(FilesAway) as refusal:
            read(clerk, file.id)

        assert refusal.value.status == 503
        assert "没有收下" not in refusal.value.detail
        assert "没有丢" in refusal.value.detail

    def test_are_still_read_from_the_folder(self, shelf: Shelf) -> None:
        (file_id,) = in_folder(1)
        Shelf.silent_after = 0

        assert files.opened(file_id) == file_id.bytes


class TestMove:
    def test_carries_every_file_and_then_takes_it_away(self, shelf: Shelf) -> None:
        ids = in_folder(5)

        assert said_of("to_bucket").startswith("5 copied, 0 there before, 0 removed")
        assert set(shelf.ids()) == set(storage.folder().ids()) == set(ids)
        assert said_of("to_bucket", "--remove").startswith("0 copied, 5 there before, 5 removed")
        assert list(storage.folder().ids()) == []
        assert all(files.opened(file_id) == file_id.bytes for file_id in ids)

    def test_goes_on_where_the_bucket_fell_silent(self, shelf: Shelf) -> None:
        ids, Shelf.silent_after = in_folder(5), 3

        with pytest.raises(CommandError, match="3 copied"):
            said_of("to_bucket", "--remove")
        assert len(list(storage.folder().ids())) == 2
        Shelf.silent_after = None
        said_of("to_bucket", "--remove")

        assert set(shelf.ids()) == set(ids)

    def test_leaves_what_does_not_open_where_it_is(self, shelf: Shelf) -> None:
        damaged, *others = in_folder(3)
        path = storage.folder().path_of(damaged)
        path.write_bytes(path.read_bytes()[:-1] + b"?")

        with pytest.raises(CommandError, match=f"1 do not open and stay where they are: {damaged}"):
            said_of("to_bucket", "--remove")
        assert set(shelf.ids()) == set(others)
        assert list(storage.folder().ids()) == [damaged]

    def test_removes_nothing_that_is_not_there_to_the_byte(self, shelf: Shelf) -> None:
        (file_id,) = in_folder(1)

        class Forgetful(Shelf):
            def get(self, file_id: UUID) -> bytes:
                return super().get(file_id)[:-1]

        (done,) = move(storage.folder(), Forgetful(shelf.root), remove=True)

        assert (done.removed, done.damaged) == (0, [file_id])
        assert list(storage.folder().ids()) == [file_id]

    def test_carries_everything_back(self, shelf: Shelf, clerk: Actor) -> None:
        file = stored(clerk)

        said_of("to_folder", "--remove")

        assert list(shelf.ids()) == []
        assert read(clerk, file.id) == PDF

    def test_needs_a_bucket(self) -> None:
        with pytest.raises(CommandError, match="S3_BUCKET"):
            said_of("to_bucket")
