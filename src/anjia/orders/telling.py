"""Who is told of a question, in words that name no illness. Only subscribers call it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

from anjia.identity.queries import get_organization, reachable, who_may
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound
from anjia.messaging.commands import send
from anjia.messaging.rules import Contact
from anjia.orders.events import QuestionAnswered, QuestionHanded
from anjia.orders.models import Answer, Question
from anjia.workforce.queries import get_staff_member

LIVES: Final = timedelta(hours=2)  # after that nobody has any use of the news


def tell_whose_it_is(actor: Actor, now: datetime, event: QuestionHanded) -> None:
    """Tell the doctor; where there is none, every dispatcher. Not any more once somebody has answered."""
    question = Question.objects.filter(id=event.question_id, answered_at=None).first()
    if question is None:
        return
    if event.staff_id:
        if question.doctor_staff_id == event.staff_id:
            tell_staff(actor, now, event.staff_id, "question_asked", event.question_id, event.at, question)
        return
    for account_id, name in who_may(actor, Purpose.CONTRACT, permission="dispatch.assign").items():
        tell(actor, now, account_id, name, "", "question_unanswered", event.question_id, event.at, question)


def tell_who_asked(actor: Actor, now: datetime, event: QuestionAnswered) -> None:
    """Tell the nurse, unless she has read it already."""
    question = Question.objects.filter(id=event.question_id).first()
    unread = Answer.objects.filter(question=event.question_id, read_at=None).exists()
    if question and unread:
        tell_staff(actor, now, question.staff_id, "question_answered", event.question_id, event.at, question)


def tell_staff(
    actor: Actor,
    now: datetime,
    staff_id: UUID,
    template: str,
    question_id: UUID,
    at: datetime,
    question: Question,
) -> None:
    staff = get_staff_member(actor, Purpose.CONTRACT, staff_id=staff_id)
    if staff.account_id:
        tell(actor, now, staff.account_id, staff.name, staff.phone, template, question_id, at, question)


def tell(
    actor: Actor,
    now: datetime,
    account_id: UUID,
    name: str,
    phone: str,
    template: str,
    question_id: UUID,
    at: datetime,
    question: Question,
) -> None:
    ways = reachable(actor, Purpose.CONTRACT, account_ids=[account_id])[account_id]
    send(
        actor,
        now,
        party_id=account_id,
        template_code=template,
        event_id=uuid5(NAMESPACE_OID, f"{template}/{question_id}/{at.isoformat()}"),
        about_kind="question",
        about_id=question_id,
        values=values_of(actor, question),
        contact=Contact(
            name=name,
            phone=phone or ways.phone,
            wechat_openid=ways.wechat_openid,
            language=ways.language,
        ),
        urgent=True,
        needed_by=now + LIVES,
    )


def values_of(actor: Actor, question: Question) -> Mapping[str, str]:
    nurse = get_staff_member(actor, Purpose.CONTRACT, staff_id=question.staff_id)
    try:
        house = get_organization(actor, Purpose.CONTRACT, organization_id=actor.organization_id)
    except NotFound:
        return {"institution": "", "phone": "", "who": nurse.name}
    return {"institution": house.name, "phone": house.duty_phone or house.phone, "who": nurse.name}
