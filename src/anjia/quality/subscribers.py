"""What quality does when a visit is done, and when a concern or an objection is answered."""

from datetime import datetime

from anjia.kernel.actors import Actor
from anjia.kernel.events import listens_to
from anjia.quality import commands, telling
from anjia.quality.events import ConcernMoved, ObjectionMoved
from anjia.visits.events import VisitDone


@listens_to(VisitDone)
def call_her_back(actor: Actor, now: datetime, event: VisitDone) -> None:
    commands.open_call_back(actor, now, visit_id=event.visit_id)


@listens_to(ObjectionMoved)
def tell_her_answer(actor: Actor, now: datetime, event: ObjectionMoved) -> None:
    telling.tell_who_objected(actor, now, event)


@listens_to(ConcernMoved)
def tell_who_raised_it(actor: Actor, now: datetime, event: ConcernMoved) -> None:
    telling.tell_who_raised(actor, now, event)
