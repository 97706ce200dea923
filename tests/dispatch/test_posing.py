"""
Whatever a day is like: what comes out of planning it can be done, and leaves alone what is not its business.

Days are drawn with everything in them: leave, two shifts, standby, promises outside of shifts and with too short a
way between them, refusals, two who come together, time that is only held, nobody who may come at all, and samples
that have to reach a laboratory.
"""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from unittest import mock
from uuid import UUID

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from anjia.catalogue.rules import Requires
from anjia.dispatch.cities import put_to_the_engine, spread
from anjia.dispatch.days import Day, Piece, with_stuck
from anjia.dispatch.delivering import Delivery
from anjia.dispatch.drafting import Outcome, is_moved, out_of_place, placed, why_not, worked_out
from anjia.dispatch.matching import FEASIBILITY, Job, Travel, Wishes
from anjia.dispatch.posing import Posed, left_of, pose
from anjia.dispatch.rules import SHORTEST_NOTICE, Span, Timeline
from anjia.dispatch.rules.delivering import Laboratory, Site
from anjia.dispatch.rules.travel import HOURS, Pace
from anjia.kernel.calendar import day_bounds
from anjia.planning.evaluate import suits
from anjia.planning.io import problem_to_json
from anjia.planning.plan import Plan
from anjia.planning.region import Region
from anjia.planning.solve import solve
from anjia.visits.queries import Busy
from anjia.visits.rules.lifecycle import State, Status
from anjia.workforce.rules import CaregiverSheet
from anjia.workforce.rules.breaks import Break
from tests.dispatch.cities import ByZones, large_from

TOMORROW = date(2026, 3, 3)
MIDNIGHT = day_bounds(TOMORROW)[0]
NOW = MIDNIGHT - timedelta(hours=12)
CELLS = ["8831aa4685fffff", "8831aa4687fffff", "8831aa46d3fffff", "8831aa4607fffff", ""]
BASES = [(39.9042, 116.4074), (39.93, 116.45), (39.88, 116.36), None]

MINUTE = timedelta(minutes=1)
NOON_BREAK = (Break(time(11), time(13, 30), 40),)


def clock(hours: float) -> datetime:
    return MIDNIGHT + timedelta(hours=hours)


def travel_of(dice: random.Random) -> Travel:
    """Return how fast people get on: as the rule says, or otherwise at each hour."""
    paces = {
        mode: Pace(line=tuple(dice.choice([0.8, 1.0, 1.7]) for _ in HOURS))
        for mode in ("ebike", "walk")
        if dice.random() < 0.5
    }
    return Travel(paces=paces)


def sheet_of(dice: random.Random, number: int) -> CaregiverSheet:
    begins = dice.choice([7.0, 8.0, 9.5])
    shifts: list[Span] = [(clock(begins), clock(begins + dice.choice([4, 8])))]
    if dice.random() < 0.3:
        shifts.append((shifts[0][1] + timedelta(hours=1), shifts[0][1] + timedelta(hours=5)))
    leave: list[Span] = []
    if dice.random() < 0.3:
        start = clock(dice.choice([8, 10, 13]))
        leave.append((start, start + timedelta(hours=dice.choice([0.5, 3]))))
    mode, speed = dice.choice([("ebike", 15.0), ("walk", 4.0)])
    return CaregiverSheet(
        id=UUID(int=1000 + number),
        name=f"护士{number}",
        sex="female",
        kind="health_worker",
        title="养老护理员",
        title_words="养老护理员",
        started_on=date(2015, 1, 1),
        station_id=None,
        qualifications={},
        unverified=frozenset(),
        shifts=tuple(shifts),
        bookable=tuple(shifts[1:] if len(shifts) > 1 and dice.random() < 0.3 else shifts),
        leave=tuple(leave),
        base=dice.choice(BASES),
        speed_kmh=speed,
        travel_mode=mode,
        cells=frozenset(CELLS[:2]) if dice.random() < 0.2 else None,
        breaks=dice.choice([(), NOON_BREAK, (*NOON_BREAK, Break(time(17), time(18, 30), 30))]),
    )


def day_from(seed: int) -> Day:
    """Draw a day: promises are kept by whoever has the time, as the database would have it."""
    dice = random.Random(seed)
    sheets = [sheet_of(dice, number) for number in range(dice.randint(1, 5))]
    taken: dict[UUID, list[Span]] = {sheet.id: [] for sheet in sheets}
    pieces, elsewhere = list[Piece](), list[Busy]()
    for number in range(dice.randint(1, 12)):
        parts = 2 if dice.random() < 0.2 and len(sheets) > 1 else 1
        starts = clock(dice.randrange(14, 38) / 2)
        ends = starts + timedelta(minutes=dice.choice([30, 45, 90]))
        free = [sheet.id for sheet in sheets if not any(a < ends and starts < b for a, b in taken[sheet.id])]
        if len(free) < parts:
            continue
        crew = dice.sample(free, parts)
        for staff_id in crew:
            taken[staff_id].append((starts, ends))
        cell, visit_id = dice.choice(CELLS), UUID(int=number + 1)
        if dice.random() < 0.1:
            elsewhere.append(
                Busy(
                    assignment_id=visit_id, visit_id=visit_id, part=1, staff_id=crew[0], starts_at=starts,
                    ends_at=ends, cell=cell, state=State.TENTATIVE,
                )
            )  # fmt: skip
            continue
        refused = frozenset(dice.sample([sheet.id for sheet in sheets], dice.choice([0, 0, 0, 1])))
        job = Job(
            requires=Requires(titles_at_least={}, licensed=False),
            legal_line="non_medical",
            minutes=int((ends - starts) / timedelta(minutes=1)),
            people_needed=parts,
            cell=cell,
            access_minutes=(0, 0, 3, 12)[number % 4],  # of the door
            wishes=Wishes(refused=refused),
            deliver_minutes=dice.choice([0, 0, 60, 90, 150]),
        )
        for part, staff_id in enumerate(crew, start=1):
            is_taken = dice.random() < 0.4
            pieces.append(
                Piece(
                    visit_id=visit_id, part=part, parts=parts, resident_id=UUID(int=9000 + number),
                    service="助浴", staff_id=staff_id, state=State.ACCEPTED if is_taken else State.TENTATIVE,
                    status=Status.BOOKED, starts_at=starts, ends_at=ends, job=job, is_free=not is_taken,
                )
            )  # fmt: skip
    pieces.sort(key=lambda piece: (piece.starts_at, str(piece.visit_id), piece.part))
    one = Site(
        name="检验科",
        place=(39.92, 116.41),
        cell=CELLS[0],
        hours=((time(0), dice.choice([time(9, 45), time(12), time(18)])),) * 7,
        handover=timedelta(minutes=dice.choice([0, 5, 15])),
    )
    two = replace(one, name="东院检验科", place=(39.90, 116.38), hours=((time(8, 30), time(11)),) * 7)
    laboratory = Laboratory((one, two) if len(pieces) % 3 == 0 else (one,))
    has_one = dice.random() < 0.7
    return Day(TOMORROW, NOW, sheets, pieces, elsewhere, travel_of(dice), {}, laboratory if has_one else None)


def quickly(posed: Posed, number: int) -> Plan:
    return solve(posed.problem, iterations=16_384, seed=number)


def deliveries_of(day: Day, outcome: Outcome, piece: Piece) -> list[Delivery]:
    """Return the ways to the laboratory of whoever comes there with it, if she was in time for all before."""
    hers = day.timelines(outcome.after)[piece.staff_id]
    was = day.timelines(day.pieces)[piece.staff_id]
    if any(way.minutes_late for way in FEASIBILITY.deliveries(was)):
        return []
    return list(FEASIBILITY.deliveries(hers))


def can_rest(hers: Timeline, rest: Break) -> bool:
    """Say whether she has that break, tried at every minute; who has none of it by her shifts misses nothing."""
    opens, closes = rest.on(TOMORROW)
    shift = next((one for one in hers.shifts if one[0] <= opens and closes <= one[1]), None)
    if shift is None or rest not in hers.breaks:
        return True
    length = timedelta(minutes=rest.minutes)
    minutes = range(int((closes - length - opens) / MINUTE) + 1)
    return any(is_free_to_rest(hers, shift, opens + MINUTE * one, length) for one in minutes)


def is_free_to_rest(hers: Timeline, shift: Span, begins: datetime, length: timedelta) -> bool:
    ends = begins + length
    here = [stop for stop in hers.stops if stop.ends_at > shift[0] and stop.starts_at < shift[1]]
    if any(stop.starts_at < ends and begins < stop.ends_at for stop in here):
        return False
    before = [stop for stop in here if stop.ends_at <= begins]
    after = [stop for stop in here if stop.starts_at >= ends]
    if not after:
        return True
    way = FEASIBILITY.way(hers, before[-1].place if before else hers.base, after[0])
    free_at = before[-1].ends_at if before else shift[0]
    return begins - free_at >= way or after[0].starts_at - ends >= way


def check_breaks(day: Day, timelines: Mapping[UUID, Timeline]) -> None:
    """Nobody misses a break that she had before."""
    was = day.timelines(day.pieces)
    for staff_id, then in timelines.items():
        if FEASIBILITY.deliveries(was[staff_id]):
            continue  # the way to the laboratory takes of it too
        assert {rest for rest in NOON_BREAK if can_rest(was[staff_id], rest)} <= {
            rest for rest in NOON_BREAK if can_rest(then, rest)
        }


def check(outcome: Outcome) -> None:
    day, timelines = outcome.day, outcome.day.timelines(outcome.after)
    spans: dict[UUID, list[tuple[Span, UUID]]] = {}
    for old, new in zip(day.pieces, outcome.after, strict=True):
        spans.setdefault(new.staff_id, []).append(((new.starts_at, new.ends_at), new.visit_id))
        if not is_moved(old, new):
            continue
        assert old.is_free
        assert why_not(day, new, timelines) == []
        assert all(way.minutes_late == 0 for way in deliveries_of(day, outcome, new))
        assert new.ends_at - new.starts_at == old.ends_at - old.starts_at
        if new.starts_at != old.starts_at:
            assert new.starts_at - day.now >= SHORTEST_NOTICE
            assert all(piece.is_free for piece in day.pieces if piece.visit_id == old.visit_id)
    for one in day.elsewhere:
        spans.setdefault(one.staff_id, []).append(((one.starts_at, one.ends_at), one.visit_id))
    check_breaks(day, timelines)
    for taken in spans.values():
        assert all(one[0][1] <= two[0][0] for one, two in pairwise(sorted(taken)))
    for visit_id in {piece.visit_id for piece in outcome.after}:
        crew_after = [piece for piece in outcome.after if piece.visit_id == visit_id]
        assert len({piece.staff_id for piece in crew_after}) == len(crew_after)
        assert len({piece.starts_at for piece in crew_after}) == 1


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 10**9))
@example(547909971)  # it went on from round to round
def test_what_is_planned_can_be_done(seed: int) -> None:
    check(worked_out(day_from(seed), quickly))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_what_is_planned_by_zones_can_be_done(seed: int) -> None:
    day = day_from(seed)
    assume(day.pieces)
    with large_from(0, zone=5, changes=100):
        check(worked_out(day, ByZones()))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_what_is_planned_of_a_day_that_is_not_settled_can_be_done(seed: int) -> None:
    """As if each round took from one what it gives to another: the rest is made all the same."""
    with mock.patch("anjia.dispatch.drafting.MOST_ROUNDS", 1):
        check(worked_out(day_from(seed), quickly))


def test_a_day_that_is_not_settled_is_planned_as_far_as_it_goes() -> None:
    with mock.patch("anjia.dispatch.drafting.MOST_ROUNDS", 1):
        assert any(worked_out(day, quickly).moves for day in filter(is_unsettled, map(day_from, range(60))))


def is_unsettled(day: Day) -> bool:
    """Say whether the first round leaves something out of place."""
    posed = put_to_the_engine(with_stuck(day, {one.key for one in day.free if not day.able[one.key]}))
    return bool(out_of_place(day, placed(day, posed, quickly(posed, 0))[0]))


def test_a_day_is_put_by_zones_where_it_is_large_and_in_one_where_it_is_not() -> None:
    day = day_from(1)
    parts = len(day.pieces)
    with large_from(parts, zone=5):
        assert not isinstance(put_to_the_engine(day).problem, Region)
    with large_from(parts - 1, zone=5):
        assert isinstance(put_to_the_engine(day).problem, Region)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_a_large_day_says_the_same_as_one_problem(seed: int) -> None:
    """Who may do what, when and where, and how long each way takes: word by word, however it is put."""
    day = day_from(seed)
    pieces = [piece for piece in day.pieces if not piece.is_free or day.able[piece.key]]
    day = replace(day, pieces=pieces)
    one, other = pose(day).problem, spread(day, {}).problem
    assert [visit.id for visit in one.visits] == [visit.id for visit in other.visits]
    people = {her.id: her for her in other.caregivers}
    for her in one.caregivers:
        assert her.shifts == (people[her.id].shifts if her.id in people else ())
    for visit, then in zip(one.visits, other.visits, strict=True):
        assert (visit.windows, visit.place, visit.known) == (then.windows, then.place, then.known)
        for her in one.caregivers:
            if her.id in people:
                assert suits(visit, visit.parts[0], her) == suits(then, then.parts[0], people[her.id])
    assert one.places == other.places
    for mode, ways in one.travel.items():
        numbers = range(len(one.places))
        assert ways == tuple(tuple(other.travel[mode][a][b] for b in numbers) for a in numbers)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_read_changes_nothing(seed: int, dice: random.Random) -> None:
    day = day_from(seed)
    ready = [piece for piece in day.pieces if not piece.is_free or day.able[piece.key]]
    shuffled = ready[:]
    dice.shuffle(shuffled)
    one, two = (
        pose(Day(day.day, day.now, day.sheets, pieces, day.elsewhere, day.ways, {}, day.laboratory))
        for pieces in (ready, shuffled)
    )
    assert problem_to_json(one.problem)["visits"] == problem_to_json(two.problem)["visits"]


def test_breaks_are_put_to_the_engine_where_her_shift_covers_them_and_nothing_cuts_it() -> None:
    def breaks(*, shifts: tuple[Span, ...], leave: tuple[Span, ...] = ()) -> list[tuple[float, float, float]]:
        sheet = replace(sheet_of(random.Random(1), 1), shifts=shifts, bookable=shifts, leave=leave)
        day = replace(day_from(1), pieces=[], elsewhere=[], sheets=[replace(sheet, breaks=NOON_BREAK)])
        [her] = pose(day).problem.caregivers
        return [(one.opens, one.closes, one.minutes) for shift in her.shifts for one in shift.breaks]

    whole = (clock(8), clock(17))
    assert breaks(shifts=(whole,)) == [(660, 770, 40)]  # from eleven on, begun by ten to one
    assert breaks(shifts=((clock(8), clock(12)), (clock(13), clock(17)))) == []
    assert breaks(shifts=(whole,), leave=((clock(12), clock(13)),)) == []


def test_what_is_left_of_a_day() -> None:
    whole = [(clock(8), clock(17))]
    assert left_of(whole, [(clock(7), clock(9)), (clock(12), clock(13)), (clock(18), clock(19))]) == [
        (clock(9), clock(12)),
        (clock(13), clock(17)),
    ]
    assert left_of(whole, [(clock(8), clock(17))]) == []
