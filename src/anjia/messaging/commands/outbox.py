"""The outbox: who sends what now, how it went, and what is done next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from anjia.kernel import audit, live
from anjia.kernel.actors import Actor
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.messaging.models import Attempt, Message, Notification, Recipient
from anjia.messaging.rules import (
    LEASE,
    TEMPLATES,
    CannotSendAgain,
    Channel,
    Outcome,
    State,
    due_at,
    filled,
    is_quiet,
    wait_after,
)
from anjia.messaging.sending_ways import give_up, message_of, recipient_of, start_next_way

CARRIED: Final = (Channel.WECHAT.value, Channel.SMS.value)  # by a vendor; calls are made by people


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one worker sends now. Nobody else does, until the lease is over."""

    notification_id: UUID
    organization_id: UUID
    channel: Channel
    attempt: int
    was_cut_off: bool  # an earlier try ended without our hearing how
    to: str
    template: str
    words: str
    values: Mapping[str, str]
    fields: Mapping[str, str]


@command("messaging.send")
def claim_next(actor: Actor, now: datetime) -> Claim | None:
    """
    Take what has been due longest, of all organizations, and lease it; other workers pass it by. None: nothing is due.

    One at a time: of a worker that dies, only what it was sending at that moment is unsure. What is too late is
    given up; what would wake somebody waits for the morning. The lease of a worker that died runs out, and its message
    is taken again, with the same id.
    """
    due = (
        Notification.objects.select_for_update(skip_locked=True)
        .filter(
            Q(lease_until=None) | Q(lease_until__lte=now),
            state=State.QUEUED.value,
            channel__in=CARRIED,
            due_at__lte=now,
        )
        .order_by("due_at", "id")
    )
    while notification := due.first():
        message = message_of(notification)
        recipient = recipient_of(notification.organization_id, notification.party_id)
        if message.needed_by is not None and message.needed_by <= now:
            give_up(notification, now=now, code="too_late")
        elif not notification.urgent and is_quiet(now, recipient.quiet):
            _put_off(notification, recipient, now=now)
        else:
            return _lease(notification, message, recipient, now=now)
    return None


def _put_off(notification: Notification, recipient: Recipient, *, now: datetime) -> None:
    notification.due_at = due_at(now, recipient.quiet, urgent=False)
    notification.save(update_fields=["due_at"])


def _lease(notification: Notification, message: Message, recipient: Recipient, *, now: datetime) -> Claim:
    cut_off = Attempt.objects.filter(notification=notification, ended_at=None).update(
        ended_at=now, outcome=Outcome.UNSURE.value
    )
    notification.tries += 1
    notification.lease_until = now + LEASE
    notification.save(update_fields=["tries", "lease_until"])
    Attempt.objects.create(
        organization_id=notification.organization_id,
        notification=notification,
        number=notification.tries,
        begun_at=now,
    )
    template = TEMPLATES[message.template]
    channel = Channel(notification.channel)
    return Claim(
        notification_id=notification.id,
        organization_id=notification.organization_id,
        channel=channel,
        attempt=notification.tries,
        was_cut_off=bool(cut_off),
        to=recipient.wechat_openid if channel is Channel.WECHAT else recipient.phone,
        template=message.template,
        words=message.words,
        values={name: value for name, value in message.values.items() if name in template.asked},
        fields={name: filled(field, message.values) for name, field in template.wechat.items()},
    )


@command("messaging.send")
def note_outcome(
    actor: Actor,
    now: datetime,
    *,
    notification_id: UUID,
    attempt: int,
    outcome: Outcome,
    vendor_id: str = "",
    code: str = "",
) -> None:
    """
    Write down how a try went, and do what follows: wait, or take the next way, up to a call by telephone.

    Nothing, if the try is no longer the last one: its lease ran out, and another worker has taken over.
    """
    notification = Notification.objects.select_for_update().filter(id=notification_id).first()
    if notification is None or notification.tries != attempt or notification.state != State.QUEUED:
        return
    Attempt.objects.filter(notification=notification, number=attempt).update(
        ended_at=now, outcome=outcome.value, code=code[:40]
    )
    wait = wait_after(notification.tries)
    if outcome is Outcome.SENT:
        notification.vendor_id = vendor_id[:80]
        notification.move_to(State.SENT, now=now)
    elif outcome is Outcome.LATER and wait is not None:
        notification.lease_until, notification.due_at, notification.code = None, now + wait, code[:40]
        notification.save(update_fields=["lease_until", "due_at", "code"])
    else:
        _go_on(actor, notification, now=now, code=code or outcome.value)
    live.tell(topic="messaging.outbox", subject_id=notification.id)


def _go_on(actor: Actor, notification: Notification, *, now: datetime, code: str) -> None:
    """This way will not do: take the next, if anybody has any use of it still."""
    message = message_of(notification)
    notification.move_to(State.FAILED, now=now, code=code[:40])
    recipient = recipient_of(notification.organization_id, notification.party_id)
    is_over = message.needed_by is not None and message.needed_by <= now
    if is_over or start_next_way(actor, message, recipient, now=now, why=code[:40]) is None:
        give_up(notification, now=now, code=code[:40])


@command("messaging.send")
def note_report(
    actor: Actor, now: datetime, *, notification_id: UUID, vendor_id: str, arrived: bool, code: str = ""
) -> bool:
    """
    Write down what the vendor reports afterwards; return whether it was news. Vendors report twice, and of old tries.

    A message that did not arrive after all takes the next way. The report may be faster than the vendor's answer: then
    it is both, and the answer changes nothing any more.
    """
    notification = Notification.objects.select_for_update().filter(id=notification_id).first()
    if notification is None or not _is_of_this_try(notification, vendor_id):
        return False
    Attempt.objects.filter(notification=notification, ended_at=None).update(
        ended_at=now, outcome=Outcome.SENT.value
    )
    if arrived:
        notification.vendor_id = vendor_id[:80]
        notification.move_to(State.DELIVERED, now=now)
    else:
        _go_on(actor, notification, now=now, code=code or "not_delivered")
    live.tell(topic="messaging.outbox", subject_id=notification.id)
    return True


def _is_of_this_try(notification: Notification, vendor_id: str) -> bool:
    is_being_sent = notification.state == State.QUEUED and notification.lease_until is not None
    if is_being_sent:
        return notification.vendor_id != vendor_id  # of an earlier try, before somebody sent it again
    return notification.state == State.SENT and notification.vendor_id == vendor_id


@command("messaging.call")
def send_again(actor: Actor, now: datetime, *, notification_id: UUID) -> Notification:
    """
    Try once more what failed or was given up, now.

    :raises NotFound: if it is not of the actor's organization
    :raises CannotSendAgain: if it was sent, or is being sent, or is a call
    """
    notification = (
        Notification.objects.select_for_update()
        .filter(id=notification_id, organization_id=actor.organization_id)
        .first()
    )
    if notification is None:
        raise NotFound
    if notification.channel not in CARRIED:
        raise CannotSendAgain
    notification.due_at = now
    notification.move_to(State.QUEUED, now=now)
    audit.record("messaging.notification.sent_again", actor=actor, at=now, subject_id=notification.id)
    return notification
