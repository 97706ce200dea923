"""The evening before: everybody who is visited tomorrow hears of it once more."""

from datetime import datetime
from uuid import UUID

from anjia.kernel.actors import Purpose, system
from anjia.kernel.calendar import day_bounds
from anjia.kernel.jobs import each, every
from anjia.kernel.work import acting
from anjia.messaging.queries import told_of
from anjia.notices import commands
from anjia.notices.rules import JUST_BOOKED, is_time, is_time_for_papers, reminder_id, tomorrow
from anjia.visits.queries.outcomes import visits_to_remind_of
from anjia.workforce.queries import institutions_with_staff


@every("*/10 * * * *")
def remind_of_tomorrow(now: datetime) -> None:
    """Remind of tomorrow's visits. Run often: who was told is not told again, and a night without us is made up for."""
    if not is_time(now):
        return
    start, end = day_bounds(tomorrow(now))

    def remind(coming: tuple[UUID, UUID]) -> None:
        organization_id, visit_id = coming
        acting(system(organization_id), now).do(commands.remind_of_visit, visit_id=visit_id)

    rows = acting(system(), now).ask(
        visits_to_remind_of, Purpose.CONTRACT, start=start, end=end, booked_before=now - JUST_BOOKED
    )
    events = {visit_id: reminder_id(visit_id, tomorrow(now)) for _, visit_id in rows}
    told = acting(system(), now).ask(told_of, Purpose.CONTRACT, event_ids=events.values())
    each([row for row in rows if events[row[1]] not in told], remind)


@every("*/20 * * * *")
def warn_of_lapsing_papers(now: datetime) -> None:
    """Tell those whose paper runs out within 30 days, or has, and who keeps the house's: each once, in the morning."""
    if not is_time_for_papers(now):
        return

    def warn(organization_id: UUID) -> None:
        acting(system(organization_id), now).do(commands.warn_of_papers)
        acting(system(organization_id), now).do(commands.warn_of_institution_papers)

    each(acting(system(), now).ask(institutions_with_staff, Purpose.CONTRACT), warn)
