"""What a run that plans a house's day has to know, read in as many questions for a hundred visits as for one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from anjia.catalogue.queries import get_versions
from anjia.dispatch.days import Day, Key, Piece, is_free
from anjia.dispatch.gates import Wanted, gates_of_many, levels_asked
from anjia.dispatch.matching import Job
from anjia.dispatch.models import Offer
from anjia.dispatch.promised import job_of
from anjia.dispatch.queries.laboratory import laboratory_for
from anjia.dispatch.queries.travel import ways_between
from anjia.dispatch.rules import OfferState, Reason
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_bounds, local
from anjia.kernel.errors import NotAllowed
from anjia.learning.queries import courses_binding_each
from anjia.visits.queries import Busy, Promise, known_by_of_many, live_assignments, promises_on
from anjia.visits.rules.lifecycle import LONGEST_VISIT
from anjia.workforce.queries import caregivers_on_each

SAID_NO: Final = (OfferState.DECLINED.value,)  # who has not answered has not said no: a person may send her


def read_day(actor: Actor, purpose: Purpose, *, day: date, now: datetime) -> Day:
    """
    Return who works on a day of the house, what is promised on it, and what of that may be otherwise.

    :raises NotAllowed: if the actor does not assign
    """
    return read_days(actor, purpose, days=[day], now=now)[day]


def read_days(actor: Actor, purpose: Purpose, *, days: Collection[date], now: datetime) -> dict[date, Day]:
    """
    Return the same of several days, in as many questions as of one. All between them is asked for, too.

    :raises NotAllowed: if the actor does not assign
    """
    if not actor.may("dispatch.assign"):
        raise NotAllowed
    if not days:
        return {}
    start, end = day_bounds(min(days))[0], day_bounds(max(days))[1]
    promises = promises_on(actor, purpose, start=start, end=end)
    on = {one.id: local(one.starts_at).date() for one in promises}
    promises = [one for one in promises if on[one.id] in days]
    sheets = caregivers_on_each(actor, purpose, days=days)
    ids = {sheet.id for some in sheets.values() for sheet in some}
    busy = live_assignments(
        actor, purpose, staff_ids=ids, start=start - LONGEST_VISIT, end=end + LONGEST_VISIT, now=now
    )
    pieces = pieces_of(actor, purpose, promises, now=now)
    laboratory = laboratory_for(actor, purpose, busy=busy, jobs=[piece.job for piece in pieces])
    ways = ways_between(
        actor,
        purpose,
        sheets=[sheet for some in sheets.values() for sheet in some],
        busy=busy,
        cells={promise.cell for promise in promises},
        laboratory=laboratory,
    )
    residents = {promise.resident_id for promise in promises}
    known = known_by_of_many(actor, purpose, resident_ids=residents, staff_ids=ids)
    return {
        day: Day(
            day=day,
            now=now,
            sheets=sheets[day],
            pieces=[piece for piece in pieces if on[piece.visit_id] == day],
            elsewhere=_elsewhere_on(day, busy, planned={visit_id for visit_id in on if on[visit_id] == day}),
            ways=ways,
            known=known,
            laboratory=laboratory,
        )
        for day in days
    }


def _elsewhere_on(day: date, busy: Sequence[Busy], *, planned: Collection[UUID]) -> list[Busy]:
    """Return what is taken about that day and no part of it: what is only held, and the days before and after."""
    start, end = day_bounds(day)
    return [
        one
        for one in busy
        if one.visit_id not in planned
        and one.starts_at < end + LONGEST_VISIT
        and start - LONGEST_VISIT < one.ends_at
    ]


def pieces_of(actor: Actor, purpose: Purpose, promises: Sequence[Promise], *, now: datetime) -> list[Piece]:
    versions = get_versions(actor, purpose, version_ids={one.service_version_id for one in promises})
    courses = courses_binding_each(actor, purpose, service_codes={one.code for one in versions.values()})
    asked = {
        one.id: (versions[one.service_version_id], one.resident_id, local(one.starts_at).date())
        for one in promises
    }
    levels = levels_asked(actor, purpose, visits=asked)
    wanted = {key: Wanted(*what) for key, what in asked.items()}
    gates = gates_of_many(actor, purpose, wanted=set(wanted.values()))
    said_no = _said_no(actor, [promise.id for promise in promises])
    pieces = []
    for promise in promises:
        version = versions[promise.service_version_id]
        job = job_of(version, promise, courses[version.code], levels[promise.id])
        pieces += _pieces_of_one(promise, job, gates[wanted[promise.id]], said_no, now)
    return sorted(pieces, key=lambda piece: (piece.starts_at, str(piece.visit_id), piece.part))


def _pieces_of_one(
    promise: Promise,
    job: Job,
    closed: Sequence[Reason],
    said_no: Mapping[Key, frozenset[UUID]],
    now: datetime,
) -> list[Piece]:
    return [
        Piece(
            visit_id=promise.id,
            part=one.part,
            parts=promise.people_needed,
            resident_id=promise.resident_id,
            service=promise.service_name,
            staff_id=one.staff_id,
            state=one.state,
            status=promise.status,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            job=job,
            is_free=is_free(promise.status, one.state, promise.starts_at, closed, now),
            said_no=said_no.get((promise.id, one.part), frozenset()),
            closed=closed if is_free(promise.status, one.state, promise.starts_at, (), now) else (),
            gates=closed,
        )
        for one in promise.crew
    ]


def _said_no(actor: Actor, visit_ids: Sequence[UUID]) -> dict[Key, frozenset[UUID]]:
    found: dict[Key, frozenset[UUID]] = {}
    rows = Offer.objects.filter(
        organization_id=actor.organization_id, visit_id__in=visit_ids, state__in=SAID_NO
    )
    for visit_id, part, staff_id in rows.order_by("id").values_list("visit_id", "part", "staff_id"):
        found[visit_id, part] = found.get((visit_id, part), frozenset()) | {staff_id}
    return found
