"""Where what is taken at a home has to go: asked for only where something is taken."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, Protocol

from anjia.dispatch.matching import place_of
from anjia.dispatch.models import LaboratoryPlace
from anjia.dispatch.rules.delivering import CLOSES_AT, HANDOVER, Laboratory
from anjia.identity.queries import account_names
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.kernel.prepared import Prepared

OF_HOUSE: Final = Prepared(lambda asked: LaboratoryPlace.objects.filter(organization_id=asked.house))


class Taking(Protocol):
    """Something at which specimens may be taken: a promise, a job, a version of a service."""

    @property
    def deliver_minutes(self) -> int: ...


def laboratory_for(
    actor: Actor, purpose: Purpose, *, busy: Iterable[Taking] = (), jobs: Iterable[Taking] = ()
) -> Laboratory | None:
    """
    Return the house's laboratory, if any of these has to go there, and it has one.

    One question for any number, and none where nothing is taken.
    """
    if not any(one.deliver_minutes for kind in (busy, jobs) for one in kind):
        return None
    row = OF_HOUSE.first(house=actor.organization_id)
    return _laboratory_of(row) if row else None


def _laboratory_of(row: LaboratoryPlace) -> Laboratory | None:
    place = place_of(row.cell)
    if place is None:
        return None
    return Laboratory(
        name=row.name,
        place=place,
        cell=row.cell,
        closes_at=row.closes_at,
        handover=timedelta(minutes=row.handover_minutes),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratorySaid:
    """What the house has said of its laboratory, and who has; as it comes, where nobody has."""

    name: str = ""
    latitude: float | None = None
    longitude: float | None = None
    closes_at: time = CLOSES_AT
    handover_minutes: int = HANDOVER // timedelta(minutes=1)
    is_there: bool = False
    set_by: str = ""
    set_at: datetime | None = None


def laboratory_said(actor: Actor, purpose: Purpose) -> LaboratorySaid:
    """
    Return what is set of the laboratory.

    :raises NotAllowed: if the actor does not assign
    """
    if not actor.may("dispatch.assign"):
        raise NotAllowed
    row = OF_HOUSE.first(house=actor.organization_id)
    if row is None:
        return LaboratorySaid()
    names = account_names(actor, purpose, account_ids={row.set_by})
    return LaboratorySaid(
        name=row.name,
        latitude=row.latitude,
        longitude=row.longitude,
        closes_at=row.closes_at,
        handover_minutes=row.handover_minutes,
        is_there=bool(row.cell),
        set_by=names.get(row.set_by, ""),
        set_at=row.set_at,
    )
