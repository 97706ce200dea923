"""The postman: takes what is due, hands it to the vendor outside any transaction, writes down how it went."""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from anjia.integrations.errors import OutsideError, Temporary
from anjia.kernel.actors import Purpose, system
from anjia.kernel.jobs import each, every
from anjia.kernel.work import acting
from anjia.messaging import commands
from anjia.messaging.commands.outbox import Claim, Handed
from anjia.messaging.ports import carrier
from anjia.messaging.queries import overdue_calls
from anjia.messaging.rules import Outcome

Clock = Callable[[], datetime]

log = logging.getLogger(__name__)


@every("* * * * * */3")
def send_outbox(_now: datetime) -> None:
    empty_outbox(timezone.now)


def empty_outbox(clock: Clock) -> None:
    """
    Send all that is due. Vendors are slow and a backlog is long, so each step asks what time it is: leases, quiet hours
    and what is too late are of then, not of when the round began.
    """
    while claims := acting(system(), clock()).do(commands.claim_due):
        send_all(claims, clock)


def send_all(claims: Sequence[Claim], clock: Clock) -> None:
    """
    Send them one after the other. Each is begun in the transaction in which the one before it is written down: one
    for each message, and still never more than one of which nobody knows whether it went. Whatever breaks, what was
    handed over is written down.
    """
    waiting, handed = deque(claims), None
    try:
        while waiting:
            is_ours = acting(system(), clock()).do(commands.begin, claim=waiting[0], after=handed)
            claim, handed = waiting.popleft(), None
            if is_ours:
                handed = send_one(claim, clock)
    finally:
        try:
            if handed:
                acting(system(), clock()).do(commands.note_taken, handed=handed)
        finally:
            if waiting:
                acting(system(), clock()).do(commands.give_back, claims=list(waiting))


@every("* * * * *")
def drop_calls(now: datetime) -> None:
    """Take off the list whom nobody needs to call any more: the visit is over."""

    def drop(overdue: tuple[UUID, UUID]) -> None:
        organization_id, call_id = overdue
        acting(system(organization_id), now).do(commands.drop_call, call_id=call_id)

    each(acting(system(), now).ask(overdue_calls, Purpose.CONTRACT, now=now), drop)


def send_one(claim: Claim, clock: Clock) -> Handed | None:
    """
    Send it, unless that might be the second time: where the vendor does not know our ids, a try that was cut off
    counts as unsure and the next way is taken. Return what the vendor has taken, to be written down.
    """
    try:
        by = carrier(claim.channel)
        if claim.was_cut_off and not by.dedupes:
            note(claim, clock(), Outcome.UNSURE, code="cut_off")
            return None
        vendor_id = by.send(
            message_id=str(claim.notification_id),
            to=claim.to,
            template=claim.template,
            words=claim.words,
            values=claim.values,
            fields=claim.fields,
        )
    except Temporary as error:
        note(claim, clock(), Outcome.LATER, code=error.code)
    except OutsideError as error:
        log.info("notification %s was refused: %s", claim.notification_id, error.code)
        note(claim, clock(), Outcome.REFUSED, code=error.code)
    else:
        return Handed(claim=claim, vendor_id=vendor_id)
    return None


def note(claim: Claim, now: datetime, outcome: Outcome, *, code: str) -> None:
    acting(system(claim.organization_id), now).do(
        commands.note_outcome,
        notification_id=claim.notification_id,
        attempt=claim.attempt,
        outcome=outcome,
        code=code,
    )
