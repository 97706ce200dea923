"""A nurse's bag: filled at a station, checked before she sets out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.kernel import audit, events
from anjia.kernel.actors import Actor
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import command
from anjia.supplies.bags import must_hold
from anjia.supplies.book import Doing, Place, held_at, hold, last_lines, write
from anjia.supplies.events import BagChecked
from anjia.supplies.models import BagCheck, Item, Lot
from anjia.supplies.places import check_place, store_of
from anjia.supplies.rules.kit import findings, plain
from anjia.supplies.rules.stock import (
    NOTHING,
    Held,
    LotExpired,
    LotState,
    Move,
    NotEnough,
    NothingHandedOut,
    PlaceKind,
    check_quantity,
    first_expired_first,
    state_of,
)


@command("supplies.keep")
def hand_out(
    actor: Actor,
    now: datetime,
    *,
    station_id: UUID,
    staff_id: UUID,
    wanted: Mapping[UUID, Decimal],
    lot_id: UUID | None = None,
) -> UUID:
    """
    Put things from a station's store into a bag, what expires first first; return what joins the lines.

    :raises NothingHandedOut: if it is said of nothing how much
    :raises LotExpired: if the lot asked for has expired
    :raises NotEnough: naming what there is too little of
    """
    station = check_place(actor, PlaceKind.STATION, station_id)
    bag = check_place(actor, PlaceKind.BAG, staff_id)
    if not wanted:
        raise NothingHandedOut
    hold(station, bag)
    today = day_of(now)
    lots = held_at(actor, station)
    if lot_id and any(one.lot_id == lot_id and _is_over(one, today) for one in lots):
        raise LotExpired
    items = Item.objects.in_bulk(list(wanted))
    lines = []
    for item_id, quantity in wanted.items():
        item = items.get(item_id)
        if item is None or item.organization_id != actor.organization_id:
            raise NotFound
        check_quantity(quantity, f"wanted-{item_id}")
        mine = [one for one in lots if one.item_id == item_id]
        taken, lacking = first_expired_first(mine, quantity, on=today, first=lot_id)
        if lacking:
            raise NotEnough(_lacking(item, lacking, has_old=any(_is_over(one, today) for one in mine)))
        for one, some in taken:
            lines += [(station, item_id, one, -some), (bag, item_id, one, some)]
    move_id = write(actor, now, Doing(move=Move.HANDED_OUT, at=now, staff_id=staff_id), lines)
    audit.record("supplies.bag.filled", actor=actor, at=now, subject_id=staff_id, fields=["quantity"])
    return move_id


@command("supplies.keep")
def give_back(
    actor: Actor, now: datetime, *, station_id: UUID, staff_id: UUID, lot_id: UUID, quantity: Decimal
) -> None:
    """
    Put things from a bag back into a station's store; what has expired is set aside there.

    :raises NotEnough: if there is less of it in the bag
    """
    station = check_place(actor, PlaceKind.STATION, station_id)
    bag = check_place(actor, PlaceKind.BAG, staff_id)
    aside = Place(PlaceKind.ASIDE, station_id)
    check_quantity(quantity)
    hold(station, bag, aside)
    line = last_lines(actor, bag).get(lot_id)
    if line is None:
        raise NotFound
    old = state_of(line.lot.expires_on, day_of(now)) == LotState.EXPIRED
    move, there = (Move.SET_ASIDE, aside) if old else (Move.GIVEN_BACK, station)
    lines = [(bag, line.item_id, lot_id, -quantity), (there, line.item_id, lot_id, quantity)]
    write(actor, now, Doing(move=move, at=now, staff_id=staff_id), lines)
    audit.record("supplies.bag.given_back", actor=actor, at=now, subject_id=staff_id, fields=["quantity"])


@command("supplies.carry")
def set_aside_from_bag(actor: Actor, now: datetime, *, lot_id: UUID) -> None:
    """
    Take all of a lot out of her own bag, to be thrown away at her station. Twice is as once.

    :raises NotAllowed: if she has no bag
    :raises NotFound: if she never had any of it
    """
    if actor.staff_id is None:
        raise NotAllowed
    bag = Place(PlaceKind.BAG, actor.staff_id)
    aside = Place(PlaceKind.ASIDE, store_of(actor, actor.staff_id))
    hold(bag, aside)
    line = last_lines(actor, bag).get(lot_id)
    if line is None:
        raise NotFound
    if line.balance == NOTHING:
        return
    lines = [(bag, line.item_id, lot_id, -line.balance), (aside, line.item_id, lot_id, line.balance)]
    write(actor, now, Doing(move=Move.SET_ASIDE, at=now, staff_id=actor.staff_id), lines)
    audit.record(
        "supplies.bag.set_aside", actor=actor, at=now, subject_id=actor.staff_id, fields=["quantity"]
    )


@command("supplies.carry")
def check_bag(
    actor: Actor, now: datetime, *, client_id: UUID, checked_at: datetime, seen: Sequence[Mapping[str, Any]]
) -> BagCheck:
    """
    Write down what she has seen of the first-aid kit and the drugs in her bag: lot by lot, how many.

    It is good for the day on which she looked, whenever we hear of it. What is missing or has expired is in `lacking`,
    in words. The same check sent twice is one.

    :raises NotAllowed: if she has no bag
    """
    if actor.staff_id is None:
        raise NotAllowed
    mine = BagCheck.objects.filter(organization_id=actor.organization_id, staff_id=actor.staff_id)
    hold(Place(PlaceKind.BAG, actor.staff_id))
    before = mine.filter(client_id=client_id).first()
    if before:
        return before
    looked_at = min(checked_at, now)
    lots = Lot.objects.filter(organization_id=actor.organization_id).in_bulk([one["lot_id"] for one in seen])
    held = [
        Held(
            lot_id=one["lot_id"],
            item_id=lots[one["lot_id"]].item_id,
            expires_on=lots[one["lot_id"]].expires_on,
            quantity=Decimal(str(one["quantity"])),
        )
        for one in seen
        if one["lot_id"] in lots
    ]
    found = findings(must_hold(actor), held, today=day_of(looked_at))
    check = BagCheck.objects.create(
        organization_id=actor.organization_id,
        staff_id=actor.staff_id,
        client_id=client_id,
        day=day_of(looked_at),
        checked_at=looked_at,
        recorded_at=now,
        seen=[{"lot_id": str(one.lot_id), "quantity": plain(one.quantity)} for one in held],
        lacking=[{"item_id": str(one.item_id), "what": one.what, "words": one.words} for one in found],
    )
    audit.record("supplies.bag.checked", actor=actor, at=now, subject_id=check.id, fields=["seen"])
    events.publish(BagChecked(staff_id=actor.staff_id, at=now), actor=actor)
    return check


def _is_over(one: Held, today: Any) -> bool:
    return state_of(one.expires_on, today) == LotState.EXPIRED


def _lacking(item: Item, count: Decimal, *, has_old: bool) -> Any:
    words = (
        _("{name}少 {count} {unit}：剩下的过期了，不能领。请先入库。")
        if has_old
        else _("{name}少 {count} {unit}。请少领一些，或者先入库。")
    )
    return words.format(name=item.name, count=plain(count), unit=item.unit)
