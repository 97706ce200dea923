"""What records do by themselves."""

from datetime import datetime

from anjia.kernel.actors import system
from anjia.kernel.jobs import every
from anjia.kernel.work import acting
from anjia.records import commands

AHEAD = 6  # months


@every("17 3 * * *")
def make_months_ahead(now: datetime) -> None:
    """Make the partitions of the coming months: once a day, so that one bad night does not matter."""
    acting(system(), now).do(commands.make_months, first=now.date().replace(day=1), months=AHEAD)
