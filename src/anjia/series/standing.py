"""What of a series stands: its rows, what counts of a course, what can still be called off. Nothing here writes."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.series.models import Occurrence, Series
from anjia.series.rules.pattern import BadPattern, Due, Pattern, sound
from anjia.series.rules.planning import LIVE, STANDING, to_make
from anjia.visits.queries import Promise, get_promises
from anjia.visits.rules.lifecycle import Status, may_change

LIVE_STATES: Final = sorted(state.value for state in LIVE)
STANDING_STATES: Final = sorted(state.value for state in STANDING)


def rows_of(series: Series, states: Sequence[str] = STANDING_STATES) -> list[Occurrence]:
    return list(Occurrence.objects.filter(series=series, state__in=states).order_by("day", "id"))


def remaining(series: Series, been: int) -> Pattern:
    """Return the pattern as it is from `starts_on` on: of a course, as many as there have not been before."""
    pattern = series.pattern
    return pattern if pattern.count is None else replace(pattern, count=max(pattern.count - been, 0))


def before_pattern(series: Series, rows: Sequence[Occurrence]) -> list[Occurrence]:
    """Return those that came, or come, before the pattern began: the series' own, and of all that it continues."""
    parts, part = [], series.continues_id
    while part:
        parts.append(part)
        part = Series.objects.values_list("continues_id", flat=True).get(id=part)
    others = Occurrence.objects.filter(series__in=parts, state__in=LIVE_STATES) if parts else ()
    return [*others, *(row for row in rows if row.on < series.starts_on and row.state in LIVE_STATES)]


def missed_visits(actor: Actor, rows: Iterable[Occurrence]) -> set[UUID]:
    return visits_that_are(actor, rows, {Status.MISSED})


def awaited_visits(actor: Actor, rows: Iterable[Occurrence]) -> set[UUID]:
    """Return those to which nobody has come yet: of an evening's it is said after midnight that nobody did."""
    return visits_that_are(actor, rows, {Status.BOOKED, Status.DEPARTED})


def visits_that_are(actor: Actor, rows: Iterable[Occurrence], statuses: Collection[Status]) -> set[UUID]:
    visit_ids = [row.visit_id for row in rows if row.visit_id]
    promises = get_promises(actor, Purpose.CONTRACT, visit_ids=visit_ids) if visit_ids else {}
    return {one.id for one in promises.values() if one.status in statuses}


def how_many(rows: Iterable[Occurrence], missed: Collection[UUID]) -> int:
    """Return how many count in a course: done, or still to come. Of those `missed` nobody had anything."""
    return sum(row.state in LIVE_STATES and row.visit_id not in missed for row in rows)


def may_be_called_off(actor: Actor, promise: Promise, now: datetime) -> bool:
    by_person = actor.kind is Kind.PERSON
    return promise.status is Status.BOOKED and may_change(
        promise.status, starts_at=promise.starts_at, now=now, by_person=by_person
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What of a series is still to be made; of a course, how many have been, and which of them nobody had."""

    dues: Sequence[Due]
    been: int
    missed: Collection[UUID]


def what_is_left(
    actor: Actor, series: Series, rows: Sequence[Occurrence], *, today: date, but: Collection[UUID] = ()
) -> Left:
    """Return what is to be made beside these rows of it. Rows `but` which will not be there any more count nowhere."""
    past = [row for row in before_pattern(series, rows) if row.id not in but]
    missed = missed_visits(actor, [*past, *rows]) if series.count is not None else set()
    been = how_many(past, missed)
    dues = to_make(
        remaining(series, been),
        {row.on: how_many([row], missed) == 1 for row in rows},
        today=today,
        paused=series.paused,
        last=max((row.day for row in past), default=None),
    )
    return Left(dues=dues, been=been, missed=missed)


def check_some_left(actor: Actor, series: Series, pattern: Pattern, rows: Sequence[Occurrence]) -> None:
    """:raises BadPattern: if of a course nothing would be left: those before are counted wherever they are"""
    if pattern.count is not None:
        been = [*before_pattern(series, rows), *(row for row in rows if row.on >= series.starts_on)]
        sound(replace(pattern, count=pattern.count - how_many(been, missed_visits(actor, been))))


def check_before_next(series: Series, pattern: Pattern) -> None:
    """
    Keep what is made of a series from going on beside the one that continues it already: whoever changes it from a page
    that is older than that would have the visits come twice.

    :raises BadPattern: if it would not be over before that one begins
    """
    going_on = Series.objects.filter(
        resident_id=series.resident_id, continues_id=series.id, ended_at=None
    ).order_by("begun_on")
    begins = going_on.values_list("begun_on", flat=True).first()
    if begins and (pattern.until is None or pattern.until >= begins):
        words = _("从 {day} 起已经改成另一个定期上门了：以后的请在那一个上改，这一个最晚到前一天。")
        raise BadPattern(fields={"until": words.format(day=begins)})
