"""
Brings a database and the pages' files to what this version needs. Runs inside Django.

    python -m anjia.machine.prepare database     migrations, translations, and the demo town in a demo
    python -m anjia.machine.prepare migrations   the first of these alone
    python -m anjia.machine.prepare translations the second
    python -m anjia.machine.prepare static       the files of the pages
    python -m anjia.machine.prepare seal         the audit trail, for a backup
    python -m anjia.machine.prepare restored     what has just come out of one: migrations, the rest of its trail
    python -m anjia.machine.prepare look_over    write down whether a restored folder is whole
    python -m anjia.machine.prepare note_proof   keep what was written down of another one
"""

import json
import os
import sys
from io import StringIO
from pathlib import Path
from typing import Final

import django
from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connections
from django.db.utils import OperationalError
from django.utils import timezone

from anjia.machine.environment import CHECKOUT
from anjia.machine.home import Home
from anjia.machine.steps import Stop, one_sentence, step

OLDEST: Final = 150000  # PostgreSQL 15
SOURCES: Final = CHECKOUT / "src" / "anjia"


def prepare_database() -> None:
    """:raises Stop: if the database is not one that Anjia can work with"""
    prepare_migrations()
    prepare_translations()
    if settings.IS_DEMO and "seed_demo" in get_commands():
        with step("Demo town"):
            call_command("seed_demo", verbosity=0, stdout=StringIO())


def prepare_migrations() -> None:
    """
    Also if all are there: what is written after the last one (the default roles) may have been broken off.

    :raises Stop: if the database is not one that Anjia can work with
    """
    check_database()
    with step("Database migrations"):
        call_command("migrate", verbosity=0, interactive=False)


def prepare_translations() -> None:
    stale = stale_translations()
    if stale:
        with step("Translations"):
            compile_translations(stale)


def check_database() -> None:
    """:raises Stop: if it is unreachable, too old, or its application role would see everything"""
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version_num')::int, rolsuper OR rolbypassrls"
                " FROM pg_roles WHERE rolname = current_user"
            )
            version, sees_everything = cursor.fetchone() or (0, False)
        connections["owner"].ensure_connection()
    except OperationalError as error:
        raise Stop(f"the database does not answer: {str(error).strip()}") from None
    if version < OLDEST:
        raise Stop(f"PostgreSQL 15 or newer is needed; this one is {version // 10000}.")
    if sees_everything:
        raise Stop(
            "DATABASE_URL names a role that row-level security does not hold: use anjia_app (see .env.example)."
        )


def stale_translations() -> list[Path]:
    """Return the .po files that are newer than what was compiled from them."""
    found = sorted(SOURCES.glob("*/locale/*/LC_MESSAGES/*.po"))
    return [po for po in found if not is_newer(po.with_suffix(".mo"), than=po)]


def is_newer(file: Path, *, than: Path) -> bool:
    return file.exists() and file.stat().st_mtime >= than.stat().st_mtime


def compile_translations(found: list[Path]) -> None:
    from babel.messages.mofile import write_mo  # noqa: PLC0415  (needed when something has changed only)
    from babel.messages.pofile import read_po  # noqa: PLC0415

    for po in found:
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parents[1].name)
        partial = po.with_suffix(".mo.partial")
        with partial.open("wb") as target:
            write_mo(target, catalogue)
        partial.replace(po.with_suffix(".mo"))


def prepare_static() -> None:
    with step("Files of the pages"):
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)


def seal() -> None:
    """Seal the audit entries of all that is over, for a backup."""
    from anjia.kernel import sealing  # noqa: PLC0415  (its tables need Django set up)

    sealing.seal_now(timezone.now())


def prepare_restored() -> None:
    """Seal what was written while the backup was made: here it would never be sealed, nor allowed to be unsealed."""
    from anjia.kernel import sealing  # noqa: PLC0415

    prepare_migrations()
    sealing.close_epochs(timezone.now())


def look_over() -> None:
    """Write down whether this folder, made from a backup, is whole."""
    from anjia.operations.proving import look_over  # noqa: PLC0415  (its tables need Django set up)

    found = look_over(timezone.now())
    Home(Path(settings.ANJIA_HOME)).finding.write_text(json.dumps(found.as_dict()))


def note_proof() -> None:
    """Keep here what was written down of a folder made from a backup."""
    from anjia.kernel.actors import system  # noqa: PLC0415  (as above)
    from anjia.kernel.work import acting  # noqa: PLC0415
    from anjia.operations.commands import note_proof  # noqa: PLC0415

    found = json.loads(Home(Path(settings.ANJIA_HOME)).finding.read_text())
    acting(system(), timezone.now()).do(note_proof, **found)


PREPARE: Final = {
    "database": prepare_database,
    "migrations": prepare_migrations,
    "translations": prepare_translations,
    "static": prepare_static,
    "seal": seal,
    "restored": prepare_restored,
    "look_over": look_over,
    "note_proof": note_proof,
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anjia.web.settings")
    with one_sentence():
        django.setup()
        PREPARE[sys.argv[1]]()


if __name__ == "__main__":
    main()
