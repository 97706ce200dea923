"""The promises of a period, as those who count them ask for them. For queries of this context."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from anjia.kernel.actors import Actor, Kind
from anjia.kernel.errors import NotAllowed
from anjia.visits.models import PROMISED_STATUSES, Visit
from anjia.visits.rules.lifecycle import Status

Ids = Collection[UUID] | QuerySet[Any, UUID]  # given, or a question that the database answers within its own


def check_reads(actor: Actor) -> None:
    """:raises NotAllowed: for persons, and without `visits.read`"""
    if actor.kind is Kind.PERSON or not actor.may("visits.read"):
        raise NotAllowed


def promises(
    actor: Actor, start: datetime, end: datetime, *, among: Ids | None = None
) -> QuerySet[Visit, Visit]:
    """
    Return what was promised for [start, end), whatever became of it.

    :raises NotAllowed: if the actor may not read visits
    """
    check_reads(actor)
    rows = Visit.objects.filter(
        organization_id=actor.organization_id,
        status__in=PROMISED_STATUSES,
        starts_at__gte=start,
        starts_at__lt=end,
    )
    return rows if among is None else rows.filter(id__in=among)


def broken_by_us(our_reasons: Collection[str]) -> Q:
    """Return what says that a promise was taken back by us."""
    return Q(status=Status.CANCELLED.value, cancel_reason__in=list(our_reasons))
