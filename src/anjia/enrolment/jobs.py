"""What enrolment does by itself: places that nobody answered for go to the next."""

from datetime import datetime
from uuid import UUID

from anjia.enrolment.commands import release_offer
from anjia.enrolment.queries import offers_lapsed
from anjia.kernel.actors import Purpose, system
from anjia.kernel.jobs import each, every
from anjia.kernel.work import acting


@every("5 * * * *")
def release_offers(now: datetime) -> None:
    """Give places that were kept long enough to the next on the list."""

    def release(row: tuple[UUID, UUID]) -> None:
        organization_id, candidate_id = row
        acting(system(organization_id), now).do(release_offer, candidate_id=candidate_id)

    each(acting(system(), now).ask(offers_lapsed, Purpose.CONTRACT, now=now), release)
