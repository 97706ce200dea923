"""The walk's town, made to grow in everything that pages and lists show: by the makers of the tests of each list."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from anjia.identity.models import Organization
from anjia.kernel import events
from anjia.kernel.actors import system
from anjia.kernel.work import acting
from anjia.residents.models import Resident
from anjia.simulation.cast import account_id_of
from anjia.simulation.founding import CENTRE
from tests.visits import make as visits
from tests.web import test_list_statement_counts as lists
from tests.web import test_statement_counts as pages
from tests.web.town import Town

NEAR_HER = (29.1106, 112.6881)
A_DAY = 24  # hours, which the makers count in


@dataclass(slots=True)
class Growing:
    """Zhang Guifang's house, with a nurse who has an account: of both there is more and more."""

    town: Town
    here: pages.HerTown
    house: lists.House
    house_of_series: lists.House  # whose nurse has nothing else to do

    @classmethod
    def of(cls, walked: Town) -> "Growing":
        def look(model: Any, **where: Any) -> Any:
            return acting(system(CENTRE), timezone.now()).ask(lambda _: model.objects.get(**where))

        noon = timezone.now().replace(hour=4, minute=0, second=0, microsecond=0) + timedelta(days=1)
        here = pages.HerTown.__new__(pages.HerTown)
        here.town = visits.town(organization_id=CENTRE, today=noon)
        here.house = look(Organization, id=CENTRE)
        here.her = look(Resident, id=walked.ids["resident_id"])

        def house_of(name: str) -> lists.House:
            nurse, caregiver = here.nurse(name, shifts=[(0, 24)], base=NEAR_HER)
            whose = account_id_of("resident")
            return lists.House(here, here.her, whose, here.token(whose), nurse, caregiver)

        house, other = house_of("周丽"), house_of("周颖")
        town = replace(
            walked,
            kept={},
            accounts=walked.accounts | {"growing nurse": house.nurse.user_id},
            ids=walked.ids | {"day": here.at(12).date().isoformat()},
        )
        return cls(town, here, house, other)

    def grow(self, first: int, last: int) -> None:
        """Let there be one more of each, for each number."""
        for number in range(first, last):
            for grow in dict.fromkeys(one[3] for one in pages.PAGES.values()):
                grow(self.here, number)
            for more in dict.fromkeys(one[1] for one in lists.LISTS.values()):
                self.grow_list(more, number)
        while events.pump(timezone.now(), organization_id=CENTRE):
            pass

    def grow_list(self, more: Any, number: int) -> None:
        house = self.house_of_series if more is lists.series else self.house
        apart = {lists.service: 100, lists.offer: A_DAY}  # another code, another day
        more(house, number + apart.get(more, 0))
