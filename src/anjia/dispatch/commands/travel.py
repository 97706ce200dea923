"""Keeping what the roads' server has said."""

from collections.abc import Mapping
from datetime import datetime

from anjia.dispatch.models import TravelTime
from anjia.dispatch.rules import Profile
from anjia.kernel import audit
from anjia.kernel.actors import Actor
from anjia.kernel.work import command


@command("dispatch.offer")
def keep_travel_times(
    actor: Actor, now: datetime, *, profile: Profile, times: Mapping[tuple[str, str], int | None]
) -> None:
    """
    Write down how long it takes from cell to cell, in seconds; None where no road leads. What was known before goes.

    No event: nothing that was promised changes by it, the next who looks for a time reckons with it.
    """
    rows = [
        TravelTime(
            organization_id=actor.organization_id,
            profile=profile.value,
            from_cell=start,
            to_cell=end,
            seconds=seconds,
            asked_at=now,
        )
        for (start, end), seconds in sorted(times.items())
    ]
    TravelTime.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["organization_id", "profile", "from_cell", "to_cell"],
        update_fields=["seconds", "asked_at"],
    )
    audit.record(
        "dispatch.travel_time.recorded",
        actor=actor,
        at=now,
        subject_id=actor.organization_id,
        fields=[profile.value],
    )
