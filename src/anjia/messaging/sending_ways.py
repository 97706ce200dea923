"""Which way a message goes next. Called by the commands that send and by those that hear how it went."""

from datetime import datetime
from uuid import UUID

from anjia.kernel import live
from anjia.messaging.models import Call, Message, Notification, Recipient
from anjia.messaging.rules import TEMPLATES, Channel, State, call_day, due_at, filled, next_way


def start_next_way(
    message: Message, recipient: Recipient, *, now: datetime, why: str = ""
) -> Notification | None:
    """Put the message on the next way that was not tried; None when there is none left, not even a call."""
    tried = list(Notification.objects.filter(message_id=message.id).values_list("channel", flat=True))
    channel = next_way(recipient.ways, tried, able(message, recipient))
    if channel is None:
        return None
    notification = Notification(
        organization_id=message.organization_id,
        message=message,
        party_id=message.party_id,
        event_id=message.event_id,
        channel=channel.value,
        urgent=message.urgent,
        made_at=now,
        changed_at=now,
        due_at=due_at(
            now, urgent=message.urgent, quiet_from=recipient.quiet_from, quiet_until=recipient.quiet_until
        ),
    )
    notification.save(force_insert=True)
    live.tell(topic="messaging.outbox", subject_id=notification.id)
    if channel is Channel.PHONE:
        put_on_call_list(notification, message, now=now, why=why or Channel.PHONE.value)
    return notification


def able(message: Message, recipient: Recipient) -> list[str]:
    """Return the ways that can be gone at all."""
    template = TEMPLATES[message.template]
    return [
        *([Channel.WECHAT.value] if recipient.wechat_openid else []),
        *([Channel.SMS.value] if recipient.phone else []),
        *([Channel.THROUGH.value] if through(recipient) else []),
        *([Channel.PHONE.value] if template.is_worth_a_call else []),
    ]


def through(recipient: Recipient) -> Recipient | None:
    """Return who passes messages on to this party. Nobody passes on to somebody who passes on."""
    if recipient.through_party_id is None:
        return None
    other = Recipient.objects.filter(
        organization_id=recipient.organization_id, party_id=recipient.through_party_id
    ).first()
    return other if other and other.through_party_id is None else None


def put_on_call_list(notification: Notification, message: Message, *, now: datetime, why: str) -> None:
    text = TEMPLATES[message.template].text(message.language)
    Call.objects.create(
        organization_id=message.organization_id,
        notification=notification,
        message=message,
        party_id=message.party_id,
        day=call_day(now, needed_by=message.needed_by),
        words=filled(text.call, message.values),
        why=why,
    )


def give_up(notification: Notification, *, now: datetime, code: str) -> None:
    notification.move_to(State.GAVE_UP, now=now, code=code)


def message_of(notification: Notification) -> Message:
    return Message.objects.get(id=notification.message_id)


def recipient_of(organization_id: UUID, party_id: UUID) -> Recipient:
    return Recipient.objects.get(organization_id=organization_id, party_id=party_id)
