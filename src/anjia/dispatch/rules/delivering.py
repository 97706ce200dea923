"""What is taken at a home has to reach the laboratory in time: until when, and what a house says of its laboratory."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.calendar import at, day_of
from anjia.kernel.errors import Invalid

# What the form says where a house has said nothing yet. Source: ours [ENG]; the laboratory's own rule goes first.
CLOSES_AT: Final = time(10, 30)
HANDOVER: Final = timedelta(minutes=5)

MOST_HANDOVER: Final = timedelta(minutes=60)
LONGEST: Final = timedelta(hours=8)  # that a service may leave for the delivery: as its schema has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Laboratory:
    """Where a house's specimens go, until what hour they are taken there, and how long handing over takes."""

    name: str
    place: tuple[float, float]
    cell: str
    closes_at: time = CLOSES_AT
    handover: timedelta = HANDOVER

    def due_at(self, taken_at: datetime, minutes: int) -> datetime:
        """
        Return until when it has to be handed over what is taken then.

        The time runs from the needle. At which minute that is nobody knows before: it is taken to be the visit's first.
        """
        return min(taken_at + timedelta(minutes=minutes), at(day_of(taken_at), self.closes_at))


class LaboratoryInvalid(Invalid):
    code = "dispatch.laboratory_invalid"
    words = _("检验科还没有存。标出来的几处改好，再存一次。")
