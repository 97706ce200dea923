"""Whoever changes who may do what hears first that nobody would hear calls for help, and goes on if she means it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from anjia.identity import ports
from anjia.identity.rules import NobodyHears
from anjia.kernel import audit
from anjia.kernel.actors import Actor
from anjia.kernel.database import wait_turn


@contextmanager
def unless_nobody_hears(actor: Actor, now: datetime, *, knowingly: bool) -> Iterator[None]:
    """
    Make the change, look who hears calls then, and undo it where that is nobody; who goes on knowingly is written down.

    :raises NobodyHears: if nobody would hear them, and she has not said that she knows
    """
    calls = ports.calls()
    wait_turn(
        f"managers/{actor.organization_id}"
    )  # two who take one each at once would both leave the other's
    before = calls.hearers(actor, now=now)
    yield
    words = calls.said_of(actor, before, calls.hearers(actor, now=now))
    if words and not knowingly:
        raise NobodyHears(words)
    if words:
        audit.record("identity.role.unheard", actor=actor, at=now, subject_id=actor.organization_id)
