"""What dispatch does by itself, by the clock."""

import logging
from datetime import datetime
from uuid import UUID

from django.conf import settings

from anjia.dispatch import roads
from anjia.dispatch.commands import keep_travel_times, offer_visit
from anjia.dispatch.queries import overdue_offers, roads_to_ask
from anjia.integrations.errors import OutsideError
from anjia.kernel.actors import Purpose, system
from anjia.kernel.jobs import each, every
from anjia.kernel.work import acting
from anjia.workforce.queries import institutions_with_staff

log = logging.getLogger(__name__)


@every("* * * * * */15")
def go_on_asking(now: datetime) -> None:
    """Ask the next where somebody has not answered in time."""

    def ask_the_next(overdue: tuple[UUID, UUID, int]) -> None:
        organization_id, visit_id, part = overdue
        acting(system(organization_id), now).do(offer_visit, visit_id=visit_id, part=part)

    each(acting(system(), now).ask(overdue_offers, Purpose.CONTRACT, now=now), ask_the_next)


@every("*/10 * * * *")
def ask_the_roads(now: datetime) -> None:
    """Ask how long the ways of the days ahead take. While the roads' server is silent, the straight line stays."""
    if settings.ROADS:
        each(
            acting(system(), now).ask(institutions_with_staff, Purpose.CONTRACT),
            lambda one: ask_for(one, now),
        )


def ask_for(organization_id: UUID, now: datetime) -> None:
    """Ask for what one house does not know yet: outside, nothing of ours waits for the answer."""
    house = acting(system(organization_id), now)
    for asked in house.ask(roads_to_ask, Purpose.CONTRACT, now=now):
        server = roads.roads_for(asked.profile)
        if server is None:
            continue
        try:
            times = roads.asked_of(server, asked)
        except OutsideError as error:
            log.warning("the roads' server (%s) says: %s", asked.profile, error.code)
            continue
        house.do(keep_travel_times, profile=asked.profile, times=times)
