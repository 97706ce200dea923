"""What is taken at a home has to reach the laboratory in time: until when, and what a house says of its laboratory."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.calendar import at, day_of
from anjia.kernel.errors import DomainError, Invalid
from anjia.visits.rules.arrival import distance_m

# What the form says where a house has said nothing yet. Source: ours [ENG]; the laboratory's own rule goes first.
CLOSES_AT: Final = time(10, 30)
HANDOVER: Final = timedelta(minutes=5)

MOST_HANDOVER: Final = timedelta(minutes=60)
MOST_SITES: Final = 20
MOST_CLOSED: Final = 100  # days that a site says ahead
LONGEST: Final = timedelta(hours=8)  # that a service may leave for the delivery: as its schema has it


Hours = tuple[time, time]  # from when to when something is taken on a day
MIDNIGHT: Final = time(0)
EVERY_DAY: Final[tuple[Hours | None, ...]] = ((MIDNIGHT, CLOSES_AT),) * 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One place of the laboratory: when it takes what, by weekday (Monday first), and how long handing over takes."""

    name: str
    place: tuple[float, float]
    cell: str
    hours: tuple[Hours | None, ...] = EVERY_DAY
    closed_on: frozenset[date] = frozenset()
    handover: timedelta = HANDOVER

    def open_on(self, day: date) -> tuple[datetime, datetime] | None:
        hours = None if day in self.closed_on else self.hours[day.weekday()]
        return (at(day, hours[0]), at(day, hours[1])) if hours else None

    def due_at(self, taken_at: datetime, minutes: int) -> datetime:
        """
        Return until when it has to be handed over what is taken then.

        The time runs from the needle. At which minute that is nobody knows before: it is taken to be the visit's first.
        """
        hours = self.open_on(day_of(taken_at))
        return min(taken_at + timedelta(minutes=minutes), hours[1] if hours else taken_at)

    def handed_over_at(self, there_at: datetime) -> datetime:
        """Return when somebody who is there then has handed over: not before they open."""
        hours = self.open_on(day_of(there_at))
        return max(there_at, hours[0] if hours else there_at) + self.handover


@dataclass(frozen=True, slots=True)
class Laboratory:
    """Where a house's specimens go: to whichever of its sites is nearest to the home, of those that are open then."""

    sites: tuple[Site, ...]

    def site_for(self, place: tuple[float, float] | None, taken_at: datetime) -> Site | None:
        """
        Return where what is taken there and then goes; None if nowhere is open that day.

        Where all have closed by then, to the nearest of those that were open: it is too late there, and that is said.
        """
        day = day_of(taken_at)
        open_ones = [(one, hours) for one in self.sites if (hours := one.open_on(day))]
        still = [one for one, hours in open_ones if hours[1] > taken_at] or [one for one, _ in open_ones]
        if len(still) < 2 or place is None:
            return still[0] if still else None
        return min(still, key=lambda one: distance_m(place, one.place))


class LaboratoryInvalid(Invalid):
    code = "dispatch.laboratory_invalid"
    words = _("检验科还没有存。标出来的几处改好，再存一次。")


class TooManySites(DomainError):
    code = "dispatch.too_many_sites"
    words = _("检验科最多写 20 处。先去掉不用的一处。")
