"""The demo goes on while nobody looks."""

import random
from datetime import datetime

from django.conf import settings

from anjia.identity.queries import is_set_up
from anjia.kernel.actors import Purpose, system
from anjia.kernel.jobs import every
from anjia.kernel.work import acting
from anjia.simulation.founding import Founder
from anjia.simulation.later import Later
from anjia.simulation.life import Life


@every("20 * * * * *")
def go_on(now: datetime) -> None:
    """Let the colleagues of the demo's cast go about their rounds, and begin the day when it is a new one."""
    if not settings.IS_DEMO or not acting(system(), now).ask(is_set_up, Purpose.LEGAL):
        return
    founder = Founder(now)
    founder.remember()
    if founder.staff:
        Later(Life(founder, now, random.Random(int(now.timestamp())))).go_on()
