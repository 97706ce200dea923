"""What happens here when somebody may not act for a resident any more."""

from datetime import datetime

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.events import listens_to
from anjia.messaging.commands import tell_no_more
from anjia.residents.events import AccessWithdrawn
from anjia.residents.queries import people_of_account


@listens_to(AccessWithdrawn)
def take_back_what_waits(actor: Actor, now: datetime, event: AccessWithdrawn) -> None:
    """What waits for the morning is said to nobody who has been shut out in the evening."""
    acts_for = people_of_account(actor, Purpose.CONTRACT, account_id=event.account_id, now=now)
    if event.resident_id not in {
        one.resident_id for one in acts_for
    }:  # another grant may have taken its place
        tell_no_more(actor, now, party_id=event.account_id, resident_id=event.resident_id)
