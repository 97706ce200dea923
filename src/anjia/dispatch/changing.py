"""What it takes to change a day by hand: turns, whether all is as it was, why in words. Only commands call it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.dispatch.days import Key, Piece, Row, minutes_to
from anjia.dispatch.matching import turns_of
from anjia.dispatch.models import DayChange
from anjia.dispatch.repairing import danger_of
from anjia.dispatch.rules.changes import Effect, OnAnotherDay, PlanIsOther, Put
from anjia.dispatch.standing import Standing, may_be_changed, seen
from anjia.dispatch.weighing import why_not_any_more
from anjia.kernel import audit
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import local
from anjia.kernel.database import wait_turns
from anjia.kernel.errors import NotFound
from anjia.visits.commands import Arranged
from anjia.visits.queries import get_promises
from anjia.visits.rules.lifecycle import State


def wait_for_the_change(actor: Actor, day: date, puts: Sequence[Put]) -> None:
    """
    Take turns in the order that everybody keeps: zones of the day, whose time changes, their visits.

    :raises PlanIsOther: if one of the visits is not there
    """
    promises = get_promises(actor, Purpose.CONTRACT, visit_ids={one.visit_id for one in puts})
    if {one.visit_id for one in puts} - promises.keys():
        raise PlanIsOther
    people = [one.staff_id for promise in promises.values() for one in promise.crew]
    wait_turns(
        [turn for one in promises.values() for turn in turns_of(actor.organization_id, one.cell, day)],
        [f"caregiver/{staff_id}" for staff_id in [*(one.staff_id for one in puts), *people]],
        [f"visit/{visit_id}" for visit_id in promises],
    )


def check_still_so(
    standing: Standing, puts: Sequence[Put], weighed: Sequence[Put], weighed_against: str
) -> None:
    """
    :raises OnAnotherDay: if a visit would be on another day
    :raises PlanIsOther: naming who has set out, or whose visit is no longer as it was
    """
    if any(local(one.starts_at).date() != standing.day.day for one in (*puts, *weighed)):
        raise OnAnotherDay
    gone = [one for one in puts if one.key not in standing.by_key]
    begun = [
        standing.by_key[one.key]
        for one in puts
        if one.key in standing.by_key and not may_be_changed(standing.by_key[one.key])
    ]
    if gone or begun:
        raise PlanIsOther(
            [
                *(why_not_any_more(standing, piece) for piece in begun),
                *([_("有一次上门已经取消或改到别的天")] if gone else []),
            ]
        )
    if seen(standing.day, weighed) != weighed_against:
        raise PlanIsOther([in_words_now(standing, puts)])


def in_words_now(standing: Standing, puts: Iterable[Put]) -> str:
    """Say how what was to be changed is now: who comes, and when."""
    said = []
    for one in puts:
        piece = standing.by_key[one.key]
        said.append(
            _("{resident}现在是 {time} {name}去").format(
                resident=standing.names.get(piece.resident_id, ""),
                time=f"{local(piece.starts_at):%H:%M}",
                name=standing.name_of(piece.staff_id),
            )
        )
    return _("，").join(dict.fromkeys(said))


def arranged_of(
    standing: Standing, puts: Sequence[Put], effect: Effect, *, without: UUID | None, why: str
) -> list[Arranged]:
    after = standing.put(puts)
    return [
        Arranged(
            visit_id=one.visit_id,
            part=one.part,
            staff_id=one.staff_id,
            starts_at=one.starts_at,
            ends_at=one.starts_at + (standing.by_key[one.key].ends_at - standing.by_key[one.key].starts_at),
            why=_("；").join(reasons_for(standing, one, standing.by_key[one.key], effect, without, why)),
            minutes=minutes_then(after, one),
        )
        for one in puts
    ]


def minutes_then(after: Standing, new: Put) -> int | None:
    """Return in how many minutes she gets there on the day as it will be."""
    timeline = after.time_of(new.staff_id) if new.staff_id in after.day.by_id else None
    return minutes_to(after.by_key[new.key], timeline)


def reasons_for(
    standing: Standing, new: Put, old: Piece, effect: Effect, without: UUID | None, why: str
) -> list[str]:
    """Say why it is otherwise now: what was wrong, what that changes, what people have agreed on."""
    said = [danger_of(standing, old, without)]
    if new.starts_at != old.starts_at:
        said.append(
            _("从 {before} 改到 {after}").format(
                before=f"{local(old.starts_at):%H:%M}", after=f"{local(new.starts_at):%H:%M}"
            )
        )
    if new.staff_id != old.staff_id:
        said.append(
            _("原来是{name}").format(name=standing.name_of(old.staff_id))
            if standing.name_of(old.staff_id)
            else ""
        )
        known = standing.day.known.get(old.resident_id, {}).get(new.staff_id)
        said.append(_("来过 {number} 次").format(number=known.times) if known else "")
    if len({one.visit_id for one in (*effect.moved,)}) > 1:
        said.append(_("和别的几家一起调"))
    said.append(why)
    return [words for words in said if words]


def rows_of(standing: Standing, puts: Sequence[Put]) -> list[Row]:
    return [standing.by_key[one.key].row for one in puts]


def rows_then(standing: Standing, puts: Sequence[Put]) -> list[Row]:
    """Return the rows as the change leaves them: who is sent has it, whose time is another is asked."""
    moved = {one.visit_id for one in puts if standing.by_key[one.key].starts_at != one.starts_at}
    after = standing.put(puts)
    found = []
    for one in puts:
        row = after.by_key[one.key].row
        state = State.TENTATIVE if one.visit_id in moved else State.ACCEPTED
        found.append((*row[:5], state.value))
    return found


def noted(actor: Actor, now: datetime, *, day: date, before: Sequence[Row], after: Sequence[Row]) -> UUID:
    change = DayChange.objects.create(
        organization_id=actor.organization_id,
        day=day,
        made_by=actor.user_id,
        made_at=now,
        before=list(before),
        after=list(after),
    )
    audit.record(
        "dispatch.day.changed", actor=actor, at=now, subject_id=change.id, fields=["staff_id", "starts_at"]
    )
    return change.id


def change_made(actor: Actor, *, change_id: UUID, is_to_change: bool = False) -> DayChange:
    """:raises NotFound: if there is no such change in the house"""
    rows = DayChange.objects.filter(organization_id=actor.organization_id, id=change_id)
    found = (rows.select_for_update() if is_to_change else rows).first()
    if found is None:
        raise NotFound
    return found


def arranged_as_before(
    standing: Standing, puts: Sequence[Put], states: Mapping[Key, State]
) -> list[Arranged]:
    after = standing.put(puts)
    return [
        Arranged(
            visit_id=one.visit_id,
            part=one.part,
            staff_id=one.staff_id,
            starts_at=one.starts_at,
            ends_at=one.starts_at + (standing.by_key[one.key].ends_at - standing.by_key[one.key].starts_at),
            why=_("刚才的改动撤销了"),
            state=states[one.key],
            minutes=minutes_then(after, one),
        )
        for one in puts
    ]
