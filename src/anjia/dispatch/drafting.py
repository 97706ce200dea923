"""
What comes of a run: who would come instead, when, and why; what the day would be like; for whom nobody is found.

The engine's plan is not believed. The evaluator looks at it first, then the rules by which somebody is sent by hand.
What nobody can do stays with whoever is in for it, and that keeps her time.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, ParamSpec, TypeVar
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from anjia.dispatch.cities import put_to_the_engine
from anjia.dispatch.days import Day, Key, Piece, with_stuck, without
from anjia.dispatch.matching import FEASIBILITY, minutes_on, qualification_reasons, time_reasons, wish_reasons
from anjia.dispatch.posing import Posed, other_times
from anjia.dispatch.rules import Block, Reason, Timeline
from anjia.dispatch.rules.plans import PLANNING
from anjia.planning.evaluate import evaluate
from anjia.planning.plan import Plan
from anjia.workforce.rules import CaregiverSheet

P = ParamSpec("P")
T = TypeVar("T")
Solve = Callable[[Posed, int], Plan]  # a problem, and the how manieth it is

MINUTE: Final = timedelta(minutes=1)
MOST_ROUNDS: Final = 16
WIDENING: Final = 8  # of these rounds may try other times
NAMED: Final = 4  # of those who cannot come either
LATE: Final = frozenset({Block.LATE_FROM_BASE, Block.LATE_FROM_BEFORE, Block.LATE_FOR_NEXT})


class Unsound(Exception):
    """The engine's plan breaks a rule. It is not used."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The day's pieces as they would be, in the order in which the day has them."""

    day: Day
    after: Sequence[Piece]

    @property
    def moves(self) -> list[tuple[Piece, Piece]]:
        """Return what would be otherwise, before and after; of a visit whose time is moved all that it consists of."""
        return [
            (old, new) for old, new in zip(self.day.pieces, self.after, strict=True) if is_moved(old, new)
        ]


def is_moved(old: Piece, new: Piece) -> bool:
    return (old.staff_id, old.starts_at) != (new.staff_id, new.starts_at)


def worked_out(day: Day, solve: Solve) -> Outcome:
    """
    Return the day as it would be.

    Promised times first. Where nobody can keep one that nobody has taken yet, other times of that day are tried, the
    nearest first. What finds nobody then stays as it is, and what the engine has put into its place is looked for anew.
    On a day that is not settled then each round could make room for one and take it from another: what cannot be so
    stays as it is, and with it whatever stands in its way.

    :raises Unsound: if a plan breaks a rule
    """
    stuck = {piece.key for piece in day.pieces if piece.is_free and not day.able[piece.key]}
    movable = dict[UUID, timedelta]()
    after: Mapping[Key, Piece] = {}
    for number in range(MOST_ROUNDS):
        settled = with_stuck(day, stuck)
        posed = put_to_the_engine(settled, movable=movable)
        after, left = placed(settled, posed, solve(posed, number))
        farther = farther_for(settled, left, movable)
        if farther and number < WIDENING:
            movable |= farther
            continue
        wrong = out_of_place(day, after)
        if not wrong:
            break
        # Whose time is kept for what nobody can do has none for anything else.
        stuck |= (left - stuck) | wrong if number >= WIDENING else (left - stuck) or wrong
        movable = {key: reach for key, reach in movable.items() if key not in {visit for visit, _ in stuck}}
    after = with_what_stays(day, after)
    return Outcome(day, [after[piece.key] for piece in day.pieces])


def with_what_stays(day: Day, after: Mapping[Key, Piece]) -> Mapping[Key, Piece]:
    """Return the pieces with as many as it takes left as they are, so that all that is moved can be so."""
    before, now = {piece.key: piece for piece in day.pieces}, dict(after)
    while wrong := out_of_place(day, now):
        visits = {visit_id for visit_id, _part in wrong}  # who come together stay together
        now |= {key: piece for key, piece in before.items() if piece.visit_id in visits}
    return now


def placed(day: Day, posed: Posed, plan: Plan) -> tuple[dict[Key, Piece], set[Key]]:
    """
    Return each piece as the plan has it, and which of them it leaves out.

    :raises Unsound: if it breaks a rule
    """
    faults = evaluate(posed.problem, plan).faults
    if faults:
        raise Unsound(faults[0])
    after = {piece.key: piece for piece in day.pieces}
    for route in plan.routes:
        for stop in route.stops:
            if stop.visit in posed.pieces and stop.part < len(posed.pieces[stop.visit]):
                piece = posed.pieces[stop.visit][stop.part]
                starts_at = posed.time(stop.starts)
                after[piece.key] = replace(
                    piece,
                    staff_id=UUID(route.caregiver),
                    starts_at=starts_at,
                    ends_at=starts_at + (piece.ends_at - piece.starts_at),
                )
    left = {piece.key for name in plan.left_out for piece in posed.pieces.get(name, ())}
    return after, left


def farther_for(day: Day, left: Collection[Key], movable: Mapping[UUID, timedelta]) -> dict[UUID, timedelta]:
    """Return how far from its time each visit is tried next that is left out, and nobody has taken anything of."""
    found = {}
    of_one: dict[UUID, list[Piece]] = {}
    for piece in day.pieces:
        of_one.setdefault(piece.visit_id, []).append(piece)
    for visit_id in {visit_id for visit_id, _part in left} & day.whole:
        pieces = of_one[visit_id]
        able = frozenset.intersection(*(day.able[piece.key] for piece in pieces))
        tried = other_times(day, pieces[0], movable[visit_id]) if visit_id in movable else []
        for reach in PLANNING.rings:
            times = other_times(day, pieces[0], reach)
            if len(able) >= len(pieces) and len(times) > len(tried):
                found[visit_id] = reach
                break
    return found


def out_of_place(day: Day, after: Mapping[Key, Piece]) -> set[Key]:
    """Return what cannot be so by the rules by which somebody is sent: of what is moved, and what stays in its way."""
    before, timelines = day.timelines(day.pieces), day.timelines(after.values())
    spoiled = {who for who in timelines if FEASIBILITY.spoiled(before[who], timelines[who])}
    return {
        old.key
        for old in day.pieces
        if is_moved(old, new := after[old.key])
        and (why_not(day, new, timelines) or not spoiled.isdisjoint((old.staff_id, new.staff_id)))
    }


def why_not(day: Day, piece: Piece, timelines: Mapping[UUID, Timeline]) -> list[Reason]:
    """Return why whoever is in for it cannot come; nothing if she can."""
    if piece.closed:
        return list(piece.closed)
    sheet = day.by_id.get(piece.staff_id)
    if sheet is None:
        return [Reason(is_met=False, words=_("不在这里上班了"))]
    return reasons_against(day, piece, sheet, timelines)


def reasons_against(
    day: Day, piece: Piece, sheet: CaregiverSheet, timelines: Mapping[UUID, Timeline]
) -> list[Reason]:
    hers = timelines[sheet.id]
    said_no = [Reason(is_met=False, words=_("问过，这位不去"))] if sheet.id in piece.said_no else []
    return [
        *qualification_reasons(piece.job, sheet, day.day),
        *wish_reasons(piece.job, sheet),
        *said_no,
        *time_reasons(
            piece.job, without(hers, piece) if piece.staff_id == sheet.id else hers, piece.starts_at
        ),
    ]


# What the day is like


def card_of(day: Day, pieces: Sequence[Piece]) -> dict[str, int]:
    """Return what is shown of a day: the same of the one that is and of the one that would be."""
    timelines = day.timelines(pieces, is_booking=False)
    travel, late, known = 0.0, 0, 0
    for piece in pieces:
        if piece.staff_id in timelines:
            hers, ask = without(timelines[piece.staff_id], piece), piece.job.ask(piece.starts_at)
            travel += FEASIBILITY.travel_minutes(hers, ask)
            trouble = FEASIBILITY.trouble(hers, ask)
            late += trouble.minutes_short if trouble and trouble.block in LATE else 0
        known += piece.staff_id in day.known.get(piece.resident_id, {})
    travel += sum(
        one.travel / MINUTE for timeline in timelines.values() for one in FEASIBILITY.deliveries(timeline)
    )
    work = [minutes_on(timelines[sheet.id], day.day) for sheet in day.sheets if sheet.bookable]
    return {
        "visits": len({piece.visit_id for piece in pieces}),
        "parts": len(pieces),
        "travel": round(travel),
        "late": late,
        "known": known,
        "spread": round(max(work, default=0) - min(work, default=0)),
        "unassigned": len(unassigned(day, pieces)),
    }


def unassigned(day: Day, pieces: Sequence[Piece]) -> list[tuple[Piece, list[Reason]]]:
    """Return what nobody has taken and whoever is in for it cannot do, and why not."""
    timelines = day.timelines(pieces)
    free = {piece.key for piece in day.pieces if piece.is_free or piece.closed}
    found = [(piece, why_not(day, piece, timelines)) for piece in pieces if piece.key in free]
    return [(piece, reasons) for piece, reasons in found if reasons]


# In words


def draft_of(outcome: Outcome) -> dict[str, Any]:
    """Return what is kept of it, with its words in each language that may read them."""
    day, after = outcome.day, outcome.after
    before, then = day.timelines(day.pieces), day.timelines(after)
    saved = card_of(day, day.pieces)["travel"] - card_of(day, after)["travel"]
    moves = [
        {
            "visit_id": str(old.visit_id),
            "part": old.part,
            "resident_id": str(old.resident_id),
            "from": str(old.staff_id),
            "to": str(new.staff_id),
            "starts_at": old.starts_at.isoformat(),
            "starts_then": new.starts_at.isoformat(),
            "ends_then": new.ends_at.isoformat(),
            "why": in_each_language(reasons_for, day, old, new, before, then, saved),
        }
        for old, new in outcome.moves
    ]
    nobody = [
        {
            "visit_id": str(piece.visit_id),
            "part": piece.part,
            "resident_id": str(piece.resident_id),
            "staff_id": str(piece.staff_id),
            "starts_at": piece.starts_at.isoformat(),
            "why": in_each_language(why_nobody, day, piece, then),
        }
        for piece, _reasons in unassigned(day, after)
    ]
    cells = sorted({piece.job.cell for piece in day.pieces})
    return {"moves": moves, "unassigned": nobody, "cells": cells}


def moved_in(day: Day, moves: Iterable[Mapping[str, Any]]) -> list[tuple[Piece, Piece]]:
    """Return what a draft's moves are on this day: before and after. What the day does not have is left out."""
    pieces = {(str(piece.visit_id), piece.part): piece for piece in day.pieces}
    found = []
    for move in moves:
        old = pieces.get((move["visit_id"], move["part"]))
        if old is not None:
            new = replace(
                old,
                staff_id=UUID(move["to"]),
                starts_at=datetime.fromisoformat(move["starts_then"]),
                ends_at=datetime.fromisoformat(move["ends_then"]),
            )
            found.append((old, new))
    return found


def in_each_language(say: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> dict[str, T]:
    found = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found[code] = say(*args, **kwargs)
    return found


def reasons_for(
    day: Day,
    old: Piece,
    new: Piece,
    before: Mapping[UUID, Timeline],
    then: Mapping[UUID, Timeline],
    saved: int,
) -> list[str]:
    """
    Say why it would be otherwise: what stood against how it is, and what speaks for her who comes; or what all that
    is otherwise saves together.
    """
    said = []
    if reasons := why_not(day, old, before):
        name = day.by_id[old.staff_id].name if old.staff_id in day.by_id else _("原来的人")
        said.append(
            _("{name}来不了：{reasons}").format(name=name, reasons=_("；").join(one.words for one in reasons))
        )
    if new.starts_at != old.starts_at:
        said.append(_("原来的时间谁也来不了，这个时间能来"))
    way, was = way_to(new, then), way_to(old, before)
    if was is not None and way is not None and way < was and not reasons:
        said.append(_("路上 {minutes} 分钟，原来要 {before} 分钟").format(minutes=way, before=was))
    known = day.known.get(new.resident_id, {})
    if new.staff_id in known and new.staff_id != old.staff_id:
        said.append(_("来过 {number} 次").format(number=known[new.staff_id].times))
    if new.staff_id in new.job.wishes.preferred:
        said.append(_("对方点名要这一位"))
    if said:
        return said
    if saved > 0:
        return [_("和别的几处一起调，全天路上少 {minutes} 分钟").format(minutes=saved)]
    return [_("让大家的活儿匀一点")]


def way_to(piece: Piece, timelines: Mapping[UUID, Timeline]) -> int | None:
    if piece.staff_id not in timelines:
        return None
    hers = without(timelines[piece.staff_id], piece)
    return round(FEASIBILITY.travel_minutes(hers, piece.job.ask(piece.starts_at)))


def why_nobody(day: Day, piece: Piece, timelines: Mapping[UUID, Timeline]) -> list[str]:
    """Say what the law has against it, or why each of those who work then cannot come, the nearest to it first."""
    if piece.closed:
        return [f"{one.words}{one.way_out}" for one in piece.closed]
    found = []
    for sheet in on_duty(day.sheets, piece):
        reasons = reasons_against(day, piece, sheet, timelines)
        ways_out = [one.way_out for one in reasons if one.way_out]
        words = _("；").join(one.words for one in reasons)
        out = f" → {ways_out[0]}" if len(reasons) == 1 and ways_out else ""
        found.append((len(reasons), _("{name}：{reasons}").format(name=sheet.name, reasons=words) + out))
    return [words for _number, words in sorted(found)[:NAMED]] or [_("这个时间没有别人当班。")]


def on_duty(sheets: Iterable[CaregiverSheet], piece: Piece) -> list[CaregiverSheet]:
    return [
        sheet
        for sheet in sheets
        if any(opens <= piece.starts_at < closes for opens, closes in sheet.bookable)
    ]
