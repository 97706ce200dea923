"""What caregivers object to: the list of those who manage quality, and one with its answer."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of, local
from anjia.kernel.console import PageRequest, page, uuid_of
from anjia.kernel.errors import DomainError
from anjia.kernel.paging import LARGEST
from anjia.quality import commands, performing, queries
from anjia.quality.console.improvements import by_name
from anjia.quality.console.performance import shown_row
from anjia.quality.console.refused import refusal_of, written
from anjia.quality.rules import FIRST_OF_GROUP, ObjectionState, months_before


@require_safe
@page("quality.manage")
def objections(request: PageRequest) -> HttpResponse:
    show = "answered" if request.GET.get("show") == "answered" else "open"
    found = console.ask(
        request,
        queries.objections,
        Purpose.CONTRACT,
        now=timezone.now(),
        show=show,
        after=request.GET.get("after") or None,
    )
    said = {
        "page": found.page,
        "counts": found.counts,
        "lines": [shown(one) for one in found.page.items],
        "show": show,
        "source": performing.source_of_objections(),
    }
    return render(request, "quality/objections.html", said)


def shown(one: queries.ObjectionShown) -> dict[str, Any]:
    objection = one.objection
    return performing.objection_said(one) | {
        "staff_id": objection.staff_id,
        "staff_name": one.staff_name,
        "month": f"{objection.month:%Y-%m}",
        "code": FIRST_OF_GROUP[objection.group],
    }


@require_safe
@page("quality.manage")
def objection(request: PageRequest, objection_id: UUID) -> HttpResponse:
    return objection_page(request, objection_id)


def objection_page(
    request: PageRequest, objection_id: UUID, refusal: DomainError | None = None
) -> HttpResponse:
    now = timezone.now()

    def both(actor: Actor, purpose: Purpose) -> tuple[queries.ObjectionPage, list[queries.RowShown]]:
        found = queries.objection_page(actor, purpose, objection_id=objection_id, now=now)
        return found, rows_of(actor, purpose, found, now)

    found, rows = console.ask(request, both, Purpose.CONTRACT)
    one = found.shown.objection
    is_open = one.state == ObjectionState.OPEN
    lines = [(str(row.row.row_id), shown_row(FIRST_OF_GROUP[one.group], row)) for row in rows]
    about = one.left_out_id or one.row_id
    said = shown(found.shown) | {
        "found": found,
        "row": next((line for row_id, line in lines if row_id == str(about)), None),
        "choices": [("", ""), *((row_id, row_choice(line)) for row_id, line in lines)],
        "owners": [(str(key), name) for key, name in sorted(found.owners.items(), key=by_name)],
        "can_decide": is_open and found.is_owner and not found.is_own,
        "can_hand_over": is_open and not found.is_own and bool(found.owners),
        "form": request.POST,
        "source": performing.source_of_objections(),
        "written": written(request, refusal),
        "refusal": refusal,
        "fields": refusal.fields if refusal else {},
    }
    return render(request, "quality/objection.html", said, status=refusal.status if refusal else 200)


def rows_of(actor: Actor, purpose: Purpose, found: queries.ObjectionPage, now: Any) -> list[queries.RowShown]:
    """Return the rows of what is objected to, where they can still be looked at."""
    one = found.shown.objection
    if not actor.may("quality.read") or one.month not in months_before(day_of(now)):
        return []
    if one.group == "training":
        return []
    return queries.performance_rows(
        actor,
        purpose,
        staff_id=one.staff_id,
        code=FIRST_OF_GROUP[one.group],
        month=one.month,
        as_of=now,
        size=LARGEST,
    ).page.items


def row_choice(line: dict[str, Any]) -> str:
    at = f"{local(line['at']):%m-%d %H:%M}"
    return " · ".join(one for one in (at, line["resident_name"], line["words"], line["side_words"]) if one)


@require_POST
@page("quality.manage")
def decide(request: PageRequest, objection_id: UUID) -> HttpResponse:
    said = {name: request.POST.get(name, "") for name in ("outcome", "reason")}
    row_id = uuid_of(request.POST.get("row_id", ""))
    return done(
        request,
        objection_id,
        lambda: console.do(
            request, commands.decide_objection, objection_id=objection_id, row_id=row_id, **said
        ),
    )


@require_POST
@page("quality.manage")
def hand_over(request: PageRequest, objection_id: UUID) -> HttpResponse:
    return done(
        request,
        objection_id,
        lambda: console.do(
            request,
            commands.hand_objection_over,
            objection_id=objection_id,
            **console.handed_over(request),
        ),
    )


def done(request: PageRequest, objection_id: UUID, act: Callable[[], object]) -> HttpResponse:
    """Do it and show the objection again; a refusal is said on its page, with what was written."""
    if refusal := refusal_of(act):
        return objection_page(request, objection_id, refusal)
    return HttpResponseRedirect(
        reverse("quality:objection", kwargs={"objection_id": objection_id}), status=303
    )
