"""What became of the promises of a period: counted, and row by row. For indicators, which must open their rows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.kernel.paging import Page, page_of
from anjia.visits.models import PROMISED_STATUSES, Visit
from anjia.visits.rules.lifecycle import Status
from anjia.visits.showing import name_of_service

Ids = Collection[UUID] | QuerySet[Any, UUID]  # given, or a question that the database answers within its own


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
    done_at: datetime | None


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
    counted = _promises(actor, start, end, among=among).aggregate(
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
    rows = _promises(actor, start, end, among=among).filter(condition).exclude(id__in=apart_from)
    page = page_of(rows, order=("starts_at", "id"), after=after, size=size)
    return Page([_outcome(visit) for visit in page.items], page.next)


def outcomes_of(actor: Actor, purpose: Purpose, *, visit_ids: Collection[UUID]) -> dict[UUID, Outcome]:
    """Return what became of these promises, by visit."""
    _check(actor)
    rows = Visit.objects.filter(organization_id=actor.organization_id, id__in=set(visit_ids))
    return {visit.id: _outcome(visit) for visit in rows}


def _check(actor: Actor) -> None:
    if actor.kind is Kind.PERSON or not actor.may("visits.read"):
        raise NotAllowed


def _promises(
    actor: Actor, start: datetime, end: datetime, *, among: Ids | None = None
) -> QuerySet[Visit, Visit]:
    _check(actor)
    rows = Visit.objects.filter(
        organization_id=actor.organization_id,
        status__in=PROMISED_STATUSES,
        starts_at__gte=start,
        starts_at__lt=end,
    )
    return rows if among is None else rows.filter(id__in=among)


def _is(group: Group, as_of: datetime, our_reasons: Collection[str]) -> Q:
    done = Q(status=Status.DONE.value)
    cancelled = Q(status=Status.CANCELLED.value)
    ours = Q(cancel_reason__in=list(our_reasons))
    taken_back = cancelled & ~ours
    over = Q(ends_at__lte=as_of) | (cancelled & ours)
    return {
        Group.DONE: done,
        Group.TAKEN_BACK: taken_back,
        Group.NOT_DONE: ~done & ~taken_back & over,
        Group.NOT_YET: ~done & ~taken_back & ~over,
    }[group]


def _outcome(visit: Visit) -> Outcome:
    return Outcome(
        visit_id=visit.id,
        resident_id=visit.resident_id,
        service_name=name_of_service(visit),
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        status=visit.status,
        cancel_reason=visit.cancel_reason,
        done_at=visit.done_at,
    )


def visits_to_remind_of(
    actor: Actor, purpose: Purpose, *, start: datetime, end: datetime, booked_before: datetime
) -> list[tuple[UUID, UUID]]:
    """Return the visits that begin in [start, end) and were not booked only just now, with their organizations."""
    rows = Visit.objects.filter(
        status=Status.BOOKED.value, starts_at__gte=start, starts_at__lt=end, booked_at__lt=booked_before
    )
    return list(rows.order_by("starts_at", "id").values_list("organization_id", "id"))
