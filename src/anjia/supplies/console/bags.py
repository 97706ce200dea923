"""The bags of those who go out: filled, given back, checked."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError
from anjia.supplies import commands, forms, queries
from anjia.supplies.console.going import at_station, go, today


@require_safe
@page("supplies.read")
def bags(request: PageRequest) -> HttpResponse:
    """List everybody's bag: what it lacks, what has expired, whether it was checked today."""
    found = console.ask(request, queries.bags, Purpose.CONTRACT, today=today())
    return render(request, "supplies/bags.html", {"bags": found, "today": today()})


@require_safe
@page("supplies.read")
def bag(request: PageRequest, staff_id: UUID) -> HttpResponse:
    """Show a bag, and fill it."""
    return show_bag(request, staff_id)


@require_POST
@page("supplies.keep")
def hand_out(request: PageRequest, staff_id: UUID) -> HttpResponse:
    """Put things into a bag."""
    station_id = forms.id_in(request.POST, "station_id")
    try:
        console.do(
            request,
            commands.hand_out,
            station_id=station_id,
            staff_id=staff_id,
            wanted=forms.by_id(request.POST, "wanted"),
        )
    except DomainError as refusal:
        return show_bag(request, staff_id, refusal)
    return go("bag", staff_id=staff_id, station=station_id)


@require_POST
@page("supplies.keep")
def give_back(request: PageRequest, staff_id: UUID) -> HttpResponse:
    """Put things from a bag back into the store."""
    station_id = forms.id_in(request.POST, "station_id")
    try:
        console.do(
            request,
            commands.give_back,
            station_id=station_id,
            staff_id=staff_id,
            lot_id=forms.id_in(request.POST, "lot_id"),
            quantity=forms.quantity(request.POST, "quantity"),
        )
    except DomainError as refusal:
        return show_bag(request, staff_id, refusal)
    return go("bag", staff_id=staff_id, station=station_id)


def show_bag(request: PageRequest, staff_id: UUID, refusal: DomainError | None = None) -> HttpResponse:
    def ask(actor: Actor, purpose: Purpose, station_id: UUID) -> tuple[queries.Bag, list[queries.ItemLine]]:
        return (
            queries.bag_of(actor, purpose, staff_id=staff_id, today=today()),
            queries.stock_at(actor, purpose, station_id=station_id, today=today()),
        )

    (found, stock), said = at_station(
        request, ask, usual=lambda actor, purpose: queries.store_for(actor, purpose, staff_id=staff_id)
    )
    lacks = {line.item_id: line.needed - line.usable for line in found.lacking}
    in_bag = {line.item_id: line.usable for line in found.lines}
    rows = [
        (
            line,
            in_bag.get(line.item.id, 0),
            request.POST.get(f"wanted-{line.item.id}", lacks.get(line.item.id, "")),
        )
        for line in stock
        if line.usable or line.item.id in lacks
    ]
    more = {"bag": found, "rows": rows, "refusal": refusal}
    return render(request, "supplies/bag.html", said | more, status=refusal.status if refusal else 200)
