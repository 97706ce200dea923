"""What quality does when a visit is done."""

from datetime import datetime

from anjia.kernel.actors import Actor
from anjia.kernel.events import listens_to
from anjia.quality import commands
from anjia.visits.events import VisitDone


@listens_to(VisitDone)
def call_her_back(actor: Actor, now: datetime, event: VisitDone) -> None:
    commands.open_call_back(actor, now, visit_id=event.visit_id)
