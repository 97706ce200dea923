"""What a change of a series would do: shown before it is done, by what would do it."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from anjia.dispatch.queries import places_for
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.ids import new_id
from anjia.series.foretelling import foreseen, words_after
from anjia.series.models import Occurrence, Series
from anjia.series.queries.working import usual_caregivers
from anjia.series.rules.pattern import Pattern, goes_on
from anjia.series.rules.planning import SeriesOver, State, check_since
from anjia.series.saying import pattern_from
from anjia.series.shapes import ChangeForeseen, Going
from anjia.series.standing import (
    LIVE_STATES,
    check_before_next,
    check_some_left,
    may_be_called_off,
    rows_of,
    what_is_left,
)
from anjia.series.words import WORDS_OF_HOLIDAYS, words_of_end, words_of_pattern
from anjia.visits.queries import Promise, get_promises
from anjia.visits.rules.lifecycle import Status, terms_of_change
from anjia.workforce.queries import staff_names

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """The rows of a series, as a change parts them."""

    stay: Sequence[Occurrence]  # before the change, or too near
    too_near: Sequence[Occurrence]
    going: Sequence[Occurrence]
    promises: Mapping[UUID, Promise]
    since: date


def foresee_change(
    actor: Actor,
    purpose: Purpose,
    *,
    series_id: UUID,
    scope: str,
    repeat: Mapping[str, Any],
    from_day: date | None = None,
    clock: time | None = None,
    now: datetime,
) -> ChangeForeseen:
    """
    Return what `change_series` would do now: nothing is changed by asking.

    :raises NotAllowed: if the actor may not call visits off
    :raises NotFound: if there is none, or it is a stranger's
    :raises SeriesOver: if it has ended
    :raises BadPattern: if it cannot come like that
    """
    if not (actor.may("visits.cancel") and actor.may("dispatch.book")):
        raise NotAllowed
    series = _series(actor, series_id)
    check_since(from_day or day_of(now), today=day_of(now))
    tomorrow = day_of(now) + DAY
    since = max(from_day or tomorrow, tomorrow) if scope == "following" else tomorrow
    parted = _part(actor, now, series, since)
    last = max((row.day for row in parted.stay if row.state in LIVE_STATES), default=None)
    said = pattern_from(repeat, starts_on=parted.since, has_first=False)
    pattern = goes_on(series.pattern, said, since=parted.since, last=last)
    check_before_next(series, pattern)
    when = clock or series.clock
    other, rows = _changed(series, pattern, scope, when), parted.stay
    if scope == "following":
        check_some_left(actor, series, pattern, rows)
        rows = [row for row in rows if row.state == State.SKIPPED and row.on >= parted.since]
    left = what_is_left(actor, other, rows, today=day_of(now), but={row.id for row in parted.going})
    places = places_for(
        actor,
        purpose,
        service_code=series.service_code,
        resident_id=series.resident_id,
        address_id=series.address_id,
        days=[due.day for due in left.dues if due.day],
        clock=when,
        usual=usual_caregivers(actor, purpose, series=series, now=now),
        wishes=series.wishes,
        now=now,
        without={row.visit_id for row in parted.going if row.visit_id},
    )
    crews = {busy.staff_id for one in parted.promises.values() for busy in one.crew}
    names = staff_names(actor, purpose, staff_ids=crews) if crews else {}
    return ChangeForeseen(
        words=words_of_pattern(pattern, when),
        end_words=words_of_end(pattern),
        holiday_words=str(WORDS_OF_HOLIDAYS[pattern.holidays]),
        after_words=words_after(pattern, len(left.dues) + left.been, parted.since, now),
        rule=str(terms_of_change()),
        goes=_going(parted.going, parted.promises, names),
        stays=_going(parted.too_near, parted.promises, names),
        days=[foreseen(due, places.get(due.day) if due.day else None) for due in left.dues],
    )


def _series(actor: Actor, series_id: UUID) -> Series:
    found = Series.objects.filter(organization_id=actor.organization_id, id=series_id).first()
    if found is None or not actor.sees(found.resident_id):
        raise NotFound
    if found.ended_at:
        raise SeriesOver
    return found


def _part(actor: Actor, now: datetime, series: Series, since: date) -> Parted:
    """Say what would go and what cannot: what is too near moves the beginning of the new pattern behind it."""
    rows = rows_of(series)
    changed = [row for row in rows if row.day >= since and row.state in {*LIVE_STATES, State.HOLIDAY.value}]
    ids = [row.visit_id for row in changed if row.visit_id]
    promises = get_promises(actor, Purpose.CONTRACT, visit_ids=ids) if ids else {}
    too_near = [
        row
        for row in changed
        if (promise := promises.get(row.visit_id) if row.visit_id else None)
        and promise.status is not Status.CANCELLED
        and not may_be_called_off(actor, promise, now)
    ]
    going = [row for row in changed if row not in too_near]
    return Parted(
        stay=[row for row in rows if row not in going],
        too_near=too_near,
        going=going,
        promises=promises,
        since=max([since, *(row.day + DAY for row in too_near)]),
    )


def _changed(series: Series, pattern: Pattern, scope: str, when: time) -> Series:
    """Return the series as it would go on, which nobody saves."""
    other = copy(series)
    if scope == "following":
        other.id, other.continues_id = new_id(), series.id
    other.pattern, other.clock = pattern, when
    return other


def _going(
    rows: Sequence[Occurrence], promises: Mapping[UUID, Promise], names: Mapping[UUID, str]
) -> list[Going]:
    booked = [(row, promises[row.visit_id]) for row in rows if row.visit_id and row.visit_id in promises]
    return [
        Going(
            day=row.day,
            starts_at=one.starts_at,
            who=[names.get(busy.staff_id, "") for busy in one.crew],
        )
        for row, one in booked
    ]
