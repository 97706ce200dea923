"""The console's doors: coming in, taking turns at one computer, going out."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from anjia.identity import browser, commands, queries
from anjia.identity.console.going import go, read_or_post
from anjia.identity.rules import (
    End,
    Entry,
    let_in,
)
from anjia.kernel import console
from anjia.kernel.actors import Purpose, system
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError
from anjia.kernel.http import address_of
from anjia.kernel.work import acting


def entered(request: HttpRequest, entry: Entry, device_token: str) -> HttpResponse:
    """Send whoever has come in to what she asked for, or first to making her account ready."""
    on = reverse("identity:first_time") if entry.is_limited else browser.way_on(request)
    response = HttpResponseRedirect(on, status=303)
    browser.keep(response, request, entry, device_token)
    return response


@never_cache
@read_or_post
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show who can come in, or let somebody in by password and code generator."""
    if request.method == "POST":
        return sign_in_by_password(request)
    if browser.DEVICE in request.COOKIES and "as" not in request.GET and people_here(request):
        return HttpResponseRedirect(f"{reverse('identity:locked')}?{request.GET.urlencode()}")
    return show_sign_in(request)


def show_sign_in(request: HttpRequest, refusal: DomainError | None = None) -> HttpResponse:
    said = {
        "next": browser.way_on(request, ""),
        "refusal": refusal,
        "login": request.POST.get("login", ""),
        "has_people": browser.DEVICE in request.COOKIES and bool(people_here(request)),
    }
    return render(request, "identity/sign_in.html", said, status=refusal.status if refusal else 200)


def sign_in_by_password(request: HttpRequest) -> HttpResponse:
    device_token = browser.device_token_of(request)
    try:
        outcome = acting(system(), timezone.now()).do(
            commands.sign_in_staff,
            login=request.POST.get("login", ""),
            password=request.POST.get("password", "")[:128],
            totp=request.POST.get("totp", "")[:12],
            end=End.CONSOLE.value,
            device=browser.device_of(request),
            device_token=device_token,
            address=address_of(request),
        )
        entry = let_in(outcome)
    except DomainError as refusal:
        return show_sign_in(request, refusal)
    return entered(request, entry, device_token)


@never_cache
@require_POST
def scan(request: HttpRequest) -> HttpResponse:
    """Show a QR code to be scanned by a phone that is signed in."""
    ticket = acting(system(), timezone.now()).do(
        commands.show_scan_ticket, device=browser.device_of(request), address=address_of(request)
    )
    link = request.build_absolute_uri(f"/app/#/pages/me/confirm?{urlencode({'ticket': ticket.token})}")
    said: dict[str, Any] = {
        "qr": segno.make(link, micro=False).svg_data_uri(scale=5, border=2),
        "next": browser.way_on(request, ""),
    }
    if settings.IS_DEMO:
        said["link"] = link
    response = part_or_page(request, "identity/_scan.html", said)
    browser.set_cookie(response, request, browser.CLAIM, ticket.claim, path="/console/identity/", max_age=300)
    return response


@never_cache
@require_POST
def scan_state(request: HttpRequest) -> HttpResponse:
    """Let the console in when its QR code has been confirmed; else ask again in two seconds."""
    claim, now = request.COOKIES.get(browser.CLAIM, ""), timezone.now()
    is_confirmed = acting(system(), now).ask(queries.is_scan_confirmed, Purpose.LEGAL, claim=claim, now=now)
    if not is_confirmed:
        said = {"is_over": is_confirmed is None, "next": browser.way_on(request, ""), "waits": True}
        return part_or_page(request, "identity/_scan_state.html", said)
    device_token = browser.device_token_of(request)
    outcome = acting(system(), now).do(
        commands.enter_by_scan, claim=claim, device=browser.device_of(request), device_token=device_token
    )
    entry = let_in(outcome)
    if request.headers.get("HX-Request") != "true":
        return entered(request, entry, device_token)
    response = HttpResponse(status=204, headers={"HX-Redirect": browser.way_on(request)})
    browser.keep(response, request, entry, device_token)
    return response


def part_or_page(request: HttpRequest, part: str, said: dict[str, Any]) -> HttpResponse:
    """Give htmx the part that it asked for, and a browser without scripts the whole page."""
    is_part = request.headers.get("HX-Request") == "true"
    return render(request, part if is_part else "identity/sign_in.html", said)


def people_here(request: HttpRequest) -> list[queries.PersonHere]:
    now = timezone.now()
    return acting(system(), now).ask(
        queries.people_on_device, Purpose.LEGAL, device=request.COOKIES[browser.DEVICE], now=now
    )


@never_cache
@require_safe
def locked(request: HttpRequest) -> HttpResponse:
    """Show whose turn it can be on this computer."""
    people = people_here(request) if browser.DEVICE in request.COOKIES else []
    if not people:
        return HttpResponseRedirect(f"{reverse('identity:sign_in')}?as=other&{request.GET.urlencode()}")
    return render(request, "identity/locked.html", {"people": people, "next": browser.way_on(request, "")})


@require_POST
def unlock(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Take one's turn: by password, or by the six digits that the code generator shows."""
    device_token = browser.device_token_of(request)
    actor = getattr(request, "actor", None)
    try:
        outcome = acting(system(), timezone.now()).do(
            commands.unlock_session,
            session_id=session_id,
            device_token=device_token,
            secret=request.POST.get("secret", "")[:128],
            lock_session_id=actor.session_id if actor else None,
        )
        entry = let_in(outcome)
    except DomainError as refusal:
        said = {
            "people": people_here(request) if browser.DEVICE in request.COOKIES else [],
            "next": browser.way_on(request, ""),
            "refusal": refusal,
            "wrong_id": session_id,
        }
        return render(request, "identity/locked.html", said, status=refusal.status)
    return entered(request, entry, device_token)


@require_POST
@page(None)
def lock(request: PageRequest) -> HttpResponse:
    """Leave the computer to whoever comes next, and come back in two taps."""
    console.do(request, commands.lock_session)
    return go("locked")


@require_POST
@page(None)
def sign_out(request: PageRequest) -> HttpResponse:
    """Sign out for good."""
    assert request.actor.session_id is not None
    console.do(request, commands.end_session, session_id=request.actor.session_id)
    response = HttpResponseRedirect(f"{reverse('identity:sign_in')}?as=other", status=303)
    response.delete_cookie(browser.SESSION)
    return response


@read_or_post
@page(None)
def switch(request: PageRequest) -> HttpResponse:
    """Choose the house in whose name to act."""
    actor, now = request.actor, timezone.now()
    if request.method == "POST" and actor.session_id:
        house_id = console.id_in(request.POST, "organization_id")
        acting(system(), now).do(
            commands.switch_organization, session_id=actor.session_id, organization_id=house_id
        )
        return HttpResponseRedirect("/console/", status=303)
    houses = acting(system(), now).ask(
        queries.organizations_of_account, Purpose.LEGAL, account_id=actor.user_id
    )
    return render(request, "identity/switch.html", {"houses": houses, "here": actor.organization_id})


urlpatterns = [
    path("sign-in/", sign_in, name="sign_in"),
    path("sign-in/scan", scan, name="scan"),
    path("sign-in/scan/state", scan_state, name="scan_state"),
    path("locked/", locked, name="locked"),
    path("lock", lock, name="lock"),
    path("unlock/<uuid:session_id>", unlock, name="unlock"),
    path("sign-out", sign_out, name="sign_out"),
    path("switch/", switch, name="switch"),
]
