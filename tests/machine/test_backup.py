import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import psycopg
import pytest
from psycopg import sql

from anjia.kernel.folders import held
from anjia.machine import backup
from anjia.machine.backup import keys_in_place, make_backup, restore_backup
from anjia.machine.database import database_of, environment_of, prepare
from anjia.machine.home import DEMO, REAL, Home
from anjia.machine.postgres import Cluster, external
from anjia.machine.proving import built_in_database, prove_backup
from anjia.machine.server import UNUSED
from anjia.machine.steps import Stop
from tests.machine.trail import audit_verdict, start_in, write_until_killed

Rows = dict[str, list[str]]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Make a data folder with a town in it and a file of somebody's."""
    home = Home(tmp_path_factory.mktemp("backup") / "老 家")
    home.make(DEMO)
    with database_of(home) as environment:
        prepare("database", environment | UNUSED)
        home.half_made.unlink()
    (home.path / "files" / "zz").mkdir(parents=True)
    (home.path / "files" / "zz" / "door.enc").write_bytes(bytes(range(256)))
    yield home
    Cluster(home).remove()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """
    Make a data folder with one table: all that is asked of it is where it goes, and it goes there quickly.

    It knows nothing of audit trails: see `bare`.
    """
    home = Home(tmp_path_factory.mktemp("house") / "home")
    home.make(REAL)
    with database_of(home), psycopg.connect(Cluster(home).url("postgres")) as connection:
        home.half_made.unlink()
        connection.execute("CREATE TABLE kept AS SELECT n, '安' || n AS word FROM generate_series(1, 500) n")
    (home.path / "files").mkdir(exist_ok=True)
    (home.path / "files" / "door.enc").write_bytes(bytes(range(256)))
    yield home
    Cluster(home).remove()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is restored be taken as it is: of the trail and of migrations are other tests."""
    monkeypatch.setattr(backup, "prepare", lambda what, environment: None)


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


def verdict_of(home: Home) -> str:
    with database_of(home) as environment:
        return audit_verdict(environment)


@contextmanager
def served(home: Home) -> Iterator[dict[str, str]]:
    """Have the folder's database up as a server has."""
    cluster = Cluster(home)
    with home.locked("server"), cluster.running():
        yield environment_of(home, cluster.environment())


def after_a_line(said: IO[bytes], function: Callable[..., None]) -> Callable[..., None]:
    """Return the same function, which begins after one more line has been said."""

    def waiting(*args: Any) -> None:
        assert said.readline() == b"written\n"
        assert said.readline() == b"written\n"
        function(*args)

    return waiting


def fail(*ignored: object) -> None:
    raise Stop("on purpose")


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
            assert "are whole; 0 wait" in verdict_of(copy)
        finally:
            Cluster(copy).remove()

    def test_keeps_the_audit_trail_whole_that_is_written_meanwhile(
        self, town: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        target, copy = tmp_path / "anjia.tar", Home(tmp_path / "copy")
        with served(town) as environment:
            writer = start_in(environment, write_until_killed())
            assert writer.stdout is not None
            for step in ("dump_database", "pack"):
                monkeypatch.setattr(backup, step, after_a_line(writer.stdout, getattr(backup, step)))
            make_backup(town, target)
            writer.kill()
            writer.communicate()

        restore_backup(copy, target)

        try:
            written = len(every_row(copy)["kernel_auditentry"])
            assert f"{written} entries in " in verdict_of(copy)
            assert "are whole; 0 wait" in verdict_of(copy)
        finally:
            Cluster(copy).remove()

    @pytest.mark.usefixtures("bare")
    def test_can_be_restored_after_a_restore_that_failed(
        self, house: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        target, copy = tmp_path / "anjia.tar", Home(tmp_path / "copy")
        make_backup(house, target)
        with monkeypatch.context() as patch:
            patch.setattr(backup, "prepare", fail)
            with pytest.raises(Stop, match="on purpose"):
                restore_backup(copy, target)
        assert copy.is_empty
        assert not Cluster(copy).data.exists()

        restore_backup(copy, target)

        assert every_file(copy) == every_file(house)
        assert every_row(copy) == every_row(house)
        Cluster(copy).remove()

    @pytest.mark.usefixtures("bare")
    def test_can_be_restored_where_a_real_data_folder_was_lost(self, house: Home, tmp_path: Path) -> None:
        target, copy = tmp_path / "anjia.tar", Home(tmp_path / "copy")
        make_backup(house, target)
        restore_backup(copy, target)
        cluster = Cluster(copy)
        before = every_row(copy)
        assert len(before["kept"]) == 500
        shutil.rmtree(copy.path)

        restore_backup(copy, target)

        assert every_row(copy) == before
        if os.geteuid() == 0:  # whose data lies elsewhere, and may be all that somebody has
            assert len(list(cluster.place.glob("data-put-aside-*"))) == 1
        cluster.remove()

    @pytest.mark.usefixtures("bare")
    def test_keeps_nothing_of_a_restore_that_was_killed(self, house: Home, tmp_path: Path) -> None:
        target, copy = tmp_path / "anjia.tar", Home(tmp_path / "copy")
        make_backup(house, target)
        restore_backup(copy, target)
        cluster = Cluster(copy)
        cluster.half_filled.touch()  # as if it had been killed a moment before its end
        shutil.rmtree(copy.path)

        restore_backup(copy, target)

        assert list(cluster.place.glob("data-put-aside-*")) == []
        assert not cluster.half_filled.exists()
        cluster.remove()

    def test_says_that_a_restore_was_broken_off(self, town: Home, tmp_path: Path) -> None:
        copy = Home(tmp_path / "copy")
        copy.path.mkdir()
        copy.half_restored.touch()
        (copy.path / "kind").write_text(REAL)

        with pytest.raises(Stop, match="not restored to the end"):
            copy.make(REAL)
        with pytest.raises(Stop, match="not restored to the end"), database_of(copy):
            pass

    def test_is_for_our_eyes_only_and_never_overwrites(self, town: Home, tmp_path: Path) -> None:
        target = tmp_path / "anjia.tar"
        make_backup(town, target)

        assert target.stat().st_mode & 0o077 == 0
        with pytest.raises(Stop, match="never overwrites"):
            make_backup(town, target)
        with tarfile.open(target) as tar:
            assert "keys/database.json" not in tar.getnames()

    def test_removes_what_one_that_was_killed_has_left_but_not_what_another_is_making(
        self, town: Home, tmp_path: Path
    ) -> None:
        left = town.path / f"{backup.HALF_DONE}killed"
        left.mkdir()
        (left / "database.dump").write_bytes(b"everybody")

        with held(town.keys, together=True), keys_in_place(town):
            assert left.exists()
        with keys_in_place(town):
            assert not left.exists()

    def test_is_not_made_while_keys_are_rotated(self, town: Home, tmp_path: Path) -> None:
        with held(town.keys), pytest.raises(Stop, match="rotated"):
            make_backup(town, tmp_path / "anjia.backup")

        with held(town.keys, together=True):  # beside another backup
            make_backup(town, tmp_path / "anjia.backup")

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


class TestProveBackup:
    def test_keeps_that_a_whole_one_is_whole_and_that_another_could_not_be_restored(
        self, town: Home, tmp_path: Path
    ) -> None:
        whole, torn = tmp_path / "whole.tar", tmp_path / "torn.tar"
        make_backup(town, whole)
        torn.write_bytes(b"no backup")
        (town.path / "proving-killed" / "home" / "keys").mkdir(
            parents=True
        )  # a proof that was killed has left it

        prove_backup(town, whole)
        with pytest.raises(Stop, match="NOT whole: not restored"):
            prove_backup(town, torn)

        with database_of(town), psycopg.connect(Cluster(town).url("postgres")) as connection:
            kept = "SELECT backup_name, files, wrong FROM operations_restoreproof ORDER BY at"
            first, second = connection.execute(kept).fetchall()
            named = connection.execute("SELECT count(*) FROM kernel_storedfile").fetchone()
        assert first == ("whole.tar", *(named or ()), "")
        assert second[0] == "torn.tar"
        assert second[2].startswith("not restored: ")
        assert list(town.path.glob("proving-*")) == []

    def test_is_refused_where_there_is_nothing_to_keep_it_in(self, tmp_path: Path) -> None:
        with pytest.raises(Stop, match="no data folder"):
            prove_backup(Home(tmp_path / "nowhere"), tmp_path / "any.tar")

    def test_leaves_a_database_of_ones_own_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        elsewhere = {name: "postgresql://elsewhere/anjia" for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
        for name, url in elsewhere.items():
            monkeypatch.setenv(name, url)

        with built_in_database():
            assert not external(os.environ)
        assert elsewhere.items() <= os.environ.items()


class TestBackupWithABucket:
    @pytest.mark.usefixtures("bare")
    def test_says_that_it_does_not_carry_what_is_in_it(
        self, house: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        target, copy = tmp_path / "anjia.tar", Home(tmp_path / "copy")
        with monkeypatch.context() as patch:
            patch.setenv("S3_BUCKET", "anjia-files")
            patch.setenv("FILES_IN", "")  # there is none to be asked
            make_backup(house, target)
        assert "in the bucket anjia-files and NOT in this backup" in capsys.readouterr().out

        restore_backup(copy, target)

        try:
            assert "in the bucket anjia-files, and here S3_BUCKET is not set" in capsys.readouterr().out
        finally:
            Cluster(copy).remove()
