"""
Why a visit is where it is, or nowhere.

For those who could come most easily: what the plan would cost more with them, of which kind, and which rules stop them.
For a visit that is left out also what would have to give way, each answer tried: with that and nothing else changed,
the visit finds its place.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from anjia.planning.evaluate import Care, Walk, evaluate
from anjia.planning.insert import Place, Places, insert
from anjia.planning.plan import Plan, Route
from anjia.planning.problem import ERRAND, Caregiver, Part, Problem, Series, Visit, Window
from anjia.planning.repair import who_comes
from anjia.planning.search.build import keeps_to, shifts_of

HAIR: Final = 1e-6
NEAREST: Final = 8
RELAXATIONS: Final = 3
IN_MINUTES: Final = frozenset({"late", "late_stop", "too_long", "overtime", "hours"})
OF_PEOPLE: Final = frozenset({"skill", "overtime", "hours"})


@dataclass(frozen=True, slots=True)
class Obstacle:
    """
    A rule that stops somebody, of whom or what, and by how much.

    `skill`: the caregiver lacks `what`, which is asked for in grade `amount`; `gender`, `refused`, `not_required`: the
    visit does not want her; `promised`: others have been promised, and are to be kept; `late`: a visit would start so
    many minutes after its window number `what`; `late_stop`: the same of a part of an errand that has windows of its
    own, `what` being the numbers of both (`1/0`); `too_long`: the second stop of an errand would be so many minutes
    too long after the first; `overtime`: she would be back so many minutes after her shift `what`; `hours`: she would
    work so many minutes too many in her shift `what`, or in all (`""`); `apart`: a visit would be so many days too near
    to `what`, which is of the same series.
    """

    rule: str
    of: str
    what: str = ""
    amount: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who could come, part by part; what the plan would cost more than now, and of which kind; what stops them."""

    caregivers: tuple[str, ...]
    more: float
    parts: Mapping[str, float]
    stopped_by: tuple[Obstacle, ...]


@dataclass(frozen=True, slots=True)
class Relaxation:
    """What would have to give way for the visit to be in the plan, which then is this one."""

    gives_way: tuple[Obstacle, ...]
    plan: Plan


@dataclass(frozen=True, slots=True)
class Explanation:
    visit: str
    comes: tuple[str, ...]  # nobody: it is left out
    candidates: tuple[Candidate, ...]  # the nearest first; without those who come
    relaxations: tuple[Relaxation, ...]  # the smallest first; of a visit that is left out


def explain(problem: Problem, plan: Plan, visit: str, nearest: int = NEAREST) -> Explanation:
    """:raises ValueError: if there is no such visit"""
    places = Places(problem, plan, visit, whoever=True)
    comes = who_comes(places.now).get(visit, ())
    candidates: list[Candidate] = []
    for place in places.by_cost():
        one = Reading(places, place).candidate()
        if one.caregivers != comes and one.caregivers not in {other.caregivers for other in candidates}:
            candidates.append(one)
        if len(candidates) == nearest:
            break
    relaxed = () if comes else tuple(relaxations(problem, plan, visit, candidates))
    return Explanation(visit, comes, tuple(candidates), relaxed)


class Reading:
    """What the plan would be like with a visit at another place."""

    def __init__(self, places: Places, place: Place) -> None:
        self.problem, self.now, self.without = places.problem, places.now, places.without
        self.visit = places.problem.visits[places.number]
        self.people = [shifts_of(places.problem)[route][0] for route in place.routes]
        self.plan = places.plan_with(place)

    def candidate(self) -> Candidate:
        before, after = evaluate(self.problem, self.now), evaluate(self.problem, self.plan)
        parts = {name: after.weighted[name] - before.weighted[name] for name in after.weighted}
        return Candidate(
            tuple(person.id for person in self.people),
            after.cost - before.cost,
            {name: more for name, more in parts.items() if abs(more) > HAIR},
            (*self.unsuited(), *self.too_much()),
        )

    def unsuited(self) -> Iterator[Obstacle]:
        for part, person in zip(self.visit.parts, self.people, strict=True):
            yield from what_stops(self.visit, part, person)

    def too_much(self) -> Iterator[Obstacle]:
        """Yield what would be too late, or too much, that is not so already."""
        before = {(one.rule, one.of, one.what): one.amount for one in excess(self.problem, self.without)}
        for one in excess(self.problem, self.plan):
            if one.amount > before.get((one.rule, one.of, one.what), 0.0) + HAIR:
                yield one


def what_stops(visit: Visit, part: Part, person: Caregiver) -> Iterator[Obstacle]:
    """Yield the rules by which a caregiver may not do a part of a visit."""
    if person.skills.get(part.skill, -1) < part.grade:
        yield Obstacle("skill", person.id, part.skill, part.grade)
    if visit.gender not in {"", person.gender}:
        yield Obstacle("gender", person.id)
    if person.id in visit.refused:
        yield Obstacle("refused", person.id)
    if visit.required and person.id not in visit.required:
        yield Obstacle("not_required", person.id)
    if visit.promise is not None and not keeps_to(visit.promise, person):
        yield Obstacle("promised", person.id)


def excess(problem: Problem, plan: Plan) -> Iterator[Obstacle]:
    """Yield what is later, or more, than it may be."""
    yield from lateness(problem, plan)
    yield from hours(problem, plan)
    for series, one, two in Care(problem, plan, HAIR).pairs():
        short = series.apart - days_between(problem, plan, one, two)
        if short > 0:
            yield Obstacle("apart", one, two, float(short))


def days_between(problem: Problem, plan: Plan, one: str, two: str) -> int:
    care = Care(problem, plan, HAIR)
    return abs(care.day_of(one) - care.day_of(two))


def hours(problem: Problem, plan: Plan) -> Iterator[Obstacle]:
    """Yield who works more minutes than she may."""
    routes = {(route.caregiver, route.shift): route for route in plan.routes}
    for person in problem.caregivers:
        total = 0.0
        for shift in person.shifts:
            route = routes.get((person.id, shift.id), Route(person.id, shift.id))
            minutes = Walk(problem, person, shift, route, HAIR).walked().work
            total += minutes
            yield from too_many(person, shift.id, minutes, shift.most_work)
        yield from too_many(person, "", total, person.most_work)


def too_many(person: Caregiver, what: str, minutes: float, most: float | None) -> Iterator[Obstacle]:
    if most is not None and person.work_price is None and minutes > most + HAIR:
        yield Obstacle("hours", person.id, what, minutes - most)


def lateness(problem: Problem, plan: Plan) -> Iterator[Obstacle]:
    """Yield the visits and shifts that are later than they may be."""
    care, visits = Care(problem, plan, HAIR), {visit.id: visit for visit in problem.visits}
    routes = {(route.caregiver, route.shift): route for route in plan.routes}
    for route in plan.routes:
        for stop in route.stops:
            visit = visits[stop.visit]
            part = visit.parts[stop.part]
            late = care.late(visit, part, stop.starts)
            if visit.is_hard(part) and late > HAIR:
                opened = sum(window.opens <= stop.starts for window in visit.windows_of(part))
                which = str(max(0, opened - 1))
                if part.windows:
                    yield Obstacle("late_stop", visit.id, f"{stop.part}/{which}", late)
                else:
                    yield Obstacle("late", visit.id, which, late)
        yield from tarrying(visits, route)
    for caregiver, shift in shifts_of(problem):
        route = routes.get((caregiver.id, shift.id), Route(caregiver.id, shift.id))
        over = Walk(problem, caregiver, shift, route, HAIR).walked().overtime
        if not shift.may_run_over and over > HAIR:
            yield Obstacle("overtime", caregiver.id, shift.id, over)


def tarrying(visits: Mapping[str, Visit], route: Route) -> Iterator[Obstacle]:
    """Yield the errands of a route whose second stop comes too long after the first."""
    begun = {stop.visit: stop.starts for stop in route.stops if stop.part == 0}
    for stop in route.stops:
        visit = visits[stop.visit]
        if visit.kind == ERRAND and stop.part == 1 and stop.visit in begun:
            over = stop.starts - begun[stop.visit] - visit.gap[1]
            if over > HAIR:
                yield Obstacle("too_long", visit.id, amount=over)


def relaxations(
    problem: Problem, plan: Plan, visit: str, candidates: list[Candidate]
) -> Iterator[Relaxation]:
    """Yield what would let the visit in, the fewest rules and minutes first, each tried."""
    seen, found = set[frozenset[tuple[str, str, str]]](), 0
    for one in sorted(candidates, key=size):
        rules = frozenset((obstacle.rule, obstacle.of, obstacle.what) for obstacle in one.stopped_by)
        if rules in seen or found == RELAXATIONS:
            continue
        seen.add(rules)
        gives_way = tuple(whole(obstacle) for obstacle in one.stopped_by)
        tried = insert(relaxed(problem, visit, gives_way), plan, visit)
        if visit not in tried.left_out:
            found += 1
            yield Relaxation(gives_way, tried)


def size(candidate: Candidate) -> tuple[int, float, float]:
    minutes = sum(one.amount for one in candidate.stopped_by if one.rule in IN_MINUTES)
    return len(candidate.stopped_by), minutes, candidate.more


def whole(obstacle: Obstacle) -> Obstacle:
    """Return it in whole minutes."""
    return replace(obstacle, amount=float(math.ceil(obstacle.amount - HAIR)))


def relaxed(problem: Problem, visit: str, obstacles: tuple[Obstacle, ...]) -> Problem:
    """Return the problem in which these rules give way, by so much and no more."""
    for one in obstacles:
        if one.rule in OF_PEOPLE:
            people = tuple(with_more(who, one) if who.id == one.of else who for who in problem.caregivers)
            problem = replace(problem, caregivers=people)
        elif one.rule == "apart":
            problem = replace(problem, series=tuple(nearer(series, one) for series in problem.series))
        else:
            of = one.of if one.rule in IN_MINUTES else visit
            problem = replace(
                problem,
                visits=tuple(kinder(other, one) if other.id == of else other for other in problem.visits),
            )
    return problem


def nearer(series: Series, obstacle: Obstacle) -> Series:
    if not {obstacle.of, obstacle.what} <= set(series.visits):
        return series
    return replace(series, apart=series.apart - int(obstacle.amount))


def with_more(person: Caregiver, obstacle: Obstacle) -> Caregiver:
    """Return the caregiver who has learnt something, or may stay or work longer."""
    if obstacle.rule == "skill":
        return replace(person, skills={**person.skills, obstacle.what: int(obstacle.amount)})
    if obstacle.rule == "overtime":
        return later_end(person, obstacle.what, obstacle.amount)
    if not obstacle.what:
        return replace(person, most_work=(person.most_work or 0.0) + obstacle.amount)
    shifts = tuple(
        replace(shift, most_work=(shift.most_work or 0.0) + obstacle.amount)
        if shift.id == obstacle.what
        else shift
        for shift in person.shifts
    )
    return replace(person, shifts=shifts)


def kinder(visit: Visit, obstacle: Obstacle) -> Visit:
    """Return the visit that may be later, take longer, or takes whom it did not want."""
    if obstacle.rule == "late":
        return later_close(visit, int(obstacle.what), obstacle.amount)
    if obstacle.rule == "late_stop":
        return later_stop(visit, obstacle.what, obstacle.amount)
    if obstacle.rule == "too_long":
        return replace(visit, gap=(visit.gap[0], visit.gap[1] + obstacle.amount))
    return welcoming(visit, obstacle)


def later_end(caregiver: Caregiver, name: str, minutes: float) -> Caregiver:
    shifts = tuple(
        replace(shift, closes=shift.closes + minutes) if shift.id == name else shift
        for shift in caregiver.shifts
    )
    return replace(caregiver, shifts=shifts)


def later_close(visit: Visit, number: int, minutes: float) -> Visit:
    return replace(visit, windows=later(visit.windows, number, minutes))


def later_stop(visit: Visit, what: str, minutes: float) -> Visit:
    """Return the visit in which a window of a part closes later; `what`: the numbers of both."""
    which, number = (int(one) for one in what.split("/"))
    parts = list(visit.parts)
    parts[which] = replace(parts[which], windows=later(parts[which].windows, number, minutes))
    return replace(visit, parts=tuple(parts))


def later(windows: tuple[Window, ...], number: int, minutes: float) -> tuple[Window, ...]:
    return tuple(
        Window(window.opens, window.closes + minutes) if k == number else window
        for k, window in enumerate(windows)
    )


def welcoming(visit: Visit, obstacle: Obstacle) -> Visit:
    """Return the visit that takes whom it did not want."""
    if obstacle.rule == "gender":
        return replace(visit, gender="")
    if obstacle.rule == "refused":
        return replace(visit, refused=visit.refused - {obstacle.of})
    if obstacle.rule == "promised" and visit.promise is not None:
        return replace(visit, promise=replace(visit.promise, keeps_caregivers=False))
    return replace(visit, required=visit.required | {obstacle.of})
