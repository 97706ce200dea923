"""What became of the promises of a period: counted, and row by row. For indicators, which must open their rows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, Q

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.paging import Page, page_of
from anjia.visits.counting import Ids, broken_by_us, check_reads, promises
from anjia.visits.models import Visit
from anjia.visits.rules.lifecycle import Status
from anjia.visits.showing import name_of_service


class Group(StrEnum):
    """Where a promise stands, `as_of` a moment."""

    DONE = "done"
    NOT_DONE = "not_done"  # its time is over, and nobody has said that it was done
    TAKEN_BACK = "taken_back"  # cancelled, but not by us
    NOT_YET = "not_yet"  # its time is not over


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    visit_id: UUID
    resident_id: UUID
    service_name: str
    starts_at: datetime
    ends_at: datetime
    status: str
    cancel_reason: str
    booked_at: datetime
    crewed_at: datetime | None
    departed_at: datetime | None
    arrived_at: datetime | None
    done_at: datetime | None

    @classmethod
    def of(cls, visit: Visit) -> "Outcome":
        return cls(
            visit_id=visit.id,
            resident_id=visit.resident_id,
            service_name=name_of_service(visit),
            starts_at=visit.starts_at,
            ends_at=visit.ends_at,
            status=visit.status,
            cancel_reason=visit.cancel_reason,
            booked_at=visit.booked_at,
            crewed_at=visit.crewed_at,
            departed_at=visit.departed_at,
            arrived_at=visit.arrived_at,
            done_at=visit.done_at,
        )


def count_outcomes(
    actor: Actor,
    purpose: Purpose,
    *,
    start: datetime,
    end: datetime,
    as_of: datetime,
    our_reasons: Collection[str],
    among: Ids | None = None,
) -> dict[Group, int]:
    """
    Return how many promises for [start, end) stand where, or of those `among` them. Cancelled for one of `our_reasons`
    is not done.

    :raises NotAllowed: if the actor may not read visits
    """
    counted = promises(actor, start, end, among=among).aggregate(
        **{group.value: Count("id", filter=_is(group, as_of, our_reasons)) for group in Group}
    )
    return {group: counted[group.value] for group in Group}


def outcomes(
    actor: Actor,
    purpose: Purpose,
    *,
    start: datetime,
    end: datetime,
    as_of: datetime,
    our_reasons: Collection[str],
    groups: Sequence[Group],
    among: Ids | None = None,
    apart_from: Ids = (),
    after: str | None = None,
    size: int = 50,
) -> Page[Outcome]:
    """
    Return the promises that were counted in these groups, soonest first: all, or those `among` or `apart_from` some.

    :raises NotAllowed: if the actor may not read visits
    """
    condition = Q(pk__in=[])
    for group in groups:
        condition |= _is(group, as_of, our_reasons)
    rows = promises(actor, start, end, among=among).filter(condition).exclude(id__in=apart_from)
    page = page_of(rows, order=("starts_at", "id"), after=after, size=size)
    return Page([Outcome.of(visit) for visit in page.items], page.next)


def outcomes_of(actor: Actor, purpose: Purpose, *, visit_ids: Collection[UUID]) -> dict[UUID, Outcome]:
    """Return what became of these promises, by visit."""
    check_reads(actor)
    rows = Visit.objects.filter(organization_id=actor.organization_id, id__in=set(visit_ids))
    return {visit.id: Outcome.of(visit) for visit in rows}


def _is(group: Group, as_of: datetime, our_reasons: Collection[str]) -> Q:
    done = Q(status=Status.DONE.value)
    broken = broken_by_us(our_reasons)
    taken_back = Q(status=Status.CANCELLED.value) & ~broken
    over = Q(ends_at__lte=as_of) | broken
    return {
        Group.DONE: done,
        Group.TAKEN_BACK: taken_back,
        Group.NOT_DONE: ~done & ~taken_back & over,
        Group.NOT_YET: ~done & ~taken_back & ~over,
    }[group]


def visits_to_remind_of(
    actor: Actor, purpose: Purpose, *, start: datetime, end: datetime, booked_before: datetime
) -> list[tuple[UUID, UUID]]:
    """Return the visits that begin in [start, end) and were not booked only just now, with their organizations."""
    rows = Visit.objects.filter(
        status=Status.BOOKED.value, starts_at__gte=start, starts_at__lt=end, booked_at__lt=booked_before
    )
    return list(rows.order_by("starts_at", "id").values_list("organization_id", "id"))
