"""Programmes: the list, one of them with its people and funnel, and the ways of recruiting."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from anjia.enrolment import commands, forms, queries
from anjia.enrolment.models import Channel
from anjia.enrolment.rules import Reached, Stage
from anjia.enrolment.rules.places import USUAL_AGE
from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.console import PageRequest, page, uuid_of
from anjia.kernel.errors import DomainError
from anjia.residents.queries import resident_names, residents_found


@page("enrolment.read")
@require_safe
def listed(request: PageRequest) -> HttpResponse:
    """List the programmes, and the appeals that wait for an answer."""
    return show_list(request)


def show_list(request: PageRequest, refusal: DomainError | None = None) -> HttpResponse:
    found = console.ask(request, everything, Purpose.CONTRACT, after=request.GET.get("after") or None)
    said = {
        **found,
        "usual_age": USUAL_AGE,
        "today": day_of(timezone.now()),
        "now": timezone.now(),
        "may_manage": request.actor.may("enrolment.manage"),
        "kept": request.POST,
        "refusal": refusal,
    }
    return render(request, "enrolment/list.html", said, status=refusal.status if refusal else 200)


def everything(actor: Actor, purpose: Purpose, *, after: str | None) -> dict[str, Any]:
    appeals = queries.appeals_open(actor, purpose)
    names = resident_names(actor, purpose, resident_ids=[one.resident_id for one in appeals])
    return {
        "page": queries.programmes(actor, purpose, after=after),
        "channels": queries.channels(actor, purpose),
        "appeals": [(one, names.get(one.resident_id, "")) for one in appeals],
    }


@page("enrolment.manage")
@require_POST
def open_one(request: PageRequest) -> HttpResponse:
    """Open a programme."""
    try:
        made = console.do(
            request,
            commands.open_programme,
            name=forms.text(request.POST, "name", longest=60),
            name_en=forms.text(request.POST, "name_en", longest=120),
            cap=forms.whole(request.POST, "cap"),
            min_age=forms.whole(request.POST, "min_age"),
            starts_on=forms.day(request.POST, "starts_on"),
            ends_on=forms.day_or_none(request.POST, "ends_on"),
        )
    except DomainError as refusal:
        return show_list(request, refusal)
    return go("programme", programme_id=made.id) if made else go("list")


@page("enrolment.manage")
@require_POST
def add_channel(request: PageRequest) -> HttpResponse:
    """Add a way of recruiting."""
    try:
        console.do(
            request,
            commands.add_channel,
            name=forms.text(request.POST, "channel", longest=40),
            name_en=forms.text(request.POST, "channel_en", longest=80),
        )
    except DomainError as refusal:
        return show_list(request, refusal)
    return go("list")


@page("enrolment.manage")
@require_POST
def retire_channel(request: PageRequest, channel_id: UUID) -> HttpResponse:
    """Offer a way of recruiting no more."""
    console.do(request, commands.retire_channel, channel_id=channel_id)
    return go("list")


@page("enrolment.read")
@require_safe
def programme(request: PageRequest, programme_id: UUID) -> HttpResponse:
    """Show a programme: places, those recruited, and the funnel of each way of recruiting."""
    return show(request, programme_id)


def show(
    request: PageRequest, programme_id: UUID, refusal: DomainError | None = None, **more: Any
) -> HttpResponse:
    wanted = {name: request.GET.get(name, "") for name in ("stage", "reached", "channel")}
    found, ways = console.ask(
        request,
        page_and_channels,
        Purpose.CONTRACT,
        programme_id=programme_id,
        stage=wanted["stage"],
        reached=wanted["reached"],
        channel_id=uuid_of(wanted["channel"]),
        after=request.GET.get("after") or None,
    )
    said = {
        "shown": found.shown,
        "programme": found.shown.programme,
        "funnel": found.funnel,
        "page": found.candidates,
        "again": found.again,
        "is_over": found.shown.programme.ends_on is not None
        and found.shown.programme.ends_on < day_of(timezone.now()),
        "wanted": wanted,
        "is_line": wanted["stage"] == Stage.WAITING,
        "channels": [(str(one.id), one.words) for one in ways if one.retired_at is None],
        "steps": list(Reached),
        "may_manage": request.actor.may("enrolment.manage"),
        "may_screen": request.actor.may("enrolment.screen"),
        "kept": request.POST,
        "refusal": refusal,
        **more,
    }
    return render(request, "enrolment/programme.html", said, status=refusal.status if refusal else 200)


def page_and_channels(
    actor: Actor,
    purpose: Purpose,
    *,
    programme_id: UUID,
    stage: str,
    reached: str,
    channel_id: UUID | None,
    after: str | None,
) -> tuple[queries.ProgrammePage, list[Channel]]:
    found = queries.programme_page(
        actor,
        purpose,
        programme_id=programme_id,
        stage=stage,
        reached=reached,
        channel_id=channel_id,
        after=after,
    )
    return found, queries.channels(actor, purpose)


@page("enrolment.manage")
@require_POST
def change(request: PageRequest, programme_id: UUID) -> HttpResponse:
    """Change how many places there are, from which age, until when."""
    try:
        console.do(
            request,
            commands.change_programme,
            programme_id=programme_id,
            cap=forms.whole(request.POST, "cap"),
            min_age=forms.whole(request.POST, "min_age"),
            ends_on=forms.day_or_none(request.POST, "ends_on"),
        )
    except DomainError as refusal:
        return show(request, programme_id, refusal)
    return go("programme", programme_id=programme_id)


@page("enrolment.manage")
@require_POST
def close(request: PageRequest, programme_id: UUID) -> HttpResponse:
    """Take nobody into it any more."""
    console.do(request, commands.close_programme, programme_id=programme_id)
    return go("programme", programme_id=programme_id)


@page("enrolment.screen")
@require_POST
def find(request: PageRequest, programme_id: UUID) -> HttpResponse:
    """Find a resident to write down as recruited. What is looked for is posted: it may be a number of hers."""
    looked_for = forms.text(request.POST, "text", longest=60)
    found = console.ask(request, residents_found, Purpose.CONTRACT, text=looked_for) if looked_for else []
    return show(request, programme_id, found=found, looked_for=looked_for)


@page("enrolment.screen")
@require_POST
def add_candidate(request: PageRequest, programme_id: UUID) -> HttpResponse:
    """Write down that somebody was recruited, and by which way."""
    try:
        made = console.do(
            request,
            commands.add_candidate,
            programme_id=programme_id,
            resident_id=console.id_in(request.POST, "resident_id"),
            channel_id=console.id_in(request.POST, "channel_id"),
            told_by=forms.text(request.POST, "told_by", longest=100),
        )
    except DomainError as refusal:
        return show(request, programme_id, refusal)
    if made is None:
        return go("programme", programme_id=programme_id)
    return go("candidate", candidate_id=made.id)


def go(name: str, **ids: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"enrolment:{name}", kwargs=ids), status=303)
