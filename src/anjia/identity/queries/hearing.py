"""Whether calls for help are heard as before once somebody has gone."""

from datetime import datetime
from uuid import UUID

from anjia.identity import ports
from anjia.kernel.actors import Actor, Purpose


def unheard_without(actor: Actor, purpose: Purpose, *, account_id: UUID, now: datetime) -> str:
    """Say who would call in vain, and when, once this account holds no roles any more; nothing if nobody would."""
    calls = ports.calls()
    before, after = calls.hearers(actor, now=now), calls.hearers(actor, now=now, without=account_id)
    return calls.said_of(actor, before, after)
