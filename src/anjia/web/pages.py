"""Pages that belong to no context: health, refusals, crashes, the client, and what every page shows."""

import sys
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anjia.desk import nav
from anjia.kernel.actors import Actor
from anjia.kernel.database import is_away
from anjia.kernel.errors import Away, Crashed, DomainError, NotFound
from anjia.kernel.logs import places, route_of

LANGUAGES = {"zh-hans", "en"}
NAMES_OF_VENDORS = {"wechat": gettext_lazy("微信"), "sms": gettext_lazy("短信")}


def everywhere(request: HttpRequest) -> dict[str, Any]:
    """Return what every page's template can use."""
    actor = getattr(request, "actor", None)
    return {
        "is_demo": settings.IS_DEMO,
        "stand_ins": [words for vendor, words in NAMES_OF_VENDORS.items() if vendor in settings.STAND_INS],
        "roads_stand_in": "roads" in settings.STAND_INS,
        "actor": actor,
        "nav": nav.nav_for(actor, request.path) if actor else [],
        "language": get_language(),
        "new_key": str(uuid4()),
    }


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    part = request.headers.get("HX-Request") == "true" and not request.headers.get("HX-Boosted")
    template = "desk/_refusal.html" if part else "desk/refusal.html"
    return render(request, template, {"refusal": error, "back": came_from(request)}, status=error.status)


def came_from(request: HttpRequest) -> str:
    """Return the page of ours on which this was asked for, if it is another one."""
    try:
        before = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # anybody can say anything: "http://["
        return ""
    if before.netloc != request.get_host() or (request.method == "GET" and before.path == request.path):
        return ""
    path = "/" + before.path.lstrip("/")  # "//somewhere" would be another host's
    return path + (f"?{before.query}" if before.query else "")


def only_sent_to(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Say that there is nothing to see where forms are sent: she has come back, or changed the language, after one."""

    class OnlySentTo(DomainError):
        code = "page_only_sent_to"
        status = 405
        words = _("这里只收表单，没有可看的。")

    what_to_do = _("刚才的没有再交一次。回到上一层，从那里接着办。")
    said = {"refusal": OnlySentTo(), "back": above(request.path, actor), "what_to_do": what_to_do}
    return render(request, "desk/refusal.html", said, status=OnlySentTo.status)


def above(path: str, actor: Actor) -> str:
    """Return the nearest page above this address that the actor may open."""
    for parent in PurePosixPath(path).parents:
        for address in (str(parent), f"{parent}/"):
            try:
                needed = getattr(resolve(address).func, "permission", None)
            except Resolver404:
                continue
            if needed is None or actor.may(needed):
                return address
    return "/"


def as_json(refusal: DomainError) -> JsonResponse:
    return JsonResponse({"code": refusal.code, "detail": refusal.detail, "fields": {}}, status=refusal.status)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    class Stale(DomainError):
        code = "page_too_old"
        status = 403
        words = _("这一页放得太久了，刚才的没有提交。请刷新页面再试一次。")

    return refused(request, Stale())


def crashed(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """Say that we are to blame, or, while the database is started again, when to come back."""
    if not is_away(error):
        return told(request, Crashed())
    response = told(request, Away())
    response["Retry-After"] = str(Away.retry_after)
    return response


def told(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    return as_json(refusal) if request.path.startswith("/api/") else refused(request, refusal)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no such page, as where somebody looks for what is not hers."""
    return told(request, NotFound())


def crashed_before(request: HttpRequest) -> HttpResponse:
    """What broke before there was a page to break: looking up who asks."""
    return crashed(request, sys.exception())


def where_it_broke(request: HttpRequest, error: Exception) -> str:
    """Return kind and place of the error: no message, no path, no input, which may be personal."""
    return f"{type(error).__name__} in {request.method} {route_of(request)} at {places(error)}"


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    language = request.POST.get("language", "")
    response = HttpResponseRedirect(safe_way_back(request), status=303)
    if language in LANGUAGES:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=31_536_000,
            samesite="Lax",
            secure=settings.LANGUAGE_COOKIE_SECURE,
        )
    return response


def safe_way_back(request: HttpRequest) -> str:
    way = request.POST.get("next", "/")
    return way if way.startswith("/") and not way.startswith("//") and "\\" not in way else "/"


@require_GET
def client(request: HttpRequest, path: str = "") -> FileResponse:
    """Serve the built client. Everything in it is public; what it shows comes through the API."""
    root = settings.CLIENT_DIST.resolve()
    wanted = (root / (path or "index.html")).resolve()
    if not wanted.is_relative_to(root) or not wanted.is_file():
        raise Http404
    response = FileResponse(wanted.open("rb"))
    hashed = path.startswith("assets/")
    response["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
    return response
