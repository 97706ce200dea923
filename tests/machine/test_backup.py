import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from anjia.machine.backup import make_backup, restore_backup
from anjia.machine.database import database_of, prepare
from anjia.machine.home import DEMO, Home
from anjia.machine.postgres import Cluster
from anjia.machine.server import UNUSED
from anjia.machine.steps import Stop

Rows = dict[str, list[str]]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Make a data folder with a town in it and a file of somebody's."""
    home = Home(tmp_path_factory.mktemp("backup") / "老 家")
    home.make(DEMO)
    with database_of(home) as environment:
        prepare("database", environment | UNUSED)
        home.half_made.unlink()
    (home.path / "files" / "ab").mkdir(parents=True)
    (home.path / "files" / "ab" / "door.enc").write_bytes(bytes(range(256)))
    yield home
    Cluster(home).remove()


def every_row(home: Home) -> Rows:
    """Return every row of every table, as text, past row-level security."""
    with database_of(home), psycopg.connect(Cluster(home).url("postgres")) as connection:
        names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        return {
            name: sorted(
                row
                for (row,) in connection.execute(
                    sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(name))
                )
            )
            for (name,) in connection.execute(names).fetchall()
        }


def every_file(home: Home) -> dict[str, bytes]:
    kept = [path for folder in ("files", "keys", "seals") for path in (home.path / folder).rglob("*")]
    return {
        str(path.relative_to(home.path)): path.read_bytes()
        for path in kept
        if path.is_file() and path.name != "database.json"
    }


class TestBackup:
    def test_restores_every_row_file_and_key_into_an_empty_folder(self, town: Home, tmp_path: Path) -> None:
        target, copy = tmp_path / "anjia.tar", Home(tmp_path / "新 家")
        make_backup(town, target)
        before = every_row(town)

        restore_backup(copy, target)

        try:
            assert every_row(copy) == before
            assert len(before) > 30
            assert sum(map(len, before.values())) > 100
            assert every_file(copy) == every_file(town)
            assert copy.kind == DEMO
            assert self.audit_is_whole(copy)
        finally:
            Cluster(copy).remove()

    def audit_is_whole(self, home: Home) -> bool:
        with database_of(home) as environment:
            words = [sys.executable, "-m", "anjia", "audit_verify"]
            return subprocess.run(words, env=environment, check=False).returncode == 0

    def test_is_for_our_eyes_only_and_never_overwrites(self, town: Home, tmp_path: Path) -> None:
        target = tmp_path / "anjia.tar"
        make_backup(town, target)

        assert target.stat().st_mode & 0o077 == 0
        with pytest.raises(Stop, match="never overwrites"):
            make_backup(town, target)
        with tarfile.open(target) as tar:
            assert "keys/database.json" not in tar.getnames()

    def test_is_not_restored_over_anything(self, town: Home, tmp_path: Path) -> None:
        with pytest.raises(Stop, match="not empty"):
            restore_backup(town, tmp_path / "anjia.tar")

    def test_refuses_what_is_no_backup_and_leaves_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "holiday.jpg").write_bytes(b"no")
        home = Home(tmp_path / "var")

        with pytest.raises(Stop, match="not a backup"):
            restore_backup(home, tmp_path / "holiday.jpg")
        assert home.is_empty

    def test_writes_nothing_outside_the_data_folder(self, tmp_path: Path) -> None:
        evil = tmp_path / "evil.tar"
        with tarfile.open(evil, "w") as tar:
            for name in ("../outside", "/tmp/outside-of-anjia"):
                tar.addfile(tarfile.TarInfo(name))

        with pytest.raises(Stop, match="not a backup"):
            restore_backup(Home(tmp_path / "var"), evil)
        assert not (tmp_path / "outside").exists()
        assert not Path("/tmp/outside-of-anjia").exists()
