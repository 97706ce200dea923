"""What a browser brings along, and what it is given to keep: cookies, never readable by its scripts."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from anjia.identity.proofs import new_token
from anjia.identity.rules import Entry, device_words

SESSION: Final = "anjia_session"
DEVICE: Final = "anjia_device"  # names a shared computer, for taking turns on it
CLAIM: Final = "anjia_claim"  # of the QR code that the sign-in page shows
DEVICE_KEPT: Final = 400 * 24 * 3600  # seconds; browsers keep nothing longer


def device_of(request: HttpRequest) -> str:
    return device_words(request.headers.get("User-Agent", ""))


def device_token_of(request: HttpRequest) -> str:
    """Return what names this browser; a new one if it has none yet."""
    return request.COOKIES.get(DEVICE) or new_token()


def keep(response: HttpResponse, request: HttpRequest, entry: Entry, device_token: str) -> None:
    """Have the browser keep the session's token and its own name."""
    set_cookie(response, request, SESSION, entry.token)
    set_cookie(response, request, DEVICE, device_token, max_age=DEVICE_KEPT)
    response.delete_cookie(CLAIM, path="/console/identity/")


def set_cookie(
    response: HttpResponse,
    request: HttpRequest,
    name: str,
    value: str,
    *,
    path: str = "/",
    max_age: int | None = None,
    expires: datetime | None = None,
) -> None:
    response.set_cookie(
        name,
        value,
        path=path,
        max_age=max_age,
        expires=expires,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE or request.is_secure(),
    )


def way_on(request: HttpRequest, default: str = "/console/") -> str:
    """Return the page that was asked for before signing in, if it is one of ours."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if is_ours else default
