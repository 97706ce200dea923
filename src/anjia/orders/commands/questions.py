"""What a nurse asks a doctor in the middle of a visit: opened, handed on, seen."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from anjia.kernel import audit, events, live
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.database import wait_turn
from anjia.kernel.topics import PHOTOS_OF_QUESTIONS
from anjia.kernel.work import command
from anjia.orders.doctors import doctors_for
from anjia.orders.events import QuestionAsked, QuestionHanded
from anjia.orders.models import Handing, Order, Question
from anjia.orders.rules.questions import (
    Handed,
    answer_within,
    is_late,
    whom_to_ask,
)
from anjia.orders.writing import question_to_change
from anjia.records.queries import latest_of_many
from anjia.visits.queries import FactSaid, facts_said, get_visit

LOOKING_BACK: Final = timedelta(days=7)  # for the last readings


@command("orders.ask")
def open_questions(actor: Actor, now: datetime, *, visit_id: UUID) -> int:
    """
    Open what was asked at a visit, each once, and hand it to a doctor; return how many were new.

    The id of a question is that of the fact by which it was asked, so it is one however often it comes. Photos that
    came to a question of before are added to it.
    """
    facts = facts_said(actor, Purpose.CONTRACT, visit_id=visit_id, kind="question")
    if not facts:
        return 0
    wait_turn(f"questions/{visit_id}")
    known = set(Question.objects.filter(visit_id=visit_id).values_list("id", flat=True))
    visit = get_visit(actor, Purpose.CONTRACT, visit_id=visit_id)
    fresh = [fact for fact in facts if fact.id not in known and not fact.content.get("to")]
    for fact in fresh:
        _open(actor, now, visit_id=visit_id, resident_id=visit.resident_id, fact=fact)
    _add_photos(actor, now, visit_id, [fact for fact in facts if fact.content.get("to")])
    return len(fresh)


def _open(actor: Actor, now: datetime, *, visit_id: UUID, resident_id: UUID, fact: FactSaid) -> None:
    order_id = _id_in(fact.content.get("order_id"))
    orders = Order.objects.filter(organization_id=actor.organization_id, resident=resident_id)
    question = Question.objects.create(
        id=fact.id,
        client_id=fact.client_id,
        organization_id=actor.organization_id,
        resident_id=resident_id,
        visit_id=visit_id,
        order=orders.filter(id=order_id).first() if order_id else None,
        staff_id=fact.staff_id,
        words=str(fact.content.get("words", "")),
        readings=_last_readings(actor, resident_id, fact.at),
        file_ids=_files_in(fact),
        asked_at=fact.at,
        received_at=now,
    )
    audit.record("orders.question.asked", actor=actor, at=now, subject_id=question.id, fields=["words"])
    events.publish(
        QuestionAsked(question_id=question.id, resident_id=resident_id, visit_id=visit_id, at=now),
        actor=actor,
    )
    _hand(actor, now, question)


def _add_photos(actor: Actor, now: datetime, visit_id: UUID, later: list[FactSaid]) -> None:
    """What followed names the question by the phone's own id of it."""
    for fact in later:
        asked = _id_in(fact.content["to"])
        rows = Question.objects.filter(visit_id=visit_id)
        question = rows.filter(client_id=asked).first() if asked else None
        more = [file_id for file_id in _files_in(fact) if question and file_id not in question.file_ids]
        if question and more:
            question.file_ids = [*question.file_ids, *more]
            question.save(update_fields=["file_ids"])
            audit.record(
                "orders.question.changed", actor=actor, at=now, subject_id=question.id, fields=["photo"]
            )
            live.tell(topic=PHOTOS_OF_QUESTIONS, subject_id=visit_id)


def _files_in(fact: FactSaid) -> list[UUID]:
    found = _id_in(fact.content.get("file_id"))
    return [found] if found else []


def _id_in(said: Any) -> UUID | None:
    try:
        return UUID(str(said))
    except ValueError:
        return None


def _last_readings(actor: Actor, resident_id: UUID, at: datetime) -> list[Mapping[str, Any]]:
    """Return the newest reading of each code, as it was when she asked."""
    found = latest_of_many(
        actor,
        Purpose.CARE,
        resident_ids=[resident_id],
        since=at - LOOKING_BACK,
        until=at + timedelta(minutes=1),
    )
    return [
        {"code": one.code, "value": float(one.value), "unit": one.unit, "at": one.at.isoformat()}
        for one in found.get(resident_id, [])
    ]


@command("orders.ask")
def hand_on(actor: Actor, now: datetime, *, question_id: UUID) -> Question:
    """
    Hand a question that nobody has answered in time to the next doctor; where there is none, to the dispatcher. It is
    looked for one again each time that its time is over.

    :raises NotFound: if there is no such question
    """
    question = question_to_change(actor, question_id)
    if question.answered_at is None and is_late(question.due_at, now):
        _hand(actor, now, question)
    return question


def _hand(actor: Actor, now: datetime, question: Question) -> None:
    before = list(Handing.objects.filter(question=question).order_by("number"))
    asked = {one.staff_id for one in before if one.staff_id}
    doctors = doctors_for(actor, now, resident_id=question.resident_id)
    staff_id, why = whom_to_ask(doctors, asked)
    question.doctor_staff_id, question.due_at = staff_id, now + answer_within()
    question.seen_at = None
    question.save(update_fields=["doctor_staff_id", "due_at", "seen_at"])
    if why is Handed.NOBODY and before and before[-1].why == Handed.NOBODY:
        return  # the dispatcher has it already
    Handing.objects.create(
        organization_id=actor.organization_id,
        question=question,
        number=len(before) + 1,
        staff_id=staff_id,
        why=why.value,
        at=now,
        due_at=question.due_at if staff_id else None,
    )
    audit.record("orders.question.handed", actor=actor, at=now, subject_id=question.id, fields=["staff_id"])
    events.publish(
        QuestionHanded(
            question_id=question.id,
            resident_id=question.resident_id,
            visit_id=question.visit_id,
            number=len(before) + 1,
            staff_id=staff_id,
            at=now,
        ),
        actor=actor,
    )


@command("orders.confirm")
def note_seen(actor: Actor, now: datetime, *, question_id: UUID) -> Question:
    """
    Write down when whoever is asked has opened it. Twice is as once.

    :raises NotFound: if there is no such question
    """
    question = question_to_change(actor, question_id)
    if question.seen_at is None and question.doctor_staff_id == actor.staff_id:
        question.seen_at = now
        question.save(update_fields=["seen_at"])
        audit.record("orders.question.seen", actor=actor, at=now, subject_id=question.id)
    return question
