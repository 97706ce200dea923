"""Proving that a backup can be restored: it is, aside, and looked over; what was found is kept in Anjia."""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from anjia.kernel.folders import held
from anjia.machine.backup import restore_backup
from anjia.machine.database import database_of, prepare
from anjia.machine.home import Home, replace
from anjia.machine.postgres import Cluster, external
from anjia.machine.programs import embedded_version
from anjia.machine.steps import Stop, step

OWN: Final = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_BACKUP_URL")
ASIDE: Final = "proving-"  # how the name of the folder begins that a backup is restored into


def prove_backup(home: Home, source: Path) -> None:
    """
    Restore the backup into a folder of its own beside the data, look all of it over, keep what was found, and throw
    the copy away. Anjia may run meanwhile.

    :raises Stop: if it cannot be restored, or is not whole; that it is not is kept too
    """
    check_can_be_proven(home)
    began = time.monotonic()
    try:
        finding = restored_and_looked_over(home, source)
    except Stop as stop:
        finding = {"entries": 0, "files": 0, "wrong": f"not restored: {stop}"}
    finding |= {"backup_name": source.name, "seconds": int(time.monotonic() - began)}
    keep_finding(home, finding)
    if finding["wrong"]:
        raise Stop(f"the backup is NOT whole: {finding['wrong']}.")
    print(
        f"Proven: {finding['entries']} audit entries are whole, {finding['files']} files open. Kept on the page 稳定."
    )


def check_can_be_proven(home: Home) -> None:
    """:raises Stop: if there is nowhere to keep what is found, or no PostgreSQL of ours to restore into"""
    if home.kind is None:
        raise Stop(f"there is no data folder at {home.path} to keep the proof in.")
    if external(os.environ):
        embedded_version()


@contextmanager
def built_in_database() -> Iterator[None]:
    """Let a database of somebody's own be left alone meanwhile: what is restored aside goes into one of ours."""
    own = {name: os.environ.pop(name) for name in OWN if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(own)


def restored_and_looked_over(home: Home, source: Path) -> dict[str, object]:
    """:raises Stop: if the backup cannot be restored"""
    with (
        built_in_database(),
        alone_proving(home),
        tempfile.TemporaryDirectory(prefix=ASIDE, dir=home.path) as folder,
    ):
        copy = Home(Path(folder) / "home")
        try:
            restore_backup(copy, source)
            with database_of(copy) as environment, step("Audit trail and files"):
                prepare("look_over", environment)
            return dict(json.loads(copy.finding.read_text()))
        finally:
            Cluster(copy).remove()


@contextmanager
def alone_proving(home: Home) -> Iterator[None]:
    """
    Let nobody else prove here meanwhile; throw away what killed proofs have left: whole copies of all data.

    :raises Stop: if somebody does
    """
    place = home.path / "proofs"
    place.mkdir(mode=0o700, exist_ok=True)
    with held(place) as alone:
        if not alone:
            raise Stop("another backup is just being proven: wait for it.")
        for left in home.path.glob(f"{ASIDE}*"):
            Cluster(Home(left / "home")).remove()
            shutil.rmtree(left, ignore_errors=True)
        yield


def keep_finding(home: Home, finding: dict[str, object]) -> None:
    replace(home.finding, json.dumps(finding))
    try:
        with database_of(home) as environment:
            prepare("note_proof", environment)
    finally:
        home.finding.unlink()
