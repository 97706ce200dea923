"""The week on a sheet of A4, in letters of 24 points, for the wall of an elder: who comes when, and whom to ring."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from anjia.desk.queries import Frame, frame_of
from anjia.kernel import access
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.errors import NotAllowed
from anjia.residents.queries import get_resident, resident_names
from anjia.visits.queries import Day, visited_in_week, weeks_of

FURTHEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One elder's week."""

    resident_id: UUID
    name: str
    days: Sequence[Day]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """The sheets of a page. `house` names who prints them and the number to ring."""

    first: date
    last: date
    before: date | None  # what is over is not printed
    following: date
    house: Frame
    printed_at: datetime
    items: Sequence[Sheet]
    next: UUID | None


def weeks_page(
    actor: Actor,
    purpose: Purpose,
    *,
    first: date,
    now: datetime,
    resident_id: UUID | None = None,
    after: UUID | None = None,
) -> Weeks:
    """
    Return the week's sheets: one resident's, or those of twenty to whom somebody comes; note that they were read.

    Of the week that runs, what is over is left out: a sheet that says "nobody comes" for Monday means no Monday past.

    :raises NotAllowed: without `desk.bookings`
    :raises NotFound: if the resident is not of the actor's organization
    """
    if not actor.may("desk.bookings"):
        raise NotAllowed
    today = day_of(now)
    ids: Sequence[UUID]
    if resident_id:
        ids, following = [get_resident(actor, purpose, resident_id=resident_id).id], None
    else:
        visited = visited_in_week(actor, purpose, first=first, since=today, after=after)
        ids, following = visited.resident_ids, visited.next
    weeks = weeks_of(actor, purpose, first=first, resident_ids=ids) if ids else {}
    names = resident_names(actor, purpose, resident_ids=ids)
    access.note(actor, purpose, resident_ids=list(ids), what="visits.week")
    return Weeks(
        first=max(first, today),
        last=first + timedelta(days=6),
        before=first - timedelta(days=7) if first > today else None,
        following=first + timedelta(days=7),
        house=frame_of(actor, purpose),
        printed_at=now,
        items=[
            Sheet(
                resident_id=one,
                name=names.get(one, ""),
                days=[day for day in weeks[one] if day.day >= today],
            )
            for one in ids
        ],
        next=following,
    )


def week_meant(said: str, today: date) -> date:
    """
    Return the Monday of the week that is meant. What is nonsense or over is as good as nothing: then it is this week,
    and from Friday on the next.
    """
    try:
        day = date.fromisoformat(said)
    except ValueError:
        day = date.min
    if not today - timedelta(days=today.weekday()) <= day < today + FURTHEST:
        day = today + timedelta(days=3)
    return day - timedelta(days=day.weekday())
