"""Who works when, week by week."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.calendar import day_of, is_calendar_known
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError, Invalid
from anjia.workforce import commands, forms, queries
from anjia.workforce.console.going import go, today
from anjia.workforce.rules import NeverPlanned
from anjia.workforce.showing import choices


@page("workforce.read")
@require_safe
def rota(request: PageRequest) -> HttpResponse:
    """Show who works when in a week."""
    return show_rota(request)


def show_rota(request: PageRequest, refusal: DomainError | None = None) -> HttpResponse:
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
        "on_holidays": console.ask(request, queries.shifts_on_holidays, Purpose.CONTRACT, today=today()),
        "swapped": console.ask(request, queries.swapped_days, Purpose.CONTRACT, today=today()),
        "rota": found,
        "page": {"items": found.rows, "next": found.next},
        "first_day": found.days[0].day,
        "last_week": found.days[0].day - timedelta(days=7),
        "next_week": found.days[0].day + timedelta(days=7),
        "today": today(),
        "wanted": wanted,
        "calendar_known": all(is_calendar_known(one.day) for one in found.days),
        "may_change": request.actor.may("workforce.change"),
        "may_standby": request.actor.may("workforce.standby"),
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


@page("workforce.standby")
@require_POST
def put_standby(request: PageRequest) -> HttpResponse:
    """Put a shift of standby on the rota."""
    try:
        starts_at, ends_at = forms.shift(request.POST)
        staff_id = forms.key(request.POST, "staff_id")
        console.do(request, commands.put_standby, staff_id=staff_id, starts_at=starts_at, ends_at=ends_at)
    except Invalid as refusal:
        return show_rota(request, refusal)
    return go("rota", f"?day={day_of(starts_at)}")


@page("workforce.standby")
@require_POST
def set_standby(request: PageRequest, shift_id: UUID) -> HttpResponse:
    """Keep a shift for standing in, or let it be booked again."""
    try:
        shift = console.do(
            request, commands.set_standby, shift_id=shift_id, is_standby=request.POST.get("on") == "1"
        )
    except (Invalid, NeverPlanned) as refusal:
        return show_rota(request, refusal)
    return go("rota", f"?day={day_of(shift.starts_at) if shift else today()}")


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
def settle_holiday_shifts(request: PageRequest) -> HttpResponse:
    """Say whether the shifts shown of a day that has become a holiday are worked."""
    shift_ids = [forms.key({"shift_id": said}, "shift_id") for said in request.POST.getlist("shift_id")]
    works = request.POST.get("works") == "1"
    shifts = console.do(request, commands.settle_holiday_shifts, shift_ids=shift_ids, works=works)
    return go("rota", f"?day={day_of(shifts[0].starts_at) if shifts else today()}")


@page("workforce.change")
@require_POST
def settle_swapped_day(request: PageRequest) -> HttpResponse:
    """Say whether a weekend that is worked in exchange is worked here."""
    try:
        day = forms.day(request.POST, "day")
        console.do(request, commands.settle_swapped_day, day=day, works=request.POST.get("works") == "1")
    except Invalid as refusal:
        return show_rota(request, refusal)
    return go("rota", f"?day={day}")


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


@page("workforce.change")
@require_POST
def put_break(request: PageRequest) -> HttpResponse:
    """Give everybody a break."""
    try:
        console.do(request, commands.put_break, **forms.daily_break(request.POST))
    except Invalid as refusal:
        return show_rota(request, refusal)
    return go("rota", f"?day={request.POST.get('back_to_week', '')}")


@page("workforce.change")
@require_POST
def remove_break(request: PageRequest, break_id: UUID) -> HttpResponse:
    """Take a break back."""
    console.do(request, commands.remove_break, break_id=break_id)
    return go("rota", f"?day={request.POST.get('back_to_week', '')}")
