"""How many promises are written at once, all of them or none. Only commands call it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from anjia.kernel import prepared
from anjia.kernel.actors import Actor
from anjia.kernel.database import refuse_if_broken
from anjia.kernel.errors import NotFound
from anjia.visits.deciding import becauses_for
from anjia.visits.models import LIVE_STATES, Assignment, Visit
from anjia.visits.rules.because import Decided, How
from anjia.visits.rules.lifecycle import (
    NOT_YET_OUT,
    AlreadyOnTheWay,
    CrewState,
    IllegalMove,
    State,
    Status,
    WrongCrew,
    check_crew,
    check_window,
    crew_state_of,
)
from anjia.visits.writing import BROKEN_PROMISES, withdrawing_expired

Part = tuple[UUID, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranged:
    """
    Who is to come for a part of a visit, when, why she, and in how many minutes she gets there; in which state, where
    it is not that of who is sent, or of who is asked about another time.
    """

    visit_id: UUID
    part: int
    staff_id: UUID
    starts_at: datetime
    ends_at: datetime
    why: str = ""
    state: State | None = None
    minutes: int | None = None


def live_parts(actor: Actor, visit_ids: Iterable[UUID], *, to_change: bool = False) -> list[Assignment]:
    rows = Assignment.objects.filter(
        organization_id=actor.organization_id, visit_id__in=list(visit_ids), state__in=LIVE_STATES
    ).order_by("visit_id", "part")
    return list(rows.select_for_update(of=("self",)) if to_change else rows)


def check(visit: Visit | None, before: Mapping[Part, Assignment], arranged: Sequence[Arranged]) -> None:
    """:raises NotFound: or IllegalMove, AlreadyOnTheWay, WrongCrew as `rearrange`"""
    if visit is None or any((visit.id, one.part) not in before for one in arranged):
        raise NotFound
    if any(before[visit.id, one.part].state not in NOT_YET_OUT for one in arranged):
        raise AlreadyOnTheWay
    if visit.status != Status.BOOKED:
        raise IllegalMove
    for one in arranged:
        check_window(starts_at=one.starts_at, ends_at=one.ends_at)
    if len({(one.starts_at, one.ends_at) for one in arranged}) > 1:
        raise WrongCrew
    if any(one.starts_at != visit.starts_at for one in arranged):
        check_crew([one.staff_id for one in arranged], people_needed=visit.people_needed)


def put_all_in(
    actor: Actor,
    now: datetime,
    arranged: Sequence[Arranged],
    visits: Mapping[UUID, Visit],
    before: Mapping[Part, Assignment],
    moved: set[UUID],
    how: How,
) -> dict[Part, Assignment]:
    """Take out who was there, and write who comes; that two exchange their visits is no conflict."""
    after = {
        (one.visit_id, one.part): Assignment(
            organization_id=visits[one.visit_id].organization_id,
            visit=visits[one.visit_id],
            part=one.part,
            staff_id=one.staff_id,
            planned=DateTimeTZRange(one.starts_at, one.ends_at),
            cell=visits[one.visit_id].cell,
            deliver_minutes=visits[one.visit_id].deliver_minutes,
            access_minutes=visits[one.visit_id].access_minutes,
            state=(one.state or (State.TENTATIVE if one.visit_id in moved else State.ACCEPTED)).value,
            plan_version=before[one.visit_id, one.part].plan_version + 1,
            made_at=now,
        )
        for one in arranged
    }
    decided = [Decided(how=how, minutes={one.staff_id: one.minutes}, why=one.why) for one in arranged]
    whys = becauses_for(
        actor,
        now,
        [
            (visits[one.visit_id], after[one.visit_id, one.part], why)
            for one, why in zip(arranged, decided, strict=True)
        ],
    )
    gone = [before[key].id for key in after]
    Assignment.objects.filter(id__in=gone).update(state=State.WITHDRAWN.value)
    prepared.run([withdrawing_expired(now, staff_ids=[one.staff_id for one in arranged])])
    with refuse_if_broken(BROKEN_PROMISES):
        prepared.insert(*after.values(), *whys)
    return after


def write_visits(
    now: datetime,
    visits: Mapping[UUID, Visit],
    by_visit: Mapping[UUID, Sequence[Arranged]],
    crew: Mapping[Part, Assignment],
    moved: set[UUID],
) -> None:
    """Note on the visits how their crews stand, and when they are."""
    for visit in visits.values():
        hers = [one for (visit_id, _part), one in crew.items() if visit_id == visit.id]
        state = crew_state_of((State(one.state), one.unclaimed_at is not None) for one in hers)
        if visit.id in moved:
            visit.starts_at, visit.ends_at = by_visit[visit.id][0].starts_at, by_visit[visit.id][0].ends_at
        visit.crew_state = state.value
        if state is CrewState.ACCEPTED:
            visit.crewed_at = visit.crewed_at or now
        visit.version += 1
    Visit.objects.bulk_update(visits.values(), ["starts_at", "ends_at", "crew_state", "crewed_at", "version"])
