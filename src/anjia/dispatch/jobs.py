"""What dispatch does by itself, by the clock."""

from datetime import datetime
from uuid import UUID

from anjia.dispatch.commands import offer_visit
from anjia.dispatch.queries import overdue_offers
from anjia.kernel.actors import Purpose, system
from anjia.kernel.jobs import each, every
from anjia.kernel.work import acting


@every("* * * * * */15")
def go_on_asking(now: datetime) -> None:
    """Ask the next where somebody has not answered in time."""

    def ask_the_next(overdue: tuple[UUID, UUID, int]) -> None:
        organization_id, visit_id, part = overdue
        acting(system(organization_id), now).do(offer_visit, visit_id=visit_id, part=part)

    each(acting(system(), now).ask(overdue_offers, Purpose.CONTRACT, now=now), ask_the_next)
