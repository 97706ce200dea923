"""Licences and certificates, and those that run out."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError
from anjia.kernel.photos import photo_of, photo_said
from anjia.workforce import commands, forms, queries
from anjia.workforce.console.going import go, today
from anjia.workforce.console.member import show_member
from anjia.workforce.models import Leave, Qualification
from anjia.workforce.showing import leave_shown


@page("workforce.change")
@require_POST
def add_paper(request: PageRequest, staff_id: UUID) -> HttpResponse:
    """Enter a licence or certificate."""
    try:
        console.do(
            request,
            commands.add_qualification,
            staff_id=staff_id,
            code=forms.text(request.POST, "code"),
            number=forms.text(request.POST, "paper_number", longest=60),
            issuer=forms.text(request.POST, "issuer", longest=80),
            valid_from=forms.day_or_none(request.POST, "valid_from"),
            valid_until=forms.day_or_none(request.POST, "valid_until"),
            **scan_of(request),
        )
    except DomainError as refusal:
        return show_member(request, staff_id, refusal)
    return go("staff", staff_id=staff_id)


def scan_of(request: PageRequest) -> dict[str, Any]:
    sent = photo_of(request)
    return {"scan": sent["photo"], "content_type": sent["content_type"]}


@page("workforce.change")
@require_POST
def attach_scan(request: PageRequest, staff_id: UUID, qualification_id: UUID) -> HttpResponse:
    """Add the scan of a paper that was entered without."""
    try:
        console.do(request, commands.attach_scan, qualification_id=qualification_id, **scan_of(request))
    except DomainError as refusal:
        return show_member(request, staff_id, refusal)
    return go("staff", staff_id=staff_id)


@page("workforce.read")
@require_safe
def scan(request: PageRequest, staff_id: UUID, qualification_id: UUID) -> HttpResponse:
    """Show the scan of a paper."""
    shown = console.ask(request, queries.scan_of_paper, Purpose.LEGAL, qualification_id=qualification_id)
    return photo_said(*shown)


@page("workforce.confirm")
@require_POST
def verify_paper(request: PageRequest, staff_id: UUID, qualification_id: UUID) -> HttpResponse:
    """Say that the scan shows what was entered."""
    try:
        console.do(
            request,
            commands.verify_qualification,
            qualification_id=qualification_id,
            valid_until=forms.day_or_none(request.POST, "valid_until"),
            scan_id=console.uuid_of(request.POST.get("scan_id", "")),
        )
    except DomainError as refusal:
        return show_member(request, staff_id, refusal)
    return go("staff", staff_id=staff_id)


@page("workforce.change")
@require_POST
def take_back_paper(request: PageRequest, staff_id: UUID, qualification_id: UUID) -> HttpResponse:
    """Take back a paper."""
    console.do(request, commands.take_back_qualification, qualification_id=qualification_id)
    return go("staff", staff_id=staff_id)


@page("workforce.read")
@require_safe
def lapsing(request: PageRequest) -> HttpResponse:
    """List the papers that run out, those that wait for a second reader, and the leave that waits for an answer."""
    papers, waiting, asked, institution = console.ask(request, needing_attention, Purpose.CONTRACT)
    said = {
        "papers": papers,
        "institution": institution,
        "waiting": waiting,
        "may_confirm": request.actor.may("workforce.confirm"),
        "asked": leave_shown(asked),
        "may_change": request.actor.may("workforce.change"),
    }
    return render(request, "workforce/lapsing.html", said)


def needing_attention(
    actor: Actor, purpose: Purpose
) -> tuple[list[queries.Lapsing], list[Qualification], list[Leave], list[queries.InstitutionPaperShown]]:
    return (
        queries.papers_lapsing(actor, purpose, today=today()),
        queries.papers_waiting(actor, purpose, today=today()),
        queries.leave_asked(actor, purpose),
        queries.institution_papers_lapsing(actor, purpose, today=today()),
    )
