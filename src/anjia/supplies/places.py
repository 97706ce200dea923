"""Where supplies lie: the parts of a house that keep a store, and the bags of those who go out."""

from uuid import UUID

from anjia.identity.queries import get_organization, stations_of
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound
from anjia.supplies.book import Place
from anjia.supplies.rules.stock import PlaceKind
from anjia.workforce.queries import get_staff_member


def stores_of(actor: Actor) -> list[tuple[UUID, str]]:
    """Return the stations of the house, and the house itself, with their names."""
    house = get_organization(actor, Purpose.CONTRACT, organization_id=actor.organization_id)
    stations = [(one.id, one.name) for one in stations_of(actor, Purpose.CONTRACT) if one.kind == "station"]
    return [*stations, (house.id, house.name)]


def check_place(actor: Actor, kind: PlaceKind, place_id: UUID) -> Place:
    """:raises NotFound: if it is no place of the actor's house"""
    if kind is PlaceKind.BAG:
        get_staff_member(actor, Purpose.CONTRACT, staff_id=place_id)
    elif place_id not in {one for one, _name in stores_of(actor)}:
        raise NotFound
    return Place(kind, place_id)


def store_of(actor: Actor, staff_id: UUID) -> UUID:
    """Return the station that she belongs to, or else the house: wards and closed stations keep no store."""
    station_id = get_staff_member(actor, Purpose.CONTRACT, staff_id=staff_id).station_id
    if station_id and station_id in {one for one, _name in stores_of(actor)}:
        return station_id
    return actor.organization_id
