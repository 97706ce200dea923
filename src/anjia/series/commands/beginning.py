"""Beginning a series, and booking what is due of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from anjia.catalogue.queries import get_version
from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.calendar import day_of, local
from anjia.kernel.work import command
from anjia.series.events import SeriesBegun
from anjia.series.keeping import (
    First,
    book,
    new_row,
    occurrence_to_change,
    plan,
    series_to_change,
)
from anjia.series.models import Series
from anjia.series.queries import get_series
from anjia.series.rules.planning import NothingToChange, State
from anjia.series.saying import pattern_from
from anjia.series.shapes import SeriesLine
from anjia.visits.queries import get_promise
from anjia.visits.rules.lifecycle import Source


@command("dispatch.book")
def begin_series(actor: Actor, now: datetime, *, hold_id: UUID, repeat: Mapping[str, Any]) -> SeriesLine:
    """
    Promise what is held, and more of it by a pattern: the same service, door, time of day, wishes and caregivers.

    What lies in the coming four weeks is booked at once; where there is no place, it says so and a dispatcher hears.

    :raises NotFound: if there is no such hold of the actor's
    :raises BadPattern: if it cannot come like that
    :raises HoldExpired: if it was held too long ago
    :raises HoldReleased: if it was given back
    :raises IllegalMove: if it is promised already
    """
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=hold_id)
    first = day_of(promise.starts_at)
    pattern = pattern_from(repeat, starts_on=first)
    version = get_version(actor, Purpose.CONTRACT, version_id=promise.service_version_id)
    series = Series(
        organization_id=actor.organization_id,
        resident_id=promise.resident_id,
        address_id=promise.address_id,
        cell=promise.cell,
        service_code=version.code,
        service_name=version.content["name"],
        service_name_en=version.content.get("name_en", ""),
        begun_on=first,
        clock=local(promise.starts_at).time(),
        wishes=dict(promise.wishes),
        usual_staff=[one.staff_id for one in promise.crew],
        source=(Source.RESIDENT if actor.kind is Kind.PERSON else Source.DESK).value,
        begun_by=actor.user_id,
        begun_at=now,
        planned_through=first,
    )
    series.pattern = pattern
    series.save(force_insert=True)
    row = new_row(series, first, first, State.WANTED, now)
    plan(actor, now, series, first=First(row_id=row.id, hold=promise))
    audit.record("series.series.promised", actor=actor, at=now, subject_id=series.id)
    events.publish(SeriesBegun(series_id=series.id, resident_id=series.resident_id, at=now), actor=actor)
    return get_series(actor, Purpose.CONTRACT, series_id=series.id, now=now)


@command("dispatch.book")
def plan_ahead(actor: Actor, now: datetime, *, series_id: UUID) -> UUID:
    """
    Book what is due of a series, and look again for what has no place. Safe to call at any time, twice, at once.

    :raises NotFound: if there is none
    :raises SeriesOver: if it has ended
    """
    series = series_to_change(actor, series_id=series_id)
    plan(actor, now, series)
    audit.record(
        "series.series.arranged", actor=actor, at=now, subject_id=series_id, fields=["planned_through"]
    )
    return series_id


@command("dispatch.book")
def place_by_hand(
    actor: Actor, now: datetime, *, occurrence_id: UUID, starts_at: datetime, staff_ids: Sequence[UUID]
) -> UUID:
    """
    Book this time for one that has no place: somebody has looked, or has called. The household is told.

    :raises NotFound: if there is none
    :raises SeriesOver: if the series has ended
    :raises NothingToChange: if it has a place, or is not wanted any more
    :raises SlotGone: if one of the crew cannot come then, or may not do this
    """
    series, row = occurrence_to_change(actor, occurrence_id=occurrence_id)
    if row.state != State.WANTED:
        raise NothingToChange
    book(actor, now, series, row, starts_at, staff_ids, tells=True)
    audit.record(
        "series.occurrence.placed", actor=actor, at=now, subject_id=row.id, fields=["state", "visit_id"]
    )
    return series.id
