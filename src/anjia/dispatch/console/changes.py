"""The pages of a day that has begun: a promise in danger, somebody who falls out, a visit given to somebody else."""

import re
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anjia.dispatch import commands, queries
from anjia.dispatch.rules.changes import Put
from anjia.dispatch.rules.whatif import AlreadyEstimating, NobodyLikeThat
from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.calendar import NoSuchDay, day_bounds, day_of
from anjia.kernel.console import PageRequest, moment_of, number_of, page, uuid_of
from anjia.kernel.errors import DomainError, Invalid
from anjia.kernel.ids import new_id

CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
MOST_AT_ONCE: Final = 200


def written(put: Put) -> str:
    """Return what a form says of it: "<visit>|1|<caregiver>|2026-03-03T02:00:00+00:00"."""
    return f"{put.visit_id}|{put.part}|{put.staff_id}|{put.starts_at.isoformat()}"


def puts_said(request: HttpRequest, name: str) -> list[Put]:
    """
    Return what our own forms say.

    :raises Invalid: if it is none of ours
    """
    found = []
    for said in request.POST.getlist(name)[:MOST_AT_ONCE]:
        visit, number, staff, at = [*said.split("|"), "", "", ""][:4]
        visit_id, part, staff_id, starts_at = uuid_of(visit), number_of(number), uuid_of(staff), moment_of(at)
        if not (visit_id and part and staff_id and starts_at):
            raise Invalid(fields={name: _("请先选一种办法。")})
        found.append(Put(visit_id=visit_id, part=part, staff_id=staff_id, starts_at=starts_at))
    if not found:
        raise Invalid(fields={name: _("请先选一种办法。")})
    return found


def day_said(text: str) -> date:
    try:
        day = date.fromisoformat(text)
        day_bounds(day)
    except (ValueError, NoSuchDay):
        return day_of(timezone.now())
    return day


@require_safe
@page("dispatch.assign")
def repair(request: PageRequest, visit_id: UUID) -> HttpResponse:
    """Show the ways out for a promise in danger, each with what it costs."""
    return show_repair(request, visit_id)


def show_repair(request: PageRequest, visit_id: UUID, refusal: DomainError | None = None) -> HttpResponse:
    found = console.ask(request, queries.repair_page, Purpose.CONTRACT, visit_id=visit_id, now=timezone.now())
    ways = [
        {"proposal": one, "strokes": strokes, "puts": [written(put) for put in one.puts]}
        for one, strokes in zip(found.found.proposals, found.strokes, strict=True)
    ]
    said = {"page": found, "ways": ways, "refusal": refusal, "new_key": new_id()}
    return render(request, "dispatch/repair.html", said, status=refusal.status if refusal else 200)


@require_safe
@page("dispatch.assign")
def give(request: PageRequest, visit_id: UUID) -> HttpResponse:
    """Show what breaks and what it costs if somebody else comes, or at another time; to the board only that."""
    return show_given(request, visit_id, request.GET)


def show_given(
    request: PageRequest, visit_id: UUID, said: Any, refusal: DomainError | None = None
) -> HttpResponse:
    clock = CLOCK.fullmatch(said.get("clock", ""))
    part, instead_of = number_of(said.get("part", "")), uuid_of(said.get("from", ""))
    found = console.ask(
        request,
        queries.try_page,
        Purpose.CONTRACT,
        visit_id=visit_id,
        part=part if part is not None else 0 if instead_of else 1,
        instead_of=instead_of,
        staff_id=uuid_of(said.get("staff_id", "")),
        clock=(int(clock[1]), int(clock[2])) if clock else None,
        now=timezone.now(),
    )
    is_part = request.headers.get("HX-Request") == "true" and request.method == "GET"
    context = {
        "page": found,
        "puts": [written(put) for put in found.puts],
        "refusal": refusal,
        "new_key": new_id(),
    }
    template = "dispatch/_given.html" if is_part else "dispatch/give.html"
    return render(request, template, context, status=refusal.status if refusal else 200)


@require_safe
@page("dispatch.assign")
def out(request: PageRequest, staff_id: UUID) -> HttpResponse:
    """Show who could come instead of somebody who falls out, for all that she is promised for that day."""
    return show_out(request, staff_id, day_said(request.GET.get("day", "")))


def show_out(
    request: PageRequest, staff_id: UUID, day: date, refusal: DomainError | None = None
) -> HttpResponse:
    found = console.ask(
        request, queries.all_page, Purpose.CONTRACT, staff_id=staff_id, day=day, now=timezone.now()
    )
    lines = [
        {
            "visit": shown,
            "strokes": strokes,
            "line": line,
            "puts": [written(put) for put in line.proposal.puts] if line.proposal else [],
        }
        for shown, strokes, line in found.lines
    ]
    said = {"page": found, "lines": lines, "refusal": refusal, "new_key": new_id()}
    return render(request, "dispatch/out.html", said, status=refusal.status if refusal else 200)


@require_POST
@page("dispatch.assign")
def change(request: PageRequest) -> HttpResponse:
    """Have it so; a refusal is said above what is so now."""
    puts, day = puts_said(request, "put"), day_said(request.POST.get("day", ""))
    weighed = puts_said(request, "weighed") if request.POST.get("weighed") else puts
    without = uuid_of(request.POST.get("without", ""))
    try:
        made = console.do(
            request,
            commands.change_day,
            day=day,
            puts=puts,
            weighed=weighed,
            weighed_against=request.POST.get("seen", ""),
            without=without,
            why=request.POST.get("why", "").strip()[:500],
        )
    except DomainError as refusal:
        if refusal.status in {403, 404}:
            raise
        if without:
            return show_out(request, without, day, refusal)
        if request.POST.get("clock"):
            return show_given(request, puts[0].visit_id, request.POST, refusal)
        return show_repair(request, puts[0].visit_id, refusal)
    return to_change(made)


def to_change(change_id: UUID | None) -> HttpResponse:
    parts = {"day_change_id": change_id} if change_id else {}
    return HttpResponseRedirect(
        reverse("dispatch:made" if change_id else "dispatch:last", kwargs=parts), status=303
    )


@require_safe
@page("dispatch.assign")
def made(request: PageRequest, day_change_id: UUID) -> HttpResponse:
    """Show what one has changed, and let it be taken back."""
    return show_made(request, day_change_id)


def show_made(request: PageRequest, change_id: UUID, refusal: DomainError | None = None) -> HttpResponse:
    found = console.ask(
        request, queries.change_page, Purpose.CONTRACT, change_id=change_id, now=timezone.now()
    )
    said = {"page": found, "refusal": refusal, "new_key": new_id()}
    return render(request, "dispatch/made.html", said, status=refusal.status if refusal else 200)


@require_safe
@page("dispatch.assign")
def last(request: PageRequest) -> HttpResponse:
    """Lead to one's own last change."""
    found = console.ask(request, queries.last_change, Purpose.CONTRACT)
    return to_change(found) if found else render(request, "dispatch/nothing_made.html")


@require_POST
@page("dispatch.assign")
def undo(request: PageRequest, day_change_id: UUID) -> HttpResponse:
    try:
        console.do(request, commands.undo_change, change_id=day_change_id)
    except DomainError as refusal:
        if refusal.status in {403, 404}:
            raise
        return show_made(request, day_change_id, refusal)
    return to_change(day_change_id)


@require_safe
@page("dispatch.assign")
def whatif(request: PageRequest) -> HttpResponse:
    """Show what one caregiver more would change, as it was reckoned last, or how far it is."""
    return show_whatif(request)


def show_whatif(request: PageRequest, refusal: DomainError | None = None) -> HttpResponse:
    asked = request.GET.get("bin", "")
    number = -1 if asked == "all" else number_of(asked)
    found = console.ask(request, queries.what_if, Purpose.CONTRACT, now=timezone.now(), bin_number=number)
    says = {"page": found, "bin": number, "refusal": refusal, "new_key": new_id()}
    is_part = request.headers.get("HX-Request") == "true" and request.method == "GET"
    template = "dispatch/_whatif.html" if is_part else "dispatch/whatif.html"
    return render(request, template, says, status=refusal.status if refusal else 200)


@require_POST
@page("dispatch.assign")
def whatif_start(request: PageRequest) -> HttpResponse:
    area = request.POST.get("area", "")
    try:
        console.do(
            request,
            commands.start_estimate,
            like=uuid_of(request.POST.get("like", "")),
            area=area if area in {"", "all"} else uuid_of(area) or "?",
        )
    except (NobodyLikeThat, AlreadyEstimating) as refusal:
        return show_whatif(request, refusal)
    return HttpResponseRedirect(reverse("dispatch:whatif"), status=303)


urlpatterns = [
    path("visits/<uuid:visit_id>/repair", repair, name="repair"),
    path("visits/<uuid:visit_id>/give", give, name="give"),
    path("caregivers/<uuid:staff_id>/out", out, name="out"),
    path("what-if", whatif, name="whatif"),
    path("what-if/start", whatif_start, name="whatif_start"),
    path("changes/make", change, name="change"),
    path("changes/last", last, name="last"),
    path("changes/<uuid:day_change_id>", made, name="made"),
    path("changes/<uuid:day_change_id>/undo", undo, name="undo"),
]
