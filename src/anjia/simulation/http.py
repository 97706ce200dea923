"""The demo's cards for the client: who can be stepped in as, and stepping in. A real installation has none."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import AwareDatetime

from anjia.identity import commands as identity
from anjia.identity.rules import End, Entry, Way
from anjia.kernel import http
from anjia.kernel.actors import system
from anjia.kernel.work import acting
from anjia.simulation.cast import CARDS, CAST, Card, account_id_of

router = Router(tags=["demo"])


class CardOut(Schema):
    key: str
    name: str
    role: str
    says: str
    end: Literal["client", "console"]
    on_phone: bool


class CardAccountOut(Schema):
    id: UUID
    name: str
    kind: str


class SignedInOut(Schema):
    token: str
    expires_at: AwareDatetime
    account: CardAccountOut


@router.get("demo/cards", auth=None, response={200: list[CardOut], 404: http.Refusal})
def cards(request: HttpRequest) -> HttpResponse:
    """List the demo's cast."""
    check_is_demo()
    shown = [
        {
            "key": card.key,
            "name": card.name,
            "role": str(card.role),
            "says": str(card.says),
            "end": card.end,
            "on_phone": card.on_phone,
        }
        for card in CAST
    ]
    return HttpResponse(http.write(list[CardOut], shown), content_type="application/json")


@router.post("demo/cards/{key}/sign-in", auth=None, response={201: SignedInOut})
def sign_in(request: HttpRequest, key: str) -> HttpResponse:
    """Step in as one of the cast."""
    entry = enter(card_of(key), end=End.PHONE, now=timezone.now())
    said = {
        "token": entry.token,
        "expires_at": entry.expires_at,
        "account": {"id": entry.account_id, "name": entry.name, "kind": entry.kind},
    }
    return HttpResponse(http.write(SignedInOut, said), status=201, content_type="application/json")


def card_of(key: str) -> Card:
    """:raises Http404: if this is no demo, or nobody of the cast has this key"""
    check_is_demo()
    if key not in CARDS:
        raise Http404
    return CARDS[key]


def check_is_demo() -> None:
    if not settings.IS_DEMO:
        raise Http404


def enter(card: Card, *, end: End, now: datetime, device_token: str | None = None) -> Entry:
    return acting(system(), now).do(
        identity.start_session,
        account_id=account_id_of(card.key),
        end=end.value,
        way=Way.CARD.value,
        device=_("演示的卡片"),
        device_token=device_token,
    )
