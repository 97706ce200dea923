"""The register of medical waste: read, printed for an inspection, taken in, sent away, corrected by a new line."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError
from anjia.supplies import commands, forms, queries
from anjia.supplies.console.going import go, read_or_post, today
from anjia.supplies.rules.waste import RULE, WORDS_OF_CLASS

MOST_PRINTED = 500


@require_safe
@page("supplies.read")
def register(request: PageRequest) -> HttpResponse:
    """Show the register: what is not taken away yet, or all of some days."""
    show = "all" if request.GET.get("show") == "all" else "open"
    asked = days(request) if show == "all" else {}
    found = console.ask(
        request,
        queries.waste_register,
        Purpose.LEGAL,
        now=timezone.now(),
        show="" if show == "all" else show,
        after=request.GET.get("after") or None,
        **asked,
    )
    said = {
        "page": found,
        "lines": found.items,
        "show": show,
        "rule": rule(),
        "may_keep": request.actor.may("supplies.keep"),
    }
    return render(request, "supplies/waste.html", said | days(request))


@require_safe
@page("supplies.read")
def printed(request: PageRequest) -> HttpResponse:
    """Show the register of some days as it is printed: with what each line corrects, and room for signatures."""

    def ask(actor: Actor, purpose: Purpose) -> Any:
        found = queries.waste_register(actor, purpose, now=timezone.now(), size=MOST_PRINTED, **days(request))
        return found, dict(queries.stores(actor, purpose)).get(actor.organization_id, "")

    found, house = console.ask(request, ask, Purpose.LEGAL)
    said = {"page": found, "lines": found.items, "house": house, "rule": rule(), "printed_at": timezone.now()}
    return render(request, "supplies/waste_print.html", said | days(request))


@read_or_post
@page("supplies.keep")
def sending(request: PageRequest) -> HttpResponse:
    """Say which of the bags in the stores the disposer has taken away: all of them, but those that are not ticked."""
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            console.do(
                request,
                commands.send_waste_away,
                waste_ids=forms.ids_in(request.POST, "waste_ids"),
                to=forms.text(request.POST, "disposer"),
                method=forms.text(request.POST, "method"),
                receipt=forms.text(request.POST, "receipt"),
            )
            return go("waste")
        except DomainError as error:
            refusal = error
    lines = console.ask(request, queries.stored_waste, Purpose.LEGAL, now=timezone.now())
    said = {
        "lines": lines,
        "ticked": forms.ids_in(request.POST, "waste_ids")
        if refusal
        else [line.row.root_id for line in lines],
        "typed": request.POST,
        "refusal": refusal,
        "rule": rule(),
    }
    return render(request, "supplies/waste_sending.html", said, status=refusal.status if refusal else 200)


@require_safe
@page("supplies.read")
def bag(request: PageRequest, waste_id: UUID) -> HttpResponse:
    """Show one bag of waste: its lines, its hand-overs, and what can be done with it."""
    return show_bag(request, waste_id)


@require_POST
@page("supplies.keep")
def take_in(request: PageRequest, waste_id: UUID) -> HttpResponse:
    """Say that it was taken into the store."""
    station_id = forms.id_in(request.POST, "station_id")
    try:
        console.do(request, commands.take_waste_in, waste_id=waste_id, station_id=station_id)
    except DomainError as refusal:
        return show_bag(request, waste_id, refusal)
    return go("waste_bag", waste_id=waste_id)


@require_POST
@page("supplies.keep")
def send_away(request: PageRequest, waste_id: UUID) -> HttpResponse:
    """Say who has taken it away."""
    try:
        console.do(
            request,
            commands.send_waste_away,
            waste_ids=[waste_id],
            to=forms.text(request.POST, "disposer"),
            method=forms.text(request.POST, "method"),
            receipt=forms.text(request.POST, "receipt"),
        )
    except DomainError as refusal:
        return show_bag(request, waste_id, refusal)
    return go("waste_bag", waste_id=waste_id)


@require_POST
@page("supplies.keep")
def correct(request: PageRequest, waste_id: UUID) -> HttpResponse:
    """Write its line anew."""
    try:
        weight = forms.quantity_or_none(request.POST, "weight_g")
        console.do(
            request,
            commands.correct_waste,
            waste_id=waste_id,
            waste_class=forms.text(request.POST, "waste_class"),
            bags=forms.whole(request.POST, "bags"),
            weight_g=int(weight) if weight is not None else None,
            seal=forms.text(request.POST, "seal", longest=40),
            why=forms.text(request.POST, "why", longest=400),
        )
    except DomainError as refusal:
        return show_bag(request, waste_id, refusal)
    return go("waste_bag", waste_id=waste_id)


def show_bag(request: PageRequest, waste_id: UUID, refusal: DomainError | None = None) -> HttpResponse:
    def ask(actor: Actor, purpose: Purpose) -> Any:
        line = queries.waste_line(actor, purpose, waste_id=waste_id, now=timezone.now())
        return line, queries.stores(actor, purpose)

    line, stations = console.ask(request, ask, Purpose.LEGAL)
    said = {
        "line": line,
        "stations": stations,
        "classes": [(str(one), words) for one, words in WORDS_OF_CLASS.items()],
        "may_keep": request.actor.may("supplies.keep"),
        "typed": request.POST if refusal else {},
        "corrected": request.POST if refusal and "why" in request.POST else line.row,
        "refusal": refusal,
        "rule": rule(),
    }
    return render(request, "supplies/waste_bag.html", said, status=refusal.status if refusal else 200)


def days(request: PageRequest) -> dict[str, Any]:
    """Return from which day to which: by default the last thirty."""
    last = forms.day_or_none(request.GET, "last") or today()
    return {"first": forms.day_or_none(request.GET, "first") or last - timedelta(days=29), "last": last}


def rule() -> dict[str, Any]:
    english = (get_language() or "zh").startswith("en")
    return {**RULE, "words": RULE["source_en"] if english else RULE["source"]}
