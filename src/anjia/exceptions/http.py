"""What the caregiver's phone asks of exceptions: the forms to carry along, and how goes on what she has said."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router, Schema

from anjia.exceptions import queries
from anjia.kernel import http
from anjia.kernel.actors import Purpose
from anjia.kernel.http import AuthedRequest

router = Router(tags=["exceptions"])


class FormChoiceOut(Schema):
    value: str
    words: str


class FieldOut(Schema):
    """`ask` is how: choice, many, number, text."""

    name: str
    ask: str
    words: str
    is_required: bool
    choices: list[FormChoiceOut]
    low: int
    high: int


class ExceptionFormOut(Schema):
    kind: str
    words: str
    first: str
    fields: list[FieldOut]


class ExceptionOfVisitOut(Schema):
    id: UUID
    kind: str
    kind_words: str
    next_words: str
    owner_name: str
    is_open: bool
    opened_at: datetime
    closed_at: datetime | None
    outcome_words: str


@router.get("/work/exception-forms", response={200: list[ExceptionFormOut]})
def list_exception_forms(request: AuthedRequest) -> HttpResponse:
    """Tell a caregiver what to fill in for each thing that can come in between, to carry where there is no signal."""
    return http.ask(request, queries.forms_to_carry, list[ExceptionFormOut], Purpose.CONTRACT)


@router.get("/work/visits/{visit_id}/exceptions", response={200: list[ExceptionOfVisitOut]})
def list_exceptions_of_visit(request: AuthedRequest, visit_id: UUID) -> HttpResponse:
    """Tell a caregiver who deals with what came in between at one of her visits, and what is next."""
    return http.ask(
        request,
        queries.exceptions_of_own_visit,
        list[ExceptionOfVisitOut],
        Purpose.CONTRACT,
        visit_id=visit_id,
        now=timezone.now(),
    )
