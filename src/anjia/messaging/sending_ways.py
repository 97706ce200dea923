"""How a message is written, and which way it goes next. Called by the commands that send and that hear how it went."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from anjia.kernel import audit, live
from anjia.kernel.actors import Actor
from anjia.kernel.calendar import day_of
from anjia.kernel.database import wait_turn
from anjia.kernel.ids import new_id
from anjia.messaging.models import Call, Message, Notification, Recipient
from anjia.messaging.rules import (
    BY_HAND,
    TEMPLATES,
    TO_BE_ASKED,
    Channel,
    State,
    Template,
    call_day,
    check_values,
    due_at,
    filled,
    next_way,
    spelled,
)


def turn_of(party_id: UUID, event_id: UUID) -> str:
    """Return the key under which one party is told of one event: once."""
    return f"message/{party_id}/{event_id}"


def write_message(
    actor: Actor,
    now: datetime,
    *,
    recipient: Recipient,
    template: Template,
    event_id: UUID,
    about_kind: str,
    about_id: UUID,
    values: Mapping[str, str | datetime],
    resident_id: UUID | None,
    urgent: bool,
    needed_by: datetime | None,
) -> Message:
    """
    Put it into the recipient's inbox and on its first way. Call with the turn of party and event held.

    :raises TemplateIncomplete: if a value that the template needs is missing
    """
    check_values(template, values)
    text, said = template.text(recipient.language), spelled(values, recipient.language)
    message = Message.objects.create(
        id=new_id(),
        organization_id=recipient.organization_id,
        party_id=recipient.party_id,
        event_id=event_id,
        resident_id=resident_id,
        about_kind=about_kind,
        about_id=about_id,
        template=template.code,
        template_version=template.version,
        language=recipient.language,
        values=said,
        title=filled(text.title, said),
        words=filled(text.words, said),
        urgent=urgent or template.urgent,
        needed_by=needed_by,
        at=now,
    )
    start_next_way(actor, message, recipient, now=now)
    audit.record("messaging.message.made", actor=actor, at=now, subject_id=message.id)
    return message


def start_next_way(
    actor: Actor, message: Message, recipient: Recipient, *, now: datetime, why: str = ""
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
        due_at=due_at(now, recipient.quiet, urgent=message.urgent),
    )
    notification.save(force_insert=True)
    live.tell(topic="messaging.outbox", subject_id=notification.id)
    if channel is Channel.PHONE:
        put_on_call_list(notification, message, now=now, why=why or why_called(message))
    elif channel is Channel.THROUGH:
        pass_on(actor, message, recipient, now=now)
        notification.move_to(State.SENT, now=now)
    return notification


def pass_on(actor: Actor, message: Message, recipient: Recipient, *, now: datetime) -> None:
    """Ask the one through whom she is reached to tell her: the same event, to another party, once."""
    other = through(recipient)
    assert other is not None, "a way through somebody is only taken when there is somebody"
    wait_turn(turn_of(other.party_id, message.event_id))
    if Message.objects.filter(party_id=other.party_id, event_id=message.event_id).exists():
        return
    write_message(
        actor,
        now,
        recipient=other,
        template=TEMPLATES[message.template],
        event_id=message.event_id,
        about_kind=message.about_kind,
        about_id=message.about_id,
        values=message.values,
        resident_id=message.resident_id,
        urgent=message.urgent,
        needed_by=message.needed_by,
    )


def able(message: Message, recipient: Recipient) -> list[str]:
    """Return the ways that can be gone at all."""
    template = TEMPLATES[message.template]
    if template.is_only_a_call:
        return [Channel.PHONE.value]
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


def start_call(message: Message, *, now: datetime) -> Call:
    """Have somebody called today, because a person wants it so and not as no other way is left."""
    notification = Notification(
        organization_id=message.organization_id,
        message=message,
        party_id=message.party_id,
        event_id=message.event_id,
        channel=Channel.PHONE.value,
        urgent=message.urgent,
        made_at=now,
        changed_at=now,
        due_at=now,
    )
    notification.save(force_insert=True)
    return put_on_call_list(notification, message, now=now, why=BY_HAND, day=day_of(now))


def put_on_call_list(
    notification: Notification, message: Message, *, now: datetime, why: str, day: date | None = None
) -> Call:
    template = TEMPLATES[message.template]
    text = template.text(message.language)
    usual = day_of(now) if template.is_only_a_call else call_day(now, needed_by=message.needed_by)
    return Call.objects.create(
        organization_id=message.organization_id,
        notification=notification,
        message=message,
        party_id=message.party_id,
        day=day or usual,
        words=filled(text.call, message.values),
        why=why,
    )


def why_called(message: Message) -> str:
    return TO_BE_ASKED if TEMPLATES[message.template].is_only_a_call else Channel.PHONE.value


def give_up(notification: Notification, *, now: datetime, code: str) -> None:
    notification.move_to(State.GAVE_UP, now=now, code=code)


def message_of(notification: Notification) -> Message:
    return Message.objects.get(id=notification.message_id)


def recipient_of(organization_id: UUID, party_id: UUID) -> Recipient:
    return Recipient.objects.get(organization_id=organization_id, party_id=party_id)
