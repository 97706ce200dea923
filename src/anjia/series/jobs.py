"""What series do by themselves, by the clock."""

from datetime import datetime
from uuid import UUID

from anjia.kernel.actors import Purpose, system
from anjia.kernel.jobs import each, every
from anjia.kernel.work import acting
from anjia.series.commands import plan_ahead
from anjia.series.queries import series_to_plan


@every("*/10 * * * * 50")
def book_ahead(now: datetime) -> None:
    """Book what is due of every series, and look again for what has no place. Each in a unit of its own."""

    def go_on(due: tuple[UUID, UUID]) -> None:
        organization_id, series_id = due
        acting(system(organization_id), now).do(plan_ahead, series_id=series_id)

    each(acting(system(), now).ask(series_to_plan, Purpose.CONTRACT, now=now), go_on)
