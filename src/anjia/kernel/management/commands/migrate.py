"""`anjia migrate`: bring the database to what this version needs. It may be killed anywhere and run again."""

import time
from typing import Any, Final

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections, transaction
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

TURN: Final = 0x616E6A6961  # the advisory lock of whoever migrates: "anjia"
PATIENCE: Final = 600.0  # seconds for another one to be done


class WholeSteps(MigrationExecutor):
    """
    Commits a step together with the note that it was done.

    Django writes the note after the commit where indexes or foreign keys are put off to a step's end: whoever is
    killed between the two finds tables that are there and not known, and can never go on.
    """

    def apply_migration(
        self, state: ProjectState, migration: Migration, fake: bool = False, fake_initial: bool = False
    ) -> ProjectState:
        if not migration.atomic:
            return super().apply_migration(state, migration, fake, fake_initial)
        with transaction.atomic(using=self.connection.alias):
            return super().apply_migration(state, migration, fake, fake_initial)


class Command(migrate.Command):
    help = "Bring the database to what this version needs, as its owner. Make a backup before."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")  # the application's role owns nothing

    def handle(self, *args: Any, **options: Any) -> None:
        setattr(migrate, "MigrationExecutor", WholeSteps)  # noqa: B010  (mypy would have it of the same type)
        owner = connections[options["database"]]
        with owner.cursor() as cursor:
            until = time.monotonic() + PATIENCE
            while not cursor.execute("SELECT pg_try_advisory_lock(%s)", [TURN]).fetchone()[0]:
                if time.monotonic() > until:
                    raise CommandError("Another migration has been under way for ten minutes: look after it.")
                time.sleep(0.2)
        try:
            super().handle(*args, **options)
        finally:
            if owner.connection is not None and not owner.connection.closed:
                with owner.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [TURN])
