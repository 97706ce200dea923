"""How orders and questions are shown: rows made into what is read, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.catalogue.queries import services_offered
from anjia.clinical.measures import Unsound, measure
from anjia.identity.queries import account_names
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.models import StoredFile
from anjia.orders.models import Answer, Handing, Order, Question
from anjia.orders.rules.orders import (
    ROUTES,
    TONES,
    WORDS_OF_KIND,
    WORDS_OF_ORIGIN,
    WORDS_OF_SKIN_TEST,
    WORDS_OF_STATE,
    OrderKind,
    Origin,
    Said,
    SkinTest,
    State,
    is_english,
)
from anjia.orders.rules.questions import TONES as ANSWER_TONES
from anjia.orders.rules.questions import (
    WORDS_OF_ANSWER,
    WORDS_OF_HANDED,
    AnswerKind,
    Handed,
)
from anjia.orders.writing import said_of
from anjia.residents.queries import resident_names
from anjia.residents.rules import CHRONIC_WORDS
from anjia.workforce.queries import staff_names


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """A version of an order, in words. `said` and `facts` are None for who may not read what it says."""

    id: UUID
    root_id: UUID
    number: int
    resident_id: UUID
    resident: str
    service_code: str
    service: str
    kind: str
    kind_words: str
    state: str
    state_words: str
    tone: str
    valid_from: date
    valid_until: date
    entered_by: str
    entered_at: datetime
    is_own: bool  # whether whoever looks has entered it
    decided_by: str
    decided_at: datetime | None
    closed_at: datetime | None
    closed_why: str
    why: str
    has_photo: bool
    is_written_here: bool
    said: Said | None
    title: str
    facts: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLine:
    name: str
    value: str
    unit: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    kind: str
    kind_words: str
    tone: str
    words: str
    follows: str
    by: str
    at: datetime
    read_at: datetime | None
    new_order_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedLine:
    at: datetime
    to: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLine:
    """A question in words. What says something of her health is empty where she does not let it be read."""

    id: UUID
    client_id: UUID
    visit_id: UUID
    resident_id: UUID
    resident: str
    nurse: str
    asked_at: datetime
    received_at: datetime
    is_readable: bool
    words: str
    order_id: UUID | None
    order: str
    readings: Sequence[ReadingLine]
    photos: Sequence[UUID]
    photos_to_come: int
    doctor_staff_id: UUID | None
    doctor: str
    handed: Sequence[HandedLine]
    due_at: datetime | None
    seen_at: datetime | None
    is_mine: bool
    answer: AnswerLine | None


def order_lines(
    actor: Actor, purpose: Purpose, orders: Sequence[Order], *, reads: bool = True
) -> list[OrderLine]:
    """Return these orders as they are shown, in as many questions for twenty as for one."""
    if not orders:
        return []
    people = {one.entered_by for one in orders} | {one.decided_by for one in orders if one.decided_by}
    names = account_names(actor, Purpose.LEGAL, account_ids=people)
    residents = resident_names(actor, purpose, resident_ids={one.resident_id for one in orders})
    services = {one.code: one.name for one in services_offered(actor, purpose)}
    return [order_line(actor, one, names, residents, services, reads=reads) for one in orders]


def order_line(
    actor: Actor,
    order: Order,
    names: Mapping[UUID, str],
    residents: Mapping[UUID, str],
    services: Mapping[str, str],
    *,
    reads: bool,
) -> OrderLine:
    state, kind = State(order.state), OrderKind(order.kind)
    said = said_of(order) if reads else None
    return OrderLine(
        id=order.id,
        root_id=order.root_id,
        number=order.number,
        resident_id=order.resident_id,
        resident=residents.get(order.resident_id, ""),
        service_code=order.service_code,
        service=services.get(order.service_code, order.service_code),
        kind=order.kind,
        kind_words=str(WORDS_OF_KIND[kind]),
        state=order.state,
        state_words=str(WORDS_OF_STATE[state]),
        tone=TONES[state],
        valid_from=order.valid_from,
        valid_until=order.valid_until,
        entered_by=names.get(order.entered_by, ""),
        entered_at=order.entered_at,
        is_own=order.entered_by == actor.user_id,
        decided_by=names.get(order.decided_by, "") if order.decided_by else "",
        decided_at=order.decided_at,
        closed_at=order.closed_at,
        closed_why=order.closed_why if reads else "",
        why=order.why if reads else "",
        has_photo=order.file_id is not None,
        is_written_here=order.answer_id is not None,
        said=said,
        title=title_of(said) if said else services.get(order.service_code, order.service_code),
        facts=facts_of(said) if said else (),
    )


def title_of(said: Said) -> str:
    """Return what is ordered, in one line: 碘伏换药 · 隔日 1 次."""
    route = str(ROUTES[said.route]) if said.route in ROUTES else ""
    return " · ".join(part for part in (said.name, said.dose, route, said.frequency) if part)


def facts_of(said: Said) -> list[tuple[str, str]]:
    """Return the rest of what it says, by name."""
    found = [
        (_("为了什么"), said.problem),
        (_("谁开的"), _("{institution} {doctor}").format(institution=said.institution, doctor=said.doctor)),
        (_("原件日期"), f"{said.written_on:%Y-%m-%d}" if said.written_on else ""),
    ]
    if said.is_drug:
        origin = str(WORDS_OF_ORIGIN[Origin(said.origin)]) if said.origin else ""
        found += [
            (_("药从哪来"), " ".join(part for part in (origin, said.origin_proof) if part)),
            (_("批号"), said.lot),
            (_("药的有效期"), f"{said.drug_expires_on:%Y-%m-%d}" if said.drug_expires_on else ""),
            (_("皮试"), str(WORDS_OF_SKIN_TEST[SkinTest(said.skin_test)]) if said.skin_test else ""),
            (_("以前用过"), {True: _("用过"), False: _("没用过"), None: ""}[said.had_before]),
        ]
    return [(name, words) for name, words in [*found, (_("说明"), said.note)] if words]


def question_lines(
    actor: Actor, purpose: Purpose, questions: Sequence[Question], *, readable: Iterable[UUID]
) -> list[QuestionLine]:
    """Return these questions as they are shown; of who is not among the `readable` only that somebody asks."""
    if not questions:
        return []
    ids, open_to = [one.id for one in questions], set(readable)
    answers = {one.question_id: one for one in Answer.objects.filter(question__in=ids)}
    handings: dict[UUID, list[Handing]] = {one: [] for one in ids}
    for handing in Handing.objects.filter(question__in=ids).order_by("number"):
        handings[handing.question_id].append(handing)
    staff = {one.staff_id for one in questions} | {one.staff_id for one in answers.values()}
    staff |= {one.staff_id for all_of_it in handings.values() for one in all_of_it if one.staff_id}
    wanted = {one.order_id for one in questions} | {one.follows_order_id for one in answers.values()}
    orders = {one.id: one for one in Order.objects.filter(id__in=[one for one in wanted if one])}
    files = [file_id for one in questions for file_id in one.file_ids]
    shown = Shown(
        actor=actor,
        names=staff_names(actor, purpose, staff_ids=staff),
        residents=resident_names(actor, purpose, resident_ids={one.resident_id for one in questions}),
        orders=orders,
        answers=answers,
        handings=handings,
        here=set(StoredFile.objects.filter(id__in=files).values_list("id", flat=True)) if files else set(),
    )
    return [shown.line(one, one.resident_id in open_to) for one in questions]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What was read at once for a page of questions."""

    actor: Actor
    names: Mapping[UUID, str]
    residents: Mapping[UUID, str]
    orders: Mapping[UUID, Order]
    answers: Mapping[UUID, Answer]
    handings: Mapping[UUID, Sequence[Handing]]
    here: set[UUID]

    def line(self, one: Question, is_readable: bool) -> QuestionLine:
        answer = self.answers.get(one.id)
        order = self.orders.get(one.order_id) if one.order_id else None
        return QuestionLine(
            id=one.id,
            client_id=one.client_id,
            visit_id=one.visit_id,
            resident_id=one.resident_id,
            resident=self.residents.get(one.resident_id, ""),
            nurse=self.names.get(one.staff_id, ""),
            asked_at=one.asked_at,
            received_at=one.received_at,
            is_readable=is_readable,
            words=one.words if is_readable else "",
            order_id=one.order_id,
            order=title_of(said_of(order)) if order and is_readable else "",
            readings=[reading_line(reading) for reading in one.readings] if is_readable else [],
            photos=[file_id for file_id in one.file_ids if file_id in self.here] if is_readable else [],
            photos_to_come=len([file_id for file_id in one.file_ids if file_id not in self.here]),
            doctor_staff_id=one.doctor_staff_id,
            doctor=self.names.get(one.doctor_staff_id, "") if one.doctor_staff_id else "",
            handed=[
                HandedLine(
                    at=each.at,
                    to=self.names.get(each.staff_id, "") if each.staff_id else "",
                    words=str(WORDS_OF_HANDED[Handed(each.why)]),
                )
                for each in self.handings[one.id]
            ],
            due_at=one.due_at if one.doctor_staff_id and one.answered_at is None else None,
            seen_at=one.seen_at,
            is_mine=self.actor.staff_id is not None and one.doctor_staff_id == self.actor.staff_id,
            answer=self.answer_line(answer) if answer and is_readable else None,
        )

    def answer_line(self, answer: Answer) -> AnswerLine:
        kind = AnswerKind(answer.kind)
        order = self.orders.get(answer.follows_order_id) if answer.follows_order_id else None
        follows = title_of(said_of(order)) if order else ""
        return AnswerLine(
            kind=answer.kind,
            kind_words=str(WORDS_OF_ANSWER[kind]),
            tone=ANSWER_TONES[kind],
            words=answer.words,
            follows=follows or (problem_words(answer.follows_problem) if answer.has_problem else ""),
            by=self.names.get(answer.staff_id, ""),
            at=answer.at,
            read_at=answer.read_at,
            new_order_id=answer.new_order_id,
        )


def problem_words(code: str) -> str:
    return str(CHRONIC_WORDS.get(code, code))


def reading_line(reading: Mapping[str, Any]) -> ReadingLine:
    name, unit = str(reading["code"]), str(reading["unit"])
    try:
        known = measure(reading["code"])
    except Unsound:
        pass
    else:
        name = known.name_en if is_english() else known.name
        unit = (known.shown_en if is_english() else known.shown) if unit == known.unit else unit
    return ReadingLine(
        name=name, value=f"{reading['value']:g}", unit=unit, at=datetime.fromisoformat(reading["at"])
    )
