"""Saying something to somebody, once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anjia.kernel import audit
from anjia.kernel.actors import Actor
from anjia.kernel.database import wait_turn
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.messaging.models import Message, Recipient
from anjia.messaging.rules import Channel, Contact, template
from anjia.messaging.sending_ways import turn_of, write_message


@dataclass(frozen=True, slots=True)
class NowRead:
    count: int


@command("messaging.send")
def send(
    actor: Actor,
    now: datetime,
    *,
    party_id: UUID,
    template_code: str,
    event_id: UUID,
    about_kind: str,
    about_id: UUID,
    values: Mapping[str, str | datetime],
    resident_id: UUID | None = None,
    contact: Contact | None = None,
    urgent: bool = False,
    needed_by: datetime | None = None,
) -> Message:
    """
    Tell the party of the event: into her inbox, and on the first way she can be reached by.

    The same event tells the same party once, however often it is heard of. What nobody needs any more at `needed_by` is
    not sent after it.

    :raises TemplateUnknown: if there is no such template
    :raises TemplateIncomplete: if a value that it needs is missing
    :raises NotFound: if nobody has said how the party is reached, and no `contact` is given
    """
    wait_turn(turn_of(party_id, event_id))
    known = Message.objects.filter(party_id=party_id, event_id=event_id).first()
    if known:
        return known
    return write_message(
        actor,
        now,
        recipient=_recipient(actor, party_id=party_id, contact=contact),
        template=template(template_code),
        event_id=event_id,
        about_kind=about_kind,
        about_id=about_id,
        values=values,
        resident_id=resident_id,
        urgent=urgent,
        needed_by=needed_by,
    )


def _recipient(actor: Actor, *, party_id: UUID, contact: Contact | None) -> Recipient:
    """Return how the party is reached, with what is newly known of her."""
    recipient = Recipient.objects.filter(organization_id=actor.organization_id, party_id=party_id).first()
    if contact is None:
        if recipient is None:
            raise NotFound
        return recipient
    if recipient is None:
        recipient = Recipient(organization_id=actor.organization_id, party_id=party_id)
    elif recipient.set_by_hand:
        return recipient
    said = (contact.name, contact.language, contact.phone, contact.wechat_openid)
    if said == (recipient.name, recipient.language, recipient.phone, recipient.wechat_openid):
        return recipient
    recipient.name, recipient.language, recipient.phone, recipient.wechat_openid = said
    recipient.ways = [
        *([Channel.WECHAT.value] if contact.wechat_openid else []),
        *([Channel.SMS.value] if contact.phone else []),
    ]
    recipient.save()
    return recipient


@command("messaging.read")
def read_messages(actor: Actor, now: datetime, *, message_ids: Collection[UUID]) -> NowRead:
    """Mark these as read, those of them that are the actor's own and new; return how many."""
    fresh = Message.objects.filter(id__in=set(message_ids), party_id=actor.user_id, read_at=None)
    count = fresh.update(read_at=now)
    if count:
        audit.record("messaging.message.read", actor=actor, at=now, subject_id=actor.user_id)
    return NowRead(count=count)
