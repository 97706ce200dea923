"""What visits do by themselves, by the clock."""

from datetime import datetime
from uuid import UUID

from anjia.kernel.actors import Purpose, system
from anjia.kernel.jobs import each, every
from anjia.kernel.work import acting
from anjia.visits.commands import mark_missed, release_visit
from anjia.visits.queries import expired_holds, overdue_visits


@every("* * * * * 20")
def release_expired_holds(now: datetime) -> None:
    """Tidy up holds that nobody confirmed. Their time has been free since they ran out."""

    def release(held: tuple[UUID, UUID]) -> None:
        organization_id, visit_id = held
        acting(system(organization_id), now).do(release_visit, visit_id=visit_id)

    each(acting(system(), now).ask(expired_holds, Purpose.CONTRACT, now=now), release)


@every("*/10 * * * * 40")
def mark_missed_visits(now: datetime) -> None:
    """Say of visits at which nobody came that nobody came."""

    def miss(overdue: tuple[UUID, UUID]) -> None:
        organization_id, visit_id = overdue
        acting(system(organization_id), now).do(mark_missed, visit_id=visit_id)

    each(acting(system(), now).ask(overdue_visits, Purpose.CONTRACT, now=now), miss)
