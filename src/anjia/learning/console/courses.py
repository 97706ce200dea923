"""The courses: the list, one of them with whom it binds, one version with its questions."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from anjia.clinical.professions import PROFESSIONS, words_of_kind
from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError
from anjia.kernel.photos import photo_said
from anjia.learning import commands, forms, queries
from anjia.learning.models import Binding, language
from anjia.workforce.queries import staff_found


@require_safe
@page("learning.read")
def courses(request: PageRequest) -> HttpResponse:
    """List the courses with what is asked of whom."""
    found = console.ask(request, queries.courses, Purpose.CONTRACT)
    said = {"courses": found, **rights(request)}
    return render(request, "learning/courses.html", said)


@require_POST
@page("learning.manage")
def seed(request: PageRequest) -> HttpResponse:
    """Put in the courses that come with Anjia."""
    console.do(request, commands.seed_courses)
    return redirect("learning:courses")


@require_safe
@page("learning.read")
def course(request: PageRequest, course_code: str) -> HttpResponse:
    """Show a course: what it says, whom it binds, its versions."""
    return show_course(request, course_code)


def show_course(request: PageRequest, course_code: str, refusal: DomainError | None = None) -> HttpResponse:
    today = day_of(timezone.now())

    def ask(actor: Actor, purpose: Purpose) -> tuple[queries.CoursePage, list[tuple[str, str]]]:
        found = queries.course_page(actor, purpose, code=course_code)
        if not actor.may("learning.manage"):
            return found, []
        people = staff_found(actor, purpose, today=today, size=500).items
        return found, [("", "—"), *((str(one.id), one.name) for one in people)]

    found, people = console.ask(request, ask, Purpose.CONTRACT)
    line = found.line
    said = {
        "page": found,
        "line": line,
        "version": line.version,
        "bindings": [(one, whom(one, found), found.names.get(one.set_by, "")) for one in line.bindings],
        "versions": [
            (
                one,
                found.names.get(one.published_by, ""),
                found.names.get(one.written_by, "") if one.written_by else "",
            )
            for one in found.versions
        ],
        "kinds": [("", "—"), *((str(kind), words_of_kind(kind, language())) for kind in PROFESSIONS)],
        "services": [("", "—"), *found.services.items()],
        "people": people,
        "tomorrow": today + timedelta(days=1),
        "today": today,
        "refusal": refusal,
        "form": request.POST,
        **rights(request),
    }
    return render(request, "learning/course.html", said, status=refusal.status if refusal else 200)


def whom(one: Binding, found: queries.CoursePage) -> list[str]:
    """Return in words whom it binds: a kind, a service, or a person."""
    words = [words_of_kind(one.kind, language())] if one.kind else []
    words += [found.services.get(one.service_code, one.service_code)] if one.service_code else []
    return words + ([found.staff.get(one.staff_id, "")] if one.staff_id else [])


@require_POST
@page("learning.manage")
def bind(request: PageRequest, course_code: str) -> HttpResponse:
    """Say who must hold its certificate, from which day on."""
    try:
        console.do(request, commands.bind_course, code=course_code, **forms.binding(request.POST))
    except DomainError as refusal:
        return show_course(request, course_code, refusal)
    return redirect("learning:course", course_code=course_code)


@require_POST
@page("learning.manage")
def end(request: PageRequest, course_code: str, binding_id: UUID) -> HttpResponse:
    """Ask for it no more."""
    console.do(request, commands.end_binding, binding_id=binding_id)
    return redirect("learning:course", course_code=course_code)


@require_POST
@page("learning.manage")
def withdraw(request: PageRequest, course_code: str) -> HttpResponse:
    """Offer the course no more."""
    console.do(request, commands.withdraw_course, code=course_code)
    return redirect("learning:course", course_code=course_code)


@require_safe
@page("learning.read")
def version(request: PageRequest, course_code: str, course_version: int) -> HttpResponse:
    """Show one version with its pages, its questions and what is right."""
    found = console.ask(
        request, queries.version_page, Purpose.CONTRACT, code=course_code, version=course_version
    )
    return render(
        request, "learning/version.html", {"version": found, "code": course_code, **content_of(found.content)}
    )


def content_of(content: dict[str, Any]) -> dict[str, Any]:
    """Return pages and questions as templates show them: each option with whether it is right."""
    return {
        "pages": list(enumerate(content["pages"])),
        "questions": [
            (n, one, [(option, option["key"] in one["right"]) for option in one["options"]])
            for n, one in enumerate(content["questions"])
        ],
    }


@require_safe
@page("learning.read")
def picture(request: PageRequest, course_code: str, picture_id: UUID) -> HttpResponse:
    """Show a picture of a course."""
    shown = console.ask(request, queries.picture, Purpose.CONTRACT, code=course_code, file_id=picture_id)
    return photo_said(*shown)


def rights(request: PageRequest) -> dict[str, bool]:
    return {
        "may_write": request.actor.may("learning.write"),
        "may_manage": request.actor.may("learning.manage"),
    }
