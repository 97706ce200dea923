"""
The data folder: everything that makes this installation different from another.

    kind             demo or real, written once
    keys/            what must never be lost or shown: keyring.json, secret, database.json
    database.json    where the embedded PostgreSQL is and which port it has
    postgresql/      its data (for root: in /var/lib/anjia)
    files/ seals/    what people have uploaded, encrypted; the newest audit seals
    static/ log/ bytecode/   can be thrown away
"""

import base64
import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from anjia.kernel.folders import held
from anjia.machine.environment import CHECKOUT
from anjia.machine.steps import Stop

DEMO: Final = "demo"
REAL: Final = "real"
PATIENCE: Final = 1.0  # seconds with a server that may just have been killed
WAIT_FOR_COMMAND: Final = 600.0  # seconds; a backup takes that long at most


@dataclass(frozen=True, slots=True)
class Home:
    """The data folder at `path`, made or not."""

    path: Path

    @classmethod
    def from_environment(cls) -> "Home":
        return cls(Path(os.environ.get("ANJIA_HOME") or CHECKOUT / "var").expanduser().resolve())

    @property
    def keys(self) -> Path:
        return self.path / "keys"

    @property
    def kind(self) -> str | None:
        """Whether it is a demo or a real institution; None before it is made."""
        file = self.path / "kind"
        return file.read_text().strip() if file.exists() else None

    @property
    def is_empty(self) -> bool:
        return not self.path.exists() or not any(self.path.iterdir())

    def make(self, kind: str) -> None:
        """
        Make the folder and its keys, as far as they are not there.

        :raises Stop: if it is of the other kind already, or holds something else
        """
        if self.kind not in {None, kind}:
            raise Stop(
                f"{self.path} is a {self.kind} institution, and that never changes: set another ANJIA_HOME."
            )
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with held(self.path) as alone:
            if not alone:
                raise Stop(f"{self.path} is just being made by another command: wait for it.")
            self.check_restored()
            if self.kind is None and not self.is_empty and not self.keys.exists():
                raise Stop(f"{self.path} holds something else: set ANJIA_HOME to an empty folder.")
            self._fill(kind)

    def _fill(self, kind: str) -> None:
        self.keys.mkdir(mode=0o700, exist_ok=True)
        first = secrets.token_hex(4)
        keyring = {"current": first, "keys": {first: new_key()}, "index_key": new_key()}
        keep(self.keys / "keyring.json", json.dumps(keyring, indent=1))
        keep(self.keys / "secret", secrets.token_urlsafe(48))
        if self.kind is None:
            keep(self.path / "kind", kind)

    def database_passwords(self) -> dict[str, str]:
        """Return the passwords of the embedded PostgreSQL's roles, made at first use."""
        file = self.keys / "database.json"
        roles = ("postgres", "anjia_owner", "anjia_app")
        keep(file, json.dumps({role: secrets.token_urlsafe(24) for role in roles}))
        return dict(json.loads(file.read_text()))

    def read_state(self) -> dict[str, Any]:
        """Return what is known of the embedded PostgreSQL: `port`, `cluster`."""
        file = self.path / "database.json"
        return dict(json.loads(file.read_text())) if file.exists() else {}

    def write_state(self, **state: Any) -> None:
        replace(self.path / "database.json", json.dumps(self.read_state() | state))

    @property
    def half_made(self) -> Path:
        """A file that is there from the database's beginning until its first tables and rows are complete."""
        return self.path / "half-made"

    @property
    def finding(self) -> Path:
        """A file in which a process that has looked a restored folder over says what it found."""
        return self.path / "finding.json"

    @property
    def half_restored(self) -> Path:
        """A file that is there while the folder is made from a backup, from before its first file to after its last."""
        return self.path / "half-restored"

    def check_restored(self) -> None:
        """:raises Stop: if that was broken off"""
        if self.half_restored.exists():
            raise Stop(f"{self.path} was not restored to the end: empty it and restore the backup again.")

    @contextmanager
    def locked(self, by: str) -> Iterator[None]:
        """
        Be the only one that runs this folder's database.

        :raises Stop: if a server does already; a command is waited for
        """
        began = time.monotonic()
        with (self.path / "lock").open("a+") as lock:
            while not is_locked(lock):
                waited = time.monotonic() - began
                served = self.served_by()
                if served and waited > PATIENCE:
                    raise Stop(f"Anjia runs already with {self.path} (process {served}): stop it first.")
                if waited > WAIT_FOR_COMMAND:
                    raise Stop(f"{self.path} has been in use by another command for too long.")
                time.sleep(0.1)
            replace(self.path / "running", json.dumps({"by": by, "pid": os.getpid()}))
            try:
                yield
            finally:
                (self.path / "running").unlink(missing_ok=True)

    def served_by(self) -> int | None:
        """Return the process number of the server that has this folder's database up."""
        try:
            with (self.path / "lock").open() as lock:
                if is_locked(lock):
                    return None
            running = json.loads((self.path / "running").read_text())
        except (FileNotFoundError, ValueError):
            return None
        return int(running["pid"]) if running["by"] == "server" else None


def is_locked(file: IO[Any]) -> bool:
    """Lock the file for us alone, as long as it is open; return whether nobody else had."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def new_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def keep(file: Path, text: str) -> None:
    """Write the file for our eyes only, unless it is there."""
    if not file.exists():
        replace(file, text)


def replace(file: Path, text: str) -> None:
    """Write the file for our eyes only: all of it, or nothing."""
    partial = file.with_name(f"{file.name}.{os.getpid()}.partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(file)
