"""`anjia move_files to_bucket`: carry what lies in the data folder over to the bucket, or back."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from anjia.kernel import storage
from anjia.kernel.folders import held
from anjia.kernel.moving import Moved, move
from anjia.kernel.storage import FilesAway

SAID_EVERY = 100


class Command(BaseCommand):
    help = (
        "Carry photos and papers over, each read again and compared. It may be stopped and run again, while Anjia "
        "runs. The originals stay, and are read first, until it is run with --remove. Back to the folder: stop Anjia "
        "first, or what comes meanwhile goes on into the bucket."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("where", choices=["to_bucket", "to_folder"])
        parser.add_argument(
            "--remove", action="store_true", help="remove each original that is there, to the byte"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        bucket = storage.bucket()
        if bucket is None:
            raise CommandError(
                "There is no bucket: set S3_ENDPOINT, S3_BUCKET and the keys (see .env.example)."
            )
        source: storage.Storage = storage.folder()
        target = bucket
        if options["where"] == "to_folder":
            source, target = target, source
        with held(Path(settings.KEYRING).parent) as alone:
            if not alone:  # a backup carries what lies in the folder, a rotation seals it again
                raise CommandError("A backup or a rotation of keys is under way: run this when it is over.")
            self.carry(source, target, remove=options["remove"])

    def carry(self, source: storage.Storage, target: storage.Storage, *, remove: bool) -> None:
        done = Moved()
        try:
            for number, done in enumerate(move(source, target, remove=remove), start=1):
                if number % SAID_EVERY == 0:
                    self.stdout.write(said(done))
        except FilesAway:
            raise CommandError(f"The bucket does not answer. {said(done)} Run this again later.") from None
        self.stdout.write(said(done))
        if done.damaged:
            names = ", ".join(map(str, done.damaged[:5]))
            raise CommandError(f"{len(done.damaged)} do not open and stay where they are: {names}.")


def said(done: Moved) -> str:
    return f"{done.copied} copied, {done.there_before} there before, {done.removed} removed from where they were."
