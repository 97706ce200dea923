"""Opening the console's pages without a browser: the view, asked by somebody."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.test import RequestFactory

from anjia.kernel.actors import Actor

View = Callable[..., HttpResponse]


def open_page(view: View, by: Actor, path: str = "/", **ids: Any) -> str:
    request = RequestFactory().get(path)
    request.actor = by  # type: ignore[attr-defined]
    return view(request, **ids).content.decode()


def post_form(view: View, by: Actor, form: dict[str, Any], **ids: Any) -> HttpResponse:
    request = RequestFactory().post("/", form)
    request.actor = by  # type: ignore[attr-defined]
    return view(request, **ids)
