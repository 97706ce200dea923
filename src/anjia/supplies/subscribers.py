"""What happens here when the field says that something was used or thrown away at a visit."""

from datetime import datetime

from anjia.kernel.actors import Actor
from anjia.kernel.events import listens_to
from anjia.supplies import commands
from anjia.visits.events import FactRecorded


@listens_to(FactRecorded)
def take_off_the_books(actor: Actor, now: datetime, event: FactRecorded) -> None:
    if event.kind == "supplies":
        commands.record_use(actor, now, visit_id=event.visit_id)


@listens_to(FactRecorded)
def enter_into_the_register(actor: Actor, now: datetime, event: FactRecorded) -> None:
    if event.kind == "waste":
        commands.record_waste(actor, now, visit_id=event.visit_id)
