"""A nurse's bag: what is in it, whether it was checked today, and everybody's for whoever keeps the store."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.supplies.book import Place, last_lines, last_lines_at
from anjia.supplies.models import BagCheck, Entry, Item
from anjia.supplies.places import check_place, store_of
from anjia.supplies.rules.stock import PlaceKind
from anjia.supplies.showing import Bag, bag_line, check_may_read, grouped, lots_of
from anjia.workforce.queries import get_staff_member, staff_found


def own_bag(actor: Actor, purpose: Purpose, *, today: date) -> Bag:
    """
    Return the actor's own bag, as she carries it along.

    :raises NotAllowed: if she has none
    """
    if actor.staff_id is None or not actor.may("supplies.carry"):
        raise NotAllowed
    return _bag(actor, actor.staff_id, "", today)


def bag_of(actor: Actor, purpose: Purpose, *, staff_id: UUID, today: date) -> Bag:
    """
    Return somebody's bag.

    :raises NotFound: if she does not work here
    """
    check_may_read(actor)
    check_place(actor, PlaceKind.BAG, staff_id)
    name = get_staff_member(actor, purpose, staff_id=staff_id).name
    return _bag(actor, staff_id, name, today)


def store_for(actor: Actor, purpose: Purpose, *, staff_id: UUID) -> UUID:
    """Return the store from which her bag is filled: her station's, or else the house's."""
    check_may_read(actor)
    return store_of(actor, staff_id)


def bags(actor: Actor, purpose: Purpose, *, today: date) -> list[Bag]:
    """Return the bags of all who go out, in order of name."""
    check_may_read(actor)
    people = staff_found(actor, purpose, today=today, size=500).items
    lines: dict[UUID, list[Entry]] = {}
    for line in last_lines_at(actor, [Place(PlaceKind.BAG, one.id) for one in people]):
        lines.setdefault(line.place_id, []).append(line)
    checks = BagCheck.objects.filter(organization_id=actor.organization_id, day=today)
    latest = {check.staff_id: check for check in checks.order_by("checked_at", "id")}
    must = {item.id: item for item in _items_in_bag(actor)}
    return [_made(one.id, one.name, today, lines.get(one.id, []), must, latest.get(one.id)) for one in people]


def _items_in_bag(actor: Actor) -> list[Item]:
    rows = Item.objects.filter(organization_id=actor.organization_id, retired_at=None, in_bag__gt=0)
    return list(rows.order_by("kind", "name", "id"))


def _bag(actor: Actor, staff_id: UUID, name: str, today: date) -> Bag:
    lines = list(last_lines(actor, Place(PlaceKind.BAG, staff_id)).values())
    must = {item.id: item for item in _items_in_bag(actor)}
    mine = BagCheck.objects.filter(organization_id=actor.organization_id, staff_id=staff_id, day=today)
    return _made(staff_id, name, today, lines, must, mine.order_by("-checked_at", "-id").first())


def _made(
    staff_id: UUID,
    name: str,
    today: date,
    entries: Sequence[Entry],
    must: Mapping[UUID, Item],
    check: BagCheck | None,
) -> Bag:
    lots = grouped(lots_of(entries, today))
    items = {line.item_id: line.item for line in entries if line.item_id in lots} | dict(must)
    lines = [bag_line(item, lots.get(item.id, []), item.in_bag) for item in items.values()]
    lines.sort(key=lambda line: (not line.is_checked, line.kind, line.name))
    return Bag(staff_id=staff_id, name=name, today=today, lines=lines, check=check)
