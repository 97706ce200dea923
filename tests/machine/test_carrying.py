"""A dump of the built-in PostgreSQL goes into one of a centre's own, also an older one; no password is seen."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from proofs._external import external_database
from proofs._external import programs as system_programs

from anjia.machine import programs
from anjia.machine.carrying import carry_over
from anjia.machine.home import Home
from anjia.machine.postgres import Cluster
from anjia.machine.programs import without_password
from anjia.machine.steps import Stop


@pytest.fixture(scope="module")
def older() -> Iterator[str]:
    """Give the address, as its owner, of a PostgreSQL of the system."""
    folder = system_programs()
    if folder is None:
        pytest.skip("there is no PostgreSQL of the system")
    with external_database(folder) as environment:
        yield environment["DATABASE_OWNER_URL"]


@pytest.fixture
def dump(home: Home, tmp_path: Path) -> Path:
    """Return a dump of the built-in one with a line in it like those that are left out."""
    cluster, target = Cluster(home), tmp_path / "database.dump"
    with home.locked("command"), cluster.running():
        with psycopg.connect(cluster.url("anjia_owner")) as connection:
            connection.execute("CREATE TABLE said (words text)")
            connection.execute("INSERT INTO said VALUES ('SET transaction_timeout = 0;'), ('一句话')")
        cluster.dump(target)
    return target


class TestCarryOver:
    def test_reads_a_newer_ones_dump_to_the_last_row_or_not_at_all(self, older: str, dump: Path) -> None:
        carry_over(dump, older)

        with psycopg.connect(older) as connection:
            assert set(connection.execute("SELECT words FROM said")) == {
                ("SET transaction_timeout = 0;",),
                ("一句话",),
            }
        with pytest.raises(Stop, match=r'psql failed: .*"said" already exists'):
            carry_over(dump, older)

    def test_leaves_nothing_of_a_dump_that_is_cut_off(self, older: str, dump: Path) -> None:
        with psycopg.connect(older) as connection:
            connection.execute("DROP TABLE IF EXISTS said")
        dump.write_bytes(dump.read_bytes()[:-40])

        with pytest.raises(Stop, match="pg_restore failed"):
            carry_over(dump, older)
        with psycopg.connect(older) as connection:
            assert connection.execute("SELECT to_regclass('said')").fetchone() == (None,)


class TestBrokenOff:
    """With programs that do as little as is needed to break it off."""

    @pytest.fixture
    def place(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setattr("anjia.machine.carrying.newest", lambda name: str(tmp_path / name))
        return tmp_path

    def program(self, place: Path, name: str, does: str) -> None:
        (place / name).write_text(f"#!/bin/sh\n{does}\n")
        (place / name).chmod(0o755)

    def test_says_why_a_database_would_not_have_it(self, place: Path) -> None:
        self.program(place, "pg_restore", "yes | head -c 5000000")
        self.program(place, "psql", "echo permission denied >&2; exit 3")

        with pytest.raises(Stop, match="psql failed: permission denied"):
            carry_over(place / "dump", "postgresql://host/anjia")

    def test_commits_no_half(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def stopped(_lines: object) -> Iterator[bytes]:
            yield b"SELECT 1;\n"
            raise KeyboardInterrupt

        monkeypatch.setattr("anjia.machine.carrying.for_older_ones", stopped)
        self.program(place, "pg_restore", "exit 0")
        self.program(place, "psql", f"cat >/dev/null; touch '{place}/committed'")

        with pytest.raises(KeyboardInterrupt):
            carry_over(place / "dump", "postgresql://host/anjia")

        assert not (place / "committed").exists()


class TestPassword:
    def test_is_no_word_of_a_command_line(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: dict[str, object] = {}

        def look(
            command: list[str], *, env: dict[str, str], **_: object
        ) -> "subprocess.CompletedProcess[str]":
            seen.update(command=command, password=env["PGPASSWORD"])
            return subprocess.CompletedProcess(command, 0, "", "")

        monkeypatch.setattr("anjia.machine.programs.subprocess.run", look)
        programs.run(["pg_dump", "--file=x", "--dbname=postgresql://anjia_app:a%40b@host:5/anjia"])

        assert seen["command"] == ["pg_dump", "--file=x", "--dbname=postgresql://anjia_app@host:5/anjia"]
        assert seen["password"] == "a@b"

    def test_may_be_missing(self) -> None:
        assert without_password("postgresql://host/anjia") == ("postgresql://host/anjia", {})
