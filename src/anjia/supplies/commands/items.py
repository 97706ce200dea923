"""Which things there are."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.catalogue.queries import services_offered
from anjia.kernel import audit
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.database import wait_turn
from anjia.kernel.errors import NotFound
from anjia.kernel.ids import new_id
from anjia.kernel.work import command
from anjia.supplies.models import Item
from anjia.supplies.rules.stock import MOST, NOTHING, ItemKind, SuppliesInvalid

KNOWN: Final[Mapping[str, Mapping[str, Any]]] = json.loads(
    (Path(__file__).parents[1] / "data" / "items.json").read_text("utf-8")
)
FIELDS: Final = ("name", "name_en", "unit", "unit_en", "kind", "is_sterile", "expires", "low_below", "in_bag")


@command("supplies.keep")
def add_item(actor: Actor, now: datetime, *, said: Mapping[str, Any], code: str = "") -> Item:
    """
    Write down a thing that there is; without a `code` it gets one of its own.

    :raises SuppliesInvalid: naming every field that is wrong
    """
    _check(said)
    wait_turn(f"supplies/items/{actor.organization_id}")
    mine = Item.objects.filter(organization_id=actor.organization_id)
    if code and mine.filter(code=code).exists():
        raise SuppliesInvalid(fields={"code": _("已经有这个编码了。")})
    item = Item(organization_id=actor.organization_id, code=code or f"own_{new_id().hex[-8:]}")
    for name in FIELDS:
        if name in said:
            setattr(item, name, said[name])
    item.save()
    audit.record("supplies.item.added", actor=actor, at=now, subject_id=item.id, fields=sorted(said))
    return item


@command("supplies.keep")
def change_item(actor: Actor, now: datetime, *, item_id: UUID, said: Mapping[str, Any]) -> Item:
    """
    Change what is said of a thing. What lies where does not change.

    :raises NotFound: if the institution has no such thing
    :raises SuppliesInvalid: naming every field that is wrong
    """
    _check(said)
    found = Item.objects.select_for_update().filter(organization_id=actor.organization_id, id=item_id).first()
    if found is None:
        raise NotFound
    changed = [name for name in FIELDS if name in said and getattr(found, name) != said[name]]
    for name in changed:
        setattr(found, name, said[name])
    if changed:
        found.save(update_fields=changed)
        audit.record("supplies.item.changed", actor=actor, at=now, subject_id=found.id, fields=changed)
    return found


@command("supplies.keep")
def take_items_of_services(actor: Actor, now: datetime) -> int:
    """
    Write down every thing that the services offered say they need, and what a bag must hold; return how many are new.

    What is known stays as it is.
    """
    wait_turn(f"supplies/items/{actor.organization_id}")
    mine = Item.objects.filter(organization_id=actor.organization_id)
    known = set(mine.values_list("code", flat=True))
    wanted: dict[str, Mapping[str, Any]] = {code: one for code, one in KNOWN.items() if one.get("in_bag")}
    for version in services_offered(actor, Purpose.CONTRACT):
        for one in version.content["supplies"]:
            wanted.setdefault(one["code"], one)
    fresh = [
        Item(
            organization_id=actor.organization_id,
            code=code,
            name=one["name"],
            name_en=one.get("name_en", ""),
            unit=one["unit"],
            unit_en=one.get("unit_en", ""),
            kind=KNOWN.get(code, {}).get("kind", ItemKind.CONSUMABLE.value),
            is_sterile=KNOWN.get(code, {}).get("is_sterile", False),
            expires=KNOWN.get(code, {}).get("expires", True),
            low_below=Decimal(str(KNOWN.get(code, {}).get("low_below", 10))),
            in_bag=Decimal(str(KNOWN.get(code, {}).get("in_bag", 0))),
        )
        for code, one in wanted.items()
        if code not in known
    ]
    Item.objects.bulk_create(fresh)
    if fresh:
        audit.record(
            "supplies.items.added", actor=actor, at=now, subject_id=actor.organization_id, fields=["code"]
        )
    return len(fresh)


def _check(said: Mapping[str, Any]) -> None:
    wrong: dict[str, Any] = {
        name: _("请填写。") for name in ("name", "unit") if name in said and not said[name]
    }
    for name in ("low_below", "in_bag"):
        if name in said and not NOTHING <= said[name] <= MOST:
            wrong[name] = _("请填 0 或以上的数。")
    if "kind" in said and said["kind"] not in tuple(ItemKind):
        wrong["kind"] = _("请选一种。")
    if wrong:
        raise SuppliesInvalid(fields=wrong)
