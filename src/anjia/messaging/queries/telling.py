"""Who has been told what, and how far it has come. Nothing here writes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.messaging.models import Call, Message, Notification, Recipient
from anjia.messaging.rules import TEMPLATES, CallState, State, filled

SHOWN: Final = 40  # messages about one thing

TAKEN_BACK: Final = Notification.objects.filter(
    message_id=OuterRef("id"), state=State.GAVE_UP.value, code="overtaken"
)


def told_of(actor: Actor, purpose: Purpose, *, event_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the events of which somebody has been told."""
    rows = Message.objects.filter(event_id__in=list(event_ids))
    return set(rows.values_list("event_id", flat=True))


def not_told(
    actor: Actor,
    purpose: Purpose,
    *,
    template: str,
    since: datetime,
    about_ids: Collection[UUID] | None = None,
) -> dict[UUID, datetime]:
    """
    Return what was to be said by this template since then and has reached nobody yet: of what, and from when on; of
    these, or of all.

    Of several messages about one thing the newest counts. It has reached somebody who has read it, or to whom it was
    delivered, be it by telephone; that a vendor took it is not enough.

    :raises NotAllowed: if the actor may not read visits, or is a person
    """
    if actor.kind is Kind.PERSON or not actor.may("visits.read"):
        raise NotAllowed
    delivered = Notification.objects.filter(message_id=OuterRef("id"), state=State.DELIVERED.value)
    meant = Message.objects.filter(organization_id=actor.organization_id, template=template, at__gte=since)
    if about_ids is not None:
        meant = meant.filter(about_id__in=list(about_ids))
    rows = (
        meant.annotate(is_told=Exists(delivered) | Q(read_at__isnull=False))
        .order_by("at")
        .values_list("about_id", "event_id", "at", "is_told")
    )
    newest: dict[UUID, tuple[UUID, datetime, bool]] = {}
    for about_id, event_id, at, is_told in rows:
        before = newest.get(about_id)
        was_told = before is not None and before[0] == event_id and before[2]
        newest[about_id] = (event_id, at, is_told or was_told)
    return {about_id: at for about_id, (_, at, is_told) in newest.items() if not is_told}


def who_has_heard(
    actor: Actor, purpose: Purpose, *, about_ids: Collection[UUID], since: datetime
) -> set[tuple[UUID, UUID]]:
    """
    Return (of what, who) has heard something of these since then: who has read it, or to whom it went out, or to whom
    somebody is saying it now.

    :raises NotAllowed: if the actor may not read visits, or is a person
    """
    if actor.kind is Kind.PERSON or not actor.may("visits.read"):
        raise NotAllowed
    gone = Notification.objects.filter(message_id=OuterRef("id")).exclude(
        state__in=[State.GAVE_UP.value, State.FAILED.value]
    )
    rows = Message.objects.filter(
        organization_id=actor.organization_id, about_id__in=list(about_ids), at__gte=since
    )
    return set(rows.filter(Q(read_at__isnull=False) | Exists(gone)).values_list("about_id", "party_id"))


def never_said(actor: Actor, purpose: Purpose, *, about_ids: Collection[UUID], template: str) -> set[UUID]:
    """
    Return of which of these something was to be said by this template, and was taken back before anybody heard it.

    :raises NotAllowed: if the actor may not read visits, or is a person
    """
    if actor.kind is Kind.PERSON or not actor.may("visits.read"):
        raise NotAllowed
    rows = Message.objects.filter(
        organization_id=actor.organization_id, about_id__in=list(about_ids), template=template
    ).annotate(is_taken_back=Exists(TAKEN_BACK))
    said: dict[UUID, list[bool]] = {}
    for about_id, is_taken_back, read_at in rows.values_list("about_id", "is_taken_back", "read_at"):
        said.setdefault(about_id, []).append(is_taken_back and read_at is None)
    return {about_id for about_id, unsaid in said.items() if all(unsaid)}


def reached(actor: Actor, purpose: Purpose, *, party_id: UUID, event_id: UUID) -> State | None:
    """Return how far the telling of one event to one party has come: the best of its ways, None if nobody told."""
    states = {
        State(state)
        for state in Notification.objects.filter(party_id=party_id, event_id=event_id).values_list(
            "state", flat=True
        )
    }
    order = (State.DELIVERED, State.SENT, State.QUEUED, State.FAILED, State.GAVE_UP)
    return next((state for state in order if state in states), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One message about something, to one party: what to say to her, each way that was tried, and whether she knows."""

    message: Message
    name: str
    phone: str
    ways: Sequence[Notification]
    call: Call | None  # that waits on the list
    is_told: bool

    @property
    def words(self) -> str:
        """Return what to say to her by telephone."""
        return filled(TEMPLATES[self.message.template].text(self.message.language).call, self.message.values)

    @property
    def again(self) -> Notification | None:
        """Return the way on which it can be sent once more."""
        failed = [one for one in self.ways if one.state in {State.FAILED, State.GAVE_UP}]
        return next((one for one in reversed(failed) if one.channel in {"wechat", "sms"}), None)


def tellings(actor: Actor, purpose: Purpose, *, about_id: UUID) -> list[Telling]:
    """
    Return what a household was to be told about something, the latest first, but for what was taken back.

    :raises NotAllowed: without `messaging.call`
    """
    if not actor.may("messaging.call"):
        raise NotAllowed
    rows = Message.objects.filter(
        organization_id=actor.organization_id, about_id=about_id, resident_id__isnull=False
    )
    messages = list(
        rows.filter(Q(read_at__isnull=False) | ~Exists(TAKEN_BACK)).order_by("-at", "-id")[:SHOWN]
    )
    ids = [message.id for message in messages]
    ways: dict[UUID, list[Notification]] = {}
    for one in Notification.objects.filter(message__in=ids).order_by("made_at", "id"):
        ways.setdefault(one.message_id, []).append(one)
    calls = {
        call.message_id: call for call in Call.objects.filter(message__in=ids, state=CallState.OPEN.value)
    }
    known = _recipients(actor, {message.party_id for message in messages})
    return [
        Telling(
            message=message,
            name=known[message.party_id].name if message.party_id in known else "",
            phone=known[message.party_id].phone if message.party_id in known else "",
            ways=ways.get(message.id, []),
            call=calls.get(message.id),
            is_told=message.read_at is not None
            or any(one.state == State.DELIVERED for one in ways.get(message.id, [])),
        )
        for message in messages
    ]


def _recipients(actor: Actor, party_ids: Collection[UUID]) -> Mapping[UUID, Recipient]:
    rows = Recipient.objects.filter(organization_id=actor.organization_id, party_id__in=list(party_ids))
    return {one.party_id: one for one in rows}
