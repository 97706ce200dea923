"""
Mending a plan that the day has overtaken: somebody is ill, a visit is new or cancelled, a service takes longer.

What has happened is said by events, or by the problem as it is now. The published plan is where the search begins, and
what it says is a promise: another caregiver costs `stay`, another time `move`, unless it must be otherwise. What was to
begin by `now` is as it is. Windows are kept as the problem says: hard ones are kept or said to be lost.
"""

import math
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from anjia.planning.plan import Plan
from anjia.planning.problem import Problem, Promise, Shift, Visit, Window
from anjia.planning.solve import solve

WITHIN: Final = 15.0  # minutes earlier or later of which nobody need be told


@dataclass(frozen=True, slots=True)
class Gone:
    """A caregiver does nothing any more that is not begun already."""

    caregiver: str


@dataclass(frozen=True, slots=True)
class Late:
    """
    A caregiver begins the shift in which `until` lies only then. Of who is under way already it is said that the visit
    at which she is takes longer.
    """

    caregiver: str
    until: float


@dataclass(frozen=True, slots=True)
class Cancelled:
    visit: str


@dataclass(frozen=True, slots=True)
class Longer:
    """A part of a visit takes so many minutes more."""

    visit: str
    minutes: float
    part: int = 0


@dataclass(frozen=True, slots=True)
class Urgent:
    """A visit that nobody knew of."""

    visit: Visit


Event = Gone | Late | Cancelled | Longer | Urgent


@dataclass(frozen=True, slots=True)
class Change:
    """
    What is other than was published, for those who have to be told.

    `because`: `cancelled`, `new`, `left_out`, `caregiver_gone`, `other_caregiver`, `other_time`; the caller says it in
    words. `causes`: the caregivers and visits of the events that led to it: those of the visit itself and of who was to
    come, or else of those on whose way the visit was or is now.
    """

    visit: str
    because: str
    came: tuple[str, ...]
    comes: tuple[str, ...]
    started: float | None = None
    starts: float | None = None
    causes: tuple[str, ...] = ()


def repair(
    problem: Problem,
    published: Plan,
    events: Iterable[Event] = (),
    *,
    stay: float,
    move: float = 0.0,
    within: float = WITHIN,
    now: float | None = None,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    cancel: threading.Event | None = None,
) -> tuple[Plan, tuple[Change, ...]]:
    """
    Return a plan for the problem as it is now, and what of the published plan is other in it, and why.

    A time that is other by no more than `within` minutes is not; nor is any, if to `move` costs nothing. `stay` and
    `move` are to be less than it costs to leave a visit out, or it is left out rather than given to somebody else. Who
    has been promised waits rather than come too early; somebody else may come earlier than was promised.

    :raises ValueError: if no end is given, or who is said to begin late has begun
    """
    happened = tuple(events)
    told, begins = who_comes(published), starts_of(published)
    promised = replace(
        problem,
        visits=tuple(with_promise(one, told, begins, within, now) for one in problem.visits),
        weights=replace(problem.weights, other_caregiver=stay, other_time=move),
    )
    after = with_events(promised, happened, begins, now)
    plan = solve(after, seconds=seconds, iterations=iterations, seed=seed, start=published, cancel=cancel)
    return plan, tuple(changes(after, published, plan, within if move > 0 else math.inf, happened))


def with_promise(
    visit: Visit,
    told: Mapping[str, tuple[str, ...]],
    begins: Mapping[str, float],
    within: float,
    now: float | None,
) -> Visit:
    """Return the visit with what was published of it; one that was to begin by now keeps who is there, since when."""
    if visit.id not in told or visit.promise is not None:
        return visit
    promise = Promise(told[visit.id], begins[visit.id], within)
    if now is None or begins[visit.id] > now:
        return replace(visit, promise=promise)
    return begun(replace(visit, promise=replace(promise, keeps_caregivers=True)), promise.starts)


def begun(visit: Visit, starts: float) -> Visit:
    """Return the visit that has begun then, whatever its windows were."""
    first, promise = visit.parts[0], visit.promise
    if promise is None:
        return visit
    ends, windows = starts + first.minutes, visit.windows_of(first)
    if not any(one.opens <= starts and ends <= one.closes for one in windows):
        windows = tuple(one for one in windows if one.closes < starts or one.opens > ends)
        windows += (Window(starts, ends),)
    if first.windows:
        visit = replace(visit, parts=(replace(first, windows=windows), *visit.parts[1:]))
    else:
        visit = replace(visit, windows=windows)
    return replace(visit, promise=replace(promise, keeps_time=True))


def with_events(
    problem: Problem, events: tuple[Event, ...], begins: Mapping[str, float], now: float | None
) -> Problem:
    """Return the problem after what has happened."""
    for event in events:
        if isinstance(event, Gone):
            problem = without_caregiver(problem, event.caregiver, begins, now)
        elif isinstance(event, Late):
            problem = with_late(problem, event)
        elif isinstance(event, Cancelled):
            problem = without_visit(problem, event.visit)
        elif isinstance(event, Longer):
            problem = with_longer(problem, event)
        else:
            problem = replace(problem, visits=(*problem.visits, event.visit))
    return problem


def without_caregiver(
    problem: Problem, caregiver: str, begins: Mapping[str, float], now: float | None
) -> Problem:
    """Return the problem in which nothing is done by a caregiver but what she has begun."""
    visits = tuple(
        visit
        if now is not None and begins.get(visit.id, now + 1.0) <= now
        else replace(visit, refused=visit.refused | {caregiver})
        for visit in problem.visits
    )
    return replace(problem, visits=visits)


def with_late(problem: Problem, event: Late) -> Problem:
    """:raises ValueError: if she has begun"""
    has_begun = [
        visit.promise.starts
        for visit in problem.visits
        if visit.promise is not None
        and visit.promise.keeps_time
        and event.caregiver in visit.promise.caregivers
    ]

    def later(shift: Shift) -> Shift:
        if not shift.opens < event.until < shift.closes:
            return shift
        if any(shift.opens <= starts <= shift.closes for starts in has_begun):
            raise ValueError(f"{event.caregiver} has begun: it is her visit that takes longer")
        return replace(shift, opens=event.until)

    people = tuple(
        replace(one, shifts=tuple(later(shift) for shift in one.shifts)) if one.id == event.caregiver else one
        for one in problem.caregivers
    )
    return replace(problem, caregivers=people)


def without_visit(problem: Problem, visit: str) -> Problem:
    series = (
        replace(one, visits=tuple(name for name in one.visits if name != visit)) for one in problem.series
    )
    return replace(
        problem,
        visits=tuple(one for one in problem.visits if one.id != visit),
        series=tuple(one for one in series if len(one.visits) > 1),
    )


def with_longer(problem: Problem, event: Longer) -> Problem:
    def longer(visit: Visit) -> Visit:
        parts = list(visit.parts)
        parts[event.part] = replace(parts[event.part], minutes=parts[event.part].minutes + event.minutes)
        visit = replace(visit, parts=tuple(parts))
        is_begun = visit.promise is not None and visit.promise.keeps_time
        return begun(visit, visit.promise.starts) if visit.promise and is_begun else visit

    visits = tuple(longer(one) if one.id == event.visit else one for one in problem.visits)
    return replace(problem, visits=visits)


def who_comes(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Return each visit's caregivers, by part."""
    found: dict[str, list[tuple[int, str]]] = {}
    for route in plan.routes:
        for stop in route.stops:
            found.setdefault(stop.visit, []).append((stop.part, route.caregiver))
    return {visit: tuple(name for _, name in sorted(pairs)) for visit, pairs in found.items()}


def starts_of(plan: Plan) -> dict[str, float]:
    """Return when the first part of each visit begins."""
    return {stop.visit: stop.starts for route in plan.routes for stop in route.stops if stop.part == 0}


def changes(
    problem: Problem, published: Plan, plan: Plan, within: float = WITHIN, events: tuple[Event, ...] = ()
) -> Iterator[Change]:
    came, comes = who_comes(published), who_comes(plan)
    started, starts = starts_of(published), starts_of(plan)
    asked, gone = {visit.id for visit in problem.visits}, gone_from(problem, published, events)
    for visit in sorted(came.keys() | comes.keys() | set(plan.left_out)):
        before, now = came.get(visit, ()), comes.get(visit, ())
        newly_out = visit in plan.left_out and visit not in published.left_out
        moved = before and now and abs(started.get(visit, 0.0) - starts.get(visit, 0.0)) > within
        if sorted(before) != sorted(now) or newly_out or moved:
            because = reason(visit in asked, before, now, gone)
            causes = causes_of(visit, (*before, *now), (published, plan), events)
            yield Change(visit, because, before, now, started.get(visit), starts.get(visit), causes)


def gone_from(problem: Problem, published: Plan, events: tuple[Event, ...]) -> frozenset[str]:
    """Return who was to come and is not there any more."""
    gone = {route.caregiver for route in published.routes} - {one.id for one in problem.caregivers}
    return frozenset(gone) | {event.caregiver for event in events if isinstance(event, Gone)}


def reason(asked: bool, before: tuple[str, ...], now: tuple[str, ...], gone: frozenset[str]) -> str:
    if not asked:
        return "cancelled"
    if not now:
        return "left_out"
    if not before:
        return "new"
    if sorted(before) == sorted(now):
        return "other_time"
    return "caregiver_gone" if set(before) & gone else "other_caregiver"


def causes_of(
    visit: str, people: tuple[str, ...], plans: tuple[Plan, Plan], events: tuple[Event, ...]
) -> tuple[str, ...]:
    """Return whom and what events are about that this visit, or who was to come, or who comes, has to do with."""
    about = [subject_of(event) for event in events]
    direct = tuple(name for name in about if name == visit or name in people)
    if direct:
        return direct
    near = {
        stop.visit
        for plan in plans
        for route in plan.routes
        if route.caregiver in people
        for stop in route.stops
    }
    return tuple(name for name in about if name in near) or tuple(about)


def subject_of(event: Event) -> str:
    if isinstance(event, Gone | Late):
        return event.caregiver
    return event.visit.id if isinstance(event, Urgent) else event.visit
