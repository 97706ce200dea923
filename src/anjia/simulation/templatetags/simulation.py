"""The demo's cards, for pages that know nothing of demos."""

from typing import Any

from django import template

from anjia.simulation.cast import CAST, PASSWORD

register = template.Library()


@register.inclusion_tag("desk/_demo_cards.html", takes_context=True)
def demo_cards(context: dict[str, Any], end: str = "") -> dict[str, Any]:
    """Show who can be stepped in as, with one click; `end` narrows it to "console" or "client"."""
    cards = [card for card in CAST if end in ("", card.end)]
    return {"cards": cards, "csrf_token": context.get("csrf_token")}


@register.simple_tag
def demo_password() -> str:
    """Return what all of the cast unlock a computer with."""
    return PASSWORD
