"""`anjia rotate_keys`: seal everything by a new key; once more, and the old one is gone."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from anjia.kernel import rotation, storage
from anjia.kernel.encryption import AES, CIPHERS
from anjia.kernel.folders import held
from anjia.kernel.storage import FilesAway


class Command(BaseCommand):
    help = (
        "Add a key and seal everything again by it; run again, take the old key away once nothing lies under it. "
        "Every batch locks its table for a moment: choose a quiet hour, and make a backup before."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cipher", choices=sorted(CIPHERS), help=f"what the new key is for; else {AES}")

    def handle(self, *args: Any, **options: Any) -> None:
        with held(Path(settings.KEYRING).parent) as alone:
            if not alone:  # a backup carries keys and what lies under them, which takes a while
                raise CommandError("A backup or another rotation is under way: run this when it is over.")
            self.rotate(**options)

    def rotate(self, **options: Any) -> None:
        is_second_time = bool(rotation.old_keys())
        if is_second_time and options["cipher"]:
            raise CommandError(
                "The last rotation is not over: run this without --cipher until its old key is gone."
            )
        if not is_second_time:
            rotation.add_key(options["cipher"] or AES)
        try:
            done = rotation.seal_all_again()
        except FilesAway:
            raise CommandError(
                "The bucket does not answer. What is done stays done and the old key stays: run this again later."
            ) from None
        if is_second_time and done == 0:
            rotation.drop_old_keys()
            self.stdout.write("Nothing lies under an old key any more: it is gone. Old backups carry theirs.")
        else:
            self.stdout.write(
                f"{done} values sealed again. Run this once more in an hour, to take the old key away."
            )
        if storage.bucket() and (done or not is_second_time):
            self.stdout.write(
                "Files in the bucket are sealed by the new key, which no backup made before now carries: make one."
            )
