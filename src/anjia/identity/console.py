"""The console's doors, and who may do what behind them: translate, one call, translate back."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anjia.identity import browser, commands, queries
from anjia.identity.models import Role
from anjia.identity.roles import FOR_STAFF
from anjia.identity.rules import (
    AccountKind,
    End,
    Entry,
    LastAdministrator,
    OrganizationKind,
    RoleAlreadyHeld,
    RoleOfTheHouse,
    let_in,
    masked_phone,
)
from anjia.kernel import console
from anjia.kernel.actors import Purpose, system
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError, Invalid
from anjia.kernel.http import address_of
from anjia.kernel.work import acting

app_name = "identity"
read_or_post = require_http_methods(["GET", "HEAD", "POST"])


def go(name: str, **ids: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"identity:{name}", kwargs=ids), status=303)


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
    phone = masked_phone(found.account.phone) if found.account.phone else _("没有")
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
    console.do(request, commands.take_role, membership_id=membership_id)
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
    console.do(request, commands.close_account, account_id=account_id)
    return go("user", account_id=account_id)


@require_safe
@page("identity.manage")
def roles(request: PageRequest) -> HttpResponse:
    """Show each role, and what it may do."""
    found = console.ask(request, queries.roles, Purpose.LEGAL)
    return render(request, "identity/roles.html", {"roles": found})


@read_or_post
@page("identity.manage")
def new_role(request: PageRequest) -> HttpResponse:
    """Make a role of the house's own, like another one or from nothing."""
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            console.do(request, commands.add_role, **role_said(request))
            return go("roles")
        except Invalid as error:
            refusal = error
    like = request.GET.get("like")
    found = (
        console.ask(request, queries.get_role, Purpose.LEGAL, role_id=console.id_in(request.GET, "like"))
        if like
        else None
    )
    return show_role(request, found, refusal)


@read_or_post
@page("identity.manage")
def role(request: PageRequest, role_id: UUID) -> HttpResponse:
    """Show one role, or change it if it is the house's own."""
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            console.do(request, commands.change_role, role_id=role_id, **role_said(request))
            return go("roles")
        except (Invalid, RoleOfTheHouse, LastAdministrator) as error:
            refusal = error
    found = console.ask(request, queries.get_role, Purpose.LEGAL, role_id=role_id)
    return show_role(request, found, refusal)


def role_said(request: PageRequest) -> dict[str, Any]:
    names = {name: request.POST.get(name, "") for name in ("name", "name_en")}
    return names | {"permissions": request.POST.getlist("permissions")}


def show_role(request: PageRequest, found: Role | None, refusal: DomainError | None) -> HttpResponse:
    held = request.POST.getlist("permissions") if refusal else found.permissions if found else []
    said = {
        "role": found,
        "form": request.POST if refusal else found,
        "permissions": [(permission, permission in held) for permission in sorted(FOR_STAFF)],
        "refusal": refusal,
    }
    return render(request, "identity/role.html", said, status=refusal.status if refusal else 200)


@read_or_post
@page("identity.manage")
def organizations(request: PageRequest) -> HttpResponse:
    """Show the tree of organizations, or add one to it."""
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            added: dict[str, Any] = door(request) | {"parent_id": console.id_in(request.POST, "parent_id")}
            console.do(request, commands.add_organization, **added)
            return go("organizations")
        except DomainError as error:
            refusal = error
    tree = console.ask(request, queries.organization_tree, Purpose.LEGAL)
    said = {"tree": tree, "kinds": kinds(), "refusal": refusal, "form": request.POST}
    return render(request, "identity/organizations.html", said, status=refusal.status if refusal else 200)


@read_or_post
@page("identity.manage")
def organization(request: PageRequest, organization_id: UUID) -> HttpResponse:
    """Show one organization, or change what is written on its door."""
    refusal: DomainError | None = None
    if request.method == "POST":
        said: dict[str, Any] = {name: words for name, words in door(request).items() if name != "kind"}
        try:
            console.do(request, commands.change_organization, organization_id=organization_id, **said)
            return go("organizations")
        except DomainError as error:
            refusal = error
    found = console.ask(request, queries.get_organization, Purpose.LEGAL, organization_id=organization_id)
    shown = {"organization": found, "refusal": refusal}
    return render(request, "identity/organization.html", shown, status=refusal.status if refusal else 200)


@require_safe
@page("identity.manage")
def set_up_done(request: PageRequest) -> HttpResponse:
    """Say what comes next in a new institution."""
    return render(request, "identity/set_up_done.html")


def door(request: PageRequest) -> dict[str, str]:
    names = ("kind", "name", "licence_number", "phone", "duty_phone")
    return {name: request.POST.get(name, "") for name in names}


def kinds() -> list[tuple[str, str]]:
    words = {
        OrganizationKind.STATION: _("站点"),
        OrganizationKind.INSTITUTION: _("机构"),
        OrganizationKind.HOSPITAL: _("医院"),
        OrganizationKind.WARD: _("病区"),
        OrganizationKind.OPERATOR: _("运营方"),
    }
    return [(kind.value, word) for kind, word in words.items()]


urlpatterns = [
    path("sign-in/", sign_in, name="sign_in"),
    path("sign-in/scan", scan, name="scan"),
    path("sign-in/scan/state", scan_state, name="scan_state"),
    path("locked/", locked, name="locked"),
    path("lock", lock, name="lock"),
    path("unlock/<uuid:session_id>", unlock, name="unlock"),
    path("sign-out", sign_out, name="sign_out"),
    path("first-time/", first_time, name="first_time"),
    path("mine/", mine, name="mine"),
    path("mine/password", set_password, name="set_password"),
    path("mine/generator", new_generator, name="generator"),
    path("mine/wechat/unbind", unbind_wechat, name="unbind_wechat"),
    path("sessions/<uuid:session_id>/end", end_session, name="end_session"),
    path("switch/", switch, name="switch"),
    path("users/", users, name="users"),
    path("users/new", new_user, name="new_user"),
    path("users/<uuid:account_id>/", user, name="user"),
    path("users/<uuid:account_id>/change", change_user, name="change_user"),
    path("users/<uuid:account_id>/roles", give_role, name="give_role"),
    path("users/<uuid:account_id>/roles/<uuid:membership_id>/take", take_role, name="take_role"),
    path("users/<uuid:account_id>/reset", reset_user, name="reset_user"),
    path("users/<uuid:account_id>/sign-out", sign_out_user, name="sign_out_user"),
    path("users/<uuid:account_id>/close", close_user, name="close_user"),
    path("roles/", roles, name="roles"),
    path("roles/new", new_role, name="new_role"),
    path("roles/<uuid:role_id>/", role, name="role"),
    path("organizations/", organizations, name="organizations"),
    path("set-up-done/", set_up_done, name="set_up_done"),
    path("organizations/<uuid:organization_id>/", organization, name="organization"),
]
