"""Where what is taken at a home has to go: asked for only where something is taken."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Protocol
from uuid import UUID

from anjia.catalogue.queries import services_offered
from anjia.dispatch.matching import place_of
from anjia.dispatch.models import LaboratoryPlace
from anjia.dispatch.rules import Point
from anjia.dispatch.rules.delivering import MIDNIGHT, Hours, Laboratory, Site
from anjia.identity.queries import account_names
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.kernel.prepared import Prepared
from anjia.visits.rules.facts import DRAWN

OF_HOUSE: Final = Prepared(
    lambda asked: (
        LaboratoryPlace.objects.filter(organization_id=asked.house).exclude(cell="").order_by("name", "id")
    )
)


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
    return _laboratory_of(OF_HOUSE.rows(house=actor.organization_id))


def _laboratory_of(rows: Iterable[LaboratoryPlace]) -> Laboratory | None:
    sites = tuple(_site_of(row, place) for row in rows if (place := place_of(row.cell)))
    return Laboratory(sites) if sites else None


def _site_of(row: LaboratoryPlace, place: Point) -> Site:
    return Site(
        name=row.name,
        place=place,
        cell=row.cell,
        hours=_hours_of(row),
        closed_on=frozenset(row.closed_on),
        handover=timedelta(minutes=row.handover_minutes),
    )


def _hours_of(row: LaboratoryPlace) -> tuple[Hours | None, ...]:
    if not row.hours:
        return ((MIDNIGHT, row.closes_at),) * 7
    return tuple(
        (time.fromisoformat(one[0]), time.fromisoformat(one[1])) if one else None for one in row.hours
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSaid:
    """What the house has said of one place of its laboratory, and who has."""

    id: UUID
    name: str
    latitude: float | None
    longitude: float | None
    hours: tuple[Hours | None, ...]
    closed_on: list[date]
    handover_minutes: int
    set_by: str
    set_at: datetime


def laboratory_said(actor: Actor, purpose: Purpose) -> list[SiteSaid]:
    """
    Return what is set of the laboratory, place by place.

    :raises NotAllowed: if the actor does not assign
    """
    if not actor.may("dispatch.assign"):
        raise NotAllowed
    rows = OF_HOUSE.rows(house=actor.organization_id)
    names = account_names(actor, purpose, account_ids={row.set_by for row in rows}) if rows else {}
    return [
        SiteSaid(
            id=row.id,
            name=row.name,
            latitude=row.latitude,
            longitude=row.longitude,
            hours=_hours_of(row),
            closed_on=row.closed_on,
            handover_minutes=row.handover_minutes,
            set_by=names.get(row.set_by, ""),
            set_at=row.set_at,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsaid:
    """A service that draws blood, and does not say within how many minutes it has to be delivered."""

    code: str
    name: str


def services_without_minutes(actor: Actor, purpose: Purpose) -> list[Unsaid]:
    """
    Return which services of the house draw blood that nobody reckons a way to the laboratory for.

    :raises NotAllowed: if the actor does not assign
    """
    if not actor.may("dispatch.assign"):
        raise NotAllowed
    if not actor.may("catalogue.read"):
        return []
    return [
        Unsaid(code=one.code, name=one.name)
        for one in services_offered(actor, purpose)
        if not one.deliver_minutes and any(step["key"] == DRAWN for step in one.steps)
    ]
