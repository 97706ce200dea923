"""Orders and questions over HTTP: translate, call one command or query, translate back."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Router, Schema

from anjia.kernel import http
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound
from anjia.kernel.http import AuthedRequest
from anjia.kernel.paging import Page, PageOut
from anjia.orders import commands, queries

router = Router(tags=["orders"])

Cursor = str | None
Size = Annotated[int, Field(ge=1, le=50)]


class FactOut(Schema):
    name: str
    words: str


class OrderOut(Schema):
    id: UUID
    root_id: UUID
    number: int
    title: str
    service: str
    kind: str
    state: str
    state_words: str
    tone: str
    valid_from: date
    valid_until: date
    facts: list[FactOut]
    decided_by: str
    decided_at: datetime | None
    why: str
    closed_why: str
    is_written_here: bool

    @staticmethod
    def resolve_facts(line: Any) -> list[dict[str, str]]:
        return [{"name": name, "words": words} for name, words in line.facts]


class ReadingOut(Schema):
    name: str
    value: str
    unit: str
    at: datetime


class AnswerOut(Schema):
    kind: str
    kind_words: str
    tone: str
    words: str
    follows: str
    by: str
    at: datetime
    read_at: datetime | None
    new_order_id: UUID | None


class HandedOut(Schema):
    at: datetime
    to: str
    words: str


class NurseQuestionOut(Schema):
    id: UUID
    client_id: UUID
    visit_id: UUID
    resident_id: UUID
    resident: str
    nurse: str
    asked_at: datetime
    is_readable: bool
    words: str
    order_id: UUID | None
    order: str
    readings: list[ReadingOut]
    photos: list[UUID]
    photos_to_come: int
    doctor: str
    handed: list[HandedOut]
    due_at: datetime | None
    seen_at: datetime | None
    is_mine: bool
    answer: AnswerOut | None


class AnswerChoiceOut(Schema):
    value: str
    words: str
    needs_known: bool


class QuestionPageOut(Schema):
    question: NurseQuestionOut
    orders: list[OrderOut]
    problems: list[AnswerChoiceOut]
    kinds: list[AnswerChoiceOut]
    law: str


class AtVisitOut(Schema):
    orders: list[OrderOut]
    waiting: list[OrderOut]
    questions: list[NurseQuestionOut]


class WorklistOut(Schema):
    waiting: list[NurseQuestionOut]
    answered: PageOut[NurseQuestionOut]
    has_older: bool


class SeenOut(Schema):
    seen_at: datetime | None


class ReadBackOut(Schema):
    read_at: datetime | None


class OrderChangeIn(Schema):
    """What an order becomes; what is empty stays as it is."""

    name: Annotated[str, Field(max_length=300)] = ""
    dose: Annotated[str, Field(max_length=300)] = ""
    frequency: Annotated[str, Field(max_length=300)] = ""
    note: Annotated[str, Field(max_length=600)] = ""
    valid_until: date | None = None


class AnswerIn(Schema):
    kind: Literal["advice", "changed", "in_person", "referral", "emergency"]
    is_known: bool
    follows_order_id: UUID | None = None
    follows_problem: Annotated[str, Field(max_length=100)] = ""
    words: Annotated[str, Field(max_length=1200)]
    change: OrderChangeIn = OrderChangeIn()


class DoctorAnsweredOut(Schema):
    id: UUID
    kind: str
    at: datetime
    new_order_id: UUID | None


def orders_of(
    actor: Actor, purpose: Purpose, *, resident_id: UUID, now: datetime, after: Cursor, size: int
) -> Page[queries.OrderLine]:
    found = queries.orders_of_resident(
        actor, purpose, resident_id=resident_id, now=now, after=after, size=size
    )
    return found.page


def own_resident(request: AuthedRequest) -> UUID:
    """:raises NotFound: if the request is about nobody"""
    if request.auth.resident_id is None:
        raise NotFound
    return request.auth.resident_id


@router.get("/orders", response={200: PageOut[OrderOut]})
def list_orders(request: AuthedRequest, after: Cursor = None, size: Size = 20) -> HttpResponse:
    """List the orders of the one the request is about, the latest first."""
    return http.ask(
        request,
        orders_of,
        PageOut[OrderOut],
        Purpose.ACCESS,
        resident_id=own_resident(request),
        now=timezone.now(),
        after=after,
        size=size,
    )


@router.get("/orders/questions", response={200: PageOut[NurseQuestionOut]})
def list_questions_about_her(request: AuthedRequest, after: Cursor = None, size: Size = 20) -> HttpResponse:
    """List what doctors were asked about the one the request is about, and what they answered."""
    return http.ask(
        request,
        queries.questions_of_resident,
        PageOut[NurseQuestionOut],
        Purpose.ACCESS,
        resident_id=own_resident(request),
        after=after,
        size=size,
    )


@router.get("/work/visits/{uuid:visit_id}/orders", response={200: AtVisitOut})
def get_orders_at_visit(request: AuthedRequest, visit_id: UUID) -> HttpResponse:
    """Show the orders that are in force for a visit, and what was asked at it."""
    return http.ask(request, queries.at_visit, AtVisitOut, Purpose.CARE, visit_id=visit_id)


@router.post("/work/questions/{uuid:question_id}/read", response={201: ReadBackOut})
def read_answer_back(request: AuthedRequest, question_id: UUID) -> HttpResponse:
    """Say that she has read the answer and read it back."""
    return http.do(request, commands.read_answer_back, ReadBackOut, question_id=question_id)


@router.get("/doctor/questions", response={200: WorklistOut})
def list_questions(request: AuthedRequest, after: Cursor = None, size: Size = 20) -> HttpResponse:
    """List the questions that wait for a doctor, and those that were answered today."""
    return http.ask(
        request,
        queries.questions_today,
        WorklistOut,
        Purpose.CARE,
        now=timezone.now(),
        after=after,
        size=size,
    )


@router.get("/doctor/questions/{uuid:question_id}", response={200: QuestionPageOut})
def get_question(request: AuthedRequest, question_id: UUID) -> HttpResponse:
    """Show a question with what its answer needs."""
    return http.ask(request, queries.question_page, QuestionPageOut, Purpose.CARE, question_id=question_id)


@router.post("/doctor/questions/{uuid:question_id}/seen", response={201: SeenOut})
def note_seen(request: AuthedRequest, question_id: UUID) -> HttpResponse:
    """Say that whoever is asked has opened it."""
    return http.do(request, commands.note_seen, SeenOut, question_id=question_id)


@router.post("/doctor/questions/{uuid:question_id}/answer", response={201: DoctorAnsweredOut})
def answer_question(request: AuthedRequest, question_id: UUID, body: AnswerIn) -> HttpResponse:
    """Answer it. Advice and a changed order are for a condition that is known; of others only where she is seen."""
    said = body.dict()
    change = said.pop("change")
    return http.do(
        request,
        commands.answer_question,
        DoctorAnsweredOut,
        question_id=question_id,
        valid_until=change.pop("valid_until"),
        change=change,
        **said,
    )
