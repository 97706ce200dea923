"""
Backups: one tar with the database, the files, the keys and the kind of a data folder.

    anjia.json       what it is, of when
    database.dump    pg_dump's custom format
    kind keys/ files/ seals/

Whoever has it can read everything in it: keep it as safe as the data.
"""

import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from anjia.kernel.folders import held
from anjia.machine.database import database_of, environment_of, prepare
from anjia.machine.home import Home
from anjia.machine.postgres import Cluster, external
from anjia.machine.programs import major, run
from anjia.machine.steps import Stop, step

FORMAT: Final = 1
HALF_DONE: Final = "backup-"  # how the folder's name begins in which one is put together
# Passwords of the embedded PostgreSQL: a restored one has new ones.
NOT_CARRIED: Final = {"keys/database.json"}


def make_backup(home: Home, target: Path) -> None:
    """
    Write a backup of the data folder, whether Anjia is running or not.

    :raises Stop: if the target is there already, keys are being rotated, or PostgreSQL's programs fail
    """
    if target.exists():
        raise Stop(f"{target} is there already: a backup never overwrites another.")
    with (
        keys_in_place(home),
        database_of(home) as environment,
        tempfile.TemporaryDirectory(prefix=HALF_DONE, dir=home.path) as folder,
    ):
        place = Path(folder)
        with step("Audit trail sealed"):
            prepare("seal", environment)
            copy_seals(home, place)
        with step("Database"):
            dump_database(home, environment, place / "database.dump")
        with step("Files and keys"):
            pack(home, place, target)
    print(f"Backup: {target}. It holds the keys too: keep it as safe as the data.")


@contextmanager
def keys_in_place(home: Home) -> Iterator[None]:
    """
    Let no key come or go: what lies under one that was not carried would be lost.

    :raises Stop: if keys are being rotated
    """
    with held(home.keys) if home.keys.exists() else nullcontext(False) as alone:
        if (
            alone
        ):  # so what lies there is of backups that were killed: whole databases, which nobody would remove
            for left in home.path.glob(f"{HALF_DONE}*"):
                shutil.rmtree(left)
    with held(home.keys, together=True) if home.keys.exists() else nullcontext(True) as in_place:
        if not in_place:
            raise Stop("keys are being rotated: make the backup when that is over.")
        yield


def copy_seals(home: Home, place: Path) -> None:
    """Before the dump: of seals made meanwhile, the dump may hold more than what is outside, but never less."""
    if (home.path / "seals").exists():
        shutil.copytree(home.path / "seals", place / "seals")


def dump_database(home: Home, environment: Mapping[str, str], dump: Path) -> None:
    """:raises Stop: if pg_dump fails"""
    if not external(os.environ):
        Cluster(home).dump(dump)
        return
    url = environment.get("DATABASE_BACKUP_URL") or environment["DATABASE_OWNER_URL"]
    try:
        run([found("pg_dump"), "--format=custom", "--compress=1", f"--file={dump}", f"--dbname={url}"])
    except Stop as stop:
        raise Stop(
            f"{stop} A backup needs a role that row-level security does not hold: "
            "give one in DATABASE_BACKUP_URL (see .env.example)."
        ) from None


def pack(home: Home, place: Path, target: Path) -> None:
    partial = target.with_name(f"{target.name}.partial")
    about = {"format": FORMAT, "kind": home.kind, "made_at": datetime.now(UTC).isoformat()}
    (place / "anjia.json").write_text(json.dumps(about))
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        with tarfile.open(fileobj=stream, mode="w") as tar:
            for here, name in (
                (place, "anjia.json"),
                (place, "database.dump"),
                (home.path, "kind"),
                (home.path, "keys"),
                (home.path, "files"),
                (place, "seals"),
            ):
                if (here / name).exists():
                    tar.add(here / name, name, filter=carried)
        stream.flush()
        os.fsync(stream.fileno())
    partial.rename(target)


def carried(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if member.name in NOT_CARRIED or member.name.endswith(".partial") else member


def restore_backup(home: Home, source: Path) -> None:
    """
    Make the data folder from a backup.

    :raises Stop: if the folder is not empty, or the file is not a backup that this version can read
    """
    if not home.is_empty:
        raise Stop(f"{home.path} is not empty: a backup is restored into a new data folder (ANJIA_HOME).")
    home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with step("Files and keys"):
            unpack(source, home.path)
        with step("Database"):
            fill_database(home)
    except BaseException:
        shutil.rmtree(home.path, ignore_errors=True)
        raise
    (home.path / "anjia.json").unlink()
    home.half_restored.unlink()
    print(f"Restored into {home.path} ({home.kind}).")


def unpack(source: Path, place: Path) -> None:
    """:raises Stop: if it is no backup of ours"""
    try:
        with tarfile.open(source) as tar:
            for member in tar:
                take_out(tar, member, place)
        about = json.loads((place / "anjia.json").read_text())
    except (OSError, tarfile.TarError, ValueError) as error:
        raise Stop(f"{source} is not a backup of Anjia: {error}") from None
    if about["format"] > FORMAT:
        raise Stop(f"{source} was made by a newer version of Anjia: restore it with that one.")


def take_out(tar: tarfile.TarFile, member: tarfile.TarInfo, place: Path) -> None:
    """Write one file of the backup for our eyes only; nothing else, and nowhere else."""
    target = (place / member.name).resolve()
    content = tar.extractfile(member) if member.isreg() else None
    if content is None or not target.is_relative_to(place):
        return
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with content, os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        shutil.copyfileobj(content, stream)


def fill_database(home: Home) -> None:
    """:raises Stop: if pg_restore fails"""
    if external(os.environ):
        words = ["--no-owner", "--exit-on-error", "--single-transaction", str(home.half_restored)]
        run([found("pg_restore"), *words, f"--dbname={os.environ['DATABASE_OWNER_URL']}"])
        prepare("restored", environment_of(home, {}))
        return
    cluster = Cluster(home)
    cluster.make_room()
    try:
        with home.locked("command"):
            fill_cluster(cluster, home.half_restored)
    except BaseException:
        cluster.remove_data()  # root's does not lie in the data folder, which goes too
        raise


def fill_cluster(cluster: Cluster, dump: Path) -> None:
    """:raises Stop: if pg_restore fails"""
    with cluster.running():
        cluster.fill(dump)
        prepare("restored", environment_of(cluster.home, cluster.environment()))


def upgrade_database(home: Home) -> None:
    """
    Carry the embedded PostgreSQL's data over to this version's programs, by dump and restore.

    The new data is made beside the old, and takes its place when it is complete. The old data stays, until
    somebody removes it.

    :raises Stop: if there is nothing to carry over, or the old programs are gone
    """
    if external(os.environ):
        raise Stop("DATABASE_URL names a database of your own: upgrade it with PostgreSQL's own tools.")
    cluster = Cluster(home)
    with home.locked("command"):
        cluster.finish_upgrade()
        version = cluster.data_version()
        if version is None or version == major(cluster.version):
            raise Stop("the data is of this version already: nothing to do.")
        aside = cluster.place / f"data-{version}"
        if aside.exists():
            raise Stop(f"{aside} is there from an upgrade before: move it away first.")
        dump, new = home.path / "upgrade.dump", cluster.beside()
        try:
            with step(f"Out of PostgreSQL {version}"), cluster.of_version(version).running():
                cluster.of_version(version).dump(dump)
            with step(f"Into PostgreSQL {major(cluster.version)}"):
                fill_cluster(new, dump)
        except BaseException:
            new.remove_data()
            raise
        finally:
            dump.unlink(missing_ok=True)
        cluster.take_place(new, aside)
    print(f"Done. The old data is still in {aside}; remove it when all is well.")


def found(program: str) -> str:
    """
    Return the path of one of PostgreSQL's programs on this machine.

    :raises Stop: if it is not there
    """
    places = [*os.environ.get("PATH", os.defpath).split(os.pathsep)]
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: float(place.parent.name))
    path = shutil.which(program, path=os.pathsep.join([*map(str, reversed(versions)), *places]))
    if path is None:
        raise Stop(f"{program} is needed for a database of your own: install PostgreSQL's client programs.")
    return path
