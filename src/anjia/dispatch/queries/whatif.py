"""What one caregiver more would change, by the rules by which times are booked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from anjia.catalogue.queries import get_versions
from anjia.dispatch.gates import levels_asked
from anjia.dispatch.matching import Job, Wishes, timelines_of
from anjia.dispatch.queries.laboratory import laboratory_for
from anjia.dispatch.queries.travel import ways_between
from anjia.dispatch.strokes import Caregiver
from anjia.dispatch.whatif import AGAIN, LOOKED_AHEAD, Request, Waits, one_more, waits
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds, day_of, local
from anjia.kernel.errors import NotAllowed
from anjia.kernel.ids import new_id
from anjia.learning.queries import courses_binding_each
from anjia.visits.queries import Promise, asked_between, known_by_of_many, live_assignments
from anjia.visits.rules.lifecycle import LONGEST_VISIT
from anjia.workforce.queries import caregivers_on
from anjia.workforce.rules import CaregiverSheet

FEWEST: Final = 5  # requests: from fewer nothing is said


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """How long people wait with those who work, and with one more; and what that rests on."""

    caregivers: Sequence[Caregiver]
    like: Caregiver | None
    is_everywhere: bool
    since: datetime
    until: datetime
    requests: int
    people: int
    shifts: int  # that one more would have in the days that are looked at
    now: Waits | None
    then: Waits | None

    @property
    def is_enough(self) -> bool:
        return self.requests >= FEWEST

    @property
    def less(self) -> float:
        """Return how many hours the middle one waits less."""
        if not self.now or not self.then or self.now.median is None or self.then.median is None:
            return 0
        return round(self.now.median - self.then.median, 1)


def what_if(actor: Actor, purpose: Purpose, *, like: UUID | None, now: datetime) -> WhatIf:
    """
    Return what one more like somebody would change where she goes.

    :raises NotAllowed: if the actor does not assign, or may not read visits
    """
    if not actor.may("dispatch.assign"):
        raise NotAllowed
    start = day_bounds(day_of(now))[0]
    end = day_bounds(day_of(now + AGAIN) + timedelta(days=LOOKED_AHEAD + 1))[1]
    sheets = caregivers_on(actor, purpose, start=start, end=end)
    working = sorted((one for one in sheets if one.bookable), key=lambda one: (one.name, one.id))
    chosen = next((one for one in working if one.id == like), None)
    asked = asked_between(actor, purpose, start=now - AGAIN, end=now) if chosen else []
    if chosen and chosen.cells is not None:
        asked = [(at, one) for at, one in asked if one.cell in chosen.cells]
    found: tuple[Waits, Waits] | None = None
    if chosen and len(asked) >= FEWEST:
        found = _both(actor, purpose, sheets, chosen, asked, start=start, end=end, now=now)
    return WhatIf(
        caregivers=[Caregiver(id=one.id, name=one.name) for one in working],
        like=Caregiver(id=chosen.id, name=chosen.name) if chosen else None,
        is_everywhere=chosen is not None and chosen.cells is None,
        since=now - AGAIN,
        until=now,
        requests=len(asked),
        people=len(working),
        shifts=len(chosen.bookable) if chosen else 0,
        now=found[0] if found else None,
        then=found[1] if found else None,
    )


def _both(
    actor: Actor,
    purpose: Purpose,
    sheets: Sequence[CaregiverSheet],
    like: CaregiverSheet,
    asked: Sequence[tuple[datetime, Promise]],
    *,
    start: datetime,
    end: datetime,
    now: datetime,
) -> tuple[Waits, Waits]:
    ids = [sheet.id for sheet in sheets]
    busy = live_assignments(actor, purpose, staff_ids=ids, start=start - LONGEST_VISIT, end=end, now=now)
    requests = _requests(actor, purpose, asked, ids)
    laboratory = laboratory_for(actor, purpose, busy=busy, jobs=[one.job for one in requests])
    ways = ways_between(
        actor,
        purpose,
        sheets=sheets,
        busy=busy,
        cells={one.cell for _at, one in asked},
        laboratory=laboratory,
    )
    more = one_more(like, new_id())
    timelines = timelines_of([*sheets, more], busy, ways=ways, is_booking=True, laboratory=laboratory)
    return waits(requests, sheets, timelines), waits(requests, [*sheets, more], timelines)


def _requests(
    actor: Actor, purpose: Purpose, asked: Sequence[tuple[datetime, Promise]], staff_ids: Sequence[UUID]
) -> list[Request]:
    promises = [promise for _at, promise in asked]
    versions = get_versions(actor, purpose, version_ids={one.service_version_id for one in promises})
    courses = courses_binding_each(actor, purpose, service_codes={one.code for one in versions.values()})
    known = known_by_of_many(
        actor, purpose, resident_ids={one.resident_id for one in promises}, staff_ids=list(staff_ids)
    )
    levels = levels_asked(
        actor,
        purpose,
        visits={
            one.id: (versions[one.service_version_id], one.resident_id, local(one.starts_at).date())
            for one in promises
        },
    )
    return [
        Request(
            at=at,
            job=Job(
                requires=versions[one.service_version_id].requires,
                legal_line=versions[one.service_version_id].legal_line,
                deliver_minutes=versions[one.service_version_id].deliver_minutes,
                access_minutes=one.access_minutes,
                minutes=int((one.ends_at - one.starts_at).total_seconds() // 60),
                people_needed=one.people_needed,
                cell=one.cell,
                wishes=Wishes.of(one.wishes),
                courses=courses[versions[one.service_version_id].code],
                level=levels[one.id],
            ),
            known=known.get(one.resident_id, {}),
        )
        for at, one in asked
    ]
