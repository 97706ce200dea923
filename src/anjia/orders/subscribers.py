"""What happens here when a nurse asks; and who is told what becomes of it."""

from datetime import datetime

from anjia.kernel.actors import Actor
from anjia.kernel.events import listens_to
from anjia.orders import commands, telling
from anjia.orders.events import QuestionAnswered, QuestionHanded
from anjia.visits.events import FactRecorded


@listens_to(FactRecorded)
def open_what_is_asked(actor: Actor, now: datetime, event: FactRecorded) -> None:
    if event.kind == "question":
        commands.open_questions(actor, now, visit_id=event.visit_id)


@listens_to(QuestionHanded)
def tell_whose_it_is(actor: Actor, now: datetime, event: QuestionHanded) -> None:
    telling.tell_whose_it_is(actor, now, event)


@listens_to(QuestionAnswered)
def tell_who_asked(actor: Actor, now: datetime, event: QuestionAnswered) -> None:
    telling.tell_who_asked(actor, now, event)
