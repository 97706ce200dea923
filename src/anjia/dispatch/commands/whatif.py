"""An estimate of what one caregiver more would change: asked for, begun, ended."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from anjia.dispatch.models import Estimate
from anjia.dispatch.queries.whatif import EVERYWHERE, Asked, what_is_asked, works_then
from anjia.dispatch.rules.whatif import ESTIMATING, AlreadyEstimating, EstimateState, NobodyLikeThat
from anjia.kernel import audit, live
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.database import refuse_if_broken
from anjia.kernel.work import command

TOPIC: Final = "plans"


@command("dispatch.assign")
def start_estimate(actor: Actor, now: datetime, *, like: UUID | None, area: UUID | str) -> UUID:
    """
    Have it reckoned what one more like somebody would change: in her area (""), everywhere ("all"), or in somebody
    else's. It begins soon, in the background; return its id.

    :raises NobodyLikeThat: if one of them has no shifts in the days that are looked at
    :raises AlreadyEstimating: if one of the house is waiting or at work
    """
    whose = like if area in {"", EVERYWHERE} else area
    if like is None or not isinstance(whose, UUID):
        raise NobodyLikeThat
    if not works_then(actor, Purpose.CONTRACT, staff_ids={like, whose}, now=now):
        raise NobodyLikeThat
    with refuse_if_broken({"estimate_one_at_work": AlreadyEstimating}, goes_on=False):
        made = Estimate.objects.create(
            organization_id=actor.organization_id,
            like=like,
            area=str(area),
            asked_by=actor.user_id,
            asked_at=now,
        )
    audit.record("dispatch.estimate.asked", actor=actor, at=now, subject_id=made.id, fields=["like", "area"])
    return made.id


@command("dispatch.assign")
def hand_on_estimate(actor: Actor, now: datetime, *, estimate_id: UUID) -> None:
    """Note that a worker has been asked to begin it. No audit entry: nothing has been decided."""
    _at_work(actor, estimate_id).update(heard_at=now)


@command("dispatch.assign")
def begin_estimate(actor: Actor, now: datetime, *, estimate_id: UUID) -> Asked | None:
    """Begin one that waits: return what is to be reckoned; None if there is nothing to begin, or nobody like that."""
    rows = _at_work(actor, estimate_id).filter(state=EstimateState.QUEUED.value)
    found = rows.select_for_update().first()
    if found is None:
        return None
    asked = what_is_asked(actor, Purpose.CONTRACT, like=found.like, area=found.area, now=now)
    rows.update(state=(EstimateState.RUNNING if asked else EstimateState.FAILED).value, heard_at=now)
    return asked


@command("dispatch.assign")
def note_estimate(actor: Actor, now: datetime, *, estimate_id: UUID, progress: int) -> None:
    """Note how far it is. No audit entry: nothing has been decided."""
    _at_work(actor, estimate_id).update(progress=progress, heard_at=now)
    live.tell(topic=TOPIC, subject_id=estimate_id)


@command("dispatch.assign")
def finish_estimate(actor: Actor, now: datetime, *, estimate_id: UUID, result: dict[str, Any]) -> None:
    """Keep what came of it; twice is once."""
    rows = _at_work(actor, estimate_id).filter(state=EstimateState.RUNNING.value)
    found = rows.select_for_update().first()
    if found is None:
        return
    found.state, found.result, found.progress = EstimateState.DONE.value, result, 100
    found.ended_at = found.heard_at = now
    found.save(update_fields=["state", "result", "progress", "ended_at", "heard_at"])
    audit.record("dispatch.estimate.reckoned", actor=actor, at=now, subject_id=found.id, fields=["result"])
    live.tell(topic=TOPIC, subject_id=estimate_id)


@command("dispatch.assign")
def fail_estimate(actor: Actor, now: datetime, *, estimate_id: UUID) -> None:
    """Say that nothing comes of it: another may be asked for."""
    _at_work(actor, estimate_id).update(state=EstimateState.FAILED.value, ended_at=now)
    live.tell(topic=TOPIC, subject_id=estimate_id)


def _at_work(actor: Actor, estimate_id: UUID) -> Any:
    return Estimate.objects.filter(
        organization_id=actor.organization_id,
        id=estimate_id,
        state__in=sorted(state.value for state in ESTIMATING),
    )
