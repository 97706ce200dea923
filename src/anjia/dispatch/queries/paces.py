"""What is reckoned with on the way, for who runs the house: by way of travelling and hour, and what that rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from anjia.dispatch.models import TravelPace
from anjia.dispatch.rules.travel import HOURS, Basis, first_pace
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.workforce.queries import caregivers_on
from anjia.workforce.rules.staff import SPEED_KMH, WORDS_OF_TRAVEL, TravelMode


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """By how much ways take longer than reckoned at an hour, what the rule alone says, and of how many ways that is."""

    hour: int
    factor: float
    first: float
    trips: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceKnown:
    """A way of travelling, reckoned from the straight line or the roads; `since` None: nothing is learnt of it yet."""

    mode: TravelMode
    basis: Basis
    hours: Sequence[Hour]
    trips: int
    people: int
    since: datetime | None

    @property
    def words(self) -> str:
        return str(WORDS_OF_TRAVEL[self.mode])

    @property
    def speed_kmh(self) -> float:
        return SPEED_KMH[self.mode]


def paces_known(actor: Actor, purpose: Purpose, *, now: datetime) -> list[PaceKnown]:
    """
    Return what is reckoned with for each way in which somebody of the house travels, and for whatever it has learnt.

    :raises NotAllowed: without `identity.manage`
    """
    if not actor.may("identity.manage"):
        raise NotAllowed
    rows = TravelPace.objects.filter(organization_id=actor.organization_id, until_at=None)
    kept = {(row.mode, row.basis): row for row in rows}
    used = {
        (sheet.travel_mode, Basis.LINE.value) for sheet in caregivers_on(actor, purpose, start=now, end=now)
    }
    order = [(mode, basis) for mode in TravelMode for basis in Basis]
    return [
        _known(mode, basis, kept.get((mode.value, basis.value)))
        for mode, basis in order
        if (mode.value, basis.value) in used | kept.keys()
    ]


def _known(mode: TravelMode, basis: Basis, row: TravelPace | None) -> PaceKnown:
    first = first_pace(mode.value).of(basis)
    factors = row.factors if row else first
    trips = row.trips_by_hour if row else [0] * len(HOURS)
    return PaceKnown(
        mode=mode,
        basis=basis,
        hours=[Hour(hour=hour, factor=factors[hour], first=first[hour], trips=trips[hour]) for hour in HOURS],
        trips=row.trips if row else 0,
        people=row.people if row else 0,
        since=row.from_at if row else None,
    )
