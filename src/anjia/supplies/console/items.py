"""One thing: where how much of it lies, its ledger, and what is said of it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError, Invalid
from anjia.supplies import commands, forms, queries
from anjia.supplies.bags import name_of, unit_of
from anjia.supplies.console.going import at_station, go, today
from anjia.supplies.rules.stock import WORDS_OF_ITEM


@require_POST
@page("supplies.keep")
def take(request: PageRequest) -> HttpResponse:
    """Write down what the services need."""
    console.do(request, commands.take_items_of_services)
    return redirect("supplies:stock")


@require_http_methods(["GET", "HEAD", "POST"])
@page("supplies.keep")
def add(request: PageRequest) -> HttpResponse:
    """Write down a thing that there is."""
    refusal: Invalid | None = None
    if request.method == "POST":
        try:
            made = console.do(request, commands.add_item, said=forms.item(request.POST))
            return go("item", item_id=made.id) if made else redirect("supplies:stock")
        except Invalid as why:
            refusal = why
    said = {"refusal": refusal, "form": request.POST, "kinds": kinds(), "is_new": True}
    return render(request, "supplies/item_form.html", said, status=refusal.status if refusal else 200)


@require_safe
@page("supplies.read")
def item(request: PageRequest, item_id: UUID) -> HttpResponse:
    """Show a thing: where it lies, and every line of its ledger."""
    return show_item(request, item_id)


@require_POST
@page("supplies.keep")
def change(request: PageRequest, item_id: UUID) -> HttpResponse:
    """Change what is said of a thing."""
    try:
        console.do(request, commands.change_item, item_id=item_id, said=forms.item(request.POST))
    except Invalid as refusal:
        return show_item(request, item_id, refusal)
    return go("item", item_id=item_id, station=forms.id_or_none(request.GET, "station"))


def show_item(request: PageRequest, item_id: UUID, refusal: DomainError | None = None) -> HttpResponse:
    after = request.GET.get("after") or None

    def ask(actor: Actor, purpose: Purpose, station_id: UUID) -> Any:
        return (
            queries.get_item(actor, purpose, item_id=item_id),
            queries.item_place_lots(actor, purpose, item_id=item_id, today=today()),
            queries.ledger(actor, purpose, item_id=item_id, after=after),
        )

    found, said = at_station(request, ask)
    one, lots, lines = found
    more = {
        "item": one,
        "name": name_of(one),
        "unit": unit_of(one),
        "kind_words": WORDS_OF_ITEM[one.kind],
        "lots": lots,
        "page": lines,
        "lines": lines.items,
        "kinds": kinds(),
        "refusal": refusal,
        "form": request.POST,
    }
    status = refusal.status if refusal else 200
    return render(request, "supplies/item.html", said | more, status=status)


def kinds() -> list[tuple[str, object]]:
    return [(str(kind), words) for kind, words in WORDS_OF_ITEM.items()]
