"""What happens round every page."""

import codecs
import logging
from collections.abc import Callable
from http import HTTPStatus
from ipaddress import ip_address
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils import translation

from anjia.kernel.errors import DomainError, Unreadable
from anjia.kernel.http import is_text
from anjia.web import pages
from anjia.web.authentication import actor_of_request

COOKIE = "anjia_session"

Answer = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("anjia.crash")


class NoPersonalDataInCrashes:
    """A crash is logged by its place and kind. What was asked for, and by whom, may be personal: it is not."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DomainError | Http404):
            return None
        log.error("%s", pages.where_it_broke(request, error))
        return pages.crashed(request, error)


class OurProxyOnly:
    """
    What is said of where a request comes from, and whether by TLS, counts if a proxy of ours says it. Of anybody else
    it is as if it had not been said: else each try at a password would come from another address.
    """

    SAID: Final = (
        "HTTP_X_FORWARDED_FOR",
        "HTTP_X_FORWARDED_PROTO",
        "HTTP_X_FORWARDED_HOST",
        "HTTP_FORWARDED",
    )

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.is_ours(str(request.META.get("REMOTE_ADDR", ""))):
            for name in self.SAID:
                request.META.pop(name, None)
        return self.answer(request)

    def is_ours(self, said: str) -> bool:
        try:
            address = ip_address(said)
        except ValueError:
            return False
        plain = getattr(address, "ipv4_mapped", None) or address
        return any(plain in network for network in settings.PROXIES)


class Language:
    """The account's choice, kept in a cookie; else what the client says; else Chinese."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or request.headers.get(
            "Accept-Language", ""
        )
        language = "en" if asked.strip().lower().startswith("en") else "zh-hans"
        with translation.override(language):
            response = self.answer(request)
        response.headers.setdefault("Content-Language", language)
        return response


class NotKept:
    """
    What is answered is somebody's: no browser and no proxy keeps it. Station computers are shared, and whoever takes
    the next turn presses "back". What is everybody's says for itself how long it may be kept.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class OurOwnOnly:
    """
    A page runs our scripts from our files, asks nobody else for anything, and sends its forms nowhere else. Words that
    somebody has typed are escaped; should that fail somewhere, they are still no script.
    """

    POLICY: Final = "; ".join(
        [
            "default-src 'self'",
            "connect-src 'self' blob:",  # a photo or signature of her own is read again before it is sent
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "style-src 'self' 'unsafe-inline'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        response.headers.setdefault("Content-Security-Policy", self.POLICY)
        return response


class TextOnly:
    """
    Forms that nobody can take apart, and addresses and forms with words that no database keeps, are refused once,
    here; the API's bodies by its parser.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_ours = not is_form_in_other_letters(request)
        request.encoding = "utf-8"  # whatever it says: or its refusal, too, would stumble over the form
        if not is_ours:
            return pages.told(request, Unreadable())
        try:
            request.POST  # noqa: B018  # where there is no such page, nobody else would ask before the page that says so
        except MultiPartParserError:
            return pages.told(request, Unreadable())
        return self.answer(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        is_api = request.path.startswith("/api/")
        forms = [request.GET] if is_api else [request.GET, request.POST]
        if is_text(request.path) and all(is_text(dict(form)) for form in forms):
            return None
        return pages.told(request, Unreadable())


def is_form_in_other_letters(request: HttpRequest) -> bool:
    """Say whether somebody sends a form in other letters than our pages do: no browser does."""
    is_form = request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}
    return is_form and request.encoding is not None and codecs.lookup(request.encoding).name != "utf-8"


class SignedIn:
    """`request.actor` on the console's pages: whoever the cookie's session is of, or None."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request.COOKIES.get(COOKIE)
        is_page = not request.path.startswith(("/api/", "/app/", "/static/"))
        request.actor = actor_of_request(token) if token and is_page else None  # type: ignore[attr-defined]
        return self.answer(request)


class Refusals:
    """A refusal becomes a page, or, where htmx asked for a part of one, that part."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        is_look = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET"
        actor = getattr(request, "actor", None)  # who has not signed in is told nothing
        if is_look and actor and request.path.startswith("/console/"):
            return pages.only_sent_to(request, actor)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return pages.refused(request, error) if isinstance(error, DomainError) else None
