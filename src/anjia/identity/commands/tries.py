"""Counting what anybody may try before she is known, and forgetting it."""

from datetime import datetime

from anjia.identity import limits
from anjia.identity.models import Attempt, ScanTicket, SignInChoice, SignInCode
from anjia.identity.rules import LONGEST_PERIOD, Limit
from anjia.kernel.actors import Actor
from anjia.kernel.work import command


@command("identity.sign_in")
def count_try(actor: Actor, now: datetime, *, limit: Limit, address: str) -> None:
    """
    Count one more try from this address, right or wrong.

    :raises TooSoon: if there were too many
    """
    limits.check((limit, address), now=now)
    limits.count((limit, address), now=now)


@command("identity.forget")
def forget_old_tries(actor: Actor, now: datetime) -> int:
    """Forget what has been counted, sent and asked, once no limit looks back so far; return how many rows."""
    since = now - LONGEST_PERIOD
    gone = [
        Attempt.objects.filter(at__lt=since).delete(),
        SignInCode.objects.filter(created_at__lt=since).delete(),
        SignInChoice.objects.filter(created_at__lt=since).delete(),
        ScanTicket.objects.filter(created_at__lt=since).delete(),
    ]
    return sum(deleted for deleted, _ in gone)
