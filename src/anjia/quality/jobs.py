"""What quality does by itself, by the clock."""

from datetime import datetime
from uuid import UUID

from anjia.kernel.actors import Purpose, system
from anjia.kernel.jobs import each, every
from anjia.kernel.work import acting
from anjia.quality import commands, queries
from anjia.quality.rules import LOOKED_AT


@every("*/5 * * * *")
def escalate_late_call_backs(now: datetime) -> None:
    """Bring before a supervisor whom nobody has reached in time. None is closed by this."""

    def escalate(late: tuple[UUID, UUID]) -> None:
        organization_id, call_back_id = late
        acting(system(organization_id), now).do(commands.escalate_call_back, call_back_id=call_back_id)

    each(acting(system(), now).ask(queries.late_call_backs, Purpose.CONTRACT, now=now), escalate)


@every("25 * * * *")
def look_at_ratings(now: datetime) -> None:
    """Open improvements where an aspect is rated low. Run often: what is open is not opened again."""

    def look(organization_id: UUID) -> None:
        acting(system(organization_id), now).do(commands.open_improvements)

    each(acting(system(), now).ask(queries.houses_rated, Purpose.CONTRACT, since=now - LOOKED_AT), look)
