"""What comes to a station, what is counted there, put right, set aside and thrown away."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.kernel import audit
from anjia.kernel.actors import Actor
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.supplies.book import Doing, Place, hold, last_lines, write
from anjia.supplies.models import Item, Lot
from anjia.supplies.places import check_place
from anjia.supplies.rules.stock import (
    MOST,
    NOTHING,
    LotExpired,
    LotState,
    Move,
    MovedMeanwhile,
    PlaceKind,
    SuppliesInvalid,
    WhyMissing,
    check_quantity,
    state_of,
)


@command("supplies.keep")
def receive(
    actor: Actor,
    now: datetime,
    *,
    station_id: UUID,
    item_id: UUID,
    quantity: Decimal,
    number: str = "",
    expires_on: date | None = None,
    why: str = "",
) -> Lot:
    """
    Write down what has come to a station, by lot and the day on which it expires. `why` says from whom.

    :raises LotExpired: if it has expired already
    :raises SuppliesInvalid: without lot or day, where the thing expires
    """
    station = check_place(actor, PlaceKind.STATION, station_id)
    check_quantity(quantity)
    item = Item.objects.filter(organization_id=actor.organization_id, id=item_id, retired_at=None).first()
    if item is None:
        raise NotFound
    number = number.strip()
    wrong = {"number": _("请照包装抄批号。")} if item.expires and not number else {}
    if item.expires and expires_on is None:
        wrong["expires_on"] = _("请照包装填有效期。")
    if wrong:
        raise SuppliesInvalid(fields=wrong)
    if state_of(expires_on, day_of(now)) == LotState.EXPIRED:
        raise LotExpired(_("这一批已经过期，不能入库。请退给供货的人。"))
    hold(station)
    lot, _is_new = Lot.objects.get_or_create(
        organization_id=actor.organization_id, item=item, number=number[:40], expires_on=expires_on
    )
    doing = Doing(move=Move.RECEIVED, at=now, why=why)
    write(actor, now, doing, [(station, item.id, lot.id, quantity)])
    audit.record("supplies.stock.put_in", actor=actor, at=now, subject_id=lot.id, fields=["quantity"])
    return lot


@command("supplies.keep")
def count_stock(
    actor: Actor,
    now: datetime,
    *,
    station_id: UUID,
    counted: Mapping[UUID, Decimal],
    seen: Mapping[UUID, Decimal],
    whys: Mapping[UUID, str],
) -> int:
    """
    Write down what was counted at a station, by lot; return how many differ from the books.

    Every lot counted gets a line, also one that was right. `seen` is what the books said when she began to count: what
    moved in between is not mistaken for a difference.

    :raises WhyMissing: where a count differs and nobody says why
    :raises MovedMeanwhile: where so much was taken meanwhile that the books would fall below nothing
    """
    station = check_place(actor, PlaceKind.STATION, station_id)
    hold(station)
    last = last_lines(actor, station)
    if any(lot_id not in last for lot_id in counted):
        raise NotFound
    wrong = {
        f"why-{lot_id}": _("和账上不一样，请写明原因。")
        for lot_id, quantity in counted.items()
        if quantity != seen.get(lot_id, last[lot_id].balance) and not whys.get(lot_id, "").strip()
    }
    if wrong:
        raise WhyMissing(fields=wrong)
    lines = []
    for lot_id, quantity in counted.items():
        _check_count(quantity)
        change = quantity - seen.get(lot_id, last[lot_id].balance)
        lines.append((station, last[lot_id].item_id, lot_id, change))
    if gone := [lot_id for *_line, lot_id, change in lines if last[lot_id].balance + change < NOTHING]:
        raise MovedMeanwhile(fields={f"why-{lot_id}": _("请再数一次这一样。") for lot_id in gone})
    said = {lot_id: words.strip() for lot_id, words in whys.items()}
    write(actor, now, Doing(move=Move.COUNTED, at=now), lines, whys=said)
    audit.record("supplies.stock.counted", actor=actor, at=now, subject_id=station_id, fields=["quantity"])
    return sum(change != NOTHING for *_line, change in lines)


@command("supplies.keep")
def correct(
    actor: Actor,
    now: datetime,
    *,
    place_kind: PlaceKind,
    place_id: UUID,
    lot_id: UUID,
    quantity: Decimal,
    why: str,
) -> None:
    """
    Say that there is so much of a lot at a place, and why the books said otherwise.

    :raises WhyMissing: if she does not say why
    """
    place = check_place(actor, place_kind, place_id)
    if not why.strip():
        raise WhyMissing(fields={"why": _("请写明原因。")})
    _check_count(quantity)
    hold(place)
    line = last_lines(actor, place).get(lot_id)
    if line is None:
        raise NotFound
    doing = Doing(move=Move.CORRECTED, at=now, why=why.strip(), staff_id=_whose(place))
    write(actor, now, doing, [(place, line.item_id, lot_id, quantity - line.balance)])
    audit.record("supplies.stock.corrected", actor=actor, at=now, subject_id=lot_id, fields=["quantity"])


@command("supplies.keep")
def set_aside(actor: Actor, now: datetime, *, station_id: UUID, lot_id: UUID, why: str = "") -> None:
    """
    Put all of a lot at a station where nobody takes it for use.

    :raises NotFound: if there is none of it
    """
    station = check_place(actor, PlaceKind.STATION, station_id)
    aside = Place(PlaceKind.ASIDE, station_id)
    hold(station, aside)
    line = last_lines(actor, station).get(lot_id)
    if line is None or line.balance == NOTHING:
        raise NotFound
    doing = Doing(move=Move.SET_ASIDE, at=now, why=why)
    lines = [(station, line.item_id, lot_id, -line.balance), (aside, line.item_id, lot_id, line.balance)]
    write(actor, now, doing, lines)
    audit.record("supplies.stock.set_aside", actor=actor, at=now, subject_id=lot_id, fields=["quantity"])


@command("supplies.keep")
def dispose(actor: Actor, now: datetime, *, station_id: UUID, lot_id: UUID, why: str) -> None:
    """
    Throw away what was set aside, and say how.

    :raises WhyMissing: if she does not say how
    :raises NotFound: if there is none of it
    """
    check_place(actor, PlaceKind.STATION, station_id)
    aside = Place(PlaceKind.ASIDE, station_id)
    if not why.strip():
        raise WhyMissing(fields={"why": _("请写怎么处理的。")})
    hold(aside)
    line = last_lines(actor, aside).get(lot_id)
    if line is None or line.balance == NOTHING:
        raise NotFound
    doing = Doing(move=Move.DISPOSED, at=now, why=why.strip())
    write(actor, now, doing, [(aside, line.item_id, lot_id, -line.balance)])
    audit.record("supplies.stock.disposed", actor=actor, at=now, subject_id=lot_id, fields=["quantity"])


def _check_count(quantity: Decimal) -> None:
    """:raises SuppliesInvalid: if nobody can have counted that"""
    if not NOTHING <= quantity <= MOST:
        raise SuppliesInvalid(fields={"quantity": _("请填 0 或以上的数。")})


def _whose(place: Place) -> UUID | None:
    return place.id if place.kind is PlaceKind.BAG else None
