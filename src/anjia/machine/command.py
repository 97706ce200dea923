"""
`script/anjia <command>`: any management command, with the data folder's database up.

A few commands make or carry the data folder itself; they are here, the others are Django's.
"""

import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.core.management import execute_from_command_line

from anjia.machine.backup import make_backup, restore_backup, upgrade_database
from anjia.machine.database import database_of, prepare
from anjia.machine.home import REAL, Home, keep
from anjia.machine.proving import prove_backup
from anjia.machine.retention import back_up_to
from anjia.machine.steps import Stop, one_sentence

USAGE: Final = """\
script/anjia init                 make an empty institution in ANJIA_HOME and print its set-up link
script/anjia backup FILE          write database, files and keys to FILE, whether Anjia runs or not
script/anjia restore FILE         make the empty ANJIA_HOME from a backup
script/anjia back_up_to FOLDER    a backup named by its time, proven; older ones go: 7 days, 5 weeks, 12 months are kept
script/anjia prove_backup FILE    restore a backup aside, look whether it is whole, and keep that it was
script/anjia upgrade_database     carry the built-in PostgreSQL's data over to a newer version
script/anjia COMMAND              any other of these:
"""


def init(home: Home) -> None:
    """
    Make an empty institution: no cast, nobody in it but whoever opens the link.

    :raises Stop: if the folder holds something already
    """
    if home.kind == REAL:
        raise Stop(f"{home.path} is an institution already: start it with script/server.")
    home.make(REAL)
    keep(home.keys / "setup_token", secrets.token_urlsafe(24))
    with database_of(home) as environment:
        prepare("database", environment)
        home.half_made.unlink(missing_ok=True)
    token = (home.keys / "setup_token").read_text()
    address = os.environ.get("PUBLIC_ADDRESS") or f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    print(f"An empty institution is in {home.path}. Now start script/server and open, once:")
    print(f"{address}/setup?token={token}")


def file_named() -> Path:
    """:raises Stop: if no file was named"""
    if len(sys.argv) != 3:
        raise Stop(f"name one file: script/anjia {sys.argv[1]} FILE")
    return Path(sys.argv[2]).expanduser().resolve()


OUR_OWN: Final[dict[str, Callable[[Home], None]]] = {
    "init": init,
    "backup": lambda home: make_backup(home, file_named()),
    "restore": lambda home: restore_backup(home, file_named()),
    "back_up_to": lambda home: back_up_to(home, file_named()),
    "prove_backup": lambda home: prove_backup(home, file_named()),
    "upgrade_database": upgrade_database,
}


def main() -> None:
    home = Home.from_environment()
    name = sys.argv[1] if len(sys.argv) > 1 else "help"
    with one_sentence():
        if name in OUR_OWN:
            OUR_OWN[name](home)
            return
        if name in {"help", "--help"}:
            print(USAGE)
            run_django()
            return
        with database_of(home) as environment:
            os.environ.update(environment)
            run_django()


def run_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anjia.web.settings")
    execute_from_command_line(["anjia", *sys.argv[1:]])


if __name__ == "__main__":
    main()
