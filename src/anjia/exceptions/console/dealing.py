"""The list, and one exception with its steps, its owner and its closing."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from anjia.exceptions import commands, queries
from anjia.exceptions.rules.closing import (
    OUTCOMES,
    WORDS_OF_FOLLOW_UP,
    WORDS_OF_OUTCOME,
    WORDS_OF_TOLD,
)
from anjia.exceptions.rules.steps import SOURCE
from anjia.exceptions.showing import WORDS_OF_ORIGIN, WORDS_OF_WHAT
from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.calendar import local
from anjia.kernel.console import PageRequest, page, uuid_of
from anjia.kernel.errors import DomainError
from anjia.kernel.photos import photo_said
from anjia.visits.rules.exceptions import WORDS_OF_EXCEPTION, ExceptionKind

ICONS = {
    ExceptionKind.NO_SHOW: "home",
    ExceptionKind.REFUSED: "x",
    ExceptionKind.UNSAFE: "shield",
    ExceptionKind.LATE: "clock",
    ExceptionKind.CAREGIVER_ILL: "user-x",
    ExceptionKind.WRONG_ADDRESS: "map-pin",
    ExceptionKind.WORSENING: "heartbeat",
    ExceptionKind.SPECIMEN_LATE: "droplet",
}


@require_safe
@page("exceptions.handle")
def exceptions(request: PageRequest) -> HttpResponse:
    """Show what is open, the earliest due first."""
    show, kind = request.GET.get("show", "open"), request.GET.get("kind", "")
    show = show if show in queries.SHOWS else "open"
    found = console.ask(
        request,
        queries.exceptions_page,
        Purpose.CONTRACT,
        now=timezone.now(),
        show=show,
        kind=kind,
        after=request.GET.get("after") or None,
    )
    shows = [
        ("open", _("没了结的"), found.counts["open"]),
        ("mine", _("我手上的"), found.counts["mine"]),
        ("overdue", _("逾期的"), found.counts["overdue"]),
        ("closed", _("了结了的"), None),
    ]
    said = {
        "page": found.page,
        "show": show,
        "shows": shows,
        "kind": kind,
        "kinds": [(one.value, words) for one, words in WORDS_OF_EXCEPTION.items()],
        "lines": [(line, ICONS[ExceptionKind(line.kind)]) for line in found.page.items],
        "may_report": request.actor.may("exceptions.report"),
    }
    return render(request, "exceptions/list.html", said)


@require_safe
@page("exceptions.handle")
def exception(request: PageRequest, exception_id: UUID) -> HttpResponse:
    return exception_page(request, exception_id)


@require_safe
@page("exceptions.handle")
def photo(request: PageRequest, exception_id: UUID, file_id: UUID) -> HttpResponse:
    """Show a photo that came with it from the field."""
    return photo_said(
        *console.ask(
            request,
            queries.photo_of_exception,
            Purpose.CONTRACT,
            exception_id=exception_id,
            file_id=file_id,
        )
    )


def exception_page(
    request: PageRequest,
    exception_id: UUID,
    refusal: DomainError | None = None,
    results: Sequence[Any] = (),
) -> HttpResponse:
    found = console.ask(
        request,
        queries.exception_page,
        Purpose.CONTRACT,
        exception_id=exception_id,
        now=timezone.now(),
        after=request.GET.get("after") or None,
    )
    kind = ExceptionKind(found.line.kind)
    said = {
        "found": found,
        "line": found.line,
        "icon": ICONS[kind],
        "origin": WORDS_OF_ORIGIN[found.origin],
        "history": [(one, WORDS_OF_WHAT[one.what]) for one in found.history],
        "owners": [(str(one), name) for one, name in sorted(found.owners.items(), key=lambda one: one[1])],
        "outcomes": [(one.value, WORDS_OF_OUTCOME[one]) for one in OUTCOMES[kind]],
        "tolds": [(one.value, words) for one, words in WORDS_OF_TOLD.items()],
        "follow_ups": [(one.value, words) for one, words in WORDS_OF_FOLLOW_UP.items()],
        "is_last_step": found.step == "close",
        "source": SOURCE,
        "form": request.POST,
        "told": request.POST.getlist("told"),
        "refusal": refusal,
        "fields": refusal.fields if refusal else {},
        "results": results,
        "waiting": [one for one in found.visits if one.is_open],
        "days_waiting": sorted({local(one.starts_at).date() for one in found.visits if one.is_open}),
        "may_assign": request.actor.may("dispatch.assign"),
        "has_proposals": any(one.instead and one.instead.is_simple for one in found.visits),
    }
    return render(request, "exceptions/exception.html", said, status=refusal.status if refusal else 200)


def done(request: PageRequest, exception_id: UUID, act: Callable[[], object]) -> HttpResponse:
    """Do it and show the exception again; a refusal is said on its page, with what was filled in."""
    try:
        act()
    except DomainError as refusal:
        if refusal.status in {403, 404}:
            raise
        return exception_page(request, exception_id, refusal)
    return back_to(exception_id)


@require_POST
@page("exceptions.handle")
def step(request: PageRequest, exception_id: UUID) -> HttpResponse:
    said = {name: request.POST.get(name, "") for name in ("step", "words", "promised")}
    return done(
        request,
        exception_id,
        lambda: console.do(request, commands.do_step, exception_id=exception_id, **said),
    )


@require_POST
@page("exceptions.handle")
def owner(request: PageRequest, exception_id: UUID) -> HttpResponse:
    return done(
        request,
        exception_id,
        lambda: console.do(
            request, commands.hand_over, exception_id=exception_id, **console.handed_over(request)
        ),
    )


@require_POST
@page("exceptions.handle")
def close(request: PageRequest, exception_id: UUID) -> HttpResponse:
    said = {name: request.POST.get(name, "") for name in ("outcome", "done", "follow_up")}
    follow_up_visit_id = uuid_of(request.POST.get("follow_up_visit", ""))
    told = request.POST.getlist("told")
    return done(
        request,
        exception_id,
        lambda: console.do(
            request,
            commands.close_exception,
            exception_id=exception_id,
            told=told,
            follow_up_visit_id=follow_up_visit_id,
            **said,
        ),
    )


def back_to(exception_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(
        reverse("exceptions:exception", kwargs={"exception_id": exception_id}), status=303
    )
