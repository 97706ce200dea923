"""How rows of visits come to be: what several commands write alike. Only commands call it."""

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, Protocol
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from anjia.kernel import prepared
from anjia.kernel.actors import Actor
from anjia.kernel.database import refuse_if_broken, wait_turn
from anjia.kernel.errors import DomainError, NotFound
from anjia.kernel.planned import planned
from anjia.kernel.prepared import Part, Prepared
from anjia.visits.deciding import becauses_for
from anjia.visits.models import LIVE_STATES, Assignment, Visit, VisitChange
from anjia.visits.rules.because import Decided, How
from anjia.visits.rules.lifecycle import (
    NOT_YET_OUT,
    AlreadyOnTheWay,
    CaregiverBusy,
    IllegalMove,
    SameCaregiverTwice,
    Source,
    State,
    Status,
    What,
    check_crew,
    check_window,
    crew_state_of,
)
from anjia.visits.showing import may_know_of
from anjia.visits.telling import tell_crew_change, what_of

BROKEN_PROMISES: Final[Mapping[str, Callable[[], DomainError]]] = {
    "assignment_caregiver_not_double_booked": CaregiverBusy,
    "assignment_parts_by_different_people": SameCaregiverTwice,
    "assignment_one_per_part": CaregiverBusy,
}


class Planned(NamedTuple):
    """Who is planned for a part of a visit, and for when."""

    part: int
    staff_id: UUID
    starts_at: datetime
    ends_at: datetime


TO_CHANGE: Final = Prepared(
    lambda asked: Visit.objects.select_for_update().filter(organization_id=asked.house, id=asked.visit_id)
)


def visit_to_change(actor: Actor, *, visit_id: UUID) -> Visit:
    """
    Return the visit and hold its row until the unit of work ends.

    :raises NotFound: also when it belongs to another organization, or to a resident whom the actor may not see
    """
    visit = TO_CHANGE.first(house=actor.organization_id, visit_id=visit_id)
    if visit is None or not may_know_of(actor, visit):
        raise NotFound
    return visit


def crew_of(actor: Actor, *, visit_id: UUID) -> list[UUID]:
    """Return who is planned for the visit, to wait for their turn: after that they may be others."""
    live_ones = Assignment.objects.filter(organization_id=actor.organization_id, state__in=LIVE_STATES)
    return list(live_ones.filter(visit_id=visit_id).order_by("part").values_list("staff_id", flat=True))


def part_to_change(actor: Actor, *, visit_id: UUID, part: int) -> Assignment:
    """
    Return the live assignment of the part and hold its row.

    :raises NotFound: if there is no such part of such a visit
    """
    parts = Assignment.objects.filter(organization_id=actor.organization_id, visit_id=visit_id, part=part)
    found = parts.filter(state__in=LIVE_STATES).select_for_update(of=("self",)).first()
    if found is None:
        raise NotFound
    return found


def wait_for_caregivers(*staff_ids: UUID) -> None:
    """Hold the caregivers' time until the unit ends. Before any visit's row, so that nobody waits in a circle."""
    wait_turn(*(f"caregiver/{staff_id}" for staff_id in staff_ids))


class Service(Protocol):
    """As much of a version of a service as a promise is made of."""

    id: UUID
    code: str
    content: Any
    people_needed: int
    price_fen: int

    @property
    def deliver_minutes(self) -> int: ...


class Door(Protocol):
    """As much of an address."""

    id: UUID
    resident_id: UUID
    cell: str

    @property
    def access_minutes(self) -> int: ...


def new_visit(
    actor: Actor,
    now: datetime,
    *,
    resident_id: UUID,
    address: Door,
    service: Service,
    starts_at: datetime,
    ends_at: datetime,
    assignments: Sequence[tuple[int, UUID, datetime, datetime]],
    wishes: Mapping[str, Any],
    who_is_present: str,
    source: str,
    booked_by: UUID | None,
    held_until: datetime | None,
    minutes: Mapping[UUID, int | None],
) -> Visit:
    """Write a visit with its crew: held until then, or promised. Call with the crew's turns held."""
    if not actor.sees(resident_id) or address.resident_id != resident_id:
        raise NotFound
    crew = [Planned(*planned) for planned in assignments]
    check_window(starts_at=starts_at, ends_at=ends_at)
    check_crew([planned.staff_id for planned in crew], people_needed=service.people_needed)
    visit = Visit(
        organization_id=actor.organization_id,
        resident_id=resident_id,
        address_id=address.id,
        cell=address.cell,
        service_version_id=service.id,
        service_code=service.code,
        service_name=service.content["name"],
        service_name_en=service.content.get("name_en", ""),
        price_fen=service.price_fen,
        people_needed=service.people_needed,
        deliver_minutes=service.deliver_minutes,
        access_minutes=address.access_minutes,
        starts_at=starts_at,
        ends_at=ends_at,
        status=(Status.HELD if held_until else Status.BOOKED).value,
        held_until=held_until,
        wishes=dict(wishes),
        who_is_present=who_is_present,
        source=Source(source).value,
        booked_by=booked_by or actor.user_id,
        booked_at=now,
        visit_word=f"{secrets.randbelow(10_000):04}",
    )
    decided = Decided(how=How.BOOKED, minutes=minutes)
    put_in(actor, visit, crew, now=now, decided=decided, held_until=held_until)
    return visit


def put_in(
    actor: Actor,
    visit: Visit,
    crew: Sequence[Planned],
    *,
    now: datetime,
    decided: Decided,
    state: State = State.TENTATIVE,
    held_until: datetime | None = None,
    plan_version: int = 1,
) -> list[Assignment]:
    """
    Write who comes and why she, in the place of holds that have run out; or a new visit with them, these withdrawn
    already.

    The database has the last word on whether they can.

    :raises CaregiverBusy: if one of them is promised elsewhere at that time, or the part is taken
    :raises SameCaregiverTwice: if one of them would have two parts
    """
    rows = [
        Assignment(
            organization_id=visit.organization_id,
            visit=visit,
            part=planned.part,
            staff_id=planned.staff_id,
            planned=DateTimeTZRange(planned.starts_at, planned.ends_at),
            cell=visit.cell,
            deliver_minutes=visit.deliver_minutes,
            access_minutes=visit.access_minutes,
            state=state.value,
            held_until=held_until,
            plan_version=plan_version,
            made_at=now,
        )
        for planned in crew
    ]
    whys = becauses_for(actor, now, [(visit, row, decided) for row in rows])
    if visit._state.adding:  # without her time there is no visit: nobody goes on from the refusal
        with refuse_if_broken(BROKEN_PROMISES, goes_on=False):
            prepared.insert(visit, *rows, *whys)
    else:
        prepared.run([withdrawing_expired(now, staff_ids=[planned.staff_id for planned in crew])])
        with refuse_if_broken(BROKEN_PROMISES):
            prepared.insert(*rows, *whys)
    return rows


def withdrawing_expired(now: datetime, *, staff_ids: Iterable[UUID]) -> Part:
    """
    Return what gives the caregivers back the time of holds that nobody confirmed. Run it with their turn held.

    The held visits' own rows may be other people's, and hidden: they are tidied up later.
    """
    return (
        f"UPDATE visits_assignment SET state = '{State.WITHDRAWN}'"
        f" WHERE staff_id = ANY(%s) AND state = '{State.TENTATIVE}' AND held_until <= %s",
        [list(staff_ids), now],
    )


def keep_for_good(now: datetime, *, visit_id: UUID) -> int:
    """Make promises of what is held of caregivers' time for the visit, and has not run out; return of how many."""
    return planned(
        "UPDATE visits_assignment SET held_until = NULL"
        f" WHERE visit_id = %s AND state = '{State.TENTATIVE}' AND held_until > %s",
        [visit_id, now],
    ).number


def follow_crew(visit: Visit, now: datetime) -> None:
    """Note on the visit how its crew stands. Call after an assignment of it has changed."""
    live_ones = visit.assignments.filter(state__in=LIVE_STATES).values_list("state", "unclaimed_at")
    visit.follow_crew(crew_state_of((State(state), at is not None) for state, at in live_ones), now)


def is_so_already(visit: Visit, crew: Collection[Planned], *, starts_at: datetime, ends_at: datetime) -> bool:
    """Say whether the visit, whose row is held, is promised for this time and by these already."""
    live = visit.assignments.filter(state__in=LIVE_STATES).values_list("part", "staff_id")
    there = {(one.part, one.staff_id) for one in crew}
    return (visit.starts_at, visit.ends_at) == (starts_at, ends_at) and set(live) == there


def take_out(visit: Visit, *, part: int | None = None) -> list[Assignment]:
    """Withdraw the live assignments of the visit, or of one part of it; return them as they were."""
    live = visit.assignments.filter(state__in=LIVE_STATES).order_by("part")
    found = list(live.filter(part=part) if part else live)
    Assignment.objects.filter(id__in=[one.id for one in found]).update(state=State.WITHDRAWN.value)
    return found


def write_change(
    actor: Actor,
    now: datetime,
    *,
    visit: Visit,
    what: What,
    at: datetime | None = None,
    staff_id: UUID | None = None,
    why: str = "",
) -> None:
    """Write a row of the visit's history, with the status that it has now."""
    prepared.insert(change_of(actor, now, visit=visit, what=what, at=at, staff_id=staff_id, why=why))


def change_of(
    actor: Actor,
    now: datetime,
    *,
    visit: Visit,
    what: What,
    at: datetime | None = None,
    staff_id: UUID | None = None,
    why: str = "",
) -> VisitChange:
    """Return such a row, to be written with others."""
    return VisitChange(
        organization_id=visit.organization_id,
        resident_id=visit.resident_id,
        visit=visit,
        at=at or now,
        recorded_at=now,
        what=what.value,
        status=visit.status,
        by_user=actor.user_id,
        by_kind=actor.kind.value,
        staff_id=staff_id,
        why=why,
    )


def put_in_place_of(
    actor: Actor,
    now: datetime,
    *,
    visit: Visit,
    part: int,
    staff_id: UUID,
    state: State,
    decided: Decided,
) -> Assignment:
    """Put the caregiver in the place of whoever has the part. Call with both their turns held."""
    if visit.status not in {Status.BOOKED, Status.MISSED}:
        raise AlreadyOnTheWay if visit.status == Status.DEPARTED else IllegalMove
    there = part_to_change(actor, visit_id=visit.id, part=part)
    if there.state not in NOT_YET_OUT:
        raise AlreadyOnTheWay
    take_out(visit, part=part)
    [assignment] = put_in(
        actor,
        visit,
        [Planned(part, staff_id, there.starts_at, there.ends_at)],
        now=now,
        decided=decided,
        state=state,
        plan_version=there.plan_version + 1,
    )
    follow_crew(visit, now)
    write_crew_change(actor, now, visit=visit, assignment=assignment, before=there, why=decided.why)
    return assignment


def write_crew_change(
    actor: Actor, now: datetime, *, visit: Visit, assignment: Assignment, before: Assignment, why: str
) -> None:
    what = what_of(assignment)
    write_change(actor, now, visit=visit, what=what, staff_id=assignment.staff_id, why=why)
    tell_crew_change(actor, now, visit=visit, assignment=assignment, before=before)
