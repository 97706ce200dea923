"""Who works here: the list, one of them, taking on and changing."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from anjia.identity.queries import AccountLine, accounts_in_organization, stations_of
from anjia.identity.rules import AccountKind, NobodyHears
from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError, Invalid
from anjia.workforce import commands, forms, queries
from anjia.workforce.console.going import go, read_or_post, today
from anjia.workforce.rules import Sex, TravelMode
from anjia.workforce.rules.staff import WORDS_OF_SEX, WORDS_OF_TRAVEL
from anjia.workforce.showing import choices, leave_shown, week_of


@page("workforce.read")
@require_safe
def staff_list(request: PageRequest) -> HttpResponse:
    """List those who work here."""
    wanted = {name: request.GET.get(name, "") for name in ("text", "kind")}
    left = request.GET.get("left") == "1"
    after = request.GET.get("after") or None
    found = console.ask(
        request,
        queries.staff_list,
        Purpose.CONTRACT,
        today=today(),
        left=left,
        after=after,
        text=wanted["text"],
        kind=wanted["kind"],
    )
    said = {
        "page": found,
        "wanted": wanted,
        "left": left,
        "may_change": request.actor.may("workforce.change"),
        **choices(),
    }
    return render(request, "workforce/list.html", said)


@page("workforce.read")
@require_safe
def staff_member(request: PageRequest, staff_id: UUID) -> HttpResponse:
    """Show somebody: papers, week, area, leave."""
    return show_member(request, staff_id)


def show_member(request: PageRequest, staff_id: UUID, refusal: DomainError | None = None) -> HttpResponse:
    """Show somebody; after a refusal with what was said in the form, and what is wrong beside it."""
    found, accounts = console.ask(request, member_and_accounts, Purpose.CONTRACT, staff_id=staff_id)
    said = {
        "shown": found,
        "may_link": request.actor.may("identity.manage") and request.actor.may("workforce.change"),
        "accounts": accounts,
        "account_name": next(
            (line.account.name for line in accounts if line.account.id == found.staff.account_id), ""
        ),
        "staff": found.staff,
        "leave": leave_shown(found.leave),
        "week": week_of(found.pattern.week if found.pattern else []),
        "may_change": request.actor.may("workforce.change"),
        "may_confirm": request.actor.may("workforce.confirm"),
        "me": request.actor.user_id,
        "may_call": request.actor.may("workforce.change") or request.actor.may("visits.assign"),
        "may_ask": request.actor.may("workforce.change") or request.actor.staff_id == staff_id,
        "travel_words": WORDS_OF_TRAVEL[TravelMode(found.staff.travel_mode)],
        "sex_words": WORDS_OF_SEX[Sex(found.staff.sex)],
        "refusal": refusal,
        "today": today(),
        **choices(),
    }
    return render(request, "workforce/staff.html", said, status=refusal.status if refusal else 200)


def member_and_accounts(
    actor: Actor, purpose: Purpose, *, staff_id: UUID
) -> tuple[queries.StaffPage, list[AccountLine]]:
    """Return all there is of somebody, and, for who manages accounts, those that she might sign in with."""
    found = queries.staff_page(actor, purpose, staff_id=staff_id, today=today())
    if not actor.may("identity.manage"):
        return found, []
    return found, accounts_in_organization(actor, purpose, kind=AccountKind.STAFF, size=500).items


@page("identity.manage")
@require_POST
def link_account(request: PageRequest, staff_id: UUID) -> HttpResponse:
    """Say with which account she signs in, or with none."""
    try:
        account_id = forms.key(request.POST, "account_id") if request.POST.get("account_id") else None
        console.do(request, commands.link_account, staff_id=staff_id, account_id=account_id)
    except Invalid as refusal:
        return show_member(request, staff_id, refusal)
    return go("staff", staff_id=staff_id)


@page("workforce.change")
@read_or_post
def new_member(request: PageRequest) -> HttpResponse:
    """Take somebody on."""
    if request.method != "POST":
        return show_form(request, {"sex": "female", "travel_mode": "ebike"})
    try:
        member = console.do(request, commands.register_staff_member, **forms.member(request.POST))
    except Invalid as refusal:
        return show_form(request, request.POST, refusal)
    return go("staff", staff_id=member.id) if member else go("list")


@page("workforce.change")
@read_or_post
def change_member(request: PageRequest, staff_id: UUID) -> HttpResponse:
    """Change what is known of somebody."""
    if request.method != "POST":
        member = console.ask(request, queries.get_staff_member, Purpose.CONTRACT, staff_id=staff_id)
        form: dict[str, Any] = {
            name: getattr(member, name) for name in (*forms.FIELDS, "started_on", "station_id")
        }
        form |= {"latitude": member.base["lat"], "longitude": member.base["lon"]} if member.base else {}
        return show_form(request, form, staff_id=staff_id)
    try:
        console.do(request, commands.change_staff_member, staff_id=staff_id, **forms.member(request.POST))
    except Invalid as refusal:
        return show_form(request, request.POST, refusal, staff_id=staff_id)
    return go("staff", staff_id=staff_id)


def show_form(
    request: PageRequest, form: Any, refusal: Invalid | None = None, staff_id: UUID | None = None
) -> HttpResponse:
    stations = console.ask(request, stations_of, Purpose.CONTRACT)
    said = {
        "form": form,
        "refusal": refusal,
        "staff_id": staff_id,
        "stations": [("", "—"), *((str(station.id), station.name) for station in stations)],
        "station_id": str(form.get("station_id") or ""),
        **choices(),
    }
    return render(request, "workforce/staff_form.html", said, status=refusal.status if refusal else 200)


@page("workforce.change")
@require_POST
def set_last_day(request: PageRequest, staff_id: UUID) -> HttpResponse:
    """Say on which day she works here for the last time."""
    try:
        last_day = forms.day_or_none(request.POST, "last_day")
        knowingly = request.POST.get("knowingly") == "1"
        console.do(request, commands.set_last_day, staff_id=staff_id, last_day=last_day, knowingly=knowingly)
    except (Invalid, NobodyHears) as refusal:
        return show_member(request, staff_id, refusal)
    return go("staff", staff_id=staff_id)


@page("workforce.change")
@require_POST
def set_area(request: PageRequest, staff_id: UUID) -> HttpResponse:
    """Say within how many kilometres of where she starts she goes; nothing filled in is anywhere."""
    try:
        radius = forms.number(request.POST, "radius_km") if forms.text(request.POST, "radius_km") else None
        console.do(request, commands.set_area, staff_id=staff_id, radius_km=radius)
    except Invalid as refusal:
        return show_member(request, staff_id, refusal)
    return go("staff", staff_id=staff_id)


@page("workforce.change")
@require_POST
def set_pattern(request: PageRequest, staff_id: UUID) -> HttpResponse:
    """Say how her weeks usually are."""
    try:
        parts = forms.pattern(request.POST)
        works_holidays = request.POST.get("works_holidays") == "1"
        console.do(
            request,
            commands.set_weekly_pattern,
            staff_id=staff_id,
            parts=parts,
            works_holidays=works_holidays,
        )
    except Invalid as refusal:
        return show_member(request, staff_id, refusal)
    return go("staff", staff_id=staff_id)
