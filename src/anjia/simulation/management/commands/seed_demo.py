"""Fill a demo with its town: who lives there, who works there, and what has happened in the last weeks."""

import shutil
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from anjia.identity.queries import is_set_up
from anjia.kernel.actors import Purpose, system
from anjia.kernel.work import acting
from anjia.simulation.aftercare import Aftercare
from anjia.simulation.calls_for_help import call_for_help
from anjia.simulation.founding import Founder
from anjia.simulation.life import Life
from anjia.simulation.store import Store
from anjia.simulation.teaching import School
from anjia.simulation.town import GROUND


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="also where the data folder is not a demo's")

    def handle(self, *, force: bool, **_options: Any) -> None:
        if not (settings.IS_DEMO or force):
            raise CommandError("This data folder belongs to a real institution: it gets no made-up people.")
        now = timezone.now()
        ground = Path(settings.ANJIA_HOME) / "map.geojson"  # comes last: without it the town is half made
        if acting(system(), now).ask(is_set_up, Purpose.LEGAL):
            if not ground.exists():
                raise CommandError(
                    f"The demo town was only half made: empty {settings.ANJIA_HOME} and its database, and start again."
                )
            self.stdout.write("The demo town is there already.")
            return
        begun = time.monotonic()
        founder = Founder(now)
        founder.found()
        School(founder, now).teach()
        store = Store(founder, now)
        store.stock()
        life = Life(founder, now)
        life.live()
        Aftercare(life).follow_up()
        call_for_help(founder)
        store.look_through_bags()
        store.bring_waste_back(life)
        shutil.copyfile(GROUND, ground)
        self.stdout.write(f"The demo town was made in {time.monotonic() - begun:.1f} s.")
