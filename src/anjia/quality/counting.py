"""The rows that indicators count, of the actor's organization and of a period."""

from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from anjia.kernel.actors import Actor
from anjia.quality.models import CallBack, Concern, Rating
from anjia.quality.rules import COMPLAINED


def ratings_between(actor: Actor, start: datetime, end: datetime) -> QuerySet[Rating, Rating]:
    return Rating.objects.filter(
        organization_id=actor.organization_id, visit_starts_at__gte=start, visit_starts_at__lt=end
    )


def call_backs_between(actor: Actor, start: datetime, end: datetime) -> QuerySet[CallBack, CallBack]:
    return CallBack.objects.filter(
        organization_id=actor.organization_id, visit_starts_at__gte=start, visit_starts_at__lt=end
    )


def call_back_parts(as_of: datetime) -> dict[str, Q]:
    in_time = Q(closed_at__lte=F("due_at"))
    is_due = Q(closed_at__isnull=False) | Q(due_at__lte=as_of)
    return {"counted": in_time, "missing": is_due & ~in_time, "excluded": ~is_due}


def complaints(actor: Actor) -> QuerySet[Concern, Concern]:
    kinds = [kind.value for kind in COMPLAINED]
    return Concern.objects.filter(organization_id=actor.organization_id, kind__in=kinds)


def complained_of(actor: Actor, start: datetime, end: datetime) -> set[UUID]:
    """Return the visits promised for [start, end) that somebody complained of."""
    rows = complaints(actor).filter(visit_starts_at__gte=start, visit_starts_at__lt=end)
    return {one for one in rows.values_list("visit_id", flat=True) if one}


def complaints_without_visit(actor: Actor, start: datetime, end: datetime) -> QuerySet[Concern, Concern]:
    return complaints(actor).filter(visit_id=None, raised_at__gte=start, raised_at__lt=end)
