"""A folder is whole if every file that a row names is there as it was, and the audit trail is."""

from pathlib import Path

import pytest
from django.test.utils import override_settings

from anjia.identity.models import Organization
from anjia.kernel import files, storage
from anjia.kernel.audit import Verdict
from anjia.kernel.models import StoredFile
from anjia.kernel.work import acting
from anjia.operations.proving import look_over
from tests.identity import make as identity
from tests.make import NOON, actor

PDF = b"%PDF-1.7 one page"


@pytest.fixture
def house(database: None, monkeypatch: pytest.MonkeyPatch) -> Organization:
    """Return the only house that is looked over: others' files of other tests are not in the folder."""
    house = identity.house()
    monkeypatch.setattr("anjia.operations.proving.institutions", lambda actor, purpose: [house])
    return house


@pytest.fixture
def stored(house: Organization, tmp_path: Path) -> StoredFile:
    clerk = actor("files.store", organization_id=house.id)
    with override_settings(FILES=tmp_path):
        return acting(clerk, NOON).do(files.store, content=PDF, content_type="application/pdf")


def wrong(folder: Path) -> str:
    with override_settings(FILES=folder):
        return look_over(NOON).wrong


class TestLookOver:
    def test_opens_every_file(self, stored: StoredFile, tmp_path: Path) -> None:
        with override_settings(FILES=tmp_path):
            found = look_over(NOON)
        assert (found.files, found.wrong) == (1, "")

    def test_says_which_file_is_missing(self, stored: StoredFile, tmp_path: Path) -> None:
        path_in(tmp_path, stored).unlink()
        assert wrong(tmp_path) == f"file {stored.id}: missing"

    def test_says_which_file_was_damaged(self, stored: StoredFile, tmp_path: Path) -> None:
        path = path_in(tmp_path, stored)
        path.write_bytes(path.read_bytes()[:-1] + b"?")
        assert wrong(tmp_path).startswith(f"file {stored.id}: cannot be opened")

    def test_says_what_is_wrong_with_the_audit_trail(
        self, stored: StoredFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        broken = Verdict(seals=1, entries=7, unsealed=0, broken="seal 2 is missing")
        monkeypatch.setattr("anjia.kernel.sealing.verify_all", lambda now: broken)
        assert wrong(tmp_path) == "audit: seal 2 is missing"


def path_in(folder: Path, stored: StoredFile) -> Path:
    with override_settings(FILES=folder):
        return storage.folder().path_of(stored.id)
