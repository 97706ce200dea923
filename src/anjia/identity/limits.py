"""Counting tries against the limits of rules.py. Call inside a unit of work of the system."""

from datetime import datetime, timedelta

from anjia.identity.models import Attempt
from anjia.identity.proofs import device_index
from anjia.identity.rules import WRONG_PASSWORDS_ON_DEVICE, Limit, TooSoon, limit_words
from anjia.kernel.encryption import blind

Claim = tuple[Limit, str]


def check(*claims: Claim, now: datetime) -> None:
    """:raises TooSoon: if one of the limits is reached, and says when to try again"""
    waits = [wait for limit, of in claims if (wait := how_long(limit, of, now))]
    if waits:
        raise TooSoon(limit_words(max(waits)))


def how_long(limit: Limit, of: str, now: datetime) -> timedelta | None:
    """Return how long to wait before the next try, or None if it is free."""
    within = Attempt.objects.filter(key=key(limit, of), at__gt=now - limit.per, at__lte=now)
    times = list(within.order_by("-at").values_list("at", flat=True)[: limit.most])
    return times[-1] + limit.per - now if len(times) == limit.most else None


def count(*claims: Claim, now: datetime) -> None:
    """Count one more try against each."""
    Attempt.objects.bulk_create([Attempt(key=key(limit, of), at=now) for limit, of in claims])


def forgive(*claims: Claim) -> None:
    """Forget the tries: it was she after all."""
    Attempt.objects.filter(key__in=[key(limit, of) for limit, of in claims]).delete()


def on_device(login: str, device_token: str) -> Claim:
    """Return the claim of a browser on which the login has been used before."""
    return WRONG_PASSWORDS_ON_DEVICE, f"{login}|{device_index(device_token).hex()}"


def key(limit: Limit, of: str) -> bytes:
    return blind(f"attempt/{limit.name}", of)
