"""The board of those who take cases, one case, and what the house sets."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anjia.emergencies import commands, forms, queries
from anjia.emergencies.rules.cases import BY_ITSELF, OUTCOME_WORDS
from anjia.emergencies.rules.house import DEFAULTS, WEEKDAYS
from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError

app_name = "emergencies"

LABELS = {
    "unanswered_seconds": _("没有人接，几秒后告诉负责人"),
    "overdue_minutes": _("上门过了结束时间，几分钟后问护士"),
    "answer_minutes": _("护士几分钟没回，就报警"),
}


@require_safe
@page("emergencies.take")
def board(request: PageRequest) -> HttpResponse:
    """Show what somebody must take now, or what is over."""
    now, past = timezone.now(), request.GET.get("show") == "past"

    def ask(actor: Actor, purpose: Purpose) -> dict[str, Any]:
        said: dict[str, Any] = {
            "now": now,
            "watchers": queries.watchers(actor, purpose, now=now),
            "house": queries.house_rules(actor, purpose),
            "past": past,
        }
        if past:
            said["page"] = queries.past_lines(actor, purpose, now=now, after=request.GET.get("after") or None)
        else:
            said["cases"] = queries.open_lines(actor, purpose, now=now, with_readings=True)
        return said

    said = console.ask(request, ask, Purpose.VITAL)
    said["is_open"] = said["house"].is_open(now)
    said["is_heard"] = any(one.hears for one in said["watchers"])
    said["may_set"] = request.actor.may("emergencies.set")
    return render(request, "emergencies/board.html", said)


@require_POST
@page("emergencies.take")
def watch(request: PageRequest) -> HttpResponse:
    """
    Say that this screen is on, and answer with what must be taken: the strip on every page of the console. A case's own
    page says it in large letters already: there it rings, and is not said twice.
    """
    console.do(
        request,
        commands.keep_watch,
        hears=request.POST.get("hears") == "1",
        is_visible=request.POST.get("visible") == "1",
    )
    cases = console.ask(request, queries.open_lines, Purpose.VITAL, now=timezone.now())
    ringing = [one for one in cases if one.case.rings]
    here = urlsplit(request.headers.get("HX-Current-URL", "")).path
    shown = [one for one in ringing if not here.startswith(reverse("emergencies:case", args=[one.case.id]))]
    response = render(request, "emergencies/_strip.html", {"cases": ringing, "shown": shown})
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@page("emergencies.take")
def case(request: PageRequest, case_id: UUID) -> HttpResponse:
    """Show one case: where, whom to call, what was measured last, and its course."""
    return show_case(request, case_id)


@require_POST
@page("emergencies.take")
def take(request: PageRequest, case_id: UUID) -> HttpResponse:
    """Take it."""
    return doing(request, commands.take_case, case_id)


@require_POST
@page("emergencies.take")
def hand_back(request: PageRequest, case_id: UUID) -> HttpResponse:
    """Give it back to the others."""
    return doing(request, commands.hand_case_back, case_id, words=forms.text(request.POST, "words"))


@require_POST
@page("emergencies.take")
def note(request: PageRequest, case_id: UUID) -> HttpResponse:
    """Write down what was said, or what was done."""
    is_deed = request.POST.get("what") == "done"
    words = forms.text(request.POST, "words")
    return doing(request, commands.note_in_case, case_id, words=words, is_deed=is_deed)


@require_POST
@page("emergencies.take")
def close(request: PageRequest, case_id: UUID) -> HttpResponse:
    """Close it, with what came of it."""
    outcome, words = forms.text(request.POST, "outcome"), forms.text(request.POST, "words")
    return doing(request, commands.close_case, case_id, outcome=outcome, words=words)


def doing(request: PageRequest, command: Any, case_id: UUID, **what: Any) -> HttpResponse:
    try:
        console.do(request, command, case_id=case_id, **what)
    except DomainError as refusal:
        if refusal.status in {403, 404}:
            raise
        return show_case(request, case_id, refusal)
    return HttpResponseRedirect(reverse("emergencies:case", kwargs={"case_id": case_id}))


def show_case(request: PageRequest, case_id: UUID, refusal: DomainError | None = None) -> HttpResponse:
    found = console.ask(request, queries.case_page, Purpose.VITAL, case_id=case_id, now=timezone.now())
    said = {
        "found": found,
        "shown": found.shown,
        "case": found.shown.case,
        "outcomes": [("", _("请选"))]
        + [(one.value, words) for one, words in OUTCOME_WORDS.items() if one not in BY_ITSELF],
        "refusal": refusal,
        "typed": request.POST,
    }
    return render(request, "emergencies/case.html", said, status=refusal.status if refusal else 200)


@require_safe
@page("emergencies.set")
def settings(request: PageRequest) -> HttpResponse:
    """Show what the house has set, and what holds where it has set nothing."""
    return show_settings(request)


@require_POST
@page("emergencies.set")
def set_house(request: PageRequest) -> HttpResponse:
    """Set the number, the hours and the minutes."""
    try:
        knowingly = request.POST.get("knowingly") == "1"
        console.do(request, commands.set_house, **forms.house(request.POST), knowingly=knowingly)
    except DomainError as refusal:
        return show_settings(request, refusal)
    return HttpResponseRedirect(f"{reverse('emergencies:settings')}?set=1")


def show_settings(request: PageRequest, refusal: DomainError | None = None) -> HttpResponse:
    house = console.ask(request, queries.house_rules, Purpose.CONTRACT)
    typed = forms.house(request.POST) if refusal else None
    fields = refusal.fields if refusal else {}
    days = set(typed["weekdays"]) if typed else set(house.weekdays)
    values = {
        "first_number": house.first_number,
        "opens_at": f"{house.opens_at:%H:%M}",
        "closes_at": f"{house.closes_at:%H:%M}",
    } | (typed["said"] if typed else {})
    said = {
        "values": values,
        "fields": fields,
        "refusal": refusal,
        "was_set": request.GET.get("set") == "1",
        "minutes": [
            {
                "name": name,
                "label": LABELS[name],
                "value": typed["said"][name] if typed else getattr(house, name),
                "default": default,
                "error": fields.get(name, ""),
            }
            for name, default in DEFAULTS.items()
        ],
        "days": [(number, words, number in days) for number, words in enumerate(WEEKDAYS)],
    }
    return render(request, "emergencies/settings.html", said, status=refusal.status if refusal else 200)


urlpatterns = [
    path("", board, name="board"),
    path("watch", watch, name="watch"),
    path("settings", settings, name="settings"),
    path("settings/set", set_house, name="set_house"),
    path("<uuid:case_id>", case, name="case"),
    path("<uuid:case_id>/take", take, name="take"),
    path("<uuid:case_id>/hand-back", hand_back, name="hand_back"),
    path("<uuid:case_id>/note", note, name="note"),
    path("<uuid:case_id>/close", close, name="close"),
]
