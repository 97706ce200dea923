"""What comes from the console's forms, as commands take it. What cannot be read is said beside its field."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import NotFound, Words
from anjia.supplies.rules.stock import MOST, SuppliesInvalid

Said = Mapping[str, str]


def text(said: Said, name: str, *, longest: int = 200) -> str:
    return said.get(name, "").strip()[:longest]


def quantity(said: Said, name: str) -> Decimal:
    """:raises SuppliesInvalid: if there is no number"""
    found = quantity_or_none(said, name)
    if found is None:
        raise refused(name, _("请填数字。"))
    return found


def quantity_or_none(said: Said, name: str) -> Decimal | None:
    """:raises SuppliesInvalid: if it is no number"""
    written = text(said, name)
    if not written:
        return None
    try:
        found = Decimal(written)
    except InvalidOperation:
        raise refused(name, _("请填数字。")) from None
    if not found.is_finite() or abs(found) > MOST:
        raise refused(name, _("请填数字。"))
    return found.quantize(Decimal("0.01"))


def quantity_if_sound(said: Said, name: str, otherwise: Decimal) -> Decimal:
    """Return the number that our own form carries along, or another if it carries none or it is none."""
    try:
        found = quantity_or_none(said, name)
    except SuppliesInvalid:
        return otherwise
    return otherwise if found is None else found


def whole(said: Said, name: str) -> int:
    """:raises SuppliesInvalid: if it is no whole number"""
    found = quantity(said, name)
    if found != int(found):
        raise refused(name, _("请填数字。"))
    return int(found)


def day_or_none(said: Said, name: str) -> date | None:
    """:raises SuppliesInvalid: if it is no day"""
    written = text(said, name)
    try:
        found = date.fromisoformat(written) if written else None
    except ValueError:
        raise refused(name, _("日期写成 2026-03-02 这样。")) from None
    if found and not 2000 <= found.year <= 2200:
        raise refused(name, _("日期写成 2026-03-02 这样。"))
    return found


def id_or_none(said: Said, name: str) -> UUID | None:
    try:
        return UUID(said.get(name, ""))
    except ValueError:
        return None


def id_in(said: Said, name: str) -> UUID:
    """:raises NotFound: if the form says none: our own forms do not"""
    found = id_or_none(said, name)
    if found is None:
        raise NotFound
    return found


def ids_in(form: QueryDict, name: str) -> list[UUID]:
    """Return what is ticked; what names nothing is passed over: our own forms tick no such thing."""
    found = (id_or_none({name: words}, name) for words in form.getlist(name))
    return [one for one in found if one is not None]


def by_id(said: Said, prefix: str) -> dict[UUID, Decimal]:
    """Return the numbers of inputs that carry an id: "wanted-<id>"; what is empty is left out."""
    found = {}
    for name in said:
        if name.startswith(f"{prefix}-") and text(said, name):
            found[id_in({"id": name.removeprefix(f"{prefix}-")}, "id")] = quantity(said, name)
    return found


def item(said: Said) -> dict[str, Any]:
    """Return what is said of a thing, as commands take it."""
    return {
        "name": text(said, "item_name", longest=60),
        "name_en": text(said, "item_name_en", longest=120),
        "unit": text(said, "unit", longest=20),
        "unit_en": text(said, "unit_en", longest=40),
        "kind": text(said, "item_kind", longest=12),
        "is_sterile": said.get("is_sterile") == "1",
        "expires": said.get("expires") == "1",
        "low_below": quantity_or_none(said, "low_below") or Decimal(0),
        "in_bag": quantity_or_none(said, "in_bag") or Decimal(0),
    }


def refused(name: str, words: Words) -> SuppliesInvalid:
    return SuppliesInvalid(fields={name: words})
