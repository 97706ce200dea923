"""How Anjia itself fares: for who runs it, for everybody, and for a monitor."""

import secrets
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from anjia.kernel.actors import Purpose, system
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import NotFound
from anjia.kernel.work import acting
from anjia.operations import metrics, queries
from anjia.operations.queries import Stability
from anjia.operations.rules import TARGET, minute_of

app_name = "operations"


@require_safe
@page("identity.manage")
def stability(request: PageRequest) -> HttpResponse:
    """Show how it has been, what was amiss, and what waits now."""
    proofs = acting(system(), timezone.now()).ask(queries.last_proofs, Purpose.CONTRACT)
    return render(request, "operations/stability.html", seen() | {"waiting": waiting(), "proofs": proofs})


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Show everybody how it has been and what was amiss."""
    return render(request, "operations/status.html", seen())


@require_safe
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Give a monitor that knows the token its numbers; to others there is no such page."""
    token, said = settings.METRICS_TOKEN, request.headers.get("Authorization", "")
    if not token or not secrets.compare_digest(said.encode(), f"Bearer {token}".encode()):
        raise NotFound
    content = metrics.written(seen()["stability"], waiting())
    return HttpResponse(content, content_type=metrics.CONTENT_TYPE)


def seen() -> dict[str, Any]:
    """Read it as the system: it is of the whole installation, and of nobody in it."""
    found = stability_of(minute_of(timezone.now()))
    return {"stability": found, "target": TARGET, "now": found.as_of}


@lru_cache(maxsize=1)
def stability_of(minute: datetime) -> Stability:
    """Return it as of this minute. It is asked once: a page for everybody may be asked for by everybody."""
    return acting(system(), minute).ask(queries.stability, Purpose.CONTRACT, now=minute)


def waiting() -> dict[str, Any]:
    now = timezone.now()
    return acting(system(), now).ask(queries.what_waits, Purpose.CONTRACT, now=now)


urlpatterns = [path("", stability, name="stability")]
public = [path("status", status, name="status"), path("metrics", metrics_page, name="metrics")]
