"""Photos and scans of papers: taken with a form, and shown again."""

from typing import TypedDict

from django.http import HttpRequest, HttpResponse


class Photo(TypedDict):
    """A photo or scan of a paper, as the commands take it."""

    photo: bytes
    content_type: str


def photo_of(request: HttpRequest) -> Photo:
    """Return the photo that was sent with a form, and what its sender calls it; an empty one if there is none."""
    sent = request.FILES.get("photo")
    if sent is None:
        return {"photo": b"", "content_type": ""}
    return {"photo": sent.read(), "content_type": sent.content_type or ""}


def photo_said(content_type: str, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store"
    return response


def pdf_said(content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Cache-Control"] = "no-store"
    return response
