"""
Who comes instead of somebody who falls out: visit by visit, the soonest first, each minding the ones before. Pure.

One answer for both pages that ask: her whole day arranged anew, and the list of what she had promised.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anjia.dispatch.days import Key, Piece, without
from anjia.dispatch.matching import FEASIBILITY
from anjia.dispatch.repairing import Proposal, others, others_later, why_nobody
from anjia.dispatch.rules.changes import Effect, Put, Way
from anjia.dispatch.standing import Standing, may_be_changed, seen
from anjia.dispatch.weighing import effect_of

SHOWN: Final = 3  # who else could come


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """Somebody who could come instead, what speaks for her, and what it costs."""

    staff_id: UUID
    name: str
    title: str
    because: Sequence[str]
    proposal: Proposal

    @property
    def is_standby(self) -> bool:
        return self.proposal.is_standby

    @property
    def effect(self) -> Effect:
        return self.proposal.effect

    @property
    def is_simple(self) -> bool:
        """Say whether it only is somebody else who comes: no time is another, and nobody has to be asked for a word."""
        return self.proposal.way is Way.OTHER and not self.effect.wants_why


@dataclass(frozen=True, slots=True, kw_only=True)
class Instead:
    """
    One part of a visit that somebody cannot come for: who could, of whom the first is proposed, and where nobody can at
    the promised time, why not.
    """

    piece: Piece
    able: Sequence[StandIn] = ()
    why_nobody: Sequence[str] = ()

    @property
    def is_simple(self) -> bool:
        return bool(self.able) and self.able[0].is_simple

    @property
    def proposal(self) -> Proposal | None:
        return self.able[0].proposal if self.able else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOfHers:
    """All that somebody who falls out was promised for, and what it costs together."""

    lines: Sequence[Instead] = ()
    effect: Effect = field(default_factory=Effect)
    seen: str = ""

    @property
    def puts(self) -> list[Put]:
        return [put for line in self.lines if line.proposal for put in line.proposal.puts]


def for_all_of_hers(standing: Standing, staff_id: UUID) -> AllOfHers:
    """Return who comes instead for all that she is in for and nobody has set out for, and what it costs together."""
    lines = stand_ins(standing, (piece.key for piece in standing.by_staff.get(staff_id, ())), but=staff_id)
    puts = [put for line in lines if line.proposal for put in line.proposal.puts]
    return AllOfHers(lines=lines, effect=effect_of(standing, puts), seen=seen(standing.day, puts))


def stand_ins(standing: Standing, keys: Iterable[Key], *, but: UUID) -> list[Instead]:
    """
    Return who could come instead of `but` for these parts of visits, of those that nobody has set out for and that are
    not over, the soonest first. Whoever is proposed for one has less time for the others.

    Who is on standby comes first: for this she is kept. Then what costs least. All that can be kept is kept before any
    other time is looked for: so that a promise that is moved takes nobody whom another could have been kept by.
    """
    pieces = [standing.by_key[key] for key in keys if key in standing.by_key]
    wanted = [one for one in pieces if may_be_changed(one) and one.ends_at > standing.day.now]
    wanted.sort(key=lambda one: (one.starts_at, str(one.visit_id), one.part))
    so_far, found = standing, dict[Key, Instead]()
    for piece in wanted:
        if able := first_of(others(so_far, piece, but), SHOWN):
            found[piece.key] = Instead(piece=piece, able=[stand_in(so_far, piece, one) for one in able])
            so_far = so_far.put(able[0].puts)
    for piece in wanted:
        if piece.key not in found:
            able, why = first_of(others_later(so_far, piece, but), 1), why_nobody(so_far, piece, but)
            found[piece.key] = Instead(
                piece=piece, able=[stand_in(so_far, piece, one) for one in able], why_nobody=why
            )
            so_far = so_far.put(able[0].puts) if able else so_far
    return [found[piece.key] for piece in wanted]


def first_of(found: Iterable[Proposal], at_most: int) -> list[Proposal]:
    in_order = sorted(found, key=lambda one: (len(one.effect.broken), not one.is_standby, one.effect.price))
    return in_order[:at_most]


def stand_in(standing: Standing, piece: Piece, proposal: Proposal) -> StandIn:
    new = next(put for put in proposal.puts if put.key == piece.key)
    sheet = standing.day.by_id[new.staff_id]
    return StandIn(
        staff_id=sheet.id,
        name=sheet.name,
        title=sheet.title_words,
        because=because(standing, piece, new, is_standby=proposal.is_standby),
        proposal=proposal,
    )


def because(standing: Standing, piece: Piece, new: Put, *, is_standby: bool) -> list[str]:
    """Say what speaks for her, and how much else she does that day."""
    hers = without(standing.time_of(new.staff_id), piece)
    way = math.ceil(FEASIBILITY.travel_minutes(hers, piece.job.ask(new.starts_at)))
    known = standing.day.known.get(piece.resident_id, {}).get(new.staff_id)
    stops = sum(one.key != piece.key for one in standing.by_staff.get(new.staff_id, ()))
    said = [_("备用")] if is_standby else []
    said.append(ngettext("路上 {minutes} 分钟", "路上 {minutes} 分钟", way).format(minutes=way))
    if known:
        said.append(_("来过 {number} 次").format(number=known.times))
    said.append(
        ngettext("当天还有 {number} 次上门", "当天还有 {number} 次上门", stops).format(number=stops)
        if stops
        else _("当天还没有别的上门")
    )
    return said
