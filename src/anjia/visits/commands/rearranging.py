"""Many promises at once, all of them or none: what a day's plan changes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from anjia.kernel import prepared
from anjia.kernel.actors import Actor
from anjia.kernel.work import command
from anjia.visits.arranging import (
    Arranged,
    check,
    live_parts,
    put_all_in,
    write_visits,
)
from anjia.visits.models import Visit
from anjia.visits.rules.because import How
from anjia.visits.rules.lifecycle import What
from anjia.visits.telling import tell_crew_change, tell_moved, what_of
from anjia.visits.writing import change_of, wait_for_caregivers


@command("visits.assign")
def rearrange(
    actor: Actor,
    now: datetime,
    *,
    arranged: Sequence[Arranged],
    how: How = How.CHANGED,
    is_told_of: bool = False,
) -> int:
    """
    Put these caregivers in, in the place of whoever is there, as one write; return in how many visits.

    Who is put in at the promised time is sent: she has it. A visit whose time is another is promised anew, by its whole
    crew, and these are asked; unless it is said of one how she stands. `is_told_of`: whom it concerns hears of it
    otherwise. Whether all this suits is for `dispatch` to say.

    :raises NotFound: if there is no such visit, or no such part of it
    :raises IllegalMove: if one of the visits is not waiting to begin
    :raises AlreadyOnTheWay: if whoever is there has departed
    :raises WrongCrew: if a visit's time would be another for a part of its crew only
    :raises CaregiverBusy: if one of them is promised elsewhere at that time
    :raises SameCaregiverTwice: if one of them would have two parts
    """
    by_visit: dict[UUID, list[Arranged]] = {}
    for one in arranged:
        by_visit.setdefault(one.visit_id, []).append(one)
    there = live_parts(actor, by_visit)
    wait_for_caregivers(*(one.staff_id for one in there), *(one.staff_id for one in arranged))
    rows = Visit.objects.filter(organization_id=actor.organization_id, id__in=list(by_visit))
    visits = {visit.id: visit for visit in rows.select_for_update().order_by("id")}
    before = {(one.visit_id, one.part): one for one in live_parts(actor, by_visit, to_change=True)}
    for visit_id, ones in by_visit.items():
        check(visits.get(visit_id), before, ones)
    times = {visit.id: (visit.starts_at, visit.ends_at) for visit in visits.values()}
    moved = {key for key, ones in by_visit.items() if times[key][0] != ones[0].starts_at}
    after = put_all_in(actor, now, arranged, visits, before, moved, how)
    write_visits(now, visits, by_visit, before | after, moved)
    prepared.insert(
        *(
            change_of(
                actor, now, visit=visits[one.visit_id], what=what_of(new), staff_id=one.staff_id, why=one.why
            )
            for one, new in zip(arranged, after.values(), strict=True)
            if one.visit_id not in moved
        ),
        *(
            change_of(actor, now, visit=visits[key], what=What.MOVED, why=by_visit[key][0].why)
            for key in sorted(moved)
        ),
    )
    for part, new in after.items():
        if part[0] not in moved:
            tell_crew_change(
                actor,
                now,
                visit=visits[part[0]],
                assignment=new,
                before=before[part],
                is_told_of=is_told_of,
            )
    for visit_id in sorted(moved):
        ones = by_visit[visit_id]
        tell_moved(
            actor,
            now,
            visit=visits[visit_id],
            before=times[visit_id],
            crew_before=[before[visit_id, one.part] for one in ones],
            staff_ids=[one.staff_id for one in ones],
            is_told_of=is_told_of,
        )
    return len(visits)
