"""What the field has said of a visit, for the contexts above that keep books of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.visits.models import FieldFact
from anjia.visits.rules.facts import FactKind

OUT_AGAIN = [FactKind.DONE.value, FactKind.LEFT.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSaid:
    """A fact as it was said, by whom, and when it happened."""

    id: UUID
    client_id: UUID
    staff_id: UUID
    at: datetime
    content: Mapping[str, Any]


def facts_said(actor: Actor, purpose: Purpose, *, visit_id: UUID, kind: str) -> list[FactSaid]:
    """
    Return what was said of one kind, whether it fits or not, as it happened.

    :raises NotAllowed: without `visits.read`
    """
    if not actor.may("visits.read"):
        raise NotAllowed
    rows = FieldFact.objects.filter(organization_id=actor.organization_id, visit_id=visit_id, kind=kind)
    return [_said(row) for row in rows.order_by("occurred_at", "received_at", "id")]


def who_is_out_again(actor: Actor, purpose: Purpose, *, visit_id: UUID) -> set[UUID]:
    """Return who of the crew has said herself that she has finished there, or has left."""
    rows = FieldFact.objects.filter(
        organization_id=actor.organization_id, visit_id=visit_id, kind__in=OUT_AGAIN
    )
    return set(rows.values_list("staff_id", flat=True))


def facts_by_id(actor: Actor, purpose: Purpose, *, fact_ids: Collection[UUID]) -> list[FactSaid]:
    """
    Return these facts, of whatever visits, as they happened.

    :raises NotAllowed: without `visits.read`
    """
    if not actor.may("visits.read"):
        raise NotAllowed
    rows = FieldFact.objects.filter(organization_id=actor.organization_id, id__in=fact_ids)
    return [_said(row) for row in rows.order_by("occurred_at", "received_at", "id")]


def _said(row: FieldFact) -> FactSaid:
    return FactSaid(id=row.id, client_id=row.client_id, staff_id=row.staff_id, at=row.at, content=row.content)
