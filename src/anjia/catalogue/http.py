"""The catalogue over HTTP: what a resident can ask for."""

from typing import Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field

from anjia.catalogue import queries
from anjia.kernel import http
from anjia.kernel.actors import Purpose
from anjia.kernel.http import AuthedRequest

router = Router(tags=["catalogue"])


class ServiceOut(Schema):
    code: str
    version_id: UUID = Field(validation_alias="id")
    name: str
    mode: str
    duration_minutes: int
    people_needed: int
    price_fen: int
    preparation: str
    legal_line: str
    legal_line_words: str
    needs_order: bool
    summary: str


@router.get("/services", response={200: list[ServiceOut]})
def list_services(
    request: AuthedRequest, mode: Literal["home", "clinic", "online"] | None = None
) -> HttpResponse:
    """List the services that the institution offers."""
    return http.ask(request, queries.services_offered, list[ServiceOut], Purpose.CONTRACT, mode=mode)


class PromptOut(Schema):
    situation: str
    version: int
    title: str
    say: list[str]
    do: list[str]
    source: str


@router.get("/work/prompts", response={200: list[PromptOut]})
def list_prompts(request: AuthedRequest) -> HttpResponse:
    """Tell a caregiver what to say and do in each situation, to carry along where there is no signal."""
    return http.ask(request, queries.prompts, list[PromptOut], Purpose.CONTRACT)
