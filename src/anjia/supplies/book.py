"""
How a line gets into the ledger: in its place's turn, going on from the line before.

Only the commands use it. A place is held before its balances are read, so that two who take the last one do not both
get it; the database says so too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from anjia.kernel import events
from anjia.kernel.actors import Actor
from anjia.kernel.database import wait_turn
from anjia.kernel.ids import new_id
from anjia.supplies.events import StockMoved
from anjia.supplies.models import Entry
from anjia.supplies.rules.stock import NOTHING, Held, Move, NotEnough, PlaceKind


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
    rows = Entry.objects.filter(
        organization_id=actor.organization_id, place_kind=place.kind.value, place_id=place.id
    )
    lines = rows.order_by("lot_id", "-number").distinct("lot_id").select_related("lot", "item")
    return {line.lot_id: line for line in lines}


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
    last = {place: last_lines(actor, place) for place in {place for place, *_ in lines}}
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
