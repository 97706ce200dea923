"""The edge of the console: who may open a page, and how a form becomes one unit of work."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypedDict, TypeVar
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone

from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.calendar import FIRST_DAY, LAST_DAY
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import Command, acting

P = ParamSpec("P")
T = TypeVar("T")

View = Callable[..., HttpResponse]

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF: Final = "application/pdf"
LONGEST_NUMBER: Final = 10  # as a text: what the database calls an integer has not more


class PageRequest(HttpRequest):
    """A request of somebody who is signed in and may open the page."""

    actor: Actor


def page(permission: str | None) -> Callable[[View], View]:
    """
    Open the page to staff with the permission, or with None to all staff who are signed in.

    Others are sent to sign in and come back; who may not see it is told so. Persons have the client, not the console.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = getattr(request, "actor", None)
            if actor is None:
                return to_sign_in(request)
            if actor.kind is not Kind.STAFF or not (permission is None or actor.may(permission)):
                raise NotAllowed
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # for the walk over every page
        return guarded

    return guard


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send whoever is not signed in (any more) to sign in, and from there back to the page that she sees."""
    is_part = request.headers.get("HX-Request") == "true"
    seen = request.headers.get("HX-Current-URL" if is_part else "Referer", "")
    page_url = urlsplit(seen if is_part or request.method == "POST" else request.get_full_path())
    back = urlencode({"next": urlunsplit(("", "", page_url.path, page_url.query, ""))})
    door = f"{reverse('identity:sign_in')}?{back}"
    # Followed by htmx, a redirect would show the door inside the page.
    return HttpResponse(status=204, headers={"HX-Redirect": door}) if is_part else HttpResponseRedirect(door)


def download(content: bytes, name: str, kind: str) -> HttpResponse:
    """Return a file to keep, of the media type `kind`; nobody between keeps a copy."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def id_in(form: QueryDict, name: str) -> UUID:
    """
    Return the id that the form says under this name.

    :raises NotFound: if it says none: our own forms do not
    """
    found = uuid_of(form.get(name, ""))
    if found is None:
        raise NotFound
    return found


def uuid_of(text: str) -> UUID | None:
    """Return the id that a text is, or none: what comes in an address or a form may be anything."""
    try:
        return UUID(text)
    except ValueError:
        return None


def number_of(text: str) -> int | None:
    """Return the whole number that a text is, or none: "²" is a digit and no number, and nobody means ten of them."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_NUMBER else None


def moment_of(text: str) -> datetime | None:
    """Return the moment that a text is, with its zone and in a year that somebody means, or none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo and FIRST_DAY.year <= found.year <= LAST_DAY.year else None


class HandedOver(TypedDict):
    owner_id: UUID
    words: str


def handed_over(request: PageRequest) -> HandedOver:
    """Return to whom a form hands something over, and why; who names nobody takes it over herself."""
    owner_id = uuid_of(request.POST.get("owner_id", "")) or request.actor.user_id
    return {"owner_id": owner_id, "words": request.POST.get("words", "")}


def ask(
    request: PageRequest,
    query: Callable[Concatenate[Actor, Purpose, P], T],
    purpose: Purpose,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run the query for this purpose."""
    return acting(request.actor, timezone.now()).ask(query, purpose, *args, **kwargs)


def do(request: PageRequest, command: Command[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """
    Run the command. A form that carries an `idempotency_key` and was sent before runs nothing and gives None.

    Its reply of that time was a page, and pages are made anew.
    """
    key = request.POST.get("idempotency_key") or None
    results: list[T] = []

    def keep(result: T) -> str:
        results[:] = [result]  # the last attempt's, if a deadlock made it begin again
        return ""

    acting(request.actor, timezone.now(), key=key).reply(command, keep, *args, **kwargs)
    return results[0] if results else None
