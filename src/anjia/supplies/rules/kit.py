"""What a bag must hold before she sets out, and what is wrong with one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.supplies.rules.stock import NOTHING, Held, ItemKind, LotState, state_of

CHECKED_KINDS: Final = frozenset({ItemKind.FIRST_AID.value, ItemKind.DRUG.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """A bag must hold so much of it."""

    item_id: UUID
    name: str
    unit: str
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong with a bag, and what to do about it."""

    item_id: UUID
    what: str  # "missing" or "expired"
    words: str


def findings(needed: Sequence[Needed], seen: Iterable[Held], *, today: date) -> list[Finding]:
    """
    Return what a bag lacks today of what it must hold, in the list's order.

    Only what she has seen with her own eyes counts, and only what has not expired.
    """
    lots: Mapping[UUID, list[Held]] = grouped(seen)
    found = []
    for one in needed:
        mine = [lot for lot in lots.get(one.item_id, ()) if lot.quantity > NOTHING]
        expired = [lot for lot in mine if state_of(lot.expires_on, today) == LotState.EXPIRED]
        good = sum((lot.quantity for lot in mine if lot not in expired), NOTHING)
        if expired:
            days = "、".join(sorted(str(lot.expires_on) for lot in expired))
            said = _("{name}有过期的（{days}）：拿出来放到一边，回站里换新的再出门。")
            found.append(
                Finding(item_id=one.item_id, what="expired", words=said.format(name=one.name, days=days))
            )
        if good < one.quantity:
            said = _("{name}少 {count} {unit}：到站里领了再出门。")
            count = plain(one.quantity - good)
            found.append(
                Finding(
                    item_id=one.item_id,
                    what="missing",
                    words=said.format(name=one.name, count=count, unit=one.unit),
                )
            )
    return found


def grouped(held: Iterable[Held]) -> dict[UUID, list[Held]]:
    by_item: dict[UUID, list[Held]] = {}
    for one in held:
        by_item.setdefault(one.item_id, []).append(one)
    return by_item


def plain(quantity: Decimal) -> str:
    """Write a quantity as people do: 3, 0.5."""
    return f"{quantity.normalize():f}"
