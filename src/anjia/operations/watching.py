"""Asking Anjia from outside whether it is ready, as whoever uses it would find it."""

import time
from dataclasses import dataclass

import httpx
from django.conf import settings

PATIENCE = httpx.Timeout(10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    is_up: bool
    milliseconds: int
    failed: str


def look() -> Look:
    """Ask `/readyz` at the address of our own; say how long it took, and what was amiss."""
    began = time.monotonic()
    failed = ""
    try:
        with httpx.Client(timeout=PATIENCE, trust_env=False) as client:
            answer = client.get(f"{settings.OWN_ADDRESS}/readyz")
        if answer.status_code != 200:
            failed = f"status {answer.status_code}"
    except httpx.TimeoutException:
        failed = "timeout"
    except httpx.HTTPError:
        failed = "unreachable"
    taken = int((time.monotonic() - began) * 1000)
    return Look(is_up=not failed, milliseconds=taken, failed=failed)
