"""Calls by telephone: what came of each."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.kernel import audit, live
from anjia.kernel.actors import Actor
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.messaging.models import Call, CallAttempt, Notification
from anjia.messaging.rules import AFTER_CALL, CallClosed, CallOutcome, CallState, CallUnsound, State

NOTIFIED: Final = {CallState.REACHED: State.DELIVERED, CallState.WRONG_NUMBER: State.FAILED}


@command("messaging.call")
def log_call(
    actor: Actor,
    now: datetime,
    *,
    call_id: UUID,
    outcome: CallOutcome,
    next_step: str = "",
    again_on: date | None = None,
) -> Call:
    """
    Write down what came of a call. Reached and wrong number close it; the others leave it on the list.

    :raises NotFound: if it is not on the actor's organization's list
    :raises CallClosed: if somebody has closed it before
    :raises CallUnsound: if "later" does not say which day, or a wrong number not what is done next
    """
    call = Call.objects.select_for_update().filter(id=call_id, organization_id=actor.organization_id).first()
    if call is None:
        raise NotFound
    if call.state != CallState.OPEN:
        raise CallClosed
    _check(outcome, next_step=next_step, again_on=again_on, today=day_of(now))
    CallAttempt.objects.create(
        organization_id=actor.organization_id,
        call=call,
        at=now,
        by=actor.user_id,
        outcome=outcome.value,
        next_step=next_step,
        again_on=again_on,
    )
    state = AFTER_CALL[outcome]
    if state is CallState.OPEN:
        call.day = again_on or call.day
        call.save(update_fields=["day"])
    else:
        call.state, call.closed_at = state.value, now
        call.save(update_fields=["state", "closed_at"])
        notification = Notification.objects.select_for_update().get(id=call.notification_id)
        notification.move_to(NOTIFIED[state], now=now, code="" if state is CallState.REACHED else state.value)
    live.tell(topic="messaging.calls", subject_id=call.id)
    audit.record("messaging.call.logged", actor=actor, at=now, subject_id=call.id, fields=["outcome"])
    return call


def _check(outcome: CallOutcome, *, next_step: str, again_on: date | None, today: date) -> None:
    if outcome is CallOutcome.LATER and (again_on is None or again_on < today):
        raise CallUnsound(fields={"again_on": _("请选今天或以后的一天。")})
    if outcome is CallOutcome.WRONG_NUMBER and not next_step.strip():
        raise CallUnsound(fields={"next_step": _("号码不对，请写下一步：问谁、怎么找到人。")})
