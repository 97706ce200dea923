"""Each minute: is it there?"""

from datetime import datetime

from anjia.kernel.actors import system
from anjia.kernel.jobs import every
from anjia.kernel.work import acting
from anjia.operations import commands
from anjia.operations.watching import look


@every("* * * * *")
def watch(now: datetime) -> None:
    """Look, and keep what was seen of this minute. A run that comes late says nothing of the minutes it missed."""
    seen = look()
    acting(system(), now).do(
        commands.note_minute,
        at=now,
        is_up=seen.is_up,
        milliseconds=seen.milliseconds,
        failed=seen.failed,
    )


@every("47 3 * * *")
def forget(now: datetime) -> None:
    acting(system(), now).do(commands.forget_minutes)
