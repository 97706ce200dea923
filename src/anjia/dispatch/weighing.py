"""What a change of a day breaks, by the rules by which somebody is booked and sent, and what it costs. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.dispatch.days import Piece, without
from anjia.dispatch.insertion import minutes, neighbours
from anjia.dispatch.matching import FEASIBILITY, may_do, qualification_reasons, starts_near, wish_reasons
from anjia.dispatch.rules import Ask, Block, Reason, Timeline, Trouble, is_in_period
from anjia.dispatch.rules.changes import Broken, Effect, Moved, Put, Rule
from anjia.dispatch.standing import Standing, may_be_changed, people_of, real_puts
from anjia.kernel.calendar import local
from anjia.visits.rules.lifecycle import LONGEST_VISIT, State

MINUTE: Final = timedelta(minutes=1)
WISHES: Final[Mapping[str, Rule]] = {"sex": Rule.SEX, "refused": Rule.REFUSED, "area": Rule.AREA}


def effect_of(standing: Standing, puts: Iterable[Put]) -> Effect:
    """Return what it breaks and costs if all of this is otherwise, together."""
    puts = [one for one in real_puts(standing, puts) if one.key in standing.by_key]
    after = standing.put(puts)
    broken: list[Broken] = []
    for one in puts:
        for found in broken_by(standing, after, standing.by_key[one.key], after.by_key[one.key]):
            if found not in broken:
                broken.append(found)
    pairs = [(standing.by_key[one.key], after.by_key[one.key]) for one in puts]
    people = people_of(standing.day, puts) & standing.day.by_id.keys()
    for who in sorted(people, key=standing.name_of):
        for trouble in FEASIBILITY.spoiled(standing.time_of(who), after.time_of(who)):
            found = as_spoiled(standing.name_of(who), trouble)
            if found not in broken:
                broken.append(found)
    return Effect(
        broken=broken,
        travel=round(
            sum(way_of_day(after.time_of(who)) - way_of_day(standing.time_of(who)) for who in people)
        ),
        moved=moved_by(standing, pairs),
        unknown=faces(standing, pairs, is_lost=True),
        known=faces(standing, pairs, is_lost=False),
        overtime=overtime_by(standing, after, people),
        people=sum(old.staff_id != new.staff_id for old, new in pairs),
        households=len({old.visit_id for old, _new in pairs}),
    )


# What it breaks


def broken_by(standing: Standing, after: Standing, old: Piece, new: Piece) -> Iterator[Broken]:
    """Yield what is against one part of a visit's being so, on a day on which all else is as it would be."""
    if not may_be_changed(old):
        yield Broken(rule=Rule.UNDER_WAY, words=why_not_any_more(standing, old))
        return
    sheet = standing.day.by_id.get(new.staff_id)
    if sheet is None:
        yield Broken(rule=Rule.SHIFT, words=_("这个人那天不当班"), way_out=_("换一位，或先给这位排班"))
        return
    yield from (as_broken(Rule.GATE, "", one) for one in new.gates)
    is_other, is_moved = old.staff_id != new.staff_id, old.starts_at != new.starts_at
    crew = [one for one in after.pieces_of(new.visit_id) if one.part != new.part]
    if any(one.staff_id == new.staff_id for one in crew):
        yield Broken(
            rule=Rule.OTHER_PART,
            words=_("{name}已经是这次上门的另一位").format(name=sheet.name),
            way_out=_("换别人"),
        )
    for one in qualification_reasons(new.job, sheet, standing.day.day):
        yield as_broken(Rule.QUALIFIED, sheet.name, one)
    if is_other:
        yield from (as_broken(WISHES[one.wish], sheet.name, one) for one in wish_reasons(new.job, sheet))
        if new.staff_id in new.said_no:
            yield Broken(rule=Rule.SAID_NO, words=_("{name}：问过，这位不去").format(name=sheet.name))
    if is_moved:
        yield from against_her_time(after, new)
    yield from against_its_time(after, new)


def as_broken(rule: Rule, name: str, reason: Reason) -> Broken:
    words = _("{name}：{words}").format(name=name, words=reason.words) if name else reason.words
    return Broken(
        rule=rule, words=words, way_out=reason.way_out, rule_id=reason.rule_id, source=reason.source
    )


def why_not_any_more(standing: Standing, piece: Piece) -> str:
    words = {
        State.DEPARTED: _("{name}已经出发去{resident}家了"),
        State.ARRIVED: _("{name}已经在{resident}家了"),
        State.DONE: _("{resident}家已经做完了"),
    }.get(piece.state, _("{resident}家的上门已经开始，或者已经过了"))
    return words.format(
        name=standing.name_of(piece.staff_id), resident=standing.names.get(piece.resident_id, "")
    )


def against_her_time(after: Standing, new: Piece) -> Iterator[Broken]:
    """Yield what is against another time at the resident's: it has passed, the half of the day, somebody else there."""
    if new.starts_at < after.day.now:
        words = _("{resident}的时间会是 {time}，现在已经 {now}").format(
            resident=after.names.get(new.resident_id, ""),
            time=f"{local(new.starts_at):%H:%M}",
            now=f"{local(after.day.now):%H:%M}",
        )
        yield Broken(rule=Rule.PAST, words=words, way_out=_("换一个还没到的时间"))
    if not is_in_period(local(new.starts_at).hour, new.job.wishes.period):
        words = _("{resident}要的是上午") if new.job.wishes.period == "morning" else _("{resident}要的是下午")
        yield Broken(
            rule=Rule.PERIOD,
            words=words.format(resident=after.names.get(new.resident_id, "")),
            way_out=_("打电话问对方能不能改"),
        )
    for one in after.day.pieces:
        is_another = one.resident_id == new.resident_id and one.visit_id != new.visit_id
        if is_another and one.starts_at < new.ends_at and new.starts_at < one.ends_at:
            yield Broken(
                rule=Rule.RESIDENT_BUSY,
                words=_("{resident} {time} 还有一次上门").format(
                    resident=after.names.get(new.resident_id, ""), time=f"{local(one.starts_at):%H:%M}"
                ),
            )
            return


def against_its_time(after: Standing, new: Piece) -> Iterator[Broken]:
    """Yield why she cannot be there then, all of it, not only the first: shift, leave, others, the ways."""
    name, ask = after.name_of(new.staff_id), new.job.ask(new.starts_at)
    hers = without(after.time_of(new.staff_id), new)
    overlap = overlap_with(after, new)
    if overlap:
        yield Broken(rule=Rule.OVERLAP, words=overlap, way_out=_("换一个时间，或把那一家改派别人"))
    is_late = False
    for trouble in troubles(hers, ask):
        rule = {Block.OFF_DUTY: Rule.SHIFT, Block.ON_LEAVE: Rule.LEAVE}.get(trouble.block, Rule.TRAVEL)
        if rule is Rule.TRAVEL and overlap:
            continue
        is_late |= rule is Rule.TRAVEL
        nearest = other_time(after, new, hers)
        yield Broken(
            rule=rule,
            words=_("{name}：{words}").format(name=name, words=trouble.words),
            way_out=_("改到 {time} 开始就可以").format(time=f"{local(nearest):%H:%M}")
            if nearest
            else trouble.way_out,
        )
    for found in (FEASIBILITY.delivery_trouble(hers, ask), FEASIBILITY.break_trouble(hers, ask)):
        if found:
            yield as_spoiled(name, found)
    late = minutes(after.day.now + MINUTE * FEASIBILITY.travel_minutes(hers, ask) - ask.starts_at)
    if late > 0 and not is_late and not overlap:
        yield Broken(
            rule=Rule.TRAVEL,
            words=_("{name}：现在出发也要晚 {minutes} 分钟").format(name=name, minutes=late),
            way_out=_("改晚一点，先告诉家里"),
        )


def other_time(after: Standing, new: Piece, hers: Timeline) -> datetime | None:
    """
    Return the nearest time of the day at which nothing would be against it: for her, for whoever comes with her, and
    for the resident. None, if something is whatever the time.
    """
    sheet = after.day.by_id[new.staff_id]
    crew = [one for one in after.pieces_of(new.visit_id) if one.part != new.part]
    has_two_parts = any(one.staff_id == sheet.id for one in crew)
    may_come = may_do(new.job, sheet, after.day.day) and sheet.id not in new.said_no
    if new.gates or has_two_parts or not may_come:
        return None
    together = [without(after.time_of(one.staff_id), one) for one in crew if one.staff_id in after.day.by_id]
    for at in starts_near(new.job, hers, new.starts_at, together=together):
        ask = new.job.ask(at)
        ways = [MINUTE * FEASIBILITY.travel_minutes(one, ask) for one in (hers, *together)]
        moved = replace(new, starts_at=at, ends_at=ask.ends_at)
        if after.day.now + max(ways) <= at and not any(against_her_time(after, moved)):
            return at
    return None


def as_spoiled(name: str, trouble: Trouble) -> Broken:
    return Broken(
        rule=Rule.BREAK if trouble.missed else Rule.SPECIMEN,
        words=_("{name}：{words}").format(name=name, words=trouble.words),
        way_out=trouble.way_out,
        source=trouble.source,
    )


def overlap_with(after: Standing, new: Piece) -> str:
    """Return with what of hers it would overlap that she is promised for, in words: that the database refuses."""
    for one in after.by_staff.get(new.staff_id, ()):
        if one.key != new.key and one.starts_at < new.ends_at and new.starts_at < one.ends_at:
            return _("{name} {time} 在{resident}家").format(
                name=after.name_of(new.staff_id),
                time=f"{local(one.starts_at):%H:%M}–{local(one.ends_at):%H:%M}",
                resident=after.names.get(one.resident_id, ""),
            )
    for held in after.day.elsewhere:
        if held.staff_id == new.staff_id and held.starts_at < new.ends_at and new.starts_at < held.ends_at:
            return _("{name}这个时间已经有别的上门").format(name=after.name_of(new.staff_id))
    return ""


def troubles(timeline: Timeline, ask: Ask) -> Iterator[Trouble]:
    """Yield everything that booking's own rule has against it, one after the other, each as if the last were none."""
    timeline = replace(timeline, laboratory=None, breaks=())  # these are asked for themselves
    while trouble := FEASIBILITY.trouble(timeline, ask):
        if trouble.block is Block.BUSY:  # by how it goes, not by what is promised: then she is late
            trouble = late_from_busy(timeline, ask)
        yield trouble
        if trouble.block is Block.OFF_DUTY:
            wide = ask.starts_at - LONGEST_VISIT, ask.ends_at + LONGEST_VISIT
            timeline = replace(timeline, shifts=(wide,))
        elif trouble.block is Block.ON_LEAVE:
            timeline = replace(timeline, leave=())
        elif trouble.block is Block.LATE_FOR_NEXT:
            return
        else:
            wide = ask.starts_at - LONGEST_VISIT, ask.ends_at + LONGEST_VISIT
            later = tuple(stop for stop in timeline.stops if stop.starts_at >= ask.ends_at)
            timeline = replace(timeline, shifts=(wide,), stops=later)


def late_from_busy(timeline: Timeline, ask: Ask) -> Trouble:
    before, after = neighbours(timeline, ask)
    if before and before.ends_at > ask.starts_at:
        there = before.ends_at + FEASIBILITY.way(timeline, before.place, ask)
        return Trouble(block=Block.LATE_FROM_BEFORE, minutes_short=minutes(there - ask.starts_at))
    assert after, "it was busy with something"
    there = ask.ends_at + FEASIBILITY.way(timeline, ask.place, after)
    return Trouble(block=Block.LATE_FOR_NEXT, minutes_short=minutes(there - after.starts_at))


# What it costs


def way_of_day(timeline: Timeline) -> float:
    """Return the minutes that she is on the way, door to door, for all that she is promised that day."""
    total = 0.0
    for at, stop in enumerate(timeline.stops):
        rest = replace(timeline, stops=timeline.stops[:at] + timeline.stops[at + 1 :])
        ask = Ask(
            starts_at=stop.starts_at,
            ends_at=stop.ends_at,
            place=stop.place,
            access_minutes=stop.access_minutes,
        )
        total += FEASIBILITY.travel_minutes(rest, ask)
    return total + way_to_laboratory(timeline)


def way_to_laboratory(timeline: Timeline) -> float:
    """Return the minutes more that she is on the way because something has to be at the laboratory."""
    return sum(one.travel / MINUTE for one in FEASIBILITY.deliveries(timeline))


def moved_by(standing: Standing, pairs: Sequence[tuple[Piece, Piece]]) -> list[Moved]:
    found = {
        old.visit_id: Moved(
            visit_id=old.visit_id,
            resident=standing.names.get(old.resident_id, ""),
            starts_at=old.starts_at,
            starts_then=new.starts_at,
        )
        for old, new in pairs
        if old.starts_at != new.starts_at
    }
    return sorted(found.values(), key=lambda one: (one.starts_at, str(one.visit_id)))


def faces(standing: Standing, pairs: Sequence[tuple[Piece, Piece]], *, is_lost: bool) -> list[str]:
    """Return to whom somebody new comes instead of whom she knows, or the other way round."""
    found = []
    for old, new in pairs:
        known = standing.day.known.get(old.resident_id, {})
        was, will = old.staff_id in known, new.staff_id in known
        if (was and not will) if is_lost else (will and not was):
            found.append(standing.names.get(old.resident_id, ""))
    return list(dict.fromkeys(found))


def overtime_by(standing: Standing, after: Standing, people: Collection[UUID]) -> dict[str, int]:
    """Return by caregiver how many minutes more she would work after her shift has ended."""
    found = {}
    for who in sorted(people, key=standing.name_of):
        more = over(after, who) - over(standing, who)
        if more > 0:
            found[standing.name_of(who)] = more
    return found


def over(standing: Standing, staff_id: UUID) -> int:
    """Return how many minutes after the end of a shift she is done with the last that she does after it has begun."""
    shifts = standing.time_of(staff_id).shifts
    past: dict[datetime, int] = {}
    for piece in standing.by_staff.get(staff_id, ()):
        begun = [ends for begins, ends in shifts if begins < piece.ends_at]
        if begun:
            ended = max(begun)
            past[ended] = max(past.get(ended, 0), minutes(piece.ends_at - ended))
    return sum(past.values())
