"""How rows of series come to be and find their visits: what several commands do alike. Only commands call it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from anjia.dispatch import commands as dispatch
from anjia.dispatch.queries import Place, places_for
from anjia.dispatch.rules import GateClosed, NotOffered, SlotGone
from anjia.kernel import events, live
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import DomainError, NotFound
from anjia.residents.rules.deaths import ResidentHasDied
from anjia.series.events import PauseEnds
from anjia.series.models import Occurrence, Series
from anjia.series.queries import usual_caregivers
from anjia.series.rules.planning import (
    AHEAD,
    TELL_BEFORE,
    SeriesOver,
    State,
    is_complete,
)
from anjia.series.standing import (
    LIVE_STATES,
    awaited_visits,
    how_many,
    may_be_called_off,
    rows_of,
    what_is_left,
)
from anjia.visits.queries import Promise, get_promises
from anjia.visits.rules.lifecycle import Status

LANGUAGES: Final = ("zh-hans", "en")
LOOK_AGAIN_AFTER: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """What is about to be called off, when the turn of all that is done at once has come. `stuck` cannot be."""

    promises: Sequence[Promise] = ()
    stuck: Sequence[Occurrence] = ()
    why: str = ""
    tells: bool = False


NOTHING: Final = Back()


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """The row with which a series begins, and what is held for it: promised when the turn of all has come."""

    row_id: UUID
    hold: Promise


def series_to_change(actor: Actor, *, series_id: UUID) -> Series:
    """
    Return the series and hold its row: what is made of it is made by one at a time.

    :raises NotFound: if there is none, or it is a stranger's
    :raises SeriesOver: if it has ended
    """
    rows = Series.objects.select_for_update().filter(organization_id=actor.organization_id, id=series_id)
    found = rows.first()
    if found is None or not actor.sees(found.resident_id):
        raise NotFound
    if found.ended_at:
        raise SeriesOver
    return found


def occurrence_to_change(actor: Actor, *, occurrence_id: UUID) -> tuple[Series, Occurrence]:
    """
    Return one of a series with the series, whose row is held.

    :raises NotFound: if there is none, or it is a stranger's
    :raises SeriesOver: if the series has ended
    """
    rows = Occurrence.objects.filter(organization_id=actor.organization_id, id=occurrence_id)
    found = rows.first()
    if found is None:
        raise NotFound
    series = series_to_change(actor, series_id=found.series_id)
    return series, rows.get()


def plan(
    actor: Actor, now: datetime, series: Series, back: Back = NOTHING, first: First | None = None
) -> None:
    """
    Make what is due up to the horizon, and find a place for all that has none. Safe to call at any time, twice. What
    is to be called off for it is, on the way; and what is held for the first is promised.

    Call with the series' row held.
    """
    today = day_of(now)
    end_pause(actor, now, series)
    lapse(series, today)
    rows = rows_of(series)
    left = what_is_left(actor, series, rows, today=today)
    for due in left.dues:
        state = State.WANTED if due.day else State.HOLIDAY
        rows.append(new_row(series, due.on, due.day or due.on, state, now))
    wanted = [row for row in rows if row.state == State.WANTED]
    found = find_places(actor, now, series, wanted, back, first)
    series.planned_through = today + AHEAD
    series.look_again_at = None if found else now + LOOK_AGAIN_AFTER
    coming = [row for row in rows if row.state in LIVE_STATES]
    number = left.been + how_many((row for row in coming if row.on >= series.starts_on), left.missed)
    is_last = is_complete(series.pattern, live=number, today=today)
    if is_last and all(row.day < today for row in coming) and not awaited_visits(actor, coming):
        series.ended_at = now
    series.save()
    live.tell(topic="series", subject_id=series.id, resident_id=series.resident_id)


def visits_of(rows: Sequence[Occurrence]) -> tuple[UUID, ...]:
    return tuple(row.visit_id for row in rows if row.visit_id)


def new_row(series: Series, on: date, day: date, state: State, now: datetime) -> Occurrence:
    return Occurrence.objects.create(
        organization_id=series.organization_id,
        resident_id=series.resident_id,
        series=series,
        on=on,
        day=day,
        state=state.value,
        made_at=now,
    )


def end_pause(actor: Actor, now: datetime, series: Series) -> None:
    """Say some days before that it goes on, once; and forget the pause when it is over."""
    if series.paused_until is None:
        return
    today = day_of(now)
    if series.pause_told != series.paused_until and today >= series.paused_until - TELL_BEFORE:
        series.pause_told = series.paused_until
        events.publish(PauseEnds(series_id=series.id, resident_id=series.resident_id, at=now), actor=actor)
    if today >= series.paused_until:
        series.paused_from = series.paused_until = None


def lapse(series: Series, today: date) -> None:
    """What found no place until its day was over has none. It counts for nothing: a course makes up for it."""
    late = Occurrence.objects.filter(series=series, state=State.WANTED.value, day__lt=today)
    late.update(state=State.LAPSED.value)


def find_places(
    actor: Actor,
    now: datetime,
    series: Series,
    rows: Sequence[Occurrence],
    back: Back,
    first: First | None,
) -> bool:
    """
    Book what has no place yet, as anything is booked; return whether all have one. What has none says why.

    The places are found before anything is promised or called off, so that all turns are taken at once. Of a place
    that was not there at first the household is told; the others are as they expect it.

    :raises HoldExpired: if what the series begins with was held too long ago
    :raises HoldReleased: if it was given back
    :raises IllegalMove: if it is promised already
    """
    wanted = [row for row in rows if first is None or row.id != first.row_id]
    places: Mapping[date, Place] = {}
    try:
        if wanted:
            places = reckon(actor, now, series, wanted, back)
    except (NotOffered, ResidentHasDied) as refusal:
        for row in wanted:
            say_why(row, refusal)
    holds = [first.hold] if first else []
    take_turns(actor, now, series, [*back.promises, *holds], places.values())
    call_off(actor, now, back)
    if first:
        [row] = [row for row in rows if row.id == first.row_id]
        give_place(actor, now, series, row, first.hold.id, tells=False)
    book_places(actor, now, series, wanted, places)
    return all(row.state == State.PLACED for row in rows)


def book_places(
    actor: Actor,
    now: datetime,
    series: Series,
    wanted: Sequence[Occurrence],
    places: Mapping[date, Place],
) -> None:
    """Book what was found; what has no place says why."""
    for row in wanted:
        place = places.get(row.day)
        if place is None:
            continue
        if place.starts_at is None:
            say_why(row, place.why)
            continue
        try:
            crew, is_late = [one.id for one in place.crew], row.made_at < now
            book(actor, now, series, row, place.starts_at, crew, tells=is_late)
        # Somebody was faster, the law asks for something first, or nobody is to come any more.
        except (SlotGone, GateClosed, ResidentHasDied) as refusal:
            say_why(row, refusal)


def reckon(
    actor: Actor, now: datetime, series: Series, wanted: Sequence[Occurrence], back: Back
) -> Mapping[date, Place]:
    """:raises NotOffered: if the institution offers no such service at home"""
    return places_for(
        actor,
        Purpose.CONTRACT,
        service_code=series.service_code,
        resident_id=series.resident_id,
        address_id=series.address_id,
        days={row.day for row in wanted},
        clock=series.clock,
        usual=usual_caregivers(actor, Purpose.CONTRACT, series=series, now=now),
        wishes=series.wishes,
        now=now,
        without={one.id for one in back.promises},
    )


def say_why(row: Occurrence, why: Mapping[str, str] | DomainError) -> None:
    row.why = dict.fromkeys(LANGUAGES, why.detail) if isinstance(why, DomainError) else dict(why)
    row.save(update_fields=["why"])


def book(
    actor: Actor,
    now: datetime,
    series: Series,
    row: Occurrence,
    starts_at: datetime,
    staff_ids: Sequence[UUID],
    *,
    tells: bool,
) -> None:
    """
    Book this time for one of the series: through the one door that everything is booked through.

    :raises SlotGone: if one of the crew cannot come then, or may not do this
    """
    held = dispatch.hold_slot(
        actor,
        now,
        service_code=series.service_code,
        resident_id=series.resident_id,
        address_id=series.address_id,
        starts_at=starts_at,
        staff_ids=list(staff_ids),
        wishes=series.wishes,
        source=series.source,
    )
    row.day = day_of(starts_at)  # by hand it may be another than the pattern's
    give_place(actor, now, series, row, held.id, tells=tells)


def give_place(
    actor: Actor, now: datetime, series: Series, row: Occurrence, hold_id: UUID, *, tells: bool
) -> None:
    dispatch.confirm_hold(actor, now, hold_id=hold_id, series_id=series.id, is_told_of=not tells)
    row.visit_id, row.state, row.why = hold_id, State.PLACED.value, {}
    row.save(update_fields=["day", "visit_id", "state", "why"])


def take_back(
    actor: Actor, now: datetime, rows: Sequence[Occurrence], state: State, why: str, *, tells: bool = False
) -> Back:
    """
    Let these be `state` from now on, but for those that cannot be: too near, under way, or over.

    Their visits are called off by whoever goes on: by `plan` with what takes their place, or by `call_off`. Without
    `tells`, the household hears of all of them at once.
    """
    promises = get_promises(actor, Purpose.CONTRACT, visit_ids=[row.visit_id for row in rows if row.visit_id])
    going, stuck = [], []
    for row in rows:
        promise = promises.get(row.visit_id) if row.visit_id else None
        if promise and promise.status is not Status.CANCELLED:
            if not may_be_called_off(actor, promise, now):
                stuck.append(row)
                continue
            going.append(promise)
        row.state, row.decided_at, row.decided_by = state.value, now, actor.user_id
        row.save(update_fields=["state", "decided_at", "decided_by"])
    return Back(promises=going, stuck=stuck, why=why, tells=tells)


def take_turns(
    actor: Actor,
    now: datetime,
    series: Series,
    promises: Collection[Promise],
    places: Collection[Place] = (),
) -> None:
    """Take the turns of these visits and of the places that are to be booked, once, before a row of theirs is held."""
    found = [(place.starts_at, place.crew) for place in places if place.starts_at]
    if not (promises or found):
        return
    dispatch.take_turns(
        actor,
        now,
        resident_id=series.resident_id,
        cell=series.cell,
        days=[*(one.starts_at for one in promises), *(starts_at for starts_at, _crew in found)],
        staff_ids=[
            *(busy.staff_id for one in promises for busy in one.crew),
            *(one.id for _starts_at, crew in found for one in crew),
        ],
    )


def call_off(actor: Actor, now: datetime, back: Back) -> None:
    """Call the visits off. Call with their turns taken."""
    for promise in back.promises:
        dispatch.cancel_booking(
            actor, now, visit_id=promise.id, reason="asked", why=back.why, is_told_of=not back.tells
        )
