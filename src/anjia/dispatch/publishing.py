"""What it takes to publish a day's plan: turns, checks and words as by hand. Only commands call it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anjia.dispatch.asking import withdraw_offers
from anjia.dispatch.days import Day, Key, Piece
from anjia.dispatch.drafting import why_not
from anjia.dispatch.matching import turns_of
from anjia.dispatch.models import OPEN, Offer, PlanRun
from anjia.dispatch.rules import OfferState
from anjia.dispatch.rules.plans import DayHasChanged, RunState, may_become
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import local
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


def check_unchanged(actor: Actor, run: PlanRun, day: Day) -> None:
    """
    Compare the day with the one that the run began from.

    That somebody has taken what was kept for her changes nothing for others; what the draft moves nobody has taken.

    :raises DayHasChanged: naming the visits
    """
    moved = {(move["visit_id"], move["part"]) for move in run.draft["moves"]}
    then = {(row[0], row[1]): said(row, moved) for row in map(tuple, run.began_with)}
    now = {(row[0], row[1]): said(row, moved) for row in (piece.row for piece in day.pieces)}
    differing = {key for key in then.keys() | now.keys() if then.get(key) != now.get(key)}
    if differing:
        raise DayHasChanged(in_words(actor, day, then, now, differing))


def said(row: Sequence[Any], moved: set[tuple[str, int]]) -> tuple[Any, ...]:
    return tuple(row) if (row[0], row[1]) in moved else tuple(row[:5])


def in_words(
    actor: Actor,
    day: Day,
    then: Mapping[tuple[str, int], tuple[Any, ...]],
    now: Mapping[tuple[str, int], tuple[Any, ...]],
    differing: set[tuple[str, int]],
) -> list[str]:
    pieces = {(str(piece.visit_id), piece.part): piece for piece in day.pieces}
    names = resident_names(
        actor, Purpose.CONTRACT, resident_ids={pieces[key].resident_id for key in differing if key in pieces}
    )
    found = []
    for visit_id, part in sorted(differing):
        key = visit_id, part
        row = now.get(key) or then[key]
        at = f"{local(datetime.fromisoformat(row[3])):%H:%M}"
        if key not in now:
            found.append(_("{time} 的一次上门取消了或改到了别的天").format(time=at))
            continue
        what = _("改了人") if key in then else _("新约的")
        if key in then and then[key][3] != row[3]:
            what = _("改了时间")
        elif key in then and then[key][2] == row[2]:
            what = _("有人接了")
        found.append(
            _("{time} {name}：{what}").format(time=at, name=names.get(pieces[key].resident_id, ""), what=what)
        )
    return list(dict.fromkeys(found))


def check_still_so(actor: Actor, day: Day, moves: Sequence[tuple[Piece, Piece]]) -> None:
    """
    Ask the law, the rota and the way again: a licence may have lapsed, leave may have been given since.

    :raises DayHasChanged: naming who cannot come, and why
    """
    then = {old.key: new for old, new in moves}
    timelines = day.timelines([then.get(piece.key, piece) for piece in day.pieces])
    found = []
    for _old, new in moves:
        reasons = why_not(day, new, timelines)
        if reasons:
            name = day.by_id[new.staff_id].name if new.staff_id in day.by_id else _("原来的人")
            words = _("；").join(one.words for one in reasons)
            found.append(_("{name}来不了：{reasons}").format(name=name, reasons=words))
    if found:
        raise DayHasChanged(found)


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


def arranged_of(moves: Sequence[tuple[Piece, Piece]], kept: Sequence[Mapping[str, Any]]) -> list[Arranged]:
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
        )
        for _old, new in moves
    ]
