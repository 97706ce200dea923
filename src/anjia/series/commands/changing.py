"""One of a series, the following ones, or all that are still to come."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.work import command
from anjia.series.events import SeriesChanged
from anjia.series.keeping import occurrence_to_change, plan, series_to_change, take_back, visits_of
from anjia.series.models import Occurrence, Series
from anjia.series.queries import get_series
from anjia.series.rules.pattern import goes_on
from anjia.series.rules.planning import NothingToChange, State, check_since
from anjia.series.saying import pattern_from
from anjia.series.shapes import SeriesLine
from anjia.series.splitting import split
from anjia.series.standing import LIVE_STATES, check_before_next, rows_of

DAY: Final = timedelta(days=1)
GOING_STATES: Final = [*LIVE_STATES, State.HOLIDAY.value]  # what a change makes anew


@command("visits.cancel")
def skip_occurrence(actor: Actor, now: datetime, *, occurrence_id: UUID, why: str = "") -> SeriesLine:
    """
    Call off this one only. It is not made again; a course has one more at its end.

    :raises NotFound: if there is none, or it is a stranger's
    :raises SeriesOver: if the series has ended
    :raises NothingToChange: if it is too near, begun or over
    """
    series, row = occurrence_to_change(actor, occurrence_id=occurrence_id)
    if row.state not in LIVE_STATES:
        raise NothingToChange
    back = take_back(actor, now, [row], State.SKIPPED, why, tells=True)
    if back.stuck:
        raise NothingToChange
    plan(actor, now, series, back)
    audit.record("series.occurrence.skipped", actor=actor, at=now, subject_id=row.id, fields=["state"])
    return get_series(actor, Purpose.CONTRACT, series_id=series.id, now=now)


@command("visits.cancel")
def note_called_off(actor: Actor, now: datetime, *, visit_id: UUID) -> UUID | None:
    """Note that the visit of one was called off by itself: it is not made again. Nothing, if it is none of a series."""
    row = Occurrence.objects.filter(organization_id=actor.organization_id, visit_id=visit_id).first()
    if row is None or row.state != State.PLACED:
        return None
    series = Series.objects.select_for_update().get(id=row.series_id)
    row.refresh_from_db()
    if row.state != State.PLACED:
        return None
    row.state, row.decided_at = State.SKIPPED.value, now
    row.save(update_fields=["state", "decided_at"])
    audit.record("series.occurrence.called_off", actor=actor, at=now, subject_id=row.id, fields=["state"])
    if series.ended_at is None:
        plan(actor, now, series)
    return row.id


@command("visits.cancel")
def change_series(
    actor: Actor,
    now: datetime,
    *,
    series_id: UUID,
    scope: str,
    repeat: Mapping[str, Any],
    from_day: date | None = None,
    clock: time | None = None,
) -> SeriesLine:
    """
    Let it come otherwise: from `from_day` on ("following", which begins a series of its own), or "all" to come.

    What is begun, done or too near stays as it is. A course has as many as it says, those before counted. Where the
    days stay the same ones, their rhythm does; other days keep their distance from the last.

    :raises NotFound: if there is none, or it is a stranger's
    :raises SeriesOver: if it has ended
    :raises BadPattern: if it cannot come like that, or would go on beside the one that continues it already
    """
    series = series_to_change(actor, series_id=series_id)
    check_since(from_day or day_of(now), today=day_of(now))
    tomorrow = day_of(now) + DAY
    since = max(from_day or tomorrow, tomorrow) if scope == "following" else tomorrow
    rows = rows_of(series)
    going = [row for row in rows if row.day >= since and row.state in GOING_STATES]
    back = take_back(actor, now, going, State.REPLACED, "")
    since = max([since, *(row.day + DAY for row in back.stuck)])
    last = max((row.day for row in rows if row.state in LIVE_STATES), default=None)
    said = pattern_from(repeat, starts_on=since, has_first=False)
    pattern = goes_on(series.pattern, said, since=since, last=last)
    check_before_next(series, pattern)
    other = split(actor, now, series, pattern, rows, since) if scope == "following" else series
    other.pattern = pattern
    other.clock = clock or series.clock
    plan(actor, now, other, back)
    audit.record(
        "series.series.changed",
        actor=actor,
        at=now,
        subject_id=series.id,
        fields=["starts_on", "unit", "every", "weekdays", "count", "until", "holidays", "clock"],
    )
    events.publish(
        SeriesChanged(
            series_id=other.id, resident_id=series.resident_id, at=now, staying=visits_of(back.stuck)
        ),
        actor=actor,
    )
    return get_series(actor, Purpose.CONTRACT, series_id=other.id, now=now)


@command("visits.book")
def note_moved(actor: Actor, now: datetime, *, visit_id: UUID, day: date) -> UUID | None:
    """Note that the visit of one was moved by itself to this day. Nothing, if it is none of a series."""
    row = Occurrence.objects.filter(organization_id=actor.organization_id, visit_id=visit_id).first()
    if row is None or row.day == day:
        return None
    row.day = day
    row.save(update_fields=["day"])
    audit.record("series.occurrence.moved", actor=actor, at=now, subject_id=row.id, fields=["day"])
    return row.id
