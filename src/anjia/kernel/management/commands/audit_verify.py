"""`anjia audit_verify`: is every audit entry where it was, and as it was?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from anjia.kernel import audit, sealing
from anjia.kernel.actors import Purpose, system
from anjia.kernel.work import acting


class Command(BaseCommand):
    help = "Check all audit seals; name the first entry that was changed, removed or added."

    def handle(self, *args: Any, **options: Any) -> None:
        newest = sealing.newest_outside()
        verdict = acting(system(), timezone.now()).ask(audit.verify, Purpose.LEGAL, newest=newest)
        if verdict.broken:
            raise CommandError(f"The audit trail is broken: {verdict.broken}.")
        self.stdout.write(
            f"{verdict.entries} entries in {verdict.seals} seals are whole; {verdict.unsealed} wait for the next seal."
        )
