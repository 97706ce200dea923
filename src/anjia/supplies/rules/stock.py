"""Stock: lots that expire, which of them goes first, and what is refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError, Invalid, Words

# Source: issue "the whole loop", supplies: lapsing things warn 30 days ahead, as papers do. [ENG]
WARN_AHEAD: Final = timedelta(days=30)
NOTHING: Final = Decimal(0)
MOST: Final = Decimal(1_000_000)


class ItemKind(StrEnum):
    CONSUMABLE = "consumable"
    EQUIPMENT = "equipment"
    FIRST_AID = "first_aid"
    DRUG = "drug"


WORDS_OF_ITEM: Final[Mapping[ItemKind, Words]] = {
    ItemKind.CONSUMABLE: _("耗材"),
    ItemKind.EQUIPMENT: _("用具"),
    ItemKind.FIRST_AID: _("急救用品"),
    ItemKind.DRUG: _("药品"),
}


class PlaceKind(StrEnum):
    STATION = "station"
    BAG = "bag"
    ASIDE = "aside"  # at a station, and not for use


class Move(StrEnum):
    RECEIVED = "received"
    HANDED_OUT = "handed_out"
    GIVEN_BACK = "given_back"
    USED = "used"
    SET_ASIDE = "set_aside"
    DISPOSED = "disposed"
    COUNTED = "counted"
    CORRECTED = "corrected"


WORDS_OF_MOVE: Final[Mapping[Move, Words]] = {
    Move.RECEIVED: _("入库"),
    Move.HANDED_OUT: _("领用"),
    Move.GIVEN_BACK: _("退回"),
    Move.USED: _("上门用掉"),
    Move.SET_ASIDE: _("放到一边"),
    Move.DISPOSED: _("报废"),
    Move.COUNTED: _("盘点"),
    Move.CORRECTED: _("更正"),
}


class LotState(StrEnum):
    GOOD = "good"
    SOON = "soon"
    EXPIRED = "expired"


class Why(StrEnum):
    """Why what was used could not be taken off the books."""

    NOT_IN_BAG = "not_in_bag"
    EXPIRED_USED = "expired_used"
    UNKNOWN_ITEM = "unknown_item"


WORDS_OF_WHY: Final[Mapping[Why, Words]] = {
    Why.NOT_IN_BAG: _("用的比包里账上的多"),
    Why.EXPIRED_USED: _("用了过期的一批"),
    Why.UNKNOWN_ITEM: _("品目里没有这样东西"),
}


class LotExpired(DomainError):
    code = "supplies.lot_expired"
    words = _("这一批过期了，不能用。请放到一边，换一批。")


class NotEnough(DomainError):
    code = "supplies.not_enough"
    words = _("没有这么多。请少领一些，或者先入库；账和实物对不上，就盘点。")


class NothingHandedOut(Invalid):
    code = "supplies.nothing_handed_out"
    words = _("还没有写要领什么、领多少。")


class WhyMissing(Invalid):
    code = "supplies.why_missing"
    words = _("和账上不一样的，要写明原因。")


class MovedMeanwhile(Invalid):
    """More was taken while somebody counted than her count leaves: `fields` names the lots to be counted anew."""

    code = "supplies.moved_meanwhile"
    words = _("数的时候又有人领走了一些，有几样对不上了。账上换成了现在的数，请把这几样再数一次。")


class SuppliesInvalid(Invalid):
    code = "supplies.invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """So much of a lot lies at a place."""

    lot_id: UUID
    item_id: UUID
    expires_on: date | None
    quantity: Decimal


def state_of(expires_on: date | None, today: date) -> LotState:
    """Return whether a lot may be used today. It is good to the end of the day that is printed on it."""
    if expires_on is None:
        return LotState.GOOD
    if expires_on < today:
        return LotState.EXPIRED
    return LotState.SOON if expires_on <= today + WARN_AHEAD else LotState.GOOD


def first_expired_first(
    held: Iterable[Held], wanted: Decimal, *, on: date, first: UUID | None = None
) -> tuple[list[tuple[UUID, Decimal]], Decimal]:
    """
    Return how much to take of which lot, and how much there is too little.

    What expires first goes first, what never expires last; what has expired on that day is not taken. `first` is
    a lot that somebody has in her hand: it goes before the others, even one that has expired, for it is gone.
    """
    usable = [one for one in held if one.lot_id == first or state_of(one.expires_on, on) != LotState.EXPIRED]
    usable.sort(key=lambda one: (one.lot_id != first, one.expires_on or date.max, str(one.lot_id)))
    taken = []
    for one in usable:
        some = min(one.quantity, wanted)
        if some > NOTHING:
            taken.append((one.lot_id, some))
            wanted -= some
    return taken, wanted


def check_quantity(quantity: Decimal, name: str = "quantity") -> None:
    """:raises SuppliesInvalid: unless it is more than nothing, and can be counted"""
    if not NOTHING < quantity <= MOST:
        raise SuppliesInvalid(fields={name: _("数量要大于 0，最多一百万。")})
