"""What happens here when a day that was written down has come."""

from datetime import datetime

from anjia.kernel.actors import Actor
from anjia.kernel.events import listens_to
from anjia.workforce import commands
from anjia.workforce.events import StaffLeft


@listens_to(StaffLeft)
def lock_her_out(actor: Actor, now: datetime, event: StaffLeft) -> None:
    commands.lock_out(actor, now, staff_id=event.staff_id)
