"""What the commands and the job have to know."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.series.models import Occurrence, Series
from anjia.series.rules.planning import AHEAD, USUAL_OF, State, usual_of
from anjia.visits.queries import get_promises
from anjia.visits.rules.lifecycle import Status


def series_to_plan(
    actor: Actor, purpose: Purpose, *, now: datetime, size: int = 200
) -> list[tuple[UUID, UUID]]:
    """Return (organization, series) of those of which something is to be booked, those longest behind first."""
    behind = Q(planned_through__lt=day_of(now) + AHEAD) | Q(look_again_at__lte=now)
    found = Series.objects.filter(behind, ended_at=None).order_by("planned_through", "id")
    return list(found.values_list("organization_id", "id")[:size])


def usual_caregivers(actor: Actor, purpose: Purpose, *, series: Series, now: datetime) -> list[UUID]:
    """Return who usually comes, judging by the last visits done of the series and of the one that it continues."""
    rows = Occurrence.objects.filter(
        series__in=[one for one in (series.id, series.continues_id) if one],
        state=State.PLACED.value,
        day__lt=day_of(now),
    )
    last = list(rows.order_by("-day", "-id").values_list("visit_id", flat=True)[: 2 * USUAL_OF])
    promises = get_promises(actor, purpose, visit_ids=[one for one in last if one]) if last else {}
    done = [promises[one] for one in last if one in promises and promises[one].status is Status.DONE]
    crews = [[busy.staff_id for busy in one.crew] for one in done]
    return usual_of([crew for crew in crews if crew], series.usual_staff)
