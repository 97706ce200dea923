"""What is promised takes up how long it takes to its door."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from anjia.kernel import audit
from anjia.kernel.actors import Actor
from anjia.kernel.work import command
from anjia.visits.models import LIVE_STATES, Assignment, Visit


@command("visits.assign")
def follow_access(actor: Actor, now: datetime, *, minutes: Mapping[UUID, int]) -> None:
    """
    Have what is promised at these addresses reckon with so many minutes from the street to the door.

    No promise moves by it, and nobody is told: the ways before it only are reckoned longer or shorter from now on.
    """
    for address_id, access in minutes.items():
        visits = Visit.objects.filter(
            organization_id=actor.organization_id, address_id=address_id, starts_at__gt=now
        ).exclude(access_minutes=access)
        ids = list(visits.values_list("id", flat=True))
        if ids:
            Visit.objects.filter(id__in=ids).update(access_minutes=access)
            Assignment.objects.filter(visit_id__in=ids, state__in=LIVE_STATES).update(access_minutes=access)
            audit.record(
                "visits.visit.changed",
                actor=actor,
                at=now,
                subject_id=address_id,
                fields=["access_minutes"],
            )
