"""What lies at a station, what runs low or expires, and the lines behind each number."""

from datetime import date
from typing import Final
from uuid import UUID

from anjia.identity.queries import account_names
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound
from anjia.kernel.paging import Page, page_of
from anjia.supplies.bags import name_of, unit_of
from anjia.supplies.book import Place, last_lines, last_lines_of
from anjia.supplies.models import Entry, Item, Shortfall
from anjia.supplies.places import check_place, stores_of
from anjia.supplies.rules.stock import (
    NOTHING,
    WORDS_OF_MOVE,
    WORDS_OF_WHY,
    LotState,
    Move,
    PlaceKind,
    Why,
)
from anjia.supplies.showing import (
    ItemLine,
    LedgerLine,
    LotLine,
    Shortfalls,
    Warnings,
    check_may_read,
    grouped,
    item_line,
    lot_line,
    lots_of,
    place_names,
)
from anjia.workforce.queries import staff_names

ORDER: Final = ("-recorded_at", "-id")


def stores(actor: Actor, purpose: Purpose) -> list[tuple[UUID, str]]:
    """Return the parts of the house that keep a store, with their names."""
    check_may_read(actor)
    return stores_of(actor)


def stock_at(actor: Actor, purpose: Purpose, *, station_id: UUID, today: date) -> list[ItemLine]:
    """
    Return every thing with what there is of it at a station, in order of kind and name.

    :raises NotFound: if it is no station of the house
    """
    check_may_read(actor)
    station = check_place(actor, PlaceKind.STATION, station_id)
    lots = grouped(lots_of(last_lines(actor, station).values(), today))
    rows = Item.objects.filter(organization_id=actor.organization_id, retired_at=None)
    return [item_line(item, lots.get(item.id, [])) for item in rows.order_by("kind", "name", "id")]


def warnings_at(actor: Actor, purpose: Purpose, *, station_id: UUID, today: date) -> Warnings:
    """Return what runs low at a station, and what expires there within 30 days or has."""
    lines = stock_at(actor, purpose, station_id=station_id, today=today)
    lots = sorted((lot for line in lines for lot in line.lots), key=lambda lot: lot.expires_on or date.max)
    return Warnings(
        low=[line for line in lines if line.is_low],
        expired=[lot for lot in lots if lot.state == LotState.EXPIRED],
        soon=[lot for lot in lots if lot.state == LotState.SOON],
    )


def aside_at(actor: Actor, purpose: Purpose, *, station_id: UUID, today: date) -> list[LotLine]:
    """Return what was set aside at a station and not thrown away yet."""
    check_may_read(actor)
    check_place(actor, PlaceKind.STATION, station_id)
    return lots_of(last_lines(actor, Place(PlaceKind.ASIDE, station_id)).values(), today)


def count_sheet(actor: Actor, purpose: Purpose, *, station_id: UUID, today: date) -> list[LotLine]:
    """Return the lots of which the books say that some lie at a station, to be counted."""
    check_may_read(actor)
    station = check_place(actor, PlaceKind.STATION, station_id)
    lots = lots_of(last_lines(actor, station).values(), today)
    return sorted(lots, key=lambda lot: (lot.name, lot.expires_on or date.max, lot.number))


def get_item(actor: Actor, purpose: Purpose, *, item_id: UUID) -> Item:
    """:raises NotFound: if the institution has no such thing"""
    check_may_read(actor)
    found = Item.objects.filter(organization_id=actor.organization_id, id=item_id).first()
    if found is None:
        raise NotFound
    return found


def item_place_lots(
    actor: Actor, purpose: Purpose, *, item_id: UUID, today: date
) -> list[tuple[PlaceKind, UUID, str, LotLine]]:
    """Return where how much of which lot of a thing lies: kind of place, its id and name, and the lot."""
    check_may_read(actor)
    lines = [line for line in last_lines_of(actor, item_id) if line.balance > NOTHING]
    names = place_names(actor, purpose, lines)
    found = [
        (PlaceKind(line.place_kind), line.place_id, names.get(line.place_id, ""), lot_line(line, today))
        for line in lines
    ]
    return sorted(found, key=lambda one: (one[0] != PlaceKind.STATION, one[2], one[3].expires_on or date.max))


def ledger(
    actor: Actor,
    purpose: Purpose,
    *,
    item_id: UUID | None = None,
    place_id: UUID | None = None,
    lot_id: UUID | None = None,
    visit_id: UUID | None = None,
    after: str | None = None,
    size: int = 50,
) -> Page[LedgerLine]:
    """Return the lines of the ledger, the latest first: of a thing, a place, a lot or a visit."""
    check_may_read(actor)
    rows = Entry.objects.filter(organization_id=actor.organization_id).select_related("lot", "item")
    wanted = {"item_id": item_id, "place_id": place_id, "lot_id": lot_id, "visit_id": visit_id}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    page = page_of(rows, order=ORDER, after=after, size=size)
    places = place_names(actor, purpose, page.items)
    people = account_names(actor, purpose, account_ids=[line.by for line in page.items])
    lines = [
        LedgerLine(
            entry=line,
            name=name_of(line.item),
            unit=unit_of(line.item),
            place=places.get(line.place_id, ""),
            move_words=str(WORDS_OF_MOVE[Move(line.move)]),
            by=people.get(line.by, ""),
        )
        for line in page.items
    ]
    return Page(lines, page.next)


def shortfalls(actor: Actor, purpose: Purpose) -> list[Shortfalls]:
    """Return the uses that did not fit the books and that nobody has looked into, the oldest first."""
    check_may_read(actor)
    rows = Shortfall.objects.filter(organization_id=actor.organization_id, settled_at=None)
    found = list(rows.select_related("item").order_by("recorded_at", "id")[:200])
    names = staff_names(actor, purpose, staff_ids={row.staff_id for row in found})
    return [
        Shortfalls(
            row=row,
            name=name_of(row.item) if row.item else row.code,
            unit=unit_of(row.item) if row.item else "",
            staff=names.get(row.staff_id, ""),
            why_words=str(WORDS_OF_WHY[Why(row.why)]),
        )
        for row in found
    ]
