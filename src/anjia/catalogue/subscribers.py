"""What happens here when a day that was written down has come."""

from datetime import datetime

from anjia.catalogue import commands
from anjia.catalogue.events import DraftDue
from anjia.kernel.actors import Actor
from anjia.kernel.events import listens_to


@listens_to(DraftDue)
def take_effect(actor: Actor, now: datetime, event: DraftDue) -> None:
    commands.put_in_force(actor, now, draft_id=event.draft_id)
