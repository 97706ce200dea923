"""Who comes to whom in a week, as it is printed for an elder's wall. A page of people is two statements of visits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from anjia.catalogue.queries import preparations_of
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds, day_of
from anjia.visits.boards import check_may_read_all
from anjia.visits.models import Visit
from anjia.visits.rules.lifecycle import OPEN, State, Status
from anjia.visits.showing import cards_of, live_crew, name_of_service

DAYS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A visit of the week. `names` are those who have said that they come: others may still change."""

    starts_at: datetime
    ends_at: datetime
    service: str
    preparation: str
    names: Sequence[str]
    titles: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    day: date
    visits: Sequence[Coming]


@dataclass(frozen=True, slots=True)
class Visited:
    """Residents somebody comes to in the week, and behind whom the next page begins."""

    resident_ids: Sequence[UUID]
    next: UUID | None


def visited_in_week(
    actor: Actor, purpose: Purpose, *, first: date, since: date, after: UUID | None = None, size: int = 20
) -> Visited:
    """
    Return to whom somebody comes in the seven days from `first` on, on `since` or later, in the order of their ids.

    :raises NotAllowed: if the actor may not read visits
    """
    check_may_read_all(actor)
    rows = _of_week(actor, first).filter(starts_at__gte=day_bounds(since)[0])
    if after:
        rows = rows.filter(resident_id__gt=after)
    found = list(
        rows.order_by("resident_id").distinct("resident_id").values_list("resident_id", flat=True)[: size + 1]
    )
    return Visited(found[:size], found[size - 1] if len(found) > size else None)


def weeks_of(
    actor: Actor, purpose: Purpose, *, first: date, resident_ids: Sequence[UUID]
) -> dict[UUID, list[Day]]:
    """
    Return for each resident the seven days from `first` on, with what is promised on them.

    :raises NotAllowed: if the actor may not read visits
    """
    check_may_read_all(actor)
    rows = _of_week(actor, first).filter(resident_id__in=resident_ids).order_by("starts_at", "id")
    visits = list(rows.prefetch_related(live_crew()))
    cards = cards_of(actor, purpose, visits)
    preparations = preparations_of(actor, purpose, version_ids={one.service_version_id for one in visits})
    days = [first + timedelta(days=n) for n in range(DAYS)]
    found: dict[UUID, dict[date, list[Coming]]] = {one: {day: [] for day in days} for one in resident_ids}
    for visit in visits:
        sure = [one for one in visit.crew if one.state != State.TENTATIVE and one.staff_id in cards]
        found[visit.resident_id][day_of(visit.starts_at)].append(
            Coming(
                starts_at=visit.starts_at,
                ends_at=visit.ends_at,
                service=name_of_service(visit),
                preparation=preparations.get(visit.service_version_id, ""),
                names=[cards[one.staff_id].name for one in sure],
                titles=[cards[one.staff_id].title for one in sure],
            )
        )
    return {one: [Day(day=day, visits=coming) for day, coming in week.items()] for one, week in found.items()}


def _of_week(actor: Actor, first: date) -> QuerySet[Visit, Visit]:
    start, end = day_bounds(first)[0], day_bounds(first + timedelta(days=DAYS - 1))[1]
    return Visit.objects.filter(
        organization_id=actor.organization_id,
        starts_at__gte=start,
        starts_at__lt=end,
        status__in=[status.value for status in OPEN | {Status.DONE}],  # this morning's belongs to the day
    )
