"""A dispatcher's own hand in a day: one click that keeps a promise, or makes it anew."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from anjia.dispatch.changing import (
    arranged_as_before,
    arranged_of,
    change_made,
    check_still_so,
    noted,
    rows_of,
    rows_then,
    wait_for_the_change,
)
from anjia.dispatch.events import DayChangeUndone
from anjia.dispatch.publishing import take_back_offers
from anjia.dispatch.queries.changes import why_it_stays
from anjia.dispatch.queries.standing import standing_of
from anjia.dispatch.rules.changes import CannotUndo, MayNotBe, NothingToChange, Put, WantsWhy
from anjia.dispatch.standing import real_puts
from anjia.dispatch.undoing import put_of
from anjia.dispatch.weighing import effect_of
from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import command
from anjia.visits import commands as visits
from anjia.visits.rules.because import How
from anjia.visits.rules.lifecycle import State


@command("dispatch.assign")
def change_day(
    actor: Actor,
    now: datetime,
    *,
    day: date,
    puts: Sequence[Put],
    weighed_against: str,
    weighed: Sequence[Put] = (),
    without: UUID | None = None,
    why: str = "",
) -> UUID:
    """
    Have it so, all of it or nothing, if the plan still is what it was weighed against; return the change's id.

    Who is put in at the promised time is sent, whose time is another is promised anew and its crew asked; households
    and caregivers are told as of any move. With a reason what people can agree on may be broken; what the law asks
    for, and her other promises, may not. `weighed` is what was looked at, where only a part of it is to be so.
    `without` is somebody who falls out: why stands on the visits.

    :raises OnAnotherDay: if a visit would be on another day
    :raises PlanIsOther: if somebody was faster, or has set out
    :raises NothingToChange: if it is so already
    :raises MayNotBe: naming each rule that nobody may break
    :raises WantsWhy: naming each rule that is broken, if no reason is given
    :raises CaregiverBusy: if somebody is promised elsewhere at that time, in another house
    """
    wait_for_the_change(actor, day, puts)
    standing = standing_of(actor, Purpose.CONTRACT, day=day, now=now)
    check_still_so(standing, puts, weighed or puts, weighed_against)
    puts = real_puts(standing, puts)
    if not puts:
        raise NothingToChange
    effect = effect_of(standing, puts)
    if not effect.is_possible:
        raise MayNotBe(effect.broken)
    if effect.broken and not why:
        raise WantsWhy(effect.broken)
    take_back_offers(actor, now, [one.key for one in puts])
    visits.rearrange(actor, now, arranged=arranged_of(standing, puts, effect, without=without, why=why))
    return noted(actor, now, day=day, before=rows_of(standing, puts), after=rows_then(standing, puts))


@command("dispatch.assign")
def undo_change(actor: Actor, now: datetime, *, change_id: UUID) -> date:
    """
    Make it as it was before one's own last change, as long as nothing has followed it; return the day.

    Who had taken what has it again, who was being asked is asked again. Those who have heard of the change hear that it
    is undone; others hear nothing.

    :raises NotFound: if there is no such change
    :raises CannotUndo: if it is undone, or somebody else's, or naming what has followed: also that its time has passed,
        or who came before is away by now
    :raises MayNotBe: if whoever came before cannot come any more
    """
    change = change_made(actor, change_id=change_id)
    before = [put_of(row) for row in change.before]
    wait_for_the_change(actor, change.day, [*before, *(put_of(row) for row in change.after)])
    change = change_made(actor, change_id=change_id, is_to_change=True)
    standing = standing_of(actor, Purpose.CONTRACT, day=change.day, now=now)
    followed = why_it_stays(actor, Purpose.CONTRACT, standing=standing, change=change)
    if change.undone_at or followed:
        raise CannotUndo([] if change.undone_at else followed)
    effect = effect_of(standing, before)
    if not effect.is_possible:
        raise MayNotBe(effect.broken)
    take_back_offers(actor, now, [one.key for one in before])
    states = {(UUID(row[0]), row[1]): State(row[5]) for row in change.before}
    visits.rearrange(
        actor, now, arranged=arranged_as_before(standing, before, states), how=How.UNDONE, is_told_of=True
    )
    change.undone_at = now
    change.save(update_fields=["undone_at"])
    audit.record(
        "dispatch.day.taken_back", actor=actor, at=now, subject_id=change.id, fields=["staff_id", "starts_at"]
    )
    events.publish(DayChangeUndone(change_id=change.id, at=now), actor=actor)
    return change.day
