"""A dispatcher's own hand in a day: one click that keeps a promise, or makes it anew."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from anjia.dispatch.changing import (
    arranged_of,
    check_still_so,
    noted,
    rows_of,
    rows_then,
    wait_for_the_change,
)
from anjia.dispatch.publishing import take_back_offers
from anjia.dispatch.queries.standing import standing_of
from anjia.dispatch.rules.changes import MayNotBe, NothingToChange, Put, WantsWhy
from anjia.dispatch.standing import real_puts
from anjia.dispatch.weighing import effect_of
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.work import command
from anjia.visits import commands as visits


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
