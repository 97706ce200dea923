"""Let a demo live through a pilot, day by day up to yesterday, so that figures and reports have something to show."""

import time
from argparse import ArgumentParser
from datetime import timedelta
from io import StringIO
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateWorker

from anjia.identity.queries import is_set_up
from anjia.kernel.actors import Purpose, system
from anjia.kernel.calendar import day_of
from anjia.kernel.work import acting
from anjia.simulation.cast import account_id_of
from anjia.simulation.founding import CENTRE, Founder
from anjia.simulation.pilot.month import LONGEST, Month
from anjia.simulation.pilot.people import MOST, nurses
from anjia.workforce.queries import staff_of_account

AWAKE: Final = timedelta(seconds=30)  # whoever has been heard of since is at work


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--days", type=int, default=30, help=f"1 to {LONGEST}, the last of them yesterday"
        )
        parser.add_argument("--elders", type=int, default=30, help=f"1 to {MOST}")
        parser.add_argument("--seed", type=int, default=20260301, help="one seed makes one story")

    def handle(self, *, days: int, elders: int, seed: int, **_options: Any) -> None:
        check(days, elders)
        now = timezone.now()
        if not acting(system(), now).ask(is_set_up, Purpose.LEGAL):
            call_command("seed_demo", stdout=StringIO())
        founder = Founder(now)
        founder.remember()
        if acting(system(CENTRE), now).ask(
            staff_of_account, Purpose.CONTRACT, account_id=account_id_of(nurses()[0].key)
        ):
            raise CommandError(
                "This demo has lived through a pilot already. Empty its data folder for another."
            )
        self.stdout.write(
            f"{elders} elders and {len(nurses())} nurses, {days} days: this takes some minutes."
        )
        began = time.monotonic()
        month = Month(day_of(now) - timedelta(days=days), days=days, size=elders, seed=seed)
        world = month.live(founder)
        self.stdout.write(
            f"Simulated from {month.first} to {month.last} in {time.monotonic() - began:.0f} s: "
            f"{len(world.elders)} elders. Everything in it is made up."
        )


def check(days: int, elders: int) -> None:
    """:raises CommandError: saying what to do instead"""
    if not settings.IS_DEMO:
        raise CommandError("This data folder belongs to a real institution: it gets no made-up people.")
    if not (1 <= days <= LONGEST and 1 <= elders <= MOST):
        raise CommandError(f"Ask for 1 to {LONGEST} days and 1 to {MOST} elders.")
    if ProcrastinateWorker.objects.filter(last_heartbeat__gt=timezone.now() - AWAKE).exists():
        raise CommandError("Anjia is running, and its worker lives today: stop script/server, then simulate.")
