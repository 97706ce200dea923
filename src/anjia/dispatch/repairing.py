"""
How a promise in danger can be kept, or made anew, with what each way costs: the cheapest of each way first. Pure.

Nothing is proposed that breaks a rule, but for an hour of overtime, which people have to agree on. Looked for by the
same insertion by which times are booked, in plain Python: the answer is there with the page.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.dispatch.days import Piece, without
from anjia.dispatch.matching import FEASIBILITY, is_on_standby, may_do
from anjia.dispatch.rules.changes import REPAIR, WORDS_OF_WAY, Broken, Effect, Put, Rule, Way
from anjia.dispatch.standing import Standing, may_be_changed, seen
from anjia.dispatch.weighing import MINUTE, broken_by, effect_of
from anjia.kernel.calendar import local
from anjia.workforce.rules import CaregiverSheet

NAMED: Final = 4  # of those who cannot come
TRIED: Final = 12  # of the swaps that fit, the shortest ways first


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One way out, and what it costs."""

    way: Way
    puts: Sequence[Put]
    effect: Effect
    seen: str
    is_standby: bool = False  # somebody else comes, who is on standby then

    @property
    def words(self) -> str:
        return str(WORDS_OF_WAY[self.way])


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is wrong with a visit, the ways out, and where there are none, why not."""

    danger: str
    proposals: Sequence[Proposal]
    why_nobody: Sequence[str] = ()


def ways_out(standing: Standing, visit_id: UUID, *, but: UUID | None = None) -> Found:
    """Return the ways out for one visit; `but` is somebody who is not to come, whatever the rota says."""
    crew = standing.pieces_of(visit_id)
    if not crew or not all(may_be_changed(piece) for piece in crew):
        return Found(danger="", proposals=[])
    threatened = in_danger(standing, crew, but)
    wanted = threatened or crew[:1]
    found: list[Proposal] = []
    for piece in wanted:
        found += best(others(standing, piece, but))
        found += best(swaps(standing, piece, but), at_most=1)
    if threatened and (but is None or but not in {piece.staff_id for piece in crew}):
        found += best(later(standing, crew), at_most=1)
        found += all_later(standing, wanted[0])
    if not any(one.way is Way.OTHER and not one.effect.broken for one in found):
        for piece in wanted:
            found += best(others_later(standing, piece, but))
    found.sort(key=lambda one: (len(one.effect.broken), one.effect.price))
    return Found(
        danger=danger_of(standing, wanted[0], but),
        proposals=found,
        why_nobody=[] if any(one.way is Way.OTHER for one in found) else why_nobody(standing, wanted[0], but),
    )


def in_danger(standing: Standing, crew: Sequence[Piece], but: UUID | None) -> list[Piece]:
    return [
        piece
        for piece in crew
        if piece.staff_id == but or standing.is_at_risk(piece) or against_now(standing, piece)
    ]


def against_now(standing: Standing, piece: Piece) -> list[Broken]:
    return list(broken_by(standing, standing, piece, piece))


def danger_of(standing: Standing, piece: Piece, but: UUID | None = None) -> str:
    """Say what is wrong with how it is; nothing, if nothing is."""
    name = standing.name_of(piece.staff_id) or _("原来的人")
    if piece.staff_id == but:
        return _("{name}来不了").format(name=name)
    expected = standing.expected.get(piece.visit_id)
    if expected and expected.is_at_risk:
        return _("{name}照现在看 {time} 到，要晚 {minutes} 分钟").format(
            name=name, time=f"{local(expected.arrives_at):%H:%M}", minutes=expected.minutes_late
        )
    return next((one.words for one in against_now(standing, piece)), "")


# The ways


def best(found: Iterable[Proposal], *, at_most: int = REPAIR.shown) -> list[Proposal]:
    return sorted(found, key=lambda one: (len(one.effect.broken), one.effect.price))[:at_most]


def weighed(standing: Standing, way: Way, puts: Sequence[Put]) -> Iterator[Proposal]:
    """Yield the proposal, if it may be made: nothing is broken, or only the end of a shift, by so much at most."""
    effect = effect_of(standing, puts)
    over = max(effect.overtime.values(), default=0)
    is_overtime = all(one.rule is Rule.SHIFT for one in effect.broken) and 0 < over <= REPAIR.overtime
    if not effect.broken or is_overtime:
        yield Proposal(
            way=way,
            puts=puts,
            effect=effect,
            seen=seen(standing.day, puts),
            is_standby=any(is_from_standby(standing, one) for one in puts),
        )


def is_from_standby(standing: Standing, new: Put) -> bool:
    """Say whether somebody comes out of standby for it who is not in for it now."""
    old, sheet = standing.by_key[new.key], standing.day.by_id.get(new.staff_id)
    ends_at = new.starts_at + (old.ends_at - old.starts_at)
    is_other = sheet is not None and old.staff_id != sheet.id
    return is_other and sheet is not None and is_on_standby(sheet, new.starts_at, ends_at)


def others(standing: Standing, piece: Piece, but: UUID | None) -> Iterator[Proposal]:
    for sheet in able(standing, piece, but):
        if fits(standing, sheet, piece, piece.starts_at, is_strict=False):
            yield from weighed(standing, Way.OTHER, [put(piece, sheet.id, piece.starts_at)])


def swaps(standing: Standing, piece: Piece, but: UUID | None) -> Iterator[Proposal]:
    """Yield with whom she could change houses, so that both are kept at their times."""
    her = standing.day.by_id.get(piece.staff_id)
    if her is None or her.id == but:
        return
    found = []
    for sheet in able(standing, piece, but):
        if fits(standing, sheet, piece, piece.starts_at):
            continue  # she can come without giving up anything
        for theirs in standing.by_staff.get(sheet.id, ()):
            is_one = may_be_changed(theirs) and theirs.visit_id != piece.visit_id
            if not is_one or not may_do(theirs.job, her, standing.day.day):
                continue
            if fits(standing, sheet, piece, piece.starts_at, minus=theirs) and fits(
                standing, her, theirs, theirs.starts_at, minus=piece
            ):
                found.append((abs(theirs.starts_at - piece.starts_at), str(theirs.visit_id), theirs, sheet))
    for _far, _id, theirs, sheet in sorted(found, key=lambda one: one[:2])[:TRIED]:
        puts = [put(piece, sheet.id, piece.starts_at), put(theirs, her.id, theirs.starts_at)]
        yield from weighed(standing, Way.SWAP, puts)


def later(standing: Standing, crew: Sequence[Piece]) -> Iterator[Proposal]:
    """Yield the first later time at which those who are in for it can all come."""
    for at in times_near(standing, crew[0], is_earlier_too=False):
        sheets = [standing.day.by_id.get(piece.staff_id) for piece in crew]
        if all(sheet and fits(standing, sheet, piece, at) for sheet, piece in zip(sheets, crew, strict=True)):
            found = list(weighed(standing, Way.LATER, [put(piece, piece.staff_id, at) for piece in crew]))
            if found:
                yield from found
                return


def all_later(standing: Standing, piece: Piece) -> Iterator[Proposal]:
    """Yield that all of hers from here on begins as much later as it has to."""
    sheet = standing.day.by_id.get(piece.staff_id)
    if sheet is None:
        return
    stays = hers = standing.time_of(sheet.id)
    rest = [
        one
        for one in sorted(standing.by_staff[sheet.id], key=lambda one: one.starts_at)
        if may_be_changed(one) and one.starts_at >= piece.starts_at
    ]
    for one in rest:
        stays = without(stays, one)
    before = [stop for stop in stays.stops if stop.starts_at <= piece.starts_at]
    place, free_at = (before[-1].place, before[-1].ends_at) if before else (hers.base, standing.day.now)
    puts: list[Put] = []
    for one in rest:
        there = max(free_at, standing.day.now) + FEASIBILITY.way(hers, place, one.job.ask(one.starts_at))
        if there <= one.starts_at:
            break
        puts.append(put(one, sheet.id, said_time(there)))
        place, free_at = one.job.place, puts[-1].starts_at + (one.ends_at - one.starts_at)
    if len(puts) > 1:
        yield from weighed(standing, Way.ALL_LATER, puts)


def others_later(standing: Standing, piece: Piece, but: UUID | None) -> Iterator[Proposal]:
    """Yield of each who may do it the nearest time at which she, and whoever else is in for it, can come."""
    crew = [one for one in standing.pieces_of(piece.visit_id) if one.part != piece.part]
    for sheet in able(standing, piece, but):
        for at in times_near(standing, piece, is_earlier_too=True):
            if fits(standing, sheet, piece, at):
                puts = [put(piece, sheet.id, at), *(put(one, one.staff_id, at) for one in crew)]
                found = list(weighed(standing, Way.OTHER_LATER, puts))
                if found:
                    yield from found
                    break


# What they are made of


def put(piece: Piece, staff_id: UUID, starts_at: datetime) -> Put:
    return Put(visit_id=piece.visit_id, part=piece.part, staff_id=staff_id, starts_at=starts_at)


def able(standing: Standing, piece: Piece, but: UUID | None) -> list[CaregiverSheet]:
    """
    Return who else may do it, by law, house and wish, and has not said no. Whoever is being asked already, since
    somebody cannot come, is among them.
    """
    crew = {one.staff_id for one in standing.pieces_of(piece.visit_id) if one.part != piece.part}
    return [
        sheet
        for sheet in standing.day.sheets
        if sheet.id not in {but or piece.staff_id} | crew | piece.said_no
        and sheet.shifts
        and may_do(piece.job, sheet, standing.day.day)
    ]


def fits(
    standing: Standing,
    sheet: CaregiverSheet,
    piece: Piece,
    at: datetime,
    *,
    minus: Piece | None = None,
    is_strict: bool = True,
) -> bool:
    """
    Say whether she could be there, as things stand: a first look, before all that it costs is weighed. Not strictly:
    whether only the end of her shift is against it.
    """
    hers = without(standing.time_of(sheet.id), piece)
    ask = piece.job.ask(at)
    hers = without(hers, minus) if minus else hers
    if standing.day.now + MINUTE * FEASIBILITY.travel_minutes(hers, ask) > at:
        return False
    trouble = FEASIBILITY.trouble(hers, ask)
    return trouble is None or (not is_strict and trouble.block == "off_duty")


def times_near(standing: Standing, piece: Piece, *, is_earlier_too: bool) -> Iterator[datetime]:
    """Yield other times of that day that can be said, the nearest to the promised one first."""
    day, far = standing.day.day, int(REPAIR.farthest / REPAIR.step)
    base = said_time(piece.starts_at)
    for step in range(1 if base == piece.starts_at else 0, far + 1):
        for sign in (1, -1) if is_earlier_too and step else (1,):
            at = base + sign * step * REPAIR.step
            if local(at).date() == day and at > standing.day.now:
                yield at


def said_time(at: datetime) -> datetime:
    """Return the next time that can be said on the telephone: a quarter of an hour."""
    past = timedelta(seconds=at.timestamp() % REPAIR.step.total_seconds())
    return at if not past else at + REPAIR.step - past


def why_nobody(standing: Standing, piece: Piece, but: UUID | None) -> list[str]:
    """Say of each who works then what stops her, the nearest to it first, and what would help; or what stops all."""
    if piece.gates:
        return [one.words + one.way_out for one in piece.gates]
    crew: Collection[UUID] = {one.staff_id for one in standing.pieces_of(piece.visit_id)}
    found = []
    for sheet in standing.day.sheets:
        works = any(begins <= piece.starts_at < ends for begins, ends in sheet.shifts)
        if works and sheet.id != but and sheet.id not in crew:
            puts = [put(piece, sheet.id, piece.starts_at)]
            broken = effect_of(standing, puts).broken
            said = [one.words.rstrip("。.").removeprefix(sheet.name).lstrip("：: ") for one in broken]
            words = sheet.name + _("：") + _("；").join(said) if said else ""
            out = f" → {broken[0].way_out}" if len(broken) == 1 and broken[0].way_out else ""
            found.append((len(broken), words + out))
    return [words for _number, words in sorted(found)[:NAMED] if words] or [_("这个时间没有别人当班。")]
