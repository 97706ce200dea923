"""`anjia explain_incident "2026-03-01 09:15" "机房停电"`: say why Anjia was away. It is public."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from anjia.kernel.actors import system
from anjia.kernel.calendar import SHANGHAI
from anjia.kernel.errors import Invalid
from anjia.kernel.work import acting
from anjia.operations.commands import explain_incident


class Command(BaseCommand):
    help = "Say why Anjia was away in a minute (time in Shanghai); everybody reads it on /status."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("minute", help="YYYY-MM-DD HH:MM")
        parser.add_argument("words")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            minute = datetime.strptime(options["minute"], "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
        except ValueError:
            raise CommandError('Give the minute as "YYYY-MM-DD HH:MM", in Shanghai\'s time.') from None
        try:
            acting(system(), timezone.now()).do(explain_incident, minute=minute, words=options["words"])
        except Invalid as refusal:
            raise CommandError(" ".join(map(str, refusal.fields.values()))) from None
        self.stdout.write("Kept.")
