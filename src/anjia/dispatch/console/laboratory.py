"""The page on which a house says where its laboratory takes what is brought, and when."""

import re
from collections.abc import Mapping
from datetime import date, time
from math import isfinite
from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.dateparse import parse_date, parse_time
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anjia.dispatch import commands, queries
from anjia.dispatch.queries import SiteSaid
from anjia.dispatch.rules.delivering import CLOSES_AT, HANDOVER, Hours, LaboratoryInvalid, TooManySites
from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.console import PageRequest, number_of, page, uuid_of
from anjia.kernel.errors import DomainError
from anjia.kernel.ids import new_id

WEEKDAYS: Final = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
USUAL: Final[Hours] = (
    time(8),
    CLOSES_AT,
)  # what the form says of a new place; the laboratory's own rule goes first


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


def day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def said(form: Mapping[str, str]) -> dict[str, Any]:
    written = [
        (form.get(f"opens_{one}", "").strip(), form.get(f"closes_{one}", "").strip()) for one in range(7)
    ]
    return {
        "laboratory_id": id_in(form),
        "name": form.get("name", "")[:1000],
        "latitude": number(form.get("latitude", "")),
        "longitude": number(form.get("longitude", "")),
        "hours": [(clock(opens), clock(closes)) if opens or closes else None for opens, closes in written],
        "closed_on": [
            day(one) for one in re.split(r"[\s,，、;；]+", form.get("closed_on", "")[:4000]) if one
        ],
        "handover_minutes": number_of(form.get("handover_minutes", "").strip()),
    }


def id_in(form: Mapping[str, str]) -> Any:
    """:raises Http404: if it names what can be no place"""
    text = form.get("laboratory_id", "")
    found = uuid_of(text) if text else None
    if text and found is None:
        raise Http404
    return found


@require_safe
@page("dispatch.assign")
def laboratory(request: PageRequest) -> HttpResponse:
    """Show what is set, and the form of one place: of the one that is asked for, or of a new one."""
    return show(request)


def show(request: PageRequest, refusal: DomainError | None = None) -> HttpResponse:
    sites = console.ask(request, queries.laboratory_said, Purpose.CONTRACT)
    asked = request.POST.get("laboratory_id", "") if refusal else request.GET.get("which", "")
    chosen = next((one for one in sites if str(one.id) == asked), None)
    unsaid = console.ask(request, queries.services_without_minutes, Purpose.CONTRACT)
    values = request.POST if refusal else values_of(chosen)
    says = {
        "sites": [(one, week_of(one)) for one in sites],
        "places": [
            {"name": one.name, "latitude": one.latitude, "longitude": one.longitude, "id": str(one.id)}
            for one in sites
        ],
        "chosen": chosen,
        "unsaid": unsaid,
        "may_draft": request.actor.may("catalogue.draft"),
        "is_asked": bool(chosen or refusal or not sites or request.GET.get("which") == "new"),
        "values": values,
        "week": [
            (number, words, values.get(f"opens_{number}", ""), values.get(f"closes_{number}", ""))
            for number, words in enumerate(WEEKDAYS)
        ],
        "refusal": refusal,
        "default_closes_at": CLOSES_AT,
        "default_handover": int(HANDOVER.total_seconds() // 60),
        "new_key": new_id(),
    }
    return render(request, "dispatch/laboratory.html", says, status=refusal.status if refusal else 200)


def values_of(site: SiteSaid | None) -> dict[str, Any]:
    hours = site.hours if site else (USUAL,) * 7
    times = {
        f"{name}_{number}": f"{moment:%H:%M}"
        for number, one in enumerate(hours)
        if one
        for name, moment in zip(("opens", "closes"), one, strict=True)
    }
    if site is None:
        return times | {"handover_minutes": int(HANDOVER.total_seconds() // 60)}
    return times | {
        "name": site.name,
        "latitude": str(site.latitude),
        "longitude": str(site.longitude),
        "closed_on": "\n".join(f"{one:%Y-%m-%d}" for one in site.closed_on),
        "handover_minutes": site.handover_minutes,
    }


def week_of(site: SiteSaid) -> list[tuple[str, str]]:
    """Return when it takes what, days that follow each other and are alike in one line."""
    lines: list[tuple[int, int, Hours | None]] = []
    for number, hours in enumerate(site.hours):
        if lines and lines[-1][2] == hours:
            lines[-1] = (lines[-1][0], number, hours)
        else:
            lines.append((number, number, hours))
    return [
        (
            str(WEEKDAYS[first]) if first == last else f"{WEEKDAYS[first]}–{WEEKDAYS[last]}",
            f"{hours[0]:%H:%M}–{hours[1]:%H:%M}" if hours else "",
        )
        for first, last, hours in lines
    ]


@require_POST
@page("dispatch.assign")
def set_laboratory(request: PageRequest) -> HttpResponse:
    try:
        console.do(request, commands.set_laboratory, **said(request.POST))
    except (LaboratoryInvalid, TooManySites) as refusal:
        return show(request, refusal)
    return HttpResponseRedirect(reverse("dispatch:laboratory"), status=303)


@require_POST
@page("dispatch.assign")
def remove_laboratory(request: PageRequest) -> HttpResponse:
    laboratory_id = id_in(request.POST)
    if laboratory_id is None:
        raise Http404
    console.do(request, commands.remove_laboratory, laboratory_id=laboratory_id)
    return HttpResponseRedirect(reverse("dispatch:laboratory"), status=303)


urlpatterns = [
    path("laboratory", laboratory, name="laboratory"),
    path("laboratory/set", set_laboratory, name="set_laboratory"),
    path("laboratory/remove", remove_laboratory, name="remove_laboratory"),
]
