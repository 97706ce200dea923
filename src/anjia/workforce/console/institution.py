"""Licences and cover of the institution itself."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError
from anjia.kernel.paging import Page
from anjia.kernel.photos import photo_of, photo_said
from anjia.workforce import commands, forms, queries
from anjia.workforce.console.going import go, today
from anjia.workforce.rules.institution import WORDS_OF_INSTITUTION_PAPER, InstitutionPaperKind

KINDS: Final = [(kind.value, words) for kind, words in WORDS_OF_INSTITUTION_PAPER.items()]


@page("workforce.read")
@require_safe
def papers(request: PageRequest) -> HttpResponse:
    """List what the institution itself holds, and what is wanting."""
    return show(request)


@page("workforce.change")
@require_POST
def add(request: PageRequest) -> HttpResponse:
    """Enter a licence or cover of the institution."""
    sent = photo_of(request)
    said: dict[str, Any] = {
        "kind": forms.text(request.POST, "kind"),
        "number": forms.text(request.POST, "paper_number", longest=60),
        "issuer": forms.text(request.POST, "issuer", longest=100),
        "scope": forms.text(request.POST, "scope", longest=200),
    }
    try:
        said |= {name: forms.day_or_none(request.POST, name) for name in ("valid_from", "valid_until")}
        console.do(
            request,
            commands.add_institution_paper,
            scan=sent["photo"],
            content_type=sent["content_type"],
            **said,
        )
    except DomainError as refusal:
        return show(request, refusal)
    return go("institution")


@page("workforce.read")
@require_safe
def scan(request: PageRequest, institution_paper_id: UUID) -> HttpResponse:
    """Show the scan of a paper of the institution."""
    return photo_said(
        *console.ask(request, queries.scan_of_institution_paper, Purpose.LEGAL, paper_id=institution_paper_id)
    )


@page("workforce.confirm")
@require_POST
def verify(request: PageRequest, institution_paper_id: UUID) -> HttpResponse:
    """Say that the scan shows what was entered."""
    try:
        console.do(request, commands.verify_institution_paper, paper_id=institution_paper_id)
    except DomainError as refusal:
        return show(request, refusal)
    return go("institution")


@page("workforce.change")
@require_POST
def take_back(request: PageRequest, institution_paper_id: UUID) -> HttpResponse:
    """Take back a paper of the institution, and say why."""
    why = forms.text(request.POST, "why", longest=500)
    try:
        console.do(request, commands.take_back_institution_paper, paper_id=institution_paper_id, why=why)
    except DomainError as refusal:
        return show(request, refusal)
    return go("institution")


def show(request: PageRequest, refusal: DomainError | None = None) -> HttpResponse:
    found, wanting = console.ask(
        request, papers_and_wanting, Purpose.LEGAL, after=request.GET.get("after") or None
    )
    said = {
        "papers": found.items,
        "next": found.next,
        "wanting": [WORDS_OF_INSTITUTION_PAPER[kind] for kind in wanting],
        "kinds": KINDS,
        "kept": request.POST,
        "refusal": refusal,
        "me": request.actor.user_id,
        "may_change": request.actor.may("workforce.change"),
        "may_confirm": request.actor.may("workforce.confirm"),
    }
    return render(request, "workforce/institution.html", said, status=refusal.status if refusal else 200)


def papers_and_wanting(
    actor: Actor, purpose: Purpose, *, after: str | None
) -> tuple[Page[queries.InstitutionPaperShown], list[InstitutionPaperKind]]:
    day = today()
    return (
        queries.institution_papers(actor, purpose, today=day, after=after),
        queries.kinds_wanting(actor, purpose, on=day),
    )
