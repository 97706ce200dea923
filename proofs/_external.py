"""A PostgreSQL of the system, as a centre has it that has an administrator, for as long as it is needed."""

import os
import pwd
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from anjia.machine.places import free_port

USER: Final = "postgres"
MAKE: Final = (
    "CREATE ROLE anjia_owner LOGIN PASSWORD {password}",
    "CREATE ROLE anjia_app LOGIN PASSWORD {password}",
    "CREATE DATABASE anjia OWNER anjia_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'",
)


def programs() -> Path | None:
    """Return the folder of the oldest that is installed."""
    installed = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    return next((path.parent for path in sorted(installed, key=lambda path: int(path.parts[4]))), None)


@contextmanager
def external_database(bin_folder: Path) -> Iterator[dict[str, str]]:
    """Give what tells Anjia of it, and `SUPERUSER_URL`."""
    with tempfile.TemporaryDirectory(prefix="anjia-external-") as place:
        user = pwd.getpwnam(USER) if os.geteuid() == 0 else None
        if user is not None:
            os.chown(place, user.pw_uid, user.pw_gid)

        def run(program: str, *words: str) -> None:
            subprocess.run(
                [bin_folder / program, "-D", f"{place}/data", *words],
                check=True,
                cwd="/",
                stdout=subprocess.DEVNULL,
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                extra_groups=[] if user else None,
            )

        port, password = free_port(), secrets.token_hex(12)
        run("initdb", "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        run("pg_ctl", "-w", "-s", "-l", f"{place}/log", "-o", options, "start")
        try:
            above = f"postgresql://{USER}@127.0.0.1:{port}/"
            with psycopg.connect(f"{above}postgres", autocommit=True) as connection:
                for words in MAKE:
                    connection.execute(sql.SQL(words).format(password=sql.Literal(password)))
            yield {
                "DATABASE_URL": f"postgresql://anjia_app:{password}@127.0.0.1:{port}/anjia",
                "DATABASE_OWNER_URL": f"postgresql://anjia_owner:{password}@127.0.0.1:{port}/anjia",
                "SUPERUSER_URL": f"{above}anjia",
            }
        finally:
            run("pg_ctl", "-m", "immediate", "-s", "stop")
