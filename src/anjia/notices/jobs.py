"""The evening before: everybody who is visited tomorrow hears of it once more."""

import logging
from datetime import datetime

from anjia.kernel.actors import Purpose, system
from anjia.kernel.calendar import day_bounds
from anjia.kernel.errors import DomainError
from anjia.kernel.jobs import every
from anjia.kernel.work import acting
from anjia.notices import commands
from anjia.notices.rules import JUST_BOOKED, is_time, tomorrow
from anjia.visits.queries.outcomes import visits_to_remind_of

log = logging.getLogger(__name__)


@every("*/10 * * * *")
def remind_of_tomorrow(now: datetime) -> None:
    """Remind of tomorrow's visits. Run often: who was told is not told again, and a night without us is made up for."""
    if not is_time(now):
        return
    start, end = day_bounds(tomorrow(now))
    rows = acting(system(), now).ask(
        visits_to_remind_of, Purpose.CONTRACT, start=start, end=end, booked_before=now - JUST_BOOKED
    )
    for organization_id, visit_id in rows:
        try:
            acting(system(organization_id), now).do(commands.remind_of_visit, visit_id=visit_id)
        except DomainError as error:
            log.warning("visit %s was not reminded of: %s", visit_id, error.code)
