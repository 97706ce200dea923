"""What the pages of supplies share: which station is looked at, and where to go on."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.console import PageRequest
from anjia.supplies import forms, queries

T = TypeVar("T")
read_or_post: Final = require_http_methods(["GET", "HEAD", "POST"])
Question = Callable[[Actor, Purpose, UUID], T]


def today() -> date:
    return day_of(timezone.now())


def at_station(
    request: PageRequest,
    question: Question[T],
    *,
    usual: Callable[[Actor, Purpose], UUID] | None = None,
) -> tuple[T, dict[str, Any]]:
    """
    Return what is found at the station of the request, or else the `usual` or the first, with what names the station.

    The form names it before the address does: what was refused is shown where it was meant to happen.

    :raises NotFound: if the request names a station of somebody else's
    """
    wanted = forms.id_or_none(request.POST, "station_id") or forms.id_or_none(request.GET, "station")

    def ask(actor: Actor, purpose: Purpose) -> tuple[T, UUID, list[tuple[UUID, str]]]:
        found = queries.stores(actor, purpose)
        station_id = wanted or (usual(actor, purpose) if usual else found[0][0])
        return question(actor, purpose, station_id), station_id, found

    found, station_id, stations = console.ask(request, ask, Purpose.CONTRACT)
    names = dict(stations)
    said = {
        "stations": stations,
        "station_id": station_id,
        "station": names.get(station_id, ""),
        "may_keep": request.actor.may("supplies.keep"),
        "today": today(),
    }
    return found, said


def go(name: str, *, station: UUID | None = None, **parts: Any) -> HttpResponse:
    query = f"?{urlencode({'station': station})}" if station else ""
    return redirect(reverse(f"supplies:{name}", kwargs=parts) + query)
