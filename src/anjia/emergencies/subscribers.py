"""What happens about cases when something else has happened."""

from datetime import datetime

from anjia.emergencies import commands
from anjia.emergencies.events import CaseRaised, CaseTaken
from anjia.kernel.actors import Actor
from anjia.kernel.events import listens_to
from anjia.visits.events import FactRecorded, VisitCancelled

ENDS = frozenset({"done", "left"})


@listens_to(CaseRaised)
def tell_her_family(actor: Actor, now: datetime, event: CaseRaised) -> None:
    if event.resident_id and not event.is_again:
        commands.tell_family(actor, now, case_id=event.case_id, template="help_called")


@listens_to(CaseTaken)
def tell_her_family_who_has_it(actor: Actor, now: datetime, event: CaseTaken) -> None:
    if event.resident_id:
        commands.tell_family(actor, now, case_id=event.case_id, template="help_taken")


@listens_to(FactRecorded)
def ask_no_more(actor: Actor, now: datetime, event: FactRecorded) -> None:
    if event.kind in ENDS:
        commands.clear_after_visit(actor, now, visit_id=event.visit_id, staff_id=event.staff_id)


@listens_to(VisitCancelled)
def ask_no_more_of_what_is_off(actor: Actor, now: datetime, event: VisitCancelled) -> None:
    commands.clear_after_visit(actor, now, visit_id=event.visit_id)
