"""What follows from what was decided: places go on to the next, and her household is told."""

from datetime import datetime

from anjia.enrolment import commands
from anjia.enrolment.events import AppealAnswered, CandidateChanged, PlaceOffered, ScreeningSettled
from anjia.kernel.actors import Actor
from anjia.kernel.events import listens_to


@listens_to(CandidateChanged)
def offer_what_is_free(actor: Actor, now: datetime, event: CandidateChanged) -> None:
    commands.offer_free_places(actor, now, candidate_id=event.candidate_id)


@listens_to(ScreeningSettled)
def tell_what_was_decided(actor: Actor, now: datetime, event: ScreeningSettled) -> None:
    commands.tell_decision(actor, now, screening_id=event.screening_id)


@listens_to(PlaceOffered)
def tell_of_a_place(actor: Actor, now: datetime, event: PlaceOffered) -> None:
    commands.tell_place(actor, now, candidate_id=event.candidate_id)


@listens_to(AppealAnswered)
def tell_the_answer(actor: Actor, now: datetime, event: AppealAnswered) -> None:
    commands.tell_answer(actor, now, appeal_id=event.appeal_id)
