"""Calls by telephone: what came of each."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from anjia.kernel import audit, live
from anjia.kernel.actors import Actor
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.messaging.models import Attempt, Call, CallAttempt, Message, Notification
from anjia.messaging.rules import (
    AFTER_CALL,
    CallClosed,
    CallOutcome,
    CallState,
    CallUnsound,
    Channel,
    State,
)
from anjia.messaging.sending_ways import give_up, start_call

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


@command("messaging.call")
def put_on_list(actor: Actor, now: datetime, *, message_id: UUID) -> Call:
    """
    Have the party of a message called today, whatever became of it on other ways; return the call that waits.

    :raises NotFound: if it is no message of the actor's organization to a household
    :raises CallClosed: if she was reached by telephone before
    """
    message = Message.objects.filter(
        id=message_id, organization_id=actor.organization_id, resident_id__isnull=False
    ).first()
    if message is None:
        raise NotFound
    # Whoever takes the next way of this message waits here, and finds that the telephone is taken.
    list(Notification.objects.select_for_update().filter(message=message).order_by("id"))
    phone = Notification.objects.filter(message=message, channel=Channel.PHONE.value).first()
    call = Call.objects.select_for_update().filter(notification=phone).first() if phone else None
    if call and call.state == CallState.OPEN:
        return call
    if call and call.state == CallState.REACHED:
        raise CallClosed
    if phone and call:
        phone.move_to(State.QUEUED, now=now)
        call.state, call.closed_at, call.day = CallState.OPEN.value, None, day_of(now)
        call.save(update_fields=["state", "closed_at", "day"])
    else:
        call = start_call(message, now=now)
    live.tell(topic="messaging.calls", subject_id=call.id)
    audit.record("messaging.call.asked_for", actor=actor, at=now, subject_id=call.id, fields=["state"])
    return call


@command("messaging.call")
def log_own_call(
    actor: Actor,
    now: datetime,
    *,
    message_id: UUID,
    outcome: CallOutcome,
    next_step: str = "",
    again_on: date | None = None,
) -> Call:
    """
    Write down what came of a call that was on no list: what a message was to say was said, or is to be tried again.

    :raises NotFound, CallClosed, CallUnsound: as `put_on_list` and `log_call`
    """
    call = put_on_list(actor, now, message_id=message_id)
    return log_call(actor, now, call_id=call.id, outcome=outcome, next_step=next_step, again_on=again_on)


@command("messaging.send")
def drop_call(actor: Actor, now: datetime, *, call_id: UUID) -> bool:
    """
    Take a call off the list when nobody has any use of it any more; return whether that was so.

    :raises NotFound: if it is not on the actor's organization's list
    """
    calls = Call.objects.select_for_update(of=("self",)).select_related("message")
    call = calls.filter(id=call_id, organization_id=actor.organization_id).first()
    if call is None:
        raise NotFound
    needed_by = call.message.needed_by
    if call.state != CallState.OPEN or needed_by is None or needed_by > now:
        return False
    _close(call, now=now)
    notification = Notification.objects.select_for_update().get(id=call.notification_id)
    give_up(notification, now=now, code="too_late")
    audit.record("messaging.call.dropped", actor=actor, at=now, subject_id=call.id, fields=["state"])
    return True


@command("messaging.send")
def take_back(
    actor: Actor,
    now: datetime,
    *,
    about_id: UUID,
    until: datetime,
    since: datetime | None = None,
    about_kind: str | None = None,
) -> int:
    """
    Say no more of what was told of something up to `until`: it is otherwise now. Return how many were taken back.

    With `since`, only what was told of it from then on; with `about_kind`, only what was told of it as that. What is
    being sent at this moment is not stopped.
    """
    about: dict[str, Any] = {"message__about_id": about_id, "message__at__lte": until}
    if since:
        about["message__at__gte"] = since
    if about_kind:
        about["message__about_kind"] = about_kind
    return _take_back(actor, now, about, code="overtaken", subject_id=about_id)


@command("messaging.send")
def tell_no_more(actor: Actor, now: datetime, *, party_id: UUID, resident_id: UUID) -> int:
    """
    Say nothing more to the party of what she was told about the resident, who is none of her business any more. Return
    how many were taken back.

    What is being sent at this moment is not stopped.
    """
    about = {"message__party_id": party_id, "message__resident_id": resident_id}
    return _take_back(actor, now, about, code="no_longer_hers", subject_id=party_id)


def _take_back(actor: Actor, now: datetime, about: dict[str, Any], *, code: str, subject_id: UUID) -> int:
    ours = about | {"organization_id": actor.organization_id}
    calls = Call.objects.select_for_update(of=("self",)).filter(**ours, state=CallState.OPEN.value)
    for call in calls.order_by("id"):
        _close(call, now=now)
    rows = Notification.objects.select_for_update(of=("self",)).filter(**ours, state=State.QUEUED.value)
    begun = Attempt.objects.filter(notification=OuterRef("id"), ended_at=None)
    is_sent_now = Q(lease_until__gt=now) & Exists(begun)
    waiting = list(rows.exclude(is_sent_now).order_by("id"))
    for notification in waiting:
        give_up(notification, now=now, code=code)
    if waiting:
        audit.record("messaging.notifications.taken_back", actor=actor, at=now, subject_id=subject_id)
    return len(waiting)


def _close(call: Call, *, now: datetime) -> None:
    call.state, call.closed_at = CallState.DROPPED.value, now
    call.save(update_fields=["state", "closed_at"])
    live.tell(topic="messaging.calls", subject_id=call.id)


def _check(outcome: CallOutcome, *, next_step: str, again_on: date | None, today: date) -> None:
    if outcome is CallOutcome.LATER and (again_on is None or again_on < today):
        raise CallUnsound(fields={"again_on": _("请选今天或以后的一天。")})
    if outcome is CallOutcome.WRONG_NUMBER and not next_step.strip():
        raise CallUnsound(fields={"next_step": _("号码不对，请写下一步：问谁、怎么找到人。")})
