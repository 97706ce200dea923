"""What nurses ask, as it is asked for: by doctors, at the visit, on her file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from anjia.kernel import access
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.calendar import day_bounds, day_of
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.files import content_of
from anjia.kernel.paging import Page, page_of
from anjia.orders.models import Order, Question
from anjia.orders.queries.orders import STANDS
from anjia.orders.rules.orders import State, source_words
from anjia.orders.rules.questions import ADVISING, WORDS_OF_ANSWER
from anjia.orders.showing import OrderLine, QuestionLine, order_lines, problem_words, question_lines
from anjia.residents.queries import get_resident, who_consent
from anjia.visits.queries import get_visit

LATEST: Final = ("-asked_at", "-id")
MOST: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    """Today's questions of the institution: those without an answer first, the longest waiting first."""

    waiting: Sequence[QuestionLine]
    answered: Page[QuestionLine]
    has_older: bool = False  # questions that have waited longer than those that are listed

    @property
    def mine(self) -> int:
        return sum(one.is_mine for one in self.waiting)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    value: str
    words: str
    needs_known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPage:
    """A question with all that its answer needs: her orders, the problems she is registered with, what can be said."""

    question: QuestionLine
    orders: Sequence[OrderLine]
    problems: Sequence[Choice]
    kinds: Sequence[Choice]
    law: str = ""  # why treatment at a distance is for what is known only


@dataclass(frozen=True, slots=True, kw_only=True)
class AtVisit:
    """What a nurse needs at a visit: the orders that are in force for it, and what she has asked."""

    orders: Sequence[OrderLine]
    waiting: Sequence[OrderLine]
    questions: Sequence[QuestionLine]


def questions_today(
    actor: Actor, purpose: Purpose, *, now: datetime, after: str | None = None, size: int = 20
) -> Worklist:
    """
    Return the questions that nobody has answered, and those of today that somebody has.

    Without `orders.read` they are only counted, in words: who asks at whose home, and whose it is to answer.

    :raises NotAllowed: if the actor neither answers nor sees to it that somebody does
    """
    if not (actor.may("orders.confirm") or actor.may("dispatch.assign")):
        raise NotAllowed
    rows = Question.objects.filter(organization_id=actor.organization_id)
    start, end = day_bounds(day_of(now))
    # What nobody has answered for days must not push out what somebody waits for now.
    newest = list(rows.filter(answered_at=None).order_by(*LATEST)[: MOST + 1])
    waiting = newest[:MOST][::-1]
    today = rows.filter(asked_at__gte=start, asked_at__lt=end, answered_at__isnull=False)
    done = page_of(today, order=LATEST, after=after, size=size)
    readable = _readable(actor, purpose, [*waiting, *done.items])
    lines = question_lines(actor, purpose, [*waiting, *done.items], readable=readable)
    return Worklist(
        waiting=lines[: len(waiting)],
        answered=Page(lines[len(waiting) :], done.next),
        has_older=len(newest) > MOST,
    )


def question_page(actor: Actor, purpose: Purpose, *, question_id: UUID) -> QuestionPage:
    """
    Return a question with what its answer needs.

    :raises NotFound: if there is none
    :raises NotAllowed: without `orders.confirm`
    """
    if not actor.may("orders.confirm"):
        raise NotAllowed
    question = _question(actor, question_id)
    [line] = question_lines(actor, purpose, [question], readable=_readable(actor, purpose, [question]))
    if not line.is_readable:
        return QuestionPage(question=line, orders=(), problems=(), kinds=())
    resident = get_resident(actor, purpose, resident_id=question.resident_id)
    rows = Order.objects.filter(
        organization_id=actor.organization_id, resident=question.resident_id, state=State.CONFIRMED.value
    )
    return QuestionPage(
        question=line,
        orders=order_lines(actor, purpose, list(rows.order_by("-entered_at", "-id"))),
        problems=[Choice(value=code, words=problem_words(code)) for code in resident.chronic],
        kinds=[
            Choice(value=kind.value, words=str(words), needs_known=kind in ADVISING)
            for kind, words in WORDS_OF_ANSWER.items()
        ],
        law=source_words("distance"),
    )


def at_visit(actor: Actor, purpose: Purpose, *, visit_id: UUID) -> AtVisit:
    """
    Return the orders for a visit's service on its day, those that wait too, and what was asked at it.

    :raises NotFound: if there is no such visit
    :raises NotAllowed: if it is not the actor's, or she reads no orders
    """
    if not actor.may("orders.read"):
        raise NotAllowed
    visit = get_visit(actor, purpose, visit_id=visit_id)
    actor = actor.let_see(visit.resident_id)
    day = day_of(visit.starts_at)
    access.note(actor, purpose, resident_ids=[visit.resident_id], what="orders.orders")
    rows = Order.objects.filter(
        organization_id=actor.organization_id,
        resident=visit.resident_id,
        service_code=visit.service_code,
        state__in=STANDS,
        valid_from__lte=day,
        valid_until__gte=day,
    )
    lines = order_lines(actor, purpose, list(rows.order_by("-entered_at", "-id")))
    return AtVisit(
        orders=[one for one in lines if one.state == State.CONFIRMED],
        waiting=[one for one in lines if one.state == State.DRAFT],
        questions=_of_visit(actor, purpose, visit_id),
    )


def questions_of_visit(actor: Actor, purpose: Purpose, *, visit_id: UUID) -> list[QuestionLine]:
    """
    Return what was asked at a visit, as it was asked. Of whose record the actor may not read, only that it was.

    :raises NotFound: if there is no such visit
    """
    get_visit(actor, purpose, visit_id=visit_id)
    return _of_visit(actor, purpose, visit_id)


def questions_of_resident(
    actor: Actor, purpose: Purpose, *, resident_id: UUID, after: str | None = None, size: int = 20
) -> Page[QuestionLine]:
    """
    Return what was asked about her, the latest first.

    :raises NotFound: if the actor has no business with her
    :raises NotAllowed: without `orders.read`
    """
    if not actor.may("orders.read"):
        raise NotAllowed
    get_resident(actor, purpose, resident_id=resident_id)
    rows = Question.objects.filter(organization_id=actor.organization_id, resident=resident_id)
    found = page_of(rows, order=LATEST, after=after, size=size)
    readable = _readable(actor, purpose, found.items)
    return Page(question_lines(actor, purpose, found.items, readable=readable), found.next)


def photo_of_question(
    actor: Actor, purpose: Purpose, *, question_id: UUID, file_id: UUID
) -> tuple[str, bytes]:
    """
    Return content type and bytes of a photo that came with a question.

    :raises NotFound: if there is no such question, or it has no such photo
    :raises NotAllowed: without `orders.read`, or if she does not let her record be read
    """
    question = _question(actor, question_id)
    if not _readable(actor, purpose, [question]):
        raise NotAllowed
    if file_id not in question.file_ids:
        raise NotFound
    access.note(actor, purpose, resident_ids=[question.resident_id], what="orders.photo")
    return content_of(actor, purpose, file_id=file_id)


def late_questions(actor: Actor, purpose: Purpose, *, now: datetime) -> list[tuple[UUID, UUID]]:
    """Return the questions that should have been answered by now, with whose they are; for the system."""
    rows = Question.objects.filter(answered_at=None, due_at__lte=now).order_by("due_at")
    return list(rows.values_list("organization_id", "id")[:MOST])


def _of_visit(actor: Actor, purpose: Purpose, visit_id: UUID) -> list[QuestionLine]:
    rows = Question.objects.filter(organization_id=actor.organization_id, visit_id=visit_id)
    found = list(rows.order_by("asked_at", "id"))
    return question_lines(actor, purpose, found, readable=_readable(actor, purpose, found))


def _readable(actor: Actor, purpose: Purpose, questions: Sequence[Question]) -> set[UUID]:
    """Return of whom what was asked may be read; notes that it is."""
    ids = {one.resident_id for one in questions}
    if not actor.may("orders.read") or not ids:
        return set()
    if actor.kind is Kind.PERSON:
        found = {one for one in ids if actor.sees(one)}
    else:
        found = who_consent(actor, Purpose.CARE, resident_ids=ids)
    access.note(actor, purpose, resident_ids=found, what="orders.questions")
    return found


def _question(actor: Actor, question_id: UUID) -> Question:
    found = Question.objects.filter(organization_id=actor.organization_id, id=question_id).first()
    if found is None or not actor.sees(found.resident_id):
        raise NotFound
    return found
