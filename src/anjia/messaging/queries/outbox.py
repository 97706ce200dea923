"""Inboxes, the outbox, the call list, and how people are reached. Nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, Min, Q

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.paging import Page, page_of
from anjia.kernel.waiting import SOON, Waiting
from anjia.messaging.models import Attempt, Call, CallAttempt, Message, Notification, Recipient
from anjia.messaging.queries.telling import TAKEN_BACK
from anjia.messaging.rules import USUAL_QUIET, CallState, Channel, Quiet, State
from anjia.messaging.words import title_words


@dataclass(frozen=True, slots=True)
class About:
    kind: str
    id: UUID


@dataclass(frozen=True, slots=True)
class InboxEntry:
    message: Message

    @property
    def id(self) -> UUID:
        return self.message.id

    @property
    def at(self) -> datetime:
        return self.message.at

    @property
    def title(self) -> str:
        return self.message.title

    @property
    def words(self) -> str:
        return self.message.words

    @property
    def about(self) -> About:
        return About(self.message.about_kind, self.message.about_id)

    @property
    def read_at(self) -> object:
        return self.message.read_at


def inbox_of(actor: Actor, purpose: Purpose, *, after: str | None = None, size: int = 50) -> Page[InboxEntry]:
    """
    Return what the actor was told, the latest first; acting for somebody, only what is about her.

    :raises NotAllowed: without `messaging.read`
    """
    if not actor.may("messaging.read"):
        raise NotAllowed
    rows = Message.objects.filter(organization_id=actor.organization_id, party_id=actor.user_id)
    # What was taken back before she had heard of it is not so: it is not said here either.
    rows = rows.filter(Q(read_at__isnull=False) | ~Exists(TAKEN_BACK))
    if actor.resident_id is not None:
        rows = rows.filter(resident_id=actor.resident_id)
    page = page_of(rows, order=("-at", "-id"), after=after, size=size)
    return Page([InboxEntry(message) for message in page.items], page.next)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """One to call: whom, at which number, what to say, and what was tried before."""

    call: Call
    name: str
    phone: str
    tried: Sequence[str]  # the channels that did not reach her
    attempts: Sequence[CallAttempt]


def call_list(actor: Actor, purpose: Purpose, *, day: date) -> list[CallLine]:
    """
    Return who has to be called on the day or should have been before, the oldest first.

    :raises NotAllowed: without `messaging.call`
    """
    _check_calls(actor)
    calls = list(
        Call.objects.filter(organization_id=actor.organization_id, state=CallState.OPEN.value, day__lte=day)
        .select_related("message")
        .order_by("day", "id")[:500]
    )
    return _lines_of(actor, calls)


def calls_closed_on(actor: Actor, purpose: Purpose, *, start: datetime, end: datetime) -> list[CallLine]:
    """Return the calls that were closed between the two moments, the latest first."""
    _check_calls(actor)
    rows = Call.objects.filter(
        organization_id=actor.organization_id, closed_at__gte=start, closed_at__lt=end
    ).exclude(state=CallState.OPEN.value)
    return _lines_of(actor, list(rows.order_by("-closed_at", "id")[:200]))


def overdue_calls(
    actor: Actor, purpose: Purpose, *, now: datetime, size: int = 200
) -> list[tuple[UUID, UUID]]:
    """Return (organization, call) of those that nobody has any use of any more, the oldest first."""
    rows = Call.objects.filter(state=CallState.OPEN.value, message__needed_by__lte=now).order_by("id")
    return list(rows.values_list("organization_id", "id")[:size])


def _lines_of(actor: Actor, calls: Sequence[Call]) -> list[CallLine]:
    recipients = {
        recipient.party_id: recipient
        for recipient in Recipient.objects.filter(
            organization_id=actor.organization_id, party_id__in={call.party_id for call in calls}
        )
    }
    attempts: dict[UUID, list[CallAttempt]] = {}
    for attempt in CallAttempt.objects.filter(call__in=[call.id for call in calls]).order_by("at", "id"):
        attempts.setdefault(attempt.call_id, []).append(attempt)
    tried: dict[UUID, list[str]] = {}
    for message_id, channel in (
        Notification.objects.filter(message__in=[call.message_id for call in calls], state__in=FAILED)
        .exclude(channel="phone")
        .order_by("made_at", "id")
        .values_list("message_id", "channel")
    ):
        tried.setdefault(message_id, []).append(channel)
    return [
        CallLine(
            call=call,
            name=recipients[call.party_id].name,
            phone=recipients[call.party_id].phone,
            tried=tried.get(call.message_id, []),
            attempts=attempts.get(call.id, []),
        )
        for call in calls
    ]


FAILED = [State.FAILED.value, State.GAVE_UP.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxLine:
    notification: Notification
    title: str
    name: str
    attempts: Sequence[Attempt]


def outbox(
    actor: Actor,
    purpose: Purpose,
    *,
    state: str = "",
    about_id: UUID | None = None,
    after: str | None = None,
    size: int = 50,
) -> Page[OutboxLine]:
    """
    Return what went out or is about to, the latest first, with every try.

    :raises NotAllowed: without `messaging.send`
    """
    _check_outbox(actor)
    rows = Notification.objects.filter(organization_id=actor.organization_id).select_related("message")
    if state:
        rows = rows.filter(state=state)
    if about_id:
        rows = rows.filter(message__about_id=about_id)
    page = page_of(rows, order=("-made_at", "-id"), after=after, size=size)
    attempts: dict[UUID, list[Attempt]] = {}
    ids = [notification.id for notification in page.items]
    for attempt in Attempt.objects.filter(notification__in=ids).order_by("number"):
        attempts.setdefault(attempt.notification_id, []).append(attempt)
    names = dict(
        Recipient.objects.filter(
            organization_id=actor.organization_id, party_id__in={row.party_id for row in page.items}
        ).values_list("party_id", "name")
    )
    return Page(
        [
            OutboxLine(
                notification=row,
                title=title_words(row.message),
                name=names.get(row.party_id, ""),
                attempts=attempts.get(row.id, []),
            )
            for row in page.items
        ],
        page.next,
    )


def sender_of(actor: Actor, purpose: Purpose, *, notification_id: UUID) -> UUID | None:
    """Return whose message it is, for whoever hears what became of it; None if there is none."""
    rows = Notification.objects.filter(id=notification_id)
    return rows.values_list("organization_id", flat=True).first()


def sent_as(actor: Actor, purpose: Purpose, *, channel: Channel, vendor_id: str) -> Notification | None:
    """Return the message that the vendor took under its own id and of which nobody knows yet whether it arrived."""
    rows = Notification.objects.filter(vendor_id=vendor_id, channel=channel.value, state=State.SENT.value)
    return rows.order_by("made_at", "id").first()


def outbox_counts(actor: Actor, purpose: Purpose) -> dict[str, int]:
    """Return how many there are in each state."""
    _check_outbox(actor)
    rows = Notification.objects.filter(organization_id=actor.organization_id).values_list("state")
    counted = dict(rows.annotate(count=Count("id")).values_list("state", "count"))
    return {state.value: counted.get(state.value, 0) for state in State}


def get_recipient(actor: Actor, purpose: Purpose, *, party_id: UUID) -> Recipient:
    """
    Return how a party is reached.

    :raises NotAllowed: without `messaging.send`
    :raises NotFound: if nobody has told her anything yet
    """
    _check_outbox(actor)
    found = Recipient.objects.filter(organization_id=actor.organization_id, party_id=party_id).first()
    if found is None:
        raise NotFound
    return found


def quiet_hours_of(actor: Actor, purpose: Purpose, *, party_id: UUID) -> Quiet:
    """Return when this party is not to be woken; the usual hours where she has not said otherwise."""
    found = Recipient.objects.filter(organization_id=actor.organization_id, party_id=party_id).first()
    return found.quiet if found else USUAL_QUIET


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientPage:
    """How a party is reached, and who could pass things on to her: those who are told of the same residents."""

    recipient: Recipient
    others: Sequence[Recipient]


def recipient_page(actor: Actor, purpose: Purpose, *, party_id: UUID) -> RecipientPage:
    """
    Return how a party is reached.

    :raises NotAllowed: without `messaging.send`
    :raises NotFound: if nobody has told her anything yet
    """
    recipient = get_recipient(actor, purpose, party_id=party_id)
    told = Message.objects.filter(organization_id=actor.organization_id)
    residents = told.filter(party_id=party_id, resident_id__isnull=False).values("resident_id").distinct()
    parties = told.filter(resident_id__in=residents).exclude(party_id=party_id).values("party_id").distinct()
    others = Recipient.objects.filter(
        organization_id=actor.organization_id, party_id__in=parties, through_party_id=None
    )
    return RecipientPage(recipient=recipient, others=list(others.order_by("name", "id")[:20]))


def _check_calls(actor: Actor) -> None:
    if not actor.may("messaging.call"):
        raise NotAllowed


def _check_outbox(actor: Actor) -> None:
    if not actor.may("messaging.send"):
        raise NotAllowed


def messages_waiting(actor: Actor, purpose: Purpose, *, now: datetime) -> Waiting:
    """
    Return the messages of all houses that should be on their way by now.

    :raises NotAllowed: to all but the system
    """
    if not actor.is_system:
        raise NotAllowed
    rows = Notification.objects.filter(state=State.QUEUED.value, due_at__lte=now - SOON)
    return Waiting(**rows.aggregate(count=Count("id"), since=Min("due_at")))
