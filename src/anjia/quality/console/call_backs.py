"""Whom to call back: the list, and one call with its script."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError
from anjia.quality import commands, queries
from anjia.quality.console.refused import refusal_of, written
from anjia.quality.models import CallBack
from anjia.quality.rules import REACHED_WORDS, SOLVED_WORDS, CallState, Reached, Solved

SHOWS = ("open", "late", "closed")
TONES = {Solved.YES: "ok", Solved.PARTLY: "warn", Solved.NO: "bad"}


@require_safe
@page("quality.call_back")
def call_backs(request: PageRequest) -> HttpResponse:
    """Show whom to call, the earliest due first."""
    now = timezone.now()
    show = request.GET.get("show", "open")
    show = show if show in SHOWS else "open"
    found = console.ask(
        request,
        queries.call_backs,
        Purpose.CONTRACT,
        now=now,
        show=show,
        after=request.GET.get("after") or None,
    )
    said = {
        "page": found.page,
        "lines": [shown(line) for line in found.page.items],
        "counts": found.counts,
        "show": show,
    }
    return render(request, "quality/call_backs.html", said)


def shown(line: queries.CallBackLine) -> dict[str, Any]:
    call_back = line.call_back
    return {
        "id": call_back.id,
        "call_back": call_back,
        "resident_name": line.resident_name,
        "service_name": line.service_name,
        "is_late": line.is_late,
        "is_open": call_back.state == CallState.OPEN,
        "tone": TONES[Solved(call_back.solved)] if call_back.solved else "idle",
        "result": SOLVED_WORDS[Solved(call_back.solved)]
        if call_back.solved
        else REACHED_WORDS[Reached.REFUSED],
        "attempts": [
            {
                "at": attempt.at,
                "who": line.names.get(attempt.by, ""),
                "words": REACHED_WORDS[Reached(attempt.reached)],
                "said": attempt.words,
            }
            for attempt in line.attempts
        ],
        "escalation": line.escalation,
        "escalated_to": line.names.get(line.escalation.to_account_id, "")
        if line.escalation and line.escalation.to_account_id
        else "",
    }


@require_safe
@page("quality.call_back")
def call_back(request: PageRequest, call_back_id: UUID) -> HttpResponse:
    """Show one call: whom to ring, what to ask, and what was tried."""
    return call_back_page(request, call_back_id)


def call_back_page(
    request: PageRequest, call_back_id: UUID, refusal: DomainError | None = None
) -> HttpResponse:
    found = console.ask(
        request, queries.call_back_page, Purpose.CONTRACT, call_back_id=call_back_id, now=timezone.now()
    )
    said = shown(found.line) | {
        "found": found,
        "answers": [(solved.value, words) for solved, words in SOLVED_WORDS.items()],
        "form": request.POST,
        "written": written(request, refusal),
        "refusal": refusal,
        "fields": refusal.fields if refusal else {},
    }
    return render(request, "quality/call_back.html", said, status=refusal.status if refusal else 200)


@require_POST
@page("quality.call_back")
def log_call_back(request: PageRequest, call_back_id: UUID) -> HttpResponse:
    """Write down what came of it. A new need goes on to where it is booked."""
    said = {name: request.POST.get(name, "") for name in ("reached", "solved", "new_need", "words")}
    logged: CallBack | None = None

    def log() -> None:
        nonlocal logged
        logged = console.do(request, commands.log_call_back, call_back_id=call_back_id, **said)

    if refusal := refusal_of(log):
        return call_back_page(request, call_back_id, refusal)
    if logged and logged.new_need and request.actor.may("dispatch.book"):
        to = reverse("dispatch:book", kwargs={"resident_id": logged.resident_id})
    elif logged and logged.closed_at:
        to = reverse("quality:call_backs")
    else:
        to = reverse("quality:call_back", kwargs={"call_back_id": call_back_id})
    return HttpResponseRedirect(to, status=303)
