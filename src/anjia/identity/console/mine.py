"""One's own account: its password, its code generator, where it is signed in."""

from typing import Any
from uuid import UUID

import segno
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from anjia.identity import browser, commands, queries
from anjia.identity.console.going import go, read_or_post
from anjia.identity.rules import (
    let_in,
)
from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError
from anjia.kernel.work import acting


@never_cache
@require_safe
@page(None)
def first_time(request: PageRequest) -> HttpResponse:
    """Show what is missing before the account is ready: a password of one's own, a code generator."""
    return show_first_time(request)


def show_first_time(request: PageRequest, refusal: DomainError | None = None) -> HttpResponse:
    mine = console.ask(request, queries.own_page, Purpose.ACCESS, now=timezone.now())
    if mine.account.is_ready:
        return HttpResponseRedirect("/console/", status=303)
    said: dict[str, Any] = {"account": mine.account, "refusal": refusal}
    if not mine.account.password_is_temporary:
        said |= generator(request, refusal)
    return render(request, "identity/first_time.html", said, status=refusal.status if refusal else 200)


def generator(request: PageRequest, refusal: DomainError | None) -> dict[str, str]:
    """Return the link of a new code generator and its QR code; after a refusal, of the one just scanned."""
    unit = acting(request.actor, timezone.now())
    link = unit.ask(queries.totp_link_pending, Purpose.ACCESS) if refusal else None
    link = link or unit.do(commands.start_totp)
    return {
        "link": link,
        "secret": link.partition("secret=")[2].partition("&")[0],
        "qr": segno.make(link, micro=False).svg_data_uri(scale=5, border=2),
    }


@require_POST
@page(None)
def set_password(request: PageRequest) -> HttpResponse:
    """Change one's password."""
    try:
        outcome = acting(request.actor, timezone.now()).do(
            commands.set_password, old=request.POST.get("old", ""), new=request.POST.get("password", "")
        )
        let_in(outcome)
    except DomainError as refusal:
        back = show_first_time if "first_time" in request.POST else show_mine
        return back(request, refusal)
    return go("first_time") if "first_time" in request.POST else go("mine")


@read_or_post
@page(None)
def new_generator(request: PageRequest) -> HttpResponse:
    """Show a new code generator, or take it into use."""
    refusal = None
    if request.method == "POST":
        try:
            outcome = acting(request.actor, timezone.now()).do(
                commands.confirm_totp,
                code=request.POST.get("code", "")[:12],
                password=request.POST.get("password", "")[:128],
            )
            let_in(outcome)
        except DomainError as error:
            if "first_time" in request.POST:
                return show_first_time(request, error)
            refusal = error
        else:
            return (
                HttpResponseRedirect("/console/", status=303) if "first_time" in request.POST else go("mine")
            )
    said = {"refusal": refusal, **generator(request, refusal)}
    return render(request, "identity/generator.html", said, status=refusal.status if refusal else 200)


@require_safe
@page(None)
def mine(request: PageRequest) -> HttpResponse:
    """Show one's own account, and where it is signed in."""
    return show_mine(request)


def show_mine(request: PageRequest, refusal: DomainError | None = None) -> HttpResponse:
    found = console.ask(request, queries.own_page, Purpose.ACCESS, now=timezone.now())
    said = {"account": found.account, "sessions": found.sessions, "refusal": refusal}
    return render(request, "identity/mine.html", said, status=refusal.status if refusal else 200)


@require_POST
@page(None)
def unbind_wechat(request: PageRequest) -> HttpResponse:
    console.do(request, commands.unbind_wechat)
    return go("mine")


@require_POST
@page(None)
def end_session(request: PageRequest, session_id: UUID) -> HttpResponse:
    """Sign out somewhere else; for who manages the house, also somebody else."""
    console.do(request, commands.end_session, session_id=session_id)
    return HttpResponseRedirect(browser.way_on(request, reverse("identity:mine")), status=303)


urlpatterns = [
    path("first-time/", first_time, name="first_time"),
    path("mine/", mine, name="mine"),
    path("mine/password", set_password, name="set_password"),
    path("mine/generator", new_generator, name="generator"),
    path("mine/wechat/unbind", unbind_wechat, name="unbind_wechat"),
    path("sessions/<uuid:session_id>/end", end_session, name="end_session"),
]
