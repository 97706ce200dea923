"""Orders: what waits for a doctor, all of one resident, entering, confirming, correcting."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.console import PageRequest, id_in, page
from anjia.kernel.errors import DomainError, Invalid, NotFound
from anjia.kernel.files import FileNotKnown, FileTooLarge
from anjia.kernel.photos import photo_of, photo_said
from anjia.orders import commands, forms, queries
from anjia.orders.rules.orders import source_words

NOT_TAKEN = (Invalid, FileNotKnown, FileTooLarge)
read_or_post = require_http_methods(["GET", "HEAD", "POST"])


def go(name: str, **ids: Any) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"orders:{name}", kwargs=ids), status=303)


@require_safe
@page("orders.confirm")
def waiting(request: PageRequest) -> HttpResponse:
    """Show what waits for a doctor, the longest first."""
    found = console.ask(
        request, queries.orders_waiting, Purpose.CONTRACT, after=request.GET.get("after") or None
    )
    return render(request, "orders/waiting.html", {"page": found})


@require_safe
@page("orders.enter")
def of_resident(request: PageRequest, resident_id: UUID) -> HttpResponse:
    """Show her orders, and who her family doctor is."""
    return show_resident(request, resident_id)


def show_resident(
    request: PageRequest, resident_id: UUID, refusal: DomainError | None = None
) -> HttpResponse:
    found = console.ask(
        request,
        queries.orders_of_resident,
        Purpose.CONTRACT,
        resident_id=resident_id,
        now=timezone.now(),
        after=request.GET.get("after") or None,
    )
    asked = None
    if request.actor.may("orders.read"):
        asked = console.ask(request, queries.questions_of_resident, Purpose.CARE, resident_id=resident_id)
    said = {"found": found, "page": found.page, "asked": asked, "refusal": refusal}
    return render(request, "orders/resident.html", said, status=refusal.status if refusal else 200)


@read_or_post
@page("orders.enter")
def enter(request: PageRequest, resident_id: UUID) -> HttpResponse:
    """Enter an order, with the photo of its original."""
    if request.method != "POST":
        return show_form(request, resident_id, {"kind": "procedure"})
    try:
        order = console.do(
            request,
            commands.enter_order,
            resident_id=resident_id,
            service_code=forms.text(request.POST, "service_code"),
            said=forms.said_in(request.POST),
            **forms.days_in(request.POST),
            **photo_of(request),
        )
    except NOT_TAKEN as refusal:
        return show_form(request, resident_id, request.POST, refusal)
    return go("order", order_id=order.id) if order else go("of_resident", resident_id=resident_id)


def show_form(
    request: PageRequest, resident_id: UUID, form: Any, refusal: DomainError | None = None
) -> HttpResponse:
    found = console.ask(request, queries.services_with_orders, Purpose.CONTRACT, resident_id=resident_id)
    said = {"found": found, "form": form, "refusal": refusal, "limits": limits(), **forms.choices()}
    return render(request, "orders/enter.html", said, status=refusal.status if refusal else 200)


def limits() -> list[str]:
    return [source_words("drug"), source_words("procedure")]


@require_POST
@page("orders.enter")
def name_doctor(request: PageRequest, resident_id: UUID) -> HttpResponse:
    """Say who her family doctor is."""
    staff_id = id_in(request.POST, "staff_id")
    try:
        console.do(request, commands.name_family_doctor, resident_id=resident_id, staff_id=staff_id)
    except Invalid as refusal:
        return show_resident(request, resident_id, refusal)
    return go("of_resident", resident_id=resident_id)


@require_safe
@page("orders.enter")
def order(request: PageRequest, order_id: UUID) -> HttpResponse:
    """Show an order with its versions, and what can be done with it."""
    return show_order(request, order_id)


def show_order(
    request: PageRequest, order_id: UUID, refusal: DomainError | None = None, form: Any = None
) -> HttpResponse:
    found = console.ask(request, queries.order_page, Purpose.CONTRACT, order_id=order_id)
    line = found.order
    form = form or (forms.filled(line.said, line.valid_from, line.valid_until) if line.said else None)
    said = {
        "found": found,
        "order": line,
        "form": form,
        "refusal": refusal,
        "may_confirm": request.actor.may("orders.confirm"),
        "may_read": request.actor.may("orders.read"),
        **forms.choices(),
    }
    return render(request, "orders/order.html", said, status=refusal.status if refusal else 200)


@require_safe
@page("orders.read")
def original(request: PageRequest, order_id: UUID) -> HttpResponse:
    """Show the photo of the original."""
    return photo_said(*console.ask(request, queries.original_of, Purpose.CONTRACT, order_id=order_id))


def done(request: PageRequest, order_id: UUID, act: Callable[[], object]) -> HttpResponse:
    """Do it and show the order again; a refusal is said on its page."""
    try:
        act()
    except NotFound:
        raise
    except DomainError as refusal:
        return show_order(request, order_id, refusal)
    return go("order", order_id=order_id)


@require_POST
@page("orders.confirm")
def confirm(request: PageRequest, order_id: UUID) -> HttpResponse:
    """Say that the original says this."""
    return done(request, order_id, lambda: console.do(request, commands.confirm_order, order_id=order_id))


@require_POST
@page("orders.confirm")
def refuse(request: PageRequest, order_id: UUID) -> HttpResponse:
    """Say why it cannot be confirmed."""
    return done(
        request,
        order_id,
        lambda: console.do(
            request, commands.refuse_order, order_id=order_id, why=forms.text(request.POST, "why")
        ),
    )


@require_POST
@page("orders.confirm")
def end(request: PageRequest, order_id: UUID) -> HttpResponse:
    """End it before its last day."""
    return done(
        request,
        order_id,
        lambda: console.do(
            request, commands.end_order, order_id=order_id, why=forms.text(request.POST, "why")
        ),
    )


@require_POST
@page("orders.enter")
def correct(request: PageRequest, order_id: UUID) -> HttpResponse:
    """Write its next version."""
    try:
        new = console.do(
            request,
            commands.correct_order,
            order_id=order_id,
            said=forms.said_in(request.POST),
            why=forms.text(request.POST, "why"),
            **forms.days_in(request.POST),
            **photo_of(request),
        )
    except NotFound:
        raise
    except DomainError as refusal:
        return show_order(request, order_id, refusal, request.POST)
    return go("order", order_id=new.id if new else order_id)
