"""A caregiver's training, from the client: what is due, reading, the exam, her certificate, signing in to a class."""

import base64
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Router, Schema

from anjia.kernel import http
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.http import AuthedRequest
from anjia.kernel.photos import photo_said
from anjia.kernel.work import acting
from anjia.learning import commands, queries

router = Router(tags=["learning"])

Key = Annotated[str, Field(min_length=1, max_length=60)]


class CertificateOut(Schema):
    id: UUID
    number: str
    valid_from: date
    valid_until: date
    is_revoked: bool


class CourseOut(Schema):
    """`standing`: holds, lapsing, lapsed, lacks, free. `services` are those that she may not do without it."""

    code: str
    title: str
    topic: str
    summary: str
    version: int
    minutes: int
    in_class: bool
    standing: str
    standing_words: str
    tone: str
    until: date | None
    is_due: bool
    is_bound: bool
    services: list[str]
    since: date | None
    read: int
    pages: int
    again_at: datetime | None
    may_sit: bool
    certificate: CertificateOut | None


class CoursesOut(Schema):
    courses: list[CourseOut]


class PageShownOut(Schema):
    title: str
    text: str
    file_id: str | None
    alt: str


class ExamOut(Schema):
    draw: int
    pass_percent: int
    wait_hours: int
    minutes: int


class TriedOut(Schema):
    """An exam that was handed in: how many were right, of how many."""

    number: int
    submitted_at: datetime
    score: int
    of: int
    passed: bool


class CoursePageOut(Schema):
    course: CourseOut
    pages_read: list[int]
    contents: list[PageShownOut]
    exam: ExamOut
    attempts: list[TriedOut]


class PagesReadIn(Schema):
    """`pages` are their numbers from 0."""

    pages: Annotated[list[Annotated[int, Field(ge=0, le=100)]], Field(max_length=100)]


class PagesReadOut(Schema):
    pages: list[int]
    finished_at: datetime | None


class OptionOut(Schema):
    key: str
    text: str


class ExamQuestionOut(Schema):
    """What is right stands nowhere in it. `kind`: single or multiple."""

    key: str
    kind: str
    text: str
    options: list[OptionOut]


class PaperOut(Schema):
    attempt_id: UUID
    number: int
    ends_at: datetime
    pass_percent: int
    questions: list[ExamQuestionOut]


class AnswersIn(Schema):
    """The keys of the options that she has chosen, by the key of the question."""

    answers: Annotated[dict[Key, Annotated[list[Key], Field(max_length=10)]], Field(max_length=100)]


class WrongOut(Schema):
    text: str
    why: str


class OutcomeOut(Schema):
    attempt_id: UUID
    passed: bool
    right: int
    of: int
    wrong: list[WrongOut]
    again_at: datetime | None
    certificate_id: UUID | None
    waits_for_class: bool


class CertificateFileOut(Schema):
    """`pdf` is the file, in base64."""

    name: str
    pdf: str


class ClassSignInIn(Schema):
    word: Annotated[str, Field(pattern=r"^\d{6}$")]


class AttendanceOut(Schema):
    at: datetime


def courses_out(actor: Actor, purpose: Purpose, *, now: datetime) -> CoursesOut:
    found = queries.my_courses(actor, purpose, now=now)
    return CoursesOut(courses=[CourseOut.from_orm(one) for one in found])


def file_out(actor: Actor, purpose: Purpose, *, certificate_id: UUID) -> dict[str, str]:
    number, content = queries.certificate_pdf(actor, purpose, certificate_id=certificate_id)
    return {"name": f"{number}.pdf", "pdf": base64.b64encode(content).decode()}


@router.get("/work/courses", response={200: CoursesOut})
def list_courses(request: AuthedRequest) -> HttpResponse:
    """List the caregiver's courses, what is due first."""
    return http.ask(request, courses_out, CoursesOut, Purpose.CONTRACT, now=timezone.now())


@router.get("/work/courses/{course_code}", response={200: CoursePageOut})
def get_course(request: AuthedRequest, course_code: Key) -> HttpResponse:
    """Show a course with its pages, to be read."""
    return http.ask(
        request, queries.my_course, CoursePageOut, Purpose.CONTRACT, code=course_code, now=timezone.now()
    )


@router.get("/work/courses/{course_code}/pictures/{uuid:picture_id}", response={200: bytes})
def get_course_picture(request: AuthedRequest, course_code: Key, picture_id: UUID) -> HttpResponse:
    """Show a picture of a course."""
    unit = acting(request.auth, timezone.now())
    return photo_said(*unit.ask(queries.picture, Purpose.CONTRACT, code=course_code, file_id=picture_id))


@router.post("/work/courses/{course_code}/read", response={201: PagesReadOut})
def read_course(request: AuthedRequest, course_code: Key, body: PagesReadIn) -> HttpResponse:
    """Say which pages she has read. The same twice is once."""
    return http.do(request, commands.mark_read, PagesReadOut, code=course_code, pages=body.pages)


@router.post("/work/courses/{course_code}/attempts", response={201: PaperOut})
def begin_exam(request: AuthedRequest, course_code: Key) -> HttpResponse:
    """Begin the exam, or go on with the one that is open."""
    return http.do(request, commands.begin_exam, PaperOut, code=course_code)


@router.post("/work/attempts/{uuid:attempt_id}/answers", response={201: OutcomeOut})
def hand_exam_in(request: AuthedRequest, attempt_id: UUID, body: AnswersIn) -> HttpResponse:
    """Hand the exam in; the server says how it went. The same answers sent twice are handed in once."""
    return http.do(request, commands.hand_in, OutcomeOut, attempt_id=attempt_id, answers=body.answers)


@router.get("/work/certificates/{uuid:certificate_id}", response={200: CertificateFileOut})
def get_certificate(request: AuthedRequest, certificate_id: UUID) -> HttpResponse:
    """Show a certificate as a PDF."""
    return http.ask(request, file_out, CertificateFileOut, Purpose.CONTRACT, certificate_id=certificate_id)


@router.post("/work/classes/sign-in", response={201: AttendanceOut})
def sign_in_to_class(request: AuthedRequest, body: ClassSignInIn) -> HttpResponse:
    """Sign in to the class that is held now, by the six digits on the board."""
    return http.do(request, commands.sign_in, AttendanceOut, word=body.word)
