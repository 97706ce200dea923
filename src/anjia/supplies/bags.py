"""What a bag must hold, as the house has written it down."""

from django.utils.translation import get_language

from anjia.kernel.actors import Actor
from anjia.supplies.models import Item
from anjia.supplies.rules.kit import Needed


def must_hold(actor: Actor) -> list[Needed]:
    """Return what every bag must hold, in order of name."""
    rows = Item.objects.filter(organization_id=actor.organization_id, retired_at=None, in_bag__gt=0)
    return [
        Needed(item_id=one.id, name=name_of(one), unit=unit_of(one), quantity=one.in_bag)
        for one in rows.order_by("kind", "name", "id")
    ]


def is_english() -> bool:
    return (get_language() or "zh").startswith("en")


def name_of(item: Item) -> str:
    return item.name_en if is_english() and item.name_en else item.name


def unit_of(item: Item) -> str:
    return item.unit_en if is_english() and item.unit_en else item.unit
