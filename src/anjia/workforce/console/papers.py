"""Licences and certificates, and those that run out."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import Invalid
from anjia.workforce import commands, forms, queries
from anjia.workforce.console.going import go, today
from anjia.workforce.console.member import show_member
from anjia.workforce.models import Leave
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
            valid_from=forms.day_or_none(request.POST, "valid_from"),
            valid_until=forms.day_or_none(request.POST, "valid_until"),
            original_seen=request.POST.get("original_seen") == "1",
        )
    except Invalid as refusal:
        return show_member(request, staff_id, refusal)
    return go("staff", staff_id=staff_id)


@page("workforce.change")
@require_POST
def verify_paper(request: PageRequest, staff_id: UUID, qualification_id: UUID) -> HttpResponse:
    """Say that the original has been seen."""
    try:
        console.do(
            request,
            commands.verify_qualification,
            qualification_id=qualification_id,
            valid_until=forms.day_or_none(request.POST, "valid_until"),
        )
    except Invalid as refusal:
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
    """List the papers that run out, and the leave that waits for an answer."""
    papers, asked = console.ask(request, needing_attention, Purpose.CONTRACT)
    said = {
        "papers": papers,
        "asked": leave_shown(asked),
        "may_change": request.actor.may("workforce.change"),
    }
    return render(request, "workforce/lapsing.html", said)


def needing_attention(actor: Actor, purpose: Purpose) -> tuple[list[queries.Lapsing], list[Leave]]:
    return queries.papers_lapsing(actor, purpose, today=today()), queries.leave_asked(actor, purpose)
