"""What a doctor answers to a nurse in the middle of a visit: answered, with the order if it changes, and read back."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import command
from anjia.orders.doctors import check_doctor
from anjia.orders.events import QuestionAnswered
from anjia.orders.models import Answer, Order, Question
from anjia.orders.rules.orders import OrderInvalid, State, changed, check_order
from anjia.orders.rules.questions import (
    AnsweredAlready,
    AnswerKind,
    FollowsNothing,
    check_answer,
)
from anjia.orders.writing import new_version, order_to_change, question_to_change, said_of, say, step_aside
from anjia.residents.queries import check_consent, get_resident


@command("orders.confirm")
def answer_question(
    actor: Actor,
    now: datetime,
    *,
    question_id: UUID,
    kind: str,
    is_known: bool,
    follows_order_id: UUID | None = None,
    follows_problem: str = "",
    words: str = "",
    change: Mapping[str, str] | None = None,
    valid_until: date | None = None,
) -> Answer:
    """
    Answer a nurse, as a doctor. Advice and a changed order are for a condition that is known: one of her orders, or of
    the problems she is registered with. A changed order is another version, in force at once.

    :raises NotFound: if there is no such question
    :raises NoDoctor: if the actor is no doctor whose licence holds
    :raises AnsweredAlready: if another was faster
    :raises ConsentMissing: if she does not let her record be used
    :raises NotAtADistance: if it is advice or treatment for what is no known condition
    :raises FollowsNothing: if it is not said which, or it is none of hers
    :raises NothingSaid: if the nurse is told nothing
    :raises OrderInvalid, ForbiddenAtHome: if the changed order makes no sense, or is not done at home
    """
    staff_id = check_doctor(actor, now)
    question = question_to_change(actor, question_id)
    if question.answered_at:
        raise AnsweredAlready
    check_consent(actor, Purpose.CARE, resident_id=question.resident_id)
    chosen = check_answer(
        kind=kind,
        is_known=is_known,
        follows_order_id=follows_order_id,
        follows_problem=follows_problem,
        words=words,
    )
    answer = Answer(
        organization_id=actor.organization_id,
        resident_id=question.resident_id,
        question=question,
        kind=chosen.value,
        is_known_condition=is_known,
        words=words.strip(),
        staff_id=staff_id,
        by=actor.user_id,
        at=now,
    )
    if is_known:
        _follow(actor, answer, follows_order_id, follows_problem)
    if chosen is AnswerKind.CHANGED:
        answer.new_order_id = _change(actor, now, answer, staff_id, change or {}, valid_until)
    answer.save(force_insert=True)
    question.answered_at = now
    question.save(update_fields=["answered_at"])
    audit.record(
        "orders.question.answered", actor=actor, at=now, subject_id=question.id, fields=["kind", "words"]
    )
    _say_answered(actor, now, question)
    return answer


def _say_answered(actor: Actor, now: datetime, question: Question) -> None:
    events.publish(
        QuestionAnswered(
            question_id=question.id,
            resident_id=question.resident_id,
            visit_id=question.visit_id,
            at=now,
        ),
        actor=actor,
    )


def _follow(actor: Actor, answer: Answer, order_id: UUID | None, problem: str) -> None:
    if order_id:
        rows = Order.objects.filter(
            organization_id=actor.organization_id, id=order_id, resident=answer.resident_id
        )
        if not rows.filter(state=State.CONFIRMED.value).exists():
            raise FollowsNothing(fields={"follows": FollowsNothing.words})
        answer.follows_order_id = order_id
    elif problem:
        resident = get_resident(actor, Purpose.CARE, resident_id=answer.resident_id)
        if problem not in resident.chronic:
            raise FollowsNothing(fields={"follows": FollowsNothing.words})
        answer.follows_problem, answer.has_problem = problem, True


def _change(
    actor: Actor,
    now: datetime,
    answer: Answer,
    staff_id: UUID,
    change: Mapping[str, str],
    valid_until: date | None,
) -> UUID:
    if answer.follows_order_id is None:
        raise FollowsNothing(fields={"follows": _("改医嘱要选改的是哪一条。")})
    before = order_to_change(actor, order_id=answer.follows_order_id)
    if before.state != State.CONFIRMED:
        raise FollowsNothing(fields={"follows": FollowsNothing.words})
    old = said_of(before)
    said = changed(old, change)
    until = valid_until or before.valid_until
    if said == old and until == before.valid_until:
        raise OrderInvalid(_("医嘱没有改动。要改就写改成什么，不改就选“照现在的医嘱做”。"))
    check_order(said, valid_from=before.valid_from, valid_until=until, today=day_of(now))
    step_aside(actor, now, root_id=before.root_id, state=State.CONFIRMED, why=answer.words)
    order = new_version(
        actor,
        now,
        of=before,
        resident_id=before.resident_id,
        service_code=before.service_code,
        said=said,
        valid_from=before.valid_from,
        valid_until=until,
        file_id=before.file_id,
        answer_id=answer.id,
        state=State.CONFIRMED.value,
        decided_by=actor.user_id,
        decided_staff_id=staff_id,
        decided_at=now,
        why=answer.words,
    )
    order.save(force_insert=True)
    say(actor, now, order, "changed", "said", "valid_until")
    return order.id


@command("orders.read")
def read_answer_back(actor: Actor, now: datetime, *, question_id: UUID) -> Answer:
    """
    Say, as the nurse who has asked, that she has read the answer and read it back. Twice is as once.

    :raises NotFound: if there is no such question, or no answer yet
    :raises NotAllowed: if it is not hers
    """
    question = question_to_change(actor, question_id)
    if question.staff_id != actor.staff_id:
        raise NotAllowed
    answer = Answer.objects.filter(question=question).first()
    if answer is None:
        raise NotFound
    if answer.read_at is None:
        answer.read_at = now
        answer.save(update_fields=["read_at"])
        audit.record("orders.answer.read_back", actor=actor, at=now, subject_id=question.id)
        _say_answered(actor, now, question)
    return answer
