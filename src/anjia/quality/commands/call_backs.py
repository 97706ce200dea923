"""Calling back after a visit."""

from datetime import datetime
from uuid import UUID

from django.db.models import Count

from anjia.identity.queries import who_may
from anjia.kernel import audit, events, live
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.database import wait_turn
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.quality.events import CallBackDue, CallBackEscalated, CalledBack
from anjia.quality.models import CallBack, CallBackAttempt, CallBackEscalation
from anjia.quality.rules import AFTER_ATTEMPT, CallBackOver, CallState, check_attempt, due_at
from anjia.visits.queries import get_visit

SUPERVISES = "quality.manage"


@command("quality.open_call_back")
def open_call_back(actor: Actor, now: datetime, *, visit_id: UUID) -> CallBack | None:
    """
    Put the visit on the list of those to call back; nothing, if it is on it, or was not done after all.

    :raises NotFound: if the organization has no such visit
    """
    visit = get_visit(actor, Purpose.CONTRACT, visit_id=visit_id)
    if visit.done_at is None:
        return None
    wait_turn(f"call-back/{visit_id}")
    if CallBack.objects.filter(visit_id=visit_id).exists():
        return None
    call_back = CallBack.objects.create(
        organization_id=actor.organization_id,
        visit_id=visit_id,
        visit_starts_at=visit.starts_at,
        resident_id=visit.resident_id,
        done_at=visit.done_at,
        due_at=due_at(visit.done_at),
    )
    audit.record("quality.call_back.opened", actor=actor, at=now, subject_id=call_back.id)
    events.publish(
        CallBackDue(call_back_id=call_back.id, visit_id=visit_id, due_at=call_back.due_at, at=now),
        actor=actor,
    )
    live.tell(topic="quality.call_backs", subject_id=call_back.id)
    return call_back


@command("quality.call_back")
def log_call_back(
    actor: Actor,
    now: datetime,
    *,
    call_back_id: UUID,
    reached: str,
    solved: str = "",
    new_need: str = "",
    words: str = "",
) -> CallBack:
    """
    Write down what came of a call. Nobody there or a wrong number leaves it on the list, however late.

    :raises NotFound: if it is not on the actor's organization's list
    :raises CallBackOver: if somebody has an answer already
    :raises CallBackUnsound: if it is not said what came of it
    """
    call_back = (
        CallBack.objects.select_for_update()
        .filter(id=call_back_id, organization_id=actor.organization_id)
        .first()
    )
    if call_back is None:
        raise NotFound
    if call_back.state != CallState.OPEN:
        raise CallBackOver
    outcome, answer = check_attempt(reached=reached, solved=solved, words=words, new_need=new_need)
    CallBackAttempt.objects.create(
        organization_id=actor.organization_id,
        call_back=call_back,
        at=now,
        by=actor.user_id,
        reached=outcome.value,
        words=words.strip(),
    )
    state = AFTER_ATTEMPT[outcome]
    if state is not CallState.OPEN:
        call_back.state, call_back.closed_at, call_back.closed_by = state.value, now, actor.user_id
        call_back.solved = answer.value if answer else ""
        call_back.new_need = new_need.strip() if answer else ""
        call_back.save()
    audit.record(
        "quality.call_back.logged",
        actor=actor,
        at=now,
        subject_id=call_back.id,
        fields=["new_need", "reached", "solved", "words"],
    )
    events.publish(
        CalledBack(call_back_id=call_back.id, visit_id=call_back.visit_id, state=call_back.state, at=now),
        actor=actor,
    )
    live.tell(topic="quality.call_backs", subject_id=call_back.id)
    return call_back


@command("quality.escalate")
def escalate_call_back(actor: Actor, now: datetime, *, call_back_id: UUID) -> CallBackEscalation | None:
    """
    Bring a late call-back before the supervisor who has the fewest of them; once. It stays open until she is reached.

    :raises NotFound: if it is not on the actor's organization's list
    """
    call_back = (
        CallBack.objects.select_for_update()
        .filter(id=call_back_id, organization_id=actor.organization_id)
        .first()
    )
    if call_back is None:
        raise NotFound
    is_late = call_back.state == CallState.OPEN and now >= call_back.due_at
    if not is_late or CallBackEscalation.objects.filter(call_back=call_back).exists():
        return None
    escalation = CallBackEscalation.objects.create(
        organization_id=actor.organization_id,
        call_back=call_back,
        at=now,
        to_account_id=_supervisor(actor),
    )
    audit.record("quality.call_back.escalated", actor=actor, at=now, subject_id=call_back.id)
    events.publish(
        CallBackEscalated(call_back_id=call_back.id, to_account_id=escalation.to_account_id, at=now),
        actor=actor,
    )
    live.tell(topic="quality.call_backs", subject_id=call_back.id)
    return escalation


def _supervisor(actor: Actor) -> UUID | None:
    names = who_may(actor, Purpose.CONTRACT, permission=SUPERVISES)
    open_ones = CallBackEscalation.objects.filter(
        organization_id=actor.organization_id, call_back__state=CallState.OPEN.value
    )
    have = dict(open_ones.values_list("to_account_id").annotate(number=Count("id")))
    return min(names, key=lambda one: (have.get(one, 0), names[one], str(one)), default=None)
