"""Courses in class: the calendar, one with its list, signed."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError
from anjia.kernel.work import Command
from anjia.learning import commands, forms, queries
from anjia.learning.console.courses import rights
from anjia.workforce.queries import staff_found


@require_http_methods(["GET", "HEAD", "POST"])
@page("learning.read")
def sessions(request: PageRequest) -> HttpResponse:
    """List the classes, and put one on the calendar."""
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            made = console.do(request, commands.plan_session, **forms.session(request.POST))
            return redirect("learning:session", class_id=made.id) if made else redirect("learning:sessions")
        except DomainError as why:
            refusal = why
    after = request.GET.get("after") or None

    def ask(actor: Actor, purpose: Purpose) -> Any:
        return queries.sessions(actor, purpose, after=after), queries.courses(actor, purpose)

    found, courses = console.ask(request, ask, Purpose.CONTRACT)
    offered = [one for one in courses if one.version and not one.course.withdrawn_at]
    said = {
        "page": found,
        "sessions": found.items,
        "courses": [(one.course.code, one.title) for one in offered],
        "form": request.POST,
        "refusal": refusal,
        **rights(request),
    }
    return render(request, "learning/sessions.html", said, status=refusal.status if refusal else 200)


@require_safe
@page("learning.read")
def session(request: PageRequest, class_id: UUID) -> HttpResponse:
    """Show a class: its word, who is there, who has signed."""
    return show(request, class_id)


def show(request: PageRequest, class_id: UUID, refusal: DomainError | None = None) -> HttpResponse:
    now = timezone.now()

    def ask(actor: Actor, purpose: Purpose) -> tuple[queries.SessionPage, list[tuple[str, str]]]:
        found = queries.session_page(actor, purpose, session_id=class_id)
        if found.session.signed_at or not actor.may("learning.manage"):
            return found, []
        there = {one.staff_id for one, _name in found.there}
        people = staff_found(actor, purpose, today=day_of(now), size=500).items
        return found, [(str(one.id), one.name) for one in people if one.id not in there]

    found, people = console.ask(request, ask, Purpose.CONTRACT)
    said = {
        "session": found.session,
        "there": [(one, name, found.names.get(one.by, "")) for one, name in found.there],
        "signed_by": found.names.get(found.session.signed_by, "") if found.session.signed_by else "",
        "people": people,
        "is_over": now >= found.session.ends_at,
        "refusal": refusal,
        **rights(request),
    }
    return render(request, "learning/session.html", said, status=refusal.status if refusal else 200)


@require_POST
@page("learning.manage")
def put(request: PageRequest, class_id: UUID) -> HttpResponse:
    """Write somebody down who was there."""
    staff_id = console.id_in(request.POST, "staff_id")
    return _do(request, class_id, commands.put_on_list, staff_id=staff_id)


@require_POST
@page("learning.manage")
def take(request: PageRequest, class_id: UUID) -> HttpResponse:
    """Take somebody off the list who was not there."""
    staff_id = console.id_in(request.POST, "staff_id")
    return _do(request, class_id, commands.take_off_list, staff_id=staff_id)


@require_POST
@page("learning.manage")
def sign(request: PageRequest, class_id: UUID) -> HttpResponse:
    """Sign that those on the list were there."""
    return _do(request, class_id, commands.sign_session)


def _do(request: PageRequest, class_id: UUID, command: Command[Any, Any], **what: Any) -> HttpResponse:
    try:
        console.do(request, command, session_id=class_id, **what)
    except DomainError as refusal:
        return show(request, class_id, refusal)
    return redirect("learning:session", class_id=class_id)
