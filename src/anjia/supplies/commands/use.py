"""What was used at a visit, as the field says: taken off her bag, whenever we hear of it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.kernel import audit
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.supplies.book import Doing, Place, held_at, hold, write
from anjia.supplies.models import Entry, Item, Shortfall
from anjia.supplies.rules.stock import (
    NOTHING,
    ItemKind,
    LotState,
    Move,
    PlaceKind,
    Why,
    WhyMissing,
    first_expired_first,
    state_of,
)
from anjia.visits.queries import FactSaid, facts_said


@command("supplies.keep")
def record_use(actor: Actor, now: datetime, *, visit_id: UUID) -> int:
    """
    Take what was used at a visit off the bags of those who say so; return how many facts were new.

    What expires first goes first, unless she says which lot she had in her hand: that one then, and no other in its
    place. A fact is never refused: what is not in the bag's books, or had expired that day, becomes a `Shortfall` for
    a person. A fact counts once.
    """
    facts = facts_said(actor, Purpose.CONTRACT, visit_id=visit_id, kind="supplies")
    if not facts:
        return 0
    hold(*(Place(PlaceKind.BAG, fact.staff_id) for fact in facts))
    ids = [fact.id for fact in facts]
    known = set(Entry.objects.filter(fact_id__in=ids).values_list("fact_id", flat=True))
    known |= set(Shortfall.objects.filter(fact_id__in=ids).values_list("fact_id", flat=True))
    fresh = [fact for fact in facts if fact.id not in known]
    codes = {str(one["code"]) for fact in fresh for one in fact.content.get("used", ())}
    rows = Item.objects.filter(organization_id=actor.organization_id, code__in=codes)
    items = {item.code: item for item in rows}
    for fact in fresh:
        _use(actor, now, fact, visit_id, items)
    if fresh:
        audit.record("supplies.use.recorded", actor=actor, at=now, subject_id=visit_id, fields=["quantity"])
    return len(fresh)


def _use(actor: Actor, now: datetime, fact: FactSaid, visit_id: UUID, items: Mapping[str, Item]) -> None:
    bag, on = Place(PlaceKind.BAG, fact.staff_id), day_of(fact.at)
    left = {one.lot_id: one for one in held_at(actor, bag)}
    lines: dict[UUID, tuple[Place, UUID, UUID, Decimal]] = {}
    short: dict[tuple[str, Why], Decimal] = defaultdict(Decimal)
    for (code, lot_id), quantity in _asked(fact):
        item = items.get(code)
        if item is None:
            short[code, Why.UNKNOWN_ITEM] += quantity
            continue
        if item.kind == ItemKind.EQUIPMENT:
            continue  # it comes back with her
        mine = [one for one in left.values() if one.item_id == item.id and lot_id in (None, one.lot_id)]
        taken, lacking = first_expired_first(mine, quantity, on=on, first=lot_id)
        for one, some in taken:
            before = lines[one][-1] if one in lines else NOTHING
            lines[one] = (bag, item.id, one, before - some)
            left[one] = replace(left[one], quantity=left[one].quantity - some)
            if state_of(left[one].expires_on, on) == LotState.EXPIRED:
                short[code, Why.EXPIRED_USED] += some
        if lacking > NOTHING:
            short[code, Why.NOT_IN_BAG] += lacking
    doing = Doing(move=Move.USED, at=fact.at, staff_id=fact.staff_id, visit_id=visit_id, fact_id=fact.id)
    if lines:
        write(actor, now, doing, list(lines.values()))
    Shortfall.objects.bulk_create(
        Shortfall(
            organization_id=actor.organization_id,
            staff_id=fact.staff_id,
            visit_id=visit_id,
            fact_id=fact.id,
            item=items.get(code),
            code=code[:60],
            quantity=quantity,
            why=why.value,
            at=fact.at,
            recorded_at=now,
        )
        for (code, why), quantity in short.items()
    )


def _asked(fact: FactSaid) -> list[tuple[tuple[str, UUID | None], Decimal]]:
    """Return what she says she used, of which lot if she says that too, and how much: named lots first."""
    asked: dict[tuple[str, UUID | None], Decimal] = defaultdict(Decimal)
    for one in fact.content.get("used", ()):
        quantity = Decimal(str(one["quantity"])).quantize(Decimal("0.01"))
        if quantity > NOTHING:
            asked[one["code"], _id_or_none(one.get("lot_id"))] += quantity
    return sorted(asked.items(), key=lambda said: said[0][1] is None)


def _id_or_none(said: Any) -> UUID | None:
    try:
        return UUID(str(said))
    except ValueError:
        return None


@command("supplies.keep")
def settle_shortfall(actor: Actor, now: datetime, *, shortfall_id: UUID, words: str) -> Shortfall:
    """
    Say what was found about a use that did not fit the books.

    :raises WhyMissing: if nothing is said
    :raises NotFound: if there is no such open one
    """
    if not words.strip():
        raise WhyMissing(fields={"words": _("请写查到了什么。")})
    rows = Shortfall.objects.filter(organization_id=actor.organization_id, id=shortfall_id, settled_at=None)
    found = rows.select_for_update().first()
    if found is None:
        raise NotFound
    found.settled_at, found.settled_by, found.settled_as = now, actor.user_id, words.strip()
    found.save(update_fields=["settled_at", "settled_by", "settled_as"])
    audit.record(
        "supplies.shortfall.settled", actor=actor, at=now, subject_id=found.id, fields=["settled_as"]
    )
    return found
