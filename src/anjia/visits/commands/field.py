"""What the field says, and what a person decides where that does not fit."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from anjia.kernel import audit, live
from anjia.kernel.actors import Actor
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import command
from anjia.visits.hearing import hear_again
from anjia.visits.listening import Batch, Receipt
from anjia.visits.models import Conflict
from anjia.visits.rules.lifecycle import What
from anjia.visits.writing import visit_to_change, wait_for_caregivers, write_change


@command("visits.record")
def record_facts(actor: Actor, now: datetime, *, facts: Sequence[Mapping[str, Any]]) -> Receipt:
    """
    Write down what the actor says has happened at her visits. `now` is when we heard of it.

    Nothing is refused for the state of things: what does not fit is kept, with a conflict for a person. One that we
    have heard is not written down again, and another under its id is refused: it would be lost. One that nobody could
    read, or about no visit of the organization, is refused by itself, with words; the others are kept.

    A visit is done when one of its crew says so, even if critical steps are missing: she has left, and to say
    otherwise would be untrue. What is missing becomes a conflict, which later facts cure or a person settles.

    :raises NotAllowed: if the actor is no caregiver
    """
    if actor.staff_id is None:
        raise NotAllowed
    batch = Batch(actor, now, staff_id=actor.staff_id, sent=facts)
    return batch.write_down()


@command("visits.settle")
def settle_conflict(actor: Actor, now: datetime, *, conflict_id: UUID, decision: str, why: str) -> Conflict:
    """
    Decide what is true where a fact did not fit: "counts" or "void". What counts after all moves the visit on, and
    its readings go into the record. A visit that was called off and has happened after all is on again.

    :raises NotFound: if there is no such open conflict in the organization
    """
    open_ones = Conflict.objects.filter(
        organization_id=actor.organization_id, settled_at=None, id=conflict_id
    )
    about = open_ones.values_list("visit_id", "fact__staff_id").first()
    if about is None:
        raise NotFound
    visit_id, staff_id = about
    wait_for_caregivers(staff_id)
    visit = visit_to_change(actor, visit_id=visit_id)  # first the visit, as those do who write facts down
    conflict = open_ones.select_for_update(of=("self",)).select_related("fact").first()
    if conflict is None:
        raise NotFound
    conflict.settled_at, conflict.settled_by = now, actor.user_id
    conflict.decision, conflict.why = decision[:12], why
    conflict.save(update_fields=["settled_at", "settled_by", "decision", "why"])
    if conflict.decision == "counts":
        hear_again(actor, now, visit=visit, conflict=conflict)
    write_change(actor, now, visit=visit, what=What.CONFLICT_SETTLED, why=why)
    audit.record(
        "visits.conflict.settled", actor=actor, at=now, subject_id=conflict.id, fields=["decision", "why"]
    )
    live.tell(topic="board", subject_id=visit.id)
    return conflict
