"""What is printed: activation slips, and the card beside her door."""

from datetime import datetime
from typing import Any
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST, require_safe

from anjia.identity.queries import get_organization
from anjia.kernel import access, console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.console import PageRequest, moment_of, page
from anjia.kernel.encryption import mac
from anjia.residents import commands, forms, queries
from anjia.residents.console.going import go
from anjia.residents.models import Resident
from anjia.residents.rules import (
    card_payload,
    spaced,
)


@page("residents.grant")
@require_POST
def make_slips(request: PageRequest) -> HttpResponse:
    """Make activation slips for those who were chosen, and go on to print them."""
    chosen = [one for said in request.POST.getlist("resident") if (one := forms.id_of(said))]
    slips = console.do(request, commands.make_activation_slips, resident_ids=chosen)
    if not slips:
        return go("slips", f"?left_out={len(chosen)}")
    left_out = len(chosen) - len(slips)
    return go("slips", f"?made_at={slips[0].made_at.timestamp():.6f}&left_out={left_out}")


@page("residents.grant")
@require_safe
def slips(request: PageRequest) -> HttpResponse:
    """Print the slips that were made at one time: two on a page of A4."""
    made_at = time_of(request.GET.get("made_at", ""))
    said = console.ask(request, printed_slips, Purpose.CONTRACT, made_at=made_at)
    for line in said["slips"]:
        line["qr"] = qr(client_address(request, f"slip={line['slip'].code}"))
    return render(request, "residents/slips.html", said | {"left_out": request.GET.get("left_out", "0")})


def printed_slips(actor: Actor, purpose: Purpose, *, made_at: datetime | None) -> dict[str, Any]:
    found = queries.slips_made(actor, purpose, made_at=made_at) if made_at else []
    house = get_organization(actor, purpose, organization_id=actor.organization_id)
    return {"slips": [{"slip": slip, "code": spaced(slip.code)} for slip in found], "house": house}


def time_of(said: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(said), timezone.get_current_timezone())
    except (ValueError, OverflowError, OSError):
        return moment_of(said)


@page("residents.grant")  # who goes to doors and prints no cards must not have one to scan elsewhere
@require_safe
def card(request: PageRequest, resident_id: UUID) -> HttpResponse:
    """Print the household card, to be put up beside the door."""
    she, house = console.ask(request, card_of, Purpose.CONTRACT, resident_id=resident_id)
    said = {
        "resident": she,
        "house": house,
        "qr": qr(card_payload(she.id, she.card_serial, mac=mac)),
        "may_replace": request.actor.may("residents.change"),
    }
    return render(request, "residents/card.html", said)


def card_of(actor: Actor, purpose: Purpose, *, resident_id: UUID) -> tuple[Resident, Any]:
    she = queries.get_resident(actor, purpose, resident_id=resident_id)
    access.note(actor, purpose, resident_ids=[resident_id], what="residents.card")
    return she, get_organization(actor, purpose, organization_id=actor.organization_id)


@page("residents.change")
@require_POST
def replace_card(request: PageRequest, resident_id: UUID) -> HttpResponse:
    """Make a new household card: the old one is worth nothing from now on."""
    console.do(request, commands.replace_card, resident_id=resident_id)
    return go("card", resident_id=resident_id)


def qr(says: str) -> SafeString:
    """Draw a QR code that stands a fold or a stain, with nothing of the page in it but what it says."""
    drawn = segno.make(says, error="q", micro=False).svg_inline(scale=4, border=2, omitsize=True)
    return mark_safe(drawn)  # segno's own drawing


def client_address(request: HttpRequest, query: str) -> str:
    return request.build_absolute_uri(f"{reverse('client')}#/pages/sign-in/index?{query}")
