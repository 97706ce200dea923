"""Dispatch's pages: booking for a caller, moving and cancelling, who is sent, and a day that is planned."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anjia.dispatch import commands, queries
from anjia.dispatch.console import changes, laboratory, telling
from anjia.dispatch.rules.plans import PLANNING
from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.calendar import NoSuchDay, day_bounds, day_of
from anjia.kernel.console import PageRequest, moment_of, number_of, page, uuid_of
from anjia.kernel.errors import DomainError, Invalid
from anjia.kernel.ids import new_id
from anjia.visits.rules.lifecycle import WORDS_OF_REASON, CancelReason

app_name = "dispatch"

DAYS_AT_ONCE = 7
PERIODS = [("any", _("上午下午都行")), ("morning", _("上午")), ("afternoon", _("下午"))]
SEXES = [("any", _("男女都行")), ("female", _("要女的")), ("male", _("要男的"))]


def wishes_asked(said: Any) -> dict[str, Any]:
    """Return the wishes that a form says; nonsense is no wish."""
    period, sex = said.get("period", "any"), said.get("caregiver_sex", "any")
    return {
        "period": period if period in dict(PERIODS) else "any",
        "caregiver_sex": sex if sex in dict(SEXES) else "any",
        "who_is_present": said.get("who_is_present", "")[:200],
        "note": said.get("note", "")[:1000],
    }


def first_day_asked(request: HttpRequest) -> date:
    return day_said(request.GET.get("first_day", ""), day_of(timezone.now()))


def day_said(text: str, otherwise: date) -> date:
    try:
        day = date.fromisoformat(text)
        day_bounds(day)
    except (ValueError, NoSuchDay):
        return otherwise
    return day


def time_and_crew(request: HttpRequest) -> dict[str, Any]:
    """
    Return the time and the crew that a slot's button stands for: "2026-03-03T02:00:00+00:00|<id>,<id>".

    :raises Invalid: if it is none of ours
    """
    said, _mark, ids = request.POST.get("slot", "").partition("|")
    starts_at = moment_of(said)
    staff_ids = [found for found in map(uuid_of, ids.split(",")) if found]
    if starts_at is None or not staff_ids:
        raise Invalid(fields={"slot": _("请先选一个时间。")})
    return {"starts_at": starts_at, "staff_ids": staff_ids}


def to(name: str, **parts: object) -> HttpResponse:
    return HttpResponseRedirect(reverse(name, kwargs=parts), status=303)


def week_of(request: HttpRequest) -> dict[str, Any]:
    first = first_day_asked(request)
    return {
        "first_day": first,
        "earlier": max(first - timedelta(days=DAYS_AT_ONCE), day_of(timezone.now())),
        "later": first + timedelta(days=DAYS_AT_ONCE),
        "periods": PERIODS,
        "sexes": SEXES,
        "wishes": wishes_asked(request.GET),
        "new_key": new_id(),
    }


@require_safe
@page("dispatch.book")
def book(request: PageRequest, resident_id: UUID) -> HttpResponse:
    found = console.ask(
        request,
        queries.booking_page,
        Purpose.CONTRACT,
        resident_id=resident_id,
        service_code=request.GET.get("service_code", ""),
        address_id=uuid_of(request.GET.get("address_id", "")),
        first_day=first_day_asked(request),
        days=DAYS_AT_ONCE,
        wishes=wishes_asked(request.GET),
        now=timezone.now(),
    )
    part = request.headers.get("HX-Request") == "true"
    template = "dispatch/_times.html" if part else "dispatch/book.html"
    return render(request, template, {"booking": found, "slots": found.slots, **week_of(request)})


@require_POST
@page("dispatch.book")
def hold(request: PageRequest, resident_id: UUID) -> HttpResponse:
    said = {name: request.POST.get(name, "") for name in ("service_code", "address_id", "hold_id")}
    address_id = uuid_of(said["address_id"])
    if address_id is None:
        raise Invalid(fields={"address_id": _("请先选地址；还没有地址，先到居民档案里加一个。")})
    held = console.do(
        request,
        commands.hold_slot,
        service_code=said["service_code"],
        resident_id=resident_id,
        address_id=address_id,
        wishes=wishes_asked(request.POST),
        **time_and_crew(request),
    )
    if held is None:
        return to("dispatch:book", resident_id=resident_id)
    return to("dispatch:held", hold_id=held.id)


@require_safe
@page("dispatch.book")
def held(request: PageRequest, hold_id: UUID) -> HttpResponse:
    found = console.ask(
        request, queries.visit_and_resident, Purpose.CONTRACT, visit_id=hold_id, now=timezone.now()
    )
    if found.visit.status not in {"held", "released"}:
        return to("desk:visit", visit_id=hold_id)
    return render(request, "dispatch/held.html", {"found": found, "new_key": new_id()})


@require_POST
@page("dispatch.book")
def confirm(request: PageRequest, hold_id: UUID) -> HttpResponse:
    console.do(request, commands.confirm_hold, hold_id=hold_id)
    return to("desk:visit", visit_id=hold_id)


@require_POST
@page("dispatch.book")
def release(request: PageRequest, hold_id: UUID) -> HttpResponse:
    console.do(request, commands.release_hold, hold_id=hold_id)
    resident_id = uuid_of(request.POST.get("resident_id", ""))
    return to("dispatch:book", resident_id=resident_id) if resident_id else HttpResponseRedirect("/console/")


@require_safe
@page("dispatch.book")
def move(request: PageRequest, visit_id: UUID) -> HttpResponse:
    found = console.ask(
        request,
        queries.moving_page,
        Purpose.CONTRACT,
        visit_id=visit_id,
        first_day=first_day_asked(request),
        days=DAYS_AT_ONCE,
        wishes={"period": wishes_asked(request.GET)["period"]},
        now=timezone.now(),
    )
    part = request.headers.get("HX-Request") == "true"
    template = "dispatch/_times.html" if part else "dispatch/move.html"
    return render(request, template, {"moving": found, "slots": found.slots, **week_of(request)})


@require_POST
@page("dispatch.book")
def move_now(request: PageRequest, visit_id: UUID) -> HttpResponse:
    why = request.POST.get("why", "")[:500]
    console.do(request, commands.move_booking, visit_id=visit_id, why=why, **time_and_crew(request))
    return to("desk:visit", visit_id=visit_id)


@require_safe
@page("visits.cancel")
def cancel(request: PageRequest, visit_id: UUID) -> HttpResponse:
    found = console.ask(
        request, queries.visit_and_resident, Purpose.CONTRACT, visit_id=visit_id, now=timezone.now()
    )
    reasons = [(reason.value, words) for reason, words in WORDS_OF_REASON.items()]
    return render(request, "dispatch/cancel.html", {"found": found, "reasons": reasons, "new_key": new_id()})


@require_POST
@page("visits.cancel")
def cancel_now(request: PageRequest, visit_id: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")
    if reason not in set(CancelReason):
        raise Invalid(fields={"reason": _("请选一个取消的原因。")})
    words = [str(WORDS_OF_REASON[CancelReason(reason)]), request.POST.get("why", "").strip()[:500]]
    why = "，".join(filter(None, words))
    console.do(request, commands.cancel_booking, visit_id=visit_id, reason=reason, why=why)
    return to("desk:visit", visit_id=visit_id)


@require_safe
@page("dispatch.assign")
def suitability(request: PageRequest, visit_id: UUID) -> HttpResponse:
    found = console.ask(
        request,
        queries.assigning_page,
        Purpose.CONTRACT,
        visit_id=visit_id,
        part=number_of(request.GET.get("part", "")) or 1,
        now=timezone.now(),
    )
    return render(request, "dispatch/suitability.html", {"found": found, "new_key": new_id()})


@require_POST
@page("dispatch.assign")
def assign(request: PageRequest, visit_id: UUID) -> HttpResponse:
    staff_id = uuid_of(request.POST.get("staff_id", ""))
    if staff_id is None:
        raise Invalid(fields={"staff_id": _("请先选一位。")})
    console.do(
        request,
        commands.assign_by_hand,
        visit_id=visit_id,
        staff_id=staff_id,
        part=number_of(request.POST.get("part", "")) or 1,
        why=request.POST.get("why", "").strip()[:500],
    )
    return to("desk:visit", visit_id=visit_id)


@require_POST
@page("dispatch.offer")
def offer(request: PageRequest, visit_id: UUID) -> HttpResponse:
    console.do(request, commands.offer_visit, visit_id=visit_id)
    return to("dispatch:suitability", visit_id=visit_id)


FIGURES = {
    "travel": (_("路上一共（分钟）"), -1),
    "late": (_("会晚到（分钟）"), -1),
    "known": (_("去过她家的人去（次）"), 1),
    "spread": (_("最忙的和最闲的差（分钟）"), -1),
    "unassigned": (_("没有人能去（次）"), -1),
}


@require_safe
@page("dispatch.assign")
def plan(request: PageRequest) -> HttpResponse:
    """Show what is worked out for a day, tomorrow's at first; to htmx the part that changes while it is."""
    day = day_said(request.GET.get("day", ""), day_of(timezone.now()) + timedelta(days=1))
    return show_plan(request, day)


def show_plan(request: PageRequest, day: date, refusal: DomainError | None = None) -> HttpResponse:
    found = console.ask(request, queries.plan_page, Purpose.CONTRACT, day=day, now=timezone.now())
    today = day_of(timezone.now())
    is_part = request.headers.get("HX-Request") == "true" and request.method == "GET"
    said = {
        "plan": found,
        "refusal": refusal,
        # What she had left out is left out when the page is shown again.
        "ticked": set(request.POST.getlist("group")) if request.POST.get("ticks") else None,
        "figures": [
            {"words": words, "figure": one, "is_better": one.more * sign > 0, "is_worse": one.more * sign < 0}
            for code, (words, sign) in FIGURES.items()
            for one in (found.draft.figures if found.draft else ())
            if one.code == code
        ],
        "earlier": max(day - timedelta(days=1), today),
        "later": min(day + timedelta(days=1), today + timedelta(days=PLANNING.days_ahead)),
        "can_start": timedelta(0) <= day - today <= timedelta(days=PLANNING.days_ahead),
        "new_key": new_id(),
    }
    template = "dispatch/_plan.html" if is_part else "dispatch/plan.html"
    return render(request, template, said, status=refusal.status if refusal else 200)


@require_POST
@page("dispatch.assign")
def plan_start(request: PageRequest) -> HttpResponse:
    day = day_said(request.POST.get("day", ""), day_of(timezone.now()) + timedelta(days=1))
    return done_or_said(request, day, commands.start_run, day=day)


@require_POST
@page("dispatch.assign")
def plan_discard(request: PageRequest, run_id: UUID) -> HttpResponse:
    day = day_said(request.POST.get("day", ""), day_of(timezone.now()))
    return done_or_said(request, day, commands.discard_run, run_id=run_id)


@require_POST
@page("dispatch.assign")
def plan_publish(request: PageRequest, run_id: UUID) -> HttpResponse:
    day = day_said(request.POST.get("day", ""), day_of(timezone.now()))
    groups = {one for one in map(number_of, request.POST.getlist("group")) if one is not None}
    return done_or_said(request, day, commands.publish_run, run_id=run_id, groups=groups)


@require_POST
@page("dispatch.assign")
def plan_policy(request: PageRequest) -> HttpResponse:
    day = day_said(request.POST.get("day", ""), day_of(timezone.now()))
    by_night = request.POST.get("publishes_by_night") == "yes"
    return done_or_said(request, day, commands.set_plan_policy, publishes_by_night=by_night)


def done_or_said(request: PageRequest, shown: date, command: Any, **says: Any) -> HttpResponse:
    """Do it and go to the day's page; a refusal is said on it, above what is so now."""
    try:
        console.do(request, command, **says)
    except DomainError as refusal:
        if refusal.status in {403, 404}:
            raise
        return show_plan(request, shown, refusal)
    return HttpResponseRedirect(f"{reverse('dispatch:plan')}?day={shown:%Y-%m-%d}", status=303)


urlpatterns = [
    path("plan", plan, name="plan"),
    path("plan/start", plan_start, name="plan_start"),
    path("plan/policy", plan_policy, name="plan_policy"),
    path("plan/<uuid:run_id>/discard", plan_discard, name="plan_discard"),
    path("plan/<uuid:run_id>/publish", plan_publish, name="plan_publish"),
    path("book/<uuid:resident_id>", book, name="book"),
    path("book/<uuid:resident_id>/hold", hold, name="hold"),
    path("held/<uuid:hold_id>", held, name="held"),
    path("held/<uuid:hold_id>/confirm", confirm, name="confirm"),
    path("held/<uuid:hold_id>/release", release, name="release"),
    path("visits/<uuid:visit_id>/move", move, name="move"),
    path("visits/<uuid:visit_id>/move/now", move_now, name="move_now"),
    path("visits/<uuid:visit_id>/cancel", cancel, name="cancel"),
    path("visits/<uuid:visit_id>/cancel/now", cancel_now, name="cancel_now"),
    path("visits/<uuid:visit_id>/suitability", suitability, name="suitability"),
    path("visits/<uuid:visit_id>/assign", assign, name="assign"),
    path("visits/<uuid:visit_id>/offer", offer, name="offer"),
    *changes.urlpatterns,
    *laboratory.urlpatterns,
    *telling.urlpatterns,
]
