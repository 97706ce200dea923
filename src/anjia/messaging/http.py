"""The inbox of whoever is signed in: resident, family, caregiver."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

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


class ReadIn(Schema):
    ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]


class ReadOut(Schema):
    count: int  # of those that were new


@router.get("/inbox", response={200: PageOut[InboxEntryOut]})
def inbox(
    request: AuthedRequest, after: str | None = None, size: Annotated[int, Query(ge=1, le=100)] = 50
) -> HttpResponse:
    """Tell what was said to me, the latest first."""
    return http.ask(request, queries.inbox_of, PageOut[InboxEntryOut], Purpose.ACCESS, after=after, size=size)


@router.post("/inbox/read", response={201: ReadOut})
def read_messages(request: AuthedRequest, body: ReadIn) -> HttpResponse:
    """Mark messages of mine as read; say how many were new. Others are passed over."""
    return http.do(request, commands.read_messages, ReadOut, message_ids=body.ids)
