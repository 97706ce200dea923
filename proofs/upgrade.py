"""
What people have entrusted to an earlier version is there after `anjia migrate`, whatever happens meanwhile.

A clone of an earlier version founds a town and is used: some hundreds of visits, a file, sessions. It is stopped, and
every row put aside. This version's `anjia migrate` runs on that data folder, and is killed with SIGKILL again and again
before it may end. Then every row of before is looked for, every sealed value opened, the audit trail and the files
looked over; this version serves it: who was signed in still is, others sign in, the board opens. At last the earlier
version's backup is restored by this one into a PostgreSQL of the system.

    REVISION=v0.1.0 VISITS=300 script/proof upgrade

Without REVISION: the newest tag; while there is none, a commit from before stores, series and agreements.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import django
import httpx
import psycopg

from anjia.machine.database import database_of, prepare
from anjia.machine.home import Home
from anjia.machine.postgres import Cluster
from proofs import _afterwards, _rows
from proofs._earlier import PDF, VISITS, Earlier, Used, revision, use
from proofs._external import external_database, programs
from proofs._served import SERVER, Server, served_by
from proofs.race import desk_of, phone_of

KILLS: Final = int(os.environ.get("KILLS", "8"))
MIGRATE: Final = [sys.executable, "-m", "anjia.machine.command", "migrate"]
STEPS: Final = "SELECT count(*) FROM django_migrations"
CARDS: Final = ("resident", "daughter", "nurse", "picc")


def steps_of(home: Home) -> int | None:
    """Return how many steps are noted, if the database answers."""
    with (
        suppress(psycopg.Error),
        psycopg.connect(Cluster(home).url("postgres"), connect_timeout=2) as connection,
    ):
        row = connection.execute(STEPS).fetchone()
        return int(row[0]) if row else None
    return None


def killed_once(environment: dict[str, str], home: Home) -> int | None:
    """Kill a migration some steps after it began; return after how many, or None if it was done before."""
    process = subprocess.Popen(MIGRATE, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    first, wanted = None, random.randint(0, 3)
    while process.poll() is None:
        now = steps_of(home)
        first = now if first is None else first
        if now is not None and first is not None and now - first >= wanted:
            time.sleep(random.uniform(0, 1.5) if wanted == 0 else random.uniform(0, 0.1))
            break
    if process.poll() is not None:
        return None
    process.send_signal(signal.SIGKILL)
    process.wait()
    return wanted


def migrate(home: Home) -> list[str]:
    """Migrate, and be killed on the way; return what is wrong."""
    environment = os.environ | {"ANJIA_HOME": str(home.path)}
    kills = [killed_once(environment, home) for _ in range(KILLS)]
    began = time.monotonic()
    done = subprocess.run(MIGRATE, env=environment, capture_output=True, text=True, check=False)
    print(f"killed {len([one for one in kills if one is not None])} times on the way", end="; ")
    print(f"the last run took {time.monotonic() - began:.1f} s")
    return [f"migrate: {(done.stdout + done.stderr)[-800:]}"] if done.returncode else []


def superuser(home: Home) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(Cluster(home).url("postgres"), autocommit=True)


def rows_lost(home: Home) -> list[str]:
    with database_of(home), superuser(home) as connection:
        gone = _rows.columns_gone(connection, connection)
        print(f"columns that are gone: {', '.join(gone) or 'none'}")
        print(f"{connection.execute(STEPS).fetchone()} steps are noted")
        return _rows.lost(connection, connection)


def look_over(home: Home, superuser_url: str = "") -> list[str]:
    """Open every sealed value and every file, and verify the audit trail."""
    with database_of(home) as environment:
        url = superuser_url or Cluster(home).url("postgres")
        words = [sys.executable, "-m", "proofs.upgrade", "unseal", url]
        unsealed = subprocess.run(
            words, env=environment | paths(), capture_output=True, text=True, check=False
        )
        prepare("seal", environment)
        prepare("look_over", environment)
        found = json.loads(home.finding.read_text())
        home.finding.unlink()
    print((unsealed.stdout or unsealed.stderr).strip()[-400:])
    print(f"{found['entries']} audit entries are whole, {found['files']} files open")
    wrong = [f"look over: {found['wrong']}"] if found["wrong"] else []
    return wrong + (["some sealed values do not open"] if unsealed.returncode else [])


def paths() -> dict[str, str]:
    return {"PYTHONPATH": os.environ["PYTHONPATH"]}  # ours, where the proofs are


def unseal_all(url: str) -> None:
    """Open everything that is sealed; say how much, and what does not open."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anjia.web.settings")
    django.setup()
    from anjia.kernel import encryption, rotation  # noqa: PLC0415  (its tables need Django set up)

    opened, wrong = 0, []
    with psycopg.connect(url) as connection:
        for table in rotation.sealed_tables():
            for column in sorted(table.surely):
                words = f'SELECT "{table.key}", "{column}" FROM "{table.name}" WHERE "{column}" IS NOT NULL'
                for key, value in connection.execute(words.encode()):
                    try:
                        opened += 1
                        encryption.unseal(bytes(value), bound_to=f"{table.name}|{column}|{key}")
                    except Exception as error:  # whatever a damaged value does
                        wrong.append(f"{table.name}.{column} {key}: {type(error).__name__}")
    print(f"{opened} sealed values opened")
    print("\n".join(wrong[:5]))
    sys.exit(1 if wrong or not opened else 0)


def used_on(server: Server, used: Used) -> list[str]:
    """Return what people miss who come back."""
    wrong = []
    for card, token in used.tokens.items():
        headers = {"Authorization": token}
        answer = httpx.get(f"{server.url}/api/v1/me", headers=headers, timeout=30, trust_env=False)
        wrong += [] if answer.status_code == 200 else [f"{card} is no longer signed in: {answer.status_code}"]
    phones = {card: phone_of(server.url, card) for card in CARDS}
    wrong += [
        f"{card} cannot sign in" for card, phone in phones.items() if phone.get("me").status_code != 200
    ]

    def get(path: str, **query: Any) -> Any:
        return phones["resident"].get(path, params=query).json()

    wrong += _afterwards.not_seen(get, used.book.visits)
    file = phones["nurse"].get(f"files/{used.file_id}")
    wrong += [] if file.content == PDF else [f"the file is not what it was: {file.status_code}"]
    board = desk_of(server.url).get("/console/desk/board")
    is_board = board.status_code == 200 and "/console/desk/visits/" in board.text
    return wrong + ([] if is_board else [f"the board does not open: {board.status_code}"])


def restored_elsewhere(backup: Path, place: Path, home: Home) -> list[str]:
    """Restore the earlier version's backup into a PostgreSQL of the system, and look for every row there."""
    bin_folder = programs()
    if bin_folder is None:
        print("there is no PostgreSQL of the system: restoring into one was left out")
        return []
    copy = Home(place / "restored")
    with external_database(bin_folder) as environment:
        url = environment.pop("SUPERUSER_URL")
        words = [sys.executable, "-m", "anjia.machine.command", "restore", str(backup)]
        told = os.environ | environment | {"ANJIA_HOME": str(copy.path)}
        done = subprocess.run(words, env=told, capture_output=True, text=True, check=False)
        if done.returncode:
            return [f"restore: {(done.stdout + done.stderr)[-800:]}"]
        with database_of(home), superuser(home) as before, psycopg.connect(url) as after:
            version = after.execute("SHOW server_version").fetchone()
            print(f"restored into PostgreSQL {version[0] if version else '?'} of the system")
            wrong = _rows.lost(before, after)
        with temporarily(environment):
            wrong += look_over(copy, url)
        backups = place / "backups"
        backups.mkdir()
        back_up = [*words[:-2], "back_up_to", str(backups)]
        done = subprocess.run(
            back_up, env=told | {"DATABASE_BACKUP_URL": url}, capture_output=True, text=True, check=False
        )
        print(f"backed up there: {done.stdout.strip().splitlines()[-1:]}")
        return wrong + ([f"back_up_to: {(done.stdout + done.stderr)[-800:]}"] if done.returncode else [])


@contextmanager
def temporarily(more: dict[str, str]) -> Iterator[None]:
    """Have the environment say more for a while."""
    os.environ.update(more)
    try:
        yield
    finally:
        for name in more:
            del os.environ[name]


def main() -> None:
    wanted = revision()
    with tempfile.TemporaryDirectory(prefix="anjia-upgrade-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        home = Home(place / "home")
        try:
            wrong = upgraded(wanted, place, home)
        finally:
            Cluster(home).remove()
    print("\n".join(wrong) if wrong else "every row is there, everything opens, people go on where they were")
    sys.exit(1 if wrong else 0)


def upgraded(wanted: str, place: Path, home: Home) -> list[str]:
    earlier = Earlier.cloned(wanted, place / "earlier")
    used = use(earlier, home)
    backup = place / "earlier.tar"
    earlier.back_up(home, backup)
    with database_of(home), superuser(home) as connection:
        counts = _rows.put_aside(connection)
        print(f"from {wanted}: {sum(counts.values())} rows in {len(counts)} tables, {VISITS} visits and more")
    wrong = migrate(home)
    if wrong:
        return wrong
    wrong += rows_lost(home) + look_over(home)
    wrong += restored_elsewhere(backup, place, home)
    with served_by([sys.executable, "-c", SERVER], home) as server:
        wrong += used_on(server, used)
    return wrong


if __name__ == "__main__":
    unseal_all(sys.argv[2]) if sys.argv[1:2] == ["unseal"] else main()
