"""
The embedded PostgreSQL: its programs from PyPI, its data beside the data folder.

Its programs are copied beside its data. So they can be run by the user that runs it, and those of an
older version are still there when its data must be carried over to a newer one.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from dataclasses import replace as changed
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from anjia.machine import children
from anjia.machine.home import DEMO, REAL, Home, replace
from anjia.machine.places import HOST, check_space, free_port, is_free, make_place, place_of, user_for
from anjia.machine.programs import Programs, copy_programs, embedded_version, major, plain_environment, run
from anjia.machine.steps import Stop

DATABASE: Final = "anjia"
DATA: Final = "data"
UPGRADED: Final = "data.upgraded"  # complete, and about to take the place of the old
START_WITHIN: Final = 30.0  # seconds in which one that starts says at least that it does
ACCEPTING: Final = 0  # what pg_isready ends with
STARTING_UP: Final = 1
RETRY_WITHIN: Final = 10.0  # what a killed one has left behind is gone by then

SETTINGS: Final = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",  # their path may not be longer than 100 bytes; ours may
    "max_connections": "120",
    "shared_buffers": "128MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # What it says about a refused row quotes the row: whoever asked is told, the log is not.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
if children.LINUX:
    # After a crash it would open and flush each of its files, which takes seconds; this is one call.
    SETTINGS["recovery_init_sync_method"] = "syncfs"
ONLY_FOR_TESTS: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

MAKE_ROLES: Final = """
SELECT format('CREATE ROLE %I LOGIN', role) FROM unnest(ARRAY['anjia_owner', 'anjia_app']) AS role
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role)
\\gexec
ALTER ROLE anjia_owner {may} PASSWORD '{anjia_owner}';
ALTER ROLE anjia_app PASSWORD '{anjia_app}';
SELECT 'CREATE DATABASE {database} OWNER anjia_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}')
\\gexec
"""


@dataclass(slots=True)
class Cluster:
    """The embedded PostgreSQL of one data folder, with its data in `folder` beside its programs."""

    home: Home
    for_tests: bool = False
    folder: str = DATA
    version: str = field(default_factory=lambda: embedded_version())
    user: tuple[int, int] | None = field(init=False)
    place: Path = field(init=False)

    def __post_init__(self) -> None:
        self.place = place_of(self.home)
        self.user = user_for(self.place)

    @property
    def data(self) -> Path:
        return self.place / self.folder

    @property
    def half_made(self) -> Path:
        """See `Home.half_made`; what is made beside the data has a file of its own."""
        made = self.home.half_made
        return made if self.folder == DATA else made.with_name(f"{made.name}-{self.folder}")

    @property
    def half_filled(self) -> Path:
        """A file that is there while a backup is read into the data: what was broken off then is nobody's."""
        return self.place / "half-filled"

    @property
    def port(self) -> int:
        return int(self.home.read_state()["port"])

    @property
    def log(self) -> Path:
        return self.home.path / "log" / "postgresql.log"

    @property
    def programs(self) -> Programs:
        """The programs of this version: see `copy_programs`."""
        return Programs(self.place / f"programs-{self.version}")

    def of_version(self, wanted: int) -> "Cluster":
        """
        Return this cluster with the programs of an older major version, which lie beside it.

        :raises Stop: if they are gone
        """
        kept = sorted(self.place.glob(f"programs-{wanted}.*"))
        if not kept:
            raise Stop(
                f"the programs of PostgreSQL {wanted} are gone from {self.place}: restore a backup instead."
            )
        return changed(self, version=kept[-1].name.removeprefix("programs-"))

    # Making it

    def make(self) -> None:
        """
        Make what is not there: the programs' copy, the data, a free port.

        :raises Stop: if it cannot, or the data is of an older major version
        """
        self.finish_upgrade()
        if not self.data.exists():
            check_space(self.home.path, self.place)
        make_place(self.place)
        self._check_belongs()
        self._check_version()
        copy_programs(self.programs)
        if not self.data.exists():
            self._initialise()
        port = self.home.read_state().get("port")
        if port is None or not is_free(port):
            self.home.write_state(port=free_port())

    def _check_belongs(self) -> None:
        """:raises Stop: if another data folder lives on this cluster, or one that is gone and was not a demo"""
        kind = self._kind_of_owner()
        if kind is not None and not (self.home.keys / "database.json").exists():
            if kind != DEMO:
                raise Stop(
                    f"{self.data} holds the data of a real institution, but its keys are gone: "
                    f"restore a backup (script/anjia restore FILE) into {self.home.path}."
                )
            shutil.rmtree(self.data)
            self.half_filled.unlink(missing_ok=True)
        replace(self.place / "belongs-to", f"{self.home.kind} {self.home.path}")
        self.home.write_state(cluster=str(self.place))

    def _kind_of_owner(self) -> str | None:
        """
        Return the kind of the data folder that the data is of; None if there is no data, or it is not known.

        :raises Stop: if that is another one, and there
        """
        belongs = self.place / "belongs-to"
        if not (self.data.exists() and belongs.exists()):
            return None
        kind, _, path = belongs.read_text().partition(" ")
        other = Home(Path(path))
        if other.path != self.home.path and other.read_state().get("cluster") == str(self.place):
            raise Stop(
                f"{self.home.path} is a copy of {path} and shares its database: use backup and restore."
            )
        return kind

    def make_room(self) -> None:
        """
        Put aside the data that is here already: of a data folder that is gone, since root's lies apart from it. What a
        restore that was killed has left is thrown away.

        :raises Stop: if it belongs to another data folder
        """
        self.finish_upgrade()
        self._kind_of_owner()
        if self.half_filled.exists():
            self.remove_data()
        if self.data.exists():
            aside = self.place / f"{DATA}-put-aside-{datetime.now(UTC):%Y%m%dT%H%M%S}"
            self.data.rename(aside)
            print(f"  What was in {self.data} is in {aside.name} beside it now.", flush=True)
        make_place(self.place)
        self.half_filled.touch()

    # Carrying it over

    def beside(self) -> "Cluster":
        """Return a cluster whose data is made anew beside this one's, in place of what was left there."""
        new = changed(self, folder=f"{DATA}.next")
        new.remove_data()
        shutil.rmtree(self.place / UPGRADED, ignore_errors=True)
        return new

    def take_place(self, new: "Cluster", aside: Path) -> None:
        """Let the new data take the place of the old, which goes aside."""
        new.data.rename(self.place / UPGRADED)
        self.data.rename(aside)
        self.finish_upgrade()

    def finish_upgrade(self) -> None:
        """Let complete new data take its place, if whoever made it was killed just before."""
        upgraded = self.place / UPGRADED
        if self.folder == DATA and not self.data.exists() and upgraded.exists():
            upgraded.rename(self.data)

    def _check_version(self) -> None:
        """:raises Stop: if the data is of another major version"""
        found, ours = self.data_version(), major(self.version)
        if found is not None and found != ours:
            raise Stop(
                f"The data is of PostgreSQL {found}, this version of Anjia brings {ours}: "
                "run `script/anjia upgrade_database` once."
            )

    def data_version(self) -> int | None:
        file = self.data / "PG_VERSION"
        return int(file.read_text()) if file.exists() else None

    def _initialise(self) -> None:
        half = self.place / "data.new"
        shutil.rmtree(half, ignore_errors=True)
        password = self.place / "password.new"
        replace(password, self.home.database_passwords()["postgres"])
        self._give(password)
        half.mkdir(mode=0o700)
        self._give(half)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "-E", "UTF8"]
        access = ["-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password}"]
        sync = [] if self.home.kind == REAL else ["--no-sync"]  # a demo is made again in seconds
        try:
            self.run("initdb", "-D", str(half), *locale, *access, *sync)
        finally:
            password.unlink()
        self.half_made.touch()
        half.rename(self.data)

    def _give(self, path: Path) -> None:
        if self.user:
            os.chown(path, *self.user)

    # Running it

    def start(self) -> "subprocess.Popen[bytes]":
        """
        Start it and return once it answers.

        What a killed one has left behind (memory, a lock file) may keep it from starting for a moment.

        :raises Stop: if it does not come up
        """
        self._stop_leftover()
        until = time.monotonic() + RETRY_WITHIN
        while True:
            process = self.launch()
            if self._answers(process):
                return process
            if time.monotonic() > until:
                raise Stop(f"PostgreSQL does not start: {self._last_words()} (see {self.log}).")
            time.sleep(0.3)

    def _stop_leftover(self) -> None:
        """Stop one that has outlived whoever started it, as it can where there is no PDEATHSIG: we have the lock."""
        pid_file = self.data / "postmaster.pid"
        lines = pid_file.read_text().splitlines() if pid_file.exists() else []
        if len(lines) > 3 and self._accepts(lines[3]):
            self.run("pg_ctl", "stop", "-D", str(self.data), "-m", "fast", "-t", "20")

    def launch(self) -> "subprocess.Popen[bytes]":
        """Start it and return at once."""
        settings = SETTINGS | (ONLY_FOR_TESTS if self.for_tests else {}) | {"port": str(self.port)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self.log.parent.mkdir(exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > 10_000_000:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as output:
            return children.spawn(
                [self.programs["postgres"], "-D", self.data, *options],
                plain_environment(),
                user=self.user,
                last_signal=children.FAST,
                output=output,
            )

    def _answers(self, process: "subprocess.Popen[bytes]") -> bool:
        """Wait until it answers; return False if it has ended, or is silent for too long."""
        until = time.monotonic() + START_WITHIN
        while process.poll() is None:
            said = self._asked(str(self.port))
            if said == ACCEPTING:
                return True
            if said == STARTING_UP:  # what was written before a crash is read again, however much it is
                until = time.monotonic() + START_WITHIN
            if time.monotonic() > until:
                children.stop(process, children.FAST, 5)
                break
            time.sleep(0.03)
        return False

    def _accepts(self, port: str) -> bool:
        return self._asked(port) == ACCEPTING

    def _asked(self, port: str) -> int:
        words = [str(self.programs["pg_isready"]), "-q", "-h", HOST, "-p", port]
        return subprocess.run(words, env=plain_environment(), check=False).returncode

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        worst = [line for line in lines[-20:] if "FATAL" in line or "PANIC" in line]
        return (worst or lines or ["it says nothing"])[-1]

    def set_roles(self) -> None:
        """
        Make the roles and the database that are not there; they have this data folder's passwords.

        A database that was left half made is made afresh: nobody has used it yet.
        """
        may = "CREATEDB CREATEROLE" if self.for_tests else "NOCREATEDB"
        afresh = f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE);" if self.half_made.exists() else ""
        words = afresh + MAKE_ROLES.format(may=may, database=DATABASE, **self.home.database_passwords())
        self.run("psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", self.url("postgres", "postgres"), words=words)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run it as long as this lasts."""
        self.make()
        process = self.start()
        try:
            self.set_roles()
            yield
        finally:
            children.stop(process, children.FAST, 10)

    def dump(self, target: Path) -> None:
        """
        Write all of the database into a file, past row-level security.

        :raises Stop: if it fails
        """
        words = ["--format=custom", "--compress=1", f"--file={target}", f"--dbname={self.url('postgres')}"]
        run([str(self.programs["pg_dump"]), *words])

    def fill(self, source: Path) -> None:
        """
        Read such a file into the empty database: all of it, or nothing.

        :raises Stop: if it fails
        """
        words = [
            "--no-owner",
            "--exit-on-error",
            "--single-transaction",
            f"--dbname={self.url('anjia_owner')}",
        ]
        run([str(self.programs["pg_restore"]), *words, str(source)])
        self.half_made.unlink(missing_ok=True)

    def remove_data(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.half_made.unlink(missing_ok=True)

    def remove(self) -> None:
        """Throw the data and the programs away."""
        shutil.rmtree(self.place, ignore_errors=True)

    def url(self, role: str, database: str = DATABASE) -> str:
        password = self.home.database_passwords()[role]
        return f"postgresql://{role}:{quote(password)}@{HOST}:{self.port}/{database}"

    def environment(self) -> dict[str, str]:
        """Return what tells Anjia where its database is."""
        return {"DATABASE_URL": self.url("anjia_app"), "DATABASE_OWNER_URL": self.url("anjia_owner")}

    def run(self, program: str, *options: str, words: str | None = None) -> None:
        """
        Run one of its programs.

        :raises Stop: with the program's own last words, if it fails
        """
        run([str(self.programs[program]), *options], words=words, user=self.user)


def external(environment: Mapping[str, str]) -> bool:
    """
    Return whether the environment names a database of its own.

    :raises Stop: if it names only half of it
    """
    if "DATABASE_URL" not in environment:
        return False
    if "DATABASE_OWNER_URL" not in environment:
        raise Stop(
            "DATABASE_URL (role anjia_app, which does all work) needs DATABASE_OWNER_URL beside it "
            "(the role that owns the tables and migrates them): see .env.example."
        )
    return True
