"""`anjia seed_services <organization>`: offer the services that come with Anjia."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from anjia.catalogue.commands import seed_services
from anjia.kernel.actors import system
from anjia.kernel.work import acting


class Command(BaseCommand):
    help = (
        "Offer the services that come with Anjia; those that the institution knows already stay as they are."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organization", type=UUID, help="the institution's id")

    def handle(self, *args: Any, organization: UUID, **options: Any) -> None:
        count = acting(system(organization), timezone.now()).do(seed_services)
        self.stdout.write(f"{count} services are offered now that were not before.")
