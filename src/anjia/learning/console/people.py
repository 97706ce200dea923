"""Who has learnt what: people by courses, one of them, a certificate on paper."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from anjia.clinical.professions import PROFESSIONS, words_of_kind
from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.console import PageRequest, page
from anjia.kernel.photos import pdf_said
from anjia.learning import forms, queries
from anjia.learning.models import language


@require_safe
@page("learning.read")
def matrix(request: PageRequest) -> HttpResponse:
    """Show a page of staff by courses: who lacks what."""
    wanted = {name: forms.text(request.GET, name, longest=60) for name in ("text", "kind")}
    found = console.ask(
        request,
        queries.matrix,
        Purpose.CONTRACT,
        today=day_of(timezone.now()),
        text=wanted["text"],
        kind=wanted["kind"],
        after=request.GET.get("after") or None,
    )
    said = {
        "matrix": found,
        "page": {"items": found.people, "next": found.next},
        "wanted": wanted,
        "kinds": [(str(kind), words_of_kind(kind, language())) for kind in PROFESSIONS],
    }
    return render(request, "learning/people.html", said)


@require_safe
@page("learning.read")
def person(request: PageRequest, staff_id: UUID) -> HttpResponse:
    """Show what somebody has learnt."""
    today = day_of(timezone.now())
    found = console.ask(request, queries.person_page, Purpose.CONTRACT, staff_id=staff_id, today=today)
    return render(request, "learning/person.html", {"page": found, "staff": found.staff})


@require_safe
@page("learning.read")
def certificate(request: PageRequest, certificate_id: UUID) -> HttpResponse:
    """Show a certificate as a PDF."""
    _number, content = console.ask(
        request, queries.certificate_pdf, Purpose.CONTRACT, certificate_id=certificate_id
    )
    return pdf_said(content)
