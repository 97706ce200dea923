"""
A day put to the planning engine: what dispatch knows, in the engine's words.

Times are minutes from the day's midnight. What the law, the house and the household ask of who comes is a skill:
one for each set of people who may come, so that the engine knows nothing of papers. What somebody has taken already
is a visit that only she can do and at that minute only. Promised times are windows of one minute; only where a
promise cannot be kept is it given other half hours. How long a way takes is asked of the same port as when a time is
booked, so that what the engine finds can be promised.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from anjia.dispatch.days import Day, Piece, stop_of
from anjia.dispatch.delivering import at_site
from anjia.dispatch.matching import FEASIBILITY, place_of
from anjia.dispatch.resting import dues
from anjia.dispatch.rules import (
    GRID,
    SHORTEST_NOTICE,
    WEIGHTS,
    Ask,
    Facts,
    Point,
    Span,
    Stop,
    Timeline,
    is_in_period,
    score_of,
)
from anjia.dispatch.rules import Part as Points
from anjia.dispatch.rules.delivering import Site
from anjia.dispatch.rules.plans import PLANNING
from anjia.dispatch.rules.travel import HOURS, Pace
from anjia.kernel.calendar import day_bounds, day_of, local
from anjia.planning.problem import (
    ALONE,
    ERRAND,
    TOGETHER,
    Break,
    Caregiver,
    Matrix,
    Part,
    Problem,
    Shift,
    Visit,
    Weights,
    Window,
)
from anjia.workforce.rules import CaregiverSheet

MINUTE: Final = timedelta(minutes=1)
STAY: Final[Mapping[UUID, timedelta]] = {}  # all promises keep their time
LABORATORY: Final = "laboratory"
OFF: Final = "off"  # where a shift ends: nobody asks when she is home again


@dataclass(frozen=True, slots=True)
class Posed:
    """A problem; `pieces` says what each of its visits is, but for those that are fixed."""

    problem: Problem
    pieces: Mapping[str, tuple[Piece, ...]]
    midnight: datetime

    def time(self, minutes: float) -> datetime:
        return self.midnight + timedelta(minutes=round(minutes))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which she can be given something: within one shift, between leave and what is fixed outside it."""

    opens: datetime
    closes: datetime
    on_duty: Span
    before: Stop | None
    after: Stop | None
    fixed: tuple[Stop, ...]


@dataclass(slots=True)
class Places:
    """
    The places of a problem. A shift that begins after another promise, or ends before one, has its own beginning or
    end: the way from or to it is what it takes to keep both.
    """

    midnight: datetime
    paces: Sequence[Pace] = ()  # of those who work: hours at which all go alike are one
    points: dict[str, Point | None] = field(default_factory=lambda: {OFF: None})
    times: dict[str, Sequence[datetime]] = field(default_factory=dict)  # one for each such hour
    access: dict[str, int] = field(default_factory=dict)  # minutes from the street to the door
    begins: dict[str, Stretch] = field(default_factory=dict)
    base: dict[str, Point | None] = field(default_factory=dict)
    ends: dict[str, Stretch] = field(default_factory=dict)
    caps: dict[str, tuple[str, float]] = field(default_factory=dict)

    def of(self, point: Point | None, *times: datetime, access: int = 0) -> str:
        """Return the place where somebody has to be at one of these times: the way to it may be another by the hour."""
        if point is None:
            name = "?"
        else:
            by_hour = {self.first_like(local(at).hour): at for at in times}
            name = " ".join(
                [
                    f"{point[0]:.7f} {point[1]:.7f}",
                    *map(str, sorted(by_hour)),
                    *([f"+{access}"] if access else []),
                ]
            )
            self.times[name], self.access[name] = list(by_hour.values()), access
        self.points[name] = point
        return name

    def first_like(self, hour: int) -> int:
        """Return the first hour of a day at which all ways take as long as at this one."""
        return next(
            one
            for one in HOURS
            if all(
                pace.line[one] == pace.line[hour] and pace.roads[one] == pace.roads[hour]
                for pace in self.paces
            )
        )

    def beginning(self, stretch: Stretch, base: Point | None) -> str:
        if stretch.before is None and stretch.opens == stretch.on_duty[0]:
            return self.of(base)
        name = f"begins {len(self.begins)}"
        self.begins[name], self.base[name], self.points[name] = stretch, base, None
        return name

    def end(self, stretch: Stretch) -> str:
        if stretch.after is None:
            return OFF
        name = f"ends {len(self.ends)}"
        self.ends[name], self.points[name] = stretch, None
        return name

    def capped(self, stop: Stop, *, comes_from: str, minutes: float) -> str:
        """Return a place of its own, to which she comes from there in so many minutes at most: it is agreed already."""
        name = f"agreed {len(self.caps)}"
        self.caps[name], self.points[name] = (comes_from, minutes), stop.place
        self.times[name], self.access[name] = [stop.starts_at], stop.access_minutes
        return name

    def matrix(self, her: Timeline) -> Matrix:
        return tuple(tuple(self.way(her, start, end) for end in self.points) for start in self.points)

    def way(self, her: Timeline, start: str, end: str) -> float:
        if end == OFF or start == OFF or start in self.ends or end in self.begins:
            return 0.0
        if start == end == LABORATORY:
            return 0.0  # once there, she hands over what she has
        if end in self.ends:
            return self.way_to_end(her, start, self.ends[end])
        minutes = max(self.way_at(her, start, to) for to in self.asks(end))
        comes_from, most = self.caps.get(end, ("", 0.0))
        return min(minutes, most) if comes_from == start else minutes

    def asks(self, end: str) -> Iterator[Ask]:
        for at in self.times.get(end) or [self.midnight]:
            access = self.access.get(end, 0)
            yield Ask(starts_at=at, ends_at=at, place=self.points[end], access_minutes=access)

    def way_at(self, her: Timeline, start: str, to: Ask) -> float:
        if start in self.begins:
            stretch = self.begins[start]
            return max(0.0, (earliest(her, stretch, self.base[start], to) - stretch.opens) / MINUTE)
        return FEASIBILITY.way(her, self.points[start], to) / MINUTE

    def way_to_end(self, her: Timeline, start: str, stretch: Stretch) -> float:
        assert stretch.after is not None, "it ends because of that"
        in_time = stretch.after.starts_at - FEASIBILITY.way(her, self.points[start], stretch.after)
        return max(0.0, (stretch.closes - min(stretch.closes, in_time)) / MINUTE)


def earliest(her: Timeline, stretch: Stretch, base: Point | None, to: Ask) -> datetime:
    """Return when she can be there first, by the rule by which a time is booked."""
    before, on_duty = stretch.before, stretch.on_duty[0]
    times = [stretch.opens]
    if before is None or before.ends_at <= on_duty:
        times.append(on_duty + FEASIBILITY.way(her, base, to))
    if before is not None:
        times.append(before.ends_at + FEASIBILITY.way(her, before.place, to))
    return max(times)


def pose(day: Day, *, movable: Mapping[UUID, timedelta] = STAY) -> Posed:
    """
    Return the day as a problem. The promises of `movable` visits may be given another time, so far from theirs.

    What is free has somebody who may come: the caller has seen to that.
    """
    midnight = day_bounds(day.day)[0]
    timelines = day.timelines(())
    places = Places(midnight, list(dict.fromkeys(her.pace for her in timelines.values())))
    groups = grouped(day, movable)
    skills = {
        able: f"may {number}" for number, able in enumerate(sorted({g.able for g in groups}, key=sorted))
    }
    visits = [group.visit(day, places, skills) for group in groups]
    caregivers = []
    for sheet in day.sheets:
        shifts, fixed = shifts_of(day, sheet, timelines[sheet.id], places)
        visits += fixed
        may = {skill: 0 for able, skill in skills.items() if sheet.id in able}
        caregivers.append(
            Caregiver(str(sheet.id), tuple(shifts), {**may, str(sheet.id): 0}, mode=mode_of(sheet))
        )
    modes = {mode_of(sheet): timelines[sheet.id] for sheet in reversed(day.sheets)}
    problem = Problem(
        tuple(caregivers),
        tuple(visits),
        tuple(places.points),
        {mode: places.matrix(her) for mode, her in modes.items()} or {"": places.matrix(NOBODY)},
        Weights(balance=PLANNING.balance, unassigned=PLANNING.left_out),
    )
    return Posed(problem, {group.id: group.pieces for group in groups}, midnight)


def mode_of(sheet: CaregiverSheet) -> str:
    return sheet.travel_mode or "-"


NOBODY: Final = Timeline(staff_id=UUID(int=0), shifts=())


@dataclass(frozen=True, slots=True)
class Group:
    """Pieces that are one visit to the engine: one, or both of a visit whose time may be another."""

    id: str
    pieces: tuple[Piece, ...]
    able: frozenset[UUID]
    reach: timedelta  # how far from the promised time it may be

    def visit(self, day: Day, places: Places, skills: Mapping[frozenset[UUID], str]) -> Visit:
        first = self.pieces[0]
        minutes = (first.ends_at - first.starts_at) / MINUTE
        starts = other_times(day, first, self.reach) if self.reach else [first.starts_at]
        visit = Visit(
            self.id,
            places.of(first.job.place, *starts, access=first.job.access_minutes),
            tuple(Part(skills[self.able], minutes) for _ in self.pieces),
            tuple(at_once((start - places.midnight) / MINUTE) for start in starts),
            hard=True,
            kind=TOGETHER if len(self.pieces) > 1 else ALONE,
            known=known_of(day, first, self.able),
        )
        return with_errand(visit, first.job.deliver_minutes, site_at(day, first.job.place, starts[0]), places)


def site_at(day: Day, place: Point | None, at: datetime) -> Site | None:
    return day.laboratory.site_for(place, at) if day.laboratory else None


def with_errand(visit: Visit, minutes: int, site: Site | None, places: Places) -> Visit:
    """
    Return the visit with the way to the laboratory, where something is taken: its second stop, which takes no time but
    the handing over, once for all that is handed over there. Two who come together stay as they are.
    """
    hours = site.open_on(day_of(places.midnight)) if site else None
    if not minutes or site is None or hours is None or visit.kind != ALONE:
        return visit
    [part] = visit.parts
    there, name = at_site(site, places.midnight), f"{LABORATORY} {site.name} {site.cell}"
    places.points[name], places.times[name] = there.place, [there.starts_at]
    opens, closes = ((one - places.midnight) / MINUTE for one in hours)
    hand_over = Part(
        part.skill,
        0.0,
        set_up=site.handover / MINUTE,
        place=name,
        windows=(Window(opens, closes),),
        hard=True,
    )
    return replace(visit, parts=(part, hand_over), kind=ERRAND, gap=(0.0, max(minutes, part.minutes)))


def grouped(day: Day, movable: Mapping[UUID, timedelta]) -> list[Group]:
    groups, of_one = list[Group](), dict[UUID, list[Piece]]()
    for piece in day.pieces:
        if piece.is_free and piece.visit_id in movable:
            of_one.setdefault(piece.visit_id, []).append(piece)
        elif piece.is_free:
            able = day.able[piece.key]
            groups.append(Group(f"{piece.visit_id} {piece.part}", (piece,), able, timedelta(0)))
    for visit_id, pieces in of_one.items():
        able = frozenset.intersection(*(day.able[piece.key] for piece in pieces))
        groups.append(Group(str(visit_id), tuple(pieces), able, movable[visit_id]))
    return groups


def known_of(day: Day, piece: Piece, able: frozenset[UUID]) -> Mapping[str, float]:
    """Return whom she is better off with, in minutes of travel: by the points by which somebody is asked."""
    before = day.known.get(piece.resident_id, {})
    last = max((one.last_at for one in before.values()), default=None)
    worth = {}
    for staff_id in able & {piece.staff_id, *before, *piece.job.wishes.preferred}:  # others are worth nothing
        facts = Facts(
            travel_minutes=0.0,
            times_known=before[staff_id].times if staff_id in before else 0,
            came_last=staff_id in before and before[staff_id].last_at == last,
            is_preferred=staff_id in piece.job.wishes.preferred,
        )
        minutes = sum(score_of(facts).parts.values()) / -WEIGHTS[Points.TRAVEL]
        minutes += PLANNING.stay if staff_id == piece.staff_id else 0.0
        if minutes > 0:
            worth[str(staff_id)] = minutes
    return worth


def other_times(day: Day, piece: Piece, reach: timedelta) -> list[datetime]:
    """Return the half hours of the day at which the promise could be instead, as she wishes, no farther from it."""
    first, end = day_bounds(day.day)
    length, found = piece.ends_at - piece.starts_at, list[datetime]()
    start = first
    while start + length <= end:
        is_near = GRID / 2 < abs(start - piece.starts_at) <= reach
        is_wished = is_in_period(local(start).hour, piece.job.wishes.period)
        if is_near and is_wished and start - day.now >= SHORTEST_NOTICE:
            found.append(start)
        start += GRID
    return found


def at_once(minutes: float) -> Window:
    return Window(minutes, minutes)


def shifts_of(
    day: Day, sheet: CaregiverSheet, her: Timeline, places: Places
) -> tuple[list[Shift], list[Visit]]:
    """Return her shifts, and what she has taken in them as visits that are hers."""
    shifts, visits = list[Shift](), list[Visit]()
    for number, stretch in enumerate(stretches(day, sheet)):
        too_late = FEASIBILITY.too_late(within(stretch, her))
        begins = places.beginning(stretch, sheet.base)
        shifts.append(
            Shift(
                f"{number:03}",
                (stretch.opens - places.midnight) / MINUTE,
                (stretch.closes - places.midnight) / MINUTE,
                begins,
                places.end(stretch),
                tuple(breaks_in(her, stretch, places.midnight)),
                may_run_over=False,
            )
        )
        there, free_at = begins, stretch.opens
        for stop in stretch.fixed:
            place = places.of(stop.place, stop.starts_at, access=stop.access_minutes)
            gap = (stop.starts_at - free_at) / MINUTE
            if places.way(her, there, place) > gap:  # a person has agreed to that
                place = places.capped(stop, comes_from=there, minutes=gap)
            fixed = Visit(
                f"fixed {sheet.id} {len(visits):03}",
                place,
                (Part(str(sheet.id), (stop.ends_at - stop.starts_at) / MINUTE),),
                (at_once((stop.starts_at - places.midnight) / MINUTE),),
                hard=True,
                price=PLANNING.fixed,
            )
            is_kept = stop not in too_late  # else a person has agreed to it, or nobody can help it
            visits.append(
                with_errand(
                    fixed, stop.deliver_minutes * is_kept, site_at(day, stop.place, stop.starts_at), places
                )
            )
            there, free_at = place, stop.ends_at
    return shifts, visits


def breaks_in(her: Timeline, stretch: Stretch, midnight: datetime) -> Iterator[Break]:
    """Yield the breaks of her shift that lie in the stretch: of one that is cut, the rest of the day makes sure."""
    now = replace(her, shifts=((stretch.opens, stretch.closes),))
    for due in dues(now, since=stretch.opens, until=stretch.closes):
        opens, closes = ((at - midnight) / MINUTE for at in (due.opens, due.closes))
        yield Break(opens, closes - due.rest.minutes, due.rest.minutes, PLANNING.missed_break)


def within(stretch: Stretch, her: Timeline) -> Timeline:
    """Return her time in a stretch, with what is fixed in it and nothing else."""
    following = (stretch.after,) if stretch.after else ()
    return replace(
        her, shifts=((stretch.opens, stretch.closes),), leave=(), stops=(*stretch.fixed, *following)
    )


def stretches(day: Day, sheet: CaregiverSheet) -> Iterator[Stretch]:
    """Yield when she can be given something, around that which she has taken outside of her shifts, or on leave."""
    taken = sorted(fixed_stops(day, sheet), key=lambda stop: (stop.starts_at, stop.ends_at))
    start, end = day_bounds(day.day)
    for on_duty in sheet.bookable:
        for opens, closes in left_of([on_duty], sheet.leave):
            inside = [stop for stop in taken if opens <= stop.starts_at and stop.ends_at <= closes]
            across = [
                (stop.starts_at, stop.ends_at)
                for stop in taken
                if stop not in inside and stop.starts_at < closes and opens < stop.ends_at
            ]
            for piece in left_of([(opens, closes)], across):
                if piece[0] < end and start < piece[1]:
                    yield stretch_of(piece, on_duty, taken)


def stretch_of(piece: Span, on_duty: Span, taken: Sequence[Stop]) -> Stretch:
    fixed = tuple(stop for stop in taken if piece[0] <= stop.starts_at and stop.ends_at <= piece[1])
    before = [stop for stop in taken if stop not in fixed and stop.starts_at <= piece[0]]
    after = [stop for stop in taken if stop not in fixed and stop.starts_at >= piece[1]]
    return Stretch(
        *piece,
        on_duty=on_duty,
        before=before[-1] if before else None,
        after=after[0] if after else None,
        fixed=fixed,
    )


def fixed_stops(day: Day, sheet: CaregiverSheet) -> Iterator[Stop]:
    for busy in day.busy_elsewhere.get(sheet.id, ()):
        yield Stop(
            starts_at=busy.starts_at,
            ends_at=busy.ends_at,
            place=place_of(busy.cell),
            deliver_minutes=busy.deliver_minutes,
            access_minutes=busy.access_minutes,
        )
    for piece in day.in_for.get(sheet.id, ()):
        if not piece.is_free:
            yield stop_of(piece)


def left_of(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """Return what is left of the spans when these are taken out of them."""
    left = list(spans)
    for start, end in taken:
        cut = [((opens, min(closes, start)), (max(opens, end), closes)) for opens, closes in left]
        left = [part for both in cut for part in both if part[0] < part[1]]
    return left
