"""What is done about cases by the clock: who manages is told, and who does not end her visit is asked."""

from datetime import datetime
from uuid import UUID

from anjia.emergencies.commands import ask_whether_fine, raise_overdue, say_unanswered
from anjia.emergencies.queries import check_ins_unanswered, unanswered_cases
from anjia.kernel.actors import Purpose, system
from anjia.kernel.jobs import each, every
from anjia.kernel.work import acting
from anjia.visits.queries import unended_visits


@every("* * * * * */5")
def tell_who_manages(now: datetime) -> None:
    """Tell who manages of each case that nobody has taken in time."""

    def tell(due: tuple[UUID, UUID]) -> None:
        organization_id, case_id = due
        acting(system(organization_id), now).do(say_unanswered, case_id=case_id)

    each(acting(system(), now).ask(unanswered_cases, Purpose.VITAL, now=now), tell)


@every("* * * * * */30")
def watch_over_visits(now: datetime) -> None:
    """Ask whoever has not ended her visit, and look for whoever does not answer."""

    def ask(out: tuple[UUID, UUID]) -> None:
        organization_id, visit_id = out
        acting(system(organization_id), now).do(ask_whether_fine, visit_id=visit_id)

    def look(silent: tuple[UUID, UUID]) -> None:
        organization_id, check_in_id = silent
        acting(system(organization_id), now).do(raise_overdue, check_in_id=check_in_id)

    each(acting(system(), now).ask(unended_visits, Purpose.CONTRACT, now=now), ask)
    each(acting(system(), now).ask(check_ins_unanswered, Purpose.VITAL, now=now), look)
