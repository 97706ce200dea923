"""Whether a crew can come, asked again under the lock. Only commands call it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from anjia.catalogue.queries import get_version
from anjia.dispatch.gates import gate_reasons, level_asked, levels_asked
from anjia.dispatch.matching import (
    FEASIBILITY,
    Job,
    is_on_duty,
    may_do,
    minutes_there,
    qualification_reasons,
    timelines_of,
    turns_of,
)
from anjia.dispatch.promised import Service, job_of
from anjia.dispatch.queries import Booked
from anjia.dispatch.queries.laboratory import laboratory_for
from anjia.dispatch.queries.travel import ways_between
from anjia.dispatch.rules import GateClosed, SlotGone
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import local
from anjia.kernel.database import wait_turns
from anjia.learning.queries import courses_binding
from anjia.learning.rules import Bound
from anjia.visits.queries import Busy, Promise, get_promises, live_assignments
from anjia.visits.rules.lifecycle import LONGEST_VISIT
from anjia.workforce.queries import caregivers_on
from anjia.workforce.rules import CaregiverSheet


def wait_for(
    actor: Actor,
    *,
    cell: str,
    days: Iterable[datetime],
    staff_ids: Iterable[UUID],
    visit_id: UUID | None = None,
    held_for: UUID | None = None,
) -> None:
    """
    Take turns in the one order that everybody keeps: the account's holds for a resident, zone and day, caregivers,
    visit. Then rows may be held.
    """
    wait_turns(
        [f"hold/{actor.user_id}/{held_for}"] if held_for else [],
        turns_of(actor.organization_id, cell, *(local(at).date() for at in days)),
        [f"caregiver/{staff_id}" for staff_id in staff_ids],
        [f"visit/{visit_id}"] if visit_id else [],
    )


def crew_sheets(
    actor: Actor, staff_ids: Sequence[UUID], starts_at: datetime, ends_at: datetime
) -> list[CaregiverSheet]:
    """
    Return the sheets of the crew, in its order.

    :raises SlotGone: if one of them is no caregiver of the organization, or has no shift then
    """
    found = caregivers_on(actor, Purpose.CONTRACT, start=starts_at, end=ends_at, staff_ids=list(staff_ids))
    by_id = {sheet.id: sheet for sheet in found}
    if set(staff_ids) - by_id.keys():
        raise SlotGone
    return [by_id[staff_id] for staff_id in staff_ids]


@dataclass(frozen=True, slots=True, kw_only=True)
class CanCome:
    """That a crew can come, in how many minutes each gets there, and whether there are holds that have run out."""

    minutes: Mapping[UUID, int | None]
    has_run_out: bool


def check_can_come(
    actor: Actor,
    now: datetime,
    *,
    job: Job,
    sheets: Sequence[CaregiverSheet],
    starts_at: datetime,
    without: UUID | None = None,
    is_booking: bool = True,
) -> CanCome:
    """
    Check a crew for a time; return how it comes. Call with its turns held.

    Nothing is booked into standby; whoever is asked to stand in may come out of it.

    :raises SlotGone: if one of them may not do this, or cannot come then without breaking another promise
    """
    ask = job.ask(starts_at)
    day = local(starts_at).date()
    written = live_assignments(
        actor,
        Purpose.CONTRACT,
        staff_ids=[sheet.id for sheet in sheets],
        start=ask.starts_at - LONGEST_VISIT,
        end=ask.ends_at + LONGEST_VISIT,
    )
    busy = [one for one in written if not one.has_run_out(now)]
    laboratory = laboratory_for(actor, Purpose.CONTRACT, busy=busy, jobs=[job])
    ways = ways_between(
        actor, Purpose.CONTRACT, sheets=sheets, busy=busy, cells=[job.cell], laboratory=laboratory
    )
    timelines = timelines_of(
        sheets, busy, ways=ways, without=without, is_booking=is_booking, laboratory=laboratory
    )
    for sheet in sheets:
        if not may_do(job, sheet, day) or FEASIBILITY.trouble(timelines[sheet.id], ask):
            raise SlotGone
    return CanCome(
        minutes={sheet.id: minutes_there(timelines[sheet.id], ask) for sheet in sheets},
        has_run_out=len(busy) < len(written),
    )


def check_may_go(actor: Actor, *, promise: Promise, staff_id: UUID) -> None:
    """
    Ask the law again when somebody takes a visit: a licence may have lapsed, a list may have come since she was asked.

    :raises GateClosed: naming every rule that keeps the visit from being made, or her from making it
    """
    version = get_version(actor, Purpose.CONTRACT, version_id=promise.service_version_id)
    day = local(promise.starts_at).date()
    reasons = gate_reasons(actor, Purpose.CONTRACT, version=version, resident_id=promise.resident_id, on=day)
    for sheet in caregivers_on(
        actor, Purpose.CONTRACT, start=promise.starts_at, end=promise.ends_at, staff_ids=[staff_id]
    ):
        reasons += qualification_reasons(bound_job_of(actor, version, promise), sheet, day)
    if reasons:
        raise GateClosed(reasons)


def courses_of(actor: Actor, version: Service) -> tuple[Bound, ...]:
    return courses_binding(actor, Purpose.CONTRACT, service_code=version.code)


def bound_job_of(actor: Actor, version: Service, promise: Promise) -> Job:
    """Return what is to be done, with all that binds whoever does it."""
    on = local(promise.starts_at).date()
    level = level_asked(actor, Purpose.CONTRACT, version=version, resident_id=promise.resident_id, on=on)
    return job_of(version, promise, courses_of(actor, version), level)


def check_still_can_come(actor: Actor, now: datetime, *, promise: Promise, staff_id: UUID) -> int | None:
    """
    Check somebody whose time is not kept for the visit; return in how many minutes she gets there. Call with her turn
    held.

    :raises SlotGone: if she may not do this, or cannot come without breaking another promise
    """
    version = get_version(actor, Purpose.CONTRACT, version_id=promise.service_version_id)
    job = bound_job_of(actor, version, promise)
    sheets = crew_sheets(actor, [staff_id], promise.starts_at, promise.ends_at)
    checked = check_can_come(
        actor,
        now,
        job=job,
        sheets=sheets,
        starts_at=promise.starts_at,
        without=promise.id,
        is_booking=False,
    )
    return checked.minutes[staff_id]


def check_still_there(actor: Actor, *, promise: Promise, staff_id: UUID) -> None:
    """
    Check somebody whose time is kept for the visit: since then she may be away.

    :raises SlotGone: if she is
    """
    sheets = crew_sheets(actor, [staff_id], promise.starts_at, promise.ends_at)
    if not any(is_on_duty(sheet, promise.starts_at, promise.ends_at) for sheet in sheets):
        raise SlotGone


def cannot_keep(actor: Actor, promised: Sequence[Busy]) -> list[Busy]:
    """
    Return those of one caregiver's promises that she cannot keep (any more): she does not work then, is away, or may
    not do that.
    """
    sheets = sheets_for(actor, promised)
    off_duty = {
        one.assignment_id
        for one in promised
        if not any(is_on_duty(sheet, one.starts_at, one.ends_at) for sheet in sheets)
    }
    not_allowed = {one.assignment_id for one in may_not_do(actor, promised, sheets)}
    return [one for one in promised if one.assignment_id in off_duty | not_allowed]


def may_not_do(
    actor: Actor, promised: Sequence[Busy], sheets: Sequence[CaregiverSheet] | None = None
) -> list[Busy]:
    """
    Return those of one caregiver's promises that the law or the service does not let her keep (any more).

    What the resident wishes, and when she works, was weighed when she was put in: a dispatcher may have overruled it.
    """
    found: list[Busy] = []
    sheet = next(iter(sheets_for(actor, promised) if sheets is None else sheets), None)
    if sheet is None:
        return found
    promises = get_promises(actor, Purpose.CONTRACT, visit_ids={one.visit_id for one in promised})
    versions = {
        version_id: get_version(actor, Purpose.CONTRACT, version_id=version_id)
        for version_id in {promise.service_version_id for promise in promises.values()}
    }
    courses = {version_id: courses_of(actor, version) for version_id, version in versions.items()}
    levels = levels_asked(
        actor,
        Purpose.CONTRACT,
        visits={
            one.id: (versions[one.service_version_id], one.resident_id, local(one.starts_at).date())
            for one in promises.values()
        },
    )
    for one in promised:
        promise = promises[one.visit_id]
        version_id = promise.service_version_id
        job = job_of(versions[version_id], promise, courses[version_id], levels[promise.id])
        if qualification_reasons(job, sheet, local(one.starts_at).date()):
            found.append(one)
    return found


def sheets_for(actor: Actor, promised: Sequence[Busy]) -> Sequence[CaregiverSheet]:
    """Return the one caregiver's sheet for the time of her promises; none if she does not work in it."""
    if not promised:
        return []
    return caregivers_on(
        actor,
        Purpose.CONTRACT,
        start=min(one.starts_at for one in promised),
        end=max(one.ends_at for one in promised),
        staff_ids=[promised[0].staff_id],
    )


def booked(visit: "Made") -> Booked:
    return Booked(
        id=visit.id,
        status=visit.status,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        visit_word=visit.visit_word,
        price_fen=visit.price_fen,
        service_name=visit.service_name,
    )


class Made(Protocol):
    """A visit as its commands return it."""

    id: UUID
    status: str
    starts_at: datetime
    ends_at: datetime
    visit_word: str
    price_fen: int
    service_name: str
