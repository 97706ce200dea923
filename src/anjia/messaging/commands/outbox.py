"""The outbox: who sends what now, how it went, and what is done next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from anjia.kernel import audit, live, prepared
from anjia.kernel.actors import Actor
from anjia.kernel.errors import NotFound
from anjia.kernel.prepared import Part, Prepared
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


BATCH: Final = 20  # a worker that dies keeps as many waiting until their lease is over
TO_SEND: Final = Prepared(
    lambda asked: Notification.objects.select_for_update().filter(id__any_of=asked.ids).order_by("id")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one worker sends now. Nobody else does, until the lease is over."""

    notification_id: UUID
    organization_id: UUID
    channel: Channel
    attempt: int
    lease_until: datetime
    was_cut_off: bool  # an earlier try ended without our hearing how
    to: str
    template: str
    words: str
    values: Mapping[str, str]
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What a vendor has taken, and is not written down yet."""

    claim: Claim
    vendor_id: str


@command("messaging.send")
def claim_due(actor: Actor, now: datetime) -> list[Claim]:
    """
    Take what has been due longest, of all organizations, and lease it; other workers pass it by. None: nothing is due.

    What is too late is given up; what would wake somebody waits for the morning. The lease of a worker that died runs
    out, and its messages are taken again, with the same ids. Nothing is sent before it is begun: see there.
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
    while found := list(due[:BATCH]):
        claims = list(_claims(found, now=now))
        if claims:
            leased = Notification.objects.filter(id__in=[claim.notification_id for claim in claims])
            leased.update(lease_until=now + LEASE)
            return claims
    return []


def _claims(found: Sequence[Notification], *, now: datetime) -> Iterator[Claim]:
    messages = Message.objects.in_bulk([one.message_id for one in found])
    recipients = {
        (one.organization_id, one.party_id): one
        for one in Recipient.objects.filter(
            organization_id__in={one.organization_id for one in found},
            party_id__in={one.party_id for one in found},
        )
    }
    cut_off = set(
        Attempt.objects.filter(notification__in=found, ended_at=None).values_list(
            "notification_id", flat=True
        )
    )
    for notification in found:
        message = messages[notification.message_id]
        recipient = recipients[notification.organization_id, notification.party_id]
        if message.needed_by is not None and message.needed_by <= now:
            give_up(notification, now=now, code="too_late")
        elif not notification.urgent and is_quiet(now, recipient.quiet):
            _put_off(notification, recipient, now=now)
        else:
            yield _claim(notification, message, recipient, now=now, was_cut_off=notification.id in cut_off)


def _put_off(notification: Notification, recipient: Recipient, *, now: datetime) -> None:
    notification.due_at = due_at(now, recipient.quiet, urgent=False)
    notification.save(update_fields=["due_at"])


def _claim(
    notification: Notification, message: Message, recipient: Recipient, *, now: datetime, was_cut_off: bool
) -> Claim:
    template = TEMPLATES[message.template]
    channel = Channel(notification.channel)
    return Claim(
        notification_id=notification.id,
        organization_id=notification.organization_id,
        channel=channel,
        attempt=notification.tries + 1,
        lease_until=now + LEASE,
        was_cut_off=was_cut_off,
        to=recipient.wechat_openid if channel is Channel.WECHAT else recipient.phone,
        template=message.template,
        words=message.words,
        values={name: value for name, value in message.values.items() if name in template.asked},
        fields={name: filled(field, message.values) for name, field in template.wechat.items()},
    )


@command("messaging.send")
def begin(actor: Actor, now: datetime, *, claim: Claim, after: Handed | None = None) -> bool:
    """
    Begin a try, and write down that the one `after` which it comes was taken: of a worker that dies, only what it was
    sending at that moment is unsure. Return whether it is still ours to send: meanwhile somebody may have taken it
    back, or over; and whose lease is over is claimed anew, as by now it may be night, or too late.

    The lease begins anew: while it is being sent nobody takes it over, or back.
    """
    ids = [claim.notification_id, *([after.claim.notification_id] if after else [])]
    rows = {row.id: row for row in TO_SEND.rows(ids=ids)}
    parts = _taken(rows.get(after.claim.notification_id), after, now=now) if after else []
    notification = rows.get(claim.notification_id)
    is_ours = notification is not None and (
        claim.lease_until > now
        and (notification.state, notification.tries, notification.lease_until)
        == (State.QUEUED, claim.attempt - 1, claim.lease_until)
    )
    if notification and is_ours:
        notification.tries, notification.lease_until = claim.attempt, now + LEASE
        parts += [
            (
                "UPDATE messaging_attempt SET ended_at = %s, outcome = %s"
                " WHERE notification_id = %s AND ended_at IS NULL",
                [now, Outcome.UNSURE.value, notification.id],
            ),
            *prepared.insertions(
                [
                    Attempt(
                        organization_id=notification.organization_id,
                        notification=notification,
                        number=claim.attempt,
                        begun_at=now,
                    )
                ]
            ),
            prepared.saving(notification, "tries", "lease_until"),
        ]
    prepared.run(parts)
    return is_ours


def _taken(notification: Notification | None, handed: Handed, *, now: datetime) -> list[Part]:
    """Return what writes down that the vendor has it. Nothing, if the try is no longer the last one."""
    if notification is None or not _is_last(notification, handed.claim.attempt):
        return []
    notification.vendor_id = handed.vendor_id[:80]
    live.tell(
        topic="messaging.outbox", subject_id=notification.id, organization_id=notification.organization_id
    )
    return [
        _ending(notification, now=now, outcome=Outcome.SENT),
        notification.moving_to(State.SENT, now=now),
    ]


def _ending(notification: Notification, *, now: datetime, outcome: Outcome, code: str = "") -> Part:
    return (
        "UPDATE messaging_attempt SET ended_at = %s, outcome = %s, code = %s"
        " WHERE notification_id = %s AND number = %s",
        [now, outcome.value, code[:40], notification.id, notification.tries],
    )


def _is_last(notification: Notification, attempt: int) -> bool:
    """Say whether this try is the last one: its lease may have run out, and another worker have taken over."""
    return notification.tries == attempt and notification.state == State.QUEUED


@command("messaging.send")
def note_taken(actor: Actor, now: datetime, *, handed: Handed) -> None:
    """Write down that the vendor has it, as nothing comes after it with which to write it."""
    [notification] = TO_SEND.rows(ids=[handed.claim.notification_id])
    prepared.run(_taken(notification, handed, now=now))


@command("messaging.send")
def give_back(actor: Actor, now: datetime, *, claims: Sequence[Claim]) -> None:
    """Let others take what was claimed and not begun."""
    for claim in claims:
        Notification.objects.filter(
            id=claim.notification_id, tries=claim.attempt - 1, lease_until=claim.lease_until
        ).update(lease_until=None)


@command("messaging.send")
def note_outcome(
    actor: Actor, now: datetime, *, notification_id: UUID, attempt: int, outcome: Outcome, code: str = ""
) -> None:
    """
    Write down how a try failed, and do what follows: wait, or take the next way, up to a call by telephone.

    Nothing, if the try is no longer the last one: its lease ran out, and another worker has taken over.
    """
    notification = Notification.objects.select_for_update().filter(id=notification_id).first()
    if notification is None or not _is_last(notification, attempt):
        return
    prepared.run([_ending(notification, now=now, outcome=outcome, code=code)])
    wait = wait_after(notification.tries)
    if outcome is Outcome.LATER and wait is not None:
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
