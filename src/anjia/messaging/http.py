"""The inbox of whoever is signed in: resident, family, caregiver."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema

from anjia.kernel import http
from anjia.kernel.actors import Purpose
from anjia.kernel.http import AuthedRequest
from anjia.kernel.paging import PageOut
from anjia.messaging import commands, queries

router = Router(tags=["messaging"])


class AboutOut(Schema):
    kind: str
    id: UUID


class InboxEntryOut(Schema):
    id: UUID
    at: datetime
    title: str
    words: str
    about: AboutOut
    read_at: datetime | None


class ReadOut(Schema):
    id: UUID
    read_at: datetime


@router.get("/inbox", response={200: PageOut[InboxEntryOut]})
def inbox(
    request: AuthedRequest, after: str | None = None, size: Annotated[int, Query(ge=1, le=100)] = 50
) -> HttpResponse:
    """Tell what was said to me, the latest first."""
    return http.ask(request, queries.inbox_of, PageOut[InboxEntryOut], Purpose.ACCESS, after=after, size=size)


@router.post("/inbox/{uuid:message_id}/read", response={201: ReadOut})
def read_message(request: AuthedRequest, message_id: UUID) -> HttpResponse:
    """Mark a message as read."""
    return http.do(request, commands.read_message, ReadOut, message_id=message_id)
