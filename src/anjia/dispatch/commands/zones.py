"""
The zones of a large day while a run works on them: put there, taken, done, collected.

They are notes of a calculation and not a decision: nothing of them is audited, and none outlasts its run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F, Q

from anjia.dispatch.models import PlanRun, PlanZone
from anjia.dispatch.rules.plans import PLANNING, RunState, ZoneState
from anjia.kernel.actors import Actor
from anjia.kernel.work import command

REFUSALS: Final = (
    2  # by workers that could not do it or were killed: then only the run itself tries, and says why
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A zone that somebody has just taken, and what the engine is to be asked."""

    id: UUID
    asked: Any


@command("dispatch.assign")
def put_zones(
    actor: Actor, now: datetime, *, run_id: UUID, turn: int, first: int, asked: Sequence[Any]
) -> bool:
    """Put zones of a turn there for whoever has room, the first with this number; say whether anybody wants them."""
    held = PlanRun.objects.select_for_update().filter(
        organization_id=actor.organization_id, id=run_id, state=RunState.RUNNING.value
    )
    if not held.exists():
        return False
    PlanZone.objects.bulk_create(
        PlanZone(organization_id=actor.organization_id, run_id=run_id, turn=turn, number=number, asked=one)
        for number, one in enumerate(asked, start=first)
    )
    return True


@command("dispatch.assign")
def take_zone(actor: Actor, now: datetime, *, run_id: UUID, by: UUID, is_run: bool = False) -> Taken | None:
    """
    Take a zone that waits, or that somebody has lost; None if there is none. Two who ask at once get two of them.

    The run itself (`is_run`) takes also what others could not do.
    """
    lost = Q(state=ZoneState.TAKEN.value, heard_at__lt=now - PLANNING.zone_silent_after)
    rows = PlanZone.objects.select_for_update(skip_locked=True).filter(
        Q(state=ZoneState.WAITING.value) | lost, organization_id=actor.organization_id, run_id=run_id
    )
    if not is_run:
        rows = rows.filter(refusals__lt=REFUSALS)
    zone = rows.defer("plan").order_by("turn", "number").first()
    if zone is None:
        return None
    zone.refusals += zone.state == ZoneState.TAKEN  # whoever had it has not come back
    zone.state, zone.taken_by, zone.heard_at = ZoneState.TAKEN.value, by, now
    zone.save(update_fields=["state", "taken_by", "heard_at", "refusals"])
    return Taken(id=zone.id, asked=zone.asked)


@command("dispatch.assign")
def keep_zone(actor: Actor, now: datetime, *, zone_id: UUID, by: UUID) -> bool:
    """Say that somebody still works on a zone; return whether it is still hers, and wanted."""
    return bool(_hers(actor, zone_id, by).update(heard_at=now))


@command("dispatch.assign")
def finish_zone(actor: Actor, now: datetime, *, zone_id: UUID, by: UUID, plan: Any) -> bool:
    """Put a zone's plan there; return False if it was somebody else's by then, or nobody wants it."""
    zone = _hers(actor, zone_id, by).select_for_update().defer("asked", "plan").first()
    if zone is None:
        return False
    zone.state, zone.heard_at, zone.asked, zone.plan = ZoneState.DONE.value, now, {}, plan
    zone.save(update_fields=["state", "heard_at", "asked", "plan"])
    return True


@command("dispatch.assign")
def let_go_of_zone(actor: Actor, now: datetime, *, zone_id: UUID, by: UUID) -> bool:
    """Give a zone back that could not be done here; return whether it was still hers."""
    return bool(
        _hers(actor, zone_id, by).update(
            state=ZoneState.WAITING.value, taken_by=None, refusals=F("refusals") + 1
        )
    )


@command("dispatch.assign")
def note_zones(actor: Actor, now: datetime, *, run_id: UUID, turn: int) -> tuple[int, int]:
    """Note on the run how many zones of a turn are done, and return that, and how many there are."""
    rows = PlanZone.objects.filter(organization_id=actor.organization_id, run_id=run_id, turn=turn)
    found = rows.aggregate(done=Count("id", filter=Q(state=ZoneState.DONE.value)), all=Count("id"))
    done, every = int(found["done"]), int(found["all"])
    PlanRun.objects.filter(organization_id=actor.organization_id, id=run_id).update(
        zones=every, zones_done=done
    )
    return done, every


@command("dispatch.assign")
def collect_zones(actor: Actor, now: datetime, *, run_id: UUID, turn: int) -> list[Any]:
    """Return the plans of a turn in the order of its zones, and delete them; none, if nobody wants the run any more."""
    rows = PlanZone.objects.filter(organization_id=actor.organization_id, run_id=run_id, turn=turn)
    plans = [zone.plan for zone in rows.defer("asked").order_by("number")]
    rows.delete()
    return plans


def _hers(actor: Actor, zone_id: UUID, by: UUID) -> Any:
    return PlanZone.objects.filter(
        organization_id=actor.organization_id, id=zone_id, taken_by=by, state=ZoneState.TAKEN.value
    )
