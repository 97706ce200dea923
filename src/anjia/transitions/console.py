"""The ward's form and list, and the desk's side of both."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anjia.identity.queries import account_names, get_organization, institutions, places_with
from anjia.kernel import console
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import Invalid, NotFound
from anjia.kernel.files import LARGEST, FileNotKnown
from anjia.kernel.work import acting
from anjia.residents.rules import AlreadyRegistered
from anjia.transitions import commands, queries
from anjia.transitions.models import Referral, ReferralStep
from anjia.transitions.rules import (
    AT_HOME,
    LINES,
    NOT_TAKEN_ON,
    OPEN,
    WISHES,
    WORDS_OF_STATE,
    WOUNDS,
    OrderPhotoUnsound,
    ReferralUnsound,
    State,
)

app_name = "transitions"

TONES = {
    State.SENT: ("warn", "send"),
    State.RECEIVED: ("info", "eye"),
    State.REGISTERED: ("info", "user-check"),
    State.BOOKED: ("move", "calendar-event"),
    State.CLOSED: ("ok", "check"),
    State.DECLINED: ("bad", "x"),
}
TEXTS = ("name", "sex", "phone", "id_number", "address", "diagnosis", "ward", "ward_phone", "at_home", "note")


def both(actor: Actor, purpose: Purpose, *, after: str | None, show_all: bool) -> dict[str, Any]:
    """Return what the actor's house has sent, or what it was sent, whichever her role is for."""
    if actor.may("transitions.receive"):
        return {
            "page": queries.received(actor, purpose, only_open=not show_all, after=after),
            "receives": True,
        }
    return {"page": queries.sent(actor, purpose, after=after), "receives": False}


@require_safe
@page("transitions.read")
def listed(request: PageRequest) -> HttpResponse:
    """Show the ward what it has sent and what became of it; show the desk what has come."""
    show_all = request.GET.get("show") == "all"
    found = console.ask(
        request, both, Purpose.CARE, after=request.GET.get("after") or None, show_all=show_all
    )
    said = {
        **found,
        "show_all": show_all,
        "lines": [shown(referral) for referral in found["page"].items],
        "can_refer": request.actor.may("transitions.refer"),
    }
    return render(request, "transitions/list.html", said)


def shown(referral: Referral) -> dict[str, Any]:
    state = State(referral.state)
    tone, picture = TONES[state]
    return {
        "id": referral.id,
        "referral": referral,
        "tone": tone,
        "picture": picture,
        "state_words": WORDS_OF_STATE[state],
        "lines": [LINES[code] for code in referral.line_codes if code in LINES],
        "wounds": [WOUNDS[code] for code in referral.wound_codes if code in WOUNDS],
        "wishes": [WISHES[code] for code in referral.wishes if code in WISHES],
        "at_home": AT_HOME.get(referral.at_home, ""),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@page("transitions.refer")
def new(request: PageRequest) -> HttpResponse:
    """Show the ward's form, or send what was filled in."""
    if request.method != "POST":
        wards = console.ask(request, own_wards, Purpose.CONTRACT)
        return form(request, {"ward": wards[0].name if wards else ""}, {})
    try:
        sent = send(request)
    except Invalid as refusal:
        return form(request, request.POST, refusal.fields, refusal)
    if sent is None:
        return HttpResponseRedirect(reverse("transitions:list"), status=303)
    return HttpResponseRedirect(reverse("transitions:referral", kwargs={"referral_id": sent.id}), status=303)


def send(request: PageRequest) -> Referral | None:
    houses = {str(house.id): house.name for house in receivers()}
    chosen = request.POST.get("organization_id", "")
    if chosen not in houses:
        raise ReferralUnsound(fields={"organization_id": _("请选一家接的机构。")})
    photo = request.FILES.get("order_photo")
    if photo is not None and (photo.size or 0) > LARGEST:
        raise ReferralUnsound(fields={"order_photo": _("照片超过 20 MB。请拍小一点。")})
    names = console.ask(request, own_names, Purpose.CONTRACT)
    return console.do(
        request,
        commands.refer,
        organization_id=UUID(chosen),
        organization_name=houses[chosen],
        from_name=names["house"],
        sent_by_name=names["person"],
        ward_id=ward_said(request),
        discharge_on=day_said(request.POST.get("discharge_on", "")),
        agreed=bool(request.POST.get("agreed")),
        lines=request.POST.getlist("lines"),
        wounds=request.POST.getlist("wounds"),
        wishes=request.POST.getlist("wishes"),
        order_photo=photo.read() if photo else None,
        order_photo_type=(photo.content_type or "") if photo else "",
        **{name: request.POST.get(name, "")[:500] for name in TEXTS},
    )


def own_names(actor: Actor, purpose: Purpose) -> dict[str, str]:
    names = account_names(actor, purpose, account_ids=[actor.user_id])
    house = get_organization(actor, purpose, organization_id=actor.organization_id)
    return {"person": names.get(actor.user_id, ""), "house": house.name}


def own_wards(actor: Actor, purpose: Purpose) -> list[Any]:
    return places_with(actor, purpose, permission="transitions.refer") or []


def ward_said(request: PageRequest) -> UUID | None:
    """:raises NotFound: if it is no id"""
    try:
        return UUID(request.POST["ward_id"]) if request.POST.get("ward_id") else None
    except ValueError:
        raise NotFound from None


def receivers() -> list[Any]:
    """Return the institutions that take patients on. Their names are no secret, and wards lie in other trees."""
    found = acting(system(), timezone.now()).ask(institutions, Purpose.CONTRACT)
    return [house for house in found if house.kind == "institution"]


def day_said(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def form(
    request: PageRequest, said: Any, fields: dict[str, str], refusal: Invalid | None = None
) -> HttpResponse:
    many = request.POST.getlist
    context = {
        "form": {name: said.get(name, "") for name in (*TEXTS, "discharge_on", "organization_id", "agreed")},
        "fields": fields,
        "refusal": refusal,
        "wards": [(str(one.id), one.name) for one in console.ask(request, own_wards, Purpose.CONTRACT)],
        "ward_id": said.get("ward_id", ""),
        "houses": [(str(house.id), house.name) for house in receivers()],
        "groups": [
            (
                "lines",
                _("带着哪些管路回家"),
                [(code, words, code in many("lines")) for code, words in LINES.items()],
            ),
            (
                "wounds",
                _("有哪些伤口"),
                [(code, words, code in many("wounds")) for code, words in WOUNDS.items()],
            ),
            (
                "wishes",
                _("希望帮做什么"),
                [(code, words, code in many("wishes")) for code, words in WISHES.items()],
            ),
        ],
        "at_home": list(AT_HOME.items()),
        "sexes": [("", _("没填")), ("female", _("女")), ("male", _("男"))],
    }
    return render(request, "transitions/new.html", context, status=refusal.status if refusal else 200)


@require_safe
@page("transitions.read")
def referral(request: PageRequest, referral_id: UUID) -> HttpResponse:
    """Show one referral with its steps; the desk also whom it may be, and what it can do."""
    return referral_page(request, referral_id)


def referral_page(
    request: PageRequest, referral_id: UUID, refusal: Invalid | AlreadyRegistered | None = None
) -> HttpResponse:
    found = console.ask(request, queries.get_referral, Purpose.CARE, referral_id=referral_id)
    state = State(found.referral.state)
    receives = found.is_mine and request.actor.may("transitions.receive")
    said = shown(found.referral) | {
        "steps": [shown_step(step) for step in found.steps],
        "receives": receives,
        "may_be": found.may_be,
        "can_receive": receives and state is State.SENT,
        "can_take_on": receives and state in NOT_TAKEN_ON,
        "can_decline": receives and state in NOT_TAKEN_ON | {State.REGISTERED},
        "can_take_back": not receives and request.actor.may("transitions.refer") and state in NOT_TAKEN_ON,
        "can_add_photo": not receives
        and request.actor.may("transitions.refer")
        and state in OPEN
        and found.referral.order_photo_id is None,
        "book_url": book_url(found.referral) if receives and state is State.REGISTERED else "",
        "refusal": refusal,
        "fields": refusal.fields if refusal else {},
        "form": {
            name: request.POST.get(name, getattr(found.referral, name))
            for name in ("name", "phone", "id_number", "address")
        },
    }
    return render(request, "transitions/referral.html", said, status=refusal.status if refusal else 200)


def shown_step(step: ReferralStep) -> dict[str, Any]:
    return {"at": step.at, "words": WORDS_OF_STATE[State(step.state)], "why": step.why}


def book_url(referral: Referral) -> str:
    """Return where the desk books for her, or nothing while nobody serves it."""
    for name in ("dispatch:book", "desk:caller"):
        try:
            return reverse(name, kwargs={"resident_id": referral.resident_id})
        except NoReverseMatch:
            continue
    return ""


@require_safe
@page("transitions.read")
def photo(request: PageRequest, referral_id: UUID) -> HttpResponse:
    """Answer with the photo of the order."""
    kind, content = console.ask(request, queries.order_photo, Purpose.CARE, referral_id=referral_id)
    response = HttpResponse(content, content_type=kind)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_POST
@page("transitions.refer")
def add_photo(request: PageRequest, referral_id: UUID) -> HttpResponse:
    """Let the photo of the order follow; say beside the field what cannot be kept."""
    photo = request.FILES.get("order_photo")
    try:
        if photo is not None and (photo.size or 0) > LARGEST:
            raise OrderPhotoUnsound(fields={"order_photo": _("照片超过 20 MB。请拍小一点。")})
        console.do(
            request,
            commands.add_order_photo,
            referral_id=referral_id,
            content=photo.read() if photo else b"",
            content_type=(photo.content_type or "") if photo else "",
        )
    except Invalid as refusal:
        return referral_page(request, referral_id, refusal)
    except FileNotKnown as refusal:
        return referral_page(request, referral_id, OrderPhotoUnsound(fields={"order_photo": refusal.words}))
    return back_to(referral_id)


@require_POST
@page("transitions.receive")
def receive(request: PageRequest, referral_id: UUID) -> HttpResponse:
    console.do(request, commands.receive, referral_id=referral_id)
    return back_to(referral_id)


@require_POST
@page("transitions.receive")
def take_on(request: PageRequest, referral_id: UUID) -> HttpResponse:
    """Take her on as somebody known, or as a new resident; say beside the fields what cannot be registered."""
    try:
        console.do(
            request,
            commands.take_on,
            referral_id=referral_id,
            resident_id=resident_said(request.POST.get("resident_id", "")),
            **{name: request.POST.get(name, "")[:500] for name in ("name", "phone", "id_number", "address")},
        )
    except (Invalid, AlreadyRegistered) as refusal:
        return referral_page(request, referral_id, refusal)
    return back_to(referral_id)


def resident_said(said: str) -> UUID | None:
    """:raises NotFound: if it is no id"""
    if not said:
        return None
    try:
        return UUID(said)
    except ValueError:
        raise NotFound from None


@require_POST
@page("transitions.receive")
def decline(request: PageRequest, referral_id: UUID) -> HttpResponse:
    console.do(
        request, commands.decline, referral_id=referral_id, reason=request.POST.get("reason", "")[:500]
    )
    return back_to(referral_id)


@require_POST
@page("transitions.refer")
def take_back(request: PageRequest, referral_id: UUID) -> HttpResponse:
    console.do(
        request, commands.take_back, referral_id=referral_id, reason=request.POST.get("reason", "")[:500]
    )
    return back_to(referral_id)


def back_to(referral_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(
        reverse("transitions:referral", kwargs={"referral_id": referral_id}), status=303
    )


urlpatterns = [
    path("", listed, name="list"),
    path("new", new, name="new"),
    path("<uuid:referral_id>", referral, name="referral"),
    path("<uuid:referral_id>/photo", photo, name="photo"),
    path("<uuid:referral_id>/order-photo", add_photo, name="add_photo"),
    path("<uuid:referral_id>/receive", receive, name="receive"),
    path("<uuid:referral_id>/take-on", take_on, name="take_on"),
    path("<uuid:referral_id>/decline", decline, name="decline"),
    path("<uuid:referral_id>/take-back", take_back, name="take_back"),
]
