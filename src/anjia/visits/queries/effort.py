"""What caregivers have done, by who did it: counted, and row by row."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.paging import Page, page_of
from anjia.visits.counting import promises
from anjia.visits.models import Assignment
from anjia.visits.queries.outcomes import Outcome
from anjia.visits.rules.lifecycle import State, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffWork:
    """The visits that one caregiver has done, and how long they took, as far as that was recorded."""

    staff_id: UUID
    visits: int
    served: int  # visits of which arrival and end are recorded
    service: timedelta  # of these
    way: timedelta  # of those whose departure is recorded as well
    service_after_way: timedelta  # of those


def work_of_staff(actor: Actor, purpose: Purpose, *, start: datetime, end: datetime) -> list[StaffWork]:
    """
    Return what was done of the promises for [start, end), by caregiver. Who came as two counts for both.

    :raises NotAllowed: if the actor may not read visits
    """
    served = Q(visit__arrived_at__isnull=False, visit__done_at__gte=F("visit__arrived_at"))
    went = served & Q(visit__departed_at__isnull=False, visit__arrived_at__gte=F("visit__departed_at"))
    way, service = (
        _between("visit__departed_at", "visit__arrived_at"),
        _between("visit__arrived_at", "visit__done_at"),
    )
    none = Value(timedelta(0), DurationField())
    rows = (
        _done(actor, start, end)
        .values("staff_id")
        .annotate(
            visits=Count("id"),
            served=Count("id", filter=served),
            service=Coalesce(Sum(service, filter=served), none),
            way=Coalesce(Sum(way, filter=went), none),
            service_after_way=Coalesce(Sum(service, filter=went), none),
        )
        .order_by("staff_id")
    )
    return [StaffWork(**row) for row in rows]


def visits_done_by(
    actor: Actor,
    purpose: Purpose,
    *,
    staff_id: UUID,
    start: datetime,
    end: datetime,
    after: str | None = None,
    size: int = 50,
) -> Page[Outcome]:
    """
    Return the visits that were counted for her, soonest first.

    :raises NotAllowed: if the actor may not read visits
    """
    hers = _done(actor, start, end).filter(staff_id=staff_id).values_list("visit_id", flat=True)
    page = page_of(promises(actor, start, end, among=hers), order=("starts_at", "id"), after=after, size=size)
    return Page([Outcome.of(visit) for visit in page.items], page.next)


def _done(actor: Actor, start: datetime, end: datetime) -> QuerySet[Assignment, Assignment]:
    return Assignment.objects.filter(
        visit__in=promises(actor, start, end).filter(status=Status.DONE.value), state=State.DONE.value
    )


def _between(earlier: str, later: str) -> Any:
    return ExpressionWrapper(F(later) - F(earlier), output_field=DurationField())
