"""One click on a card of the front page, and the visitor is somebody of the demo. Works without scripts."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from anjia.identity import browser
from anjia.identity.rules import End
from anjia.simulation.http import card_of
from anjia.simulation.http import enter as start

app_name = "simulation"


@never_cache
@require_POST
def enter(request: HttpRequest, key: str) -> HttpResponse:
    """
    Sign in as one of the cast and go to where her work is.

    The client keeps its token itself: the answer is a page that puts it there. No token is ever in an address.
    """
    card = card_of(key)
    if card.end == "client":
        entry = start(card, end=End.PHONE, now=timezone.now())
        return render(request, "simulation/handover.html", {"card": card, "entry": entry})
    # As on a station's computer: those who were here can take turns.
    device_token = browser.device_token_of(request)
    entry = start(card, end=End.CONSOLE, now=timezone.now(), device_token=device_token)
    response = HttpResponseRedirect("/console/", status=303)
    browser.keep(response, request, entry, device_token)
    return response


urlpatterns = [path("<str:key>", enter, name="enter")]
