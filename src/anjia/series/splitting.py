"""One series becomes two: what has been, and what goes on otherwise. Only commands call it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from anjia.kernel import live
from anjia.kernel.actors import Actor, Purpose
from anjia.series.keeping import new_row
from anjia.series.models import Occurrence, Series
from anjia.series.queries import usual_caregivers
from anjia.series.rules.pattern import Pattern
from anjia.series.rules.planning import State
from anjia.series.standing import check_some_left

DAY: Final = timedelta(days=1)


def split(
    actor: Actor, now: datetime, series: Series, pattern: Pattern, rows: Sequence[Occurrence], since: date
) -> Series:
    """
    Let the series end the day before `since`; return the one that goes on by the pattern, not yet saved as it comes.

    A course is said whole: those before are counted wherever they are, as long as they come.

    :raises BadPattern: if nothing would be left of the course
    """
    check_some_left(actor, series, pattern, rows)
    following = Series(
        organization_id=series.organization_id,
        resident_id=series.resident_id,
        address_id=series.address_id,
        cell=series.cell,
        service_code=series.service_code,
        service_name=series.service_name,
        service_name_en=series.service_name_en,
        begun_on=pattern.starts_on,
        clock=series.clock,
        wishes=series.wishes,
        usual_staff=usual_caregivers(actor, Purpose.CONTRACT, series=series, now=now),
        source=series.source,
        begun_by=actor.user_id,
        begun_at=now,
        continues_id=series.id,
        paused_from=series.paused_from,
        paused_until=series.paused_until,
        pause_told=series.pause_told,
        planned_through=since,
    )
    following.pattern = pattern
    following.save(force_insert=True)
    for row in rows:
        if row.state == State.SKIPPED and row.on >= since:
            new_row(following, row.on, row.day, State.SKIPPED, now)
    series.pattern = replace(series.pattern, count=None, until=since - DAY)
    series.look_again_at = now  # the rest of it is planned by itself: not with other turns held
    series.save()
    live.tell(topic="series", subject_id=series.id, resident_id=series.resident_id)
    return following
