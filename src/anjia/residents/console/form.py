"""What is kept of a resident: taken down, corrected, shown in full."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anjia.identity.queries import stations_of
from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError, Invalid
from anjia.residents import commands, forms, queries
from anjia.residents.console.going import go, read_or_post
from anjia.residents.console.sheet import everything_of
from anjia.residents.models import Resident
from anjia.residents.rules import (
    SEX_WORDS,
    AlreadyRegistered,
    Sex,
)


@page("residents.reveal")
@require_POST
def reveal(request: PageRequest, resident_id: UUID) -> HttpResponse:
    """Show the numbers that are covered, on her page or in the form; who did it is written down."""
    console.do(request, commands.reveal, resident_id=resident_id)
    if "in_form" in request.POST and request.actor.may("residents.change"):
        return show_kept(request, resident_id, is_revealed=True)
    said = console.ask(request, everything_of, Purpose.CONTRACT, resident_id=resident_id)
    return render(request, "residents/resident.html", said | {"is_revealed": True, "form": {}})


@page("residents.register")
@read_or_post
def new_resident(request: PageRequest) -> HttpResponse:
    """Take somebody into care."""
    if request.method != "POST":
        return show_form(request, {"sex": "", "lives_alone": "", "chronic": ""})
    try:
        said = forms.person(request.POST)
        said["chronic"] = said["chronic"] or []
        said |= {name: request.POST.get(name, "") for name in ("address", "door_note")}
        registered = console.do(request, commands.register_resident, **said)
    except (Invalid, AlreadyRegistered) as refusal:
        return show_form(request, request.POST, refusal)
    return go("resident", resident_id=registered.id) if registered else go("list")


@page("residents.change")
@read_or_post
def change_resident(request: PageRequest, resident_id: UUID) -> HttpResponse:
    """Correct what is kept of her."""
    if request.method != "POST":
        return show_kept(request, resident_id)
    try:
        said = forms.person(request.POST)
        said["id_number"] = said["id_number"].strip() or None
        console.do(request, commands.change_resident, resident_id=resident_id, **said)
    except (Invalid, AlreadyRegistered) as refusal:
        she = console.ask(request, queries.get_resident, Purpose.CONTRACT, resident_id=resident_id)
        return show_form(request, request.POST, refusal, resident=she)
    return go("resident", resident_id=resident_id)


def show_kept(request: PageRequest, resident_id: UUID, *, is_revealed: bool = False) -> HttpResponse:
    """Show the form as she is kept now."""
    sheet, may_read = console.ask(request, sheet_to_change, Purpose.CONTRACT, resident_id=resident_id)
    form = forms.shown(sheet, may_read=may_read, is_revealed=is_revealed)
    return show_form(request, form, resident=sheet.resident)


def sheet_to_change(
    actor: Actor, purpose: Purpose, *, resident_id: UUID
) -> tuple[queries.ResidentSheet, bool]:
    may_read = queries.has_consent(actor, Purpose.CARE, resident_id=resident_id)
    return queries.resident_sheet(actor, purpose, resident_id=resident_id), may_read


def show_form(
    request: PageRequest, form: Any, refusal: DomainError | None = None, resident: Resident | None = None
) -> HttpResponse:
    lines = [
        {part: form.get(f"relative_{part}_{line}", "") for part in ("name", "relation", "phone")}
        for line in range(forms.MOST_RELATIVES)
    ]
    filled = max((index + 1 for index, line in enumerate(lines) if any(line.values())), default=0)
    stations = {str(one.id): one.name for one in console.ask(request, stations_of, Purpose.CONTRACT)}
    if form.get("station_id"):  # closed since, or none of the actor's: it stays hers
        stations.setdefault(form["station_id"], _("现在的站点"))
    said = {
        "form": form,
        "refusal": refusal,
        "resident": resident,
        "relatives": list(enumerate(lines))[: max(2, filled + 1)],
        "sexes": [("", "—"), *((one.value, SEX_WORDS[one]) for one in (Sex.FEMALE, Sex.MALE))],
        "stations": [("", "—"), *stations.items()],
        "may_reveal": resident is not None and request.actor.may("residents.reveal"),
    }
    return render(request, "residents/form.html", said, status=refusal.status if refusal else 200)
