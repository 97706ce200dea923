"""Complaints, suggestions, disputes, adverse events: the list, the form, and one with its steps."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.console import PageRequest, page, uuid_of
from anjia.kernel.errors import DomainError
from anjia.quality import commands, queries
from anjia.quality.console.refused import refusal_of, written
from anjia.quality.models import Concern, ConcernStep
from anjia.quality.rules import (
    BY_PERSONS,
    CLOCKS,
    COMPLAINED,
    CONCERN_WORDS,
    FINDING_WORDS,
    KIND_WORDS,
    RAISED_BY_WORDS,
    STEP_WORDS,
    TOLD_BY_WORDS,
    ConcernKind,
    ConcernState,
    Finding,
    RaisedBy,
    StepKind,
    ToldBy,
    source_of,
)

SHOWS = ("open", "late", "closed")
TONES = {
    ConcernState.RECEIVED: ("warn", "mail"),
    ConcernState.ACKNOWLEDGED: ("info", "user-check"),
    ConcernState.INVESTIGATED: ("info", "search"),
    ConcernState.TOLD: ("move", "message-circle"),
    ConcernState.APPEALED: ("warn", "flag"),
    ConcernState.CLOSED: ("ok", "check"),
}


@require_safe
@page("quality.raise")
def concerns(request: PageRequest) -> HttpResponse:
    """Show what is open, the earliest due first; to who deals with none, what she raised or wrote down."""
    show, kind = request.GET.get("show", "open"), request.GET.get("kind", "")
    show = show if show in SHOWS else "open"
    found = console.ask(
        request,
        queries.concerns,
        Purpose.CONTRACT,
        now=timezone.now(),
        show=show,
        kind=kind,
        after=request.GET.get("after") or None,
    )
    said = {
        "page": found.page,
        "lines": [shown(line) for line in found.page.items],
        "counts": found.counts,
        "show": show,
        "kind": kind,
        "kinds": list(KIND_WORDS.items()),
        "manages": request.actor.may("quality.manage"),
    }
    return render(request, "quality/concerns.html", said)


def shown(line: queries.ConcernLine) -> dict[str, Any]:
    concern = line.concern
    state = ConcernState(concern.state)
    tone, picture = TONES[state]
    return {
        "id": concern.id,
        "concern": concern,
        "kind": KIND_WORDS[ConcernKind(concern.kind)],
        "raised_by": RAISED_BY_WORDS[RaisedBy(concern.raised_kind)],
        "resident_name": line.resident_name,
        "owner_name": line.owner_name,
        "is_late": line.is_late,
        "tone": tone,
        "picture": picture,
        "state_words": CONCERN_WORDS[state],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@page("quality.raise")
def new_concern(request: PageRequest) -> HttpResponse:
    """Show the form, begun with the visit or the resident that the address names; or keep what was filled in."""
    if request.method != "POST":
        return form(request, None)
    try:
        made = raised(request)
    except DomainError as refusal:
        return form(request, refusal)
    if made is None:
        return HttpResponseRedirect(reverse("quality:concerns"), status=303)
    return back_to(made.id)


def raised(request: PageRequest) -> Concern | None:
    said = request.POST
    return console.do(
        request,
        commands.raise_concern,
        kind=said.get("concern_kind", ""),
        words=said.get("words", ""),
        wants=said.get("wants", ""),
        visit_id=uuid_of(said.get("visit_id", "")),
        resident_id=uuid_of(said.get("resident_id", "")),
        about_staff_ids=[one for one in map(uuid_of, said.getlist("about")) if one],
        is_caller=said.get("says") == "caller",
        caller_name=said.get("caller_name", ""),
        caller_phone=said.get("caller_phone", ""),
    )


def form(request: PageRequest, refusal: DomainError | None) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    ground = console.ask(
        request,
        queries.ground_of_concern,
        Purpose.CONTRACT,
        today=day_of(timezone.now()),
        visit_id=uuid_of(asked.get("visit_id", "")),
        resident_id=uuid_of(asked.get("resident_id", "")),
    )
    is_caller = asked.get("says", "caller" if request.actor.may("quality.rate") else "staff") == "caller"
    said = {
        "ground": ground,
        "form": request.POST,
        "about": set(request.POST.getlist("about")),
        "staff": [(str(one), name) for one, name in ground.staff.items()],
        "is_caller": is_caller,
        "kinds": [
            (kind.value, words) for kind, words in KIND_WORDS.items() if not is_caller or kind in BY_PERSONS
        ],
        "refusal": refusal,
        "fields": refusal.fields if refusal else {},
        "source": source_of("concern", get_language() or "zh"),
    }
    return render(request, "quality/new_concern.html", said, status=refusal.status if refusal else 200)


@require_safe
@page("quality.raise")
def concern(request: PageRequest, concern_id: UUID) -> HttpResponse:
    return concern_page(request, concern_id)


def concern_page(
    request: PageRequest, concern_id: UUID, refusal: DomainError | None = None, *, is_kept: bool = True
) -> HttpResponse:
    found = console.ask(
        request, queries.concern_page, Purpose.CONTRACT, concern_id=concern_id, now=timezone.now()
    )
    state, kind = ConcernState(found.line.concern.state), ConcernKind(found.line.concern.kind)
    owns = found.manages and found.is_owner
    clock = CLOCKS[kind]
    said = shown(found.line) | {
        "found": found,
        "steps": [shown_step(step, found) for step in found.steps],
        "owners": [(str(one), name) for one, name in sorted(found.owners.items(), key=lambda one: one[1])],
        "is_unsigned": is_unsigned(found.line.concern),
        "can_take_up": found.manages and state in {ConcernState.RECEIVED, ConcernState.APPEALED},
        "can_hand_over": found.manages and state in {ConcernState.ACKNOWLEDGED, ConcernState.INVESTIGATED},
        "can_find": owns and state is ConcernState.ACKNOWLEDGED,
        "can_tell": owns and state is ConcernState.INVESTIGATED,
        "can_close": owns and state is ConcernState.TOLD,
        "findings": [(one.value, words) for one, words in FINDING_WORDS.items()]
        if kind in COMPLAINED
        else [],
        "finding": FINDING_WORDS[Finding(found.line.concern.finding)] if found.line.concern.finding else "",
        "ways": [(way.value, words) for way, words in TOLD_BY_WORDS.items()],
        "clock": _("{hours} 小时内回应，{days} 天内答复").format(
            hours=int(clock.acknowledge_within.total_seconds() // 3600), days=clock.answer_within.days
        ),
        "source": source_of("concern", get_language() or "zh"),
        "form": request.POST if is_kept else {},
        "written": written(request, refusal, is_kept=is_kept),
        "refusal": refusal,
        "fields": refusal.fields if refusal else {},
    }
    return render(request, "quality/concern.html", said, status=refusal.status if refusal else 200)


def is_unsigned(concern: Concern) -> bool:
    return concern.raised_kind == RaisedBy.ANONYMOUS


def shown_step(step: ConcernStep, found: queries.ConcernPage) -> dict[str, Any]:
    kind, words = StepKind(step.kind), STEP_WORDS[StepKind(step.kind)]
    if kind is StepKind.ACKNOWLEDGED and is_unsigned(found.line.concern):
        words = _("接下")  # nobody was told: nobody knows whom
    owner = found.names.get(step.owner_id, "") if step.owner_id else ""
    return {
        "at": step.at,
        "words": words,
        "said": step.words,
        "who": found.names.get(step.by, "") if step.by else "",
        "owner": owner if kind in {StepKind.ACKNOWLEDGED, StepKind.HANDED_OVER} else "",
        "how": TOLD_BY_WORDS[ToldBy(step.told_by)] if step.told_by else "",
        "icon": "flag" if kind is StepKind.APPEALED else "point",
    }


def done(
    request: PageRequest, concern_id: UUID, act: Callable[[], object], *, is_kept: bool = True
) -> HttpResponse:
    """Do it and show the concern again; a refusal is said on its page, with what was written."""
    refusal = refusal_of(act)
    return concern_page(request, concern_id, refusal, is_kept=is_kept) if refusal else back_to(concern_id)


@require_POST
@page("quality.manage")
def acknowledge(request: PageRequest, concern_id: UUID) -> HttpResponse:
    owner, words = uuid_of(request.POST.get("owner_id", "")), request.POST.get("words", "")
    return done(
        request,
        concern_id,
        lambda: console.do(
            request, commands.acknowledge_concern, concern_id=concern_id, owner_id=owner, words=words
        ),
    )


@require_POST
@page("quality.manage")
def hand_over(request: PageRequest, concern_id: UUID) -> HttpResponse:
    return done(
        request,
        concern_id,
        lambda: console.do(
            request, commands.hand_concern_over, concern_id=concern_id, **console.handed_over(request)
        ),
        is_kept=False,
    )


@require_POST
@page("quality.manage")
def note_finding(request: PageRequest, concern_id: UUID) -> HttpResponse:
    words = request.POST.get("words", "")
    return done(
        request,
        concern_id,
        lambda: console.do(request, commands.note_finding, concern_id=concern_id, words=words),
    )


@require_POST
@page("quality.manage")
def tell_outcome(request: PageRequest, concern_id: UUID) -> HttpResponse:
    said = {name: request.POST.get(name, "") for name in ("words", "told_by", "finding")}
    return done(
        request,
        concern_id,
        lambda: console.do(request, commands.tell_outcome, concern_id=concern_id, **said),
    )


@require_POST
@page("quality.raise")
def appeal(request: PageRequest, concern_id: UUID) -> HttpResponse:
    words = request.POST.get("words", "")
    return done(
        request,
        concern_id,
        lambda: console.do(request, commands.appeal, concern_id=concern_id, words=words),
        is_kept=False,
    )


@require_POST
@page("quality.manage")
def close(request: PageRequest, concern_id: UUID) -> HttpResponse:
    accepted, words = request.POST.get("accepted") == "yes", request.POST.get("words", "")
    return done(
        request,
        concern_id,
        lambda: console.do(
            request, commands.close_concern, concern_id=concern_id, is_accepted=accepted, words=words
        ),
    )


def back_to(concern_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("quality:concern", kwargs={"concern_id": concern_id}), status=303)
