"""Taking it on oneself to tell a household of its visit's new time."""

from datetime import datetime
from uuid import UUID

from anjia.dispatch.models import TellingTaken
from anjia.dispatch.queries import telling_of
from anjia.dispatch.rules.telling import TELLS, NothingToTell, TakenMeanwhile
from anjia.kernel import audit, live
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.database import wait_turn
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command


@command(TELLS)
def take_telling(actor: Actor, now: datetime, *, visit_id: UUID, seen: UUID | None) -> None:
    """
    Take it on to tell a household of the new time, from whoever had it when she looked (`seen`; None: nobody).

    What is hers already stays so. Whoever had it reads on the page that it was taken, and by whom.

    :raises NotFound: if the house has no such visit
    :raises NothingToTell: if it is told, or the visit has begun or is over
    :raises TakenMeanwhile: naming who has it now, if that is not who was seen
    """
    wait_turn(f"telling {visit_id}")
    telling = telling_of(actor, Purpose.CONTRACT, visit_id=visit_id, now=now)
    if telling is None:
        raise NotFound
    if telling.teller is None:
        raise NothingToTell
    teller = telling.teller
    if teller.is_reader:
        return
    if teller.account_id != seen:
        raise TakenMeanwhile(teller.name)
    TellingTaken.objects.create(
        organization_id=actor.organization_id,
        visit_id=visit_id,
        move_id=teller.move_id,
        taken_by=actor.user_id,
        taken_from=teller.account_id,
        at=now,
    )
    audit.record("dispatch.telling.taken_over", actor=actor, at=now, subject_id=visit_id, fields=["taken_by"])
    live.tell(topic="board", subject_id=visit_id)
