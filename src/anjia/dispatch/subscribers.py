"""What dispatch does when something has happened to visits."""

from datetime import datetime

from anjia.dispatch import commands
from anjia.dispatch.events import OfferDeclined
from anjia.kernel.actors import Actor
from anjia.kernel.events import listens_to
from anjia.visits.events import VisitCancelled, VisitMoved, VisitPromised


@listens_to(VisitPromised)
def ask_who_comes(actor: Actor, now: datetime, event: VisitPromised) -> None:
    commands.offer_visit(actor, now, visit_id=event.visit_id)


@listens_to(VisitMoved)
def ask_anew(actor: Actor, now: datetime, event: VisitMoved) -> None:
    commands.offer_visit(actor, now, visit_id=event.visit_id)


@listens_to(OfferDeclined)
def ask_the_next(actor: Actor, now: datetime, event: OfferDeclined) -> None:
    commands.offer_visit(actor, now, visit_id=event.visit_id, part=event.part)


@listens_to(VisitCancelled)
def take_back_offers(actor: Actor, now: datetime, event: VisitCancelled) -> None:
    commands.withdraw_open_offers(actor, now, visit_id=event.visit_id)
