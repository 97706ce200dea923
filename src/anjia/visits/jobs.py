"""What visits do by themselves, by the clock."""

from datetime import datetime

from anjia.kernel.actors import Purpose, system
from anjia.kernel.errors import DomainError
from anjia.kernel.jobs import every
from anjia.kernel.work import acting
from anjia.visits.commands import mark_missed, release_visit
from anjia.visits.queries import expired_holds, overdue_visits


@every("* * * * * 20")
def release_expired_holds(now: datetime) -> None:
    """Tidy up holds that nobody confirmed. Their time has been free since they ran out."""
    for organization_id, visit_id in acting(system(), now).ask(expired_holds, Purpose.CONTRACT, now=now):
        try:
            acting(system(organization_id), now).do(release_visit, visit_id=visit_id)
        except DomainError:
            continue  # confirmed at the last moment


@every("*/10 * * * * 40")
def mark_missed_visits(now: datetime) -> None:
    """Say of visits at which nobody came that nobody came."""
    for organization_id, visit_id in acting(system(), now).ask(overdue_visits, Purpose.CONTRACT, now=now):
        acting(system(organization_id), now).do(mark_missed, visit_id=visit_id)
