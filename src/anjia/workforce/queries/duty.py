"""How long people were on duty."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotAllowed
from anjia.workforce.models import Leave, Shift
from anjia.workforce.rules import LeaveState, left_of

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """On how many days somebody was on duty, and how long in all."""

    days: int
    hours: timedelta


def duty_of_staff(actor: Actor, purpose: Purpose, *, start: datetime, end: datetime) -> dict[UUID, Duty]:
    """
    Return the duty in [start, end) by person: shifts of the rota without granted leave. Who had none is not there.

    :raises NotAllowed: if the actor may not read the staff
    """
    if not actor.may("workforce.read"):
        raise NotAllowed
    within = {"organization_id": actor.organization_id, "starts_at__lt": end, "ends_at__gt": start}
    away: dict[UUID, list[Span]] = defaultdict(list)
    granted = Leave.objects.filter(**within, state=LeaveState.GRANTED.value).order_by("starts_at")
    for staff_id, *span in granted.values_list("staff_id", "starts_at", "ends_at"):
        away[staff_id].append((span[0], span[1]))
    days: dict[UUID, set[date]] = defaultdict(set)
    hours: dict[UUID, timedelta] = defaultdict(timedelta)
    shifts = Shift.objects.filter(**within, removed_at=None)
    for staff_id, begins, ends in shifts.values_list("staff_id", "starts_at", "ends_at").iterator():
        for first, last in left_of((max(begins, start), min(ends, end)), away.get(staff_id, [])):
            days[staff_id].add(day_of(first))
            hours[staff_id] += last - first
    return {staff_id: Duty(days=len(days[staff_id]), hours=hours[staff_id]) for staff_id in days}


def leave_of_accounts(
    actor: Actor, purpose: Purpose, *, account_ids: Collection[UUID], since: datetime
) -> dict[UUID, list[Span]]:
    """Return when those who sign in with these accounts are away on granted leave, from then on."""
    rows = Leave.objects.filter(
        organization_id=actor.organization_id,
        staff__account_id__in=list(account_ids),
        state=LeaveState.GRANTED.value,
        ends_at__gt=since,
    ).order_by("starts_at", "id")
    away: dict[UUID, list[Span]] = {}
    for account_id, begins, ends in rows.values_list("staff__account_id", "starts_at", "ends_at"):
        if account_id:
            away.setdefault(account_id, []).append((begins, ends))
    return away
