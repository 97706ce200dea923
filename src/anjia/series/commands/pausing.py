"""Pausing a series until a day, going on before that, and ending it."""

from datetime import date, datetime
from uuid import UUID

from anjia.kernel import audit, events, live
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.work import command
from anjia.series.events import PauseEnds, SeriesEnded, SeriesPaused
from anjia.series.keeping import call_off, plan, series_to_change, take_back, take_turns, visits_of
from anjia.series.queries import get_series
from anjia.series.rules.planning import TELL_BEFORE, SeriesOver, State, check_pause
from anjia.series.shapes import SeriesLine
from anjia.series.standing import LIVE_STATES, rows_of


@command("visits.cancel")
def pause_series(actor: Actor, now: datetime, *, series_id: UUID, until: date, why: str = "") -> SeriesLine:
    """
    Let nobody come from today until the day `until`, on which it goes on by itself. Pausing again sets another end;
    of two who set the same one, the second changes nothing, and nobody is told twice.

    What is too near to be called off, or under way, stays; it is among what is returned.

    :raises NotFound: if there is none, or it is a stranger's
    :raises SeriesOver: if it has ended
    :raises BadPause: if it would be over today, or last for more than a year
    """
    series = series_to_change(actor, series_id=series_id)
    today = day_of(now)
    check_pause(until, today=today)
    going = [row for row in rows_of(series, LIVE_STATES) if today <= row.day < until]
    back = take_back(actor, now, going, State.PAUSED, why)
    if series.paused_until == until and len(back.stuck) == len(going):
        return get_series(actor, Purpose.CONTRACT, series_id=series.id, now=now)
    series.paused_from, series.paused_until = today, until
    series.pause_told = until if until - today <= TELL_BEFORE else None  # so near it is said with the pause
    plan(actor, now, series, back)
    audit.record(
        "series.series.paused",
        actor=actor,
        at=now,
        subject_id=series.id,
        fields=["paused_from", "paused_until"],
    )
    events.publish(
        SeriesPaused(
            series_id=series.id, resident_id=series.resident_id, at=now, staying=visits_of(back.stuck)
        ),
        actor=actor,
    )
    return get_series(actor, Purpose.CONTRACT, series_id=series.id, now=now)


@command("dispatch.book")
def resume_series(actor: Actor, now: datetime, *, series_id: UUID) -> SeriesLine:
    """
    Go on before the pause is over, from tomorrow. Nothing changes where there is no pause.

    :raises NotFound: if there is none, or it is a stranger's
    :raises SeriesOver: if it has ended
    """
    series = series_to_change(actor, series_id=series_id)
    if series.paused_until:
        series.paused_from = series.paused_until = None
        plan(actor, now, series)
        audit.record(
            "series.series.resumed",
            actor=actor,
            at=now,
            subject_id=series.id,
            fields=["paused_from", "paused_until"],
        )
        events.publish(PauseEnds(series_id=series.id, resident_id=series.resident_id, at=now), actor=actor)
    return get_series(actor, Purpose.CONTRACT, series_id=series.id, now=now)


@command("visits.cancel")
def end_series(actor: Actor, now: datetime, *, series_id: UUID, why: str = "") -> SeriesLine:
    """
    End it: what is still to come is called off. What is too near, under way or done stays as it is.

    :raises NotFound: if there is none, or it is a stranger's
    :raises SeriesOver: if it has ended
    """
    series = series_to_change(actor, series_id=series_id)
    going = [row for row in rows_of(series, LIVE_STATES) if row.day >= day_of(now)]
    back = take_back(actor, now, going, State.REPLACED, why)
    take_turns(actor, now, series, back.promises)
    call_off(actor, now, back)
    series.ended_at, series.ended_by, series.ended_why = now, actor.user_id, why
    series.save(update_fields=["ended_at", "ended_by", "ended_why"])
    audit.record(
        "series.series.stopped", actor=actor, at=now, subject_id=series.id, fields=["ended_at", "ended_why"]
    )
    events.publish(
        SeriesEnded(
            series_id=series.id, resident_id=series.resident_id, at=now, staying=visits_of(back.stuck)
        ),
        actor=actor,
    )
    return get_series(actor, Purpose.CONTRACT, series_id=series.id, now=now)


@command("visits.cancel")
def end_with_resident(actor: Actor, now: datetime, *, series_id: UUID) -> UUID | None:
    """End it since she has died: whoever calls her visits off tells of it, once. Nothing, if it has ended."""
    try:
        series = series_to_change(actor, series_id=series_id)
    except SeriesOver:
        return None
    for row in rows_of(series, LIVE_STATES):
        if row.day >= day_of(now):
            row.state, row.decided_at, row.decided_by = State.REPLACED.value, now, actor.user_id
            row.save(update_fields=["state", "decided_at", "decided_by"])
    series.ended_at, series.ended_by = now, actor.user_id
    series.save(update_fields=["ended_at", "ended_by"])
    audit.record("series.series.stopped", actor=actor, at=now, subject_id=series.id, fields=["ended_at"])
    live.tell(topic="series", subject_id=series.id, resident_id=series.resident_id)
    return series.id
