"""What one caregiver more would change, by the rules by which times are booked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from anjia.catalogue.queries import get_versions
from anjia.dispatch.gates import levels_asked
from anjia.dispatch.matching import timelines_of
from anjia.dispatch.models import Estimate
from anjia.dispatch.promised import job_of
from anjia.dispatch.queries.laboratory import laboratory_for
from anjia.dispatch.queries.travel import ways_between
from anjia.dispatch.rules import Timeline
from anjia.dispatch.rules.whatif import EDGES, ESTIMATING, FEWEST, SILENT_AFTER, WAITS, EstimateState, bin_of
from anjia.dispatch.strokes import Caregiver
from anjia.dispatch.whatif import AGAIN, LOOKED_AHEAD, Request, Waits, one_more, together
from anjia.identity.queries import account_names
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds, day_of, local
from anjia.kernel.errors import NotAllowed
from anjia.kernel.ids import new_id
from anjia.learning.queries import courses_binding_each
from anjia.visits.queries import (
    Promise,
    asked_between,
    get_promises,
    known_by_of_many,
    live_assignments,
)
from anjia.visits.rules.lifecycle import LONGEST_VISIT
from anjia.workforce.queries import caregivers_on
from anjia.workforce.rules import CaregiverSheet

EVERYWHERE: Final = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is reckoned: the requests once more, with those who work, and with `more` besides."""

    requests: Sequence[Request]
    sheets: Sequence[CaregiverSheet]
    more: CaregiverSheet
    timelines: Mapping[UUID, Timeline]
    since: datetime
    until: datetime
    people: int
    shifts: int  # that one more would have in the days that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One request: when it was made, of what, and how many hours it would wait, now and with one more."""

    visit_id: UUID
    at: datetime
    now: float | None
    then: float | None
    service: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Waits that are counted together, up to so many hours; the last bin, of None, found no time."""

    number: int
    begins: int
    ends: int | None
    now: int
    then: int
    now_share: int  # percent of the longest bar
    then_share: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """How long people wait with those who work, and with one more; and what that rests on."""

    caregivers: Sequence[Caregiver]
    run_id: UUID | None = None
    state: EstimateState | None = None
    progress: int = 0
    like: Caregiver | None = None
    area: str = ""
    area_of: Caregiver | None = None
    asked_at: datetime | None = None
    reckoned_at: datetime | None = None
    asked_by: str = ""
    since: datetime | None = None
    until: datetime | None = None
    people: int = 0
    shifts: int = 0
    rows: Sequence[Wait] = ()
    bins: Sequence[Bin] = ()
    chosen: Sequence[Wait] = ()

    @property
    def is_at_work(self) -> bool:
        return self.state in ESTIMATING

    @property
    def is_done(self) -> bool:
        return self.state is EstimateState.DONE

    @property
    def is_enough(self) -> bool:
        return len(self.rows) >= FEWEST

    @property
    def requests(self) -> int:
        return len(self.rows)

    @property
    def now(self) -> Waits | None:
        return together([one.now for one in self.rows]) if self.is_enough else None

    @property
    def then(self) -> Waits | None:
        return together([one.then for one in self.rows]) if self.is_enough else None

    @property
    def less(self) -> float:
        """Return how many hours the middle one waits less."""
        if not self.now or not self.then or self.now.median is None or self.then.median is None:
            return 0
        return round(self.now.median - self.then.median, 1)


def what_if(actor: Actor, purpose: Purpose, *, now: datetime, bin_number: int | None = None) -> WhatIf:
    """
    Return what was reckoned last of one more, or how far it is; with the requests of one bin, where that is asked for,
    or of all (-1).

    :raises NotAllowed: if the actor does not assign, or may not read visits
    """
    working = [one for one in _sheets(actor, purpose, now) if one.bookable]
    people = [Caregiver(id=one.id, name=one.name) for one in working]
    run = Estimate.objects.filter(organization_id=actor.organization_id).order_by("-asked_at", "-id").first()
    if run is None:
        return WhatIf(caregivers=people)
    by_id = {one.id: one for one in people}
    result = run.result
    rows = [
        Wait(visit_id=UUID(visit_id), at=datetime.fromisoformat(at), now=now_hours, then=then_hours)
        for visit_id, at, now_hours, then_hours in result.get("rows", ())
    ]
    chosen = [] if bin_number is None else [one for one in rows if _is_in(one, bin_number)]
    return WhatIf(
        caregivers=people,
        run_id=run.id,
        state=EstimateState(run.state),
        progress=run.progress,
        like=by_id.get(run.like) or Caregiver(id=run.like, name="—"),
        area=run.area,
        area_of=by_id.get(UUID(run.area)) if run.area not in {"", EVERYWHERE} else None,
        asked_at=run.asked_at,
        reckoned_at=run.ended_at,
        asked_by=account_names(actor, purpose, account_ids={run.asked_by}).get(run.asked_by, ""),
        since=datetime.fromisoformat(result["since"]) if result else None,
        until=datetime.fromisoformat(result["until"]) if result else None,
        people=result.get("people", 0),
        shifts=result.get("shifts", 0),
        rows=rows,
        bins=_bins_of(rows),
        chosen=_with_services(actor, purpose, chosen),
    )


def _is_in(one: Wait, number: int) -> bool:
    return number < 0 or number in {bin_of(one.now), bin_of(one.then)}


def _with_services(actor: Actor, purpose: Purpose, rows: Sequence[Wait]) -> list[Wait]:
    found = get_promises(actor, purpose, visit_ids=[one.visit_id for one in rows]) if rows else {}
    return [
        replace(one, service=found[one.visit_id].service_name) if one.visit_id in found else one
        for one in rows
    ]


def _bins_of(rows: Sequence[Wait]) -> list[Bin]:
    counts = [
        (
            sum(1 for one in rows if bin_of(one.now) == number),
            sum(1 for one in rows if bin_of(one.then) == number),
        )
        for number in range(len(EDGES) + 1)
    ]
    most = max((max(pair) for pair in counts), default=0) or 1
    return [
        Bin(
            number=number,
            begins=EDGES[number - 1] if number else 0,
            ends=EDGES[number] if number < len(EDGES) else None,
            now=now_count,
            then=then_count,
            now_share=round(100 * now_count / most),
            then_share=round(100 * then_count / most),
        )
        for number, (now_count, then_count) in enumerate(counts)
    ]


def _sheets(actor: Actor, purpose: Purpose, now: datetime) -> list[CaregiverSheet]:
    """:raises NotAllowed: if the actor does not assign"""
    if not actor.may("dispatch.assign"):
        raise NotAllowed
    start, end = _days(now)
    found = caregivers_on(actor, purpose, start=start, end=end)
    return sorted(found, key=lambda one: (one.name, one.id))


def _days(now: datetime) -> tuple[datetime, datetime]:
    end = day_bounds(day_of(now + AGAIN) + timedelta(days=LOOKED_AHEAD + 1))[1]
    return day_bounds(day_of(now))[0], end


def works_then(actor: Actor, purpose: Purpose, *, staff_ids: set[UUID], now: datetime) -> bool:
    """Return whether these have shifts in the days that are looked at, so that one more can be like them."""
    return staff_ids <= {one.id for one in _sheets(actor, purpose, now) if one.bookable}


def what_is_asked(actor: Actor, purpose: Purpose, *, like: UUID, area: str, now: datetime) -> Asked | None:
    """
    Return what is to be reckoned of one more like somebody, in an area; None if nobody is like that any more.

    :raises NotAllowed: if the actor does not assign, or may not read visits
    """
    sheets = _sheets(actor, purpose, now)
    chosen = next((one for one in sheets if one.id == like and one.bookable), None)
    whose = chosen if not area else next((one for one in sheets if str(one.id) == area), None)
    if chosen is None or (whose is None and area != EVERYWHERE):
        return None
    cells = whose.cells if whose else None
    asked = asked_between(actor, purpose, start=now - AGAIN, end=now)
    if cells is not None:
        asked = [(at, one) for at, one in asked if one.cell in cells]
    start, end = _days(now)
    ids = [sheet.id for sheet in sheets]
    busy = live_assignments(actor, purpose, staff_ids=ids, start=start - LONGEST_VISIT, end=end, now=now)
    requests = _requests(actor, purpose, asked, ids)
    laboratory = laboratory_for(actor, purpose, busy=busy, jobs=[one.job for one in requests])
    places = {one.cell for _at, one in asked}
    ways = ways_between(actor, purpose, sheets=sheets, busy=busy, cells=places, laboratory=laboratory)
    more = one_more(chosen, new_id(), cells)
    return Asked(
        requests=requests,
        sheets=sheets,
        more=more,
        timelines=timelines_of([*sheets, more], busy, ways=ways, is_booking=True, laboratory=laboratory),
        since=now - AGAIN,
        until=now,
        people=sum(1 for one in sheets if one.bookable),
        shifts=len(chosen.bookable),
    )


def waiting_estimates(actor: Actor, purpose: Purpose, *, before: datetime) -> list[tuple[UUID, UUID]]:
    """Return (organization, estimate) of those that wait and that nobody has begun since `before`."""
    rows = Estimate.objects.filter(state=EstimateState.QUEUED.value)
    found = rows.filter(Q(heard_at__lt=before) | Q(heard_at=None))
    return list(found.order_by("asked_at").values_list("organization_id", "id"))


def silent_estimates(actor: Actor, purpose: Purpose, *, now: datetime) -> list[tuple[UUID, UUID]]:
    """Return (organization, estimate) of those whose worker says nothing any more, or that nobody has begun."""
    running = Q(state=EstimateState.RUNNING.value, heard_at__lt=now - SILENT_AFTER)
    waiting = Q(state=EstimateState.QUEUED.value, asked_at__lt=now - WAITS)
    rows = Estimate.objects.filter(running | waiting)
    return list(rows.order_by("asked_at").values_list("organization_id", "id"))


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
            visit_id=one.id,
            at=at,
            job=job_of(
                versions[one.service_version_id],
                one,
                courses[versions[one.service_version_id].code],
                levels[one.id],
            ),
            known=known.get(one.resident_id, {}),
        )
        for at, one in asked
    ]
