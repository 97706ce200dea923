"""The call list and the outbox."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds, day_of
from anjia.kernel.console import PageRequest, page, uuid_of
from anjia.kernel.errors import Invalid, NotFound
from anjia.messaging import commands, queries
from anjia.messaging.models import Recipient
from anjia.messaging.rules import CALL_WORDS, CallOutcome, CallUnsound, Channel, State, WayUnsound
from anjia.messaging.words import CHANNEL_WORDS, STATE_TONES, STATE_WORDS, title_words, why_words

app_name = "messaging"


def day_asked(request: HttpRequest, today: date) -> date:
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return today


def lists(actor: Actor, purpose: Purpose, *, day: date, now: datetime) -> dict[str, Any]:
    """Return the day's calls and, of today, those that are over."""
    start, end = day_bounds(day_of(now))
    return {
        "lines": queries.call_list(actor, purpose, day=day),
        "closed": queries.calls_closed_on(actor, purpose, start=start, end=end),
    }


@require_safe
@page("messaging.call")
def call_list(request: PageRequest) -> HttpResponse:
    """Show whom to call today or tomorrow, and what to say."""
    now = timezone.now()
    today = day_of(now)
    day = day_asked(request, today)
    found = console.ask(request, lists, Purpose.CONTRACT, day=day, now=now)
    said = {
        "day": day,
        "today": today,
        "tomorrow": today + timedelta(days=1),
        "lines": [shown_call(line, today=today) for line in found["lines"]],
        "closed": [shown_call(line, today=today) for line in found["closed"]],
        "outcomes": [(outcome.value, words) for outcome, words in CALL_WORDS.items()],
    }
    return render(request, "messaging/call_list.html", said)


def shown_call(line: queries.CallLine, *, today: date) -> dict[str, Any]:
    return {
        "id": line.call.id,
        "party_id": line.call.party_id,
        "name": line.name,
        "phone": line.phone,
        "words": line.call.words,
        "why": why_words(line.call.why, line.tried),
        "day": line.call.day,
        "is_late": line.call.day < today,
        "state": line.call.state,
        "attempts": [
            {
                "at": attempt.at,
                "words": CALL_WORDS[CallOutcome(attempt.outcome)],
                "next_step": attempt.next_step,
                "again_on": attempt.again_on,
            }
            for attempt in line.attempts
        ],
    }


@require_POST
@page("messaging.call")
def log_call(request: PageRequest, call_id: UUID) -> HttpResponse:
    again_on = request.POST.get("again_on", "")
    console.do(
        request,
        commands.log_call,
        call_id=call_id,
        outcome=outcome_said(request.POST.get("outcome", "")),
        next_step=request.POST.get("next_step", "")[:500],
        again_on=day_said(again_on) if again_on else None,
    )
    back = reverse("messaging:call_list")
    return HttpResponseRedirect(f"{back}?day={request.POST.get('day', '')}", status=303)


@require_safe
@page("messaging.call")
def told(request: PageRequest, visit_id: UUID) -> HttpResponse:
    """Show what a household was to be told about a visit, who is not known to have heard, and what can be done."""
    found = console.ask(request, queries.tellings, Purpose.CONTRACT, about_id=visit_id)
    now = timezone.now()
    said = {
        "visit_id": visit_id,
        "open": [shown_telling(one, now=now) for one in found if not one.is_told],
        "heard": [shown_telling(one, now=now) for one in found if one.is_told],
        "today": day_of(now),
    }
    return render(request, "messaging/told.html", said)


def shown_telling(line: queries.Telling, *, now: datetime) -> dict[str, Any]:
    return {
        "id": line.message.id,
        "party_id": line.message.party_id,
        "name": line.name,
        "phone": line.phone,
        "title": title_words(line.message),
        "words": line.words,
        "at": line.message.at,
        "is_over": line.message.needed_by is not None and line.message.needed_by <= now,
        "is_read": line.message.read_at is not None,
        "is_on_list": line.call is not None,
        "again": line.again.id if line.again else None,
        "ways": [
            {
                "channel": CHANNEL_WORDS[Channel(way.channel)],
                "tone": STATE_TONES[State(way.state)],
                "words": _("在电话清单上")
                if way.channel == Channel.PHONE and way.state == State.QUEUED
                else _("已发出，没有回执")
                if way.state == State.SENT
                else STATE_WORDS[State(way.state)],
                "why": why_words(way.code, ()) if way.code else "",
                "at": way.changed_at,
                "due_at": way.due_at if way.state == State.QUEUED and way.due_at > now else None,
            }
            for way in line.ways
        ],
    }


@require_POST
@page("messaging.call")
def rung(request: PageRequest, message_id: UUID) -> HttpResponse:
    console.do(
        request,
        commands.log_own_call,
        message_id=message_id,
        outcome=outcome_said(request.POST.get("outcome", "")),
        next_step=request.POST.get("next_step", "")[:500],
    )
    return back_to(request, "messaging:call_list")


@require_POST
@page("messaging.call")
def to_list(request: PageRequest, message_id: UUID) -> HttpResponse:
    console.do(request, commands.put_on_list, message_id=message_id)
    return back_to(request, "messaging:call_list")


def back_to(request: PageRequest, otherwise: str) -> HttpResponse:
    """Go back to who does not know yet of a visit, if that is where it was asked."""
    visit_id = uuid_of(request.POST.get("visit_id", ""))
    back = reverse("messaging:told", kwargs={"visit_id": visit_id}) if visit_id else reverse(otherwise)
    return HttpResponseRedirect(back, status=303)


def outcome_said(said: str) -> CallOutcome:
    """:raises CallUnsound: if none was chosen"""
    try:
        return CallOutcome(said)
    except ValueError:
        raise CallUnsound(fields={"outcome": _("请选这个电话打得怎么样。")}) from None


def day_said(said: str) -> date:
    """:raises CallUnsound: if it is no day"""
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise CallUnsound(fields={"again_on": _("请选今天或以后的一天。")}) from None


def box(actor: Actor, purpose: Purpose, *, state: str, after: str | None) -> dict[str, Any]:
    return {
        "page": queries.outbox(actor, purpose, state=state, after=after),
        "counts": queries.outbox_counts(actor, purpose),
    }


@require_safe
@page("messaging.send")
def outbox(request: PageRequest) -> HttpResponse:
    """Show what went out, on which way, how far it came, and every try."""
    state = request.GET.get("state", "")
    state = state if state in {known.value for known in State} else ""
    found = console.ask(request, box, Purpose.CONTRACT, state=state, after=request.GET.get("after") or None)
    said = {
        "page": found["page"],
        "state": state,
        "tallies": [
            (known.value, STATE_WORDS[known], STATE_TONES[known], found["counts"][known.value])
            for known in State
        ],
        "lines": [shown_notification(line) for line in found["page"].items],
        "can_send_again": request.actor.may("messaging.call"),
    }
    return render(request, "messaging/outbox.html", said)


def shown_notification(line: queries.OutboxLine) -> dict[str, Any]:
    row = line.notification
    state, is_call = State(row.state), row.channel == Channel.PHONE
    return {
        "id": row.id,
        "party_id": row.party_id,
        "title": line.title,
        "name": line.name,
        "channel": CHANNEL_WORDS[Channel(row.channel)],
        "tone": STATE_TONES[state],
        "words": _("在电话清单上") if is_call and state is State.QUEUED else STATE_WORDS[state],
        "why": why_words(row.code, ()) if row.code else "",
        "made_at": row.made_at,
        "due_at": row.due_at if state is State.QUEUED and not is_call else None,
        "attempts": line.attempts,
        "can_again": state in {State.FAILED, State.GAVE_UP} and row.channel in {"wechat", "sms"},
    }


@require_POST
@page("messaging.call")
def send_again(request: PageRequest, notification_id: UUID) -> HttpResponse:
    console.do(request, commands.send_again, notification_id=notification_id)
    return back_to(request, "messaging:outbox")


@require_http_methods(["GET", "HEAD", "POST"])
@page("messaging.send")
def recipient(request: PageRequest, party_id: UUID) -> HttpResponse:
    """Show how somebody is reached, in which order and when not; or change it."""
    found = console.ask(request, queries.recipient_page, Purpose.CONTRACT, party_id=party_id)
    refusal = None
    if request.method == "POST":
        try:
            keep(request, found.recipient)
        except Invalid as error:
            refusal = error
        else:
            return HttpResponseRedirect(reverse("messaging:outbox"), status=303)
    her = found.recipient
    ways = request.POST.getlist("ways") if refusal else [*her.ways, "", "", ""]
    said = {
        "recipient": her,
        "refusal": refusal,
        "fields": refusal.fields if refusal else {},
        "ways": [*ways, "", "", ""][:3],
        "choices_of_ways": [("", _("不用")), *((way.value, CHANNEL_WORDS[way]) for way in Channel)],
        "others": [("", _("不请人转告")), *((str(one.party_id), one.name) for one in found.others)],
        "through": str(her.through_party_id or ""),
        "languages": [("zh", _("中文")), ("en", _("英文"))],
        "has_wechat": bool(her.wechat_openid),
    }
    return render(request, "messaging/recipient.html", said, status=refusal.status if refusal else 200)


def keep(request: PageRequest, her: Recipient) -> None:
    through = request.POST.get("through", "")
    console.do(
        request,
        commands.set_recipient,
        party_id=her.party_id,
        name=her.name,
        ways=[way for way in request.POST.getlist("ways") if way],
        phone=request.POST.get("phone", "").strip()[:40],
        wechat_openid=her.wechat_openid,
        language="en" if request.POST.get("language") == "en" else "zh",
        through_party_id=party_said(through) if through else None,
        quiet_from=clock_said(request.POST.get("quiet_from", ""), "quiet_from"),
        quiet_until=clock_said(request.POST.get("quiet_until", ""), "quiet_until"),
    )


def party_said(said: str) -> UUID:
    """:raises NotFound: if it is no id"""
    try:
        return UUID(said)
    except ValueError:
        raise NotFound from None


def clock_said(said: str, field: str) -> time:
    """:raises WayUnsound: if it is no time of day"""
    try:
        return time.fromisoformat(said)
    except ValueError:
        raise WayUnsound(fields={field: _("请填几点几分。")}) from None


urlpatterns = [
    path("calls", call_list, name="call_list"),
    path("calls/<uuid:call_id>", log_call, name="log_call"),
    path("visits/<uuid:visit_id>/told", told, name="told"),
    path("messages/<uuid:message_id>/rung", rung, name="rung"),
    path("messages/<uuid:message_id>/to-list", to_list, name="to_list"),
    path("recipients/<uuid:party_id>", recipient, name="recipient"),
    path("outbox", outbox, name="outbox"),
    path("outbox/<uuid:notification_id>/again", send_again, name="send_again"),
]
