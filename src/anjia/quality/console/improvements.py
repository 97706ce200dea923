"""What is being made better: the list, and one with its measure and its effect."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.console import PageRequest, page, uuid_of
from anjia.kernel.errors import DomainError
from anjia.quality import commands, queries
from anjia.quality.console.refused import refusal_of, written
from anjia.quality.models import ImprovementStep
from anjia.quality.rules import (
    ASPECT_WORDS,
    DUE_IN,
    IMPROVEMENT_WORDS,
    LEAST_RATINGS,
    ImprovementState,
    source_of,
)

TONES = {
    ImprovementState.OPEN: ("warn", "flag"),
    ImprovementState.PLANNED: ("info", "pencil"),
    ImprovementState.IN_PLACE: ("move", "hourglass"),
    ImprovementState.CLOSED: ("ok", "check"),
}


@require_safe
@page("quality.manage")
def improvements(request: PageRequest) -> HttpResponse:
    show = "closed" if request.GET.get("show") == "closed" else "open"
    found = console.ask(
        request,
        queries.improvements,
        Purpose.CONTRACT,
        now=timezone.now(),
        show=show,
        after=request.GET.get("after") or None,
    )
    said = {
        "page": found,
        "lines": [shown(line) for line in found.items],
        "show": show,
        "source": source_of("improvement", get_language() or "zh"),
    }
    return render(request, "quality/improvements.html", said)


def shown(line: queries.ImprovementLine) -> dict[str, Any]:
    state = ImprovementState(line.improvement.state)
    tone, picture = TONES[state]
    return {
        "id": line.improvement.id,
        "improvement": line.improvement,
        "line": line,
        "aspect": ASPECT_WORDS[line.improvement.aspect],
        "code": f"aspect_{line.improvement.aspect}",
        "state_words": IMPROVEMENT_WORDS[state],
        "tone": tone,
        "picture": picture,
        "risen": line.points is not None and line.points > 0,
    }


@require_safe
@page("quality.manage")
def improvement(request: PageRequest, improvement_id: UUID) -> HttpResponse:
    return improvement_page(request, improvement_id)


def improvement_page(
    request: PageRequest,
    improvement_id: UUID,
    refusal: DomainError | None = None,
    *,
    is_kept: bool = True,
) -> HttpResponse:
    now = timezone.now()
    found = console.ask(
        request, queries.improvement_page, Purpose.CONTRACT, improvement_id=improvement_id, now=now
    )
    one = found.line.improvement
    state = ImprovementState(one.state)
    said = shown(found.line) | {
        "steps": [shown_step(step, found) for step in found.steps],
        "owners": [(str(account), name) for account, name in sorted(found.owners.items(), key=by_name)],
        "owner": request.POST.get("owner_id") or str(one.owner_id or request.actor.user_id),
        "measure": request.POST.get("measure", one.measure),
        "due_on": request.POST.get("due_on") or (one.due_on or day_of(now) + DUE_IN).isoformat(),
        "can_plan": state is not ImprovementState.CLOSED,
        "can_put_in_place": state is ImprovementState.PLANNED,
        "can_close": state is ImprovementState.IN_PLACE and not found.line.days_left,
        "least": LEAST_RATINGS,
        "source": source_of("improvement", get_language() or "zh"),
        "written": written(request, refusal, is_kept=is_kept),
        "refusal": refusal,
        "fields": refusal.fields if refusal else {},
    }
    return render(request, "quality/improvement.html", said, status=refusal.status if refusal else 200)


def by_name(pair: tuple[UUID, str]) -> str:
    return pair[1]


def shown_step(step: ImprovementStep, found: queries.ImprovementPage) -> dict[str, Any]:
    state = ImprovementState(step.state)
    return {
        "at": step.at,
        "words": _("评价低，自动开的") if state is ImprovementState.OPEN else IMPROVEMENT_WORDS[state],
        "owner": found.names.get(step.owner_id, "") if step.owner_id else "",
        "who": found.names.get(step.by, "") if step.by else "",
        "said": step.words,
    }


def done(
    request: PageRequest, improvement_id: UUID, act: Callable[[], object], *, is_kept: bool = True
) -> HttpResponse:
    """Do it and show the improvement again; a refusal is said on its page, with what was written."""
    if refusal := refusal_of(act):
        return improvement_page(request, improvement_id, refusal, is_kept=is_kept)
    return HttpResponseRedirect(
        reverse("quality:improvement", kwargs={"improvement_id": improvement_id}), status=303
    )


@require_POST
@page("quality.manage")
def plan(request: PageRequest, improvement_id: UUID) -> HttpResponse:
    owner, measure = uuid_of(request.POST.get("owner_id", "")), request.POST.get("measure", "")
    due_on = day_said(request.POST.get("due_on", ""))
    return done(
        request,
        improvement_id,
        lambda: console.do(
            request,
            commands.plan_improvement,
            improvement_id=improvement_id,
            measure=measure,
            due_on=due_on,
            owner_id=owner,
        ),
    )


@require_POST
@page("quality.manage")
def put_in_place(request: PageRequest, improvement_id: UUID) -> HttpResponse:
    words = request.POST.get("words", "")[:1000]
    return done(
        request,
        improvement_id,
        lambda: console.do(request, commands.put_in_place, improvement_id=improvement_id, words=words),
        is_kept=False,
    )


@require_POST
@page("quality.manage")
def close(request: PageRequest, improvement_id: UUID) -> HttpResponse:
    words = request.POST.get("words", "")[:1000]
    return done(
        request,
        improvement_id,
        lambda: console.do(request, commands.close_improvement, improvement_id=improvement_id, words=words),
        is_kept=False,
    )


def day_said(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None
