"""What can be done with a promise: taken back, or moved to another time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from anjia.catalogue.queries import get_version
from anjia.dispatch.asking import offers_to_change, withdraw_offers
from anjia.dispatch.checking import booked, check_can_come, crew_sheets, wait_for
from anjia.dispatch.gates import check_gate, level_asked
from anjia.dispatch.matching import Job, Wishes
from anjia.dispatch.queries import Booked
from anjia.dispatch.rules import OfferState, check_notice
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import local
from anjia.kernel.work import command
from anjia.learning.queries import courses_binding
from anjia.visits import commands as visits
from anjia.visits.queries import get_promise, promises_ahead
from anjia.visits.rules.lifecycle import check_crew


@command("visits.cancel")
def cancel_booking(
    actor: Actor, now: datetime, *, visit_id: UUID, reason: str, why: str = "", is_told_of: bool = False
) -> Booked:
    """
    Take back a promised visit, and what was offered of it.

    :raises NotFound: if there is no such visit of the actor's
    :raises TooLateToChange: if a person asks less than four hours before
    :raises AlreadyOnTheWay: if the caregiver is, and it is a person who asks
    :raises IllegalMove: if it is over
    """
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    wait_for(
        actor,
        cell=promise.cell,
        days=[promise.starts_at],
        staff_ids=[one.staff_id for one in promise.crew],
        visit_id=visit_id,
    )
    visit = visits.cancel_visit(actor, now, visit_id=visit_id, reason=reason, why=why, is_told_of=is_told_of)
    withdraw_offers(offers_to_change(actor, visit_id=visit_id), now)
    return booked(visit)


@command("visits.cancel")
def call_off_all(actor: Actor, now: datetime, *, resident_id: UUID, reason: str) -> list[UUID]:
    """Call off all that is booked for her and nobody has set out for; return which. Whoever calls tells of it, once."""
    ahead = promises_ahead(actor, Purpose.CONTRACT, resident_id=resident_id, now=now)
    for promise in ahead:
        cancel_booking(actor, now, visit_id=promise.id, reason=reason, is_told_of=True)
    return [promise.id for promise in ahead]


@command("dispatch.book")
def move_booking(
    actor: Actor,
    now: datetime,
    *,
    visit_id: UUID,
    starts_at: datetime,
    staff_ids: Sequence[UUID],
    why: str = "",
) -> Booked:
    """
    Promise another time instead, if this crew can come then. Whoever had accepted is asked anew. Of two who ask for the
    same, the second changes nothing.

    :raises NotFound: if there is no such visit of the actor's
    :raises TooSoon: if nobody could get there in time
    :raises GateClosed: naming every rule of the law that keeps the visit from being made
    :raises SlotGone: if one of the crew cannot come then, or may not do this
    :raises TooLateToChange: if a person asks less than four hours before
    :raises AlreadyOnTheWay: if the caregiver is
    """
    check_notice(starts_at, now=now)
    promise = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id)
    version = get_version(actor, Purpose.CONTRACT, version_id=promise.service_version_id)
    check_gate(actor, version=version, resident_id=promise.resident_id, on=local(starts_at).date())
    check_crew(staff_ids, people_needed=promise.people_needed)
    job = Job(
        requires=version.requires,
        legal_line=version.legal_line,
        deliver_minutes=version.deliver_minutes,
        access_minutes=promise.access_minutes,
        minutes=version.duration_minutes,
        people_needed=promise.people_needed,
        cell=promise.cell,
        wishes=Wishes.of({**promise.wishes, "period": "any"}),  # who chooses a time has changed her mind
        courses=courses_binding(actor, Purpose.CONTRACT, service_code=version.code),
        level=level_asked(
            actor,
            Purpose.CONTRACT,
            version=version,
            resident_id=promise.resident_id,
            on=local(starts_at).date(),
        ),
    )
    ends_at = starts_at + timedelta(minutes=version.duration_minutes)
    sheets = crew_sheets(actor, staff_ids, starts_at, ends_at)
    wait_for(
        actor,
        cell=promise.cell,
        days=[promise.starts_at, starts_at],
        staff_ids=[*staff_ids, *(one.staff_id for one in promise.crew)],
        visit_id=visit_id,
    )
    checked = check_can_come(actor, now, job=job, sheets=sheets, starts_at=starts_at, without=visit_id)
    # Read anew: whoever had the turn before us may have asked for the same.
    crew = get_promise(actor, Purpose.CONTRACT, visit_id=visit_id).crew
    wanted = [(part, one, starts_at) for part, one in enumerate(staff_ids, start=1)]
    is_so_already = sorted((one.part, one.staff_id, one.starts_at) for one in crew) == wanted
    visit = visits.move_visit(
        actor,
        now,
        visit_id=visit_id,
        starts_at=starts_at,
        ends_at=ends_at,
        assignments=[(part, one, starts_at, ends_at) for part, one in enumerate(staff_ids, start=1)],
        why=why,
        minutes=checked.minutes,
    )
    if not is_so_already:
        offers = offers_to_change(actor, visit_id=visit_id)
        withdraw_offers(offers, now, states=list(OfferState))
    return booked(visit)
