"""What it takes to publish a day's plan: turns, checks and words as by hand. Only commands call it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anjia.dispatch.asking import withdraw_offers
from anjia.dispatch.days import Day, Key, Piece, minutes_to
from anjia.dispatch.drafting import why_not
from anjia.dispatch.fallen import cannot_come, differing, since_then, too_soon
from anjia.dispatch.matching import turns_of
from anjia.dispatch.models import OPEN, Offer, PlanRun, PlanZone
from anjia.dispatch.rules import OfferState, Timeline
from anjia.dispatch.rules.plans import DayHasChanged, PartsHaveChanged, RunState, may_become
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.database import wait_turns
from anjia.kernel.errors import NotFound
from anjia.residents.queries import resident_names
from anjia.visits.commands import Arranged

TAKEN_BACK: Final = (OPEN, OfferState.ACCEPTED.value)


def get_run(actor: Actor, *, run_id: UUID) -> PlanRun:
    """:raises NotFound: if there is no such run of the house"""
    run = PlanRun.objects.filter(organization_id=actor.organization_id, id=run_id).first()
    if run is None:
        raise NotFound
    return run


def run_to_change(actor: Actor, *, run_id: UUID) -> PlanRun:
    """
    Return the run and hold its row.

    :raises NotFound: if there is no such run of the house
    """
    rows = PlanRun.objects.select_for_update().filter(organization_id=actor.organization_id, id=run_id)
    run = rows.first()
    if run is None:
        raise NotFound
    return run


def become(run: PlanRun, state: RunState, *fields: str) -> None:
    """Change a run's state and save it: the only place but for an older draft that gives way."""
    assert may_become(RunState(run.state), state), f"{run.state} to {state}"
    if run.state == RunState.RUNNING:  # what it was worked out from is needed no more
        PlanZone.objects.filter(organization_id=run.organization_id, run_id=run.id).delete()
    run.state = state.value
    run.save(update_fields=["state", *fields])


def wait_for_the_day(actor: Actor, run: PlanRun) -> None:
    """Take turns in the order that everybody keeps: all zones of the day, whose time changes, their visits."""
    moves = run.draft["moves"]
    cells = {str(cell) for cell in run.draft["cells"]}
    wait_turns(
        [turn for cell in sorted(cells) for turn in turns_of(actor.organization_id, cell, run.day)],
        [f"caregiver/{move[who]}" for move in moves for who in ("from", "to")],
        [f"visit/{move['visit_id']}" for move in moves],
    )


def check_as_then(actor: Actor, run: PlanRun, day: Day, groups: Collection[int] | None) -> None:
    """
    Compare the day with the one that the run began from: all of it, or where groups are named what they touch.

    :raises DayHasChanged: naming what is otherwise
    :raises PartsHaveChanged: naming why some of these groups hold no more
    """
    moves = run.draft["moves"]
    found = differing(day, run.began_with, moves)
    names = resident_names(actor, Purpose.CONTRACT, resident_ids=found.residents)
    changes = [found.words(key, names) for key in found.keys] or too_soon(day, moves)
    if groups is None and changes:
        raise DayHasChanged(list(dict.fromkeys(changes)))
    if groups is not None:
        fallen = since_then(found, moves, names).fallen
        why = [words for number in sorted(groups) for words in fallen.get(number, ())]
        if why:
            raise PartsHaveChanged(list(dict.fromkeys(why)))


def check_still_so(
    day: Day, moves: Sequence[tuple[Piece, Piece]], refusal: type[DayHasChanged] = DayHasChanged
) -> dict[UUID, Timeline]:
    """
    Ask the law, the rota and the way again: a licence may have lapsed, leave may have been given since. Return
    everybody's time as it will be.

    :raises DayHasChanged: naming who cannot come, and why
    """
    then = {old.key: new for old, new in moves}
    timelines = day.timelines([then.get(piece.key, piece) for piece in day.pieces])
    found = [words for _old, new in moves if (words := cannot_come(day, new, why_not(day, new, timelines)))]
    if found:
        raise refusal(found)
    return timelines


def take_back_offers(actor: Actor, now: datetime, keys: Sequence[Key]) -> None:
    """Withdraw what is offered of these parts; what has run out has."""
    rows = Offer.objects.filter(
        organization_id=actor.organization_id, visit_id__in={visit_id for visit_id, _part in keys}
    )
    wanted = set(keys)
    offers = [
        one
        for one in rows.filter(state__in=TAKEN_BACK).select_for_update().order_by("id")
        if (one.visit_id, one.part) in wanted
    ]
    over = [one.id for one in offers if one.state == OPEN and one.deadline <= now]
    Offer.objects.filter(id__in=over).update(state=OfferState.TIMED_OUT.value, decided_at=now)
    withdraw_offers([one for one in offers if one.id not in over], now, states=TAKEN_BACK)


def arranged_of(
    moves: Sequence[tuple[Piece, Piece]],
    kept: Sequence[Mapping[str, Any]],
    timelines: Mapping[UUID, Timeline],
) -> list[Arranged]:
    """Return what to write; why it is so stands on each visit, in the language of whoever publishes."""
    language = get_language() or ""
    why = {
        (move["visit_id"], move["part"]): _("；").join(
            move["why"].get(language) or next(iter(move["why"].values()))
        )
        for move in kept
    }
    return [
        Arranged(
            visit_id=new.visit_id,
            part=new.part,
            staff_id=new.staff_id,
            starts_at=new.starts_at,
            ends_at=new.ends_at,
            why=why[str(new.visit_id), new.part],
            minutes=minutes_to(new, timelines.get(new.staff_id)),
        )
        for _old, new in moves
    ]
