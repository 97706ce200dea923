"""What is kept of why somebody is put in. Only what writes assignments calls it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max

from anjia.kernel.actors import Actor
from anjia.visits.models import LIVE_STATES, Assignment, Because, Visit
from anjia.visits.rules.because import Decided
from anjia.visits.rules.lifecycle import Status


def becauses_for(
    actor: Actor, now: datetime, put_in: Sequence[tuple[Visit, Assignment, Decided]]
) -> list[Because]:
    """Return why each of these is put in, to be written with them; asks once, however many they are."""
    been = _been_at(actor, {visit.resident_id for visit, _row, _decided in put_in})
    found = []
    for visit, row, decided in put_in:
        there = been.get(visit.resident_id, {})
        times, last_at = there.get(row.staff_id, (0, None))
        facts = {
            "times": times,
            "came_last": times > 0 and last_at == max(at for _times, at in there.values()),
            "asked_for": str(row.staff_id) in visit.wishes.get("preferred", ()),
            "minutes": decided.minutes.get(row.staff_id),
            "why": decided.why,
        }
        found.append(
            Because(
                organization_id=visit.organization_id,
                resident_id=visit.resident_id,
                assignment=row,
                how=decided.how.value,
                by_user=actor.user_id,
                by_kind=actor.kind.value,
                at=now,
                facts=facts,
            )
        )
    return found


def _been_at(actor: Actor, resident_ids: set[UUID]) -> dict[UUID, dict[UUID, tuple[int, datetime]]]:
    """Return, by resident, who has been there, how often, and when last."""
    done = Assignment.objects.filter(
        organization_id=actor.organization_id,
        visit__resident_id__in=resident_ids,
        visit__status=Status.DONE.value,
        state__in=LIVE_STATES,
    )
    rows = done.values_list("visit__resident_id", "staff_id").annotate(Count("id"), Max("starts_at"))
    found: dict[UUID, dict[UUID, tuple[int, datetime]]] = {}
    for resident_id, staff_id, times, last_at in rows.order_by("visit__resident_id", "staff_id"):
        found.setdefault(resident_id, {})[staff_id] = (times, last_at)
    return found
