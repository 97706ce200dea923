"""That a resident has died: entered, read by a second person, taken back where it was a mistake."""

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


@page("residents.change")
@require_POST
def enter_death(request: PageRequest, resident_id: UUID) -> HttpResponse:
    """Write down who says so and when it was, with the paper."""
    try:
        died_on = forms.day_of(request.POST, "died_on")
    except DomainError:
        died_on = None
    try:
        console.do(
            request,
            commands.enter_death,
            resident_id=resident_id,
            told_by=request.POST.get("told_by", ""),
            died_on=died_on,
            **photo_of(request),
        )
    except DomainError as refusal:
        return show_resident(request, resident_id, refusal, request.POST)
    return go("resident", "#death", resident_id=resident_id)


@page("residents.change")
@require_POST
def confirm_death(request: PageRequest, resident_id: UUID, death_id: UUID) -> HttpResponse:
    """Say that one has read the paper too."""
    try:
        console.do(request, commands.confirm_death, death_id=death_id)
    except DomainError as refusal:
        return show_resident(request, resident_id, refusal, request.POST)
    return go("resident", "#death", resident_id=resident_id)


@page("residents.change")
@require_POST
def take_death_back(request: PageRequest, resident_id: UUID, death_id: UUID) -> HttpResponse:
    """Say that it was a mistake, and how that came out."""
    try:
        console.do(request, commands.take_death_back, death_id=death_id, why=request.POST.get("why", ""))
    except DomainError as refusal:
        return show_resident(request, resident_id, refusal, request.POST)
    return go("resident", "#death", resident_id=resident_id)


@page("residents.change")
@require_safe
def death_paper(request: PageRequest, resident_id: UUID, death_id: UUID) -> HttpResponse:
    """Show the paper on which it stands."""
    return photo_said(
        *console.ask(request, queries.death_paper, Purpose.LEGAL, resident_id=resident_id, death_id=death_id)
    )
