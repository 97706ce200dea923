"""
How a line gets into the ledger: in its place's turn, going on from the line before.

Only the commands use it. A place is held before its balances are read, so that two who take the last one do not both
get it; the database says so too.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from anjia.kernel import events
from anjia.kernel.actors import Actor
from anjia.kernel.database import wait_turn
from anjia.kernel.ids import new_id
from anjia.supplies.events import StockMoved
from anjia.supplies.models import Entry
from anjia.supplies.rules.stock import NOTHING, Held, Move, NotEnough, PlaceKind

# The last line of each lot is one step into an index, from one lot to the next: what was written in all the years is
# not read, nor by whom others wait for. DISTINCT ON would read it all.
LAST_OF_LOTS: Final = """
    SELECT line.id FROM unnest(%s::uuid[]) AS asked(lot_id) CROSS JOIN LATERAL (
        SELECT id FROM supplies_entry
        WHERE lot_id = asked.lot_id AND place_kind = %s AND place_id = %s AND organization_id = %s
        ORDER BY number DESC LIMIT 1
    ) AS line
"""
LAST_AT_PLACES: Final = """
    WITH RECURSIVE last AS (
        SELECT place.kind, place.id AS place_id, line.lot_id, line.id
        FROM unnest(%s::text[], %s::uuid[]) AS place(kind, id) CROSS JOIN LATERAL (
            SELECT lot_id, id FROM supplies_entry
            WHERE place_kind = place.kind AND place_id = place.id AND organization_id = %s
            ORDER BY lot_id DESC, number DESC LIMIT 1
        ) AS line
        UNION ALL
        SELECT last.kind, last.place_id, line.lot_id, line.id
        FROM last CROSS JOIN LATERAL (
            SELECT lot_id, id FROM supplies_entry
            WHERE place_kind = last.kind AND place_id = last.place_id AND organization_id = %s
                AND lot_id < last.lot_id
            ORDER BY lot_id DESC, number DESC LIMIT 1
        ) AS line
    )
    SELECT id FROM last
"""
# The same from place to place, for each lot of a thing.
LAST_OF_ITEM: Final = """
    WITH RECURSIVE last AS (
        SELECT lot.id AS lot_id, place.kind, line.place_id, line.id
        FROM supplies_lot AS lot CROSS JOIN unnest(%s::text[]) AS place(kind) CROSS JOIN LATERAL (
            SELECT place_id, id FROM supplies_entry
            WHERE lot_id = lot.id AND place_kind = place.kind AND organization_id = %s
            ORDER BY place_id DESC, number DESC LIMIT 1
        ) AS line
        WHERE lot.item_id = %s
        UNION ALL
        SELECT last.lot_id, last.kind, line.place_id, line.id
        FROM last CROSS JOIN LATERAL (
            SELECT place_id, id FROM supplies_entry
            WHERE lot_id = last.lot_id AND place_kind = last.kind AND organization_id = %s
                AND place_id < last.place_id
            ORDER BY place_id DESC, number DESC LIMIT 1
        ) AS line
    )
    SELECT id FROM last
"""


@dataclass(frozen=True, slots=True)
class Place:
    kind: PlaceKind
    id: UUID

    @property
    def turn(self) -> str:
        return f"supplies/{self.kind}/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """What is done, by whom, when, and what it is about: the same for all lines of it."""

    move: Move
    at: datetime
    staff_id: UUID | None = None
    visit_id: UUID | None = None
    fact_id: UUID | None = None
    why: str = ""


def hold(*places: Place) -> None:
    """Wait until nobody else writes at these places."""
    wait_turn(*(place.turn for place in places))


def last_lines(actor: Actor, place: Place) -> dict[UUID, Entry]:
    """Return the last line of each lot at the place."""
    return {line.lot_id: line for line in last_lines_at(actor, [place])}


def last_lines_at(actor: Actor, places: Sequence[Place]) -> QuerySet[Entry]:
    """Return the last line of each lot at each of the places."""
    kinds, ids = [place.kind.value for place in places], [place.id for place in places]
    house = actor.organization_id
    return _lines(actor, RawSQL(LAST_AT_PLACES, [kinds, ids, house, house]))


def last_lines_of(actor: Actor, item_id: UUID) -> QuerySet[Entry]:
    """Return the last line of each lot of a thing at each place where it ever lay."""
    house = actor.organization_id
    return _lines(actor, RawSQL(LAST_OF_ITEM, [[kind.value for kind in PlaceKind], house, item_id, house]))


def _lines(actor: Actor, ids: RawSQL) -> QuerySet[Entry]:
    rows = Entry.objects.filter(organization_id=actor.organization_id, id__in=ids)
    return rows.order_by("lot_id").select_related("lot", "item")


def _last_of_lots(actor: Actor, place: Place, lot_ids: Collection[UUID]) -> dict[UUID, Entry]:
    """Return the last line of each of these lots at the place: what a new line follows on, and nothing besides."""
    house = actor.organization_id
    ids = RawSQL(LAST_OF_LOTS, [list(lot_ids), place.kind.value, place.id, house])
    last = Entry.objects.filter(organization_id=house, id__in=ids).only("lot_id", "number", "balance")
    return {line.lot_id: line for line in last}


def held_at(actor: Actor, place: Place) -> list[Held]:
    """Return what lies there, lot by lot."""
    return [
        Held(
            lot_id=line.lot_id,
            item_id=line.item_id,
            expires_on=line.lot.expires_on,
            quantity=line.balance,
        )
        for line in last_lines(actor, place).values()
        if line.balance > NOTHING
    ]


def write(
    actor: Actor,
    now: datetime,
    doing: Doing,
    lines: Sequence[tuple[Place, UUID, UUID, Decimal]],
    *,
    whys: Mapping[UUID, str] | None = None,
) -> UUID:
    """
    Write lines (place, item, lot, change) of one doing, whose places are held; return what joins them.

    `whys` says of a lot what is not the same for all.

    :raises NotEnough: if less than nothing would be left somewhere
    """
    move_id = new_id()
    last = {
        place: _last_of_lots(
            actor, place, [lot_id for there, _item, lot_id, _change in lines if there == place]
        )
        for place in {place for place, *_ in lines}
    }
    rows = []
    for place, item_id, lot_id, change in lines:
        before = last[place].get(lot_id)
        balance = (before.balance if before else NOTHING) + change
        if balance < NOTHING:
            raise NotEnough
        rows.append(
            Entry(
                organization_id=actor.organization_id,
                place_kind=place.kind.value,
                place_id=place.id,
                item_id=item_id,
                lot_id=lot_id,
                number=before.number + 1 if before else 1,
                change=change,
                balance=balance,
                move=doing.move.value,
                move_id=move_id,
                at=doing.at,
                recorded_at=now,
                by=actor.user_id,
                staff_id=doing.staff_id,
                visit_id=doing.visit_id,
                fact_id=doing.fact_id,
                why=(whys or {}).get(lot_id, doing.why),
            )
        )
        last[place][lot_id] = rows[-1]
    Entry.objects.bulk_create(rows)
    for place_id in sorted({place.id for place, *_ in lines}):
        events.publish(StockMoved(place_id=place_id, at=now), actor=actor)
    return move_id
