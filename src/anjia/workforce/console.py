"""The console's pages of staff, papers and rota: translate, one call, show or go on."""

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anjia.identity.queries import AccountLine, accounts_in_organization, stations_of
from anjia.identity.rules import AccountKind
from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of, is_calendar_known
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import Invalid
from anjia.workforce import commands, forms, queries
from anjia.workforce.models import Leave
from anjia.workforce.rules import Sex, TravelMode
from anjia.workforce.rules.staff import WORDS_OF_SEX, WORDS_OF_TRAVEL
from anjia.workforce.showing import choices, leave_shown, week_of

app_name = "workforce"
read_or_post = require_http_methods(["GET", "HEAD", "POST"])


def go(name: str, query: str = "", **ids: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"workforce:{name}", kwargs=ids) + query, status=303)


def today() -> date:
    return day_of(timezone.now())


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


def show_member(request: PageRequest, staff_id: UUID, refusal: Invalid | None = None) -> HttpResponse:
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
        console.do(request, commands.set_last_day, staff_id=staff_id, last_day=last_day)
    except Invalid as refusal:
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


@page("workforce.change")
@require_POST
def add_paper(request: PageRequest, staff_id: UUID) -> HttpResponse:
    """Enter a licence or certificate."""
    try:
        console.do(
            request,
            commands.add_qualification,
            staff_id=staff_id,
            code=forms.text(request.POST, "code"),
            number=forms.text(request.POST, "paper_number", longest=60),
            valid_from=forms.day_or_none(request.POST, "valid_from"),
            valid_until=forms.day_or_none(request.POST, "valid_until"),
            original_seen=request.POST.get("original_seen") == "1",
        )
    except Invalid as refusal:
        return show_member(request, staff_id, refusal)
    return go("staff", staff_id=staff_id)


@page("workforce.change")
@require_POST
def verify_paper(request: PageRequest, staff_id: UUID, qualification_id: UUID) -> HttpResponse:
    """Say that the original has been seen."""
    try:
        console.do(
            request,
            commands.verify_qualification,
            qualification_id=qualification_id,
            valid_until=forms.day_or_none(request.POST, "valid_until"),
        )
    except Invalid as refusal:
        return show_member(request, staff_id, refusal)
    return go("staff", staff_id=staff_id)


@page("workforce.change")
@require_POST
def take_back_paper(request: PageRequest, staff_id: UUID, qualification_id: UUID) -> HttpResponse:
    """Take back a paper."""
    console.do(request, commands.take_back_qualification, qualification_id=qualification_id)
    return go("staff", staff_id=staff_id)


@page("workforce.ask_leave")
@require_POST
def leave(request: PageRequest, staff_id: UUID) -> HttpResponse:
    """Ask to be away; whoever makes the rota grants it in the same breath."""
    command = commands.put_leave if request.actor.may("workforce.change") else commands.ask_leave
    try:
        starts_at, ends_at = forms.leave(request.POST)
        console.do(
            request,
            command,
            staff_id=staff_id,
            kind=forms.leave_kind(request.POST),
            starts_at=starts_at,
            ends_at=ends_at,
            reason=forms.text(request.POST, "reason"),
        )
    except Invalid as refusal:
        return show_member(request, staff_id, refusal)
    return go("staff", staff_id=staff_id)


@page("workforce.change")
@require_POST
def grant_leave(request: PageRequest, staff_id: UUID, leave_id: UUID) -> HttpResponse:
    """Let her be away."""
    console.do(request, commands.grant_leave, leave_id=leave_id)
    return go("staff", staff_id=staff_id)


@page("workforce.change")
@require_POST
def refuse_leave(request: PageRequest, staff_id: UUID, leave_id: UUID) -> HttpResponse:
    """Do not let her be away."""
    console.do(request, commands.refuse_leave, leave_id=leave_id)
    return go("staff", staff_id=staff_id)


@page("workforce.ask_leave")
@require_POST
def withdraw_leave(request: PageRequest, staff_id: UUID, leave_id: UUID) -> HttpResponse:
    """Come after all."""
    console.do(request, commands.withdraw_leave, leave_id=leave_id)
    return go("staff", staff_id=staff_id)


@page("workforce.read")
@require_safe
def rota(request: PageRequest) -> HttpResponse:
    """Show who works when in a week."""
    return show_rota(request)


def show_rota(request: PageRequest, refusal: Invalid | None = None) -> HttpResponse:
    said = request.POST if request.method == "POST" else request.GET
    name = "back_to_week" if request.method == "POST" else "day"
    try:
        day = forms.day_or_none(said, name) or today()
    except Invalid:
        day = today()
    wanted = {name: request.GET.get(name, "") for name in ("text", "kind")}
    found = console.ask(
        request,
        queries.rota_week,
        Purpose.CONTRACT,
        day=day,
        text=wanted["text"],
        kind=wanted["kind"],
        after=request.GET.get("after") or None,
    )
    shown = {
        "rota": found,
        "page": {"items": found.rows, "next": found.next},
        "first_day": found.days[0].day,
        "last_week": found.days[0].day - timedelta(days=7),
        "next_week": found.days[0].day + timedelta(days=7),
        "today": today(),
        "wanted": wanted,
        "calendar_known": all(is_calendar_known(one.day) for one in found.days),
        "may_change": request.actor.may("workforce.change"),
        "refusal": refusal,
        "form": {"day": found.days[0].day.isoformat(), "starts": "08:00", "ends": "17:00"}
        | request.POST.dict(),
        **choices(),
    }
    return render(request, "workforce/rota.html", shown, status=refusal.status if refusal else 200)


@page("workforce.change")
@require_POST
def put_shift(request: PageRequest) -> HttpResponse:
    """Put a shift on the rota."""
    try:
        starts_at, ends_at = forms.shift(request.POST)
        staff_id = forms.key(request.POST, "staff_id")
        console.do(request, commands.put_shift, staff_id=staff_id, starts_at=starts_at, ends_at=ends_at)
    except Invalid as refusal:
        return show_rota(request, refusal)
    return go("rota", f"?day={day_of(starts_at)}")


@page("workforce.change")
@require_POST
def put_leave(request: PageRequest) -> HttpResponse:
    """Write down on the rota that somebody is away."""
    try:
        starts_at, ends_at = forms.leave(request.POST)
        console.do(
            request,
            commands.put_leave,
            staff_id=forms.key(request.POST, "staff_id"),
            kind=forms.leave_kind(request.POST),
            starts_at=starts_at,
            ends_at=ends_at,
            reason=forms.text(request.POST, "reason"),
        )
    except Invalid as refusal:
        return show_rota(request, refusal)
    return go("rota", f"?day={day_of(starts_at)}")


@page("workforce.change")
@require_POST
def remove_shift(request: PageRequest, shift_id: UUID) -> HttpResponse:
    """Take a shift off the rota."""
    shift = console.do(request, commands.remove_shift, shift_id=shift_id)
    return go("rota", f"?day={day_of(shift.starts_at) if shift else today()}")


@page("workforce.change")
@require_POST
def generate_shifts(request: PageRequest) -> HttpResponse:
    """Make the week's shifts, or four weeks', by the weekly patterns."""
    try:
        first_day = forms.day(request.POST, "first_day")
        weeks = int(forms.number(request.POST, "weeks"))
        console.do(request, commands.generate_shifts, first_day=first_day, days=weeks * 7)
    except Invalid as refusal:
        return show_rota(request, refusal)
    return go("rota", f"?day={first_day}")


@page("workforce.read")
@require_safe
def lapsing(request: PageRequest) -> HttpResponse:
    """List the papers that run out, and the leave that waits for an answer."""
    papers, asked = console.ask(request, needing_attention, Purpose.CONTRACT)
    said = {
        "papers": papers,
        "asked": leave_shown(asked),
        "may_change": request.actor.may("workforce.change"),
    }
    return render(request, "workforce/lapsing.html", said)


def needing_attention(actor: Actor, purpose: Purpose) -> tuple[list[queries.Lapsing], list[Leave]]:
    return queries.papers_lapsing(actor, purpose, today=today()), queries.leave_asked(actor, purpose)


MEMBER: Final = "staff/<uuid:staff_id>"
urlpatterns = [
    path("", staff_list, name="list"),
    path("new", new_member, name="new"),
    path("rota", rota, name="rota"),
    path("rota/shifts", put_shift, name="put_shift"),
    path("rota/shifts/<uuid:shift_id>/remove", remove_shift, name="remove_shift"),
    path("rota/leave", put_leave, name="put_leave"),
    path("rota/generate", generate_shifts, name="generate_shifts"),
    path("lapsing", lapsing, name="lapsing"),
    path(MEMBER, staff_member, name="staff"),
    path(f"{MEMBER}/change", change_member, name="change"),
    path(f"{MEMBER}/account", link_account, name="link_account"),
    path(f"{MEMBER}/last-day", set_last_day, name="set_last_day"),
    path(f"{MEMBER}/area", set_area, name="set_area"),
    path(f"{MEMBER}/pattern", set_pattern, name="set_pattern"),
    path(f"{MEMBER}/papers", add_paper, name="add_paper"),
    path(f"{MEMBER}/papers/<uuid:qualification_id>/verify", verify_paper, name="verify_paper"),
    path(f"{MEMBER}/papers/<uuid:qualification_id>/take-back", take_back_paper, name="take_back_paper"),
    path(f"{MEMBER}/leave", leave, name="leave"),
    path(f"{MEMBER}/leave/<uuid:leave_id>/grant", grant_leave, name="grant_leave"),
    path(f"{MEMBER}/leave/<uuid:leave_id>/refuse", refuse_leave, name="refuse_leave"),
    path(f"{MEMBER}/leave/<uuid:leave_id>/withdraw", withdraw_leave, name="withdraw_leave"),
]
