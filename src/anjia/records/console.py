"""A resident's record, as doctors and nurses read it."""

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from anjia.clinical.measures import MEASURES
from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.console import PageRequest, number_of, page
from anjia.records import commands, queries
from anjia.records.charts import TrendView
from anjia.records.drawing import drawn
from anjia.records.models import ReadingConflict
from anjia.records.rules import TargetUnsound
from anjia.records.words import name_of, number, unit_of

app_name = "records"

DAYS = (7, 30, 90, 366)


def days_asked(request: HttpRequest) -> int:
    said = number_of(request.GET.get("days", ""))
    return said if said in DAYS else 90


@require_safe
@page("records.read")
def record(request: PageRequest, resident_id: UUID) -> HttpResponse:
    """Show all that was measured, and one thing of it as a trend."""
    found = console.ask(
        request,
        queries.record_page,
        Purpose.CARE,
        resident_id=resident_id,
        code=request.GET.get("code", ""),
        now=timezone.now(),
        days=days_asked(request),
    )
    said: dict[str, Any] = {
        "record": found,
        "conflicts": [shown_conflict(one) for one in found.conflicts],
        "today": day_of(timezone.now()),
        "age": found.resident.age_on(day_of(timezone.now())),
        "can_set_target": request.actor.may("records.set_target") and request.actor.staff_id is not None,
        "measures": [(one.code, f"{name_of(one)} {unit_of(one)}") for one in MEASURES.values()],
    }
    return render(request, "records/record.html", said | chart_of(found.trend))


def shown_conflict(conflict: ReadingConflict) -> dict[str, Any]:
    known = MEASURES.get(conflict.code)
    return {
        "at": conflict.at,
        "received_at": conflict.received_at,
        "name": name_of(known) if known else conflict.code,
        "value": number(conflict.value),
        "unit": unit_of(known) if known else conflict.unit,
    }


@require_safe
@page("records.read")
def trend(request: PageRequest, resident_id: UUID, code: str) -> HttpResponse:
    """Answer with one trend, for a page that is open."""
    found = console.ask(
        request,
        queries.trend,
        Purpose.CARE,
        resident_id=resident_id,
        code=code,
        now=timezone.now(),
        days=days_asked(request),
    )
    return render(request, "records/_trend.html", chart_of(found) | {"resident_id": resident_id})


@require_POST
@page("records.set_target")
def set_target(request: PageRequest, resident_id: UUID) -> HttpResponse:
    console.do(
        request,
        commands.set_target,
        resident_id=resident_id,
        code=request.POST.get("code", ""),
        low=number_said(request, "low"),
        high=number_said(request, "high"),
        reason=request.POST.get("reason", "")[:500],
    )
    shown = "bp" if request.POST.get("code") in {"8480-6", "8462-4"} else request.POST.get("code", "")
    back = reverse("records:record", kwargs={"resident_id": resident_id})
    return HttpResponseRedirect(f"{back}?code={shown}", status=303)


def number_said(request: HttpRequest, name: str) -> Decimal | None:
    """:raises TargetUnsound: if it is no number"""
    said = request.POST.get(name, "").strip()
    if not said:
        return None
    try:
        number = Decimal(said)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) > 100_000:
        raise TargetUnsound(fields={name: _("请填一个数。")})
    return number


def chart_of(found: TrendView) -> dict[str, Any]:
    return {
        "trend": found,
        "chart": drawn(found),
        "latest_first": list(reversed(found.points)),
        "choices_of_days": DAYS,
    }


urlpatterns = [
    path("<uuid:resident_id>/", record, name="record"),
    path("<uuid:resident_id>/trends/<str:code>", trend, name="trend"),
    path("<uuid:resident_id>/targets", set_target, name="set_target"),
]
