"""The accounts of the house, and which roles they hold."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from anjia.identity import commands, queries
from anjia.identity.console.going import go, read_or_post
from anjia.identity.rules import (
    AccountKind,
    NobodyHears,
    RoleAlreadyHeld,
    RoleOfTheHouse,
    masked_phone,
)
from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError, Invalid


@require_safe
@page("identity.manage")
def users(request: PageRequest) -> HttpResponse:
    """List the accounts of the house."""
    kind = request.GET.get("kind")
    found = console.ask(
        request,
        queries.accounts_in_organization,
        Purpose.LEGAL,
        after=request.GET.get("after"),
        kind=AccountKind(kind) if kind in {"staff", "person"} else AccountKind.STAFF,
    )
    return render(request, "identity/users.html", {"page": found, "kind": kind or "staff"})


@read_or_post
@page("identity.manage")
def new_user(request: PageRequest) -> HttpResponse:
    """Open a staff account; its temporary password is shown once."""
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            opened = console.do(
                request,
                commands.hire,
                name=request.POST.get("name", ""),
                login=request.POST.get("login", ""),
                phone=request.POST.get("phone") or None,
                role_code=request.POST.get("role_code", ""),
                organization_id=console.id_in(request.POST, "organization_id"),
            )
            if opened is None:  # the form was sent twice
                return go("users")
            return render(
                request, "identity/password_once.html", {"account": opened[0], "password": opened[1]}
            )
        except DomainError as error:
            refusal = error
    found = console.ask(request, queries.roles_and_places, Purpose.LEGAL)
    said = {"roles": found.roles, "places": found.places, "refusal": refusal, "form": request.POST}
    return render(request, "identity/new_user.html", said, status=refusal.status if refusal else 200)


@require_safe
@page("identity.manage")
def user(request: PageRequest, account_id: UUID) -> HttpResponse:
    """Show one account: its roles, and where it is signed in."""
    return show_user(request, account_id)


def show_user(request: PageRequest, account_id: UUID, refusal: DomainError | None = None) -> HttpResponse:
    found = console.ask(
        request, queries.account_page, Purpose.LEGAL, account_id=account_id, now=timezone.now()
    )
    phone = masked_phone(found.account.phone) if found.account.phone else ""
    said = {
        "found": found,
        "account": found.account,
        "phone": phone,
        "refusal": refusal,
        "form": request.POST,
    }
    return render(request, "identity/user.html", said, status=refusal.status if refusal else 200)


@require_POST
@page("identity.manage")
def change_user(request: PageRequest, account_id: UUID) -> HttpResponse:
    """Correct a name, or the phone that somebody signs in by."""
    name, phone = request.POST.get("name", ""), request.POST.get("phone") or None
    try:
        console.do(request, commands.change_account, account_id=account_id, name=name, phone=phone)
    except Invalid as refusal:
        return show_user(request, account_id, refusal)
    return go("user", account_id=account_id)


@require_POST
@page("identity.manage")
def give_role(request: PageRequest, account_id: UUID) -> HttpResponse:
    try:
        console.do(
            request,
            commands.give_role,
            account_id=account_id,
            organization_id=console.id_in(request.POST, "organization_id"),
            role_code=request.POST.get("role_code", ""),
        )
    except (RoleAlreadyHeld, RoleOfTheHouse) as refusal:
        return show_user(request, account_id, refusal)
    return go("user", account_id=account_id)


@require_POST
@page("identity.manage")
def take_role(request: PageRequest, account_id: UUID, membership_id: UUID) -> HttpResponse:
    knowingly = request.POST.get("knowingly") == "1"
    try:
        console.do(request, commands.take_role, membership_id=membership_id, knowingly=knowingly)
    except NobodyHears as refusal:
        return show_user(request, account_id, refusal)
    return go("user", account_id=account_id)


@require_POST
@page("identity.manage")
def reset_user(request: PageRequest, account_id: UUID) -> HttpResponse:
    """Give a temporary password, shown once."""
    password = console.do(request, commands.reset_sign_in, account_id=account_id)
    if password is None:  # the form was sent twice
        return go("user", account_id=account_id)
    line = console.ask(request, queries.get_account, Purpose.LEGAL, account_id=account_id)
    return render(request, "identity/password_once.html", {"account": line.account, "password": password})


@require_POST
@page("identity.manage")
def sign_out_user(request: PageRequest, account_id: UUID) -> HttpResponse:
    console.do(request, commands.end_sessions_of, account_id=account_id)
    return go("user", account_id=account_id)


@require_POST
@page("identity.manage")
def close_user(request: PageRequest, account_id: UUID) -> HttpResponse:
    knowingly = request.POST.get("knowingly") == "1"
    try:
        console.do(request, commands.close_account, account_id=account_id, knowingly=knowingly)
    except NobodyHears as refusal:
        return show_user(request, account_id, refusal)
    return go("user", account_id=account_id)


urlpatterns = [
    path("users/", users, name="users"),
    path("users/new", new_user, name="new_user"),
    path("users/<uuid:account_id>/", user, name="user"),
    path("users/<uuid:account_id>/change", change_user, name="change_user"),
    path("users/<uuid:account_id>/roles", give_role, name="give_role"),
    path("users/<uuid:account_id>/roles/<uuid:membership_id>/take", take_role, name="take_role"),
    path("users/<uuid:account_id>/reset", reset_user, name="reset_user"),
    path("users/<uuid:account_id>/sign-out", sign_out_user, name="sign_out_user"),
    path("users/<uuid:account_id>/close", close_user, name="close_user"),
]
