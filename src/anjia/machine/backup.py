"""Backups: database, files, keys and kind of a data folder, as `archive.py` puts them into one file."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Final

import psycopg

from anjia.kernel.folders import held
from anjia.machine.archive import bucket, check_target, pack, unpack
from anjia.machine.carrying import carry_over, found
from anjia.machine.database import database_of, environment_of, prepare
from anjia.machine.home import Home
from anjia.machine.postgres import Cluster, external
from anjia.machine.programs import major, run
from anjia.machine.steps import Stop, step

HALF_DONE: Final = "backup-"  # how the folder's name begins in which one is put together


def make_backup(home: Home, target: Path) -> None:
    """
    Write a backup of the data folder, whether Anjia is running or not.

    :raises Stop: if the target is there already, keys are being rotated, or PostgreSQL's programs fail
    """
    check_target(target)
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
    if bucket():
        print(
            f"What people have uploaded is in the bucket {bucket()} and NOT in this backup, apart from what still lies "
            "in the data folder: the bucket needs versions, and a copy elsewhere."
        )


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


def restore_backup(home: Home, source: Path) -> None:
    """
    Make the data folder from a backup.

    :raises Stop: if the folder is not empty, or the file is not a whole backup that this version can read
    """
    home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    with held(home.path) as alone:
        if not alone:
            raise Stop(f"{home.path} is just being made by another command: wait for it.")
        home.check_restored()
        if not home.is_empty:
            raise Stop(f"{home.path} is not empty: a backup is restored into a new data folder (ANJIA_HOME).")
        check_database_is_empty()
        home.half_restored.touch()
        try:
            with step("Files and keys"):
                unpack(source, home.path)
            with step("Database"):
                fill_database(home)
        except BaseException:
            shutil.rmtree(home.path, ignore_errors=True)
            raise
        made_with = json.loads((home.path / "anjia.json").read_text()).get("bucket", "")
        for name in ("anjia.json", "database.dump"):
            (home.path / name).unlink()
        home.half_restored.unlink()
    print(f"Restored into {home.path} ({home.kind}).")
    if made_with != bucket():
        print(
            f"The backup was made with files in the bucket {made_with or '(none)'}, and here S3_BUCKET is "
            f"{bucket() or 'not set'}: set it as it was, or they are not found."
        )


def check_database_is_empty() -> None:
    """:raises Stop: if a database of somebody's own holds anything: of a restore that was broken off, or in use"""
    if not external(os.environ):
        return
    try:
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
            found = connection.execute("SELECT FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone()
    except psycopg.Error as error:
        raise Stop(f"the database does not answer: {str(error).strip()}") from None
    if found is not None:
        raise Stop(
            "the database that DATABASE_OWNER_URL names holds tables already: "
            "make a new one (createdb) and name that."
        )


def fill_database(home: Home) -> None:
    """:raises Stop: if the dump cannot be read into it"""
    if external(os.environ):
        carry_over(home.path / "database.dump", os.environ["DATABASE_OWNER_URL"])
        prepare("restored", environment_of(home, {}))
        return
    cluster = Cluster(home)
    cluster.make_room()
    try:
        with home.locked("command"):
            fill_cluster(cluster, home.path / "database.dump")
    except BaseException:
        cluster.remove_data()  # root's does not lie in the data folder, which goes too
        cluster.half_filled.unlink(missing_ok=True)
        raise
    cluster.half_filled.unlink()


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
