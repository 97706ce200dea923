"""Who may act for a resident, by which paper and number."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError
from anjia.kernel.photos import photo_of, photo_said
from anjia.residents import commands, forms, queries
from anjia.residents.console.going import go
from anjia.residents.console.sheet import show_resident


@page("residents.grant")
@require_POST
def enter_paper(request: PageRequest, resident_id: UUID) -> HttpResponse:
    """Enter a signed paper that lets somebody act for her, with its photo."""
    try:
        console.do(
            request,
            commands.enter_paper,
            resident_id=resident_id,
            **photo_of(request),
            name=request.POST.get("name", ""),
            phone=request.POST.get("phone", ""),
            relation=request.POST.get("relation", ""),
            kinship=request.POST.get("kinship", ""),
            allows=request.POST.getlist("allows"),
            valid_until=forms.end_of_day(request.POST, "valid_until"),
        )
    except DomainError as refusal:
        return show_resident(request, resident_id, refusal, request.POST)
    return go("resident", "#family", resident_id=resident_id)


@page("residents.grant")
@require_POST
def witness(request: PageRequest, resident_id: UUID, grant_id: UUID) -> HttpResponse:
    """Say that one has seen the paper too."""
    console.do(request, commands.witness_grant, grant_id=grant_id)
    return go("resident", "#family", resident_id=resident_id)


@page("residents.grant")
@require_POST
def withdraw(request: PageRequest, resident_id: UUID, grant_id: UUID) -> HttpResponse:
    """Take access back."""
    console.do(request, commands.withdraw_grant, grant_id=grant_id)
    return go("resident", "#family", resident_id=resident_id)


@page("residents.grant")
@require_POST
def ask_for_number(request: PageRequest, resident_id: UUID, grant_id: UUID) -> HttpResponse:
    """Enter another number for whoever acts by this grant, with the photo of what was signed."""
    number = request.POST.get("number", "")
    try:
        console.do(
            request,
            commands.ask_for_number,
            grant_id=grant_id,
            phone=number,
            **photo_of(request),
        )
    except DomainError as refusal:
        return show_resident(request, resident_id, refusal, {"number": number, "number_of": grant_id})
    return go("resident", "#family", resident_id=resident_id)


@page("residents.grant")
@require_POST
def confirm_number(request: PageRequest, resident_id: UUID, change_id: UUID) -> HttpResponse:
    """Say that one has seen the paper too: the new number counts, and whoever was signed in is out."""
    console.do(request, commands.confirm_number, change_id=change_id)
    return go("resident", "#family", resident_id=resident_id)


@page("residents.grant")
@require_POST
def drop_number(request: PageRequest, resident_id: UUID, change_id: UUID) -> HttpResponse:
    """Leave the number as it is."""
    console.do(request, commands.drop_number, change_id=change_id)
    return go("resident", "#family", resident_id=resident_id)


@page("residents.grant")
@require_safe
def number_paper(request: PageRequest, resident_id: UUID, change_id: UUID) -> HttpResponse:
    """Show the photo of what was signed for another number."""
    return photo_said(
        *console.ask(
            request, queries.number_paper, Purpose.LEGAL, resident_id=resident_id, change_id=change_id
        )
    )


@page("residents.grant")
@require_safe
def paper(request: PageRequest, resident_id: UUID, grant_id: UUID) -> HttpResponse:
    """Show the photo of the signed paper."""
    return photo_said(
        *console.ask(request, queries.paper_of, Purpose.LEGAL, resident_id=resident_id, grant_id=grant_id)
    )
