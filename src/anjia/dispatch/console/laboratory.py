"""The page on which a house says where its laboratory is."""

from collections.abc import Mapping
from datetime import time
from math import isfinite
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.dateparse import parse_time
from django.views.decorators.http import require_POST, require_safe

from anjia.dispatch import commands, queries
from anjia.dispatch.rules.delivering import CLOSES_AT, HANDOVER, LaboratoryInvalid
from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.ids import new_id


def number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if isfinite(found) else None


def clock(text: str) -> time | None:
    try:
        return parse_time(text)
    except ValueError:
        return None


def said(form: Mapping[str, str]) -> dict[str, Any]:
    minutes = form.get("handover_minutes", "").strip()
    return {
        "name": form.get("name", "")[:1000],
        "latitude": number(form.get("latitude", "")),
        "longitude": number(form.get("longitude", "")),
        "closes_at": clock(form.get("closes_at", "").strip()),
        "handover_minutes": int(minutes) if minutes.isdecimal() and len(minutes) < 5 else None,
    }


@require_safe
@page("dispatch.assign")
def laboratory(request: PageRequest) -> HttpResponse:
    """Show what is set, or what would be there if nothing is."""
    return show(request)


def show(request: PageRequest, refusal: LaboratoryInvalid | None = None) -> HttpResponse:
    found = console.ask(request, queries.laboratory_said, Purpose.CONTRACT)
    values: Any = {
        "name": found.name,
        "latitude": "" if found.latitude is None else str(found.latitude),
        "longitude": "" if found.longitude is None else str(found.longitude),
        "closes_at": f"{found.closes_at:%H:%M}",
        "handover_minutes": found.handover_minutes,
    }
    says = {
        "laboratory": found,
        "values": request.POST if refusal else values,
        "refusal": refusal,
        "default_closes_at": CLOSES_AT,
        "default_handover": int(HANDOVER.total_seconds() // 60),
        "new_key": new_id(),
    }
    return render(request, "dispatch/laboratory.html", says, status=refusal.status if refusal else 200)


@require_POST
@page("dispatch.assign")
def set_laboratory(request: PageRequest) -> HttpResponse:
    try:
        console.do(request, commands.set_laboratory, **said(request.POST))
    except LaboratoryInvalid as refusal:
        return show(request, refusal)
    return HttpResponseRedirect(reverse("dispatch:laboratory"), status=303)


@require_POST
@page("dispatch.assign")
def remove_laboratory(request: PageRequest) -> HttpResponse:
    console.do(request, commands.remove_laboratory)
    return HttpResponseRedirect(reverse("dispatch:laboratory"), status=303)


urlpatterns = [
    path("laboratory", laboratory, name="laboratory"),
    path("laboratory/set", set_laboratory, name="set_laboratory"),
    path("laboratory/remove", remove_laboratory, name="remove_laboratory"),
]
