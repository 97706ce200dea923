"""How supplies are shown: lines of the ledger made into lots and things, with names for ids."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.supplies.bags import name_of, unit_of
from anjia.supplies.models import BagCheck, Entry, Item, Shortfall
from anjia.supplies.places import stores_of
from anjia.supplies.rules.kit import CHECKED_KINDS
from anjia.supplies.rules.stock import NOTHING, WORDS_OF_ITEM, ItemKind, LotState, PlaceKind, state_of
from anjia.workforce.queries import staff_names


@dataclass(frozen=True, slots=True, kw_only=True)
class LotLine:
    """So much of a lot, and whether it may be used today."""

    lot_id: UUID
    item_id: UUID
    name: str
    unit: str
    number: str
    expires_on: date | None
    quantity: Decimal
    state: LotState


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """A thing at a station: how much of it can be used, how much has expired, its lots."""

    item: Item
    name: str
    unit: str
    kind_words: str
    usable: Decimal
    expired: Decimal
    lots: Sequence[LotLine]

    @property
    def is_low(self) -> bool:
        return self.usable < self.item.low_below

    @property
    def soonest(self) -> LotLine | None:
        return next((lot for lot in self.lots if lot.expires_on), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    entry: Entry
    name: str
    unit: str
    place: str
    move_words: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Warnings:
    """What somebody should see to: things that run low, lots that have expired or soon will."""

    low: Sequence[ItemLine]
    expired: Sequence[LotLine]
    soon: Sequence[LotLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfalls:
    row: Shortfall
    name: str
    unit: str
    staff: str
    why_words: str


def item_line(item: Item, lots: Sequence[LotLine]) -> ItemLine:
    expired = sum((lot.quantity for lot in lots if lot.state == LotState.EXPIRED), NOTHING)
    return ItemLine(
        item=item,
        name=name_of(item),
        unit=unit_of(item),
        kind_words=str(WORDS_OF_ITEM[ItemKind(item.kind)]),
        usable=sum((lot.quantity for lot in lots), NOTHING) - expired,
        expired=expired,
        lots=sorted(lots, key=lambda lot: (lot.expires_on or date.max, lot.number)),
    )


def lots_of(lines: Iterable[Entry], today: date) -> list[LotLine]:
    return [lot_line(line, today) for line in lines if line.balance > NOTHING]


def lot_line(line: Entry, today: date) -> LotLine:
    return LotLine(
        lot_id=line.lot_id,
        item_id=line.item_id,
        name=name_of(line.item),
        unit=unit_of(line.item),
        number=line.lot.number,
        expires_on=line.lot.expires_on,
        quantity=line.balance,
        state=state_of(line.lot.expires_on, today),
    )


def grouped(lots: Iterable[LotLine]) -> dict[UUID, list[LotLine]]:
    by_item: dict[UUID, list[LotLine]] = {}
    for lot in lots:
        by_item.setdefault(lot.item_id, []).append(lot)
    return by_item


def place_names(actor: Actor, purpose: Purpose, lines: Sequence[Entry]) -> Mapping[UUID, str]:
    bags = {line.place_id for line in lines if line.place_kind == PlaceKind.BAG}
    return dict(stores_of(actor)) | staff_names(actor, purpose, staff_ids=bags)


def check_may_read(actor: Actor) -> None:
    """:raises NotAllowed: without `supplies.read`"""
    if not actor.may("supplies.read"):
        raise NotAllowed


@dataclass(frozen=True, slots=True, kw_only=True)
class BagLine:
    """A thing in a bag. `needed` is how much of it must be there; `is_checked` whether she looks at it each day."""

    item_id: UUID
    code: str
    name: str
    unit: str
    kind: str
    is_sterile: bool
    needed: Decimal
    usable: Decimal
    is_checked: bool
    lots: Sequence[LotLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bag:
    staff_id: UUID
    name: str
    today: date
    lines: Sequence[BagLine]
    check: BagCheck | None

    @property
    def expired(self) -> list[LotLine]:
        return [lot for line in self.lines for lot in line.lots if lot.state == LotState.EXPIRED]

    @property
    def soon(self) -> list[LotLine]:
        return [lot for line in self.lines for lot in line.lots if lot.state == LotState.SOON]

    @property
    def lacking(self) -> list[BagLine]:
        return [line for line in self.lines if line.usable < line.needed]


def bag_line(item: Item, lots: Sequence[LotLine], needed: Decimal) -> BagLine:
    return BagLine(
        item_id=item.id,
        code=item.code,
        name=name_of(item),
        unit=unit_of(item),
        kind=item.kind,
        is_sterile=item.is_sterile,
        needed=needed,
        usable=sum((lot.quantity for lot in lots if lot.state != LotState.EXPIRED), NOTHING),
        is_checked=needed > NOTHING or item.kind in CHECKED_KINDS,
        lots=sorted(lots, key=lambda lot: (lot.expires_on or date.max, lot.number)),
    )
