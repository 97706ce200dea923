"""A station's store: what is there, what runs low, the ledger, the count."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError, Invalid
from anjia.supplies import commands, forms, queries
from anjia.supplies.console.going import at_station, go, today
from anjia.supplies.console.items import show_item
from anjia.supplies.rules.stock import WARN_AHEAD, MovedMeanwhile, PlaceKind


@require_safe
@page("supplies.read")
def stock(request: PageRequest) -> HttpResponse:
    """Show what there is at a station, thing by thing."""
    kind = request.GET.get("kind", "")
    lines, said = at_station(
        request,
        lambda actor, purpose, station_id: queries.stock_at(
            actor, purpose, station_id=station_id, today=today()
        ),
    )
    shown = [line for line in lines if not kind or line.item.kind == kind]
    counts = {"is_empty": not lines, "low": sum(line.is_low for line in lines)}
    from_list = {"lines": shown, "kind": kind, "kinds": kinds_in(lines)}
    return render(request, "supplies/stock.html", said | counts | from_list)


@require_safe
@page("supplies.read")
def warnings(request: PageRequest) -> HttpResponse:
    """Show what somebody should see to: low, expired, expiring, set aside, and uses that did not fit."""
    found, said = at_station(
        request,
        lambda actor, purpose, station_id: (
            queries.warnings_at(actor, purpose, station_id=station_id, today=today()),
            queries.aside_at(actor, purpose, station_id=station_id, today=today()),
            queries.shortfalls(actor, purpose),
        ),
    )
    warned, aside, short = found
    more = {"found": warned, "aside": aside, "shortfalls": short, "days": WARN_AHEAD.days}
    return render(request, "supplies/warnings.html", said | more)


@require_POST
@page("supplies.keep")
def settle(request: PageRequest, shortfall_id: UUID) -> HttpResponse:
    """Say what was found about a use that did not fit."""
    console.do(
        request,
        commands.settle_shortfall,
        shortfall_id=shortfall_id,
        words=forms.text(request.POST, "words", longest=400),
    )
    return redirect("supplies:warnings")


@require_http_methods(["GET", "HEAD", "POST"])
@page("supplies.keep")
def count(request: PageRequest) -> HttpResponse:
    """Count what lies at a station."""
    refusal: DomainError | None = None
    if request.method == "POST":
        station_id = forms.id_in(request.POST, "station_id")
        try:
            whys = {
                forms.id_in({"id": name[4:]}, "id"): forms.text(request.POST, name, longest=400)
                for name in request.POST
                if name.startswith("why-")
            }
            console.do(
                request,
                commands.count_stock,
                station_id=station_id,
                counted=forms.by_id(request.POST, "counted"),
                seen=forms.by_id(request.POST, "seen"),
                whys=whys,
            )
            return go("ledger", station=station_id)
        except Invalid as why:
            refusal = why
    lots, said = at_station(
        request,
        lambda actor, purpose, station_id: queries.count_sheet(
            actor, purpose, station_id=station_id, today=today()
        ),
    )
    wrong = refusal.fields if refusal else {}
    anew = wrong if isinstance(refusal, MovedMeanwhile) else {}
    # What was typed was counted against what the page said then, not against what the books say now.
    said_of = {name: name.partition("-")[2] for name in request.POST}
    typed = {name: request.POST[name] for name, lot in said_of.items() if f"why-{lot}" not in anew}
    rows = [
        (
            lot,
            forms.quantity_if_sound(typed, f"seen-{lot.lot_id}", lot.quantity),
            typed.get(f"counted-{lot.lot_id}", ""),
            typed.get(f"why-{lot.lot_id}", ""),
            wrong.get(f"why-{lot.lot_id}", ""),
        )
        for lot in lots
    ]
    status = refusal.status if refusal else 200
    return render(request, "supplies/count.html", said | {"rows": rows, "refusal": refusal}, status=status)


@require_safe
@page("supplies.read")
def ledger(request: PageRequest) -> HttpResponse:
    """Show the lines behind a number: of a thing, a place, a lot or a visit."""
    station = forms.id_or_none(request.GET, "station")
    found = console.ask(
        request,
        queries.ledger,
        Purpose.CONTRACT,
        item_id=forms.id_or_none(request.GET, "item_id"),
        place_id=forms.id_or_none(request.GET, "place_id") or station,
        lot_id=forms.id_or_none(request.GET, "lot_id"),
        visit_id=forms.id_or_none(request.GET, "visit_id"),
        after=request.GET.get("after") or None,
    )
    return render(request, "supplies/ledger.html", {"page": found, "lines": found.items})


@require_POST
@page("supplies.keep")
def receive(request: PageRequest) -> HttpResponse:
    """Write down what has come."""
    item_id = forms.id_in(request.POST, "item_id")
    station_id = forms.id_in(request.POST, "station_id")
    try:
        console.do(
            request,
            commands.receive,
            station_id=station_id,
            item_id=item_id,
            quantity=forms.quantity(request.POST, "quantity"),
            number=forms.text(request.POST, "lot_number", longest=40),
            expires_on=forms.day_or_none(request.POST, "expires_on"),
            why=forms.text(request.POST, "why", longest=400),
        )
    except DomainError as refusal:
        return show_item(request, item_id, refusal)
    return go("item", item_id=item_id, station=station_id)


@require_POST
@page("supplies.keep")
def correct(request: PageRequest) -> HttpResponse:
    """Put a number right, and say why it was wrong."""
    item_id = forms.id_in(request.POST, "item_id")
    kind = request.POST.get("place_kind", "")
    try:
        console.do(
            request,
            commands.correct,
            place_kind=PlaceKind.BAG if kind == "bag" else PlaceKind.STATION,
            place_id=forms.id_in(request.POST, "place_id"),
            lot_id=forms.id_in(request.POST, "lot_id"),
            quantity=forms.quantity(request.POST, "quantity"),
            why=forms.text(request.POST, "why", longest=400),
        )
    except Invalid as refusal:
        return show_item(request, item_id, refusal)
    return go("item", item_id=item_id, station=forms.id_or_none(request.GET, "station"))


@require_POST
@page("supplies.keep")
def set_aside(request: PageRequest) -> HttpResponse:
    """Put a lot where nobody takes it for use."""
    station_id = forms.id_in(request.POST, "station_id")
    console.do(
        request,
        commands.set_aside,
        station_id=station_id,
        lot_id=forms.id_in(request.POST, "lot_id"),
        why=forms.text(request.POST, "why", longest=400),
    )
    return go("warnings", station=station_id)


@require_POST
@page("supplies.keep")
def dispose(request: PageRequest) -> HttpResponse:
    """Throw away what was set aside."""
    station_id = forms.id_in(request.POST, "station_id")
    console.do(
        request,
        commands.dispose,
        station_id=station_id,
        lot_id=forms.id_in(request.POST, "lot_id"),
        why=forms.text(request.POST, "why", longest=400),
    )
    return go("warnings", station=station_id)


def kinds_in(lines: list[queries.ItemLine]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((line.item.kind, line.kind_words) for line in lines))
