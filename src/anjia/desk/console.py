"""The desk's pages: the live board, a visit with its history, the service desk, the doctor's list, the audit."""

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from anjia.desk import queries
from anjia.desk.nav import url_of
from anjia.desk.weeks import week_meant, weeks_page
from anjia.dispatch.queries import Telling, telling_of
from anjia.identity.queries import account_named
from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.console import PageRequest, page, uuid_of
from anjia.kernel.sealing import newest_outside, verify_all
from anjia.kernel.work import acting
from anjia.visits.commands import settle_conflict

app_name = "desk"

NO_GROUND = b'{"type": "FeatureCollection", "features": []}'


def day_asked(request: HttpRequest) -> date:
    """Return the day that the address names, or today; nonsense is today."""
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return day_of(timezone.now())


def looking_at(request: HttpRequest) -> dict[str, Any]:
    return {
        "day": day_asked(request),
        "now": timezone.now(),
        "state": request.GET.get("state", ""),
        # Posted: a name in an address would stay in logs and histories.
        "who": request.POST.get("who", "").strip(),
        "cell": request.GET.get("cell", ""),
        "after": request.GET.get("after") or None,
    }


def handling(request: PageRequest) -> dict[str, bool]:
    """Say what of the board is the reader's to deal with: what came in between at visits, and who is sent."""
    may = request.actor.may
    return {
        "may_handle": may("exceptions.handle"),
        "may_assign": may("dispatch.assign"),
        "may_call": may("messaging.call"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@page("board.read")
def board(request: PageRequest) -> HttpResponse:
    found = console.ask(request, queries.board_page, Purpose.CONTRACT, **looking_at(request))
    return render(request, "desk/board.html", {"board": found, **handling(request)})


@require_GET
@page("board.read")
def rows(request: PageRequest) -> HttpResponse:
    found = console.ask(request, queries.board_page, Purpose.CONTRACT, **looking_at(request))
    return render(request, "desk/_board_rows.html", {"board": found, **handling(request)})


@require_GET
@page("board.read")
def tallies(request: PageRequest) -> HttpResponse:
    found = console.ask(request, queries.board_page, Purpose.CONTRACT, **looking_at(request))
    return render(request, "desk/_board_tallies.html", {"board": found})


@require_GET
@page("board.read")
def row(request: PageRequest, visit_id: UUID) -> HttpResponse:
    """Answer with one row, or with nothing where it no longer belongs."""
    asked = looking_at(request)
    found = console.ask(
        request,
        queries.row_on_board,
        Purpose.CONTRACT,
        visit_id=visit_id,
        day=asked["day"],
        now=asked["now"],
        state=asked["state"],
    )
    if found is None:
        return HttpResponse("")
    return render(request, "desk/_board_row.html", {"row": found, "just_now": True, **handling(request)})


@require_GET
@page("board.read")
def gantt(request: PageRequest) -> HttpResponse:
    found = console.ask(
        request,
        queries.gantt_of_day,
        Purpose.CONTRACT,
        day=day_asked(request),
        now=timezone.now(),
        after=uuid_of(request.GET.get("staff_after", "")),
    )
    said = {"gantt": found, "day": day_asked(request), **handling(request)}
    return render(request, "desk/_board_gantt.html", said)


@require_GET
@page("board.read")
def points(request: PageRequest) -> HttpResponse:
    cells = console.ask(
        request, queries.map_of_day, Purpose.CONTRACT, day=day_asked(request), now=timezone.now()
    )
    return JsonResponse({"cells": cells})


@require_GET
@page("board.read")
def ground(request: PageRequest) -> HttpResponse:
    """Answer with the installation's own map: `map.geojson` in its data folder; without one, bare ground."""
    file = Path(settings.ANJIA_HOME) / "map.geojson"
    text = file.read_bytes() if file.is_file() else NO_GROUND
    return HttpResponse(text, content_type="application/geo+json")


@require_safe
@page("visits.read")
def visit(request: PageRequest, visit_id: UUID) -> HttpResponse:
    found = console.ask(request, queries.visit_page, Purpose.CONTRACT, visit_id=visit_id, now=timezone.now())
    context = {
        "shown": found,
        "can_settle": request.actor.may("visits.settle"),
        "suitability_url": url_of("dispatch:suitability", visit_id=visit_id)
        if request.actor.may("dispatch.assign")
        else "",
        "repair_url": url_of("dispatch:repair", visit_id=visit_id),
        "move_url": url_of("dispatch:move", visit_id=visit_id) if request.actor.may("dispatch.book") else "",
        "cancel_url": url_of("dispatch:cancel", visit_id=visit_id)
        if request.actor.may("visits.cancel")
        else "",
        "resident_url": url_of("residents:resident", resident_id=found.visit.resident_id),
        "concern_url": url_of("quality:new_concern") if request.actor.may("quality.raise") else "",
        "exception_url": url_of("exceptions:new", visit_id=visit_id, exception_kind="no_show")
        if request.actor.may("exceptions.report")
        else "",
        **handling(request),
        "ledger_url": f"{url_of('supplies:ledger')}?visit_id={visit_id}"
        if request.actor.may("supplies.read")
        else "",
    }
    return render(request, "desk/visit.html", context)


@require_safe
@page("visits.settle")
def conflicts(request: PageRequest) -> HttpResponse:
    found = console.ask(
        request, queries.conflicts_page, Purpose.CONTRACT, after=request.GET.get("after") or None
    )
    return render(request, "desk/conflicts.html", {"page": found})


@require_POST
@page("visits.settle")
def settle(request: PageRequest, conflict_id: UUID) -> HttpResponse:
    console.do(
        request,
        settle_conflict,
        conflict_id=conflict_id,
        decision="counts" if request.POST.get("decision") == "counts" else "void",
        why=request.POST.get("why", ""),
    )
    back = uuid_of(request.POST.get("visit_id", ""))
    return HttpResponseRedirect(url_of("desk:visit", visit_id=back) if back else "/console/", status=303)


@require_http_methods(["GET", "HEAD", "POST"])
@page("desk.bookings")
def bookings(request: PageRequest) -> HttpResponse:
    """
    One box for whoever calls; below it, whom it may mean. htmx asks for the list alone as the desk types.

    What is typed is posted: a name or an ID number in an address would stay in logs and histories.
    """
    text = (request.POST.get("q") or request.GET.get("q", "")).strip()
    found = (
        console.ask(request, queries.callers_found, Purpose.CONTRACT, text=text, now=timezone.now())
        if text
        else []
    )
    part = request.headers.get("HX-Request") == "true"
    return render(
        request, "desk/_found.html" if part else "desk/bookings.html", {"found": found, "text": text}
    )


@require_safe
@page("desk.bookings")
def caller(request: PageRequest, resident_id: UUID) -> HttpResponse:
    found = console.ask(
        request, queries.caller_page, Purpose.CONTRACT, resident_id=resident_id, now=timezone.now()
    )
    context = {
        "caller": found,
        "book_url": url_of("dispatch:book", resident_id=resident_id),
        "resident_url": url_of("residents:resident", resident_id=resident_id),
        "calls_url": url_of("messaging:call_list"),
        "concern_url": url_of("quality:new_concern") if request.actor.may("quality.raise") else "",
    }
    return render(request, "desk/caller.html", context)


@require_safe
@page("desk.bookings")
def weeks(request: PageRequest) -> HttpResponse:
    """Print the week of everybody to whom somebody comes, a sheet each."""
    return sheets(request)


@require_safe
@page("desk.bookings")
def week(request: PageRequest, resident_id: UUID) -> HttpResponse:
    """Print one elder's week, also an empty one: she sees that nobody was forgotten."""
    return sheets(request, resident_id)


def sheets(request: PageRequest, resident_id: UUID | None = None) -> HttpResponse:
    now = timezone.now()
    found = console.ask(
        request,
        weeks_page,
        Purpose.CONTRACT,
        first=week_meant(request.GET.get("week", ""), day_of(now)),
        now=now,
        resident_id=resident_id,
        after=uuid_of(request.GET.get("after", "")),
    )
    return render(request, "desk/weeks.html", {"page": found, "resident_id": resident_id})


@require_safe
@page("desk.worklist")
def worklist(request: PageRequest) -> HttpResponse:
    found = console.ask(
        request,
        queries.worklist,
        Purpose.CARE,
        now=timezone.now(),
        after=request.GET.get("after") or None,
    )
    return render(request, "desk/worklist.html", {"page": found, "cases": found.items})


@require_safe
@page("identity.manage")
def system(request: PageRequest) -> HttpResponse:
    """What the machine has not managed."""
    found = console.ask(request, queries.system_page, Purpose.LEGAL, now=timezone.now())
    return render(request, "desk/system.html", {"page": found})


@require_http_methods(["GET", "HEAD", "POST"])
@page("audit.read")
def audit_log(request: PageRequest) -> HttpResponse:
    """Who did what. What is asked for is posted, and names become ids before they are part of an address."""
    if request.method == "POST":
        return audit_search(request)
    asked = {name: request.GET.get(name, "") for name in ("day", "by", "subject")}
    found = console.ask(
        request,
        queries.audit_page,
        Purpose.LEGAL,
        by=uuid_of(asked["by"]),
        subject_id=uuid_of(asked["subject"]),
        day=day_asked(request) if asked["day"] else None,
        after=request.GET.get("after") or None,
    )
    return render(request, "desk/audit.html", {"page": found, "asked": asked, "newest": newest_outside()})


def audit_search(request: PageRequest) -> HttpResponse:
    asked = {name: request.POST.get(name, "").strip() for name in ("day", "by", "subject")}
    wrong = ""
    by, subject = uuid_of(asked["by"]), uuid_of(asked["subject"])
    if asked["by"] and by is None:
        by = console.ask(request, account_named, Purpose.LEGAL, name=asked["by"])
        wrong = "" if by else _("没有叫“{name}”的用户。写全名，或者贴编号。").format(name=asked["by"])
    if asked["subject"] and subject is None:
        wrong = _("“{text}”不是编号。编号有 36 位，从别的页面复制过来。").format(text=asked["subject"])
    if wrong:
        found = console.ask(request, queries.audit_page, Purpose.LEGAL)
        context = {"page": found, "asked": asked, "wrong": wrong, "newest": newest_outside()}
        return render(request, "desk/audit.html", context)
    narrowed = {"day": asked["day"], "by": by, "subject": subject}
    query = urlencode({name: value for name, value in narrowed.items() if value})
    return HttpResponseRedirect(f"{url_of('desk:audit')}?{query}", status=303)


@require_POST
@page("audit.read")
def audit_verify(request: PageRequest) -> HttpResponse:
    """Check every seal against its entries. It reads all of them: somebody asks for it, it does not come by itself."""
    verdict = verify_all(timezone.now())
    if request.headers.get("HX-Request"):
        return render(request, "desk/_verdict.html", {"verdict": verdict})
    found = console.ask(request, queries.audit_page, Purpose.LEGAL)
    context = {"page": found, "asked": {}, "newest": newest_outside(), "verdict": verdict}
    return render(request, "desk/audit.html", context)


def frame_of(actor: Actor) -> queries.Frame:
    """Return whose page it is. Names hardly ever change, and every page shows them: kept for five minutes."""
    return _frame_kept(actor, int(timezone.now().timestamp() // 300))


def about_visit(actor: Actor, visit_id: UUID) -> Telling | None:
    """Return of which visit's time a household is told, for the page on which it is."""
    if not actor.may("visits.read"):
        return None
    now = timezone.now()
    return acting(actor, now).ask(telling_of, Purpose.CONTRACT, visit_id=visit_id, now=now)


@lru_cache(maxsize=1000)
def _frame_kept(actor: Actor, five_minutes: int) -> queries.Frame:
    now: datetime = timezone.now()
    return acting(actor, now).ask(queries.frame_of, Purpose.LEGAL)


urlpatterns = [
    path("board", board, name="board"),
    path("board/rows", rows, name="rows"),
    path("board/tallies", tallies, name="tallies"),
    path("board/rows/<uuid:visit_id>", row, name="row"),
    path("board/gantt", gantt, name="gantt"),
    path("board/points", points, name="points"),
    path("board/ground", ground, name="ground"),
    path("visits/<uuid:visit_id>", visit, name="visit"),
    path("conflicts", conflicts, name="conflicts"),
    path("conflicts/<uuid:conflict_id>/settle", settle, name="settle"),
    path("bookings", bookings, name="bookings"),
    path("bookings/<uuid:resident_id>", caller, name="caller"),
    path("bookings/<uuid:resident_id>/week", week, name="week"),
    path("weeks", weeks, name="weeks"),
    path("worklist", worklist, name="worklist"),
    path("system", system, name="system"),
    path("audit", audit_log, name="audit"),
    path("audit/verify", audit_verify, name="audit_verify"),
]
