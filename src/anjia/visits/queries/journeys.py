"""How people got from one home to the next: what the field has said of it."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import ExpressionWrapper, Q
from django.db.models.fields import BooleanField

from anjia.kernel.actors import Actor, Purpose
from anjia.visits.boards import check_may_read_all
from anjia.visits.models import LIVE_STATES, Assignment
from anjia.visits.rules.lifecycle import Status

MOST_JOURNEYS: Final = 20_000  # the newest


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """Somebody at a visit that is done: when it was set out for, when begun and ended, and the proof of the arrival."""

    visit_id: UUID
    staff_id: UUID
    address_id: UUID
    cell: str
    is_alone: bool  # the times are hers
    departed_at: datetime | None
    arrived_at: datetime | None
    done_at: datetime | None
    grade: str
    deliver_minutes: int = 0  # within which what she took was to be at the laboratory


NAMES: Final = [field.name for field in fields(Journey)]


def journeys(actor: Actor, purpose: Purpose, *, start: datetime, end: datetime) -> list[Journey]:
    """
    Return who was at what is done of the visits planned to begin in that time, the first first; of a great many the
    newest.

    :raises NotAllowed: if the actor may not read visits
    """
    check_may_read_all(actor)
    rows = Assignment.objects.filter(
        organization_id=actor.organization_id,
        state__in=LIVE_STATES,
        visit__status=Status.DONE.value,
        starts_at__gte=start,
        starts_at__lt=end,
    ).annotate(is_alone=ExpressionWrapper(Q(visit__people_needed=1), output_field=BooleanField()))
    newest = rows.order_by("-starts_at", "-id").values_list(
        "visit_id",
        "staff_id",
        "visit__address_id",
        "cell",
        "is_alone",
        "visit__departed_at",
        "visit__arrived_at",
        "visit__done_at",
        "visit__grade",
        "deliver_minutes",
    )[:MOST_JOURNEYS]
    return [Journey(**dict(zip(NAMES, row, strict=True))) for row in newest][::-1]
