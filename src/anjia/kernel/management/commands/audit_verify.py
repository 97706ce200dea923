"""`anjia audit_verify`: is every audit entry where it was, and as it was?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from anjia.kernel import sealing


class Command(BaseCommand):
    help = "Check all audit seals; name the first entry that was changed, removed or added."

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = sealing.verify_all(timezone.now())
        if verdict.broken:
            raise CommandError(f"The audit trail is broken: {verdict.broken}.")
        self.stdout.write(
            f"{verdict.entries} entries in {verdict.seals} seals are whole; {verdict.unsealed} wait for the next seal."
        )
