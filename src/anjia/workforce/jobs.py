"""What the workforce does by itself, in the night."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from anjia.kernel.actors import Purpose, system
from anjia.kernel.calendar import day_of
from anjia.kernel.jobs import each, every
from anjia.kernel.work import acting
from anjia.workforce.commands import generate_shifts
from anjia.workforce.queries import institutions_with_staff

AHEAD: Final = 28  # days


@every("47 3 * * *")
def keep_rotas_ahead(now: datetime) -> None:
    """Make the coming weeks' shifts by the weekly patterns. What is a person's to say waits for one."""
    tomorrow = day_of(now) + timedelta(days=1)

    def go_on(organization_id: UUID) -> None:
        acting(system(organization_id), now).do(
            generate_shifts, first_day=tomorrow, days=AHEAD, by_a_person=False
        )

    each(acting(system(), now).ask(institutions_with_staff, Purpose.CONTRACT), go_on)
